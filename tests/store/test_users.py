"""Who may sign in, and where the hash of a password goes: nowhere."""

import json
import sqlite3

import pytest

from carekit.errors import BadInput
from carekit.store import Store, users

from .conftest import children


def test_verify(store: Store) -> None:
    users.add_user(store, "wang.wei", "王伟", "river stone 7")
    assert users.verify(store, "wang.wei", "river stone 7") == {
        "user_id": "wang.wei",
        "name": "王伟",
        "role": "coordinator",
        "scope": None,
        "language": None,
    }
    for user, password in (("wang.wei", "River stone 7"), ("nobody", "x"), ("li.na", "")):
        assert users.verify(store, user, password) is None


def test_every_refusal_costs_the_same_work(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    users.add_user(store, "wang.wei", "Wang Wei", "river stone 7")
    worked = []

    class Counting:
        def __init__(self, hasher):
            self.hasher = hasher

        def hash(self, password):
            worked.append("hash")
            return self.hasher.hash(password)

        def verify(self, known, password):
            worked.append("verify")
            return self.hasher.verify(known, password)

    monkeypatch.setattr(users, "_HASHER", Counting(users._HASHER))
    for user in ("wang.wei", "nobody", "li.na"):
        assert users.verify(store, user, "wrong") is None
    assert worked == ["verify", "hash", "hash"]


def test_a_disabled_user_is_refused(store: Store) -> None:
    users.add_user(store, "wang.wei", "Wang Wei", "river stone 7")
    everyone = store.read("users")
    store.write("users", everyone.assign(disabled=everyone["user_id"] == "wang.wei"))
    assert users.verify(store, "wang.wei", "river stone 7") is None


def test_hash_is_neither_read_nor_written_nor_in_history(store: Store) -> None:
    users.add_user(store, "wang.wei", "Wang Wei", "river stone 7")
    everyone = store.read("users")
    assert "password_hash" not in everyone
    store.write("users", everyone.assign(password_hash="planted", language="zh"))
    assert users.verify(store, "wang.wei", "river stone 7")["language"] == "zh"
    raw = sqlite3.connect(store.path)
    images = [json.loads(text) for (text,) in raw.execute("select before from history") if text]
    raw.close()
    assert images and not any("password_hash" in image for image in images)


def test_a_new_password(store: Store) -> None:
    step = users.set_password(store, "li.na", "first one here")
    second = users.set_password(store, "li.na", "second one here")
    assert users.verify(store, "li.na", "first one here") is None
    assert users.verify(store, "li.na", "second one here")["user_id"] == "li.na"
    store.undo(second)
    assert users.verify(store, "li.na", "first one here") is None
    assert step < second


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (("li.na", "Li Na", "x1"), "user_exists"),
        (("", "Li Na", "x1"), "user_name_wrong"),
        (("a ", "Li Na", "x1"), "user_name_wrong"),
        (("a", "Li Na", ""), "password_empty"),
        (("a", "Li Na", "x1", "king"), "rows_refused"),
    ],
)
def test_bad_users(store: Store, given: tuple, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        users.add_user(store, *given)
    assert refused.value.code == code
    assert store.read("users")["user_id"].tolist() == ["li.na"]


def test_password_of_nobody(store: Store) -> None:
    with pytest.raises(BadInput) as refused:
        users.set_password(store, "nobody", "x1")
    assert refused.value.code == "user_unknown"


def test_steps_carry_the_person(store: Store) -> None:
    users.add_user(store, "wang.wei", "Wang Wei", None)
    store.actor = "wang.wei"
    store.write("children", children(1))
    assert store.steps()["user_id"].tolist() == ["li.na", "li.na", "wang.wei"]
