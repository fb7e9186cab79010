"""Where places are too few, by Hall's theorem: the pockets of children who share them.

From an uncovered child go to every helper who may take it, on to the children these helpers have,
to every helper who may take those ... In a plan that serves as many as can be served no free place
is ever met. So all children found share the places found, and nobody else's plan can help: the
children are more than the places by as many as stay uncovered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carekit.flow.certify import pairs_of
from carekit.flow.problem import Problem


@dataclass(frozen=True, eq=False)
class Pocket:
    """children: positions of all who share the places. uncovered: those of them left without.
    helpers: whose places they are. places: how many."""

    children: np.ndarray
    uncovered: np.ndarray
    helpers: np.ndarray
    places: int


def pockets(problem: Problem, chosen: np.ndarray) -> list[Pocket]:
    """The pockets of a plan, the largest shortage first; children of two of them are one pocket.

    chosen: for each child its pair, or -1; as many served as can be. A child whom nobody
    may take is a pocket of its own, without helpers.

    >>> problem = Problem(np.array(["C1", "C2", "C3"]), np.array(["H1", "H2"]),
    ...     child=np.array([0, 1, 2]), helper=np.array([0, 0, 1]), cost=np.array([7, 5, 5]),
    ...     places=np.array([1, 1]), penalty=np.array([90, 80, 70]),
    ...     hashes=np.array([11, 12, 13]))
    >>> [found] = pockets(problem, np.array([0, -1, 2]))
    >>> found.children, found.uncovered, found.helpers, found.places
    (array([0, 1]), array([1]), array([0]), 1)
    """
    children, child, helper = _reached(problem, chosen)
    made = [
        _pocket(problem, chosen, inside, givers)
        for inside, givers in _apart(problem, children, child, helper)
    ]
    return sorted(made, key=lambda one: (-len(one.uncovered), int(one.children[0])))


def _reached(problem: Problem, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All children met from the uncovered, and their pairs with helpers who have children."""
    seen = chosen < 0
    met = np.zeros(len(problem.helpers), dtype=bool)
    busy = problem.used(chosen) > 0
    front, served = np.flatnonzero(seen), np.flatnonzero(~seen)
    whose = problem.helper[chosen[served]]
    while len(front):
        new = np.zeros(len(met), dtype=bool)
        new[problem.helper[pairs_of(problem, front)]] = True
        new &= ~met
        met |= new
        front = served[new[whose]]  # each child has one helper: nobody comes twice
        seen[front] = True
    children = np.flatnonzero(seen)
    pairs = pairs_of(problem, children)
    pairs = pairs[busy[problem.helper[pairs]]]
    return children, problem.child[pairs], problem.helper[pairs]


def _apart(
    problem: Problem, children: np.ndarray, child: np.ndarray, helper: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Children and helpers of each pocket: whoever is joined by a pair, at however many removes.

    All that is met from somebody met is met too, so searches that touch are one pocket.
    """
    # Loaded when it is asked for: a page opens sooner without it.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n, h = len(problem.children), len(problem.helpers)
    joined = coo_array((np.ones(len(child), np.int8), (child, n + helper)), shape=(n + h, n + h))
    _, label = connected_components(joined, directed=False)
    mine, theirs = label[children], np.unique(helper)
    order = np.argsort(mine, kind="stable")
    names, begin = np.unique(mine[order], return_index=True)
    inside = np.split(children[order], begin[1:])
    at = np.searchsorted(names, label[n + theirs])
    helpers = np.argsort(at, kind="stable")
    begins = np.searchsorted(at[helpers], np.arange(len(names) + 1))
    return [(inside[k], theirs[helpers[begins[k] : begins[k + 1]]]) for k in range(len(names))]


def _pocket(problem: Problem, chosen: np.ndarray, inside: np.ndarray, givers: np.ndarray) -> Pocket:
    return Pocket(inside, inside[chosen[inside] < 0], givers, int(problem.places[givers].sum()))
