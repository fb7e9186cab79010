"""carekit backup, restore, doctor, child."""

import json
from contextlib import closing

import openpyxl
import pytest

from carekit import open_store
from carekit.store import connect, triggers
from carekit.words import say
from tests.stores import raw

CHILD = "C00004"


def spoil(path, statement, trigger):
    """An edit by somebody who holds the file and its key."""
    with closing(raw(path)) as connection:
        connection.execute(f"drop trigger if exists {trigger}")
        connection.execute(statement)
        connection.commit()
    with open_store(path) as store, connect.transaction(store.engine, write=True) as again:
        triggers.make(again)


def test_saved_restored_and_looked_over(filled, tmp_path, call):
    folder = tmp_path / "saved"
    folder.mkdir()
    told = call("backup", filled, "--to", folder, "--json")
    assert told.code == 0
    (saved,) = folder.iterdir()
    assert told.json["path"] == str(saved)
    assert (told.json["children"], told.json["helpers"]) == (122, 121)
    again = call("restore", saved, tmp_path / "again.care", "--json")
    assert again.code == 0
    assert again.json["mac"] == told.json["mac"]
    looked = call("doctor", tmp_path / "again.care", "--anchor", saved, "--json")
    assert (looked.code, looked.json["findings"]) == (0, [])
    assert looked.json["mac"] == told.json["mac"]
    fine = call("doctor", tmp_path / "again.care")
    assert fine.out.startswith("✓ All is well. 122 children")
    over = call("restore", saved, tmp_path / "again.care")
    path = str(tmp_path / "again.care")
    assert (over.code, over.sentences) == (2, [say("store_exists", "en", path=path)])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_first_broken_row_is_named_and_the_call_ends_with_2(filled, call, language):
    spoil(filled, "update audit set user_id = 'wang' where n = 2", "audit_unchanged")
    told = call("doctor", filled, "--language", language)
    assert told.code == 2
    said = "● " + say("audit_actor", language, n=2, user="wang")
    assert told.out.splitlines()[0] == said
    assert call("doctor", filled, "--json").json["findings"][0]["code"] == "audit_actor"


def test_a_row_that_was_edited_is_named_in_words(filled, call):
    spoil(filled, f"update children set name = 'x' where child_id = '{CHILD}'", "children_kept")
    told = call("doctor", filled, "--language", "zh")
    said = say("row_edited", "zh", table="留守儿童", row=CHILD, step_id="S000002")
    assert (told.code, told.out.strip()) == (2, f"● {said}")


def test_a_head_that_was_written_down_is_an_anchor_too(filled, tmp_path, call):
    kept = tmp_path / "head.json"
    kept.write_text(call("doctor", filled, "--json").out)
    assert call("doctor", filled, "--anchor", kept).code == 0
    kept.write_text(json.dumps({"n": 1000, "mac": "00"}))
    told = call("doctor", filled, "--anchor", kept, "--json")
    assert [one["code"] for one in told.json["findings"]] == ["audit_cut"]
    assert (told.code, told.json["findings"][0]["n"]) == (2, told.json["n"] + 1)
    kept.write_text("[]")
    told = call("doctor", filled, "--anchor", kept)
    assert (told.code, told.sentences) == (2, [say("anchor_foreign", "en", path=str(kept))])


def test_what_cannot_be_restored_or_saved_says_why(filled, tmp_path, call):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Li Na")
    for arguments, code in [
        (("restore", letter, tmp_path / "x.care"), "not_a_backup"),
        (("restore", tmp_path / "none", tmp_path / "x.care"), "backup_missing"),
        (("backup", filled, "--to", letter), "backup_exists"),
        (("backup", filled, "--to", tmp_path / "none" / "x"), "folder_missing"),
    ]:
        told = call(*arguments)
        assert told.code == 2
        wrong = arguments[1] if arguments[0] == "restore" else arguments[-1]
        path = str(wrong.parent if code == "folder_missing" else wrong)
        assert told.sentences == [say(code, "en", path=path)]


def test_a_child_is_given_to_the_family_and_erased(filled, tmp_path, call):
    sheet = tmp_path / "child.xlsx"
    assert call("child", filled, CHILD).sentences == [say("child_deed_missing", "en")]
    given = call("child", filled, CHILD, "--give", sheet, "--language", "zh", "--json")
    assert given.code == 0
    book = openpyxl.load_workbook(sheet)
    assert set(book.sheetnames) == {"留守儿童", "监护人", "同意书"}
    assert given.json["count"] == sum(one.max_row - 2 for one in book)
    told = call("child", filled, CHILD, "--erase")
    assert (told.code, told.sentences) == (2, [say("erase_open", "en", child=CHILD)])
    with open_store(filled) as store:
        row = store.read("children").query("child_id == @CHILD")
        store.write("children", row.assign(closed_on="2026-03-02", closed_reason="moved"))
    assert call("child", filled, CHILD, "--erase").code == 0
    with open_store(filled) as store:
        assert CHILD not in set(store.read("children")["child_id"])
    assert call("doctor", filled).code == 0
