"""What a rule costs is what a match without it would change."""

from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from carekit import pairing
from carekit.errors import BadInput
from carekit.pairing import rules

from .asked import EVEN, by_tier, points, school
from .frames import DAY, child, children, helper, helpers, town

KINDS = [
    (town, pairing.VOLUNTEER, None),
    (town, pairing.VOLUNTEER, EVEN),
    (school, pairing.TEACHER, None),
    (school, pairing.PEER, None),
]


@pytest.mark.parametrize(("make", "scheme", "weights"), KINDS)
def test_a_rule_costs_what_a_match_without_it_changes(make, scheme, weights) -> None:
    more = 0
    for seed in range(3):
        waiting, offers = make(seed)
        if "km" not in waiting:  # with known distances only, as without `reach` they must be
            known = waiting["longitude"].notna()
            waiting = waiting[known]
            offers = offers[offers["longitude"].notna()]
        told = pairing.rule_costs(waiting, offers, scheme, weights, on=DAY).set_index("rule")
        assert list(told.index) == list(rules.pair_rules(scheme))
        before = pairing.propose(waiting, offers, scheme, weights, on=DAY)
        for rule in told.index:
            after = without(rule, waiting, offers, scheme, weights)
            tiers = np.subtract(by_tier(after), by_tier(before)).tolist()
            expected = [*tiers, points(after) - points(before)]
            assert told.loc[rule, ["tier1", "tier2", "tier3", "points"]].tolist() == expected
            more += any(expected)
    assert more > 0


def without(rule, waiting, offers, scheme, weights):
    """The match in which a rule passes everybody: facts that any pair shares."""
    same = {
        "language": {"languages": "hakka"},
        "free_time": {"free_times": "sunday_morning"},
        "wish": {"wish_sex": None},
        "same_school": {"school_id": "S001"},
        "near_class": {"school_id": "S001", "grade": 1},
        "reach": {"reach_km": 40_000},
    }[rule]
    return pairing.propose(waiting.assign(**same), offers.assign(**same), scheme, weights, on=DAY)


def test_a_rule_is_switched_off_for_those_named_only() -> None:
    waiting = children(child(1), child(2), child(3))
    offers = helpers(*(helper(n, languages="gan") for n in (1, 2, 3)))
    told = pairing.rule_costs(
        waiting, offers, pairing.VOLUNTEER, on=DAY, children=["C00001", "C00003"]
    )
    assert told.set_index("rule")["tier3"].to_dict() == {
        "language": 2,
        "free_time": 0,
        "wish": 0,
        "reach": 0,
    }


def test_too_many_are_refused_and_a_few_of_many_are_not(monkeypatch) -> None:
    waiting, offers = children(child(1), child(2)), helpers(helper(1), helper(2))
    # The name in the room is the function; its module is behind it.
    monkeypatch.setattr(import_module("carekit.pairing.rule_costs"), "MOST_PAIRS", 3)
    with pytest.raises(BadInput, match="rule_cost_too_big"):
        pairing.rule_costs(waiting, offers, pairing.VOLUNTEER, on=DAY)
    few = pairing.rule_costs(waiting, offers, pairing.VOLUNTEER, on=DAY, children=["C00001"])
    assert len(few) == 4


def test_a_forbidden_pair_stays_forbidden() -> None:
    waiting, offers = children(child(1)), helpers(helper(1, languages="gan"))
    said = pd.DataFrame(
        {"child_id": ["C00001"], "helper_id": ["H00001"], "verdict": ["forbid"]}
    ).astype("string")
    told = pairing.rule_costs(waiting, offers, pairing.VOLUNTEER, on=DAY, decisions=said)
    assert told["tier3"].sum() == 0
