"""Locked and forbidden pairs: what a person has settled, why, and until when (design.md, 8)."""

from collections.abc import Callable

import pandas as pd

from carekit import dates, pairing, tables
from carekit.errors import BadInput
from carekit.pairing.decided import LOCK
from carekit.store import Store

__all__ = ["decide", "withdraw"]

Read = Callable[[str], pd.DataFrame]


def decide(
    store: Store,
    scheme: pairing.Scheme,
    child: str,
    helper: str,
    verdict: str,
    reason: str,
    on: dates.Day,
) -> str:
    """Settle one pair of a scheme from a day on, as the actor; gives the step's id.

    verdict: ``lock`` (the child gets this helper, if the hard rules allow it) or ``forbid`` (never
    this helper). An earlier word on the same pair ends that day, and so does another lock of the
    child: a child has one helper. Whether a lock is possible is seen when a match is proposed.

    Raises ``BadInput``: ``scheme_has_parts`` (decide in one of its parts), ``verdict_unknown``,
    ``reason_needed``, ``child_unknown``, ``helper_unknown``.

    >>> from carekit import tasks
    >>> with tasks.practice_store() as store:
    ...     day = store.today()
    ...     step = decide(store, pairing.VOLUNTEER, "C00001", "H00001", "forbid", "kin", day)
    ...     store.read("decisions")[["decision_id", "verdict", "reason", "user_id"]]
      decision_id verdict reason   user_id
    0      D00001  forbid    kin  practice
    """
    if scheme.parts:
        raise BadInput("scheme_has_parts", scheme=scheme.code)
    known = [str(code) for code in tables.choices("verdict").index]
    if verdict not in known:
        raise BadInput("verdict_unknown", verdict=verdict, known=known)
    if not reason.strip():
        raise BadInput("reason_needed")
    day = pd.Timestamp(dates.day(on))
    row = {
        "scheme": scheme.code,
        "child_id": child,
        "helper_id": helper,
        "verdict": verdict,
        "reason": reason.strip(),
        "decided_on": day,
        "user_id": store.actor,
    }

    def build(read: Read) -> dict[str, pd.DataFrame]:
        if child not in set(read("children")["child_id"]):
            raise BadInput("child_unknown", child=child)
        if helper not in set(read("helpers")["helper_id"]):
            raise BadInput("helper_unknown", helper=helper)
        now = _in_force(read("decisions"), on)
        mine = now[now["scheme"].eq(scheme.code) & now["child_id"].eq(child)]
        over = mine["helper_id"].eq(helper)
        if verdict == LOCK:
            over |= mine["verdict"].eq(verdict)
        ended = mine[over].assign(until=day)
        return {"decisions": pd.concat([ended, tables.typed("decisions", pd.DataFrame([row]))])}

    return store.change(build, kind="decide")


def withdraw(store: Store, decision_id: str, on: dates.Day) -> str:
    """Let a decision go from a day on; gives the step's id. The row stays, with its end.

    Raises ``BadInput("decision_unknown")``: there is none of this id, or it holds no more.

    >>> from carekit import tasks
    >>> with tasks.practice_store() as store:
    ...     day = store.today()
    ...     step = decide(store, pairing.VOLUNTEER, "C00001", "H00001", "forbid", "kin", day)
    ...     step = withdraw(store, "D00001", day)
    ...     pairing.decided(store.read("decisions"), pairing.VOLUNTEER, day).empty
    True
    """

    def build(read: Read) -> dict[str, pd.DataFrame]:
        now = _in_force(read("decisions"), on)
        mine = now[now["decision_id"].eq(decision_id)]
        if mine.empty:
            raise BadInput("decision_unknown", decision=decision_id)
        return {"decisions": mine.assign(until=pd.Timestamp(dates.day(on)))}

    return store.change(build, kind="withdraw")


def _in_force(decisions: pd.DataFrame, on: dates.Day) -> pd.DataFrame:
    """Decisions that have not ended by the day."""
    return decisions[~decisions["until"].le(pd.Timestamp(dates.day(on))).fillna(False)]
