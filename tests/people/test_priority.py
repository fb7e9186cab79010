import pandas as pd
import pytest

from carekit import people, tables


def child(**facts):
    return tables.typed("children", pd.DataFrame([{"name": "甲", **facts}]))


def test_every_circumstance_of_the_dictionary_has_a_tier():
    named = {code for codes in people.TIERS.values() for code in codes}
    assert named - {"nobody_supervising"} == set(tables.choices("circumstance").index)


@pytest.mark.parametrize(
    ("facts", "tier", "reasons"),
    [
        ({}, 3, ""),
        ({"supervised": "unknown"}, 3, ""),
        ({"supervised": "yes"}, 3, ""),
        ({"supervised": "no"}, 1, "nobody_supervising"),
        ({"circumstances": "orphan"}, 1, "orphan"),
        ({"circumstances": "single_parent;weak_study"}, 2, "weak_study;single_parent"),
        (
            {"circumstances": "guardian_old_or_ill", "supervised": "no"},
            1,
            "nobody_supervising;guardian_old_or_ill",
        ),
    ],
)
def test_tier_and_reasons(facts, tier, reasons):
    found = people.priority(child(**facts)).iloc[0]
    assert (found["tier"], found["reasons"]) == (tier, reasons)


def test_order_index_and_columns_are_kept():
    children = pd.concat([child(supervised="yes"), child(supervised="no")])
    children.index = [7, 3]
    found = people.priority(children)
    assert found.index.tolist() == [7, 3]
    assert found["tier"].tolist() == [3, 1]
    assert found.drop(columns=["tier", "reasons"]).equals(children)


def test_other_tiers_can_be_set():
    found = people.priority(child(circumstances="very_poor"), {1: ("very_poor",)})
    assert found["tier"].tolist() == [1]
