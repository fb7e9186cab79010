"""1,000 random instances over all schemes against plain networkx, with loads and decisions.

The first 200 run with every check, all of them with the long ones. That they are no easy ones is
asserted in test_scheme_worlds.
"""

import pandas as pd
import pytest

from carekit import pairing
from carekit.errors import BadInput
from tests.pairing.independent import scheme_instances as instances
from tests.pairing.independent import scheme_oracle as oracle
from tests.pairing.independent.changes import change

BLOCK = 20


def blocks(seeds):
    return [range(start, start + BLOCK) for start in range(seeds.start, seeds.stop, BLOCK)]


def named(block):
    return f"{block.start}-{block.stop - 1}"


def check(case):
    """The proposal is the oracle's optimum, shows its points rightly, and holds its proof."""
    match, plan, best, pairs = case.match, case.plan, case.best, case.proposal.pairs

    # Who waits, who may be paired, who has a place.
    assert sorted([*pairs["child_id"], *case.proposal.unmatched["child_id"]]) == sorted(match.rank)
    assert set(plan) <= set(match.allowed())
    assert len(dict(plan)) == len(plan)
    assert all(load <= match.places[h] for h, load in match.loads(plan).items())
    assert match.locks.items() <= dict(plan).items()

    # Coverage by tier (and of whoever goes first), then points, are those of plain networkx.
    assert match.served(plan) == match.served(best)
    tiers = [match.tier[child] for child, _ in best]
    assert sorted(pairs["tier"]) == sorted(tiers)
    assert match.points(plan) == match.points(best)
    assert pairs["cost"].sum() == match.points(best) - match.constant(len(best))

    # Each reason is what the words say.
    for row in pairs.to_dict("records"):
        expected = match.reasons[row["child_id"], row["helper_id"]]
        assert {reason: row[reason] for reason in oracle.PAIR_REASONS} == expected
        assert row["cost"] == sum(expected.values()) + row["balance"] + row["minimum"]
    assert pairs["balance"].sum() == match.balance(plan)
    assert pairs["minimum"].sum() == match.shortfall(plan) - match.constant(len(plan))

    # The proof.
    proof = case.proposal.certificate
    assert (proof.gap, proof.objective) == (0, proof.bound)
    assert (proof.children, proof.served) == (len(match.rank), len(plan))
    assert proof.pairs == len(match.allowed())
    assert case.faults(case.proposal).empty


@pytest.mark.parametrize("block", blocks(instances.QUICK), ids=named)
def test_proposals_are_those_of_plain_networkx(block):
    for seed in block:
        for case in instances.solved(seed):
            check(case)


@pytest.mark.long
@pytest.mark.parametrize("block", blocks(instances.EVERY), ids=named)
def test_a_thousand_proposals_are_those_of_plain_networkx(block):
    test_proposals_are_those_of_plain_networkx(block)


# Two needs of one child at once ------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4, 100, 5))
def test_one_to_one_is_two_matches_that_know_nothing_of_each_other(seed):
    teacher, peer = instances.solved(seed)
    assert [case.scheme.code for case in (teacher, peer)] == list(pairing.ONE_TO_ONE.parts)
    for case in (teacher, peer):
        check(case)
        kinds = case.match.scheme["kinds"]
        mine = [h for h in case.world["helpers"] if h["kind"] in kinds]
        if mine:  # the same as if the helpers of the other part were not there
            alone = instances.solve({**case.world, "helpers": mine}, case.scheme, case.match.scheme)
            pd.testing.assert_frame_equal(alone.proposal.pairs, case.proposal.pairs)
    with pytest.raises(BadInput, match="scheme_has_parts"):
        pairing.propose(teacher.waiting, teacher.offers, pairing.ONE_TO_ONE, on=teacher.world["on"])


# A fact nobody knows never passes a rule ----------------------------------------------------------


def any_pair(world, child, helper):
    return True


def wished(world, child, helper):
    return child["wish_sex"] is not None


def apart(world, child, helper):
    return child["village_id"] != helper["village_id"]


PERSON = [("helpers", {"places": None}, any_pair), ("helpers", {"kind": None}, any_pair)]
GROWN_UP = [("helpers", {"birth_date": None}, any_pair)]
WISH = [("helpers", {"sex": None}, wished)]
NEEDED = {
    0: [
        *PERSON,
        *GROWN_UP,
        *WISH,
        *[
            (table, {fact: None}, any_pair)
            for table in ("children", "helpers")
            for fact in ("languages", "free_times", "village_id")
        ],
        ("helpers", {"reach_km": None}, apart),
    ],
    1: [
        *PERSON,
        *GROWN_UP,
        *WISH,
        ("children", {"class_id": None}, any_pair),
        ("helpers", {"class_id": None, "school_id": None}, any_pair),
    ],
    2: [
        *PERSON,
        *WISH,
        ("children", {"class_id": None}, any_pair),
        ("helpers", {"class_id": None}, any_pair),
    ],
}


@pytest.mark.parametrize(
    ("turn", "table", "facts", "fits"),
    [
        pytest.param(turn, *one, id=f"{turn}-{one[0]}-{'-'.join(one[1])}")
        for turn, some in NEEDED.items()
        for one in some
    ],
)
def test_an_unknown_fact_never_passes_a_rule(turn, table, facts, fits):
    tried = 0
    for seed in instances.EVERY[turn::5]:
        (case,) = instances.solved(seed)
        people = {p[k]: p for k in ("child_id", "helper_id") for p in
                  case.world["children" if k == "child_id" else "helpers"]}  # fmt: skip
        fitting = [(c, h) for c, h in case.plan if fits(case.world, people[c], people[h])]
        if not fitting:
            continue
        who = fitting[0][0 if table == "children" else 1]
        world = {**change(case.world, table, who, **facts), "decisions": []}
        without = instances.solve(world, case.scheme, case.match.scheme)
        assert fitting[0] not in without.plan
        every = pairing.candidates(without.waiting, without.offers, case.scheme, on=world["on"])
        lost = every[(every["child_id"] == who) | (every["helper_id"] == who)]
        if fits is any_pair:  # a wish or a distance is of a pair: others may still fit
            assert lost.empty
        assert fitting[0] not in list(zip(lost["child_id"], lost["helper_id"], strict=True))
        tried += 1
        if tried == 3:
            return
    pytest.fail("too few instances")
