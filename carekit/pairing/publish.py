"""From a proposal to rows of pairings, and whether the world still allows them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from carekit import dates, people, tables
from carekit.pairing.proposal import Proposal
from carekit.pairing.rules import ADULT_AGE
from carekit.pairing.schemes import SCHEMES, Scheme
from carekit.pairing.waiting import closed

COLUMNS = ("row", "code", "child_id", "helper_id")


def publish(proposal: Proposal, since: dates.Day) -> pd.DataFrame:
    """The rows of pairings a proposal becomes, from the day `since` on, without an end.

    Gives a frame of the table pairings; pairing_id is empty, the store gives the next ones.

    >>> from carekit.pairing import VOLUNTEER, propose
    >>> waiting = pd.DataFrame({"child_id": ["C00001"], "tier": [1], "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001"], "kind": "volunteer", "ready": True,
    ...     "birth_date": "1990-01-01", "places_left": 1, "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning"})
    >>> proposal = propose(waiting, offers, VOLUNTEER, on="2026-03-02")
    >>> publish(proposal, since="2026-03-09")[["scheme", "child_id", "helper_id", "since"]]
          scheme child_id helper_id      since
    0  volunteer   C00001    H00001 2026-03-09
    """
    rows = proposal.pairs[["child_id", "helper_id"]].assign(
        scheme=proposal.scheme.code, since=pd.Timestamp(dates.day(since))
    )
    return tables.typed("pairings", rows.reset_index(drop=True))


def violations(
    new: pd.DataFrame,
    children: pd.DataFrame,
    helpers: pd.DataFrame,
    trainings: pd.DataFrame,
    pairings: pd.DataFrame,
    schemes: Mapping[str, Scheme] = SCHEMES,
) -> pd.DataFrame:
    """What forbids new pairings on their first day: row, code, child_id, helper_id.

    Takes the rows to be written and the tables as they stand; a row of pairings with the
    pairing_id of a new row is replaced by it. A row that only changes the end or reason of a
    pairing is not judged again, but counts. schemes: those the branch uses, by code, see
    `kept_schemes`. Empty = all may be written.

    Codes: scheme_not_open (unknown, or one of parts, such as one_to_one), dates_reversed,
    child_not_found, child_closed, helper_not_found, helper_closed, helper_not_ready,
    helper_not_adult, helper_kind_wrong (M1, P2), child_already_paired (in the scheme at some
    time), places_exceeded (the helper's own, over all schemes, or the scheme's most, at some time).

    >>> new = tables.typed("pairings", pd.DataFrame({"scheme": ["volunteer"],
    ...     "child_id": ["C00009"], "helper_id": ["H00009"], "since": ["2026-03-02"]}))
    >>> none = {name: tables.empty(name)
    ...         for name in ("children", "helpers", "trainings", "pairings")}
    >>> violations(new, **none)[["row", "code"]]
       row              code
    0    0   child_not_found
    1    0  helper_not_found
    """
    new = _dated(new).assign(row=range(len(new)))
    old = _dated(pairings)
    judged = new[~_known(new, old)]
    usable = {code: scheme for code, scheme in schemes.items() if not scheme.parts}
    old = old[~old["pairing_id"].isin(new["pairing_id"].dropna())]
    every = pd.concat([old.assign(row=-1), new], ignore_index=True)
    found = [
        *_rows(judged, "scheme_not_open", ~judged["scheme"].isin(list(usable))),
        *_rows(
            judged,
            "dates_reversed",
            judged["since"].isna() | (judged["until"] <= judged["since"]),
        ),
        *(
            fault
            for day, rows in judged.groupby("since")
            for fault in _people(rows, children, helpers, trainings, day, usable)
        ),
        *_rows(judged, "child_already_paired", judged["row"].isin(_double(judged, every))),
        *_rows(
            judged, "places_exceeded", judged["row"].isin(_full(judged, every, helpers, usable))
        ),
    ]
    answer = pd.DataFrame(found, columns=list(COLUMNS))
    answer = answer.sort_values("row", kind="stable").reset_index(drop=True)
    return answer.astype({"row": "int64"} | dict.fromkeys(COLUMNS[1:], "string"))


def _dated(pairings: pd.DataFrame) -> pd.DataFrame:
    names = ["pairing_id", "scheme", "child_id", "helper_id", "since", "until"]
    return tables.typed("pairings", pairings)[names].reset_index(drop=True)


def _known(new: pd.DataFrame, old: pd.DataFrame) -> pd.Series:
    """Which rows are pairings already there, between the same people since the same day."""
    same = ["pairing_id", "scheme", "child_id", "helper_id", "since"]
    merged = new[same].merge(old[same].dropna(subset=["pairing_id"]), how="left", indicator=True)
    return pd.Series(merged["_merge"].eq("both").to_numpy(), new.index)


def _people(
    rows: pd.DataFrame,
    children: pd.DataFrame,
    helpers: pd.DataFrame,
    trainings: pd.DataFrame,
    day: Any,
    schemes: Mapping[str, Scheme],
) -> list[tuple[object, ...]]:
    """What the files of both say on the first day."""
    mine = helpers[helpers["helper_id"].isin(rows["helper_id"])]
    ready = people.readiness(mine, trainings, day)
    facts = ready.assign(
        shut=closed(mine, day),
        adult=dates.age(mine["birth_date"], day) >= ADULT_AGE,
    ).set_index("helper_id")
    helper = facts.reindex(rows["helper_id"])
    child = closed(children, day).set_axis(children["child_id"])
    kinds = rows["scheme"].map({code: scheme.kinds for code, scheme in schemes.items()})
    wrong_kind = np.array(
        [
            isinstance(some, tuple) and kind not in some
            for kind, some in zip(helper["kind"].fillna(""), kinds, strict=True)
        ],
        dtype=bool,
    )
    there = rows["helper_id"].isin(facts.index).to_numpy()
    shut = helper["shut"].eq(True).fillna(False).to_numpy(dtype=bool)
    fit = {
        name: helper[name].astype("boolean").fillna(False).to_numpy(dtype=bool)
        for name in ("ready", "adult")
    }
    asked = {  # pupils who help a fellow pupil need no papers
        name: ~rows["scheme"].isin([code for code, one in schemes.items() if name not in one.rules])
        for name in ("ready", "adult")
    }
    child_shut = rows["child_id"].map(child).astype("boolean").fillna(False).to_numpy(dtype=bool)
    return [
        *_rows(rows, "child_not_found", ~rows["child_id"].isin(child.index)),
        *_rows(rows, "child_closed", child_shut),
        *_rows(rows, "helper_not_found", ~there),
        *_rows(rows, "helper_closed", there & shut),
        *_rows(rows, "helper_not_ready", there & ~shut & asked["ready"] & ~fit["ready"]),
        *_rows(rows, "helper_not_adult", there & asked["adult"] & ~fit["adult"]),
        *_rows(rows, "helper_kind_wrong", there & wrong_kind),
    ]


def _double(judged: pd.DataFrame, every: pd.DataFrame) -> set[int]:
    """Rows whose child has another pairing of the scheme at the same time."""
    both = judged.merge(every, on=["scheme", "child_id"], suffixes=("", "_other"))
    both = both[(both["row"] != both["row_other"]) & _overlap(both)]
    return set(both["row"])


def _full(
    judged: pd.DataFrame,
    every: pd.DataFrame,
    helpers: pd.DataFrame,
    schemes: Mapping[str, Scheme],
) -> set[int]:
    """Rows whose helper has more children than places on some day of the pairing."""
    offered = helpers.set_index("helper_id")["places"].astype("Int64").fillna(0)
    most = {code: scheme.most for code, scheme in schemes.items()}
    over: set[int] = set()
    for by, places in (
        (["helper_id"], judged["helper_id"].map(offered).astype("Int64")),
        (["helper_id", "scheme"], judged["scheme"].map(most).astype("Int64")),
    ):
        busiest = judged["row"].map(_busiest(judged, every, by)).astype("Int64")
        over |= set(judged["row"][(busiest > places).to_numpy(dtype=bool, na_value=False)])
    return over


def _busiest(judged: pd.DataFrame, every: pd.DataFrame, by: list[str]) -> pd.Series:
    """The most pairings the helper has at once during each row, by row.

    The most are active on the first day of one of them: only those days are counted.
    """
    days = judged.merge(every[[*by, "since"]], on=by, suffixes=("", "_day"))
    days["day"] = days[["since", "since_day"]].max(axis=1)
    days = days[days["until"].isna() | (days["day"] < days["until"])]
    days = days[[*by, "row", "day"]].drop_duplicates()
    held = days.merge(every[[*by, "since", "until"]], on=by)
    now = (held["since"] <= held["day"]) & (held["until"].isna() | (held["day"] < held["until"]))
    return held[now].groupby(["row", "day"]).size().groupby("row").max()


def _overlap(both: pd.DataFrame) -> pd.Series:
    begins = both[["since", "since_other"]].max(axis=1)
    return (both["until"].isna() | (begins < both["until"])) & (
        both["until_other"].isna() | (begins < both["until_other"])
    )


def _rows(rows: pd.DataFrame, code: str, wrong: Any) -> list[tuple[object, ...]]:
    found = rows[pd.Series(wrong, dtype="boolean").to_numpy(dtype=bool, na_value=False)]
    return [
        (row, code, child, helper)
        for row, child, helper in zip(
            found["row"], found["child_id"], found["helper_id"], strict=True
        )
    ]
