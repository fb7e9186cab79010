"""How each child stands: whose, last met when, too long ago or not."""

import pandas as pd
import pytest

from carekit import care
from tests.care.frames import DAY, children, contact, contacts, pairing, pairings


def standing(kids, pairs=(), met=()):
    found = care.standing(kids, pairings(*pairs), contacts(*met), on=DAY)
    return found.set_index("child_id")


def test_closed_files_go_from_their_day_on_and_all_others_stay():
    kids = children("C3", "C1", "C2", C1=DAY, C2="2026-03-03")
    assert standing(kids).index.tolist() == ["C3", "C2"]


def test_helpers_of_the_day_the_longest_first():
    pairs = [
        pairing("C1", "H2", "2026-02-01"),
        pairing("C1", "H9", "2026-01-01"),
        pairing("C1", "H1", "2025-01-01", DAY),
        pairing("C1", "H9", "2026-02-10", scheme="teacher"),
    ]
    assert standing(children("C1", "C2"), pairs)["helper_ids"].fillna("").tolist() == ["H9;H2", ""]


@pytest.mark.parametrize(
    ("day", "quiet"), [("2026-02-16", True), ("2026-02-17", False), (DAY, False)]
)
def test_fourteen_days_after_the_last_contact_a_child_is_quiet(day, quiet):
    found = standing(children("C1"), [pairing("C1", "H1")], [contact("C1", "H1", day)])
    assert found["quiet"]["C1"] == quiet


@pytest.mark.parametrize(
    ("since", "quiet"), [("2026-02-16", True), ("2026-02-17", False), (DAY, False)]
)
def test_a_new_pairing_has_fourteen_days_too(since, quiet):
    pairs = [pairing("C1", "H1", since)]
    assert standing(children("C1"), pairs)["quiet"]["C1"] == quiet
    old = [contact("C1", "H0", "2025-06-01")]
    assert standing(children("C1"), pairs, old)["quiet"]["C1"] == quiet


def test_the_first_of_two_pairings_counts():
    pairs = [pairing("C1", "H1", "2026-01-05"), pairing("C1", "H2", "2026-03-01")]
    assert standing(children("C1"), pairs)["quiet"]["C1"]


def test_a_child_without_a_helper_waits_and_is_not_quiet():
    found = standing(children("C1"), met=[contact("C1", "H1", "2025-01-01")])
    assert not found["quiet"]["C1"]
    assert found["days"]["C1"] == 425


def test_attempts_and_days_to_come_are_no_contacts():
    met = [
        contact("C1", "H1", "2026-02-01"),
        contact("C1", "H1", "2026-02-20", reached=False),
        contact("C1", "H1", "2026-03-03"),
    ]
    found = standing(children("C1"), [pairing("C1", "H1")], met).loc["C1"]
    assert (found["last_contact"], found["days"]) == (pd.Timestamp("2026-02-01"), 29)
    assert (found["contacts"], found["quiet"]) == (1, True)


def test_own_are_the_open_files_of_the_day():
    kids = children("C1", "C2", "C3", "C4", C3="2026-01-01")
    pairs = [
        pairing("C1", "H1"),
        pairing("C2", "H2"),
        pairing("C3", "H1"),
        pairing("C4", "H1", "2025-01-01", DAY),
    ]
    assert care.own(kids, pairings(*pairs), "H1", on=DAY)["child_id"].tolist() == ["C1"]
    assert care.own(kids, pairings(*pairs), "", on=DAY).empty
