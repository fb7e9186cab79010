"""The match as arrays: what every step of this room takes.

Names are sorted and pairs ordered by child, so equal inputs give equal answers. A helper's
places are filled one after the other; `toll` says what each further child costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from carekit.errors import BadInput

TIERS = 3
LOCKED, FIRST = -1, 0  # served before tier 1: settled by a person; first by the scheme


@dataclass(frozen=True, eq=False)
class Problem:
    """Who may be cared for by whom, at what cost; all numbers are whole.

    children, helpers: names. child, helper: positions in them, one of each a pair, ordered by
    child. cost: a number a pair, >= 0. places: a number a helper. penalty: a number a child, for
    leaving it uncovered. hashes: `pair_hash` of each pair. toll: what the first, second ... child
    costs at each helper, one row a helper, never falling along a row, at least as wide as the
    most places (see `tolls`); None when nothing is asked.

    >>> problem = Problem(np.array(["C1", "C2"]), np.array(["H1"]), child=np.array([0, 1]),
    ...     helper=np.array([0, 0]), cost=np.array([7, 5]), places=np.array([1]),
    ...     penalty=np.array([100, 100]), hashes=np.array([11, 12]))
    >>> problem.starts
    array([0, 1, 2])
    """

    children: np.ndarray
    helpers: np.ndarray
    child: np.ndarray
    helper: np.ndarray
    cost: np.ndarray
    places: np.ndarray
    penalty: np.ndarray
    hashes: np.ndarray
    toll: np.ndarray | None = None

    @cached_property
    def starts(self) -> np.ndarray:
        """Where the pairs of each child begin; one more number for the end."""
        return np.searchsorted(self.child, np.arange(len(self.children) + 1))

    @cached_property
    def levels(self) -> np.ndarray:
        """`toll` with a column for one place more than there are; 0 where nothing is asked."""
        wide = int(self.places.max(initial=0)) + 1
        if self.toll is None:
            return np.zeros((len(self.places), wide), dtype=np.int64)
        more = max(wide - self.toll.shape[1], 0)
        return np.pad(self.toll[:, :wide], ((0, 0), (0, more)), mode="edge")

    def used(self, chosen: np.ndarray) -> np.ndarray:
        """How many children each helper takes in a plan (for each child its pair, or -1)."""
        return np.bincount(self.helper[chosen[chosen >= 0]], minlength=len(self.places))

    def objective(self, chosen: np.ndarray) -> int:
        """What a plan costs: pairs, the tolls of all further children, and the uncovered.

        >>> problem = Problem(np.array(["C1", "C2"]), np.array(["H1"]), child=np.array([0, 1]),
        ...     helper=np.array([0, 0]), cost=np.array([7, 5]), places=np.array([2]),
        ...     penalty=np.array([100, 100]), hashes=np.array([11, 12]),
        ...     toll=tolls(np.array([0]), most=2, balance=40))
        >>> problem.objective(np.array([0, 1])), problem.objective(np.array([0, -1]))
        (52, 107)
        """
        taken = chosen[chosen >= 0]
        total = int(self.cost[taken].sum()) + int(self.penalty[chosen < 0].sum())
        filled = np.arange(self.levels.shape[1]) < self.used(chosen)[:, None]
        return total + int(self.levels[filled].sum())

    def last_toll(self, used: np.ndarray) -> np.ndarray:
        """What the last child of each helper costs; 0 for an idle one."""
        rows = np.arange(len(used))
        return np.where(used > 0, self.levels[rows, np.maximum(used - 1, 0)], 0)

    def next_toll(self, used: np.ndarray) -> np.ndarray:
        """What one more child would cost at each helper, whether there is a place or not."""
        levels = self.levels
        return np.asarray(levels[np.arange(len(used)), np.minimum(used, levels.shape[1] - 1)])


def penalties(tier: np.ndarray, dearest: int) -> np.ndarray:
    """Points for leaving each child uncovered: 3M, 2M and M for tiers 1, 2 and 3 (M7).

    tier: 1, 2 or 3 a child; 0 (`LOCKED`, 4M) for one whose helper a person has settled. dearest:
    the highest cost of a pair with its toll. M = n * (dearest + 1) is more than all pairs
    together can cost, so one solve serves the most vulnerable first, then the most children,
    then at least cost.

    Raises BadInput `tier_unknown` for any other tier.

    >>> penalties(np.array([1, 3]), dearest=9)
    array([60, 20])
    """
    tier = np.asarray(tier, dtype=np.int64)
    if len(tier) and (tier.min() < LOCKED or tier.max() > TIERS):
        raise BadInput("tier_unknown")
    return (TIERS + 1 - tier) * (max(len(tier), 1) * (int(dearest) + 1))


def tolls(
    had: np.ndarray, most: int, balance: int = 0, minimum: int = 0, least: int = 0
) -> np.ndarray:
    """What the next children of each helper cost, a row a helper, a column a child.

    had: how many children each helper has already. most: how many columns. The k-th child of a
    helper costs `balance * (k - 1)`: a growing price, so that loads even out. Every child beyond
    the `least` a helper should have costs `minimum` more.

    The second is the price of a *place below the minimum*, counted from the other side: how many
    are served is settled before any cost, so each child beyond the minimum of one helper is one
    place left below the minimum of another, and both counts differ by a number that no plan can
    change. Counted like this every number is >= 0 and belongs to a pair.

    >>> tolls(np.array([0, 1]), most=3, balance=200)
    array([[  0, 200, 400],
           [200, 400, 600]])
    >>> tolls(np.array([0, 1]), most=3, minimum=500, least=2)
    array([[  0,   0, 500],
           [  0, 500, 500]])
    """
    before = np.asarray(had, dtype=np.int64)[:, None] + np.arange(max(most, 1))
    return np.asarray(balance * before + minimum * (before >= least))


def pair_hash(child: np.ndarray, helper: np.ndarray, bits: int = 62) -> np.ndarray:
    """A stable number for each pair, from the 64-bit hashes of both names.

    It depends on the two names only, never on rows or machines. child, helper: unsigned
    64-bit arrays, e.g. of `pandas.util.hash_array`.

    >>> one, other = np.array([1], np.uint64), np.array([2], np.uint64)
    >>> bool(pair_hash(one, other)[0] == pair_hash(other, one)[0])
    False
    """
    # Splitmix64: a plain sum of both hashes would be the same after any swap.
    with np.errstate(over="ignore"):
        x = child.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + helper.astype(np.uint64)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    return (x >> np.uint64(64 - bits)).astype(np.int64)
