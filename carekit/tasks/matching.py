"""Matching: who may take a child, a proved proposal, its draft, publishing it, taking it back."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from carekit import dates, pairing, people, tables
from carekit.errors import BadInput
from carekit.store import Store
from carekit.tasks.report import Report, silent

__all__ = [
    "Draft",
    "keep_draft",
    "kept_draft",
    "made_of",
    "offers",
    "outdated",
    "propose",
    "publish",
    "published_today",
    "scheme",
    "stands",
    "weights",
]

Read = Callable[[str], pd.DataFrame]

PLACE = "matching/draft"
MADE_OF = ("children", "helpers", "trainings", "pairings", "villages")
A_DAY = dt.timedelta(hours=24)


def scheme(code: str) -> pairing.Scheme:
    """The scheme of a code; ``BadInput("scheme_unknown")`` otherwise."""
    if code not in pairing.SCHEMES:
        raise BadInput("scheme_unknown", scheme=code, known=sorted(pairing.SCHEMES))
    return pairing.SCHEMES[code]


def weights(typed: Mapping[str, str]) -> pairing.Weights:
    """Weights as they were typed; whatever is left out keeps its standard.

    Raises ``BadInput``: ``weight_unknown``, ``weight_wrong`` (no whole number, or too big).

    >>> weights({"distance": "40"})
    Weights(distance=40, subject=200, need=100, continuity=300)
    """
    known = pairing.weight_ranges().index.tolist()
    for name, points in typed.items():
        if name not in known:
            raise BadInput("weight_unknown", weight=name, known=known)
        if not (points.isascii() and points.isdecimal()):
            raise BadInput(
                "weight_wrong", weight=name, value=points or "–", most=pairing.costs.HEAVIEST
            )
    return pairing.Weights(**{name: int(points) for name, points in typed.items()})


def offers(
    store: Store, *, on: dates.Day, scheme: pairing.Scheme = pairing.VOLUNTEER
) -> pd.DataFrame:
    """Every helper with what the day allows: ready, blocked_by, places_left."""
    ready = people.readiness(store.read("helpers"), store.read("trainings"), on=on)
    return pairing.offers(ready, store.read("pairings"), scheme, on=on)


def propose(
    store: Store,
    *,
    on: dates.Day,
    scheme: pairing.Scheme = pairing.VOLUNTEER,
    weights: pairing.Weights | None = None,
    report: Report = silent,
) -> pairing.Proposal:
    """A proved proposal for everybody who waits on the day; nothing is written."""
    report("progress_reading", 0.0)
    villages = store.read("villages")
    waiting = pairing.waiting(store.read("children"), store.read("pairings"), scheme, on=on)
    return pairing.propose(
        pairing.located(waiting, villages),
        pairing.located(offers(store, on=on, scheme=scheme), villages),
        scheme,
        weights or pairing.Weights(),
        on=on,
        report=report,
    )


def publish(store: Store, proposal: pairing.Proposal, token: str | None = None) -> str:
    """The proposal's pairs from its day on, as one step; Stale if the world has moved on."""
    rows = {"pairings": pairing.publish(proposal, since=proposal.on)}
    return store.change(lambda read: rows, kind="publish", token=token)


# -- a draft ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Draft:
    """A proposal nobody has decided on yet, and of what state of which tables it was made."""

    proposal: pairing.Proposal
    made_of: dict[str, int]


def made_of(read: Read) -> dict[str, int]:
    """The state of every table a proposal is made of, a number each, the order of rows aside.

    A table has the same number again once a change is undone by taking rows back.
    """
    return {table: _state(read(table)[[tables.key(table), "version"]]) for table in MADE_OF}


def _state(rows: pd.DataFrame) -> int:
    return int(pd.util.hash_pandas_object(rows, index=False, categorize=False).sum())


def keep_draft(store: Store, draft: Draft | None) -> None:
    """Keep a draft for the actor, in the place of the one before; None lets it go.

    Not a step of the store: nothing there changes.
    """
    text = None
    if draft is not None:
        text = json.dumps({"made_of": draft.made_of, "text": pairing.to_json(draft.proposal)})
    store.keep(PLACE, text)


def kept_draft(store: Store) -> Draft | None:
    """The actor's draft; None where there is none, or where it cannot be read any more."""
    text = store.kept(PLACE)
    if text is None:
        return None
    try:
        said = json.loads(text)
        made = {table: int(said["made_of"][table]) for table in MADE_OF}
        return Draft(pairing.from_json(said["text"]), made)
    except (
        ValueError,
        TypeError,
        KeyError,
        BadInput,
    ):  # of an older version: made again in seconds
        return None


def outdated(read: Read, draft: Draft, *, on: dates.Day) -> pd.DataFrame:
    """What has changed since a draft was made, as code and count; empty = it still holds.

    Codes: draft_day_passed (it was made for another day), draft_pairs_forbidden (pairs that may
    no longer be published), draft_children_new (they wait now and are not in it),
    draft_children_gone (in it, unmatched, and no longer waiting); draft_facts_changed (rows of
    its tables changed, which may matter to the match or not; count is the number of tables).
    """
    proposal = draft.proposal
    moved = [table for table, state in made_of(read).items() if state != draft.made_of[table]]
    found: dict[str, int] = {"draft_day_passed": int(proposal.on != dates.day(on))}
    if moved:
        found["draft_pairs_forbidden"] = _forbidden(read, proposal)
        now = pairing.waiting(read("children"), read("pairings"), proposal.scheme, on=on)
        named = pd.concat([proposal.pairs["child_id"], proposal.unmatched["child_id"]])
        found["draft_children_new"] = int((~now["child_id"].isin(named)).sum())
        gone = ~proposal.unmatched["child_id"].isin(now["child_id"])
        found["draft_children_gone"] = int(gone.sum())
        found["draft_facts_changed"] = len(moved)
    rows = [(code, count) for code, count in found.items() if count]
    return pd.DataFrame(rows, columns=["code", "count"])


def stands(read: Read, draft: Draft) -> bool:
    """Whether a draft was published and not taken back: its pairs are there, since its day."""
    names = ["scheme", "child_id", "helper_id", "since"]
    wanted = pairing.publish(draft.proposal, since=draft.proposal.on)[names]
    return len(wanted.merge(read("pairings")[names])) > 0


def _forbidden(read: Read, proposal: pairing.Proposal) -> int:
    new = pairing.publish(proposal, since=proposal.on)
    known = {name: read(name) for name in ("children", "helpers", "trainings", "pairings")}
    return int(pairing.violations(new, **known)["row"].nunique())


# -- taking back -----------------------------------------------------------------------------------


def published_today(store: Store, *, now: dt.datetime | None = None) -> pd.DataFrame:
    """What was published in the last 24 hours and is not taken back, the newest first.

    Twenty-four hours and not the calendar day: what was published before midnight can still be
    taken back after it. Older steps are not offered: by then the pairs have met. Whoever
    published it and whichever session it was, ``store.undo(step_id)`` takes it back.

    Columns: step_id, done_at (UTC), user_id, name (of the person), pairs. ``now``: for tests.

    >>> from carekit import tasks
    >>> with tasks.practice_store() as store:
    ...     step = publish(store, propose(store, on=store.today()))
    ...     made = published_today(store)
    ...     taken_back = store.undo(step)
    ...     made["step_id"].tolist() == [step], len(published_today(store))
    (True, 0)
    """
    since = (now or dt.datetime.now(dt.UTC)) - A_DAY
    steps = store.steps()
    mine = steps["kind"].eq("publish") & steps["undone_by"].isna() & (steps["done_at"] > since)
    names = store.read("users").set_index("user_id")["name"]
    found = steps[mine.fillna(False)].iloc[::-1].reset_index(drop=True)
    return found[["step_id", "done_at", "user_id"]].assign(
        name=found["user_id"].map(names).fillna(found["user_id"]), pairs=found["rows"]
    )
