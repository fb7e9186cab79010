"""carekit recover, encrypt, and the practice school with a fresh password at each start."""

import re
import sqlite3
from contextlib import closing

import argon2
import pytest

from carekit import open_store, server, words
from carekit.store import keyfile, unlocked
from tests.store.test_migrate import OLD, ROWS

OLD_PASSWORD, NEW_PASSWORD = "river stone 7", "blue boat 99"


@pytest.fixture
def lost(tmp_path, call):
    """A store whose only password was made up and is forgotten; with the print of its code."""
    path = tmp_path / "lost.care"
    code = call("init", path, "--json").json["recovery_code"]
    unlocked.forget(keyfile.read(path).store)
    return path, code


def test_the_code_sets_a_new_password(lost, call, monkeypatch):
    path, code = lost
    assert call("outing", path).code == 2
    monkeypatch.setenv("CAREKIT_RECOVERY_CODE", code.lower().replace("-", " "))
    monkeypatch.setenv("CAREKIT_NEW_PASSWORD", NEW_PASSWORD)
    told = call("recover", path)
    assert told.code == 0
    assert NEW_PASSWORD not in told.out and code not in told.out
    unlocked.forget(keyfile.read(path).store)
    open_store(path, "coordinator", NEW_PASSWORD).close()


def one_letter_wrong(code):
    return ("A" if code[0] != "A" else "B") + code[1:]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (one_letter_wrong, "recovery_mistyped"),
        (lambda code: "", "recovery_mistyped"),
        (lambda code: "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", "recovery_wrong"),
    ],
)
def test_another_code_opens_nothing(lost, call, monkeypatch, change, refusal):
    path, code = lost
    before = keyfile.beside(path).read_bytes()
    monkeypatch.setenv("CAREKIT_RECOVERY_CODE", change(code))
    monkeypatch.setenv("CAREKIT_NEW_PASSWORD", NEW_PASSWORD)
    told = call("recover", path)
    assert (told.code, told.sentences) == (2, [words.say(refusal, "en")])
    assert keyfile.beside(path).read_bytes() == before
    assert call("outing", path).code == 2


def test_a_new_code_ends_the_old_one(lost, call, monkeypatch):
    path, code = lost
    monkeypatch.setenv("CAREKIT_NEW_PASSWORD", NEW_PASSWORD)
    monkeypatch.setenv("CAREKIT_RECOVERY_CODE", code)
    assert call("recover", path).code == 0
    other = call("recover", path, "--new-code", "--json").json["recovery_code"]
    assert call("recover", path).sentences == [words.say("recovery_wrong", "en")]
    monkeypatch.setenv("CAREKIT_RECOVERY_CODE", other)
    assert call("recover", path).code == 0


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_init_tells_the_code_once_in_words(tmp_path, call, language):
    path = tmp_path / "new.care"
    told = call("--language", language, "init", path)
    [code] = re.findall(r"(?:[A-Z]{4}-){5}[A-Z]{4}", told.out)
    assert words.say("recovery_keep", language, letters=code) in told.out
    assert keyfile.read(path).recovered(code) is not None


def test_a_plain_store_is_encrypted_by_a_command(tmp_path, call, monkeypatch):
    path = tmp_path / "old.care"
    hasher = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with closing(sqlite3.connect(path)) as plain:
        plain.executescript(OLD.read_text(encoding="utf-8") + ROWS)
        plain.execute("update users set password_hash = ?", (hasher.hash(OLD_PASSWORD),))
        plain.commit()
    told = call("outing", path)
    assert told.sentences == [words.say("store_plain", "en", path=str(path))]
    monkeypatch.setenv("CAREKIT_USER", "li.na")
    monkeypatch.setenv("CAREKIT_PASSWORD", "a guess")
    assert call("encrypt", path).sentences == [words.say("password_wrong", "en")]
    monkeypatch.setenv("CAREKIT_PASSWORD", OLD_PASSWORD)
    done = call("encrypt", path, "--json")
    assert done.code == 0 and done.json["without"] == []
    assert "O0001" in call("outing", path).out
    assert call("encrypt", path).sentences == [words.say("store_encrypted", "en", path=str(path))]


def test_the_practice_school_has_a_fresh_password_at_each_start(tmp_path, call, monkeypatch):
    monkeypatch.setattr(server, "serve", lambda *_, **__: None, raising=False)
    path = tmp_path / "demo.care"
    said = []
    for _ in range(2):
        told = call("serve", path, "--demo")
        assert told.code == 0
        said.append(told.out.split()[-1])
        unlocked.forget(keyfile.read(path).store)
        with open_store(path, "demo", said[-1]) as store:
            assert len(store.read("children")) == 122
    assert said[0] != said[1]
    assert keyfile.read(path).unlocked("demo", said[0]) is None


def test_a_real_store_gets_no_demo_password(empty, call, monkeypatch):
    monkeypatch.setattr(server, "serve", lambda *_, **__: None, raising=False)
    before = keyfile.beside(empty).read_bytes()
    told = call("serve", empty, "--demo")
    assert told.sentences == [words.say("practice_locked", "en", path=str(empty))]
    assert keyfile.beside(empty).read_bytes() == before
