"""The proof that a plan cannot be better, by code that imports no solver.

Prices b >= 0, one a helper, bound the cost of *any* plan from below:

    bound = sum_i min(penalty_i, min_j (cost_ij + b_j)) - sum_j places_j * b_j

for whoever is served pays at least its own minimum, and no more than places_j children can
give b_j back. When the bound equals what the plan costs, nobody could do better. All
numbers are whole: equality is equality. The bound runs over *all* pairs that may be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carekit.errors import BadInput

TIERS = 3


@dataclass(frozen=True)
class Certificate:
    """What a plan costs and what no plan can undercut, all whole numbers.

    objective: points of the pairs plus the penalties of the uncovered. bound: no plan can
    cost less. gap: objective - bound; 0 = proved best. children: asked for. served: paired.
    pairs: eligible pairs the bound runs over. digest: a fingerprint of who is paired with
    whom, so that a swap between equals shows too.
    """

    objective: int
    bound: int
    gap: int
    children: int
    served: int
    pairs: int
    digest: int


def penalties(tier: np.ndarray, dearest: int) -> np.ndarray:
    """Points for leaving each child uncovered: 3M, 2M and M for tiers 1, 2 and 3 (M7).

    tier: 1, 2 or 3 a child. dearest: the highest cost of a pair. M = n * (dearest + 1) is
    more than all pairs together can cost, so one solve serves the most vulnerable first,
    then the most children, then at least cost.

    Raises BadInput `tier_unknown` for any other tier.

    >>> penalties(np.array([1, 3]), dearest=9)
    array([60, 20])
    """
    tier = np.asarray(tier, dtype=np.int64)
    if len(tier) and (tier.min() < 1 or tier.max() > TIERS):
        raise BadInput("tier_unknown")
    return (TIERS + 1 - tier) * (max(len(tier), 1) * (int(dearest) + 1))


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


def prices(
    child: np.ndarray,
    helper: np.ndarray,
    cost: np.ndarray,
    places: np.ndarray,
    penalty: np.ndarray,
    chosen: np.ndarray,
) -> np.ndarray:
    """The greatest prices of a plan's places: what losing one place would cost.

    child, helper, cost: the eligible pairs, ordered by child. places: a number a helper.
    penalty: a number a child. chosen: for each child the position of its pair, or -1.

    The prices come from sweeps: 0 where a helper has a free place, else lowered until every
    matched child has no better offer. For a plan that is not optimal they would sink below
    0; they stop there, and still bound.

    >>> prices(np.array([0, 1]), np.array([0, 0]), np.array([7, 5]), np.array([1]),
    ...        np.array([100, 100]), np.array([-1, 1]))
    array([95])
    """
    matched = chosen[chosen >= 0]
    whose, price_of, paid = child[matched], helper[matched], cost[matched]
    used = np.bincount(price_of, minlength=len(places))
    ceiling = int(penalty.max()) if len(penalty) else 0
    price = np.where(used < places, 0, ceiling).astype(np.int64)
    offer = _least(child, cost + price[helper], penalty)
    # In an optimal plan prices settle in as many sweeps as there are helpers, or sooner.
    for _ in range(len(places) + 2):
        before = price.copy()
        np.minimum.at(price, price_of, offer[whose] - paid)
        np.maximum(price, 0, out=price)
        lowered = price < before
        if not lowered.any():
            break
        again = np.flatnonzero(lowered[helper])
        np.minimum.at(offer, child[again], cost[again] + price[helper[again]])
    return price


def lower_bound(
    child: np.ndarray,
    helper: np.ndarray,
    cost: np.ndarray,
    places: np.ndarray,
    penalty: np.ndarray,
    price: np.ndarray,
) -> int:
    """What no plan can undercut, for any prices >= 0 (below 0 they count as 0).

    >>> lower_bound(np.array([0, 1]), np.array([0, 0]), np.array([7, 5]), np.array([1]),
    ...             np.array([100, 100]), np.array([93]))
    105
    """
    price = np.maximum(price, 0)
    offer = _least(child, cost + price[helper], penalty)
    return int(offer.sum()) - int((places * price).sum())


def certificate(
    child: np.ndarray,
    helper: np.ndarray,
    cost: np.ndarray,
    places: np.ndarray,
    penalty: np.ndarray,
    chosen: np.ndarray,
    hashes: np.ndarray,
) -> Certificate:
    """The certificate of a plan, made by hand or by a solver.

    Arrays as for `prices`; hashes: `pair_hash` of each pair.

    >>> certificate(np.array([0, 1]), np.array([0, 0]), np.array([7, 5]), np.array([1]),
    ...             np.array([100, 100]), np.array([-1, 1]), np.array([11, 12]))
    Certificate(objective=105, bound=105, gap=0, children=2, served=1, pairs=2, digest=12)
    """
    price = prices(child, helper, cost, places, penalty, chosen)
    bound = lower_bound(child, helper, cost, places, penalty, price)
    matched = chosen[chosen >= 0]
    objective = int(cost[matched].sum()) + int(penalty[chosen < 0].sum())
    digest = sum(hashes[matched].tolist()) % 2**62
    return Certificate(
        objective, bound, objective - bound, len(penalty), len(matched), len(child), digest
    )


def _least(child: np.ndarray, values: np.ndarray, ceiling: np.ndarray) -> np.ndarray:
    """The least value of each child, at most its ceiling; pairs are ordered by child."""
    first = np.ones(len(child), dtype=bool)
    first[1:] = child[1:] != child[:-1]
    starts = np.flatnonzero(first)
    least = ceiling.copy()
    # `np.minimum.reduceat` is wrong for an empty group: children without pairs are left out.
    if len(starts):
        who = child[starts]
        least[who] = np.minimum(np.minimum.reduceat(values, starts), ceiling[who])
    return least
