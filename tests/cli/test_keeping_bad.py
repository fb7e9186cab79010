"""Stores and keys that are none: one sentence with the cure, 2, and every file as it was."""

import datetime as dt
import json
import shutil
import sqlite3
import zipfile
from contextlib import closing

import pandas as pd
import pytest

from carekit import open_store
from carekit.store import audit, backup_daily, connect, create_store, daily_folder, keyfile
from carekit.words import LANGUAGES
from tests.cli.conftest import PASSWORD
from tests.cli.test_bad_input import is_sentence
from tests.stores import raw


def cut(size):
    def spoil(path):
        whole = path.read_bytes()
        path.write_bytes(whole[: size if size >= 0 else len(whole) + size])

    return spoil


def holding(content):
    return lambda path: path.write_bytes(content)


def a_folder(path):
    path.unlink()
    path.mkdir()


def a_zip(path):
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("list.csv", "name,kind\n" * 2000)


def another_database(path):
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("create table notes (text)")
        other.commit()


def newer(path):
    with closing(raw(path)) as opened:
        opened.execute("pragma user_version = 99")


def keys_of_another(path):
    other = path.parent / "other"
    other.mkdir()
    create_store(other / "other.care", "li.na", PASSWORD).close()
    shutil.copy(other / "other.care.keys", keyfile.beside(path))
    shutil.rmtree(other)


def of_keys(spoil):
    return lambda path: spoil(keyfile.beside(path))


def keys_with(**changed):
    def spoil(path):
        said = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps({**said, **changed}), "utf-8")

    return of_keys(spoil)


CASES = {
    "cut to nothing": (cut(0), "store_damaged"),
    "cut to a byte": (cut(1), "store_damaged"),
    "cut in the first page": (cut(100), "store_damaged"),
    "cut after the first page": (cut(connect.PAGE), "store_damaged"),
    "cut within a page": (cut(connect.PAGE * 3 + 1), "store_damaged"),
    "cut by a byte": (cut(-1), "store_damaged"),
    "a letter": (holding(b"Dear Li Na,\n" * 900), "store_damaged"),
    "zeros": (holding(bytes(connect.PAGE * 4)), "store_damaged"),
    "a ZIP": (a_zip, "store_damaged"),
    "a database": (another_database, "store_damaged"),
    "a folder": (a_folder, "not_a_store"),
    "of a later carekit": (newer, "store_newer"),
    "no keys": (of_keys(lambda path: path.unlink()), "keys_missing"),
    "empty keys": (of_keys(cut(0)), "keys_damaged"),
    "half the keys": (of_keys(cut(200)), "keys_damaged"),
    "keys without their end": (of_keys(cut(-3)), "keys_damaged"),
    "a letter as keys": (of_keys(holding(b"Dear Li Na")), "keys_damaged"),
    "noise as keys": (of_keys(holding(bytes(range(256)) * 40)), "keys_damaged"),
    "too many keys": (of_keys(holding(b"[" * 3_000_000)), "keys_damaged"),
    "keys without people": (keys_with(people=None), "keys_damaged"),
    "keys of a later carekit": (keys_with(carekit_keys=2), "store_newer"),
    "keys of another store": (keys_of_another, "store_damaged"),
}


def files(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", CASES)
def test_what_is_no_store_is_told_and_left_as_it_is(empty, tmp_path, call, name):
    spoil, code = CASES[name]
    open_store(empty).close()
    spoil(empty)
    before = files(empty.parent)
    to = tmp_path / "to"
    to.mkdir()
    for language in LANGUAGES:
        for command in (("doctor", empty), ("backup", empty, "--to", to)):
            told = call(*command, "--language", language)
            assert (told.code, told.out) == (2, "")
            [sentence] = told.sentences
            assert is_sentence(sentence, code, language), sentence
    assert files(empty.parent) == before
    assert list(to.iterdir()) == []


def test_a_wrong_password_and_an_unknown_person_hear_the_same(empty, call, monkeypatch):
    before = files(empty.parent)
    heard = set()
    for user in ("li.na", "nobody"):
        monkeypatch.setenv("CAREKIT_USER", user)
        monkeypatch.setenv("CAREKIT_PASSWORD", "a guess at it 1")
        told = call("doctor", empty)
        assert told.code == 2
        heard |= set(told.sentences)
    assert len(heard) == 1 and is_sentence(heard.pop(), "password_wrong", "en")
    assert files(empty.parent) == before


def test_a_clock_that_was_set_back_is_told_and_changes_no_order(empty, call, monkeypatch):
    with open_store(empty) as store:
        store.write("villages", pd.DataFrame({"name": ["Upper Ford"]}))
        kept = [dt.date(2026, 3, 1) + dt.timedelta(days) for days in range(7)]
        for day in kept:
            backup_daily(store, day)
        assert store.clock_behind() is None
        monkeypatch.setattr(audit, "now", lambda: "2019-01-01T00:00:00.000000Z")
        step = store.write("villages", pd.DataFrame({"name": ["Lower Ford"]}))
        assert store.steps()["step_id"].iloc[-1] == step == store.newest()
        assert store.history("villages", "V0002")["step_id"].tolist() == [step]
        assert store.clock_behind() is None  # the last row is of this clock
        monkeypatch.setattr(audit, "now", lambda: "2018-12-31T00:00:00.000000Z")
        backup_daily(store, dt.date(2018, 12, 31))
        assert len(list(daily_folder(store.path).iterdir())) == len(kept) + 1
    monkeypatch.setattr(audit, "now", lambda: "2018-01-01T00:00:00.000000Z")
    for language in LANGUAGES:
        told = call("doctor", empty, "--language", language)
        assert told.code == 0
        [warned] = told.sentences
        assert is_sentence(warned.removeprefix("▲ "), "clock_behind", language)
