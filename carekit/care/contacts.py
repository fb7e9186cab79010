"""What counts as a contact, and which pairings hold on a day."""

import pandas as pd

from carekit import dates

__all__ = ["active", "lately", "reached"]


def reached(contacts: pd.DataFrame) -> pd.Series:
    """Which rows are contacts: empty means yes; a failed attempt is none (C5).

    >>> reached(pd.DataFrame({"reached": pd.array([True, False, None], dtype="boolean")})).tolist()
    [True, False, True]
    """
    return contacts["reached"].astype("boolean").fillna(True).astype(bool)


def active(pairings: pd.DataFrame, on: dates.Day) -> pd.Series:
    """Which pairings hold on the day: from since until the day before until.

    >>> pairings = pd.DataFrame({"since": pd.to_datetime(["2026-03-02", "2025-01-01", None]),
    ...                          "until": pd.to_datetime([None, "2026-03-02", None])})
    >>> active(pairings, "2026-03-02").tolist()
    [True, False, False]
    """
    today = pd.Timestamp(dates.day(on))
    since, until = pd.to_datetime(pairings["since"]), pd.to_datetime(pairings["until"])
    return since.le(today) & ~until.le(today)


def lately(contacts: pd.DataFrame, on: dates.Day, days: int) -> pd.DataFrame:
    """The rows of the last days: the day itself and the ``days - 1`` before it.

    >>> some = pd.DataFrame({"day": pd.to_datetime(["2026-03-03", "2026-03-02", "2026-02-23"])})
    >>> len(lately(some, "2026-03-02", 7)), len(lately(some, "2026-03-02", 8))
    (1, 2)
    """
    today = pd.Timestamp(dates.day(on))
    day = pd.to_datetime(contacts["day"])
    return contacts[day.le(today) & day.gt(today - pd.Timedelta(days=days))]
