"""One small fact a hard rule: it alone forbids the pair, or its unknown does."""

from typing import Any

import pandas as pd
import pytest

from carekit import pairing

from .frames import DAY, child, children, helper, helpers


def reason(the_child: dict[str, Any], the_helper: dict[str, Any]) -> str:
    waiting, offers = children(the_child), helpers(the_helper)
    proposal = pairing.propose(waiting, offers, pairing.VOLUNTEER, on=DAY)
    assert len(proposal.pairs) + len(proposal.unmatched) == 1
    return "paired" if proposal.unmatched.empty else proposal.unmatched["code"].iloc[0]


def test_a_pair_of_which_everything_fits() -> None:
    assert reason(child(1), helper(1)) == "paired"


@pytest.mark.parametrize(
    ("code", "of_child", "of_helper"),
    [
        ("no_kind", {}, {"kind": "teacher"}),
        ("no_open", {}, {"closed_on": pd.Timestamp(DAY)}),
        ("no_ready", {}, {"ready": False}),
        ("no_adult", {}, {"birth_date": pd.Timestamp("2008-03-03")}),
        ("no_place", {}, {"places_left": 0}),
        ("no_language", {}, {"languages": "gan;mandarin"}),
        ("no_free_time", {}, {"free_times": "weekday_evening"}),
        ("no_wish", {"wish_sex": "male"}, {}),
        ("no_reach", {}, {"latitude": 27.1 + 5.01 / 111.195}),
        ("kind_unknown", {}, {"kind": None}),
        ("readiness_unknown", {}, {"ready": None}),
        ("age_unknown", {}, {"birth_date": None}),
        ("places_unknown", {}, {"places_left": None}),
        ("languages_unknown", {}, {"languages": None}),
        ("languages_unknown", {"languages": None}, {}),
        ("free_times_unknown", {}, {"free_times": None}),
        ("free_times_unknown", {"free_times": None}, {}),
        ("sex_unknown", {"wish_sex": "male"}, {"sex": None}),
        ("distance_unknown", {}, {"latitude": None}),
        ("distance_unknown", {"longitude": None}, {}),
        ("distance_unknown", {"longitude": None, "village_id": None}, {"village_id": None}),
        ("reach_unknown", {}, {"reach_km": None}),
    ],
)
def test_what_alone_forbids(code: str, of_child: dict, of_helper: dict) -> None:
    assert reason(child(1, **of_child), helper(1, **of_helper)) == code


@pytest.mark.parametrize(
    ("of_child", "of_helper"),
    [
        ({}, {"kind": "caring_parent"}),
        ({}, {"closed_on": pd.Timestamp("2026-03-03")}),
        ({"school_id": None, "class_id": None, "grade": None}, {"school_id": None}),
        ({}, {"birth_date": pd.Timestamp("2008-03-02")}),
        ({}, {"languages": "gan;hakka"}),
        ({"free_times": "weekday_evening;saturday_morning"}, {}),
        ({"wish_sex": "female"}, {}),
        ({}, {"sex": None}),
        ({}, {"latitude": 27.1 + 4.99 / 111.195}),
        ({"latitude": None}, {"village_id": "V0001"}),
        ({}, {"village_id": "V0001", "latitude": 28.0}),
        ({}, {"village_id": "V0001", "reach_km": None}),
        ({"needs": None, "last_helper_id": "H00009"}, {"subjects": None}),
    ],
)
def test_what_does_not_forbid(of_child: dict, of_helper: dict) -> None:
    assert reason(child(1, **of_child), helper(1, **of_helper)) == "paired"


def test_nobody_at_all() -> None:
    proposal = pairing.propose(children(child(1)), helpers(), pairing.VOLUNTEER, on=DAY)
    assert proposal.unmatched["code"].tolist() == ["no_helper"]


def test_a_column_that_is_not_there_is_unknown() -> None:
    waiting = children(child(1)).drop(columns=["longitude", "latitude"])
    offers = helpers(helper(1), helper(2, village_id="V0001"))
    proposal = pairing.propose(waiting, offers, pairing.VOLUNTEER, on=DAY)
    assert proposal.pairs[["helper_id", "km"]].to_numpy().tolist() == [["H00002", 0.0]]


def test_rules_may_be_asked_one_by_one() -> None:
    assert list(pairing.RULES) == [
        "kind",
        "open",
        "ready",
        "adult",
        "place",
        "language",
        "free_time",
        "wish",
        "same_school",
        "near_class",
        "reach",
    ]


ALWAYS = {"kind", "open", "place"}
ASKED = {
    "volunteer": {"ready", "adult", "language", "free_time", "wish", "reach"},
    "teacher": {"ready", "adult", "wish", "same_school"},
    "peer": {"wish", "near_class"},
}


@pytest.mark.parametrize("code", ASKED)
def test_which_rules_a_scheme_asks(code: str) -> None:
    scheme = pairing.SCHEMES[code]
    assert set(scheme.every_rule) == ALWAYS | ASKED[code]
    order = list(pairing.RULES)
    asked = [*pairing.rules.helper_rules(scheme), *pairing.rules.pair_rules(scheme)]
    assert asked == sorted(asked, key=order.index) and set(asked) == set(scheme.every_rule)
