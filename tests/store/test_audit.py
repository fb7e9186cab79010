"""The audit: what it says, that it waits for nobody, and that a killed process takes nothing."""

import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlcipher3 import dbapi2 as sqlcipher

from carekit.errors import BadInput, Stale
from carekit.store import Store, connect, notes, open_store, seen

from ..stores import raw
from .conftest import children, environment, helpers


def told(store: Store) -> list[tuple[object, ...]]:
    """What the audit says but when, after the first step."""
    frame = store.audit()[["user", "deed", "table", "rows", "child"]].iloc[1:]
    return list(frame.astype("object").where(frame.notna(), None).itertuples(index=False))


def test_a_write_an_undo_and_a_read_have_a_row_each(store: Store) -> None:
    step = store.write({"children": children(3), "helpers": helpers(2)})
    store.read("children")
    store.undo(step)
    assert told(store) == [
        ("li.na", "write", "children helpers", 5, None),
        ("li.na", "read", "children", 3, "*"),
        ("li.na", "undo", "children helpers", 5, step),
    ]
    audit = store.audit()
    assert audit["n"].tolist() == [1, 2, 3, 4]
    assert audit["at"].is_monotonic_increasing
    assert audit["sensitivity"].dropna().tolist() == ["secret"]
    assert audit["step_id"].dropna().tolist() == ["S000001", "S000002", "S000003"]


def test_what_is_not_private_makes_no_row(store: Store) -> None:
    store.write("villages", pd.DataFrame({"name": ["Upper Ford"]}))
    for table in ("villages", "settings", "terms", "children"):  # no child is there yet
        store.read(table)
    assert len(told(store)) == 1


def test_what_a_change_reads_is_told_once_for_all_tables(store: Store) -> None:
    store.write({"children": children(3), "helpers": helpers(2)})

    def build(read):
        found = read("children")
        read("helpers")
        return {"children": found.head(1).assign(note="x")}

    step = store.change(build, kind="import")
    read, imported = told(store)[1:]
    assert read == ("li.na", "read", "children helpers", 5, "*")
    assert imported == ("li.na", "import", "children", 1, None)
    assert store.audit()["step_id"].tolist()[2:] == [step, step]


def test_what_was_read_before_a_change_failed_was_seen(store: Store) -> None:
    store.write("children", children(3))

    def build(read):
        read("children")
        raise Stale("stale")

    with pytest.raises(Stale):
        store.change(build, kind="import")
    assert told(store)[1:] == [("li.na", "read", "children", 3, "*")]


def test_a_card_and_a_history_name_the_child(store: Store) -> None:
    store.write({"children": children(2), "helpers": helpers(1)})
    store.write("guardians", pd.DataFrame({"child_id": ["C00002"], "role": ["father"]}))
    store.saw("children", "C00002")
    store.history("guardians", "G00001")
    store.saw("children", "C09999")
    assert told(store)[2:] == [
        ("li.na", "card", "children", 1, "C00002"),
        ("li.na", "history", "guardians", 1, "C00002"),
    ]
    assert store.who_saw("C00002")["deed"].tolist() == ["card", "history"]
    assert store.who_saw("C00001").empty


def test_who_saw_a_child_knows_what_was_there_by_then(store: Store) -> None:
    store.write({"children": children(1), "helpers": helpers(1)})
    store.read("children")
    store.write("children", children(1))
    store.read("helpers")
    store.read("guardians")
    contact = {"child_id": "C00002", "helper_id": "H00001", "day": "2026-03-02", "kind": "call"}
    store.write("contacts", pd.DataFrame([contact]))
    store.read("contacts")
    assert store.who_saw("C00001")["table"].tolist() == ["children"]
    assert store.who_saw("C00002")["table"].tolist() == ["contacts"]


def test_rows_of_some_children_are_told_as_runs() -> None:
    frame = pd.DataFrame({"child_id": ["C00009", "C00002", "C00001", "C00002"], "note": "x"})
    entry = seen.entry("li.na", "contacts", frame, whole=False)
    assert entry is not None
    assert (entry.whose, entry.row_count, entry.level) == ("C00001-C00002 C00009", 4, "private")
    assert seen.entry("li.na", "contacts", frame[[]], whole=False) is None


def test_a_long_run_crosses_the_width_of_an_id() -> None:
    whose = seen.runs(f"C{number:05d}" for number in range(99998, 100003))
    assert whose == "C99998-C100002"
    wanted = ("C99997", "C99998", "C99999", "C100002", "C100003", "H00001")
    assert [seen.covers(whose, one) for one in wanted] == [False, True, True, True, False, False]


REFUSED = [
    "update audit set user_id = 'somebody' where n = 2",
    "delete from audit where n = 2",
    "insert or replace into audit select * from audit where n = 2",
    "insert into audit select n + 7, done_at, user_id, deed, step_id, table_names, row_count,"
    " level, whose, digest, mac from audit where n = 2",
    "update history set before = '{}' where step_id = 'S000002'",
    "update history set seal = x'00' where step_id = 'S000002'",
    "delete from history where step_id = 'S000002'",
    "insert or replace into history select * from history where step_id = 'S000002'",
    "update steps set user_id = 'somebody'",
    "update steps set undone_by = 'S000001', kind = 'x'",
    "delete from steps where step_id = 'S000002'",
    "insert or replace into steps select * from steps where step_id = 'S000002'",
    "delete from children where child_id = 'C00001'",
    "insert or replace into children select * from children",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_file_itself_refuses(store: Store, statement: str) -> None:
    store.write("children", children(2))
    refused = pytest.raises(sa.exc.IntegrityError, match="only added to")
    with connect.transaction(store.engine, write=True) as connection, refused:
        connection.exec_driver_sql(statement)


def test_the_audit_is_not_replaced_without_recursive_triggers_either(store: Store) -> None:
    with closing(raw(store.path)) as connection:
        assert connection.execute("pragma recursive_triggers").fetchone() == (0,)
        with pytest.raises(sqlcipher.IntegrityError, match="only added to"):
            connection.execute("insert or replace into audit select * from audit where n = 1")


def test_a_read_waits_for_no_writer(store: Store) -> None:
    store.write("children", children(3))
    with connect.transaction(store.engine, write=True):
        assert len(store.read("children")) == 3
        assert notes.beside(store.path).exists()
    store.write("children", children(1))
    assert not notes.beside(store.path).exists()
    assert [deed for _, deed, *_ in told(store)] == ["write", "read", "write"]


def test_closing_takes_the_notes_in(store: Store) -> None:
    store.write("children", children(3))
    with open_store(store.path) as other:
        other.read("children")
        assert notes.beside(store.path).exists()
    assert not notes.beside(store.path).exists()
    assert [deed for _, deed, *_ in told(store)] == ["write", "read"]


def test_a_note_shows_nothing_and_cannot_be_made_without_the_key(store: Store) -> None:
    store.write("children", children(3))
    store.read("children")
    (note,) = notes.beside(store.path).iterdir()
    assert b"children" not in note.read_bytes()
    assert note.stat().st_mode & 0o077 == 0
    note.with_name("ab" * 16).write_bytes(note.read_bytes())  # a copy under another name
    assert [deed for _, deed, *_ in told(store)] == ["write", "read"]
    assert notes.unreadable(store.path, store.keys.audit) == ["ab" * 16]


def test_a_note_that_outlived_its_process_is_taken_once(store: Store) -> None:
    store.write("children", children(3))
    store.read("children")
    (note,) = notes.beside(store.path).iterdir()
    content = note.read_bytes()
    assert len(told(store)) == 2
    note.parent.mkdir()
    note.write_bytes(content)  # as if killed between the commit and the removal
    assert len(told(store)) == 2
    assert not note.parent.exists()


def test_what_cannot_be_noted_is_not_shown(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write("children", children(3))

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(notes, "_put", full)
    with pytest.raises(BadInput, match="disk_full"):
        store.read("children")


SHOWN_THEN_KILLED = """
import os, signal, sys
from carekit.store import open_store
store = open_store(sys.argv[1])
print(len(store.read("children")), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills as only POSIX can")
def test_a_read_that_was_shown_outlives_its_process(store: Store) -> None:
    store.write("children", children(3))
    command = [sys.executable, "-c", SHOWN_THEN_KILLED, str(store.path)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "3"
    assert done.returncode == -signal.SIGKILL
    assert told(store)[1:] == [("li.na", "read", "children", 3, "*")]


def test_many_read_and_write_at_once_and_every_read_has_its_row(path: Path, store: Store) -> None:
    store.write("children", children(3))
    faults: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with open_store(path, actor=None) as mine:
                for turn in range(5):
                    mine.read("children")
                    if number % 2:
                        mine.write("villages", pd.DataFrame({"name": [f"{number} {turn}"]}))
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    audit = store.audit()
    assert (audit["deed"] == "read").sum() == 20
    assert audit["n"].tolist() == list(range(1, len(audit) + 1))
    assert not notes.beside(path).exists()
