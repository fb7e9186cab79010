"""carekit users: who may sign in, and as what."""

import pytest

from carekit import open_store
from carekit.store import verify
from carekit.words import say


@pytest.fixture(autouse=True)
def new_password(monkeypatch):
    monkeypatch.setenv("CAREKIT_NEW_PASSWORD", "blue boat 9")


def test_a_user_is_added_and_may_sign_in(empty, call):
    told = call("users", empty, "add", "wang.wei", "--name", "王伟", "--role", "planner")
    assert told.code == 0
    assert "blue boat 9" not in told.out + told.err
    listed = call("users", empty, "--json").json
    assert listed == call("users", empty, "list", "--json").json
    assert listed[-1] == {
        "user_id": "wang.wei",
        "name": "王伟",
        "role": "planner",
        "scope": None,
        "disabled": False,
    }
    assert call("users", empty).out.splitlines()[-1] == "wang.wei  planner  王伟"
    with open_store(empty) as store:
        assert verify(store, "wang.wei", "blue boat 9") is not None
        assert verify(store, "wang.wei", "guess") is None
    assert call("users", empty, "add", "wang.wei").code == 2


def test_a_helper_is_tied_to_one_of_the_register(filled, call):
    tied = call("users", filled, "add", "liu.yang", "--role", "helper", "--helper", "H00003")
    assert tied.code == 0
    assert call("users", filled).out.splitlines()[-1] == "liu.yang  helper  H00003  liu.yang"
    for arguments, code in [
        (("--role", "helper"), "scope_missing"),
        (("--role", "helper", "--helper", "H99999"), "scope_unknown"),
        (("--role", "planner", "--helper", "H00003"), "scope_unwanted"),
    ]:
        told = call("users", filled, "add", "somebody", *arguments)
        assert told.code == 2
        assert told.sentences == [say(code, "en", scope="H99999")]


def test_a_new_password_and_an_end(empty, monkeypatch, call):
    call("users", empty, "add", "wang.wei")
    monkeypatch.setenv("CAREKIT_NEW_PASSWORD", "green tea 77")
    assert call("users", empty, "password", "wang.wei").code == 0
    with open_store(empty) as store:
        assert verify(store, "wang.wei", "blue boat 9") is None
        assert verify(store, "wang.wei", "green tea 77")
    assert call("users", empty, "disable", "wang.wei").code == 0
    assert call("users", empty).out.splitlines()[-1].endswith("  disabled")
    with open_store(empty) as store:
        assert verify(store, "wang.wei", "green tea 77") is None
    assert call("users", empty, "enable", "wang.wei").code == 0
    with open_store(empty) as store:
        assert verify(store, "wang.wei", "green tea 77") is None
    assert call("users", empty, "password", "wang.wei").code == 0
    with open_store(empty) as store:
        assert verify(store, "wang.wei", "green tea 77")
    assert call("users", empty, "disable", "nobody").code == 2


def test_a_password_nobody_chose_is_told_once_and_a_weak_one_refused(empty, monkeypatch, call):
    monkeypatch.setenv("CAREKIT_NEW_PASSWORD", "tea 7")
    told = call("users", empty, "add", "wang.wei")
    assert (told.code, told.sentences) == (2, [say("password_short", "en", least=10)])
    monkeypatch.delenv("CAREKIT_NEW_PASSWORD")
    made = call("users", empty, "add", "wang.wei", "--json").json["password"]
    again = call("users", empty, "password", "wang.wei", "--json").json["password"]
    with open_store(empty) as store:
        assert verify(store, "wang.wei", made) is None
        assert verify(store, "wang.wei", again)


def test_a_class_teacher_is_tied_to_a_class(filled, call):
    added = ("users", filled, "add", "he.ping", "--role", "class_teacher", "--scope")
    for wrong in ("K9999", "H00003"):
        told = call(*added, wrong)
        assert (told.code, told.sentences) == (2, [say("scope_unknown", "en", scope=wrong)])
    assert call(*added, "K0003").code == 0
    assert "he.ping  class_teacher  K0003  he.ping" in call("users", filled).out.splitlines()


def test_a_coordinator_lets_nobody_in(filled, monkeypatch, call):
    assert call("users", filled, "add", "zhou.yan").code == 0  # as coordinator
    monkeypatch.setenv("CAREKIT_USER", "zhou.yan")
    monkeypatch.setenv("CAREKIT_PASSWORD", "blue boat 9")
    monkeypatch.setenv("CAREKIT_NEW_PASSWORD", "green tea 77")
    for arguments in (["add", "x"], ["disable", "coordinator"], ["password", "coordinator"], []):
        told = call("users", filled, *arguments)
        assert (told.code, told.sentences) == (2, [say("not_allowed", "en")])
