"""One school with the villages around it: what a part of the sample is drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isqrt
from random import Random
from typing import NamedTuple, TypeVar

from carekit.sample.draws import split

PRACTICE_DAY = date(2026, 3, 2)
GRADES = "一二三四五六"

T = TypeVar("T")


class Village(NamedTuple):
    """One village, what is spoken there, and how many of a thousand households and helpers."""

    name: str
    township: str
    longitude: float
    latitude: float
    dialect: str
    households: int
    helpers: int


@dataclass(frozen=True)
class Site:
    """A school, its classes in the order of their grades, and the villages around it.

    number: 0 for the practice school, 1, 2 ... in the county; every draw starts from it.
    pupils, left_behind, grades: a number a class. volunteers: how many there are. towns: the
    townships whose helpers go farther. lonely: the village whose only volunteer is not ready.
    first_village, first_class: how many there are before those of this school.
    """

    number: int
    school: str
    township: str
    villages: tuple[Village, ...]
    pupils: tuple[int, ...]
    left_behind: tuple[int, ...]
    grades: tuple[int, ...]
    volunteers: int
    towns: tuple[str, ...] = ()
    lonely: str | None = None
    first_village: int = 0
    first_class: int = 0

    @property
    def children(self) -> int:
        return sum(self.left_behind)

    def draws(self, part: int) -> Random:
        """The generator of one part of the sample."""
        return Random(2026_0000 + 10 * self.number + part)

    def school_id(self) -> str:
        return f"S{max(self.number, 1):03d}"

    def village_id(self, place: int) -> str:
        return f"V{self.first_village + place + 1:04d}"

    def class_id(self, place: int) -> str:
        return f"K{self.first_class + place + 1:04d}"

    def village(self, village_id: object) -> Village:
        """The village of an id."""
        return self.villages[int(str(village_id)[1:]) - 1 - self.first_village]


def scaled(items: Sequence[T], count: int) -> list[T]:
    """So many of the items, in their order and proportion: all of them when count fits.

    >>> scaled("aab", 6)
    ['a', 'a', 'a', 'a', 'b', 'b']
    """
    return [items[place * len(items) // count] for place in range(count)]


def spread(total: int, weights: list[int]) -> list[int]:
    """So many things laid out over the villages in the given proportion: places in the list."""
    whole = sum(weights)
    permille = [1000 * weight // whole for weight in weights]
    permille[0] += 1000 - sum(permille)
    return [place for place, n in enumerate(split(total, permille)) for _ in range(n)]


def metres(one: Village, other: Village) -> int:
    """Distance of two villages, on a flat map (good to a few metres at this size)."""
    east = (one.longitude - other.longitude) * 99_900
    north = (one.latitude - other.latitude) * 110_800
    return isqrt(round(east * east + north * north))
