"""How the key of a store comes to a server and its kernels, and how it goes again."""

import asyncio
import math
import os
import subprocess
import sys
import time
import types
from pathlib import Path

import pytest

from carekit.errors import BadInput
from carekit.pages import ticket
from carekit.server import tickets
from carekit.server.branch import Branch
from carekit.server.identity import Identity
from carekit.server.idle import Watch
from carekit.server.sessions import Sessions
from carekit.server.tickets import Desk
from carekit.server.web import Bare, Spoken
from carekit.store import create_store, keyfile, unlocked
from carekit.store.keys import Keys

PASSWORD = "river stone 7"
KEYS = Keys.new()


@pytest.fixture
def path(tmp_path):
    """A store this process has no key of."""
    path = tmp_path / "town.care"
    create_store(path, "li.na", PASSWORD).close()
    unlocked.forget(keyfile.read(path).store)
    return path


def exchanged(*kernels, before=lambda desk: None):
    """A desk with one ticket, and what each of these functions says when it is given it."""

    async def at_desk():
        desk = Desk()
        given = await desk.issue("a store", KEYS)
        before(desk)
        try:
            return [await asyncio.to_thread(kernel, given) for kernel in kernels]
        finally:
            await desk.close()

    return asyncio.run(at_desk())


def redeem(given):
    environment = {ticket.VARIABLE: given, "HOME": "/"}
    try:
        ticket.redeem(environment)
        return unlocked.held("a store")
    except BadInput as refused:
        return refused.code
    finally:
        assert environment == {"HOME": "/"}  # gone, whatever came of it
        unlocked.forget("a store")


def test_a_ticket_is_good_once():
    assert exchanged(redeem, redeem) == [KEYS, "ticket_refused"]


def test_without_a_ticket_nothing_is_asked():
    environment = {"HOME": "/"}
    ticket.redeem(environment)
    assert environment == {"HOME": "/"}


def changed(place, digit="0"):
    def kernel(given):
        parts = given.split(".")
        parts[place] = ("0" if parts[place][0] != "0" else "1") + parts[place][1:]
        return redeem(".".join(parts))

    return kernel


def test_a_guess_gets_nothing_and_a_wrong_secret_uses_the_ticket_up():
    assert exchanged(changed(1), redeem) == ["ticket_refused", KEYS]
    assert exchanged(changed(2), redeem) == ["ticket_refused", "ticket_refused"]
    assert exchanged(lambda _: redeem("nonsense")) == ["ticket_refused"]


def test_a_ticket_grows_old_and_is_void_after_a_lock(monkeypatch):
    assert exchanged(redeem, before=lambda desk: desk.void()) == ["ticket_refused"]
    monkeypatch.setattr(tickets, "GOOD_SECONDS", 0.0)
    assert exchanged(redeem) == ["ticket_refused"]


def test_who_listens_on_the_way_learns_nothing():
    answer = ticket.answer("a store", KEYS, "12", bytes(32))
    for key in (KEYS.data, KEYS.audit):
        assert key not in answer and key.hex().encode() not in answer
    assert b"a store" not in answer


def test_a_line_that_never_ends_or_never_comes_harms_nobody(monkeypatch):
    import socket

    monkeypatch.setattr(tickets, "PATIENCE", 0.2)

    def flood(given):
        port = int(given.split(".")[0])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as one:
            one.sendall(b"x" * 5000)
            try:
                return one.recv(100)
            except ConnectionError:
                return b""

    def silent(given):
        with socket.create_connection(("127.0.0.1", int(given.split(".")[0])), timeout=10) as one:
            return one.recv(100)

    assert exchanged(flood, silent, redeem) == [b"", b"", KEYS]


KERNEL = """
import os, sys
from carekit.pages.ticket import redeem
from carekit.store import unlocked
redeem()
assert "CAREKIT_TICKET" not in os.environ
child = os.popen("env").read()
assert "CAREKIT_TICKET" not in child
print(unlocked.held("a store") is not None, flush=True)
sys.stdin.readline()
"""


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc")
def test_a_process_holds_the_key_and_shows_neither_key_nor_a_ticket_that_works(tmp_path):
    seen, tickets_given = [], []

    def kernel(given):
        tickets_given.append(given)
        process = subprocess.Popen(
            [sys.executable, "-c", KERNEL],
            env={**os.environ, ticket.VARIABLE: given},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        told = process.stdout.readline()
        for name in ("cmdline", "environ"):
            seen.append(Path(f"/proc/{process.pid}/{name}").read_bytes())
        process.communicate("")
        return told

    # The first environment of a process can be read as it was; its ticket is worth nothing now.
    told, again = exchanged(kernel, redeem)
    assert (told, again) == ("True\n", "ticket_refused")
    for key in (KEYS.data, KEYS.audit):
        assert not [text for text in seen if key in text or key.hex().encode() in text]
    assert tickets_given[0].encode() not in seen[0] and tickets_given[0].encode() in seen[1]


def test_the_first_sign_in_unlocks_and_a_wrong_one_does_not(path, monkeypatch):
    monkeypatch.setenv("CAREKIT_USER", "li.na")
    monkeypatch.setenv("CAREKIT_PASSWORD", PASSWORD)  # nobody signs in with who launched it
    branch = Branch(path)
    for who in (
        ("li.na", "a guess"),
        ("nobody", PASSWORD),
        ("", PASSWORD),
        ("li.na", ""),
        ("", ""),
    ):
        assert branch.verify(*who) is None
        assert branch.keys() is None
    monkeypatch.delenv("CAREKIT_PASSWORD")
    assert branch.find("li.na") is None
    assert branch.verify("li.na", PASSWORD)["user_id"] == "li.na"
    assert branch.keys() is not None
    assert branch.find("li.na")["role"] == "administrator"
    branch.lock()
    assert branch.keys() is None and branch.find("li.na") is None


@pytest.fixture
def watch(path):
    """A server with one person signed in and one page open; ``quiet``: seconds it did nothing."""
    branch = Branch(path)
    identity = Identity()
    identity.branch = branch
    ended = []

    async def end_session(session):
        ended.append(session)

    quiet = {}
    kernels = types.SimpleNamespace(
        quiet_seconds=lambda session: quiet.get(session, math.inf), end_session=end_session
    )
    row = branch.verify("li.na", PASSWORD)
    watch = Watch(identity, kernels, branch, Desk(), minutes=15)
    watch.person, watch.quiet, watch.ended = identity.sign_in(row), quiet, ended
    yield watch
    branch.lock()


def later(watch, monkeypatch, minutes, asleep=False):
    """Whether the server still holds the key after so many minutes."""
    wall = time.time() + minutes * 60
    monkeypatch.setattr(time, "time", lambda: wall)
    if not asleep:  # this clock may stand still while the computer sleeps
        now = time.monotonic() + minutes * 60
        monkeypatch.setattr(time, "monotonic", lambda: now)
    asyncio.run(watch.look())
    return watch.branch.keys() is not None


def test_who_does_nothing_is_signed_out_and_the_server_forgets_the_key(watch, monkeypatch):
    assert later(watch, monkeypatch, 14)
    assert watch.identity.sessions
    assert not later(watch, monkeypatch, 2)
    assert not watch.identity.sessions  # the cookie of before stands for nobody
    assert watch.ended == [watch.person.session]  # and its pages go


def test_a_request_or_work_in_a_page_keeps_it_and_an_open_page_does_not(watch, monkeypatch):
    assert later(watch, monkeypatch, 14)
    watch.person.seen = time.monotonic()
    assert later(watch, monkeypatch, 14)
    watch.quiet[watch.person.session] = 60.0
    assert later(watch, monkeypatch, 14)
    watch.quiet[watch.person.session] = 14 * 60.0
    assert later(watch, monkeypatch, 1)
    watch.quiet[watch.person.session] = 15 * 60.0
    assert not later(watch, monkeypatch, 14)


def test_each_session_ends_by_itself(watch, monkeypatch):
    other = watch.identity.sign_in({"user_id": "li.na"})
    watch.quiet[other.session] = 0.0
    assert later(watch, monkeypatch, 14) and later(watch, monkeypatch, 2)
    assert list(watch.identity.sessions) == [other.session]


def test_a_session_ends_after_a_day_of_work(watch, monkeypatch):
    watch.quiet[watch.person.session] = 0.0
    for _ in range(24 * 6 - 1):
        assert later(watch, monkeypatch, 10)
    assert watch.identity.sessions
    later(watch, monkeypatch, 10)
    assert not watch.identity.sessions


def test_a_computer_that_slept_wakes_up_locked(watch, monkeypatch):
    assert later(watch, monkeypatch, 14, asleep=True)
    assert not later(watch, monkeypatch, 15, asleep=True)
    assert not watch.identity.sessions


def test_after_the_last_sign_out_the_key_goes_too(watch, monkeypatch):
    watch.identity.sign_out(watch.person)
    assert later(watch, monkeypatch, 14)
    assert not later(watch, monkeypatch, 2)


@pytest.mark.parametrize("handler", [Bare, Sessions, Spoken])
def test_the_script_of_an_open_page_is_nobody(watch, handler):
    """It asks every three seconds whether its kernel is there."""
    asking = types.SimpleNamespace(
        by_person=handler.by_person,
        get_secure_cookie=lambda *_, **__: watch.person.session.encode(),
        request=types.SimpleNamespace(host="localhost:8866"),
    )
    watch.person.seen = 0.0
    assert watch.identity.get_user(asking) is watch.person
    assert bool(watch.person.seen) == (handler is Spoken)


def test_a_long_step_opens_the_store_without_a_password(path):
    from carekit.pages.kit import work

    with pytest.raises(BadInput) as locked:
        asyncio.run(work.run(count, str(path), on_progress=lambda *_: None))
    assert locked.value.code == "store_locked"
    Branch(path).verify("li.na", PASSWORD)
    assert asyncio.run(work.run(count, str(path), on_progress=lambda *_: None)) == 1


def count(report, path):
    from carekit.store import open_store

    with open_store(path) as store:
        return len(store.read("users"))
