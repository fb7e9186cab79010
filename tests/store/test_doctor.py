"""Every attack of a thief who holds the file and the data key, but not the audit key."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from carekit.errors import BadInput
from carekit.store import (
    Store,
    anchor,
    audit,
    backup_daily,
    backup_store,
    connect,
    create_store,
    daily_folder,
    examine,
    newest_anchor,
    notes,
    open_store,
    past,
    seals,
    triggers,
)

from ..stores import copied, raw
from .conftest import PASSWORD, children, helpers

Raw = sqlcipher.Connection


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some days of work: steps 2 to 6, read and undone; rows 1 to 9 of the audit."""
    store = create_store(tmp_path_factory.mktemp("days") / "town.care", "li.na", PASSWORD)
    store.write({"children": children(3), "helpers": helpers(2)}, token="first")
    store.read("children")
    store.write("children", store.read("children").head(1).assign(note="x"))
    contact = {"child_id": "C00001", "helper_id": "H00001", "day": "2026-03-02", "kind": "call"}
    step = store.write("contacts", pd.DataFrame([contact]))
    store.undo(step)
    store.saw("children", "C00001")
    store.write("villages", pd.DataFrame({"name": ["Upper Ford"], "longitude": [-0.0]}))
    store.close()
    return store.path


@pytest.fixture
def lived(days: Path, path: Path) -> Iterator[Store]:
    with open_store(copied(days, path), "li.na") as opened:
        yield opened


def codes(store: Store, anchor: audit.Head | None = None) -> list[tuple[str, object]]:
    """What is wrong and where: number of the audit row, else key, else step, else table."""
    found = examine(store, anchor).findings.astype("object")
    found = found.where(found.notna(), None).to_dict("records")
    return [
        (one["code"], one["n"] or one["row"] or one["step_id"] or one["table"]) for one in found
    ]


def disarmed(store: Store) -> Raw:
    """A connection that nothing refuses."""
    connection = raw(store.path)
    for (name,) in connection.execute("select name from sqlite_master where type = 'trigger'"):
        connection.execute(f"drop trigger {name}")
    return connection


def rearm(store: Store) -> None:
    with connect.transaction(store.engine, write=True) as connection:
        triggers.make(connection)


def attacked(store: Store, *statements: str) -> list[tuple[str, object]]:
    """What is found after statements by a thief who leaves the triggers as they were."""
    with closing(disarmed(store)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    rearm(store)
    return codes(store)


def test_a_store_in_order_is_in_order(lived: Store) -> None:
    health = examine(lived)
    assert health.findings.empty
    assert lived.audit()["deed"].tolist() == [
        "init", "write", "read", "read", "write", "write", "undo", "card", "write",
    ]  # fmt: skip
    assert health.head.n == 9
    assert (health.counts["children"], health.counts["contacts"]) == (3, 0)
    assert codes(lived, health.head) == []


EDITS = {
    "done_at": "'2026-01-01T00:00:00.000000Z'",
    "deed": "'import'",
    "step_id": "null",
    "table_names": "'terms'",
    "row_count": "77",
    "level": "'public'",
    "whose": "'C00009'",
    "digest": "'00'",
}


@pytest.mark.parametrize("n", [2, 3, 8, 9])
@pytest.mark.parametrize("column", EDITS)
def test_every_edit_of_a_row_of_the_audit(lived: Store, column: str, n: int) -> None:
    same = "step_id" if column == "step_id" and n in (3, 8) else ""  # reads have no step
    value = "'S000002'" if same else EDITS[column]
    found = attacked(lived, f"update audit set {column} = {value} where n = {n}")
    # The last row without its step: nothing tells an edit from a row put there.
    alone = n == 9 and column == "step_id"
    assert found[0] == ("audit_foreign" if alone else "audit_edited", n)


def test_a_changed_actor(lived: Store) -> None:
    assert attacked(lived, "update audit set user_id = 'wang' where n = 5")[0] == ("audit_actor", 5)


def test_a_changed_actor_of_a_read(lived: Store) -> None:
    found = attacked(lived, "update audit set user_id = 'wang' where n = 3")
    assert found == [("audit_edited", 3)]


def test_a_changed_actor_in_audit_and_steps(lived: Store) -> None:
    assert attacked(
        lived,
        "update audit set user_id = 'wang' where n = 5",
        "update steps set user_id = 'wang' where step_id = 'S000003'",
    ) == [("audit_edited", 5)]


def test_a_changed_actor_in_steps_alone(lived: Store) -> None:
    found = attacked(lived, "update steps set user_id = 'wang' where step_id = 'S000003'")
    assert found == [("step_edited", 5)]


@pytest.mark.parametrize("n", [1, 3, 5])
def test_a_deleted_row(lived: Store, n: int) -> None:
    assert attacked(lived, f"delete from audit where n = {n}")[0] == ("audit_deleted", n)


def test_a_deleted_row_and_the_rest_renumbered(lived: Store) -> None:
    found = attacked(
        lived,
        "delete from audit where n = 3",
        "update audit set n = -n where n > 3",
        "update audit set n = -n - 1 where n < 0",
    )
    assert found[0] == ("audit_foreign", 3)


def test_an_inserted_row(lived: Store) -> None:
    values = "done_at, user_id, deed, step_id, table_names, row_count, level, whose, digest, mac"
    found = attacked(lived, f"insert into audit select 10, {values} from audit where n = 8")
    assert found == [("audit_foreign", 10)]


def test_a_replaced_row(lived: Store) -> None:
    values = "done_at, 'wang', deed, step_id, table_names, row_count, level, whose, digest"
    replace = f"insert or replace into audit select 8, {values}, hex(randomblob(32)) from audit"
    assert attacked(lived, f"{replace} where n = 8")[0] == ("audit_foreign", 8)


def test_two_rows_that_change_places(lived: Store) -> None:
    found = attacked(
        lived,
        "update audit set n = -3 where n = 3",
        "update audit set n = 3 where n = 4",
        "update audit set n = 4 where n = -3",
    )
    assert found[0] == ("audit_foreign", 3)


def test_a_code_made_with_the_data_key(lived: Store) -> None:
    """Whoever signs with another key than the audit's makes a foreign row."""
    with closing(disarmed(lived)) as connection:
        rows = connection.execute("select * from audit order by n").fetchall()
        before = audit.Head(7, rows[6][-1])
        entry = audit.Entry(*rows[7][1:-1])._replace(user_id="wang")
        mac = entry.signed(lived.keys.data, before).mac
        connection.execute("update audit set user_id = 'wang', mac = ? where n = 8", (mac,))
        connection.commit()
    rearm(lived)
    assert codes(lived)[0] == ("audit_foreign", 8)


TAIL = [
    "delete from audit where n > 7",
    "delete from history where step_id > 'S000005'",
    "delete from steps where step_id > 'S000005'",
    "delete from villages",
    "update numbers set last = 5 where table_name = 'steps'",
]


def test_a_cut_tail_that_left_its_steps(lived: Store) -> None:
    assert attacked(lived, "delete from audit where n > 7") == [("step_unsigned", "S000006")]


def test_a_tail_cut_with_all_it_stands_for_needs_an_anchor(lived: Store) -> None:
    anchor = examine(lived).head
    assert attacked(lived, *TAIL) == []  # the store of a day ago, whole
    assert codes(lived, anchor) == [("audit_cut", 8)]


def test_a_tail_cut_and_written_on(lived: Store) -> None:
    anchor = examine(lived).head
    attacked(lived, *TAIL)
    for _ in range(4):
        lived.write("villages", pd.DataFrame({"name": ["Upper Ford"]}))
    assert codes(lived) == []
    assert codes(lived, anchor) == [("audit_foreign", 9)]


ROWS = {
    "update children set name = 'Somebody' where child_id = 'C00002'": ("row_edited", "C00002"),
    "update children set removed = 1 where child_id = 'C00002'": ("row_edited", "C00002"),
    "update children set version = 7 where child_id = 'C00002'": ("row_edited", "C00002"),
    "delete from children where child_id = 'C00003'": ("row_missing", "C00003"),
    "insert into children (child_id, name, version, removed) values ('C00009', 'x', 1, 0)": (
        "row_foreign",
        "C00009",
    ),
    "insert or replace into children (child_id, name, version, removed)"
    " values ('C00003', 'x', 1, 0)": ("row_edited", "C00003"),
    "update history set before = replace(before, 'Child', 'Chi1d') where version = 2"
    " and table_name = 'children'": ("row_edited", "C00001"),
    "update history set before = null where table_name = 'children'": ("row_edited", "C00001"),
    "update history set version = 5 where row_key = 'C00003'": ("history_edited", 2),
    "delete from history where row_key = 'C00003'": ("history_edited", 2),
    "delete from history where step_id = 'S000003'": ("history_edited", 5),
    "insert into history select 'S000002', table_name, 'C00009', version, before, seal"
    " from history where row_key = 'C00003'": ("history_edited", 2),
    "update steps set kind = 'import' where step_id = 'S000002'": ("step_edited", 2),
    "update steps set token = 'other' where step_id = 'S000002'": ("history_edited", 2),
    "update steps set undone_by = null where step_id = 'S000004'": ("step_edited", 6),
    "update steps set undone_by = 'S000005' where step_id = 'S000002'": ("step_edited", 2),
    "insert into history values ('S000006', 'nothing', 'N1', 1, null, x'00')": (
        "history_edited",
        9,
    ),
    "update history set before = 'no json' where version = 2 and table_name = 'children'": (
        "row_edited",
        "C00001",
    ),
    "update history set before = '[1]' where version = 2 and table_name = 'children'": (
        "row_edited",
        "C00001",
    ),
    "update numbers set last = 1 where table_name = 'children'": ("number_edited", "children"),
    "update numbers set last = 3 where table_name = 'steps'": ("number_edited", "steps"),
    "insert into steps values ('S000009', 'write', null, 'wang', '2026', null)": (
        "step_unsigned",
        "S000009",
    ),
}


@pytest.mark.parametrize("statement", ROWS)
def test_what_the_chain_stands_for(lived: Store, statement: str) -> None:
    assert attacked(lived, "pragma foreign_keys = off", statement)[0] == ROWS[statement]


def test_a_missing_step(lived: Store) -> None:
    found = attacked(
        lived,
        "delete from history where step_id = 'S000006'",
        "delete from steps where step_id = 'S000006'",
        "delete from villages",
    )
    assert found == [("step_missing", 9)]


def test_a_row_edited_with_its_seal_made_anew(lived: Store) -> None:
    with connect.transaction(lived.engine) as connection:
        row = next(one.row for one in past.versions(connection, "children") if one.newest)
    assert row is not None
    seal = seals.sealed("children", "C00001", {**row, "name": "Somebody"})
    found = attacked(
        lived,
        "update children set name = 'Somebody' where child_id = 'C00001'",
        f"update history set seal = x'{seal.hex()}' where row_key = 'C00001' and version = 2",
    )
    assert found == [("history_edited", 5)]


def test_a_past_passed_off_as_erased(lived: Store) -> None:
    """Only a step of the chain that erases lets a past be gone."""
    cut = f"seal = substr(seal, {seals.SALT + 1})"
    found = attacked(
        lived,
        f"update history set {cut} where row_key = 'C00001' and version = 1",
        "update history set before = null where row_key = 'C00001'",
    )
    assert found == [("row_edited", "C00001")]


@pytest.mark.parametrize("forged", ["json_object('name', 'Forged')", "'{}'", "''"])
def test_a_past_put_before_a_row_was_there(lived: Store, forged: str) -> None:
    """No seal stands for it, and an undo would sign it as a row."""
    planted = f"update history set before = {forged} where table_name = 'villages'"
    assert attacked(lived, planted) == [("row_edited", "V0001")]
    with pytest.raises(BadInput) as refused:
        lived.undo("S000006")
    assert (refused.value.code, refused.value.values) == ("undo_edited", {"table": "villages"})
    assert lived.read("villages")["name"].tolist() == ["Upper Ford"]


def test_rows_added_taken_back_and_brought_again_are_in_order(lived: Store) -> None:
    lived.undo(lived.undo("S000006"))
    assert lived.history("villages", "V0001")["version"].tolist() == [1, 2, 3]
    assert codes(lived) == []


@pytest.mark.parametrize("name", ["audit_kept", "history_unchanged", "children_kept"])
def test_a_missing_trigger(lived: Store, name: str) -> None:
    with closing(raw(lived.path)) as connection:
        connection.execute(f"drop trigger {name}")
        connection.commit()
    assert codes(lived) == [("trigger_missing", name)]


def test_a_trigger_that_does_nothing(lived: Store) -> None:
    with closing(raw(lived.path)) as connection:
        connection.execute("drop trigger audit_kept")
        connection.execute("create trigger audit_kept before delete on audit begin select 1; end")
        connection.commit()
    assert codes(lived) == [("trigger_missing", "audit_kept")]


SWALLOWS = "create trigger helps before insert on audit when new.level <> '' begin select raise"


def test_a_trigger_that_swallows_what_is_read(lived: Store) -> None:
    """The chain stays whole, as what was read never gets into it."""
    with closing(raw(lived.path)) as connection:
        connection.execute(f"{SWALLOWS}(ignore); end")
        connection.commit()
    rows = len(lived.audit())
    lived.read("children")
    assert len(lived.audit()) == rows
    assert codes(lived) == [("trigger_foreign", "helps")]


def test_a_store_made_to_look_older_than_its_audit(lived: Store) -> None:
    """Else the next opening would sign an edited past with the audit key itself."""
    attack = [
        "update children set name = 'Somebody' where child_id = 'C00002'",
        "update history set seal = null",
        "delete from audit",
        "pragma user_version = 4",
    ]
    with closing(disarmed(lived)) as connection:
        for statement in attack:
            connection.execute(statement)
        connection.commit()
    with open_store(lived.path, "li.na") as again:
        found = codes(again)
    assert ("step_unsigned", "S000002") in found and ("row_edited", "C00002") in found


def test_an_audit_of_another_kind_of_table(lived: Store) -> None:
    """What can no longer be signed is told, and so is the rest."""
    columns = "n, done_at, user_id, deed, step_id, table_names, row_count, level, whose, digest"
    found = attacked(
        lived,
        f"create table other as select {columns}, mac from audit",
        "update other set user_id = x'00ff' where n = 3",
        "drop table audit",
        "alter table other rename to audit",
        "update children set name = 'Somebody' where child_id = 'C00002'",
    )
    assert ("row_edited", "C00002") in found
    assert found[0][0] in ("audit_edited", "pages_broken")


def test_an_older_copy_put_in_its_place(lived: Store, tmp_path: Path) -> None:
    """Whole in itself: only a newer backup, or a head that was kept, knows more."""
    older = copied(lived.path, tmp_path / "older.care")
    lived.write("villages", pd.DataFrame({"name": ["Lower Ford"]}))
    saved, _ = backup_store(lived, tmp_path / "newer.carebackup")
    lived.close()
    lived.path.write_bytes(older.read_bytes())
    with open_store(lived.path, "li.na") as rolled:
        assert codes(rolled) == []
        assert codes(rolled, anchor(saved, rolled)) == [("audit_cut", 10)]
        for _ in range(4):  # and worked on
            rolled.write("villages", pd.DataFrame({"name": ["Other Ford"]}))
        assert codes(rolled, anchor(saved, rolled)) == [("audit_foreign", 11)]


def test_an_older_copy_beside_newer_backups_of_its_own(lived: Store, tmp_path: Path) -> None:
    older = copied(lived.path, tmp_path / "older.care")
    assert newest_anchor(lived) is None
    backup_daily(lived, dt.date(2026, 3, 2))
    lived.write("villages", pd.DataFrame({"name": ["Lower Ford"]}))
    backup_daily(lived, dt.date(2026, 3, 3))
    (daily_folder(lived.path) / "town-daily-2026-03-04.carebackup").write_text("a letter")
    create_store(tmp_path / "else.care", "li.na", PASSWORD).close()
    assert codes(lived, newest_anchor(lived)) == []
    lived.close()
    lived.path.write_bytes(older.read_bytes())
    with open_store(lived.path, "li.na") as rolled:
        assert codes(rolled, newest_anchor(rolled)) == [("audit_cut", 10)]


def test_a_note_nobody_of_ours_has_left(lived: Store) -> None:
    notes.beside(lived.path).mkdir()
    (notes.beside(lived.path) / "letter").write_text("hello")
    assert codes(lived) == [("audit_note", "letter")]


def test_a_broken_reference(lived: Store) -> None:
    found = attacked(lived, "update contacts set helper_id = 'H00009'")
    assert ("reference_broken", "helpers") in found


def test_looking_changes_nothing(lived: Store) -> None:
    examine(lived)
    before = hashlib.sha256(lived.path.read_bytes()).hexdigest()
    examine(lived)
    assert hashlib.sha256(lived.path.read_bytes()).hexdigest() == before


def test_the_planted_attack_of_these_tests_needs_the_triggers_gone(lived: Store) -> None:
    with closing(raw(lived.path)) as connection, pytest.raises(sqlcipher.IntegrityError):
        connection.execute("delete from audit where n = 3")
    assert codes(lived) == []
