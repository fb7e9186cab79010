"""What a card lacks: the contact card and the five clarities, who is asked for what."""

import time

import pandas as pd
import pytest

from carekit import people, tables
from carekit.people.completeness import CHILD_ITEMS, HELPER_ITEMS

CHILD = {
    "child_id": "C00001",
    "sex": "female",
    "birth_date": pd.Timestamp("2015-03-07"),
    "class_id": "K0001",
    "village_id": "V0001",
    "address": "石桥村1号",
    "parents_away": "both",
    "health": "良好",
    "supervised": "yes",
}
ADULTS = [
    {"role": "father", "name": "李大山", "phone": "10000000001"},
    {"role": "mother", "name": "王小花", "phone": "10000000002"},
    {"role": "guardian", "name": "王秀兰", "relation": "grandparent", "phone": "10000000003"},
]


def missing(child=None, adults=ADULTS):
    children = pd.DataFrame([CHILD | (child or {})])
    guardians = pd.DataFrame([{"child_id": "C00001", **adult} for adult in adults])
    found = people.completeness(children, guardians).iloc[0]
    assert found["complete"] == (found["missing"] == "")
    return [one for one in found["missing"].split(";") if one]


def without(role, *facts):
    """The adults without one, or without facts of one."""
    kept = [a for a in ADULTS if facts or a["role"] != role]
    return [{k: v for k, v in a.items() if a["role"] != role or k not in facts} for a in kept]


def test_a_card_with_everything_is_complete():
    assert missing() == []


@pytest.mark.parametrize(
    ("column", "item"),
    [
        ("sex", "sex"),
        ("birth_date", "birth_date"),
        ("class_id", "class"),
        ("village_id", "village"),
        ("address", "address"),
        ("parents_away", "parents_away"),
        ("health", "health"),
    ],
)
def test_each_fact_of_the_child_is_asked_for(column, item):
    assert missing({column: None}) == [item]


def test_every_item_has_a_heading():
    assert set(CHILD_ITEMS) <= set(tables.sheet_columns("children").index)
    assert set(HELPER_ITEMS) <= set(tables.sheet_columns("helpers").index)


def test_both_parents_and_the_guardian_are_asked_for():
    assert missing(adults=without("father")) == ["father_name", "father_phone"]
    assert missing(adults=without("mother", "phone")) == ["mother_phone"]
    assert missing(adults=without("guardian")) == [
        "guardian_name",
        "guardian_relation",
        "guardian_phone",
    ]
    assert missing(adults=without("guardian", "relation")) == ["guardian_relation"]


def test_a_single_parents_child_needs_one_of_the_two():
    single = {"circumstances": "very_poor;single_parent"}
    assert missing(single, without("father")) == []
    assert missing(single, without("mother")) == []
    assert "father_name" in missing(single, [ADULTS[2]])
    # A parent who is written down is asked for a phone all the same.
    assert missing(single, without("mother", "phone")) == ["mother_phone"]


@pytest.mark.parametrize("circumstance", ["orphan", "abandoned"])
def test_an_orphan_needs_no_parents(circumstance):
    assert missing({"circumstances": circumstance}, [ADULTS[2]]) == []


def test_a_child_nobody_supervises_needs_no_guardian():
    assert missing({"supervised": "no"}, ADULTS[:2]) == []
    assert missing({"supervised": "unknown"}, ADULTS[:2]) != []


def test_several_rows_of_one_role_count_together():
    second = {"role": "father", "phone": "10000000009"}
    assert missing(adults=[*without("father", "phone"), second]) == []


def test_helpers_are_asked_for_what_matching_needs():
    helper = {
        "helper_id": "H00001",
        "kind": "volunteer",
        "sex": "male",
        "birth_date": pd.Timestamp("1990-01-02"),
        "phone": "10000000003",
        "village_id": "V0001",
        "languages": "hakka",
        "free_times": "saturday_morning",
        "places": 2,
    }

    def lacks(**changes):
        return people.helper_completeness(pd.DataFrame([helper | changes]))["missing"].iloc[0]

    assert lacks() == ""
    assert lacks(phone=None, village_id=None) == "phone;village"
    assert lacks(kind="teacher", village_id=None, class_id="K0001") == ""
    assert lacks(kind="peer", phone=None) == ""


def test_a_county_is_judged_at_once():
    count = 12_285
    children = pd.DataFrame([CHILD] * count)
    children["child_id"] = [f"C{n:05d}" for n in range(count)]
    guardians = pd.concat(
        [pd.DataFrame([adult] * count).assign(child_id=children["child_id"]) for adult in ADULTS]
    )
    started = time.process_time()
    found = people.completeness(children, guardians)
    assert time.process_time() - started < 2
    assert found["complete"].all() and found.index.equals(children.index)


def test_no_children_are_no_fault():
    empty = tables.empty("children")
    assert len(people.completeness(empty, tables.empty("guardians"))) == 0
