"""Which backups stay: those of 7 days, 4 weeks and 12 months."""

import datetime as dt
from collections.abc import Callable, Iterable

__all__ = ["DAYS", "MONTHS", "WEEKS", "keep"]

DAYS, WEEKS, MONTHS = 7, 4, 12

_PERIODS: list[tuple[str, int, Callable[[dt.date], tuple[int, ...]]]] = [
    ("daily", DAYS, lambda day: (day.year, day.month, day.day)),
    ("weekly", WEEKS, lambda day: tuple(day.isocalendar()[:2])),
    ("monthly", MONTHS, lambda day: (day.year, day.month)),
]


def keep(days: Iterable[dt.date], today: dt.date) -> dict[dt.date, str]:
    """The days whose backups stay, and as what: of each of the newest days (``daily``), weeks
    (``weekly``) and months (``monthly``) that have one, its newest.

    Counted are days, weeks and months *with* a backup: where nobody has worked for a year, none
    goes for its age alone. A day after ``today`` (a clock was wrong) stays and counts for nothing.

    >>> made = [dt.date(2026, 1, 1) + dt.timedelta(days) for days in range(60)]
    >>> stay = keep(made, dt.date(2026, 3, 1))
    >>> [day.isoformat()[5:] for day in sorted(stay)]
    ['01-31', '02-08', '02-15', '02-22', '02-23', '02-24', '02-25', '02-26', '02-27', '02-28',
     '03-01']
    >>> [stay[dt.date(2026, *day)] for day in ((1, 31), (2, 15), (2, 24))]
    ['monthly', 'weekly', 'daily']
    """
    known = sorted(set(days))
    stay = {day: "daily" for day in known if day > today}
    for kind, most, period in _PERIODS:
        newest = {period(day): day for day in known if day <= today}
        for day in sorted(newest.values(), reverse=True)[:most]:
            stay.setdefault(day, kind)
    return stay
