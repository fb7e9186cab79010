"""Who is signed in: listed and ended by who may, and ended by itself when a standing changes."""

import asyncio
import json
import time

import pandas as pd
import pytest

from carekit import create_store, open_store
from carekit.server.branch import Branch
from carekit.server.identity import Identity
from carekit.server.sessions import Guard
from carekit.store import (
    add_user,
    change_role,
    disable_user,
    new_recovery_code,
    set_password,
)
from tests.browser.branch import DAY, serving
from tests.browser.conftest import Visitor

ADMIN, PASSWORD = "chen.jing", "tall bamboo 4"
PEOPLE = {"zhao.min": "planner", "wu.lei": "coordinator", "sun.yue": "analyst"}
LEAVERS = ("ma.jun", "he.ping")  # each of one test alone


def filled(path):
    with create_store(path, actor=ADMIN, password=PASSWORD, practice_day=DAY) as opened:
        for user, role in (PEOPLE | dict.fromkeys(LEAVERS, "coordinator")).items():
            add_user(opened, user, user, PASSWORD, role)
    return path


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return filled(tmp_path_factory.mktemp("sessions") / "town.care")


@pytest.fixture(scope="module")
def address(store, tmp_path_factory):
    with serving(store, tmp_path_factory.mktemp("sessions") / "server") as server:
        yield server.address


@pytest.fixture
def enter(address):
    """``enter("wu.lei")``: that person, signed in to a server on the store."""
    visitors = []

    def enter_(user=None):
        visitors.append(Visitor(address))
        if user:
            assert visitors[-1].sign_in(user, PASSWORD)[0] == 302
        return visitors[-1]

    yield enter_
    for one in visitors:
        one.post("logout")
        one.opener.close()


def listed(admin):
    status, _, text = admin.ask("sessions")
    assert status == 200
    return json.loads(text)["sessions"]


def is_in(person):
    return person.ask("voila/static/voila.js")[0] != 302


def until(check, seconds=20.0):
    end = time.monotonic() + seconds
    while not (answer := check()) and time.monotonic() < end:
        time.sleep(0.1)
    return answer


def test_the_list_names_everybody_and_no_secret(enter):
    admin, wu = enter(ADMIN), enter("wu.lei")
    wu.open()
    found = {one["user"]: one for one in listed(admin)}
    assert found.keys() == {ADMIN, "wu.lei"}
    assert (found[ADMIN]["own"], found["wu.lei"]["own"]) == (True, False)
    assert (found[ADMIN]["pages"], found["wu.lei"]["pages"]) == (0, 1)
    assert found["wu.lei"]["idle"] < 60
    cookies = {cookie.value for cookie in [*admin.cookies, *wu.cookies]}
    assert not [one for one in found.values() if any(one["id"] in value for value in cookies)]


@pytest.mark.parametrize("user", PEOPLE)
def test_nobody_else_sees_or_ends_a_session(enter, user):
    admin, other = enter(ADMIN), enter(user)
    own = {one["user"]: one["id"] for one in listed(admin)}
    assert other.ask("sessions")[0] == 403
    assert other.post("sessions", id=own[ADMIN])[0] == 403
    assert other.post("sessions", id=own[user])[0] == 403
    assert is_in(admin)


def test_a_stranger_gets_nothing(enter):
    stranger = enter()
    assert stranger.ask("sessions")[0] in (302, 403)
    assert stranger.ask("sessions", "POST", {"id": "x"})[0] in (302, 403)


def test_an_ended_session_is_out_and_its_kernel_is_gone(enter):
    admin, wu = enter(ADMIN), enter("wu.lei")
    kernel = wu.open()
    ids = {one["user"]: one["id"] for one in listed(admin)}
    assert admin.ask("sessions", "POST", {"id": ids["wu.lei"]})[0] == 403  # no token of the page
    assert is_in(wu)
    assert admin.post("sessions", id=ids["wu.lei"])[0] == 204
    assert not is_in(wu)
    assert {one["user"] for one in listed(admin)} == {ADMIN}
    wu.sign_in("wu.lei", PASSWORD)
    assert wu.ask(f"api/kernels/{kernel}")[0] in (403, 404)
    assert admin.post("sessions", id=ids["wu.lei"])[0] == 404


def test_anybody_ends_the_other_sessions_of_their_own(enter):
    admin, here, there, other = (enter(user) for user in (ADMIN, "wu.lei", "wu.lei", "zhao.min"))
    kernels = here.open(), there.open()
    assert here.ask("sessions", "POST", {"id": "others"})[0] == 403  # no token of the page
    assert is_in(there)
    assert here.post("sessions", id="others")[0] == 204
    assert [is_in(one) for one in (admin, here, there, other)] == [True, True, False, True]
    there.sign_in("wu.lei", PASSWORD)
    assert [there.ask(f"api/kernels/{one}")[0] == 200 for one in kernels] == [True, False]


def test_the_recovery_code_ends_the_sessions_of_the_old_password(enter, store):
    admin, before, again = enter(ADMIN), enter("ma.jun"), enter()
    kernel = before.open()
    with open_store(store, ADMIN, PASSWORD) as opened:
        code = new_recovery_code(opened)
    again.ask("login")
    form = {"user": "ma.jun", "code": code, "new": NEW, "again": NEW}
    assert again.post("login", **form)[0] == 302
    assert [is_in(one) for one in (admin, before, again)] == [True, False, True]
    assert again.ask(f"api/kernels/{kernel}")[0] in (403, 404)


def test_who_is_disabled_is_out_at_once(enter, store):
    admin, leaver, other = enter(ADMIN), enter("he.ping"), enter("zhao.min")
    leaver.open()
    with open_store(store, ADMIN, PASSWORD) as opened:
        disable_user(opened, "he.ping")
    assert until(lambda: not is_in(leaver))
    assert {one["user"] for one in listed(admin)} == {ADMIN, "zhao.min"}
    assert is_in(other)


class Kernels:
    """Remembers whose pages were ended."""

    def __init__(self):
        self.ended = []

    async def end_session(self, session):
        self.ended.append(session)


WAYS = {
    "role": (lambda store: change_role(store, "wu.lei", "planner"), True),
    "scope": (lambda store: change_role(store, "tan.ya", "class_teacher", "K0002"), True),
    "password of the administrator": (lambda store: set_password(store, "wu.lei", NEW), True),
    "disabled": (lambda store: disable_user(store, "wu.lei"), True),
    "somebody else": (lambda store: disable_user(store, "sun.yue"), False),
    "password of one's own": (lambda store: own_password(store), False),
}
NEW = "calm lake and rain"


def own_password(store):
    set_password(open_store(store.path, "wu.lei"), "wu.lei", NEW)


@pytest.mark.parametrize("way", WAYS)
def test_a_session_ends_with_its_standing_and_not_without(tmp_path, way):
    change, ends = WAYS[way]
    path = filled(tmp_path / "town.care")
    with open_store(path, ADMIN, PASSWORD) as opened:
        names = pd.DataFrame({"name": ["1", "2"], "school_id": ["S001", "S001"]})
        opened.write({"schools": pd.DataFrame({"name": ["Ford"]}), "classes": names})
        add_user(opened, "tan.ya", "tan.ya", PASSWORD, "class_teacher", "K0001")
        identity, kernels, branch = Identity(), Kernels(), Branch(path)
        admin = identity.sign_in(branch.find(ADMIN))
        people = [identity.sign_in(branch.find(user)) for user in ("wu.lei", "tan.ya")]
        guard = Guard(identity, kernels, branch)
        asyncio.run(guard.look())
        assert kernels.ended == []
        change(opened)
        asyncio.run(guard.look())
    assert len(kernels.ended) == ends
    assert {one.session for one in people} - {*kernels.ended} <= {*identity.sessions}
    assert not {*kernels.ended} & {*identity.sessions}
    assert admin.session in identity.sessions
