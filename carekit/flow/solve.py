"""Who is matched with whom: one exact solve, then one that settles ties for good."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np

from carekit.flow.certify import offers, prices
from carekit.flow.network import SINK, SOURCE, Network, assignment
from carekit.flow.problem import Problem

HASH_BITS = 31


def match(problem: Problem) -> np.ndarray:
    """The best pair of each child: its position among the pairs, or -1 for none.

    Among plans of equal cost the one of the least hashes is taken, so neither row order nor
    solver decides.

    Raises the refusals of `carekit.flow.backend.max_flow_min_cost`.

    >>> match(Problem(np.array(["C1", "C2"]), np.array(["H1"]), child=np.array([0, 1]),
    ...     helper=np.array([0, 0]), cost=np.array([7, 5]), places=np.array([1]),
    ...     penalty=np.array([100, 100]), hashes=np.array([1, 2])))
    array([-1,  1])
    """
    chosen = solve(problem)
    price = prices(problem, chosen)
    offer = offers(problem, price)
    tight = np.flatnonzero(problem.cost + price[problem.helper] == offer[problem.child])
    network, ties = _ties(problem, tight, price, problem.penalty == offer)
    settled = _chosen(network, ties)
    return np.where(settled >= 0, tight[settled] if len(tight) else -1, -1)


def solve(problem: Problem) -> np.ndarray:
    """A best plan, any of those of equal cost: for each child its pair, or -1.

    >>> solve(Problem(np.array(["C1"]), np.array(["H1"]), child=np.array([0]),
    ...     helper=np.array([0]), cost=np.array([7]), places=np.array([1]),
    ...     penalty=np.array([100]), hashes=np.array([1])))
    array([0])
    """
    return _chosen(assignment(problem), problem)


def _chosen(network: Network, problem: Problem) -> np.ndarray:
    flow = nx.max_flow_min_cost(network, SOURCE, SINK)
    n = len(problem.children)
    used = np.flatnonzero(flow.amounts[n : n + len(problem.child)])
    chosen = np.full(n, -1, dtype=np.int64)
    chosen[problem.child[used]] = used
    return chosen


def _ties(
    problem: Problem, tight: np.ndarray, price: np.ndarray, may_stay: np.ndarray
) -> tuple[Network, Problem]:
    """The network of all the plans of least cost, with hashes for costs.

    By complementary slackness those are exactly the plans that use tight pairs only, leave
    uncovered only whose penalty is tight, and fill every place whose toll is below the helper's
    price, and none whose toll is above. The must is asked for by a toll on all other ways to the
    sink, above all hashes together.
    """
    n, m = len(problem.children), len(tight)
    levels = problem.levels
    there = np.arange(levels.shape[1]) < problem.places[:, None]
    must = (there & (levels < price[:, None])).sum(axis=1)
    may = must + (there & (levels == price[:, None])).sum(axis=1)
    # As many bits as fit: the toll is above n hashes, and the solver scales costs by nodes.
    nodes = n + 2 * len(problem.helpers) + 3
    bits = max(min(HASH_BITS, 60 - n.bit_length() - nodes.bit_length()), 1)
    toll = (n + 1) << bits
    ties = replace(
        problem,
        child=problem.child[tight],
        helper=problem.helper[tight],
        cost=problem.hashes[tight] >> (62 - bits),
        places=may,
        penalty=np.full(n, toll),
        hashes=problem.hashes[tight],
        toll=np.where(np.arange(levels.shape[1]) < must[:, None], 0, toll),
    )
    network = assignment(ties)
    network.attributes["capacity"][n + m : n + m + n] = may_stay
    return network, ties
