"""May a helper meet a child on a day: the papers, and nothing but the papers."""

import datetime

import pandas as pd

from carekit import dates

TRAINING_HOURS = 2.0  # MENTOR: at least two hours of training before the match
CHECK_YEARS = 1  # Law on the Protection of Minors, art. 62: the records are checked every year

# The order in which a coordinator would clear them.
BLOCKS = (
    "closed",
    "records_check_missing",
    "records_check_expired",
    "training_missing",
    "training_short",
    "commitment_missing",
)


def readiness(
    helpers: pd.DataFrame, trainings: pd.DataFrame, on: str | datetime.date
) -> pd.DataFrame:
    """Say which helpers are ready on a day, and what blocks the others.

    Takes the tables ``helpers`` (helper_id, closed_on) and ``trainings`` (helper_id, kind, day,
    hours, until) and the day. A records check holds for one year from its day, or until its own
    ``until`` where that is earlier; training and commitment letter hold from their day to the day
    before ``until``; hours of all training in force are added, unknown hours count nothing.

    Gives the helpers in the same order with ``ready`` (boolean) and ``blocked_by`` (codes joined
    by ``;`` in the order of ``BLOCKS``, an empty text when ready). Age is a rule of pairing,
    not of readiness. Sources: P2, the Law on the Protection of Minors (art. 62), MENTOR.

    >>> import pandas as pd
    >>> helpers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "closed_on": pd.NaT})
    >>> trainings = pd.DataFrame({
    ...     "helper_id": ["H00001", "H00001", "H00001", "H00002"],
    ...     "kind": ["records_check", "training", "commitment", "records_check"],
    ...     "day": pd.to_datetime(["2025-09-01", "2025-09-06", "2025-09-06", "2024-09-01"]),
    ...     "hours": [None, 2.5, None, None],
    ...     "until": pd.NaT,
    ... })
    >>> readiness(helpers, trainings, on="2026-03-02")[["helper_id", "ready", "blocked_by"]]
      helper_id  ready                                         blocked_by
    0    H00001   True
    1    H00002  False  records_check_expired;training_missing;commitm...
    """
    today = pd.Timestamp(dates.day(on))
    held = _in_force(trainings, today)
    valid = held[held["valid"]]
    hours = valid[valid["kind"].eq("training")].groupby("helper_id")["hours"].sum()

    ids = helpers["helper_id"]
    checked = _has(ids, valid, "records_check")
    once_checked = _has(ids, held, "records_check")
    trained = _has(ids, valid, "training")
    enough = ids.map(hours).astype("Float64").fillna(0.0).ge(TRAINING_HOURS)
    committed = _has(ids, valid, "commitment")
    blocks = {
        "closed": pd.to_datetime(helpers["closed_on"]).le(today),
        "records_check_missing": ~checked & ~once_checked,
        "records_check_expired": ~checked & once_checked,
        "training_missing": ~trained,
        "training_short": trained & ~enough,
        "commitment_missing": ~committed,
    }
    blocked_by = pd.Series("", index=helpers.index, dtype="string")
    for code in BLOCKS:
        blocked_by = blocked_by.mask(blocks[code].astype("boolean"), blocked_by + ";" + code)
    blocked_by = blocked_by.str.removeprefix(";")
    return helpers.assign(ready=blocked_by.eq(""), blocked_by=blocked_by)


def _in_force(trainings: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """Trainings that have begun by today, with ``valid``: still in force today."""
    days = pd.to_datetime(trainings["day"])
    until = pd.to_datetime(trainings["until"])
    begun = days.le(today)
    check = trainings["kind"].eq("records_check").fillna(False).astype(bool)
    expired = check & (days + pd.DateOffset(years=CHECK_YEARS)).le(today)
    return trainings.assign(valid=begun & ~until.le(today) & ~expired)[begun]


def _has(ids: pd.Series, trainings: pd.DataFrame, kind: str) -> pd.Series:
    return ids.isin(trainings.loc[trainings["kind"].eq(kind), "helper_id"])
