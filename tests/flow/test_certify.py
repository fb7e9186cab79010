from dataclasses import replace

import numpy as np
import pytest

from carekit.errors import BadInput
from carekit.flow import (
    Problem,
    certificate,
    least_prices,
    lower_bound,
    match,
    pair_hash,
    penalties,
    prices,
)

from .instances import named, random_loads, random_match


def proof(m: Problem, chosen: np.ndarray, **changed: np.ndarray):
    return certificate(replace(m, **changed), chosen)


def solved() -> list[tuple[Problem, np.ndarray]]:
    some = []
    for seed in range(60):
        m, _ = random_match(seed)
        some.append((m, match(m)))
    return some


def test_any_prices_bound_any_plan() -> None:
    rng = np.random.default_rng(1)
    for m, chosen in solved():
        best = proof(m, chosen).objective
        for _ in range(5):
            price = rng.integers(-3, 40, len(m.places))
            assert lower_bound(m, price) <= best


def test_a_dropped_child_leaves_a_gap() -> None:
    for m, chosen in solved():
        for i in np.flatnonzero(chosen >= 0):
            less = chosen.copy()
            less[i] = -1
            assert proof(m, less).gap > 0


def test_a_dearer_pair_leaves_a_gap_and_an_equal_one_another_digest() -> None:
    seen = {"dearer": 0, "equal": 0}
    for m, chosen in solved():
        true = proof(m, chosen)
        used = np.bincount(m.helper[chosen[chosen >= 0]], minlength=len(m.places))
        for i in np.flatnonzero(chosen >= 0):
            for other in np.flatnonzero(m.child == i):
                if other == chosen[i] or used[m.helper[other]] >= m.places[m.helper[other]]:
                    continue
                changed = chosen.copy()
                changed[i] = other
                found = proof(m, changed)
                assert found != true
                dearer = m.cost[other] - m.cost[chosen[i]]
                # A bound from a poor plan's prices may be lower than need be, never higher.
                assert found.gap >= dearer and (found.gap == 0) == (dearer == 0)
                seen["dearer" if dearer else "equal"] += 1
    assert all(seen.values())


def test_the_bound_knows_of_an_extra_place_a_cheaper_cost_and_a_removed_candidate() -> None:
    seen = {"place": 0, "cost": 0, "pair": 0}
    for m, chosen in solved():
        true = proof(m, chosen)
        for j in range(len(m.places)):
            more = m.places.copy()
            more[j] += 1
            seen["place"] += proof(m, chosen, places=more).bound < true.bound
        for k in np.flatnonzero(chosen < 0):
            for pair in np.flatnonzero(m.child == k):
                cheaper = m.cost.copy()
                cheaper[pair] = -(10**6)
                seen["cost"] += proof(m, chosen, cost=cheaper).gap > 0
        for pair in range(len(m.child)):
            if pair in chosen:
                continue
            keep = np.arange(len(m.child)) != pair
            moved = np.where(chosen > pair, chosen - 1, chosen)
            less = {name: getattr(m, name)[keep] for name in ("child", "helper", "cost", "hashes")}
            assert proof(m, moved, **less).pairs == true.pairs - 1
            seen["pair"] += 1
    assert all(count > 10 for count in seen.values())


def test_children_without_pairs_are_left_at_their_penalty() -> None:
    m = named(
        np.array(["C1", "C2", "C3"], dtype=object),
        np.array(["H1"], dtype=object),
        np.array([1]),
        np.array([0]),
        np.array([4]),
        np.array([1]),
        np.array([1, 2, 3]),
    )
    found = certificate(m, np.array([-1, 0, -1]))
    assert (found.objective, found.gap, found.served) == (45 + 4 + 15, 0, 1)


def test_prices_are_what_losing_the_place_costs() -> None:
    for m, chosen in solved():
        price = prices(m, chosen)
        before = proof(m, chosen).objective
        for j in np.flatnonzero(m.places > 0):
            fewer = m.places.copy()
            fewer[j] -= 1
            after = match(replace(m, places=fewer))
            assert proof(m, after, places=fewer).objective - before == price[j]


@pytest.mark.parametrize("make", [random_match, random_loads])
def test_prices_foretell_what_a_place_more_or_less_changes(make) -> None:
    seen = {"lost": 0, "gained": 0, "nothing": 0}
    for seed in range(120):
        m, _ = make(seed)
        chosen = match(m)
        before, used = certificate(m, chosen), m.used(chosen)
        assert before.gap == 0
        dear, cheap = prices(m, chosen), least_prices(m, chosen)
        assert (cheap <= dear).all()
        assert certificate(m, chosen, cheap).gap == 0
        for j in range(len(m.places)):
            for step, price, toll in ((-1, dear, m.last_toll(used)), (1, cheap, m.next_toll(used))):
                if m.places[j] + step < 0:
                    continue
                places = m.places.copy()
                places[j] += step
                # a place nobody uses is lost for nothing, and none gains where one is free
                idle = used[j] < m.places[j]
                change = 0 if idle else -step * max(int(price[j] - toll[j]), 0)
                again = replace(m, places=places)
                assert again.objective(match(again)) - before.objective == change
                kind = "nothing" if not change else "lost" if step < 0 else "gained"
                seen[kind] += 1
    assert all(count > 20 for count in seen.values())


@pytest.mark.parametrize("tier", [-2, 4])
def test_other_tiers_are_refused(tier: int) -> None:
    with pytest.raises(BadInput, match="tier_unknown"):
        penalties(np.array([1, tier]), 5)


def test_hashes_use_all_their_bits_and_no_more() -> None:
    ids = np.arange(2000, dtype=np.uint64)
    few = pair_hash(ids, ids[::-1], bits=10)
    assert few.min() >= 0 and few.max() < 2**10
    assert len(np.unique(few)) > 600
    assert len(np.unique(pair_hash(ids, ids[::-1]))) == 2000
