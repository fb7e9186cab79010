"""The roster: each child once, its own helper, whom to call."""

import pandas as pd
import pytest

from carekit import tables
from carekit.outings import plan, roster
from tests.outings.frames import children, frames, helpers, outing, pairings


def guardians(*rows):
    frame = pd.DataFrame(rows, columns=["child_id", "role", "name", "phone"])
    frame["guardian_id"] = [f"G{n}" for n in range(len(frame))]
    return tables.typed("guardians", frame)


@pytest.fixture
def made():
    kids = children("C3", "C1", "C2", birth_date="2016-04-13")
    kids["health"] = [None, "哮喘", None]
    return plan(
        outing(),
        **frames(
            children=kids,
            offers=helpers(
                {"helper_id": "H2", "phone": "10000000002"}, {"helper_id": "H1", "phone": None}
            ),
            pairings=pairings(("C1", "H2"), ("C2", "H1"), ("C3", "H1")),
        ),
    )


def test_one_row_a_child_by_group_helper_and_id(made):
    listed = roster(made, tables.empty("guardians"))
    assert listed["child_id"].tolist() == ["C2", "C3", "C1"]
    assert listed["helper_id"].tolist() == ["H1", "H1", "H2"]
    assert listed["helper_phone"].fillna("").tolist() == ["", "", "10000000002"]
    assert listed["age"].tolist() == [9, 9, 9]
    assert listed["health"].fillna("").tolist() == ["", "", "哮喘"]
    assert listed[["guardian", "guardian_phone", "signature"]].isna().all(axis=None)


ROLES = ["guardian", "second", "emergency", "mother", "father"]


@pytest.mark.parametrize("first", range(5))
def test_whom_to_call(made, first):
    rows = [("C1", role, f"n-{role}", f"p-{role}") for role in reversed(ROLES[first:])]
    rows += [("C1", role, f"n-{role}", None) for role in ROLES[:first]]
    called = roster(made, guardians(*rows)).set_index("child_id").loc["C1"]
    role = ROLES[first]
    assert (called["guardian_role"], called["guardian"], called["guardian_phone"]) == (
        role,
        f"n-{role}",
        f"p-{role}",
    )


def test_without_any_phone_the_guardian_is_still_named(made):
    listed = roster(made, guardians(("C1", "father", "F", None), ("C1", "guardian", "G", None)))
    called = listed.set_index("child_id").loc["C1"]
    assert called["guardian"] == "G"
    assert pd.isna(called["guardian_phone"])


def test_two_of_the_same_role_the_first_entered_is_called(made):
    listed = roster(made, guardians(("C1", "guardian", "A", "1"), ("C1", "guardian", "B", "2")))
    assert len(listed) == 3
    assert listed.set_index("child_id").at["C1", "guardian"] == "A"
