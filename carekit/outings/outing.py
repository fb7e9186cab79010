"""What is not a table: an outing, the rules it follows, a plan."""

import datetime as dt
import numbers
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from carekit import dates
from carekit.errors import BadInput
from carekit.outings.vehicles import check_seats, seats

__all__ = ["RULES", "Outing", "Plan", "Rules", "from_row"]

LEAST_PLACES, MOST_PLACES = 3, 2000  # one child and two adults; the dictionary's bounds


@dataclass(frozen=True)
class Outing:
    """An outing on one day; ``places`` counts children and adults together.

    ``vehicles``: seats of each vehicle, without the driver; none given is one vehicle as big as
    the places. Raises ``BadInput``: ``outing_title_missing``, ``outing_places_wrong``,
    ``day_wrong``, ``vehicle_seats_wrong``. Source: O1.

    >>> outing = Outing("Old city", on="2026-05-09", places=20, outing_id="O0002")
    >>> outing.on, outing.seats
    (datetime.date(2026, 5, 9), (20,))
    """

    title: str
    on: dt.date
    places: int
    outing_id: str | None = None
    destination: str | None = None
    vehicles: tuple[int, ...] = ()
    starts: str | None = None
    ends: str | None = None

    def __post_init__(self) -> None:
        title = _text(self.title)
        if title is None:
            raise BadInput("outing_title_missing")
        whole = isinstance(self.places, numbers.Integral) and not isinstance(self.places, bool)
        if not whole or not LEAST_PLACES <= self.places <= MOST_PLACES:
            raise BadInput(
                "outing_places_wrong", places=str(self.places), least=LEAST_PLACES, most=MOST_PLACES
            )
        check_seats(self.vehicles)
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "on", dates.day(self.on))
        object.__setattr__(self, "places", int(self.places))
        object.__setattr__(self, "vehicles", tuple(self.vehicles))
        for name in ("outing_id", "destination", "starts", "ends"):
            object.__setattr__(self, name, _text(getattr(self, name)))

    @property
    def seats(self) -> tuple[int, ...]:
        """Seats of vehicle 1, 2 ..."""
        return self.vehicles or (self.places,)


def from_row(row: Mapping[str, Any]) -> Outing:
    """The outing of one row of the table outings; raises as :class:`Outing` does.

    >>> from_row({"outing_id": "O0001", "title": "Garden", "day": pd.Timestamp("2026-04-12"),
    ...           "places": 44, "vehicle_seats": "33, 19"}).seats
    (33, 19)
    """
    places = row["places"]
    return Outing(
        row["title"],
        on=row["day"],
        places=int(places) if isinstance(places, numbers.Integral) else places,
        outing_id=row.get("outing_id"),
        destination=row.get("destination"),
        vehicles=seats(row.get("vehicle_seats")),
        starts=row.get("starts"),
        ends=row.get("ends"),
    )


@dataclass(frozen=True)
class Rules:
    """How many adults a group needs; a branch confirms the figures with its lawyer.

    ``bands``: (from this age in completed years, children one adult may look after). NSPCC: under
    2 1:3, 2-3 1:4, 4-8 1:6, 9-12 1:8, 13-18 1:10, always at least two adults, and only people of
    18 or more who are recruited, checked and trained count. An unknown age counts as the
    youngest band. Raises ``BadInput("rules_wrong")``.

    >>> Rules().children_per_adult(8), Rules().children_per_adult(9)
    (6, 8)
    """

    min_adults: int = 2
    adult_age: int = 18
    bands: tuple[tuple[int, int], ...] = ((0, 3), (2, 4), (4, 6), (9, 8), (13, 10))

    def __post_init__(self) -> None:
        ages = [age for age, _ in self.bands]
        rising = bool(ages) and ages[0] == 0 and ages == sorted(set(ages))
        if not rising or self.min_adults < 1 or any(children < 1 for _, children in self.bands):
            raise BadInput("rules_wrong")

    def children_per_adult(self, age: int | None) -> int:
        """How many children of this age one adult may look after; None is an unknown age."""
        if age is None or age < 0:
            return self.bands[0][1]
        return next(children for start, children in reversed(self.bands) if start <= age)


RULES = Rules()


@dataclass(frozen=True)
class Plan:
    """Who goes on an outing (``going``, ``adults``) and who does not (``not_going``).

    See :func:`carekit.outings.plan` for the columns. ``kept``: read from the store, where people
    may have changed it by hand, and not made anew.
    """

    outing: Outing
    going: pd.DataFrame
    adults: pd.DataFrame
    not_going: pd.DataFrame
    kept: bool = False


def _text(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else str(value).strip() or None
