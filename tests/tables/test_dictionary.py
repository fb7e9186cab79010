"""The dictionary describes every column in both languages and contradicts itself nowhere."""

import re
import unicodedata

import pandas as pd
import pytest

from carekit import tables
from carekit.errors import BadInput

TABLES = tables.tables().index.tolist()
KINDS = {
    "text", "whole", "cents", "number", "date", "time", "moment", "flag", "choice", "choices",
    "phone", "id_number", "longitude", "latitude",
}  # fmt: skip


def test_the_tables_of_the_plan_are_there():
    assert set(TABLES) >= {
        "children", "guardians", "helpers", "trainings", "pairings", "contacts", "villages",
        "schools", "classes", "terms", "users", "settings", "outings",
        "outing_people", "consents",
    }  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_every_column_has_english_chinese_kind_and_sensitivity(table):
    columns = tables.columns(table)
    assert (columns["en"] != "").all()
    assert columns["zh"].str.contains(r"[一-鿿]").all()
    assert set(columns["kind"].str.split(":").str[0]) <= KINDS
    assert set(columns["sensitivity"]) <= {"public", "staff", "private", "secret"}
    assert columns["key"].sum() == 1


@pytest.mark.parametrize("table", TABLES)
def test_references_and_choices_resolve(table):
    columns = tables.columns(table)
    assert set(columns["references"]) - {""} <= set(TABLES)
    lists = {name for kind in columns["kind"] if (name := tables.choice_list(kind))}
    assert [name for name in lists if tables.choices(name).empty] == []


def test_choices_have_both_languages_and_no_word_means_two_codes():
    columns = [tables.columns(t) for t in TABLES]
    lists = {n for c in columns for kind in c["kind"] if (n := tables.choice_list(kind))}
    for name in lists:
        words: dict[str, str] = {}
        for code, row in tables.choices(name).iterrows():
            assert row["en"], (name, code)
            assert re.search(r"[一-鿿]", row["zh"]), (name, code)
            for word in {code, row["en"], row["zh"], *row["aliases"]}:
                assert words.setdefault(word.casefold(), code) == code, (name, word)


@pytest.mark.parametrize("sheet", ["children", "helpers"])
def test_no_heading_means_two_columns(sheet):
    said = tables.reading_headings(sheet)
    plain = said["text"].map(lambda t: unicodedata.normalize("NFKC", t).casefold())
    meaning = said.assign(plain=plain).groupby("plain")["field"].nunique()
    assert meaning[meaning > 1].index.tolist() == []


def test_check_finds_each_kind_of_fault():
    children = pd.DataFrame(
        {
            "child_id": ["C00001", "C00001", "C00003"],
            "name": ["甲", None, "丙"],
            "sex": ["female", "male", "other"],
            "languages": ["hakka;mandarin", "hakka;klingon", None],
            "phone": ["13800000000", "none", "+8613800000000"],
        }
    )
    found = tables.check("children", children)
    assert list(zip(found["row"], found["column"], found["code"], strict=True)) == [
        (1, "child_id", "key_twice"),
        (1, "name", "required_missing"),
        (1, "phone", "phone_wrong"),
        (1, "languages", "choice_unknown"),
        (2, "sex", "choice_unknown"),
    ]


def test_an_empty_table_has_every_column():
    for table in TABLES:
        assert tables.empty(table).columns.tolist() == tables.columns(table).index.tolist()
        assert tables.check(table, tables.empty(table)).empty


def test_unknown_names_are_refused():
    with pytest.raises(BadInput) as caught:
        tables.columns("nobody")
    assert caught.value.code == "table_unknown"
    with pytest.raises(BadInput) as caught:
        tables.sheet_columns("villages")
    assert caught.value.code == "sheet_unknown"
