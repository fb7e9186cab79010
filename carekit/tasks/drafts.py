"""The drafts of the matching: one for the branch and scheme, kept until it is published.

Several people may work on one draft. Each save says which number it goes on from, so that nobody
writes over what another has changed meanwhile (``Stale("draft_newer")``).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from carekit import dates, pairing, tables
from carekit.errors import BadInput
from carekit.store import Store

__all__ = [
    "Draft",
    "changed_by_hand",
    "draft_changes",
    "draft_number",
    "drop_draft",
    "keep_draft",
    "kept_draft",
    "made_of",
    "outdated",
    "stands",
]

Read = Callable[[str], pd.DataFrame]
Deed = tuple[str, str | None]

MADE_OF = ("children", "helpers", "trainings", "pairings", "villages")
BROKEN = (ValueError, TypeError, LookupError, AttributeError, BadInput)


@dataclass(frozen=True)
class Draft:
    """A proposal nobody has decided on yet, and of what state of which tables it was made.

    best: the proposal before somebody changed it by hand, and deeds: what was changed, (child,
    helper or None) each, the oldest first. published: the step that published it. number, user_id
    and saved_at: which version it is, whose, and when it was saved (UTC); 0 = not saved yet.
    """

    proposal: pairing.Proposal
    made_of: dict[str, int]
    best: pairing.Proposal | None = None
    deeds: tuple[Deed, ...] = ()
    published: str = ""
    number: int = 0
    user_id: str = ""
    saved_at: str = ""


def made_of(read: Read) -> dict[str, int]:
    """The state of every table a proposal is made of, a number each, the order of rows aside.

    A table has the same number again once a change is undone by taking rows back.
    """
    return {table: _state(read(table)[[tables.key(table), "version"]]) for table in MADE_OF}


def _state(rows: pd.DataFrame) -> int:
    return int(pd.util.hash_pandas_object(rows, index=False, categorize=False).sum())


def _place(scheme: str) -> str:
    return f"matching/{scheme}"


def draft_number(store: Store, scheme: str = "volunteer") -> int:
    """Which version of a scheme's draft is the newest; 0 where there never was one."""
    return store.kept_shared(_place(scheme)).number


def keep_draft(store: Store, draft: Draft) -> Draft:
    """Save a draft over the version it goes on from (``number``); gives it with its new number.

    Not a step of the store: nothing there changes. Raises ``Stale("draft_newer")``.
    """
    said = {
        "made_of": draft.made_of,
        "text": pairing.to_json(draft.proposal),
        "best": None if draft.best is None else pairing.to_json(draft.best),
        "deeds": draft.deeds,
        "published": draft.published,
    }
    place = _place(draft.proposal.scheme.code)
    kept = store.keep_shared(place, json.dumps(said), seen=draft.number)
    return replace(draft, number=kept.number, user_id=kept.user_id, saved_at=kept.saved_at)


def drop_draft(store: Store, draft: Draft) -> None:
    """Let a draft go, for everybody. Raises ``Stale("draft_newer")``."""
    store.keep_shared(_place(draft.proposal.scheme.code), None, seen=draft.number)


def kept_draft(store: Store, scheme: str = "volunteer") -> Draft | None:
    """The branch's draft; None where there is none, or where it cannot be read any more."""
    kept = store.kept_shared(_place(scheme))
    if kept.body is None:
        return None
    schemes = pairing.kept_schemes(store.read("settings"))
    try:
        said = json.loads(kept.body)
        return Draft(
            pairing.from_json(said["text"], schemes),
            {table: int(said["made_of"][table]) for table in MADE_OF},
            None if said["best"] is None else pairing.from_json(said["best"], schemes),
            tuple((str(child), helper) for child, helper in said["deeds"]),
            str(said["published"]),
            kept.number,
            kept.user_id,
            kept.saved_at,
        )
    except BROKEN:  # of an older version: made again in seconds
        return None


def draft_changes(before: Draft | None, after: Draft | None) -> pd.DataFrame:
    """What two versions of a draft differ in: child_id, code.

    Codes: pair_changed (another helper, or none any more, or one now), lock_added, forbid_added,
    decision_gone. One row a child and code.
    """
    pairs = [_helpers(draft) for draft in (before, after)]
    both = pd.concat(pairs, axis=1, keys=["before", "after"]).fillna("")
    rows = [(child, "pair_changed") for child in both.index[both["before"] != both["after"]]]
    old, new = (_decided(draft) for draft in (before, after))
    rows += [(child, f"{verdict}_added") for child, _, verdict in sorted(new - old)]
    rows += [(child, "decision_gone") for child, _, _ in sorted(old - new)]
    found = pd.DataFrame(rows, columns=["child_id", "code"], dtype="string")
    return found.drop_duplicates(ignore_index=True)


def _helpers(draft: Draft | None) -> pd.Series:
    if draft is None:
        return pd.Series(dtype="string")
    return draft.proposal.pairs.set_index("child_id")["helper_id"]


def _decided(draft: Draft | None) -> set[tuple[str, str, str]]:
    if draft is None:
        return set()
    return set(draft.proposal.decisions.itertuples(index=False, name=None))


def changed_by_hand(draft: Draft) -> set[str]:
    """The children whose pair is another one than in the best plan, or who have none now."""
    if draft.best is None:
        return set()
    moved = draft_changes(replace(draft, proposal=draft.best), draft)
    return set(moved.loc[moved["code"].eq("pair_changed"), "child_id"])


def outdated(
    read: Read, draft: Draft, *, on: dates.Day, decisions: pd.DataFrame | None = None
) -> pd.DataFrame:
    """What has changed since a draft was made, as code and count; empty = it still holds.

    decisions: those in force now (child_id, helper_id, verdict), where they are known.

    Codes: draft_day_passed (it was made for another day), draft_pairs_forbidden (pairs that may
    no longer be published), draft_children_new (they wait now and are not in it),
    draft_children_gone (in it, unmatched, and no longer waiting), draft_decisions_new (locked
    pairs it lacks, and pairs it has that nobody wants any more); draft_facts_changed (rows of
    its tables changed, which may matter to the match or not; count is the number of tables).
    """
    proposal = draft.proposal
    moved = [table for table, state in made_of(read).items() if state != draft.made_of[table]]
    found: dict[str, int] = {"draft_day_passed": int(proposal.on != dates.day(on))}
    if decisions is not None:
        found["draft_decisions_new"] = _unheeded(proposal, decisions)
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


def _unheeded(proposal: pairing.Proposal, decisions: pd.DataFrame) -> int:
    asked = pd.concat([proposal.pairs["child_id"], proposal.unmatched["child_id"]])
    named = decisions[decisions["child_id"].isin(asked)]
    there = named.merge(proposal.pairs[["child_id", "helper_id"]], how="left", indicator=True)
    held = there["_merge"].eq("both").to_numpy()
    return int((held == named["verdict"].eq("forbid").to_numpy(bool)).sum())


def stands(read: Read, draft: Draft) -> bool:
    """Whether a draft was published and not taken back: its pairs are there, since its day."""
    names = ["scheme", "child_id", "helper_id", "since"]
    wanted = pairing.publish(draft.proposal, since=draft.proposal.on)[names]
    return len(wanted.merge(read("pairings")[names])) > 0


def _forbidden(read: Read, proposal: pairing.Proposal) -> int:
    new = pairing.publish(proposal, since=proposal.on)
    known = {name: read(name) for name in ("children", "helpers", "trainings", "pairings")}
    schemes = pairing.kept_schemes(read("settings"))
    return int(pairing.violations(new, **known, schemes=schemes)["row"].nunique())
