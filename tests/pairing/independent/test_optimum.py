"""200 small random instances against two solvers that know nothing of carekit."""

import pytest

from tests.pairing.independent import best, instances, oracle

SEEDS = range(200)


@pytest.fixture(params=SEEDS)
def seed(request):
    return request.param


def test_most_instances_are_hard():
    problems = [instances.problem(seed) for seed in SEEDS]
    sizes = [(len(p.tier), len(p.places)) for p in problems]
    unserved = [len(best.by_assignment(p)) < len(p.tier) for p in problems]
    competing = [best.has_competition(p) for p in problems]
    tied = [best.has_tie(p) for p in problems]
    assert all(n <= 14 and 4 <= m <= 10 for n, m in sizes)
    all_three = [all(kinds) for kinds in zip(unserved, competing, tied, strict=True)]
    assert sum(all_three) >= len(SEEDS) / 2
    assert sum(not hard for hard in all_three) > 20


def test_objective_is_that_of_plain_networkx(seed):
    problem, case = instances.problem(seed), instances.solved(seed)
    least, certificate = best.by_networkx(problem), case.proposal.certificate
    assert problem.objective(case.pairs) == least
    assert (certificate.objective, certificate.bound, certificate.gap) == (least, least, 0)


def test_coverage_by_tier_is_that_of_milp(seed):
    problem, proposal = instances.problem(seed), instances.solved(seed).proposal
    served, most, cost = best.by_milp(problem)
    tiers = [problem.tier[child] for child in proposal.pairs["child_id"]]
    assert {level: tiers.count(level) for level in (1, 2, 3)} == served
    assert len(tiers) == most  # serving the vulnerable first costs nobody a place
    assert proposal.pairs["cost"].sum() == cost


def test_pairs_and_unmatched_are_exactly_the_waiting(seed):
    case = instances.solved(seed)
    waiting = sorted(child["child_id"] for child in oracle.waiting(case.world))
    answered = [*case.proposal.pairs["child_id"], *case.proposal.unmatched["child_id"]]
    assert sorted(case.waiting["child_id"]) == waiting
    assert sorted(answered) == waiting
    assert case.proposal.unmatched["code"].notna().all()


def test_candidates_are_exactly_the_eligible_pairs(seed):
    assert instances.solved(seed).candidates == sorted(instances.problem(seed).cost)


def test_reasons_are_right_and_sum_to_the_cost(seed):
    problem, pairs = instances.problem(seed), instances.solved(seed).proposal.pairs
    for row in pairs.to_dict("records"):
        expected = problem.reasons[row["child_id"], row["helper_id"]]
        assert {reason: row[reason] for reason in oracle.REASONS} == expected
        assert row["cost"] == sum(expected.values())


def test_no_helper_has_more_children_than_places(seed):
    problem, pairs = instances.problem(seed), instances.solved(seed).proposal.pairs
    loads = pairs["helper_id"].value_counts().to_dict()
    assert all(load <= problem.places[helper] for helper, load in loads.items())


def test_nobody_is_dropped_and_facts_of_the_day_are_right(seed):
    case = instances.solved(seed)
    world, waiting = case.world, case.waiting.set_index("child_id")
    for child in oracle.waiting(world):
        row = waiting.loc[child["child_id"]]
        last = oracle.last_helper(world, child)
        assert row["tier"] == oracle.tier(child)
        assert row["last_helper_id"] == last if last else row.isna()["last_helper_id"]
    offers = case.offers.set_index("helper_id")
    assert sorted(offers.index) == sorted(h["helper_id"] for h in world["helpers"])
    for helper in world["helpers"]:
        row = offers.loc[helper["helper_id"]]
        ready = oracle.ready(world, helper)
        assert row["ready"] == ready
        if not ready:
            assert row["places_left"] == 0
