"""init, import, undo, outing, as a person or a script calls them."""

import pandas as pd
import pytest

from carekit import open_store
from carekit.store import verify

COUNTS = {"children": 122, "helpers": 121}
CHILDREN = "姓名,性别,出生日期,身份证号,鞋码\n李小草,女,2015-03-07,,33\n王大山,猫,明天,12345,\n"


def frames(path, *names):
    with open_store(path) as store:
        return [store.read(name) for name in names]


def test_init_makes_an_empty_store_with_its_first_user(tmp_path, monkeypatch, call):
    monkeypatch.setenv("CAREKIT_USER", "li.na")
    monkeypatch.setenv("CAREKIT_PASSWORD", "river stone 7")
    path = tmp_path / "new.care"
    told = call("init", path, "--branch", "示例县", "--practice-day", "2026-03-02", "--json")
    assert told.code == 0
    code = told.json["recovery_code"]
    assert told.json == {"store": str(path), "user": "li.na", "recovery_code": code}
    assert "river stone 7" not in told.out + told.err
    with open_store(path) as store:
        assert (store.setting("branch_name"), store.today().isoformat()) == ("示例县", "2026-03-02")
        assert store.read("children").empty
        assert verify(store, "li.na", "river stone 7")["role"] == "administrator"


def test_without_a_practice_day_there_is_none(tmp_path, call):
    path = tmp_path / "real.care"
    assert call("init", path).code == 0
    with open_store(path) as store:
        assert store.setting("practice_day") is None


def test_a_password_that_was_made_up_is_told_and_works(tmp_path, call):
    path = tmp_path / "new.care"
    told = call("init", path, "--json").json
    with open_store(path) as store:
        assert verify(store, told["user"], told["password"]) is not None


def test_demo_makes_the_store_that_is_missing(tmp_path, monkeypatch, call):
    monkeypatch.setenv("CAREKIT_PASSWORD", "river stone 7")
    path = tmp_path / "demo.care"
    told = call("demo", path, "--size", "school", "--json")
    assert told.code == 0
    assert {key: told.json[key] for key in COUNTS} == COUNTS
    assert "river stone 7" not in told.out + told.err


@pytest.mark.parametrize("table", ["children", "helpers"])
def test_the_spreadsheets_of_the_data_folder_come_in_whole(empty, data, call, table):
    told = call("import", empty, data / f"{table}.xlsx", "--table", table, "--json")
    assert told.code == 0
    said = told.json
    assert (said["rows"], said["known"], said["refused"]) == (COUNTS[table], 0, [])
    [rows] = frames(empty, table)
    assert len(rows) == COUNTS[table]


def test_a_second_import_of_the_same_file_adds_nobody(empty, data, call):
    arguments = ["import", empty, data / "children.xlsx", "--table", "children", "--json"]
    call(*arguments)
    again = call(*arguments).json
    assert (again["rows"], again["known"], again["step"]) == (0, COUNTS["children"], None)
    [children] = frames(empty, "children")
    assert len(children) == COUNTS["children"]


def test_refused_cells_are_listed_with_the_row_of_the_sheet(empty, tmp_path, call):
    file = tmp_path / "list.csv"
    file.write_text(CHILDREN, "utf-8")
    told = call("import", empty, file, "--table", "children", "--json")
    assert told.code == 0
    said = told.json
    assert said["rows"] == 2
    assert said["unrecognised"] == ["鞋码"]
    found = {
        (cell["sheet"], cell["row"], cell["column"], cell["value"]) for cell in said["refused"]
    }
    assert found == {
        (None, 3, "sex", "猫"),
        (None, 3, "birth_date", "明天"),
        (None, 3, "id_number", "12345"),
    }
    [children] = frames(empty, "children")
    assert children["sex"].astype("object").where(children["sex"].notna(), None).tolist() == [
        "female",
        None,
    ]


@pytest.mark.parametrize(("language", "word"), [("en", "Row 3, Sex: "), ("zh", "第 3 行")])
def test_a_person_reads_refused_cells_with_the_cure(empty, tmp_path, call, language, word):
    file = tmp_path / "list.csv"
    file.write_text(CHILDREN, "utf-8")
    told = call("import", empty, file, "--table", "children", "--language", language)
    [line] = [line for line in told.out.splitlines() if "猫" in line]
    assert line.startswith(word)
    assert ("female" in line) == (language == "en")
    assert "carekit undo" in told.out


def test_undo_takes_back_an_import_in_every_table(empty, data, call):
    names = ("children", "guardians", "villages", "classes", "schools")
    before = frames(empty, *names)
    step = call("import", empty, data / "children.xlsx", "--table", "children", "--json").json[
        "step"
    ]
    assert all(len(table) for table in frames(empty, *names))
    assert call("undo", empty, step).code == 0
    for was, is_ in zip(before, frames(empty, *names), strict=True):
        pd.testing.assert_frame_equal(was, is_)


def test_an_undone_import_can_be_made_again_under_new_ids(empty, data, call):
    arguments = ["import", empty, data / "children.xlsx", "--table", "children", "--json"]
    call("undo", empty, call(*arguments).json["step"])
    assert call(*arguments).json["rows"] == COUNTS["children"]
    [children] = frames(empty, "children")
    assert children["child_id"].min() == "C00123"


def test_an_outing_is_made_and_listed(filled, tmp_path, call):
    made = ["--title", "Old city", "--day", "2026-05-09", "--places", 20, "--destination", "Wall"]
    told = call("outing", filled, *made, "--json")
    assert (told.code, told.json) == (0, {"outing": "O0002", "title": "Old city"})
    listed = call("outing", filled, "--json").json
    assert [row["outing_id"] for row in listed] == ["O0001", "O0002"]
    assert (listed[1]["day"], listed[1]["places"]) == ("2026-05-09", 20)
    assert "O0002  2026-05-09    20  Old city" in call("outing", filled).out.splitlines()
    [outings] = frames(filled, "outings")
    assert outings.set_index("outing_id").at["O0002", "destination"] == "Wall"
    # Nobody is paired yet, so nobody goes: an answer, not an error.
    out = tmp_path / "roster.xlsx"
    told = call("roster", filled, "--outing", "O0002", "--out", out, "--json")
    assert (told.code, told.json["count"], told.json["not_going"]) == (0, 0, 122)
    assert out.exists()


def test_two_outings_of_the_same_name_each_get_their_own_id(filled, call):
    made = [
        "outing",
        filled,
        "--title",
        "Old city",
        "--day",
        "2026-05-09",
        "--places",
        20,
        "--json",
    ]
    assert [call(*made).json["outing"] for _ in range(2)] == ["O0002", "O0003"]


def test_a_store_without_outings_says_how_to_make_one(empty, call):
    told = call("outing", empty)
    assert told.code == 0
    assert "--title" in told.out
    assert call("outing", empty, "--json").json == []


def test_steps_are_in_the_name_of_the_user_of_the_environment(empty, monkeypatch, call):
    monkeypatch.setenv("CAREKIT_NEW_PASSWORD", "blue boat 9")
    call("users", empty, "add", "wang.wei")
    monkeypatch.setenv("CAREKIT_USER", "wang.wei")
    assert call("outing", empty, "--title", "A", "--day", "2026-05-09", "--places", 9).code == 0
    with open_store(empty) as store:
        assert store.steps()["user_id"].iloc[-1] == "wang.wei"
    monkeypatch.setenv("CAREKIT_USER", "nobody")
    assert call("outing", empty).code == 2
