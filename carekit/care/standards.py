"""What care a child is owed, read from ``obligations.csv``: kind, partner, minutes, how often."""

from dataclasses import dataclass
from fractions import Fraction
from importlib.resources import files

import pandas as pd

__all__ = ["Obligation", "SCHOOL", "Standard", "standard"]

# A year is 365.25 days and 12 months: so a month is 4.348 weeks, exactly this fraction.
WEEKS = {"week": Fraction(1), "month": Fraction(36525, 100) / 12 / 7}


@dataclass(frozen=True)
class Obligation:
    """One thing that is due: ``minutes`` each time, once ``every`` week or month, or once in so
    many ``days`` (``every`` is then a number in the file)."""

    code: str
    kind: str
    partner: str
    minutes: int
    every: str
    en: str
    zh: str
    source: str

    @property
    def weeks(self) -> Fraction:
        """The period in weeks."""
        return WEEKS[self.every] if self.every in WEEKS else Fraction(int(self.every), 7)

    @property
    def minutes_a_week(self) -> Fraction:
        """What it costs in a week, exactly."""
        return self.minutes / self.weeks

    def label(self, language: str) -> str:
        """Its words."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Standard:
    """A set of obligations towards each child in care."""

    code: str
    obligations: tuple[Obligation, ...]

    @property
    def minutes_a_week(self) -> Fraction:
        """What one child costs in a week, exactly; the school's 30 + 90 * 84/365.25."""
        return sum((one.minutes_a_week for one in self.obligations), Fraction(0))

    def minutes(self, kind: str) -> int | None:
        """How long one contact of this kind is meant to take; None when the set has none."""
        return next((one.minutes for one in self.obligations if one.kind == kind), None)


def standard(code: str) -> Standard:
    """A shipped set of obligations by its code (C3); ``KeyError`` for one that is not there.

    >>> school = standard("school")
    >>> [(one.kind, one.minutes, one.every) for one in school.obligations]
    [('talk', 30, 'week'), ('visit', 90, 'month')]
    >>> school.minutes_a_week, school.minutes("visit"), school.minutes("letter")
    (Fraction(24690, 487), 90, None)
    >>> school.obligations[1].label("zh")
    '家访'
    """
    with files("carekit.care").joinpath("obligations.csv").open(encoding="utf-8") as file:
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    mine = rows[rows["standard"].eq(code)].drop(columns="standard")
    if mine.empty:
        raise KeyError(code)
    obligations = [
        Obligation(
            **{str(name): cell for name, cell in row.items()} | {"minutes": int(row["minutes"])}
        )
        for row in mine.to_dict("records")
    ]
    return Standard(code, tuple(obligations))


SCHOOL = standard("school")
