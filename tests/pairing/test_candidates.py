"""The index finds what the rules let through: compared with every pair there is."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from carekit import pairing
from carekit.errors import BadInput
from carekit.pairing.candidates import candidates
from carekit.pairing.facts import child_facts, helper_facts, pair_facts, shared_places

from .frames import DAY, child, children, enrol, helper, helpers, teacher, town


def every_pair(
    waiting: pd.DataFrame, offers: pd.DataFrame, scheme: pairing.Scheme = pairing.VOLUNTEER
) -> set[tuple[str, str]]:
    kids, adults = shared_places(child_facts(waiting), helper_facts(offers, DAY))
    i, j = (a.ravel() for a in np.indices((len(kids), len(adults))))
    pairs = pair_facts(kids, adults, i, j, scheme.every_rule)
    for name in ("helper_kind", "open", "ready", "helper_age", "places_left"):
        pairs[name] = adults[name].array.take(j)
    fits = np.ones(len(pairs), dtype=bool)
    for name in scheme.every_rule:
        fits &= pairing.RULES[name](pairs, scheme).fillna(False).to_numpy(dtype=bool)
    return set(zip(kids["child_id"][i[fits]], adults["helper_id"][j[fits]], strict=True))


@pytest.mark.parametrize("seed", range(30))
def test_nothing_is_missed_and_no_pair_comes_twice(seed: int) -> None:
    waiting, offers = town(seed, n=25, h=20)
    found = candidates(waiting, offers, pairing.VOLUNTEER, on=DAY)
    names = list(zip(found["child_id"], found["helper_id"], strict=True))
    assert set(names) == every_pair(waiting, offers)
    assert names == sorted(names) and len(set(names)) == len(names)


WIDE = dataclasses.replace(pairing.VOLUNTEER, kinds=("volunteer", "caring_parent", "teacher"))
OF_SCHOOL = dataclasses.replace(WIDE, rules=("ready", "adult", "same_school"))
RULES = [
    ("near_class",),
    ("same_school", "wish"),
    ("reach",),
    ("same_school", "reach"),
    ("near_class", "reach", "language"),
]


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("seed", range(8))
def test_whatever_says_how_far_to_look_nothing_is_missed(seed: int, rules: tuple) -> None:
    waiting, offers = enrol(seed, *town(seed, n=25, h=20))
    scheme = dataclasses.replace(WIDE, rules=("ready", "adult", *rules))
    found = candidates(waiting, offers, scheme, on=DAY)
    names = list(zip(found["child_id"], found["helper_id"], strict=True))
    assert set(names) == every_pair(waiting, offers, scheme) and names
    assert names == sorted(names) and len(set(names)) == len(names)


@pytest.mark.parametrize("seed", range(8))
def test_in_a_school_the_kilometres_do_not_matter_but_are_told(seed: int) -> None:
    waiting, offers = enrol(seed, *town(seed, n=25, h=20))
    near = candidates(waiting, offers, OF_SCHOOL, on=DAY)
    no_one_goes_far = candidates(waiting, offers.assign(reach_km=None), OF_SCHOOL, on=DAY)
    pd.testing.assert_frame_equal(near, no_one_goes_far)
    assert (near["km"] > 0).any()


def test_the_own_class_costs_nothing_and_an_unknown_class_is_another_one() -> None:
    waiting = children(child(1), child(2, class_id=None))
    offers = helpers(teacher(1, class_id="K0001"), teacher(2, class_id="K0002"), teacher(3))
    found = candidates(waiting, offers, pairing.TEACHER, on=DAY)
    assert found["other_class"].tolist() == [False, True, True, True, True, True]
    points = pairing.price(found, pairing.Weights(distance=0, other_class=7))["cost"]
    assert points.tolist() == [0, 7, 7, 7, 7, 7]


def test_across_the_date_line_and_to_the_other_side_of_the_earth() -> None:
    waiting = children(child(1, longitude=179.999, latitude=0.0))
    offers = helpers(
        helper(1, longitude=-179.999, latitude=0.0, reach_km=1),
        helper(2, longitude=0.0, latitude=0.0, reach_km=30_000),
        helper(3, longitude=0.0, latitude=0.0, reach_km=10_000),
    )
    found = candidates(waiting, offers, pairing.VOLUNTEER, on=DAY)
    assert found["helper_id"].tolist() == ["H00001", "H00002"]
    assert found["km"].round(2).tolist() == [0.22, 20015.0]


def test_points_of_each_reason() -> None:
    waiting = children(
        child(1, needs="chinese;english;sports;safety", last_helper_id="H00002"),
        child(2, last_helper_id="H00001"),
    )
    offers = helpers(helper(1, subjects="english;sports"))
    found = pairing.price(
        candidates(waiting, offers, pairing.VOLUNTEER, on=DAY),
        pairing.Weights(distance=10, subject=7, need=5, continuity=3),
    )
    reasons = ["distance", "subject", "need", "continuity", "cost"]
    assert found[reasons].to_numpy().tolist() == [[10, 7, 5, 3, 25], [10, 0, 0, 0, 10]]


def test_halves_of_points_go_to_the_even_one() -> None:
    pairs = pd.DataFrame(
        {
            "km": [0.5, 1.5, 2.5],
            "missing_subjects": 0,
            "missing_needs": 0,
            "change": False,
            "other_class": False,
        }
    )
    assert pairing.price(pairs, pairing.Weights(distance=1))["distance"].tolist() == [0, 2, 2]


@pytest.mark.parametrize("weight", [-1, 0.5, 2_000_000])
def test_weights_that_are_no_whole_points_are_refused(weight: float) -> None:
    with pytest.raises(BadInput, match="weight_wrong"):
        pairing.Weights(subject=weight)  # type: ignore[arg-type]


def test_the_same_child_or_helper_twice_is_refused() -> None:
    with pytest.raises(BadInput, match="ids_repeated"):
        candidates(children(child(1), child(1)), helpers(), pairing.VOLUNTEER, on=DAY)
    with pytest.raises(BadInput, match="ids_repeated"):
        candidates(children(), helpers(helper(1), helper(1)), pairing.VOLUNTEER, on=DAY)


def test_coordinates_come_from_the_village() -> None:
    villages = pd.DataFrame(
        {"village_id": ["V0001"], "name": ["Pine"], "longitude": [106.5], "latitude": [27.1]}
    )
    some = pd.DataFrame({"child_id": ["C1", "C2", "C3"], "village_id": ["V0009", "V0001", None]})
    there = pairing.located(some.set_axis([7, 7, 8]), villages)
    assert there["latitude"].isna().tolist() == [True, False, True]
    assert there["village"].tolist()[1] == "Pine"
    assert there.index.tolist() == [7, 7, 8]
