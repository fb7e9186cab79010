import networkx as nx
import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp

from carekit.flow import Problem, assignment, certificate, match, penalties

from .instances import named, random_loads, random_match


def covered(chosen: np.ndarray, tier: np.ndarray) -> list[int]:
    return [int((chosen[tier == t] >= 0).sum()) for t in (1, 2, 3)]


@pytest.mark.parametrize("make", [random_match, random_loads])
@pytest.mark.parametrize("block", range(10))
def test_same_objective_as_plain_networkx(block: int, make) -> None:
    unserved = 0
    for seed in range(20 * block, 20 * block + 20):
        m, _ = make(seed)
        network = assignment(m)
        graph = network.to_networkx()
        plain = nx.max_flow_min_cost(graph, "source", "sink", backend="networkx")
        chosen = match(m)
        found = certificate(m, chosen)
        assert found.objective == m.objective(chosen) == nx.cost_of_flow(graph, plain)
        assert found.gap == 0
        assert (
            np.bincount(m.helper[chosen[chosen >= 0]], minlength=len(m.places)) <= m.places
        ).all()
        assert (m.child[chosen[chosen >= 0]] == np.flatnonzero(chosen >= 0)).all()
        unserved += found.served < found.children
    assert unserved >= 10  # otherwise the instances would not ask anything


def most_served(m: Problem, tier: np.ndarray, before: list[int]) -> int:
    """The most children of the next tier, with those before it served as found."""
    pairs = np.arange(len(m.child))
    rows = [(m.child == i, 1) for i in range(len(m.children))]
    rows += [(m.helper == j, int(m.places[j])) for j in range(len(m.helpers))]
    limits = [LinearConstraint(row.astype(float)[None, :], 0, most) for row, most in rows]
    for t, count in enumerate(before, start=1):
        served = (tier[m.child] == t).astype(float)[None, :]
        limits.append(LinearConstraint(served, count, count))
    wanted = (tier[m.child] == len(before) + 1).astype(float)
    if not len(pairs):
        return 0
    answer = milp(-wanted, constraints=limits, integrality=np.ones(len(pairs)), bounds=(0, 1))
    return round(-answer.fun)


@pytest.mark.parametrize("seed", range(40))
def test_coverage_by_tier_is_that_of_whole_number_programmes(seed: int) -> None:
    m, tier = random_match(seed)
    best: list[int] = []
    for _ in (1, 2, 3):
        best.append(most_served(m, tier, best))
    assert covered(match(m), tier) == best


def names_of(m: Problem, chosen: np.ndarray) -> set[tuple[str, str]]:
    taken = chosen[chosen >= 0]
    return set(zip(m.children[m.child[taken]], m.helpers[m.helper[taken]], strict=True))


@pytest.mark.parametrize("seed", range(60))
def test_ties_do_not_depend_on_the_order_of_children_and_helpers(seed: int) -> None:
    m, tier = random_match(seed, costs=2)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(len(m.children)), rng.permutation(len(m.helpers))
    child, helper = np.argsort(rows)[m.child], np.argsort(columns)[m.helper]
    order = np.lexsort((rng.random(len(child)), child))
    shuffled = named(
        m.children[rows],
        m.helpers[columns],
        child[order],
        helper[order],
        m.cost[order],
        m.places[columns],
        tier[rows],
    )
    assert names_of(shuffled, match(shuffled)) == names_of(m, match(m))


def test_ties_depend_on_names_alone_and_not_always_on_the_first() -> None:
    """Two children, one place, equal cost: who gets it differs from helper to helper."""
    first = 0
    for k in range(40):
        m = named(
            np.array(["C00001", "C00002"], dtype=object),
            np.array([f"H{k:05d}"], dtype=object),
            np.array([0, 1]),
            np.array([0, 0]),
            np.array([5, 5]),
            np.array([1]),
            np.array([3, 3]),
        )
        first += match(m)[0] >= 0
    assert 5 < first < 35


def test_one_urgent_child_comes_before_any_cost_and_a_higher_tier_before_a_lower() -> None:
    m = named(
        np.array(["C1", "C2", "C3"], dtype=object),
        np.array(["H1", "H2"], dtype=object),
        np.array([0, 1, 2, 2]),
        np.array([0, 0, 0, 1]),
        np.array([999, 0, 0, 50]),
        np.array([1, 1]),
        np.array([1, 2, 2]),
    )
    assert names_of(m, match(m)) == {("C1", "H1"), ("C3", "H2")}


def test_penalties_leave_no_room_for_costs() -> None:
    tier = np.array([1, 2, 3, 3])
    unit = penalties(tier, dearest=10)
    assert unit.tolist() == [132, 88, 44, 44]
    assert unit[2] > len(tier) * 10
