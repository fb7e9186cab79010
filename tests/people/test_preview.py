"""How each heading was understood, before anything is written."""

import pytest

from carekit import people, tasks

from .files import csv, xlsx

ROWS = [
    ["姓名", "性别", "鞋码", "", "出生年月日"],
    ["李小草", "女", "33", "—", "2015-03-07"],
    ["王小树", "?", "", "x", "2015年3月"],
    ["", "", "", "", ""],
    ["张小花", "女", "35", "", "2014-01-02"],
    ["李小草", "女", "36", "", "2015-03-07"],
]


def seen(data, store=None):
    sheet = people.read_sheet(data, "children")
    return people.preview(sheet, people.register(sheet, store or {}, on="2026-03-02"))


def test_every_column_is_named_by_letter_heading_field_and_samples():
    columns = seen(xlsx(ROWS))["columns"]
    assert [(c["letter"], c["heading"], c["field"]) for c in columns] == [
        ("A", "姓名", "name"),
        ("B", "性别", "sex"),
        ("C", "鞋码", None),
        ("D", "", None),
        ("E", "出生年月日", "birth_date"),
    ]
    assert columns[0]["samples"] == ["李小草", "王小树", "张小花"]
    assert columns[3]["samples"] == ["x"]


def test_a_column_that_holds_nothing_is_not_listed():
    rows = [["姓名", "性别", "", "备注"], ["李小草", "女", "", ""]]
    letters = [c["letter"] for c in seen(csv(*rows))["columns"]]
    assert letters == ["A", "B", "D"]


def test_the_counts_are_those_of_the_import():
    preview = seen(xlsx(ROWS))
    assert (preview["total"], preview["rows"]) == (4, 3)
    assert {(cell["row"], cell["code"]) for cell in preview["refused"]} == {
        (3, "choice_unknown"),
        (3, "date_no_day"),
    }
    assert [cell["row"] for cell in preview["known_rows"]] == [6]


def test_a_preview_writes_nothing_and_says_what_the_import_then_does():
    with tasks.practice_store() as store:
        before = store.newest()
        preview = tasks.preview_import(store, xlsx(ROWS), "children", filename="a.xlsx")
        assert store.newest() == before
        done = tasks.import_sheet(store, xlsx(ROWS), "children", filename="a.xlsx")
        assert {key: done[key] for key in done if key != "step"} == {
            key: preview[key] for key in done if key != "step"
        }
        again = tasks.preview_import(store, xlsx(ROWS), "children", filename="a.xlsx")
        assert again["rows"] == 0
        store.undo(done["step"])
        assert tasks.preview_import(store, xlsx(ROWS), "children")["rows"] == preview["rows"]


@pytest.mark.parametrize("kind", ["children", "helpers"])
def test_a_list_of_the_other_kind_is_refused(kind):
    from carekit.errors import BadInput

    rows = [["姓名", "监护人电话", "父亲姓名", "服务半径", "培训学时", "类别"]]
    rows[0] = rows[0][:3] if kind == "helpers" else [rows[0][0], *rows[0][3:]]
    with pytest.raises(BadInput):
        people.read_sheet(csv(rows[0], ["李小草", "1", "2", "3"][: len(rows[0])]), kind)
