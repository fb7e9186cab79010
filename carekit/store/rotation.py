"""Which backups stay: those of 7 days, 4 weeks and 12 months."""

import datetime as dt
from collections.abc import Callable, Iterable

__all__ = ["DAYS", "MONTHS", "WEEKS", "keep"]

DAYS, WEEKS, MONTHS = 7, 4, 12

_PERIODS: list[tuple[int, Callable[[dt.date], tuple[int, ...]]]] = [
    (DAYS, lambda day: (day.year, day.month, day.day)),
    (WEEKS, lambda day: tuple(day.isocalendar()[:2])),
    (MONTHS, lambda day: (day.year, day.month)),
]


def keep(days: Iterable[dt.date], today: dt.date) -> set[dt.date]:
    """The days whose backups stay: of each of the newest periods that have one, its newest.

    Counted are days, weeks and months *with* a backup: where nobody has worked for a year, none
    goes for its age alone. A day after ``today`` (a clock was wrong) stays and counts for nothing.

    >>> made = [dt.date(2026, 1, 1) + dt.timedelta(days) for days in range(60)]
    >>> [day.isoformat()[5:] for day in sorted(keep(made, dt.date(2026, 3, 1)))]
    ['01-31', '02-08', '02-15', '02-22', '02-23', '02-24', '02-25', '02-26', '02-27', '02-28',
     '03-01']
    """
    known = sorted(set(days))
    stay = {day for day in known if day > today}
    for most, period in _PERIODS:
        newest = {period(day): day for day in known if day <= today}
        stay |= set(sorted(newest.values(), reverse=True)[:most])
    return stay
