"""A call tells whom is looked for, and nothing about anybody."""

import pandas as pd
import pytest

from carekit import exports

VILLAGES = pd.DataFrame(
    {
        "village_id": ["V0001", "V0002", "V0003"],
        "name": ["Pine Hollow", "Stone Bridge", "Red Earth"],
        "township": ["Willow", "Willow", "Lonely"],
    }
)


def recruits(**facts):
    rows = {
        "helper_id": ["N00001", "N00002", "N00003"],
        "kind": "volunteer",
        "languages": ["hakka", "hakka", "miao"],
        "free_times": "sunday_morning",
        "village_id": ["V0001", "V0002", "V0003"],
        "sex": [None, None, "female"],
        "promised": [2, 2, 1],
        "child_ids": ["C00011;C00012", "C00013;C00014", "C00015"],
    }
    return pd.DataFrame(rows | facts)


def test_numbers_places_languages_and_times():
    text = exports.call_for_volunteers(recruits(), VILLAGES, "en", since="2026-03-09")
    assert "Wanted: 3 volunteers" in text
    assert "5 children" in text and "- Willow: 2" in text
    assert "Hakka" in text and "Sunday mornings" in text and "9 March 2026" in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_stands_for_fewer_than_three_children_is_not_told(language):
    text = exports.call_for_volunteers(recruits(), VILLAGES, language)
    for hidden in ("Lonely", "Hmong", "苗语", "woman", "女"):
        assert hidden not in text
    few = exports.call_for_volunteers(recruits(promised=[0, 1, 1]), VILLAGES, language)
    assert not {"1 child", "2 children", "2 名留守", "Willow"} & {few} and "Hakka" not in few
    assert "2 children" not in few and "Willow" not in few


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nobody_is_named(language):
    text = exports.call_for_volunteers(recruits(), VILLAGES, language)
    hidden = ["N0000", "C000", "V000", *VILLAGES["name"]]
    assert [word for word in hidden if word in text] == []


def test_chinese():
    text = exports.call_for_volunteers(recruits(), VILLAGES, "zh", since="2026-03-09")
    assert "招募志愿者 3 名" in text and "客家话" in text and "2026年3月9日" in text


def test_a_school_is_told_by_its_name():
    wanted = recruits(kind="teacher", school_id="S001", languages=None)
    schools = pd.DataFrame({"school_id": ["S001"], "name": ["Hope School"]})
    text = exports.call_for_volunteers(wanted, schools, "en")
    assert "- Hope School: 3" in text and "teachers" in text


def test_nobody_missing_is_no_text():
    assert exports.call_for_volunteers(recruits().iloc[:0], VILLAGES, "en") == ""
