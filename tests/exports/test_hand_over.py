"""The hand-over note tells a helper what it may know, and no more."""

import pandas as pd
import pytest

from carekit import exports

CHILD = {
    "child_id": "C00001",
    "name": "李思源",
    "id_number": "11010519491231002X",
    "phone": "13800000001",
    "note": "told in confidence",
    "village": "Pine Hollow",
    "needs": "english;companionship",
    "languages": "hakka",
    "free_times": None,
}
CONTACTS = pd.DataFrame(
    {
        "child_id": ["C00001"] * 7 + ["C00002"],
        "kind": ["visit", "talk", "call", "talk", "talk", "talk", "letter", "other"],
        "reached": [True, None, False, True, True, True, True, True],
        "day": pd.to_datetime([f"2026-02-{day:02d}" for day in (1, 2, 3, 4, 5, 6, 7, 8)]),
        "note": "told in confidence",
    }
)


def note(language="en", **facts):
    due = pd.DataFrame({"day": ["2026-03-09"], "kind": ["visit"]})
    given = {"child": CHILD, "before": {"name": "Wu Lan"}, "after": {"name": "He Ping"}} | facts
    return exports.hand_over_note(
        given["child"],
        given["before"],
        given["after"],
        facts.get("contacts", CONTACTS),
        language,
        on="2026-03-02",
        due=due,
    )


def test_the_last_five_contacts_that_reached_somebody():
    lines = note().splitlines()
    at = lines.index("Last contacts:")
    days = [line for line in lines[at + 1 :] if "February" in line]
    assert days[0] == "- 7 February 2026: letter"
    assert len(days) == 5 and not [line for line in days if "phone" in line or "3 Feb" in line]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_number_and_nothing_told_in_confidence(language):
    text = note(language)
    hidden = [CHILD["id_number"], CHILD["phone"], "confidence", "C00001"]
    assert [word for word in hidden if str(word) in text] == []


def test_in_chinese():
    text = note("zh")
    assert "李思源由Wu Lan转交给He Ping帮扶" in text
    assert "需要的帮助：英语、陪伴" in text and "2026年3月9日：家访" in text


def test_what_is_not_known_is_left_out():
    assert "Free times" not in note()
    assert "No contact is on record yet." in note(contacts=CONTACTS.iloc[:0])
    assert "Until now" not in note(before=None)
