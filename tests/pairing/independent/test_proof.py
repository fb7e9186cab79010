"""The certificate holds for what was proposed and refuses every kind of tampering."""

from dataclasses import replace
from itertools import combinations, islice, product

import pandas as pd
import pytest

from carekit import pairing
from tests.pairing.independent import best, instances, oracle


def cases():
    """Solved instances in which somebody is paired and somebody is not, with their problems."""
    for seed in range(200):
        case = instances.solved(seed)
        if len(case.proposal.pairs) and len(case.proposal.unmatched):
            yield case, instances.problem(seed)


def findings(case, **changes):
    """The codes of what the check finds wrong with the changed proposal."""
    found = pairing.verify(replace(case.proposal, **changes), case.waiting, case.offers)
    return set(found["code"])


def certified(case, total, bound=None, **numbers):
    """The certificate with another objective, and its bound and gap to match."""
    bound = total if bound is None else bound
    numbers = {"objective": total, "bound": bound, "gap": total - bound, **numbers}
    return replace(case.proposal.certificate, **numbers)


def changed(pairs, row, **values):
    """The pairs with other values in one row."""
    columns = {c: pairs[c].where(pairs.index != row, value) for c, value in values.items()}
    return pairs.assign(**columns)


def with_helper(pairs, row, helper, problem):
    """The pairs with another helper in one row, and all points right."""
    points = problem.reasons[pairs["child_id"][row], helper]
    return changed(pairs, row, helper_id=helper, **points, cost=sum(points.values()))


# Each kind of tampering gives (case, what is changed in the proposal) ---------------------------


def swapped_names():
    """Two pairs exchange helpers and keep their points, which are wrong or forbidden now."""
    for case, problem in cases():
        pairs = case.proposal.pairs
        for i, j in combinations(pairs.index, 2):
            a, h, g = pairs["child_id"][i], *pairs["helper_id"][[i, j]]
            if h != g and problem.reasons.get((a, g)) != problem.reasons[a, h]:
                one = changed(pairs, i, helper_id=g)
                yield case, {"pairs": changed(one, j, helper_id=h)}
                break


def swapped_pairs():
    """Two pairs exchange helpers with right points and numbers, at another total cost."""
    for case, problem in cases():
        pairs = case.proposal.pairs
        for i, j in combinations(pairs.index, 2):
            a, b, h, g = *pairs["child_id"][[i, j]], *pairs["helper_id"][[i, j]]
            if (a, g) not in problem.cost or (b, h) not in problem.cost:
                continue
            more = problem.cost[a, g] + problem.cost[b, h] - pairs["cost"][[i, j]].sum()
            if more:
                one = with_helper(pairs, i, g, problem)
                total = case.proposal.certificate.objective + more
                yield (
                    case,
                    {
                        "pairs": with_helper(one, j, h, problem),
                        "certificate": certified(case, total),
                    },
                )
                break


def dropped_pair():
    for case, _ in cases():
        yield case, {"pairs": case.proposal.pairs.iloc[1:]}


def dropped_unmatched():
    for case, _ in cases():
        yield case, {"unmatched": case.proposal.unmatched.iloc[:-1]}


def child_paired_twice():
    for case, _ in cases():
        pairs = case.proposal.pairs
        yield case, {"pairs": pd.concat([pairs, pairs.iloc[:1]], ignore_index=True)}


def child_paired_and_unmatched():
    for case, _ in cases():
        one = case.proposal.unmatched.iloc[:1].assign(child_id=case.proposal.pairs["child_id"][0])
        yield case, {"unmatched": pd.concat([case.proposal.unmatched, one], ignore_index=True)}


def extra_place():
    """An unmatched child is given to an eligible helper who is full; points and numbers right."""
    for case, problem in cases():
        left = set(case.proposal.unmatched["child_id"])
        extra = next((pair for pair in sorted(problem.cost) if pair[0] in left), None)
        if extra is None:
            continue
        names = dict(zip(("child_id", "helper_id"), extra, strict=True))
        points = {**problem.reasons[extra], "cost": problem.cost[extra]}
        row = case.proposal.pairs.iloc[[0]].assign(**names, **points, tier=problem.tier[extra[0]])
        pairs = pd.concat([case.proposal.pairs, row], ignore_index=True)
        total = problem.objective(instances.pairs_of(pairs))
        yield (
            case,
            {
                "pairs": pairs,
                "unmatched": case.proposal.unmatched.query("child_id != @extra[0]"),
                "certificate": certified(case, total, served=len(pairs)),
            },
        )


def cheaper_cost():
    for case, _ in cases():
        pairs = case.proposal.pairs
        yield case, {"pairs": changed(pairs, 0, cost=pairs["cost"][0] - 1)}


def cheaper_reason():
    """A reason and the cost are a point less, and the numbers agree."""
    for case, _ in cases():
        pairs = case.proposal.pairs
        for row, reason in product(pairs.index, oracle.REASONS):
            if pairs[reason][row] > 0:
                less = {c: pairs[c][row] - 1 for c in (reason, "cost")}
                total = case.proposal.certificate.objective - 1
                yield (
                    case,
                    {"pairs": changed(pairs, row, **less), "certificate": certified(case, total)},
                )
                break


def removed_candidates():
    """carekit's own best plan, and own certificate, without one place of one helper."""
    for case, problem in cases():
        offers = case.offers
        is_helper = offers["helper_id"] == case.proposal.pairs["helper_id"][0]
        fewer = offers.assign(places_left=offers["places_left"] - is_helper.astype("Int64"))
        worse = instances.propose(case.world, case.waiting, fewer)
        total = problem.objective(instances.pairs_of(worse.pairs))
        if total > case.proposal.certificate.objective:
            assert worse.certificate.gap == 0
            yield (
                case,
                {name: getattr(worse, name) for name in ("pairs", "unmatched")}
                | {"certificate": worse.certificate},
            )


def removed_candidate():
    """The best plan of the same children without one eligible pair, points and numbers right."""
    for case, problem in cases():
        for pair in case.pairs:
            second = dict(best.by_assignment(problem, {pair}))
            total = problem.objective(second.items())
            if set(second) != set(dict(case.pairs)):
                continue
            if total == case.proposal.certificate.objective:
                continue
            pairs = case.proposal.pairs
            for row, child in enumerate(pairs["child_id"]):
                pairs = with_helper(pairs, row, second[child], problem)
            yield case, {"pairs": pairs, "certificate": certified(case, total)}
            break


KINDS = {
    swapped_names: {"pair_differs", "pair_not_eligible"},
    swapped_pairs: {"not_best"},
    dropped_pair: {"child_missing"},
    dropped_unmatched: {"child_missing"},
    child_paired_twice: {"child_twice"},
    child_paired_and_unmatched: {"child_twice"},
    extra_place: {"helper_overfull"},
    cheaper_cost: {"pair_differs"},
    cheaper_reason: {"pair_differs"},
    removed_candidates: {"not_best"},
    removed_candidate: {"not_best"},
}
SHIFTS = [
    (1, 0, 0),
    (-1, 0, 0),
    (0, 1, 0),
    (0, -1, 0),
    (0, 0, 1),
    (-1, -1, 0),
    (1, 1, 0),
    (1, 0, 1),
]


@pytest.mark.parametrize("tampering", KINDS)
def test_tampering_is_refused(tampering):
    tried = list(islice(tampering(), 5))
    assert len(tried) == 5
    for case, changes in tried:
        assert findings(case, **changes) & KINDS[tampering]
        if "certificate" in changes:  # the same under the certificate that was given
            del changes["certificate"]
            assert findings(case, **changes) & KINDS[tampering]


@pytest.mark.parametrize("seed", range(25))
def test_the_real_proposal_holds(seed):
    case = instances.solved(seed)
    assert pairing.verify(case.proposal, case.waiting, case.offers).empty


@pytest.mark.parametrize("shift", SHIFTS)
def test_changed_numbers_are_refused(shift):
    for case, _ in islice(cases(), 2):
        names = ("objective", "bound", "gap")
        certificate = case.proposal.certificate
        numbers = {n: getattr(certificate, n) + more for n, more in zip(names, shift, strict=True)}
        changes = {"certificate": replace(certificate, **numbers)}
        assert "certificate_differs" in findings(case, **changes)


def test_another_world_is_refused():
    """The same proposal against frames in which its first pair is no longer possible."""
    for case, _ in islice(cases(), 4):
        row = case.proposal.pairs.iloc[0]
        is_helper = case.offers["helper_id"] == row["helper_id"]
        full = case.offers.assign(places_left=case.offers["places_left"].mask(is_helper, 0))
        gone = case.waiting[case.waiting["child_id"] != row["child_id"]]
        assert not pairing.verify(case.proposal, case.waiting, full).empty
        assert not pairing.verify(case.proposal, gone, case.offers).empty
