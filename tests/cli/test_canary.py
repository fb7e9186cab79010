"""What the command line leaves behind: nothing of a child, a password or a key.

A call may tell a person what the person has just typed; nothing else of what is in the store, and
nothing at all of a password that somebody chose.
"""

import json
import re
import tempfile

import pandas as pd
import pytest

from carekit import people
from carekit.store import create_store, keyfile, open_store, unlocked
from tests.canary import ID_NUMBER, NAME, NEW_PASSWORD, PASSWORD, Canaries, in_files
from tests.stores import raw

USER = "chen.jing"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Everything a call may write is below this folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in ("HOME", "TMPDIR", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.chdir(folder)
    monkeypatch.setenv("CAREKIT_USER", USER)
    monkeypatch.setenv("CAREKIT_PASSWORD", PASSWORD)
    return folder


@pytest.fixture
def store(home):
    path = home / "town.care"
    with create_store(path, actor=USER, password=PASSWORD, practice_day="2026-03-02") as made:
        child = {"name": NAME, "id_number": ID_NUMBER, "note": NAME, "birth_date": "2015-05-12"}
        made.write("children", pd.DataFrame([child]))
        made.keep("register/form", json.dumps({"values": {"name": NAME}}))
        code = made.recovery_code
    return path, code


def canaries(path, code):
    keys = unlocked.held(keyfile.read(path).store)
    private = Canaries(name=NAME, id_number=ID_NUMBER)
    secret = {"password": PASSWORD, "new": NEW_PASSWORD, "data": keys.data, "audit": keys.audit}
    codes = {"code": code, "letters": code.replace("-", "")}
    return private, Canaries(**secret, **codes)


def said(*calls):
    return {
        f"{n} {part}": getattr(call, part)
        for n, call in enumerate(calls)
        for part in ("out", "err")
    }


def bad_lists(home):
    """Lists that cannot be read, and one with refused cells."""
    row = f"{NAME},{NAME},{ID_NUMBER}\n"
    lists = {
        "no_headings.csv": row.encode(),
        "not_one.xlsx": row.encode(),
        "refused.csv": f"姓名,性别,身份证号\n{row}".encode(),
        "utf16.csv": f"姓名,性别,身份证号\n{row}".encode("utf-16"),
    }
    (home / "lists").mkdir()
    for name, data in lists.items():
        (home / "lists" / name).write_bytes(data)
    return [home / "lists" / name for name in lists]


def test_calls_that_fail_leave_nothing_behind(store, home, call, monkeypatch):
    path, code = store
    private, secret = canaries(path, code)
    lists = bad_lists(home)
    # Told of the store without its names
    quiet = [call("import", path, one, "--table", "children") for one in lists[:2]]
    assert [one.code for one in quiet] == [2, 2]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "register", _fault)
        quiet.append(call("import", path, lists[2], "--table", "children"))
        assert quiet[-1].code == 1
    quiet += [call("doctor", path), call("doctor", path, "--json")]
    quiet += [call("backup", path, home / "copies"), call("users", path, "list")]
    quiet += [call("match", path), call("undo", path, "x")]
    # Told back what was typed, and never more
    typed = [call("import", path, one, "--table", "children") for one in lists[2:]]
    assert [one.code for one in typed] == [0, 0]  # the refused cells are listed
    failed = [
        call("undo", path, NAME),
        call("roster", path, "--outing", NAME, "--out", home / "x.pdf"),
        call("outing", path, "--title", NAME, "--day", ID_NUMBER, "--places", "3"),
        call("users", path, "add", NAME, "--role", ID_NUMBER),
        call("users", path, "password", NAME),
        call("child", path, NAME),
        call("match", path, "--on", NAME),
        call("import", path, home / f"{NAME}.csv", "--table", ID_NUMBER),
        call(NAME, ID_NUMBER),
        call("doctor", home / NAME),
        call("restore", home / NAME, home / ID_NUMBER),
    ]
    assert [one.code for one in failed] == [2] * len(failed)
    typed += failed
    monkeypatch.setenv("CAREKIT_NEW_PASSWORD", NEW_PASSWORD)
    monkeypatch.setenv("CAREKIT_RECOVERY_CODE", code[:-1] + ("A" if code[-1] != "A" else "B"))
    unlocked.forget(keyfile.read(path).store)
    typed.append(call("recover", path))
    assert typed[-1].code == 2
    monkeypatch.setenv("CAREKIT_PASSWORD", NAME)
    typed.append(call("users", path, "list"))
    assert typed[-1].code == 2
    monkeypatch.setenv("CAREKIT_RECOVERY_CODE", code)
    typed.append(call("recover", path))
    assert typed[-1].code == 0
    assert private.found(said(*quiet)) == []
    assert secret.found(said(*quiet, *typed)) == []
    for one in lists:
        one.unlink()
    assert [*private.found(in_files(home)), *secret.found(in_files(home))] == []


def _fault(cells, *_, **__):
    raise ValueError(repr(cells))


def test_the_audit_and_what_the_doctor_finds_hold_no_name(store, home, call):
    path, code = store
    private, secret = canaries(path, code)
    with open_store(path, USER, PASSWORD) as opened:
        opened.read("children")
        child = opened.read("children").assign(name=NAME * 2)
        opened.write("children", child)
        rows = opened.audit()
        assert len(rows) > 3
        assert private.found({"audit": rows.to_csv()}) == []
        assert secret.found({"audit": rows.to_csv()}) == []
    with raw(path) as plain:  # somebody with the data key changes a name
        plain.execute("update children set name = ? where child_id = 'C00001'", [NAME * 3])
    plain.close()
    found = [call("doctor", path), call("doctor", path, "--json")]
    assert {one.code for one in found} == {2}
    assert re.search("row_edited", found[1].out)
    assert private.found(said(*found)) == [] and secret.found(said(*found)) == []
    assert private.found(in_files(home)) == []


def test_a_leak_on_a_terminal_or_in_a_folder_would_be_found(store, home, call):
    path, code = store
    private, secret = canaries(path, code)
    (home / "history").write_text(f"carekit users add {NAME}", encoding="utf-8")
    (home / "core").write_bytes(unlocked.held(keyfile.read(path).store).data)
    shown = said(call("undo", path, NAME))
    assert private.found(in_files(home)) == [(str(home / "history"), "name")]
    assert secret.found(in_files(home)) == [(str(home / "core"), "data")]
    assert {label for _, label in private.found(shown)} == {"name"}
