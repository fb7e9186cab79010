"""Pockets are Hall sets: all who may take these children are full with them."""

import numpy as np
import pytest

from carekit.flow import match, pockets

from .instances import random_match


def by_search(problem, chosen):
    """The same, child by child: the closure of each uncovered child, joined where they touch."""
    whose = {i: int(problem.helper[pair]) for i, pair in enumerate(chosen.tolist()) if pair >= 0}
    found = []
    for i in np.flatnonzero(chosen < 0).tolist():
        seen, todo = {i}, [i]
        while todo:
            k = todo.pop()
            may = set(problem.helper[problem.child == k].tolist())
            new = {c for c, j in whose.items() if j in may} - seen
            seen |= new
            todo += new
        touching = [one for one in found if one & seen]
        found = [one for one in found if not one & seen] + [seen.union(*touching)]
    return sorted(map(sorted, found))


@pytest.mark.parametrize("seed", range(120))
def test_pockets_are_what_a_plain_search_finds(seed):
    problem, _ = random_match(seed)
    chosen = match(problem)
    found = pockets(problem, chosen)
    assert sorted(one.children.tolist() for one in found) == by_search(problem, chosen)
    for one in found:
        assert len(one.uncovered) == len(one.children) - one.places
        assert (chosen[one.uncovered] < 0).all()
        may = set(problem.helper[np.isin(problem.child, one.children)].tolist())
        full = {j for j in may if problem.places[j] > 0}
        assert set(one.helpers.tolist()) == full
    uncovered = sorted(i for one in found for i in one.uncovered.tolist())
    assert uncovered == np.flatnonzero(chosen < 0).tolist()
