"""What the first run takes, and who may come in: without a browser."""

import pytest

from carekit.server.branch import Branch
from carekit.server.first_run import faults
from carekit.store import add_user, create_store, disable_user, open_store
from carekit.store.tries import FREE_TRIES, NAMES, SLOWEST, Tries

GOOD = {"branch": "青山县红十字会", "name": "陈静", "user": "chen.jing", "start": "empty"}
GOOD |= {"password": "tall bamboo 4", "again": "tall bamboo 4"}


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, {}),
        ({"user": " 陈静 "}, {}),
        ({"branch": "  "}, {"branch": "branch_missing"}),
        ({"name": ""}, {"name": "person_missing"}),
        ({"user": ""}, {"user": "user_name_wrong"}),
        ({"user": "chen\tjing"}, {"user": "user_name_wrong"}),
        ({"again": "tall bamboo 5"}, {"again": "passwords_differ"}),
        ({"password": "", "again": ""}, {"password": "password_empty"}),
        ({"password": "bamboo 4", "again": "bamboo 4"}, {"password": "password_short"}),
        ({"user": "tall bamboo 4"}, {"password": "password_is_user"}),
        ({"start": "county"}, {"start": "first_start_missing"}),
    ],
)
def test_faults_of_the_form(changed, found):
    assert faults(GOOD | changed) == found


def found_here(path, **changed):
    given = {name: GOOD[name] for name in ("branch", "name", "user", "password")}
    return Branch(path).found(**given | {"practice": False} | changed)


def test_a_branch_is_there_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "town.care"
    assert Branch(path).missing()

    def broken(*_, **__):
        raise RuntimeError("in the middle")

    with monkeypatch.context() as patch:
        patch.setattr("carekit.tasks.branch.fill_with_sample", broken)
        with pytest.raises(RuntimeError):
            found_here(path, practice=True)
    assert list(tmp_path.iterdir()) == []
    row, code = found_here(path)
    assert row["role"] == "administrator" and len(code) == 29
    assert not Branch(path).missing()
    assert {one.name for one in tmp_path.iterdir()} == {"town.care", "town.care.keys"}
    with open_store(path) as store:
        assert store.setting("branch_name") == GOOD["branch"]


def test_the_branch_knows_who_may_come_in_now(tmp_path):
    path = tmp_path / "town.care"
    with create_store(path, actor="li.na", password=GOOD["password"]) as store:
        add_user(store, "zhao.min", "赵敏", GOOD["password"], "planner")
        branch = Branch(path)
        assert branch.verify("zhao.min", GOOD["password"])["role"] == "planner"
        assert branch.find("zhao.min")["role"] == "planner"
        disable_user(store, "zhao.min")
        assert branch.find("zhao.min") is None
        assert branch.verify("zhao.min", GOOD["password"]) is None
        assert branch.find("nobody") is None


def test_wrong_passwords_wait_longer_and_longer_and_nobody_is_locked_out():
    tries = Tries()
    waits = [tries.wait("li.na") for _ in range(40)]
    assert waits[:FREE_TRIES] == [0.0] * FREE_TRIES
    assert waits == sorted(waits)
    assert waits[FREE_TRIES] > 0
    assert waits[-1] == SLOWEST
    assert tries.wait("wang.wei") == 0.0
    tries.forget("li.na")
    assert tries.wait("li.na") == 0.0
    for number in range(NAMES + 10):
        tries.wait(f"made up {number}")
    assert len(tries.counts) == NAMES
