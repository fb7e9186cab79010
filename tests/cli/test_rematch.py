"""carekit rematch: who leaves, what changes, published and taken back."""

import pandas as pd
import pytest

from carekit import open_store
from tests.stores import copied

DAY = pd.Timestamp("2026-03-02")


@pytest.fixture(scope="module")
def matched_file(tmp_path_factory, filled_file, call):
    path = tmp_path_factory.mktemp("matched") / "town.care"
    copied(filled_file, path)
    assert call("match", path, "--publish").code == 0
    return path


@pytest.fixture
def matched(tmp_path, matched_file):
    return copied(matched_file, tmp_path / "matched.care")


def pairs(path):
    with open_store(path) as store:
        rows = store.read("pairings").query("scheme == 'volunteer' and until.isna()")
    return rows.set_index("child_id")["helper_id"].astype(str).to_dict()


def busiest(path):
    return str(pd.Series(pairs(path)).value_counts().index[0])


def test_a_leaver_s_children_in_a_file_and_nothing_written(call, matched, tmp_path):
    helper, before, out = busiest(matched), pairs(matched), tmp_path / "changes.csv"
    told = call("rematch", matched, "--leaves", helper, "--out", out, "--json")
    assert (told.code, told.json["gap"], told.json["step"]) == (0, 0, None)
    rows = pd.read_csv(out, encoding="utf-8-sig")
    mine = [child for child, whose in before.items() if whose == helper]
    assert set(mine) <= set(rows["child_id"])
    assert (rows.set_index("child_id")["before"].to_dict().items()) <= before.items()
    assert told.json["changed"] == len(rows) == sum(told.json["codes"].values())
    assert rows["code"].value_counts().to_dict() == told.json["codes"]
    assert told.json["before"] == len(before) == told.json["children"]
    assert told.json["after"] == len(before) - rows["after"].isna().sum()
    assert pairs(matched) == before


def test_published_with_the_file_closed_and_taken_back(call, matched):
    helper, before = busiest(matched), pairs(matched)
    many = ("--leaves", helper, "--on", "2026-03-02", "--publish", "--json")
    told = call("rematch", matched, *many, "--close", "moved")
    assert told.code == 0 and told.json["step"]
    after = pairs(matched)
    assert helper not in after.values() and len(after) == told.json["after"]
    changed = {c for c in before if before[c] != after.get(c)}
    assert len(changed) == told.json["changed"]
    with open_store(matched) as store:
        row = store.read("helpers").set_index("helper_id").loc[helper]
    assert (row["closed_on"], row["closed_reason"]) == (DAY, "moved")
    assert call("undo", matched, told.json["step"]).code == 0
    assert pairs(matched) == before


def test_everybody_again_changes_nothing_where_all_is_best(call, matched):
    told = call("rematch", matched, "--publish", "--json")
    assert (told.code, told.json["changed"], told.json["step"]) == (0, 0, None)
    assert told.json["children"] == 122


def test_everybody_with_somebody_leaving_asks_about_all(call, matched):
    helper = busiest(matched)
    narrow = call("rematch", matched, "--leaves", helper, "--json").json
    wide = call("rematch", matched, "--leaves", helper, "--everybody", "--json").json
    assert (narrow["children"], wide["children"]) == (len(pairs(matched)), 122)
    assert wide["after"] >= narrow["after"]


@pytest.mark.parametrize(("language", "word"), [("en", "Proved"), ("zh", "已证明")])
def test_a_sentence_and_a_line_a_child(call, matched, language, word):
    helper = busiest(matched)
    told = call("rematch", matched, "--leaves", helper, "--publish", "--language", language)
    lines = told.out.splitlines()
    assert told.code == 0 and word in lines[0] and "S0" in lines[-1]
    assert all(line[0] == "C" and "→" in line for line in lines[1:-1])
    assert sum(helper in line for line in lines[1:-1]) > 0


def test_bad_questions(call, matched, filled):
    for asked in (
        ("--leaves", "H99999"),
        ("--scheme", "nonsense"),
        ("--scheme", "one_to_one"),
        ("--close", "moved"),
        ("--leaves", busiest(matched), "--publish", "--close", "nonsense"),
    ):
        told = call("rematch", matched, *asked)
        assert told.code == 2 and len(told.sentences) == 1, asked
    told = call("rematch", filled, "--leaves", busiest(matched), "--json")  # nobody is paired yet
    assert (told.code, told.json["changed"]) == (0, 0)
