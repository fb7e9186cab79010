"""Matching: the schemes of a branch, a proved proposal, publishing it, taking it back."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping

import pandas as pd

from carekit import dates, pairing, people
from carekit.errors import BadInput
from carekit.store import Store
from carekit.tasks.report import Report, silent

__all__ = [
    "frames",
    "in_force",
    "keep_scheme",
    "offers",
    "propose",
    "propose_parts",
    "publish",
    "published_today",
    "recent_steps",
    "scheme",
    "schemes",
    "weights",
]

Read = Callable[[str], pd.DataFrame]

A_DAY = dt.timedelta(hours=24)


# -- schemes ---------------------------------------------------------------------------------------


def schemes(store: Store) -> dict[str, pairing.Scheme]:
    """Every scheme of a branch by code: those shipped, and its own in their place.

    Raises ``BadInput("scheme_wrong")`` for a kept file that cannot be read any more.

    >>> from carekit import tasks
    >>> with tasks.practice_store() as store:
    ...     print(list(schemes(store)))
    ['volunteer', 'teacher', 'peer', 'one_to_one']
    """
    return pairing.kept_schemes(store.read("settings"))


def keep_scheme(store: Store, text: str) -> str:
    """Keep the file of a scheme of the branch's own, from its text; gives the step's id.

    It takes the place of the one of its code. Raises ``BadInput("scheme_wrong")`` with the field
    and the fault, see ``pairing.read_scheme``.

    >>> from carekit import tasks
    >>> file = 'code = "peer"\\nkinds = ["peer"]\\nmost = 2\\nrules = ["near_class"]'
    >>> with tasks.practice_store() as store:
    ...     step = keep_scheme(store, file)
    ...     print(schemes(store)["peer"].most)
    2
    """
    setting_id = pairing.schemes.KEPT + pairing.read_scheme(text).code

    def build(read: Read) -> dict[str, pd.DataFrame]:
        known = read("settings").set_index("setting_id")["version"]
        row = pd.DataFrame({"setting_id": [setting_id], "value": [text]})
        version = row["setting_id"].map(known).astype("Int64")
        return {"settings": row.assign(version=version)}

    return store.change(build, kind="scheme")


def scheme(code: str, known: Mapping[str, pairing.Scheme] = pairing.SCHEMES) -> pairing.Scheme:
    """The scheme of a code among those ``known``; ``BadInput("scheme_unknown")`` otherwise."""
    if code not in known:
        raise BadInput("scheme_unknown", scheme=code, known=sorted(known))
    return known[code]


def weights(
    typed: Mapping[str, str], scheme: pairing.Scheme = pairing.VOLUNTEER
) -> pairing.Weights:
    """Weights as they were typed; whatever is left out is as the scheme has it.

    Raises ``BadInput``: ``weight_unknown``, ``weight_wrong`` (no whole number, or too big).

    >>> weights({"distance": "40"}).distance, weights({}, pairing.PEER).other_class
    (40, 150)
    """
    known = pairing.weight_ranges().index.tolist()
    for name, points in typed.items():
        if name not in known:
            raise BadInput("weight_unknown", weight=name, known=known)
        if not (points.isascii() and points.isdecimal()):
            raise BadInput(
                "weight_wrong", weight=name, value=points or "–", most=pairing.costs.HEAVIEST
            )
    chosen = {name: int(points) for name, points in typed.items()}
    return dataclasses.replace(scheme.weights, **chosen)


# -- proposing -------------------------------------------------------------------------------------


def offers(
    store: Store, *, on: dates.Day, scheme: pairing.Scheme = pairing.VOLUNTEER
) -> pd.DataFrame:
    """Every helper with what the day allows: ready, blocked_by, places_left."""
    ready = people.readiness(store.read("helpers"), store.read("trainings"), on=on)
    return pairing.offers(ready, store.read("pairings"), scheme, on=on)


def frames(
    store: Store, scheme: pairing.Scheme, on: dates.Day
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who waits and who offers in a scheme on a day, with village, school and grade.

    Gives ``waiting`` and ``offers`` as ``pairing.propose`` takes them.

    >>> from carekit import tasks
    >>> with tasks.practice_store() as store:
    ...     waiting, offers = frames(store, pairing.PEER, store.today())
    >>> len(waiting), int(offers.query("kind == 'peer'")["places_left"].sum())
    (122, 12)
    """
    return _frames(store.read, scheme, on, store.read("pairings"))


def _frames(
    read: Read, scheme: pairing.Scheme, on: dates.Day, pairings: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    villages, classes = read("villages"), read("classes")
    ready = people.readiness(read("helpers"), read("trainings"), on=on)
    waiting = pairing.waiting(read("children"), pairings, scheme, on=on)
    offering = pairing.offers(ready, pairings, scheme, on=on)
    return (
        pairing.enrolled(pairing.located(waiting, villages), classes),
        pairing.enrolled(pairing.located(offering, villages), classes),
    )


def in_force(
    read: Read, scheme: pairing.Scheme, waiting: pd.DataFrame, on: dates.Day
) -> pd.DataFrame:
    """What is settled about the children who wait: child_id, helper_id, verdict.

    Whoever has a helper by now, or a closed file, needs no decision any more.
    """
    said = pairing.decided(read("decisions"), scheme, on)
    return said[said["child_id"].isin(waiting["child_id"])].reset_index(drop=True)


def propose(
    store: Store,
    *,
    on: dates.Day,
    scheme: pairing.Scheme = pairing.VOLUNTEER,
    weights: pairing.Weights | None = None,
    report: Report = silent,
) -> pairing.Proposal:
    """A proved proposal for everybody who waits on the day; nothing is written.

    Locked and forbidden pairs in force are heeded. weights: the scheme's own where nobody chooses.
    Raises what ``pairing.propose`` raises.
    """
    report("progress_reading", 0.0)
    return _propose(store.read, on, scheme, weights, report, store.read("pairings"))


def _propose(
    read: Read,
    on: dates.Day,
    scheme: pairing.Scheme,
    weights: pairing.Weights | None,
    report: Report,
    pairings: pd.DataFrame,
) -> pairing.Proposal:
    waiting, offering = _frames(read, scheme, on, pairings)
    decisions = in_force(read, scheme, waiting, on)
    return pairing.propose(
        waiting, offering, scheme, weights, on=on, decisions=decisions, report=report
    )


def propose_parts(
    store: Store,
    *,
    on: dates.Day,
    scheme: pairing.Scheme,
    weights: Mapping[str, pairing.Weights] | None = None,
    report: Report = silent,
) -> dict[str, pairing.Proposal]:
    """A proved proposal for each part of a scheme, by its code; a plain scheme is its only part.

    The parts are matched in their order, each as well as it can be (M3): a place taken in one is
    taken in the next. weights: by code. Raises ``BadInput("scheme_unknown")`` for a part the
    branch does not know, and what ``pairing.propose`` raises.

    >>> from carekit import tasks
    >>> with tasks.practice_store() as store:
    ...     both = propose_parts(store, on=store.today(), scheme=pairing.ONE_TO_ONE)
    >>> {code: proposal.certificate.gap for code, proposal in both.items()}
    {'teacher': 0, 'peer': 0}
    """
    codes = scheme.parts or (scheme.code,)
    known = {**schemes(store), **({} if scheme.parts else {scheme.code: scheme})}
    found: dict[str, pairing.Proposal] = {}
    pairings = store.read("pairings")
    report("progress_reading", 0.0)
    for number, code in enumerate(codes):

        def part_of(step: str, share: float, number: int = number) -> None:
            report(step, (number + share) / len(codes))

        part = _scheme(code, known)
        chosen = (weights or {}).get(code)
        found[code] = _propose(store.read, on, part, chosen, part_of, pairings)
        taken = pairing.publish(found[code], since=on)
        pairings = pd.concat([pairings, taken]) if len(taken) else pairings
    return found


_scheme = scheme  # where a scheme is at hand under that name


def publish(
    store: Store,
    proposal: pairing.Proposal | Mapping[str, pairing.Proposal],
    token: str | None = None,
) -> str:
    """The pairs of a proposal, or of all parts, from their day on, as one step.

    Raises ``Stale("publish_refused")`` if the world has moved on: then nothing is written.
    """
    parts = [proposal] if isinstance(proposal, pairing.Proposal) else list(proposal.values())
    every = [pairing.publish(part, since=part.on) for part in parts]
    rows = {"pairings": pd.concat(every, ignore_index=True)}
    return store.change(lambda read: rows, kind="publish", token=token)


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
    found = recent_steps(store, "publish", now=now)
    return found.rename(columns={"rows": "pairs"})


def recent_steps(store: Store, kind: str, *, now: dt.datetime | None = None) -> pd.DataFrame:
    """The steps of a kind of the last 24 hours that are not taken back, the newest first.

    Columns: step_id, done_at (UTC), user_id, name (of the person), rows (written).
    """
    since = (now or dt.datetime.now(dt.UTC)) - A_DAY
    steps = store.steps()
    mine = steps["kind"].eq(kind) & steps["undone_by"].isna() & (steps["done_at"] > since)
    names = store.read("users").set_index("user_id")["name"]
    found = steps[mine.fillna(False)].iloc[::-1].reset_index(drop=True)
    found = found.assign(name=found["user_id"].map(names).fillna(found["user_id"]))
    return found[["step_id", "done_at", "user_id", "name", "rows"]]
