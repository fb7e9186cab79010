"""What is not a store is refused and left as it was; a new store appears whole or not at all."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlcipher3 import dbapi2 as sqlcipher

from carekit.errors import BadInput, Stale
from carekit.store import Store, connect, create_store, open_store, users
from tests.stores import raw

from .conftest import children


def code(path: Path, *who: str) -> str:
    folder = sorted(path.parent.iterdir())
    content = path.read_bytes() if path.is_file() else None
    with pytest.raises(BadInput) as refused:
        open_store(path, *who)
    assert sorted(path.parent.iterdir()) == folder
    assert (path.read_bytes() if path.is_file() else None) == content
    return refused.value.code


def foreign(path: Path, mode: str) -> None:
    other = sqlite3.connect(path)
    other.execute(f"pragma journal_mode = {mode}")
    other.execute("create table notes (text)")
    other.commit()
    other.close()


def test_missing_folder_text_empty(tmp_path: Path) -> None:
    assert code(tmp_path / "none.care") == "store_missing"
    (tmp_path / "folder.care").mkdir()
    assert code(tmp_path / "folder.care") == "not_a_store"
    for content in (b"", b"x", b"name,kind\nLi Na,volunteer\n" * 200, bytes(8192)):
        (tmp_path / "text.care").write_bytes(content)
        assert code(tmp_path / "text.care") == "not_a_store"


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_another_database(tmp_path: Path, mode: str) -> None:
    foreign(tmp_path / "other.care", mode)
    assert code(tmp_path / "other.care") == "not_a_store"


def test_another_database_with_a_log_beside_it(tmp_path: Path) -> None:
    foreign(tmp_path / "other.care", "wal")
    busy = sqlite3.connect(tmp_path / "other.care")
    busy.execute("insert into notes values ('x')")
    busy.commit()
    log = (tmp_path / "other.care-wal").read_bytes()
    assert code(tmp_path / "other.care") == "not_a_store"
    assert (tmp_path / "other.care-wal").read_bytes() == log and log
    busy.close()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_truncated(store: Store, share: float) -> None:
    store.write("children", children(500))
    whole = store.path.read_bytes()
    store.path.write_bytes(whole[: int(len(whole) * share)])
    assert code(store.path) == "store_damaged"


def test_overwritten_inside(store: Store) -> None:
    whole = bytearray(store.path.read_bytes())
    whole[100:] = bytes(len(whole) - 100)
    store.path.write_bytes(whole)
    assert code(store.path) == "store_damaged"


def test_newer_schema(store: Store) -> None:
    with closing(raw(store.path)) as opened:
        opened.execute("pragma user_version = 99")
    assert code(store.path) == "store_newer"


def test_a_busy_store_opens(store: Store) -> None:
    """While another connection holds written rows in the log, the header alone is not enough."""
    held = raw(store.path)
    held.execute("select count(*) from children").fetchone()
    store.write("children", children(2000))
    with open_store(store.path) as again:
        assert len(again.read("children")) == 2000
    held.close()


def test_who_opens(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    users.add_user(store, "wang.wei", "Wang Wei", "river stone 7")
    assert open_store(store.path).actor == "li.na"
    assert open_store(store.path, "wang.wei").actor == "wang.wei"
    assert open_store(store.path, "wang.wei", "river stone 7").actor == "wang.wei"
    assert code(store.path, "nobody") == "user_unknown"
    assert code(store.path, "nobody", "x") == "password_wrong"
    assert code(store.path, "wang.wei", "x") == "password_wrong"
    users.add_user(store, "zhao.min", "Zhao Min", None)
    assert code(store.path, "zhao.min", "x") == "password_wrong"  # has none yet
    monkeypatch.setenv("CAREKIT_USER", "wang.wei")
    assert open_store(store.path).actor == "wang.wei"
    monkeypatch.setenv("CAREKIT_PASSWORD", "wrong")
    assert code(store.path) == "password_wrong"
    assert code(store.path, "wang.wei") == "password_wrong"
    assert open_store(store.path, "li.na").actor == "li.na"  # it is not her password
    monkeypatch.setenv("CAREKIT_PASSWORD", "river stone 7")
    assert open_store(store.path).actor == "wang.wei"


def test_create_refuses_what_is_there(store: Store, tmp_path: Path) -> None:
    before = store.path.read_bytes()
    with pytest.raises(BadInput) as refused:
        create_store(store.path, "li.na")
    assert refused.value.code == "store_exists"
    assert store.path.read_bytes() == before
    (tmp_path / "dangling.care").symlink_to(tmp_path / "nowhere")
    with pytest.raises(BadInput) as refused:
        create_store(tmp_path / "dangling.care", "li.na")
    assert refused.value.code == "store_exists"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"actor": ""}, "user_name_wrong"),
        ({"actor": " li"}, "user_name_wrong"),
        ({"actor": "li", "password": " "}, "password_empty"),
        ({"actor": "li", "practice_day": "spring"}, "day_wrong"),
    ],
)
def test_create_leaves_nothing_behind(
    tmp_path: Path, given: dict, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CAREKIT_USER", raising=False)
    with pytest.raises(BadInput) as refused:
        create_store(tmp_path / "new.care", **given)
    assert refused.value.code == expected
    assert list(tmp_path.iterdir()) == []


def test_create_leaves_nothing_behind_when_it_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("carekit.store.store.write_frames", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        create_store(tmp_path / "new.care", "li.na")
    assert list(tmp_path.iterdir()) == []


def test_create_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        create_store(tmp_path / "none" / "new.care", "li.na")
    assert refused.value.code == "folder_missing"


def test_odd_file_names(tmp_path: Path) -> None:
    path = tmp_path / "县 #1?mode=memory&x=%20.care"
    create_store(path, "li.na").close()
    assert {entry.name for entry in tmp_path.iterdir()} == {path.name, path.name + ".keys"}
    with open_store(path) as store:
        store.write("children", children(1))
        assert len(store.read("children")) == 1


def test_a_store_that_stays_busy(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "BUSY_SECONDS", 0)
    with (
        open_store(store.path) as hurried,
        connect.transaction(store.engine, write=True),
        pytest.raises(Stale) as refused,
    ):
        hurried.write("children", children(1))
    assert refused.value.code == "store_busy"


def test_a_full_disk_leaves_the_store_as_it_was(store: Store) -> None:
    store.write("children", children(3))

    @sa.event.listens_for(store.engine, "connect")
    def full(connection: sqlcipher.Connection, _: object) -> None:
        pages = connection.execute("pragma page_count").fetchone()[0]
        connection.execute(f"pragma max_page_count = {pages}")

    with pytest.raises(BadInput) as refused:
        store.write("children", children(5000))
    assert refused.value.code == "disk_full"
    with open_store(store.path) as again:
        assert len(again.read("children")) == 3 and len(again.steps()) == 2


def test_each_connection_is_set_up(store: Store) -> None:
    wanted = {
        "busy_timeout": 30_000,
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
        "temp_store": 2,
    }
    with connect.transaction(store.engine) as connection:
        found = {name: connection.exec_driver_sql(f"pragma {name}").scalar() for name in wanted}
        strict = connection.exec_driver_sql(
            "select count(*) from sqlite_schema where type = 'table' and sql not like '%STRICT%'"
        ).scalar()
    assert found == wanted
    assert strict == 0


@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_no_store_is_made_beside_the_log_of_another(tmp_path: Path, ending: str) -> None:
    log = tmp_path / f"town.care{ending}"
    log.write_bytes(b"what a killed writer left")
    with pytest.raises(BadInput) as refused:
        create_store(tmp_path / "town.care", "li.na", "river stone 7")
    assert (refused.value.code, refused.value.values["log"]) == ("log_left", str(log))
    assert [path.name for path in tmp_path.iterdir()] == [log.name]
