"""Who may sign in, and where a password goes: nowhere."""

from pathlib import Path

import pytest

from carekit.errors import BadInput
from carekit.store import Store, keys, open_store, users

from .conftest import children, helpers

LONG = "river stone 7"


def test_verify(store: Store) -> None:
    users.add_user(store, "wang.wei", "王伟", "river stone 7")
    users.add_user(store, "zhao.min", "赵敏", None)
    assert users.verify(store, "wang.wei", "river stone 7") == {
        "user_id": "wang.wei",
        "name": "王伟",
        "role": "coordinator",
        "scope": None,
        "language": None,
    }
    for user, password in (("wang.wei", "River stone 7"), ("nobody", "x"), ("zhao.min", "")):
        assert users.verify(store, user, password) is None


def test_every_refusal_costs_the_same_work(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    users.add_user(store, "wang.wei", "Wang Wei", "river stone 7")
    users.add_user(store, "zhao.min", "Zhao Min", None)
    worked: list[str] = []
    stretch = keys.hash_secret_raw

    def count(*given: object, **more: object) -> bytes:
        worked.append("x")
        return stretch(*given, **more)

    monkeypatch.setattr(keys, "hash_secret_raw", count)
    for user in ("wang.wei", "nobody", "zhao.min", "li.na"):
        assert users.verify(store, user, "wrong") is None
        assert worked == ["x"]
        worked.clear()


def test_a_disabled_user_is_refused(store: Store) -> None:
    users.add_user(store, "wang.wei", "Wang Wei", "river stone 7")
    everyone = store.read("users")
    store.write("users", everyone.assign(disabled=everyone["user_id"] == "wang.wei"))
    assert users.verify(store, "wang.wei", "river stone 7") is None


def test_a_password_is_no_column(store: Store) -> None:
    users.add_user(store, "wang.wei", "Wang Wei", "river stone 7")
    everyone = store.read("users")
    assert not [name for name in everyone if "password" in name]
    with pytest.raises(BadInput) as refused:
        store.write("users", everyone.assign(password_hash="planted"))
    assert refused.value.code == "columns_unknown"


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
        (("li.na", "Li Na", LONG), "user_exists"),
        (("", "Li Na", LONG), "user_name_wrong"),
        (("a ", "Li Na", LONG), "user_name_wrong"),
        (("a\n.b", "Li Na", LONG), "user_name_wrong"),
        (("a", "Li Na", ""), "password_empty"),
        (("a", "Li Na", "stone 7"), "password_short"),
        (("a", "Li Na", "7777777777"), "password_short"),
        (("wang.wei.ming", "Wang", "Wang.wei.ming "), "password_is_user"),
        (("a", "Li Na", LONG, "king"), "rows_refused"),
        (("a", "Li Na", LONG, "helper"), "scope_missing"),
        (("a", "Li Na", LONG, "helper", "H00001"), "scope_unknown"),
        (("a", "Li Na", LONG, "planner", "H00001"), "scope_unwanted"),
    ],
)
def test_bad_users(store: Store, given: tuple, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        users.add_user(store, *given)
    assert refused.value.code == code
    assert store.read("users")["user_id"].tolist() == ["li.na"]


def test_password_of_nobody(store: Store) -> None:
    with pytest.raises(BadInput) as refused:
        users.set_password(store, "nobody", LONG)
    assert refused.value.code == "user_unknown"


def test_a_helper_signs_in_for_one_helper_of_the_register(store: Store) -> None:
    store.write("helpers", helpers(2))
    users.add_user(store, "wang.wei", "Wang Wei", LONG, "helper", "H00002")
    row = users.verify(store, "wang.wei", LONG)
    assert (row["role"], row["scope"]) == ("helper", "H00002")


def test_an_own_new_password_needs_the_old_one(store: Store) -> None:
    users.add_user(store, "wang.wei", "Wang Wei", LONG)
    for old, new, code in [
        ("a guess at it", "blue boat 99", "password_old_wrong"),
        (LONG, "blue 9", "password_short"),
    ]:
        with pytest.raises(BadInput) as refused:
            users.change_password(store, "wang.wei", old, new)
        assert refused.value.code == code
        assert users.verify(store, "wang.wei", LONG)
    users.change_password(store, "wang.wei", LONG, "blue boat 99")
    assert users.verify(store, "wang.wei", LONG) is None
    assert users.verify(store, "wang.wei", "blue boat 99")


def test_the_last_administrator_stays_and_a_disabled_first_user_locks_nobody_out(
    store: Store, path: Path
) -> None:
    users.add_user(store, "wang.wei", "Wang Wei", LONG, "planner")
    with pytest.raises(BadInput) as refused:
        users.disable_user(store, "li.na")
    assert refused.value.code == "user_last"
    users.add_user(store, "chen.jing", "Chen Jing", LONG, "administrator")
    users.disable_user(store, "li.na")
    assert open_store(path).actor == "wang.wei"
    store.actor = "chen.jing"
    users.disable_user(store, "li.na", disabled=False)
    assert open_store(path).actor == "li.na"


def test_steps_carry_the_person(store: Store) -> None:
    users.add_user(store, "wang.wei", "Wang Wei", None)
    store.actor = "wang.wei"
    store.write("children", children(1))
    assert store.steps()["user_id"].tolist() == ["li.na", "li.na", "wang.wei"]
