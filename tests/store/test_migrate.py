"""A store of an older schema opens: what is missing is added, what is there stays."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from carekit import tables
from carekit.errors import BadInput
from carekit.store import (
    Store,
    connect,
    create_store,
    examine,
    keyfile,
    open_store,
    restore_store,
    schema,
    triggers,
    unlocked,
)
from carekit.store.keys import Keys
from carekit.store.opening import unlocked_store
from tests.stores import raw

from .conftest import PASSWORD, environment

OLD = Path(__file__).with_name("schema_1.sql")
ROWS = """
insert into users (user_id, name, role, disabled, version, removed)
  values ('li.na', 'Li Na', 'coordinator', 0, 1, 0);
insert into children (child_id, name, birth_date, closed_on, version, removed)
  values ('C00001', 'Child 1', '2016-05-01', null, 2, 0);
insert into outings (outing_id, title, day, places, version, removed)
  values ('O0001', 'Garden', '2026-04-12', 44, 1, 0);
insert into proposals (proposal_id, scheme, day, state, version, removed)
  values ('R000001', 'volunteer', '2026-03-02', 'draft', 1, 0);
insert into steps (step_id, kind, user_id, done_at)
  values ('S000001', 'init', 'li.na', '2026-03-01T08:00:00.000000Z'),
         ('S000002', 'write', 'li.na', '2026-03-02T08:00:00.000000Z');
insert into history (step_id, table_name, row_key, version, before)
  values ('S000001', 'users', 'li.na', 1, null),
         ('S000001', 'children', 'C00001', 1, null),
         ('S000002', 'children', 'C00001', 2, '{"name": "Chid 1", "removed": 0}');
insert into numbers (table_name, last) values ('steps', 2), ('children', 1), ('outings', 1);
"""


@pytest.fixture
def old(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.delenv("CAREKIT_USER", raising=False)
    keys = Keys.new()
    file = keyfile.Keyfile().with_person(keys, "li.na", PASSWORD)
    keyfile.write(path, file)
    unlocked.hold(file.store, keys)
    with closing(raw(path)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.executescript(OLD.read_text(encoding="utf-8") + ROWS)
    yield path


def shape(path: Path) -> dict[str, set[tuple[object, ...]]]:
    """Of every table: name, type, may it be empty, part of the key; and what it refers to."""
    found = {}
    with closing(raw(path)) as connection:
        names = connection.execute("select name from sqlite_master where type = 'table'")
        for (name,) in names.fetchall():
            columns = connection.execute(f'pragma table_info("{name}")').fetchall()
            keys = connection.execute(f'pragma foreign_key_list("{name}")').fetchall()
            indexes = connection.execute(f'pragma index_list("{name}")').fetchall()
            found[name] = {
                *((c[1], c[2], c[3], c[5]) for c in columns),
                *(("to", *k[2:5]) for k in keys),
                *(("index", i[1]) for i in indexes if not i[1].startswith("sqlite_")),
            }
    return found


def test_an_old_store_gets_the_shape_of_a_new_one(old: Path, tmp_path: Path) -> None:
    open_store(old).close()
    create_store(tmp_path / "new.care", actor="li.na").close()
    migrated, new = shape(old), shape(tmp_path / "new.care")
    assert migrated.pop("proposals")  # what the dictionary no longer knows may stay
    migrated["users"] -= {("password_hash", "TEXT", 0, 0)}
    assert migrated == new


def test_what_was_there_stays_and_what_is_new_is_empty(old: Path) -> None:
    with open_store(old) as store:
        child = store.read("children").iloc[0]
        assert child["name"] == "Child 1"
        assert child["birth_date"] == pd.Timestamp("2016-05-01")
        assert pd.isna(child["closed_reason"])
        assert store.read("outings")["vehicle_seats"].isna().all()
        assert store.newest() == "S000003"
        found = store.history("children", "C00001")
    assert found["changes"].tolist() == [{"name": (None, "Chid 1")}, CORRECTED]


CORRECTED = {
    "name": ("Chid 1", "Child 1"),
    "birth_date": (None, pd.Timestamp("2016-05-01")),
}


def test_new_columns_take_values_and_an_undo_empties_them(old: Path) -> None:
    with open_store(old) as store:
        closing_ = store.read("children").assign(closed_on="2026-03-02", closed_reason="moved")
        step = store.write("children", closing_)
        assert store.read("children")["closed_reason"].tolist() == ["moved"]
        store.undo(step)
        assert store.read("children")["closed_reason"].isna().all()
        store.keep("care/contact", "{}")
        assert store.kept("care/contact") == "{}"


def test_a_second_opening_changes_nothing(old: Path) -> None:
    open_store(old).close()
    before = old.read_bytes()
    open_store(old).close()
    assert old.read_bytes() == before
    with closing(raw(old)) as connection:
        assert connection.execute("pragma user_version").fetchone() == (schema.NUMBER,)


def test_a_column_that_joins_the_dictionary_later_is_added_too(store: Store) -> None:
    with closing(raw(store.path)) as connection:
        connection.execute("alter table children drop column closed_reason")
    with open_store(store.path) as again:
        assert "closed_reason" in again.read("children")


def test_two_may_open_it_at_once(old: Path) -> None:
    faults: list[BaseException] = []

    def opened() -> None:
        try:
            open_store(old).close()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=opened) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_a_migration_that_breaks_leaves_the_old_store(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shape(old)

    def broken(*args: object, **kwargs: object) -> None:
        raise OSError(os.strerror(28))

    with monkeypatch.context() as broken_there, pytest.raises(OSError):
        broken_there.setattr(schema.METADATA, "create_all", broken)
        open_store(old)
    assert shape(old) == before
    with open_store(old) as store:
        assert len(store.read("children")) == 1


KILLED = """
import os, signal, sys
import sqlalchemy as sa
from carekit.store import open_store
@sa.event.listens_for(sa.Engine, "after_cursor_execute")
def executed(connection, cursor, statement, *_):
    if sys.argv[2] in statement:
        os.kill(os.getpid(), signal.SIGKILL)
@sa.event.listens_for(sa.Engine, "commit")
def commit(connection):
    if sys.argv[2] == "commit" and connection.get_execution_options().get("carekit_write"):
        os.kill(os.getpid(), signal.SIGKILL)
open_store(sys.argv[1])
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills as only POSIX can")
@pytest.mark.parametrize("place", ["CREATE TABLE audit", "create trigger steps_kept", "commit"])
def test_killed_in_the_midst_of_it_the_old_store_is_there(old: Path, place: str) -> None:
    before = shape(old)
    command = [sys.executable, "-c", KILLED, str(old), place]
    done = subprocess.run(command, env=environment(), capture_output=True, timeout=120)
    assert done.returncode == -signal.SIGKILL
    assert shape(old) == before
    with closing(raw(old)) as connection:
        assert connection.execute("pragma user_version").fetchone() == (1,)
    (saved,) = old.parent.glob("*.carebackup")
    whole = saved.read_bytes()
    with open_store(old) as store:
        assert len(store.read("children")) == 1
        with connect.transaction(store.engine) as connection:
            assert triggers.missing(connection) == []
    assert saved.read_bytes() == whole


def test_only_columns_that_may_be_empty_were_added_since() -> None:
    """Another change of the dictionary needs more than `migrate` does."""
    old = OLD.read_text(encoding="utf-8")
    for table in tables.tables().index:
        if f"CREATE TABLE {table} (" not in old:
            continue
        described = tables.columns(str(table))
        text = old.split(f"CREATE TABLE {table} (")[1].split("STRICT")[0]
        for name in described.index[described["required"]]:
            assert f"\t{name} TEXT NOT NULL" in text or f"\t{name} INTEGER NOT NULL" in text


def test_it_is_saved_as_it_was_before_it_is_migrated(old: Path, tmp_path: Path) -> None:
    before = shape(old)
    open_store(old).close()
    (saved,) = old.parent.glob("*.carebackup")
    assert saved.name == f"town-before-schema-{schema.NUMBER}.carebackup"
    restore_store(saved, tmp_path / "before.care", "li.na", PASSWORD)
    assert shape(tmp_path / "before.care") == before


def test_a_store_that_cannot_be_saved_is_not_migrated(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = old.read_bytes()

    def full(*args: object) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr("carekit.store.backup._write", full)
    with pytest.raises(BadInput, match="disk_full"):
        open_store(old)
    assert old.read_bytes() == before


def test_nothing_is_sealed_that_should_have_been_before(old: Path) -> None:
    """A vault without an audit never was: only somebody with the file and its key makes one."""
    with open_store(old) as store:
        assert store.audit()["deed"].tolist() == ["migrate"]
        found = examine(store).findings["code"].tolist()
    assert {"step_unsigned", "row_edited"} <= set(found)


def test_the_past_of_an_old_store_is_sealed_as_it_was(old: Path) -> None:
    keys = unlocked.held(keyfile.read(old).store)
    assert keys is not None
    unlocked_store(old, keys, plain=True).close()  # as it is encrypted
    with open_store(old) as store:
        assert store.audit()["deed"].tolist()[0] == "adopted"
        store.write("children", store.read("children").assign(note="x"))
        found = examine(store).findings
        assert found["row"].tolist() == ["O0001"]  # no step of this old store has written it
        with closing(raw(old)) as connection:
            connection.execute("drop trigger history_unchanged")
            edit = "update history set before = '{}' where version = 2 and row_key = 'C00001'"
            connection.execute(edit)
            connection.commit()
        with connect.transaction(store.engine, write=True) as again:
            triggers.make(again)
        assert examine(store).findings["code"].tolist() == ["row_edited", "row_foreign"]
        with closing(raw(old)) as connection:
            connection.execute("drop trigger steps_unchanged")
            connection.execute("update steps set user_id = 'wang' where step_id = 'S000002'")
            connection.commit()
        with connect.transaction(store.engine, write=True) as again:
            triggers.make(again)
        assert "past_edited" in examine(store).findings["code"].tolist()
