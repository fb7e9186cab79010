"""Schemes as data: those shipped, those a branch writes, and what each of their rules decides."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from carekit import pairing
from carekit.errors import BadInput
from carekit.pairing import ONE_TO_ONE, PEER, TEACHER, VOLUNTEER, Scheme, Weights

from .frames import DAY, child, children, helper, helpers, peer, teacher

FREE = Weights(0, 0, 0, 0, 0, 0, 0)
OTHER_DAY = pd.Timestamp("2026-03-03")


def proposed(
    kids: list[dict[str, Any]], adults: list[dict[str, Any]], scheme: Scheme, **more: Any
) -> pairing.Proposal:
    waiting, offers = children(*kids), helpers(*adults)
    proposal = pairing.propose(waiting, offers, scheme, on=DAY, **more)
    assert proposal.certificate.gap == 0
    assert pairing.verify(proposal, waiting, offers).empty
    return proposal


def reason(scheme: Scheme, of_child: dict[str, Any], the_helper: dict[str, Any]) -> str:
    proposal = proposed([child(1, **of_child)], [the_helper], scheme)
    return "paired" if proposal.unmatched.empty else str(proposal.unmatched["code"].iloc[0])


def pairs(proposal: pairing.Proposal) -> dict[str, str]:
    return dict(zip(proposal.pairs["child_id"], proposal.pairs["helper_id"], strict=True))


# -- the schemes of the field documents ------------------------------------------------------------


def test_loads_and_kinds_of_the_shipped_schemes() -> None:
    loads = {code: (one.least, one.most) for code, one in pairing.SCHEMES.items()}
    assert loads["volunteer"] == (1, 2) and loads["teacher"] == (2, 3) and loads["peer"] == (1, 1)
    assert set(VOLUNTEER.kinds) == {"volunteer", "caring_parent"}
    assert (TEACHER.kinds, PEER.kinds) == (("teacher",), ("peer",))
    assert ONE_TO_ONE.parts == ("teacher", "peer")


@pytest.mark.parametrize(
    ("code", "of_child", "of_helper"),
    [
        ("paired", {}, {}),
        ("paired", {"village_id": None, "longitude": None}, {"reach_km": None}),  # no distance
        ("paired", {"languages": None, "free_times": None}, {"languages": "gan"}),
        ("no_kind", {}, {"kind": "volunteer"}),
        ("no_open", {}, {"closed_on": pd.Timestamp(DAY), "ready": True}),
        ("no_ready", {}, {"ready": False}),
        ("readiness_unknown", {}, {"ready": None}),
        ("age_unknown", {}, {"birth_date": None}),
        ("no_place", {}, {"places_left": 0}),
        ("no_same_school", {}, {"school_id": "S002"}),
        ("school_unknown", {}, {"school_id": None}),
        ("school_unknown", {"school_id": None}, {}),
        ("no_wish", {"wish_sex": "male"}, {}),
        ("sex_unknown", {"wish_sex": "male"}, {"sex": None}),
    ],
)
def test_what_decides_for_a_teacher(code: str, of_child: dict, of_helper: dict) -> None:
    assert reason(TEACHER, of_child, teacher(1, **of_helper)) == code


@pytest.mark.parametrize(
    ("code", "of_child", "of_helper"),
    [
        ("paired", {}, {}),
        ("paired", {}, {"class_id": None}),  # the grade is what is asked
        ("paired", {}, {"closed_on": OTHER_DAY}),
        ("no_kind", {}, {"kind": "teacher"}),
        ("no_open", {}, {"closed_on": pd.Timestamp(DAY)}),
        ("no_place", {}, {"places_left": 0}),
        ("places_unknown", {}, {"places_left": None}),
        ("no_near_class", {}, {"grade": 4}),
        ("no_near_class", {}, {"school_id": "S002"}),
        ("no_near_class", {"grade": None}, {"school_id": "S002"}),  # whatever the grade is
        ("class_unknown", {"grade": None}, {}),
        ("class_unknown", {}, {"grade": None}),
        ("class_unknown", {}, {"school_id": None}),
        ("no_wish", {"wish_sex": "male"}, {}),
    ],
)
def test_what_decides_for_a_pupil(code: str, of_child: dict, of_helper: dict) -> None:
    assert reason(PEER, of_child, peer(1, **of_helper)) == code


def test_without_a_frame_that_says_it_every_file_is_open() -> None:
    waiting, offers = children(child(1)), helpers(peer(1)).drop(columns="closed_on")
    assert len(pairing.propose(waiting, offers, PEER, on=DAY).pairs) == 1


def test_the_class_teacher_comes_first_and_a_pupil_of_the_class() -> None:
    for scheme, other, own in ((TEACHER, teacher(1), teacher(2)), (PEER, peer(1), peer(2))):
        mine = {**own, "class_id": "K0001"}
        proposal = proposed([child(1)], [other, mine], scheme)
        assert pairs(proposal) == {"C00001": "H00002"}
        assert proposal.pairs["other_class"].tolist() == [0]
        alone = proposed([child(1)], [other], scheme).pairs
        assert alone["other_class"].tolist() == [scheme.weights.other_class] and (
            scheme.weights.other_class > 0
        )


def test_a_child_nobody_supervises_comes_before_an_orphan() -> None:
    orphan, alone, both = (
        child(number, tier=1, reasons=reasons)
        for number, reasons in ((1, "orphan"), (2, "nobody_supervising"), (3, None))
    )
    assert pairs(proposed([orphan, alone], [teacher(1)], TEACHER)) == {"C00002": "H00001"}
    # Nor do two orphans go before: rank comes first, then how many.
    many = [orphan, alone, {**both, "reasons": "orphan"}]
    near = [teacher(1, places_left=1)]
    assert pairs(proposed(many, near, TEACHER)) == {"C00002": "H00001"}
    # Among several reasons one is enough; in the scheme for volunteers both are of tier 1.
    two = {**orphan, "reasons": "orphan;nobody_supervising"}
    assert set(pairs(proposed([{**alone, "reasons": "orphan"}, two], near, TEACHER))) == {"C00001"}
    dear = {**alone, "needs": "english"}
    served = pairs(proposed([orphan, dear], [helper(1)], VOLUNTEER))
    assert set(served) == {"C00001"}


# -- loads -----------------------------------------------------------------------------------------


def test_each_further_child_of_a_helper_costs_more() -> None:
    kids = [child(number) for number in range(1, 5)]
    near, far = helper(1, places_left=4, latitude=27.1), helper(2, places_left=4)  # 1 km away
    scheme = replace(VOLUNTEER, most=4, weights=replace(FREE, distance=30))
    assert set(pairs(proposed(kids, [near, far], scheme)).values()) == {"H00001"}
    for step, expected in ((10, [1, 3]), (100, [2, 2])):
        weights = replace(FREE, distance=30, balance=step)
        proposal = proposed(kids, [near, far], scheme, weights=weights)
        loads = proposal.pairs["helper_id"].value_counts()
        assert sorted(loads) == expected
        told = [step * k * (k - 1) // 2 for k in loads]
        assert proposal.pairs["balance"].sum() == sum(told)


def test_children_a_helper_has_already_count() -> None:
    weights = replace(FREE, balance=50)
    busy, idle = helper(1, places_left=1, has=1, latitude=27.1), helper(2)
    scheme = replace(VOLUNTEER, weights=weights)
    assert pairs(proposed([child(1)], [busy, idle], scheme)) == {"C00001": "H00002"}
    alone = proposed([child(1)], [busy], scheme)
    assert alone.pairs["balance"].tolist() == [50]


def test_a_load_below_the_minimum_costs_points_and_never_a_child() -> None:
    weights = replace(FREE, distance=30, minimum=300)
    scheme = replace(VOLUNTEER, least=2, most=3, weights=weights)
    first, second = helper(1, places_left=3, latitude=27.1), helper(2, places_left=3)
    kids = [child(number) for number in range(1, 5)]
    # Three with the nearer one would leave the other with one, below the minimum.
    proposal = proposed(kids, [first, second], scheme)
    assert sorted(proposal.pairs["helper_id"]) == ["H00001", "H00001", "H00002", "H00002"]
    assert proposal.pairs["minimum"].sum() == 0
    # A third child of one is dearer by the place the other lacks, however far away.
    three = proposed(kids[:3], [first, second], scheme)
    assert sorted(three.pairs["helper_id"].value_counts()) == [1, 2]
    # Where only one may take them, all three are served all the same.
    lone = proposed(kids[:3], [first], scheme)
    assert len(lone.pairs) == 3 and lone.pairs["minimum"].sum() == 300


def test_the_most_is_hard() -> None:
    kids = [child(number) for number in range(1, 6)]
    assert len(proposed(kids, [teacher(1, places_left=3)], TEACHER).pairs) == 3
    tables_ = {"helper_id": ["H00001"], "places": [9], "ready": [True]}
    none = pd.DataFrame(columns=["scheme", "child_id", "helper_id", "since", "until"])
    for scheme, most in ((VOLUNTEER, 2), (TEACHER, 3), (PEER, 1)):
        offer = pairing.offers(pd.DataFrame(tables_), none, scheme, on=DAY)
        assert offer["places_left"].tolist() == [most]


def test_a_pupil_who_is_not_ready_has_the_places_offered() -> None:
    none = pd.DataFrame(columns=["scheme", "child_id", "helper_id", "since", "until"])
    unready = pd.DataFrame({"helper_id": ["H00001"], "places": [1], "ready": [False]})
    assert pairing.offers(unready, none, PEER, on=DAY)["places_left"].tolist() == [1]
    assert pairing.offers(unready, none, TEACHER, on=DAY)["places_left"].tolist() == [0]


def test_a_scheme_of_two_parts_is_no_match_of_its_own() -> None:
    with pytest.raises(BadInput, match="scheme_has_parts"):
        pairing.propose(children(child(1)), helpers(helper(1)), ONE_TO_ONE, on=DAY)


# -- a scheme of the branch's own ------------------------------------------------------------------

FILE = """
code = "official"
kinds = ["official"]
least = 1
most = 3
rules = ["ready", "adult", "same_school"]
first = ["orphan"]
[weights]
other_class = 7
"""


def test_a_file_of_the_branch_works_without_reach() -> None:
    scheme = pairing.read_scheme(FILE)
    assert (scheme.code, scheme.least, scheme.most, scheme.first) == ("official", 1, 3, ("orphan",))
    assert scheme.weights == replace(FREE, other_class=7)
    far = helper(1, kind="official", latitude=50.0, reach_km=0, languages="gan")
    assert pairs(proposed([child(1, languages="hakka")], [far], scheme)) == {"C00001": "H00001"}
    assert reason(scheme, {}, {**far, "school_id": "S002"}) == "no_same_school"


def test_what_is_left_out() -> None:
    scheme = pairing.read_scheme('code = "peer"\nkinds = ["peer"]\nrules = ["reach"]')
    assert (scheme.least, scheme.most, scheme.first, scheme.weights) == (0, 1, (), FREE)


FAULTS = [
    ("code", "code = ", "", "not_toml"),
    ('code = "official"', "", "code", "missing"),
    ('code = "official"', "code = 3", "code", "unknown"),
    ('code = "official"', 'code = "friends"', "code", "unknown"),
    ('kinds = ["official"]', "", "kinds", "missing"),
    ('kinds = ["official"]', "kinds = []", "kinds", "missing"),
    ('kinds = ["official"]', 'kinds = "official"', "kinds", "unknown"),
    ('kinds = ["official"]', 'kinds = ["uncle"]', "kinds", "unknown"),
    ('kinds = ["official"]', "kinds = [1]", "kinds", "unknown"),
    ("most = 3", "most = 0", "most", "too_small"),
    ("least = 1", "least = 4", "most", "too_small"),
    ("most = 3", "most = -1", "most", "not_whole"),
    ("most = 3", "most = 2.5", "most", "not_whole"),
    ("most = 3", "most = true", "most", "not_whole"),
    ("least = 1", 'least = "1"', "least", "not_whole"),
    ('"same_school"', '"zodiac"', "rules", "unknown"),
    ('"same_school"', '"place"', "rules", "unknown"),  # nobody escapes it: not a choice
    ('"ready", ', "", "rules", "rule_missing"),
    ('"adult", ', "", "rules", "rule_missing"),
    (', "same_school"', "", "rules", "rule_missing"),
    ('"orphan"', '"tall"', "first", "unknown"),
    ("other_class = 7", "beauty = 7", "weights", "unknown"),
    ("other_class = 7", "other_class = 7.5", "weights.other_class", "not_whole"),
    ("other_class = 7", "other_class = -7", "weights.other_class", "not_whole"),
    ("[weights]\nother_class = 7", "weights = 7", "weights", "unknown"),
    ("least = 1", "least = 1\ncolour = 1", "colour", "unknown"),
    ("least = 1", 'least = 1\nparts = ["peer"]', "kinds", "parts_only"),
]


@pytest.mark.parametrize(("old", "new", "field", "fault"), FAULTS)
def test_each_fault_of_a_file_is_named(old: str, new: str, field: str, fault: str) -> None:
    assert old in FILE
    with pytest.raises(BadInput, match="scheme_wrong") as caught:
        pairing.read_scheme(FILE.replace(old, new, 1))
    assert (caught.value.values["field"], caught.value.values["fault"]) == (field, fault)


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ("[]", "missing"),
        ('["one_to_one"]', "parts_only"),
        ('["peer", "peer"]', "parts_only"),
        ('["friends"]', "unknown"),
    ],
)
def test_each_fault_of_parts_is_named(parts: str, fault: str) -> None:
    with pytest.raises(BadInput, match="scheme_wrong") as caught:
        pairing.read_scheme(f'code = "one_to_one"\nparts = {parts}')
    assert caught.value.values["fault"] == fault


def test_a_scheme_of_the_branch_takes_the_place_of_the_shipped_one() -> None:
    own = 'code = "teacher"\nkinds = ["teacher"]\nrules = ["ready", "adult", "reach"]'
    settings = pd.DataFrame(
        {"setting_id": ["scheme/teacher", "practice_day"], "value": [own, DAY]}, dtype="string"
    )
    found = pairing.kept_schemes(settings)
    assert set(found) == set(pairing.SCHEMES) and found["teacher"].most == 1
    assert found["volunteer"] is VOLUNTEER
    assert pairing.kept_schemes(settings.iloc[:0]) == dict(pairing.SCHEMES)
