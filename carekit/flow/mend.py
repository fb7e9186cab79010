"""A plan after the world has changed a little: mended, not made anew.

Whoever lost a place, or came new, is brought in along the cheapest path of the residual network
(see `change`), one after the other: each time a plan of least cost of all so far. Prices keep
every step >= 0, and the search stops at the first free place it meets: a few helpers instead of
a county.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from carekit.flow.certify import certificate, least_prices, offers
from carekit.flow.problem import Problem

FAR = np.iinfo(np.int64).max // 4


def mend(
    problem: Problem,
    chosen: np.ndarray,
    seeking: np.ndarray,
    price: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray] | None:
    """The best plan, from one that is best without the seeking children, and prices that prove it.

    chosen: for each child its pair, or -1. seeking: positions of the children who have lost their
    place or are new; -1 in `chosen`. price: prices that prove the plan without them, where they are
    known (those of the plan before, when places in use were lost). None when the plan was not the
    best before: then it has to be solved.

    >>> problem = Problem(np.array(["C1", "C2"]), np.array(["H1", "H2"]),
    ...     child=np.array([0, 0, 1]), helper=np.array([0, 1, 0]), cost=np.array([7, 9, 5]),
    ...     places=np.array([1, 1]), penalty=np.array([100, 100]), hashes=np.array([1, 2, 3]))
    >>> plan, price = mend(problem, np.array([0, -1]), seeking=np.array([1]))
    >>> plan, problem.objective(plan)
    (array([1, 2]), 14)
    """
    penalty = problem.penalty.astype(np.int64).copy()
    penalty[seeking] = 0  # as if nobody had asked for them yet
    before = replace(problem, penalty=penalty)
    if price is None:
        price = least_prices(before, chosen)
    if certificate(before, chosen, price).gap != 0:
        return None
    plan, price = chosen.copy(), price.copy()
    search = _Search(problem, plan, price, offers(before, price))
    for i in seeking[np.argsort(-problem.penalty[seeking], kind="stable")]:
        search.bring_in(int(i))
    return plan, price


class _Search:
    """Dijkstra over helpers, from one child to the nearest way out; arrays change in place."""

    def __init__(
        self, problem: Problem, plan: np.ndarray, price: np.ndarray, worth: np.ndarray
    ) -> None:
        self.problem, self.plan, self.price, self.worth = problem, plan, price, worth
        self.used = problem.used(plan)
        self.own: dict[int, set[int]] = defaultdict(set)
        for i in np.flatnonzero(plan >= 0).tolist():
            self.own[int(problem.helper[plan[i]])].add(i)

    def bring_in(self, i: int) -> None:
        problem = self.problem
        away = np.full(len(problem.helpers), FAR)
        via = np.full(len(problem.helpers), -1)  # the pair a helper was reached by
        open_ = np.full(len(problem.helpers), FAR)  # `away` of those not yet settled
        settled: list[int] = []
        self.worth[i] = self._row_cost(i).min(initial=int(problem.penalty[i]))
        out, end = int(problem.penalty[i] - self.worth[i]), -1 - i  # end < 0: who stays uncovered
        self._reach(i, 0, away, open_, via)
        while len(open_):
            j = int(open_.argmin())
            so_far = int(open_[j])
            if so_far >= out:
                break
            open_[j] = FAR
            settled.append(j)
            if self.used[j] < problem.places[j]:
                step = int(problem.levels[j, self.used[j]] - self.price[j])
                if so_far + step < out:
                    out, end = so_far + step, j
            for k in sorted(self.own[j]):
                step = int(problem.penalty[k] - self.worth[k])
                if so_far + step < out:
                    out, end = so_far + step, -1 - k
                self._reach(k, so_far, away, open_, via)
        self.worth[i] += out
        for j in settled:
            rise = out - int(away[j])
            self.price[j] += rise
            for k in self.own[j]:
                self.worth[k] += rise
        self._go(i, end, via)

    def _row_cost(self, i: int) -> np.ndarray:
        begin, end = self.problem.starts[i], self.problem.starts[i + 1]
        return np.asarray(self.problem.cost[begin:end] + self.price[self.problem.helper[begin:end]])

    def _reach(
        self,
        k: int,
        so_far: int,
        away: np.ndarray,
        open_: np.ndarray,
        via: np.ndarray,
    ) -> None:
        """All helpers a child could go to, as near as they are by it."""
        begin, end = int(self.problem.starts[k]), int(self.problem.starts[k + 1])
        to = self.problem.helper[begin:end]
        there = so_far + self._row_cost(k) - self.worth[k]
        nearer = there < away[to]
        to = to[nearer]
        away[to] = open_[to] = there[nearer]
        via[to] = begin + np.flatnonzero(nearer)

    def _go(self, i: int, end: int, via: np.ndarray) -> None:
        """Move everybody on the path one step on."""
        problem, plan = self.problem, self.plan
        if end < 0:
            k = -1 - end
            if k == i:
                return
            j = int(problem.helper[plan[k]])
            plan[k] = -1
            self.own[j].discard(k)
        else:
            j = end
            self.used[j] += 1
        while True:
            pair = int(via[j])
            k = int(problem.child[pair])
            before = -1 if plan[k] < 0 else int(problem.helper[plan[k]])
            plan[k] = pair
            self.own[j].add(k)
            if k == i:
                return
            self.own[before].discard(k)
            j = before
