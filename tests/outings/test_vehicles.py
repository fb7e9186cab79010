"""Vehicles: seats as typed, whole groups in one vehicle, and the check on both."""

from dataclasses import replace

import pandas as pd
import pytest

from carekit.errors import BadInput
from carekit.outings import Outing, check, from_row, move_group, plan, seats, verdict
from carekit.outings.vehicles import room
from tests.outings.frames import ON, frames, random
from tests.outings.frames import children as some_children
from tests.outings.frames import consents as some_consents
from tests.outings.frames import helpers as some_helpers
from tests.outings.frames import pairings as some_pairings


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        *[("33, 19", (33, 19)), ("33，19", (33, 19)), ("45+45", (45, 45)), ("19", (19,))],
        *[("33；19、8", (33, 19, 8)), ("  ", ()), ("", ()), (None, ()), (pd.NA, ())],
    ],
)
def test_seats_as_people_type_them(typed, found):
    assert seats(typed) == found


@pytest.mark.parametrize("typed", ["many", "33, x", "2", "33, 0", "-5", "4.5", "99999", "3 " * 101])
def test_seats_that_are_none(typed):
    with pytest.raises(BadInput) as refused:
        seats(typed)
    assert refused.value.code == "vehicle_seats_wrong"


@pytest.mark.parametrize("vehicles", [(True,), (4.5,), (2,), ("33",)])
def test_an_outing_with_vehicles_nobody_can_ride_in(vehicles):
    with pytest.raises(BadInput) as refused:
        Outing("Garden", on=ON, places=44, vehicles=vehicles)
    assert refused.value.code == "vehicle_seats_wrong"


def test_an_outing_from_its_row():
    row = {"outing_id": "O0001", "title": "Garden", "day": pd.Timestamp(ON), "places": 44}
    row |= {"destination": pd.NA, "vehicle_seats": "33, 19", "starts": "08:00", "ends": pd.NA}
    outing = from_row(row)
    assert (outing.vehicles, outing.starts, outing.ends) == ((33, 19), "08:00", None)


@pytest.mark.parametrize(
    ("vehicles", "people", "first"),
    [((33, 19), 44, 28), ((33, 19), 33, 33), ((33, 19), 60, 33), ((10, 10, 10), 12, 6)],
)
def test_as_few_vehicles_as_hold_everybody_are_filled_evenly(vehicles, people, first):
    assert room(vehicles, people) == first


@pytest.mark.parametrize("vehicles", [(8, 8), (6, 6, 6), (20, 5), (5, 5, 5, 5), (44,)])
@pytest.mark.parametrize("seed", range(15))
def test_random_outings_keep_groups_whole_and_seats(seed, vehicles):
    given, tables = random(seed)
    outing = replace(given, vehicles=vehicles)
    made = plan(outing, **tables)
    assert check(made, **tables).empty
    riders = pd.concat([made.going[["group", "vehicle"]], made.adults[["group", "vehicle"]]])
    assert (riders.groupby("group")["vehicle"].nunique() <= 1).all()
    for number, people in riders["vehicle"].value_counts().items():
        assert people <= vehicles[number - 1]
    assert (made.adults.groupby("vehicle").size() >= 2).all()
    closed = tables["children"]["closed_on"].le(pd.Timestamp(given.on))
    assert len(made.going) + len(made.not_going) == (~closed).sum()


@pytest.fixture
def tables():
    ids = [f"C{n}" for n in range(1, 9)]
    return frames(
        children=some_children(*ids),
        offers=some_helpers(*({"helper_id": f"H{n}"} for n in range(1, 9))),
        pairings=some_pairings(*((f"C{n}", f"H{n}") for n in range(1, 9))),
        consents=some_consents(*((child, "given", "2026-03-01") for child in ids)),
    )


@pytest.fixture
def good(tables):
    outing = Outing("Garden", on=ON, places=16, outing_id="O0001", vehicles=(8, 8))
    made = plan(outing, **tables)
    assert made.adults.groupby("vehicle").size().to_dict() == {1: 4, 2: 4}
    return made


def found(tampered, tables):
    return set(check(tampered, **tables)["code"])


def test_everybody_fits_although_one_vehicle_would_not_do(good, tables):
    assert len(good.going) == 8
    assert check(good, **tables).empty


def test_over_seats(good, tables):
    listed = check(move_group(good, 3, 1), **tables)
    assert listed["code"].tolist() == ["over_seats"]
    assert (listed["vehicle"][0], listed["values"][0]) == (1, {"people": 12, "seats": 8})


def test_a_group_split_between_vehicles(good, tables):
    going = good.going.assign(vehicle=good.going["vehicle"].mask(good.going["child_id"] == "C1", 2))
    roomy = replace(good.outing, vehicles=(8, 12))
    listed = check(replace(good, outing=roomy, going=going), **tables)
    assert listed["code"].tolist() == ["group_split"]
    assert (listed["group"][0], listed["values"][0]) == (1, {"vehicles": [1, 2]})


def test_a_vehicle_that_is_not_there_or_not_said(good, tables):
    fewer = replace(good, outing=replace(good.outing, vehicles=(16,)))
    assert found(fewer, tables) == {"vehicle_unknown"}
    lost = replace(
        good,
        going=good.going.assign(vehicle=pd.NA),
        adults=good.adults.assign(vehicle=pd.NA),
    )
    assert found(lost, tables) == {"vehicle_unknown"}


def test_two_adults_in_every_vehicle(good, tables):
    alone = good.adults["helper_id"].isin(["H1", "H2", "H3"])
    moved = replace(
        good,
        adults=good.adults.assign(vehicle=good.adults["vehicle"].mask(alone, 2)),
    )
    assert {"vehicle_too_few_adults", "group_split"} <= found(moved, tables)


def test_a_verdict_lists_every_rule_once(good, tables):
    rules = verdict(check(move_group(good, 3, 1), **tables))
    assert rules["code"].is_unique
    assert rules.loc[~rules["holds"], "code"].tolist() == ["over_seats"]
    assert set(check(move_group(good, 3, 1), **tables)["code"]) <= set(rules["code"])
    assert verdict(check(good, **tables))["holds"].all()
