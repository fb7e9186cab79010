import numpy as np
import pytest

from carekit.errors import BadInput
from carekit.flow import certificate, lower_bound, match, pair_hash, penalties, prices

from .instances import Match, random_match


def proof(m: Match, chosen: np.ndarray, **changed: np.ndarray):
    parts = vars(m) | {"chosen": chosen} | changed
    names = ("child", "helper", "cost", "places", "penalty", "chosen", "hashes")
    return certificate(*(parts[name] for name in names))


def solved() -> list[tuple[Match, np.ndarray]]:
    some = []
    for seed in range(60):
        m, _ = random_match(seed)
        some.append((m, match(**vars(m))))
    return some


def test_any_prices_bound_any_plan() -> None:
    rng = np.random.default_rng(1)
    for m, chosen in solved():
        best = proof(m, chosen).objective
        for _ in range(5):
            price = rng.integers(-3, 40, len(m.places))
            assert lower_bound(m.child, m.helper, m.cost, m.places, m.penalty, price) <= best


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
    child, helper = np.array([1]), np.array([0])
    found = certificate(
        child,
        helper,
        np.array([4]),
        np.array([1]),
        penalties(np.array([1, 2, 3]), 4),
        np.array([-1, 0, -1]),
        np.array([9]),
    )
    assert (found.objective, found.gap, found.served) == (45 + 4 + 15, 0, 1)


def test_prices_are_what_losing_the_place_costs() -> None:
    for m, chosen in solved():
        price = prices(m.child, m.helper, m.cost, m.places, m.penalty, chosen)
        before = proof(m, chosen).objective
        for j in np.flatnonzero(m.places > 0):
            fewer = m.places.copy()
            fewer[j] -= 1
            after = match(**(vars(m) | {"places": fewer}))
            assert proof(m, after, places=fewer).objective - before == price[j]


@pytest.mark.parametrize("tier", [0, 4])
def test_other_tiers_are_refused(tier: int) -> None:
    with pytest.raises(BadInput, match="tier_unknown"):
        penalties(np.array([1, tier]), 5)


def test_hashes_use_all_their_bits_and_no_more() -> None:
    ids = np.arange(2000, dtype=np.uint64)
    few = pair_hash(ids, ids[::-1], bits=10)
    assert few.min() >= 0 and few.max() < 2**10
    assert len(np.unique(few)) > 600
    assert len(np.unique(pair_hash(ids, ids[::-1]))) == 2000
