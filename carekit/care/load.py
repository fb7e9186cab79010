"""How much care each helper carries (C5)."""

import pandas as pd

from carekit import dates
from carekit.care.contacts import active, lately, reached
from carekit.care.standards import Standard

__all__ = ["LOAD_DAYS", "load"]

LOAD_DAYS = 30  # how far back what was really done is counted


def load(
    helpers: pd.DataFrame,
    pairings: pd.DataFrame,
    contacts: pd.DataFrame,
    outing_people: pd.DataFrame,
    standard: Standard,
    *,
    on: dates.Day,
) -> pd.DataFrame:
    """The load of every helper on the day; whoever has no child stays, with 0.

    Takes the tables helpers, pairings, contacts and outing_people and a set of obligations. Gives
    one row a helper, in the same order and with the same index:

    - ``helper_id``; ``children`` (Int64): different children of pairings that hold on the day
    - ``minutes_a_week`` (Int64): children times the minutes one child is owed, rounded once, half
      up; a month is 365.25/12 days
    - ``outings`` (Int64): different outings the helper is listed for as an adult
    - ``contacts``, ``minutes`` (Int64) of the last ``LOAD_DAYS`` days, by the helper who did it,
      with any child; ``attempts`` (Int64): nobody was reached, so these are no contacts and their
      minutes do not count
    - ``hours_a_week`` as the helper offers them; ``share`` (Float64): minutes_a_week of the hours
      offered, empty where these are unknown or 0; ``over``: more than is offered (a helper whose
      hours are unknown is never over, one who offers 0 is over with the first child)

    Source: C5, C3.

    >>> from carekit import tables
    >>> from carekit.care import SCHOOL
    >>> helpers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "hours_a_week": [1.0, None]})
    >>> pairings = pd.DataFrame({"child_id": ["C00001", "C00002"], "helper_id": "H00001",
    ...     "since": pd.to_datetime("2026-02-01"), "until": pd.NaT})
    >>> contacts = tables.typed("contacts", pd.DataFrame({"child_id": "C00001",
    ...     "helper_id": "H00001", "day": ["2026-03-01", "2026-03-02"], "minutes": [25, 5],
    ...     "reached": [None, False]}))
    >>> load(helpers, pairings, contacts, tables.empty("outing_people"), SCHOOL, on="2026-03-02")[
    ...     ["children", "minutes_a_week", "contacts", "minutes", "attempts", "share", "over"]]
       children  minutes_a_week  contacts  minutes  attempts     share   over
    0         2             101         1       25         1  1.683333   True
    1         0               0         0        0         0      <NA>  False
    """
    ids = helpers["helper_id"]
    now = pairings[active(pairings, on)].drop_duplicates(["helper_id", "child_id"])
    recent = lately(contacts, on, LOAD_DAYS)
    done, tried = recent[reached(recent)], recent[~reached(recent)]
    adults = outing_people[outing_people["child_id"].isna() & outing_people["helper_id"].notna()]
    adults = adults.drop_duplicates(["outing_id", "helper_id"])

    children = _counted(ids, now)
    minutes = _minutes(children, standard)
    offered = helpers["hours_a_week"].astype("Float64")
    return pd.DataFrame(
        {
            "helper_id": ids,
            "children": children,
            "minutes_a_week": minutes,
            "outings": _counted(ids, adults),
            "contacts": _counted(ids, done),
            "minutes": ids.map(done.groupby("helper_id")["minutes"].sum())
            .fillna(0)
            .astype("Int64"),
            "attempts": _counted(ids, tried),
            "hours_a_week": offered,
            "share": minutes / (offered * 60).mask(offered.eq(0)),
            "over": minutes.gt(offered * 60).fillna(False).astype(bool),
        },
        index=helpers.index,
    )


def _counted(ids: pd.Series, rows: pd.DataFrame) -> pd.Series:
    return ids.map(rows["helper_id"].value_counts()).fillna(0).astype("Int64")


def _minutes(children: pd.Series, standard: Standard) -> pd.Series:
    # Whole numbers only: a share of a minute must not depend on the machine.
    each = standard.minutes_a_week
    return (2 * children * each.numerator + each.denominator) // (2 * each.denominator)
