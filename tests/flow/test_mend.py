"""A mended plan costs what a plan made anew costs, and its prices prove it."""

from dataclasses import replace

import numpy as np
import pytest

from carekit.flow import certificate, match
from carekit.flow.mend import mend

from .instances import random_loads, random_match


@pytest.mark.parametrize("made", [random_match, random_loads])
@pytest.mark.parametrize("seed", range(80))
def test_a_helper_leaves(seed, made):
    problem, _ = made(seed)
    chosen = match(problem)
    for j in range(len(problem.helpers)):
        places = problem.places.copy()
        places[j] = 0
        after = replace(problem, places=places)
        lost = np.flatnonzero(chosen >= 0)
        lost = lost[problem.helper[chosen[lost]] == j]
        start = chosen.copy()
        start[lost] = -1
        mended = mend(after, start, lost)
        assert mended is not None
        plan, price = mended
        assert (after.used(plan) <= places).all()
        assert after.objective(plan) == after.objective(match(after))
        assert certificate(after, plan, price).gap == 0


@pytest.mark.parametrize("made", [random_match, random_loads])
@pytest.mark.parametrize("seed", range(40))
def test_children_arrive(seed, made):
    problem, _ = made(seed)
    rng = np.random.default_rng(seed)
    new = np.flatnonzero(rng.random(len(problem.children)) < 0.4)
    penalty = problem.penalty.copy()
    penalty[new] = 0
    may = ~np.isin(problem.child, new)
    # Without the new ones: they cost nothing uncovered, so nobody serves them.
    before = match(replace(problem, cost=np.where(may, problem.cost, 10**6), penalty=penalty))
    mended = mend(problem, before, new)
    assert mended is not None
    assert problem.objective(mended[0]) == problem.objective(match(problem))


@pytest.mark.parametrize("seed", range(40))
def test_a_plan_that_was_not_the_best_is_refused(seed):
    problem, _ = random_match(seed, costs=50)
    worst = np.full(len(problem.children), -1)
    nobody = np.array([], dtype=np.int64)
    mended = mend(problem, worst, nobody)
    assert (mended is None) == (problem.objective(match(problem)) < problem.objective(worst))
