"""Changes of a best plan are those a new solve would find."""

from dataclasses import replace

import numpy as np
import pytest

from carekit.errors import BadInput
from carekit.flow import Changes, Problem, least_prices, match, prices
from carekit.flow.change import NEVER

from .instances import random_loads, random_match


def forced(m: Problem, pair: int) -> Problem:
    """The same match in which a child may have this one pair only, and must."""
    keep = (m.child != m.child[pair]) | (np.arange(len(m.child)) == pair)
    parts = {name: getattr(m, name)[keep] for name in ("child", "helper", "cost", "hashes")}
    penalty = m.penalty.copy()
    penalty[m.child[pair]] = penalty.sum() + 1
    return replace(m, **parts, penalty=penalty)


def served(m: Problem, chosen: np.ndarray) -> int:
    return int((chosen >= 0).sum())


def points(m: Problem, chosen: np.ndarray) -> int:
    return m.objective(chosen) - int(m.penalty[chosen < 0].sum())


@pytest.mark.parametrize("make", [random_match, random_loads])
@pytest.mark.parametrize("price_of", [prices, least_prices])
def test_every_why_not_is_what_solving_again_finds(make, price_of) -> None:
    asked = {"free": 0, "dear": 0, "never": 0, "fewer": 0, "more_points": 0}
    for seed in range(60):
        m, _ = make(seed)
        best = match(m)
        changes = Changes(m, best, price_of(m, best))
        for i in range(len(m.children)):
            change, alone, more = changes.told(i)
            for at, pair in enumerate(range(m.starts[i], m.starts[i + 1])):
                if m.places[m.helper[pair]] == 0:
                    assert change[at] == NEVER
                    with pytest.raises(BadInput, match="pair_impossible"):
                        changes.with_pair(pair)
                    asked["never"] += 1
                    continue
                again = match(forced(m, pair))
                assert again[i] >= 0
                keep = np.flatnonzero((m.child != i) | (np.arange(len(m.child)) == pair))
                again = np.where(again >= 0, keep[again], -1)
                assert change[at] == m.objective(again) - m.objective(best)
                assert alone[at] == points(m, again) - points(m, best)
                assert more[at] == served(m, again) - served(m, best)
                plan = changes.with_pair(pair)
                assert plan[i] == pair
                assert (m.used(plan) <= m.places).all()
                taken = np.flatnonzero(plan >= 0)
                assert (m.child[plan[taken]] == taken).all()
                assert m.objective(plan) == m.objective(again)
                left = changes.left_by(i)[at]
                gone = np.flatnonzero((plan < 0) & (best >= 0))
                assert gone.tolist() == ([left] if left >= 0 else [])
                asked["dear" if change[at] else "free"] += 1
                asked["fewer"] += int(more[at] < 0)
                asked["more_points"] += int(alone[at] > 0)
    assert all(count > 10 for count in asked.values()), asked


@pytest.mark.parametrize("make", [random_match, random_loads])
def test_leaving_a_child_out_costs_what_solving_without_it_says(make) -> None:
    for seed in range(60):
        m, _ = make(seed)
        best = match(m)
        changes = Changes(m, best, prices(m, best))
        for i in range(len(m.children)):
            keep = m.child != i
            parts = {name: getattr(m, name)[keep] for name in ("child", "helper", "cost", "hashes")}
            less = replace(m, **parts)
            assert changes.without(i) == less.objective(match(less)) - m.objective(best)


@pytest.mark.parametrize("make", [random_match, random_loads])
@pytest.mark.parametrize("price_of", [prices, least_prices])
def test_a_place_less_and_a_place_more(make, price_of) -> None:
    seen = {"lost": 0, "gained": 0, "lost_child": 0, "gained_child": 0}
    for seed in range(80):
        m, _ = make(seed)
        best = match(m)
        changes = Changes(m, best, price_of(m, best))
        for step, told, name in ((-1, changes.losses(), "lost"), (1, changes.gains(), "gained")):
            for j in range(len(m.helpers)):
                if m.places[j] == 0:
                    continue
                places = m.places.copy()
                places[j] += step
                other = replace(m, places=places)
                again = match(other)
                assert -step * told[0][j] == other.objective(again) - m.objective(best)
                assert -step * told[1][j] == points(other, again) - points(m, best)
                assert told[2][j] == served(other, again) - served(m, best)
                seen[name] += int(told[0][j] > 0)
                seen[f"{name}_child"] += int(told[2][j] != 0)
    assert all(count > 20 for count in seen.values()), seen


def test_a_plan_that_is_not_the_best_is_refused() -> None:
    for seed in range(20):
        m, _ = random_match(seed)
        best = match(m)
        if (best < 0).all():
            continue
        less = best.copy()
        less[np.flatnonzero(best >= 0)[0]] = -1
        with pytest.raises(BadInput, match="plan_not_best"):
            Changes(m, less, prices(m, best))
