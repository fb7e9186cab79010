"""Plans tampered with by hand: the check names each broken rule."""

from dataclasses import replace

import pandas as pd
import pytest

from carekit.outings import check, plan
from tests.outings.frames import ON, children, consents, frames, helpers, outing, pairings


@pytest.fixture
def tables():
    return frames(
        children=children(*(f"C{n}" for n in range(1, 7))),
        offers=helpers(*({"helper_id": f"H{n}"} for n in range(1, 5))),
        pairings=pairings(*((f"C{n}", f"H{n}") for n in range(1, 5)), ("C5", "H1"), ("C6", "H4")),
        consents=consents(*((f"C{n}", "given", "2026-03-01") for n in range(1, 6))),
    )


@pytest.fixture
def good(tables):
    result = plan(outing(12), **tables)
    assert result.adults["group"].tolist() == [1, 1, 2, 2]
    return result


def found(tampered, tables):
    return set(check(tampered, **tables)["code"])


def put(frame, column, value, **where):
    ((name, key),) = where.items()
    return frame.assign(**{column: frame[column].mask(frame[name].eq(key), value)})


def test_a_good_plan_has_no_findings(good, tables):
    assert check(good, **tables).empty


def test_too_few_adults(good, tables):
    moved = replace(
        good,
        adults=put(good.adults, "group", 2, helper_id="H1"),
        going=put(good.going, "group", 2, helper_id="H1"),
    )
    finding = check(moved, **tables).iloc[0]
    assert (finding["code"], finding["group"]) == ("too_few_adults", 1)
    assert finding["values"] == {"adults": 1, "needed": 2}


def test_an_adult_who_left_breaks_more_than_one_rule(good, tables):
    gone = replace(good, adults=good.adults[good.adults["helper_id"] != "H1"])
    assert found(gone, tables) == {"too_few_adults", "helper_apart"}


def test_a_helper_counted_twice(good, tables):
    twice = replace(good, adults=pd.concat([good.adults, good.adults.tail(1).assign(group=1)]))
    assert found(twice, tables) == {"adult_twice"}


def test_ratio_broken_when_children_turn_out_younger(good, tables):
    tables["children"]["birth_date"] = pd.Timestamp("2025-06-01")
    assert found(good, tables) == set()  # three to two adults: enough
    crowd = children(*(f"C{n}" for n in range(7, 11)), birth_date=None)
    tables["children"] = pd.concat([tables["children"], crowd])
    tables["pairings"] = pd.concat(
        [tables["pairings"], pairings(*((c, "H1") for c in crowd["child_id"]))]
    )
    more = crowd[["child_id"]].assign(group=1, helper_id="H1", consent="pending")
    crowded = replace(good, outing=outing(14), going=pd.concat([good.going, more]))
    listed = check(crowded, **tables)
    assert set(listed["code"]) == {"ratio_broken"}
    assert listed.iloc[0]["values"] == {"adults": 2, "needed": 3, "children": 7}


def test_places(good, tables):
    small = replace(good, outing=outing(9))
    assert found(small, tables) == {"over_places"}


@pytest.mark.parametrize("state", ["refused", "withdrawn"])
def test_no_consent(good, tables, state):
    tables["consents"] = pd.concat([tables["consents"], consents(("C2", state, "2026-03-09"))])
    assert found(good, tables) == {"no_consent"}


def test_a_consent_shown_as_given_that_is_not(good, tables):
    shown = replace(good, going=put(good.going, "consent", "given", child_id="C6"))
    assert found(shown, tables) == {"consent_wrong"}


def test_a_child_twice(good, tables):
    again = replace(good, going=pd.concat([good.going, good.going.head(1)]))
    assert found(again, tables) == {"child_twice"}
    both = replace(good, not_going=good.going.head(1)[["child_id"]])
    assert found(both, tables) == {"child_twice"}


def test_a_child_in_another_group_than_its_helper(good, tables):
    apart = replace(good, going=put(good.going, "group", 2, child_id="C5"))
    assert found(apart, tables) == {"helper_apart"}


def test_a_child_with_somebody_elses_helper(good, tables):
    swapped = replace(good, going=put(good.going, "helper_id", "H2", child_id="C5"))
    assert found(swapped, tables) == {"helper_apart"}


def test_a_pairing_that_has_ended(good, tables):
    tables["pairings"]["until"] = tables["pairings"]["until"].mask(
        tables["pairings"]["child_id"].eq("C3"), pd.Timestamp(ON)
    )
    assert found(good, tables) == {"helper_apart"}


@pytest.mark.parametrize("ready", [False, pd.NA])
def test_a_helper_who_is_not_ready(good, tables, ready):
    tables["offers"] = put(tables["offers"], "ready", ready, helper_id="H3")
    assert found(good, tables) == {"not_ready", "too_few_adults"}


@pytest.mark.parametrize("born", ["2008-04-13", None, "2027-01-01"])
def test_a_helper_under_age(good, tables, born):
    birth = pd.Timestamp(born) if born else pd.NaT
    tables["offers"] = put(tables["offers"], "birth_date", birth, helper_id="H3")
    assert found(good, tables) == {"adult_under_age", "too_few_adults"}


def test_a_child_left_over(good, tables):
    forgotten = replace(good, going=good.going[good.going["child_id"] != "C5"])
    assert found(forgotten, tables) == {"left_over"}
    tables["children"] = pd.concat([tables["children"], children("C9")])
    assert found(good, tables) == {"left_over"}


def test_a_child_without_an_open_file(good, tables):
    tables["children"]["closed_on"] = tables["children"]["closed_on"].mask(
        tables["children"]["child_id"].eq("C5"), pd.Timestamp(ON)
    )
    assert found(good, tables) == {"not_open"}


def test_people_without_a_group_are_a_group_of_their_own(good, tables):
    lost = replace(
        good,
        going=put(good.going, "group", pd.NA, helper_id="H1"),
        adults=put(good.adults, "group", pd.NA, helper_id="H1"),
    )
    listed = check(lost, **tables)
    assert set(listed["code"]) == {"too_few_adults"}
    assert 0 in listed["group"].tolist()
