"""What persons have settled before: locked pairs stay, forbidden ones never come (design.md, 8)."""

import pandas as pd

from carekit import dates
from carekit.errors import BadInput
from carekit.pairing.proposal import DECISION_COLUMNS
from carekit.pairing.schemes import Scheme

LOCK, FORBID = "lock", "forbid"


def decided(decisions: pd.DataFrame, scheme: Scheme, on: dates.Day) -> pd.DataFrame:
    """The decisions of a scheme in force on a day: child_id, helper_id, verdict.

    Takes the table decisions; one is in force from decided_on until the day before until. Of two
    words on one pair the later one holds.

    >>> decisions = pd.DataFrame({"decision_id": ["D00001", "D00002"], "scheme": "volunteer",
    ...     "child_id": "C00001", "helper_id": ["H00001", "H00002"], "verdict": "forbid",
    ...     "decided_on": pd.to_datetime(["2026-03-01", "2026-03-01"]),
    ...     "until": pd.to_datetime([None, "2026-03-02"])})
    >>> from carekit.pairing import VOLUNTEER
    >>> decided(decisions, VOLUNTEER, on="2026-03-02")
      child_id helper_id verdict
    0   C00001    H00001  forbid
    """
    today = pd.Timestamp(dates.day(on))
    until = pd.to_datetime(decisions["until"])
    held = pd.to_datetime(decisions["decided_on"]).le(today) & ~until.le(today)
    mine = decisions[(held & decisions["scheme"].eq(scheme.code)).fillna(False).astype(bool)]
    mine = mine.sort_values(["decided_on", "decision_id"])
    last = mine.drop_duplicates(["child_id", "helper_id"], keep="last")
    columns = last[list(DECISION_COLUMNS)].sort_values(list(DECISION_COLUMNS))
    return columns.reset_index(drop=True)


def apply(
    candidates: pd.DataFrame, decisions: pd.DataFrame, offers: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Candidates without what is forbidden, a locked child with its one helper; and the locks.

    A lock never passes a hard rule. Raises BadInput `lock_impossible` (child, helper: no rule
    allows the pair on the day, or one of them is not in this match), `lock_twice` (a child with
    two helpers) and `lock_overfull` (more children than places).

    >>> pairs = pd.DataFrame({"child_id": pd.Categorical(["C1", "C1", "C2"]),
    ...                       "helper_id": pd.Categorical(["H1", "H2", "H1"])})
    >>> said = pd.DataFrame({"child_id": ["C1", "C2"], "helper_id": ["H2", "H1"],
    ...                      "verdict": ["lock", "forbid"]})
    >>> offers = pd.DataFrame({"helper_id": ["H1", "H2"], "places_left": 1})
    >>> left, locks = apply(pairs, said, offers)
    >>> left
      child_id helper_id
    1       C1        H2
    """
    locks = decisions[decisions["verdict"].eq(LOCK)]
    banned = decisions[decisions["verdict"].eq(FORBID)]
    if locks["child_id"].duplicated().any():
        twice = locks[locks["child_id"].duplicated()].iloc[0]
        raise BadInput("lock_twice", child=twice["child_id"])
    if decisions.empty:
        return candidates, locks
    named = set(decisions["child_id"])
    asked = candidates["child_id"].isin(named)
    some = candidates[asked].astype({"child_id": "string", "helper_id": "string"})
    pairs = pd.MultiIndex.from_frame(some[["child_id", "helper_id"]])
    held = pairs.isin(pd.MultiIndex.from_frame(locks[["child_id", "helper_id"]].astype("string")))
    shut = pairs.isin(pd.MultiIndex.from_frame(banned[["child_id", "helper_id"]].astype("string")))
    settled = some["child_id"].isin(locks["child_id"]).to_numpy()
    there = set(pairs[held])
    for lock in locks.itertuples():
        if (lock.child_id, lock.helper_id) not in there:
            raise BadInput("lock_impossible", child=lock.child_id, helper=lock.helper_id)
    places = offers.set_index("helper_id")["places_left"].astype("Int64").fillna(0)
    count = locks["helper_id"].value_counts()
    over = count[count > places.reindex(count.index).fillna(0)]
    if len(over):
        raise BadInput("lock_overfull", helper=str(over.index[0]), count=int(over.iloc[0]))
    drop = some.index[(settled & ~held) | (shut & ~held)]
    return candidates.drop(index=drop), locks
