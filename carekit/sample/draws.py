"""Draws that are the same on every machine: whole numbers of a seeded generator, nothing else.

`random.choice`, `shuffle` and `sample` have changed between Python versions; `getrandbits` of a
seeded generator has not, so everything here is built on it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from random import Random
from typing import TypeVar

T = TypeVar("T")


def below(rng: Random, n: int) -> int:
    """A whole number from 0 to n - 1, each as likely as the others."""
    bits = (n - 1).bit_length() or 1
    while (value := rng.getrandbits(bits)) >= n:
        pass
    return value


def between(rng: Random, low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return low + below(rng, high - low + 1)


def one_of(rng: Random, items: Sequence[T]) -> T:
    """One of the items; repeat an item to make it likelier."""
    return items[below(rng, len(items))]


def chance(rng: Random, percent: int) -> bool:
    """True in so many of a hundred cases."""
    return below(rng, 100) < percent


def shuffled(rng: Random, items: Iterable[T]) -> list[T]:
    """The items in a drawn order (Fisher and Yates)."""
    out = list(items)
    for last in range(len(out) - 1, 0, -1):
        other = below(rng, last + 1)
        out[last], out[other] = out[other], out[last]
    return out


def some_of(rng: Random, items: Sequence[T], count: int) -> list[T]:
    """So many different items, in the order in which they were given."""
    kept = set(shuffled(rng, range(len(items)))[:count])
    return [item for place, item in enumerate(items) if place in kept]


def day_between(rng: Random, first: date, last: date) -> date:
    """A day from first to last, both included."""
    return date.fromordinal(between(rng, first.toordinal(), last.toordinal()))


def split(total: int, permille: Sequence[int]) -> list[int]:
    """A total shared out in the given shares of a thousand, by largest remainder.

    >>> split(122, [428, 572])
    [52, 70]
    >>> split(122, [797, 130, 73])
    [97, 16, 9]
    """
    parts = [total * share // 1000 for share in permille]
    by_rest = sorted(range(len(parts)), key=lambda i: (-(total * permille[i] % 1000), i))
    for i in by_rest[: total - sum(parts)]:
        parts[i] += 1
    return parts
