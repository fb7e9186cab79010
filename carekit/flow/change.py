"""What a change of a best plan costs, exactly, and the plan after it.

A plan changes along a path of its residual network: a child goes to another helper, whose child
goes on to a third ..., until somebody finds a free place or stays uncovered. Prices make all steps
>= 0 (reduced costs), so the cheapest path is found by Dijkstra's algorithm, and no plan has to be
solved again. Every child has one helper at most, so the steps are told between helpers alone:

    helper -> helper      cost + b - worth_child    one of its children goes there
    helper -> sink        next toll - b             it has a free place
                          penalty - worth_child     or one of its children stays uncovered
    sink -> helper        b - last toll             a place is given up
                          cost + b - worth_child    or an uncovered child comes

b are prices that prove the plan, worth_child = min(penalty, min(cost + b)). A whole cycle costs
the same in points as in reduced costs.

With the greatest prices every helper reaches the sink for nothing. Then a step that costs no less
than giving up a place of the helper it leads to is never needed: most pairs of a county fall away.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from carekit.errors import BadInput
from carekit.flow.certify import offers, pairs_of
from carekit.flow.problem import Problem

EXACT = 2**53  # scipy measures in floats: whole up to here
NEVER = np.iinfo(np.int64).max  # the change for a helper without any place

Told = tuple[np.ndarray, np.ndarray, np.ndarray]


class Changes:
    """Questions to one best plan; made once, asked often.

    problem, chosen (for each child its pair, or -1) and price, which must prove the plan; with
    the greatest prices (`certify.prices`) answers come soonest.

    Raises BadInput `plan_not_best` and `flow_too_big`.

    >>> from carekit.flow import prices
    >>> problem = Problem(np.array(["C1", "C2"]), np.array(["H1", "H2"]),
    ...     child=np.array([0, 0, 1]), helper=np.array([0, 1, 0]), cost=np.array([7, 9, 5]),
    ...     places=np.array([1, 1]), penalty=np.array([100, 100]), hashes=np.array([1, 2, 3]))
    >>> best = np.array([1, 2])
    >>> changes = Changes(problem, best, prices(problem, best))
    >>> changes.of_child(0)             # the first pair would leave the other child uncovered
    array([93,  0])
    >>> changes.with_pair(0)
    array([ 0, -1])
    """

    def __init__(self, problem: Problem, chosen: np.ndarray, price: np.ndarray) -> None:
        self.problem, self.chosen, self.price = problem, chosen, price
        self.sink = len(problem.helpers)
        self.used = problem.used(chosen)
        self.worth = offers(problem, price)
        self.reduced = problem.cost + price[problem.helper] - self.worth[problem.child]
        self.stay = problem.penalty - self.worth
        self.owner = np.full(len(chosen), self.sink, dtype=np.int32)
        served = np.flatnonzero(chosen >= 0)
        self.owner[served] = problem.helper[chosen[served]]
        order = np.argsort(self.owner[served], kind="stable")
        self._served = served[order]
        self._begin = np.searchsorted(self.owner[self._served], np.arange(self.sink + 1))
        self._ways_out()
        self._ways_in()
        self._check()
        self._graph = self._turned(self._needed())
        self._last: tuple[int, np.ndarray, np.ndarray] | None = None

    def of_child(self, i: int) -> np.ndarray:
        """What the whole plan would cost more with each pair of a child, one number a pair.

        All others are settled anew as well as can be. 0 for its own pair, and for an equal one;
        `NEVER` where the helper has no place at all.
        """
        return self.told(i)[0]

    def told(self, i: int) -> Told:
        """The change with each pair of a child; of it points alone; and children served more.

        >>> from carekit.flow import prices
        >>> problem = Problem(np.array(["C1", "C2"]), np.array(["H1", "H2"]),
        ...     child=np.array([0, 0, 1]), helper=np.array([0, 1, 0]), cost=np.array([7, 9, 5]),
        ...     places=np.array([1, 1]), penalty=np.array([100, 100]), hashes=np.array([1, 2, 3]))
        >>> best = np.array([1, 2])
        >>> Changes(problem, best, prices(problem, best)).told(0)
        (array([93,  0]), array([-7,  0]), array([-1,  0]))
        """
        begin, end = self.problem.starts[i], self.problem.starts[i + 1]
        helpers = self.problem.helper[begin:end]
        away, before = self._search(int(self.owner[i]))
        change = _whole(self.reduced[begin:end] + away[helpers])
        lost, fewer, through = self._left_behind(helpers, before, int(self.owner[i]))
        won, more = self._come_in(i, before)
        fallen = lost - won * through
        points = np.where(change == NEVER, NEVER, change - fallen)
        return change, points, more * through - fewer

    def left_by(self, i: int) -> np.ndarray:
        """Who would stay uncovered for each pair of a child: a position, or -1 for nobody."""
        begin, end = self.problem.starts[i], self.problem.starts[i + 1]
        _, before = self._search(int(self.owner[i]))
        last = self._last_helper(self.problem.helper[begin:end], before, int(self.owner[i]))
        return np.where(last >= 0, self.leaves[last], -1)

    def without(self, i: int) -> int:
        """What the plan would cost more if a child were left uncovered, its penalty included."""
        if self.chosen[i] < 0:
            return 0
        away, _ = self._search(int(self.owner[i]))
        return round(float(away[self.sink])) + int(self.stay[i])

    def losses(self) -> Told:
        """What losing one place of each helper costs; of it points alone; children served more."""
        away, before = self._search(self.sink)
        change = self.price - self.problem.last_toll(self.used) + _whole(away[: self.sink])
        lost, fewer, _ = self._left_behind(np.arange(self.sink), before, self.sink)
        full = (self.used == self.problem.places) & (self.used > 0)
        return change * full, (change - lost) * full, -fewer * full

    def gains(self) -> Told:
        """What one more place of each helper gains (>= 0); of it points; children served more."""
        away, before = dijkstra(
            self._graph.transpose().tocsr(), indices=self.sink, return_predecessors=True
        )
        first = np.arange(self.sink)
        while len(on := np.flatnonzero(before[first] >= 0)):
            on = on[before[first[on]] != self.sink]
            if not len(on):
                break
            first[on] = before[first[on]]
        comes = np.where(before[first] == self.sink, self.comes[first], -1)
        won = np.zeros(self.sink, dtype=np.int64)
        won[comes >= 0] = self.problem.penalty[self.problem.child[comes[comes >= 0]]]
        gain = self.price - self.problem.next_toll(self.used)
        gain = gain - np.minimum(_whole(away[: self.sink]), gain)
        real = (self.used == self.problem.places) & (gain > 0)
        return gain * real, (gain - won) * real, (comes >= 0) * real

    def with_pair(self, pair: int) -> np.ndarray:
        """The best plan that has this pair; only those move who have to.

        Raises BadInput `pair_impossible` where the helper has no place at all.
        """
        problem = self.problem
        i, at = int(problem.child[pair]), int(problem.helper[pair])
        if not problem.places[at]:
            raise BadInput("pair_impossible", child=problem.children[i], helper=problem.helpers[at])
        target = int(self.owner[i])
        _, before = self._search(target)
        plan = self.chosen.copy()
        plan[i] = pair
        # `before` leads from every helper back to where the child comes from: the graph is turned.
        while at != target:
            to = int(before[at])
            if at == self.sink:
                comes = int(self.comes[to])
                if comes >= 0:
                    plan[problem.child[comes]] = comes
            elif to == self.sink:
                if self.leaves[at] >= 0:
                    plan[self.leaves[at]] = -1
            else:
                step = self._step(at, to)
                plan[problem.child[step]] = step
            at = to
        return plan

    def _step(self, j: int, to: int) -> int:
        """The pair by which a child of one helper goes to another for least."""
        whose = self._served[self._begin[j] : self._begin[j + 1]]
        at = pairs_of(self.problem, whose)
        at = at[self.problem.helper[at] == to]
        return int(at[self.reduced[at].argmin()])

    def _search(self, target: int) -> tuple[np.ndarray, np.ndarray]:
        """How far every helper (and the sink, last) is from one, and the next step to it."""
        if self._last is None or self._last[0] != target:
            away, before = dijkstra(self._graph, indices=target, return_predecessors=True)
            self._last = (target, away, before)
        return self._last[1], self._last[2]

    def _last_helper(self, helpers: np.ndarray, before: np.ndarray, target: int) -> np.ndarray:
        """The last helper before the sink on each way to the target; -1 where none passes it."""
        at = helpers.astype(np.int64)
        on = np.flatnonzero((at != target) & (before[at] >= 0))
        last = np.full(len(at), -1)
        while len(on):
            out = before[at[on]] == self.sink
            last[on[out]] = at[on[out]]
            on = on[~out]
            at[on] = before[at[on]]
            on = on[at[on] != target]
        return last

    def _left_behind(self, helpers: np.ndarray, before: np.ndarray, target: int) -> Told:
        """The penalty of whoever stays uncovered, how many they are, and who passes the sink."""
        last = self._last_helper(helpers, before, target)
        who = np.where(last >= 0, self.leaves[last], -1) if self.sink else last
        lost = np.where(who >= 0, self.problem.penalty[who], 0)
        return lost, (who >= 0).astype(np.int64), (last >= 0).astype(np.int64)

    def _come_in(self, i: int, before: np.ndarray) -> tuple[int, int]:
        """The penalty of whoever is served by a way that passes the sink, and how many."""
        if self.chosen[i] < 0:
            return int(self.problem.penalty[i]), 1
        to = int(before[self.sink])
        comes = int(self.comes[to]) if to >= 0 else -1
        return (int(self.problem.penalty[self.problem.child[comes]]), 1) if comes >= 0 else (0, 0)

    def _ways_out(self) -> None:
        """From each helper to the sink: at what cost, and which child leaves (-1: a free place)."""
        problem = self.problem
        self.out = np.full(self.sink, NEVER)
        self.leaves = np.full(self.sink, -1)
        order = self._served[np.argsort(self.stay[self._served], kind="stable")][::-1]
        self.leaves[self.owner[order]] = order  # the cheapest is written last
        self.out[self.owner[order]] = self.stay[order]
        step = problem.next_toll(self.used) - self.price
        free = (self.used < problem.places) & (step <= self.out)
        self.out[free], self.leaves[free] = step[free], -1

    def _ways_in(self) -> None:
        """From the sink to each helper: which pair of an uncovered child comes (-1: none, a place
        is given up), and what giving one up costs."""
        problem = self.problem
        self.give = self.price - problem.last_toll(self.used)
        self.comes = np.full(self.sink, -1)
        at = pairs_of(problem, np.flatnonzero(self.chosen < 0))
        at = at[np.argsort(self.reduced[at], kind="stable")][::-1]
        self.comes[problem.helper[at]] = at
        cheaper = (self.used > 0) & (self.comes >= 0)
        cheaper[cheaper] = self.give[cheaper] <= self.reduced[self.comes[cheaper]]
        self.comes[cheaper] = -1

    def _check(self) -> None:
        own = self.chosen[self.chosen >= 0]
        free = self.used < self.problem.places
        proved = (
            not self.reduced[own].any()
            and not self.stay[self.chosen < 0].any()
            and (self.problem.next_toll(self.used) >= self.price)[free].all()
            and (self.give >= 0)[self.used > 0].all()
        )
        if not proved:
            raise BadInput("plan_not_best")
        most = max(int(part.max(initial=0)) for part in (self.reduced, self.stay, self.price))
        if most * (self.sink + 2) >= EXACT:
            raise BadInput("flow_too_big")

    def _needed(self) -> np.ndarray:
        """Which pairs can lie on a cheapest way."""
        problem = self.problem
        tight = self.reduced == 0
        away = dijkstra(self._turned(tight), indices=self.sink)[: self.sink]
        if away[problem.places > 0].any():  # other prices than the greatest: every pair may
            return np.ones(len(problem.child), dtype=bool)
        dear = np.where(self.used > 0, self.give, 0)
        dear[problem.places == 0] = NEVER
        return np.asarray(tight | (self.reduced < dear[problem.helper]))

    def _turned(self, keep: np.ndarray) -> csr_array:
        """The steps with all arcs turned round, so that one search serves a child."""
        problem = self.problem
        keep = keep.copy()
        keep[self.chosen[self.chosen >= 0]] = False
        at = np.flatnonzero(keep)
        busy = np.flatnonzero(self.used > 0)
        ends = np.flatnonzero(self.out < NEVER)
        tail = np.r_[self.owner[problem.child[at]], np.full(len(busy), self.sink), ends]
        head = np.r_[problem.helper[at], busy, np.full(len(ends), self.sink)]
        cost = np.r_[self.reduced[at], self.give[busy], self.out[ends]]
        # Small numbers are sorted in one sweep.
        order = np.argsort(head.astype(np.min_scalar_type(self.sink)), kind="stable")
        counts = np.bincount(head, minlength=self.sink + 1)
        starts = np.r_[0, np.cumsum(counts)]
        return csr_array(
            (cost[order].astype(np.float64), tail[order].astype(np.int32), starts.astype(np.int32)),
            shape=(self.sink + 1, self.sink + 1),
        )


def _whole(far: np.ndarray) -> np.ndarray:
    """Whole numbers of scipy's floats; `NEVER` for what is not reached."""
    whole = np.full(len(far), NEVER)
    there = np.isfinite(far)
    whole[there] = np.rint(far[there])
    return whole
