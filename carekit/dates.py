"""Days and ages. Nothing here reads the clock: the day is always an argument.

>>> import pandas as pd
>>> from carekit import dates
>>> born = pd.to_datetime(pd.Series(["2015-03-02", "2015-03-03", None]))
>>> dates.age(born, on="2026-03-02").tolist()
[11, 10, <NA>]
"""

import datetime as dt

import pandas as pd

from carekit.errors import BadInput

__all__ = ["Day", "age", "day"]

Day = str | dt.date | pd.Timestamp


def day(value: Day) -> dt.date:
    """One calendar day from ``2026-03-02``, a ``date``, a ``datetime`` or a ``Timestamp``.

    Raises ``BadInput("day_wrong")`` for anything else.

    >>> day("2026-03-02")
    datetime.date(2026, 3, 2)
    """
    if isinstance(value, dt.datetime):  # a Timestamp is one too
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise BadInput("day_wrong", value=str(value)) from None


def age(birth_dates: pd.Series, on: Day) -> pd.Series:
    """Age in completed years on the day (Int64, empty where the birth date is).

    A person born on 29 February completes a year on 1 March of a common year.

    >>> age(pd.to_datetime(pd.Series(["2012-02-29"])), on="2026-02-28").tolist()
    [13]
    """
    today = day(on)
    born = pd.to_datetime(birth_dates)
    before_birthday = (born.dt.month > today.month) | (
        (born.dt.month == today.month) & (born.dt.day > today.day)
    )
    years = today.year - born.dt.year - before_birthday.astype("int64")
    return years.astype("Int64")
