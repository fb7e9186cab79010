"""A store of the time before the vault becomes one: nothing is lost, nothing half done."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import argon2
import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from carekit.errors import CareError, Stale
from carekit.store import encrypt_store, keyfile, open_store, recover_store, unlocked
from tests.stores import raw

from .test_migrate import OLD, ROWS

HASHER = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
OTHERS = """
insert into users (user_id, name, role, disabled, version, removed)
  values ('wang.wei', 'Wang Wei', 'planner', 0, 1, 0), ('gone', 'Gone', 'planner', 1, 1, 0);
"""


@pytest.fixture
def plain(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("CAREKIT_USER", raising=False)
    monkeypatch.delenv("CAREKIT_PASSWORD", raising=False)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.executescript(OLD.read_text(encoding="utf-8") + ROWS + OTHERS)
        secret = HASHER.hash("river stone 7")
        connection.execute("update users set password_hash = ? where user_id = 'li.na'", (secret,))
        connection.commit()
    return path


def refused(path: Path, call: Callable[[], object]) -> str:
    folder = {one.name: one.read_bytes() for one in path.parent.iterdir()}
    with pytest.raises(CareError) as refusal:
        call()
    assert {one.name: one.read_bytes() for one in path.parent.iterdir()} == folder
    return refusal.value.code


def test_a_plain_store_says_so_and_stays(plain: Path) -> None:
    assert refused(plain, lambda: open_store(plain)) == "store_plain"
    assert refused(plain, lambda: open_store(plain, "li.na", "river stone 7")) == "store_plain"


def test_everything_is_in_the_vault_and_the_plain_file_is_kept(plain: Path) -> None:
    before = plain.read_bytes()
    done = encrypt_store(plain, "li.na", "river stone 7")
    assert (done.actor, done.without) == ("li.na", ["wang.wei"])
    with closing(sqlite3.connect(done.plain)) as kept:
        assert kept.execute("select name from children").fetchall() == [("Child 1",)]
    assert len(done.plain.read_bytes()) == len(before)
    names = {one.name for one in plain.parent.iterdir()}
    assert names == {plain.name, f"{plain.name}.keys", done.plain.name}
    assert b"Child 1" not in plain.read_bytes()
    unlocked.forget(keyfile.read(plain).store)
    with open_store(plain, "li.na", "river stone 7") as store:
        assert store.read("children")["name"].tolist() == ["Child 1"]
        assert store.newest() == "S000003"  # a keeper was made of the first coordinator
        assert len(store.history("children", "C00001")) == 2
        assert store.read("users")["user_id"].tolist() == ["gone", "li.na", "wang.wei"]
    with recover_store(plain, done.recovery_code, "blue boat 99") as store:
        assert store.verify("li.na", "blue boat 99")


def test_no_hash_is_left(plain: Path) -> None:
    encrypt_store(plain, "li.na", "river stone 7")
    open_store(plain, "li.na", "river stone 7").close()
    with closing(raw(plain)) as vault:
        columns = vault.execute("select name from pragma_table_info('users')").fetchall()
    assert ("name",) in columns and ("password_hash",) not in columns


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (("li.na", "a guess"), "password_wrong"),
        (("nobody", "river stone 7"), "password_wrong"),
        (("gone", "river stone 7"), "password_wrong"),
        (("li.na",), "store_locked"),
        ((), "store_locked"),
    ],
)
def test_who_may_not(plain: Path, who: tuple[str, ...], code: str) -> None:
    assert refused(plain, lambda: encrypt_store(plain, *who)) == code


def test_not_twice_and_not_over_other_keys(plain: Path) -> None:
    beside = keyfile.beside(plain)
    beside.write_text("of another store")
    assert refused(plain, lambda: encrypt_store(plain, "li.na", "river stone 7")) == "keys_exist"
    beside.unlink()
    encrypt_store(plain, "li.na", "river stone 7")
    again = refused(plain, lambda: encrypt_store(plain, "li.na", "river stone 7"))
    assert again == "store_encrypted"


def test_not_while_somebody_works_in_it(plain: Path) -> None:
    with closing(sqlcipher.connect(str(plain))) as busy:
        busy.execute("begin")
        busy.execute("select * from children").fetchall()
        with pytest.raises(Stale) as refusal:
            encrypt_store(plain, "li.na", "river stone 7")
    assert refusal.value.code == "store_busy"
    assert not keyfile.beside(plain).exists()
    encrypt_store(plain, "li.na", "river stone 7")


def test_a_conversion_that_breaks_leaves_the_plain_store(
    plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    for place in ("keyfile.write", "encrypt.move", "encrypt.unlocked_store"):
        with monkeypatch.context() as patch:
            patch.setattr(f"carekit.store.{place}", broken)
            with pytest.raises(CareError) as refusal:
                encrypt_store(plain, "li.na", "river stone 7")
        assert refusal.value.code == "disk_full"
        assert [one.name for one in plain.parent.iterdir()] == [plain.name]
    with closing(sqlite3.connect(plain)) as kept:
        assert kept.execute("pragma integrity_check").fetchall() == [("ok",)]
