"""The proof that a plan cannot be better, by code that imports no solver.

Prices b, one a helper, bound the cost of *any* plan from below:

    bound = sum_i min(penalty_i, min_j (cost_ij + b_j)) + sum_j min_k (tolls_j(k) - k * b_j)

for whoever is served pays at least its own minimum, and a helper with k children gives k times
b_j back and asks the tolls of k children (k = 0 ... places_j). Without tolls the last sum is
- sum_j places_j * b_j. When the bound equals what the plan costs, nobody could do better. All
numbers are whole: equality is equality. The bound runs over *all* pairs that may be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carekit.flow.problem import Problem


@dataclass(frozen=True)
class Certificate:
    """What a plan costs and what no plan can undercut, all whole numbers.

    objective: points of the pairs plus the penalties of the uncovered. bound: no plan can
    cost less. gap: objective - bound; 0 = proved best. children: asked for. served: paired.
    pairs: eligible pairs the bound runs over. asked: a fingerprint of those pairs and of the
    penalties: of the question. digest: a fingerprint of who is paired with whom, so that a swap
    between equals shows too.
    """

    objective: int
    bound: int
    gap: int
    children: int
    served: int
    pairs: int
    asked: int
    digest: int


def prices(problem: Problem, chosen: np.ndarray) -> np.ndarray:
    """The greatest prices of a plan's places: what losing a place in use would cost.

    chosen: for each child the position of its pair, or -1. The price counts the toll of the last
    child in: losing the place costs the price less that toll.

    The prices come from sweeps: the next toll where a helper has a free place, else lowered until
    every matched child has no better offer. For a plan that is not optimal they would sink below
    0: then they stop where they are, and still bound.

    >>> problem = Problem(np.array(["C1", "C2"]), np.array(["H1"]), child=np.array([0, 1]),
    ...     helper=np.array([0, 0]), cost=np.array([7, 5]), places=np.array([1]),
    ...     penalty=np.array([100, 100]), hashes=np.array([11, 12]))
    >>> prices(problem, np.array([-1, 1]))
    array([95])
    """
    child, helper, cost, places = problem.child, problem.helper, problem.cost, problem.places
    matched = chosen[chosen >= 0]
    whose, price_of, paid = child[matched], helper[matched], cost[matched]
    used = problem.used(chosen)
    price = np.where(used < places, problem.next_toll(used), _ceiling(problem)).astype(np.int64)
    price[np.bincount(helper, minlength=len(places)) == 0] = 0  # nobody would ever come
    offer = offers(problem, price)
    # In an optimal plan prices settle in as many sweeps as there are helpers, or sooner.
    for _ in range(len(places) + 2):
        before = price.copy()
        np.minimum.at(price, price_of, offer[whose] - paid)
        lowered = price < before
        if not lowered.any() or price.min() < 0:
            break
        again = np.flatnonzero(lowered[helper])
        np.minimum.at(offer, child[again], cost[again] + price[helper[again]])
    return np.maximum(price, 0)


def least_prices(problem: Problem, chosen: np.ndarray) -> np.ndarray:
    """The least prices of a best plan's places: what one place more would gain.

    The price counts the toll of the child who would come: one more place gains the price less
    that toll, or nothing where that is below 0. At most helpers the two prices differ.

    From below, by sweeps: raised until no child, served or not, would have a better offer.

    >>> problem = Problem(np.array(["C1", "C2", "C3"]), np.array(["H1", "H2"]),
    ...     child=np.array([0, 1, 2]), helper=np.array([0, 0, 1]), cost=np.array([7, 5, 5]),
    ...     places=np.array([1, 1]), penalty=np.array([90, 80, 70]),
    ...     hashes=np.array([11, 12, 13]))
    >>> best = np.array([0, -1, 2])
    >>> least_prices(problem, best), prices(problem, best)
    (array([75,  0]), array([83, 65]))
    """
    child, helper, cost = problem.child, problem.helper, problem.cost
    used = problem.used(chosen)
    price = problem.last_toll(used)
    ceiling = _ceiling(problem)
    served = np.flatnonzero(chosen >= 0)
    pair = chosen[served]
    worth = problem.penalty.astype(np.int64).copy()
    worth[served] = cost[pair] + price[helper[pair]]
    again = np.arange(len(child))
    for _ in range(len(price) + 2):
        before = price.copy()
        np.maximum.at(price, helper[again], worth[child[again]] - cost[again])
        np.minimum(price, ceiling, out=price)
        raised = price > before
        dearer = served[raised[helper[pair]]]
        if not len(dearer):
            break
        worth[dearer] = cost[chosen[dearer]] + price[helper[chosen[dearer]]]
        again = pairs_of(problem, dearer)
    return price


def lower_bound(problem: Problem, price: np.ndarray) -> int:
    """What no plan can undercut, for any prices (below 0 they count as 0).

    >>> problem = Problem(np.array(["C1", "C2"]), np.array(["H1"]), child=np.array([0, 1]),
    ...     helper=np.array([0, 0]), cost=np.array([7, 5]), places=np.array([1]),
    ...     penalty=np.array([100, 100]), hashes=np.array([11, 12]))
    >>> lower_bound(problem, np.array([93]))
    105
    """
    price = np.maximum(price, 0)
    levels = problem.levels
    count = np.arange(levels.shape[1] + 1)
    back = np.zeros((len(price), len(count)), dtype=np.int64)
    np.cumsum(levels, axis=1, out=back[:, 1:])
    back -= price[:, None] * count
    back[count > problem.places[:, None]] = 0  # k = 0 is always allowed, and 0
    return int(offers(problem, price).sum()) + int(back.min(axis=1, initial=0).sum())


def certificate(
    problem: Problem, chosen: np.ndarray, price: np.ndarray | None = None
) -> Certificate:
    """The certificate of a plan, made by hand or by a solver.

    price: prices to bound with, when they are known; else those of the plan itself, which are
    the best there are if it is optimal. A plan changed by hand is judged by the prices of the
    best plan.

    >>> problem = Problem(np.array(["C1", "C2"]), np.array(["H1"]), child=np.array([0, 1]),
    ...     helper=np.array([0, 0]), cost=np.array([7, 5]), places=np.array([1]),
    ...     penalty=np.array([100, 100]), hashes=np.array([11, 12]))
    >>> proof = certificate(problem, np.array([-1, 1]))
    >>> proof.objective, proof.bound, proof.gap, proof.served, proof.pairs
    (105, 105, 0, 1, 2)
    >>> certificate(problem, np.array([0, -1]), price=np.array([93])).gap
    2
    """
    bound = lower_bound(problem, prices(problem, chosen) if price is None else price)
    matched = chosen[chosen >= 0]
    objective = problem.objective(chosen)
    digest = sum(problem.hashes[matched].tolist()) % 2**62
    # millions of numbers: their sum may go round, as often as it likes
    question = int(problem.hashes.view(np.uint64).sum())
    asked = (question + int(problem.penalty.sum())) % 2**62
    return Certificate(
        objective=objective,
        bound=bound,
        gap=objective - bound,
        children=len(problem.penalty),
        served=len(matched),
        pairs=len(problem.child),
        asked=asked,
        digest=digest,
    )


def offers(problem: Problem, price: np.ndarray) -> np.ndarray:
    """The best each child can have at these prices, at most its penalty."""
    least = problem.penalty.astype(np.int64).copy()
    starts = problem.starts
    # `np.minimum.reduceat` is wrong for an empty group: children without pairs are left out.
    who = np.flatnonzero(starts[1:] > starts[:-1])
    if len(who):
        values = problem.cost + price[problem.helper]
        best = np.minimum.reduceat(values, starts[who])
        least[who] = np.minimum(best, least[who])
    return least


def _ceiling(problem: Problem) -> int:
    """Above any price: no child is worth more than its penalty."""
    return int(problem.penalty.max(initial=0))


def pairs_of(problem: Problem, children: np.ndarray) -> np.ndarray:
    """Positions of the pairs of some children."""
    starts = problem.starts
    counts = starts[children + 1] - starts[children]
    first = np.repeat(starts[children] - np.cumsum(counts) + counts, counts)
    return np.asarray(first + np.arange(int(counts.sum())))
