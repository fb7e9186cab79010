"""A real server and a real kernel, without a browser: the page opens the encrypted store, and its
key shows nowhere."""

import html
import json
import re
import time
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from carekit import create_store
from carekit.store import keyfile
from carekit.words import say
from tests.browser.branch import serving
from tests.browser.conftest import Visitor

PASSWORD = "tall bamboo 4"
PATIENCE = 60


@pytest.fixture
def store(tmp_path):
    with create_store(tmp_path / "town.care", "li.na", PASSWORD, practice_day="2026-03-02") as made:
        yield made


def message(kind, content):
    header = {"msg_id": uuid4().hex, "msg_type": kind, "session": "test", "username": ""}
    header |= {"version": "5.3", "date": "2026-03-02T00:00:00Z"}
    said = {
        "header": header,
        "parent_header": {},
        "metadata": {"version": "1.0.0"},
        "content": content,
    }
    return json.dumps(said | {"channel": "shell", "buffers": []})


def states(visitor, kernel):
    """What every widget of a page shows."""
    socket = visitor.attach(kernel)
    comm = uuid4().hex
    control = {"comm_id": comm, "target_name": "jupyter.widget.control", "data": {}}
    socket.send(message("comm_open", control))
    socket.send(message("comm_msg", {"comm_id": comm, "data": {"method": "request_states"}}))
    while True:
        said = json.loads(socket.recv())
        data = said["content"].get("data", {})
        if said["msg_type"] == "comm_msg" and data.get("method") == "update_states":
            return [one["state"] for one in data["states"].values()]


def processes(server):
    main = psutil.Process(server.process.pid)
    return [main, *main.children(recursive=True)]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc")
def test_the_page_opens_the_store_and_the_key_shows_nowhere(store, tmp_path):
    with serving(store.path, tmp_path / "server") as server:
        visitor = Visitor(server.address)
        try:
            assert visitor.sign_in("li.na", "a guess")[0] == 401
            assert visitor.sign_in("li.na", PASSWORD)[0] == 302
            status, _, page = visitor.ask("")
            assert status == 200
            kernel = re.search(r'"kernelId": "([\w-]+)"', page)[1]
            end = time.monotonic() + PATIENCE
            while True:
                apps = [one for one in states(visitor, kernel) if "shown" in one]
                if apps and (apps[0]["shown"] or apps[0]["message"]):
                    break
                assert time.monotonic() < end
            assert apps[0]["message"] == ""
            assert apps[0]["person"] == "li.na"
            secret = [store.keys.data, store.keys.audit]
            secret += [key.hex().encode() for key in secret] + [PASSWORD.encode()]
            seen = {"page": page.encode(), "log": server.said().encode()}
            tickets = []
            for process in processes(server):
                for name in ("cmdline", "environ"):
                    path = f"/proc/{process.pid}/{name}"
                    seen[path] = Path(path).read_bytes()
                found = re.search(rb"CAREKIT_TICKET=([\w.]+)", seen[path])
                tickets += [found[1].decode()] if found else []
            for folder in (tmp_path / "server", tmp_path):
                seen |= {
                    str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()
                }
            assert len(seen) > 6 and len(tickets) == 1
            assert [name for name, text in seen.items() if any(one in text for one in secret)] == []
            # What is left of the ticket in the kernel's first environment is worth nothing.
            number = tickets[0].split(".")[1]
            told = {n for n, text in seen.items() if number.encode() in text}
            assert {name.rsplit("/", 1)[-1] for name in told} == {"environ"}
            assert _asked_again(tickets[0]) == b""
        finally:
            visitor.opener.close()
            for socket in visitor.sockets:
                socket.close()
    assert keyfile.read(store.path).unlocked("li.na", PASSWORD) == store.keys


def _asked_again(ticket):
    from carekit.pages import ticket as client

    port, number, _ = ticket.split(".")
    return client._asked(int(port), number)


def test_a_branch_is_set_up_and_its_code_is_the_way_back_in(tmp_path):
    path = tmp_path / "branch.care"
    form = {"branch": "青山县", "name": "陈静", "user": "chen.jing", "start": "empty"}
    new = {"new": "green bamboo 5", "again": "green bamboo 5"}
    with serving(path, tmp_path / "server") as server:
        visitor, other = Visitor(server.address), Visitor(server.address)
        try:
            visitor.ask("first")
            status, _, page = visitor.post("first", **form, password=PASSWORD, again=PASSWORD)
            assert status == 200
            [code] = re.findall(r"(?:[A-Z]{4}-){5}[A-Z]{4}", page)
            assert visitor.ask("first")[:2] == (302, "/login")  # shown this once
            assert code not in visitor.ask("", Accept_Language="zh")[2]
            other.ask("login")
            for wrong, fault in (
                ({"code": "AAAA" * 6}, "recovery_wrong"),
                ({"code": code[:-1]}, "recovery_mistyped"),
                ({"code": code, "again": "another"}, "passwords_differ"),
                ({"code": code, "new": "short", "again": "short"}, "password_short"),
                ({"code": code, "user": "nobody"}, "user_unknown"),
            ):
                told = other.post("login", **{"user": "chen.jing", **new} | wrong)
                assert told[0] == 422
                assert say(fault, "en", least=10, user="nobody") in html.unescape(told[2])
                assert code not in told[2] and "bamboo" not in told[2]
            status, to, _ = other.post("login", user="chen.jing", code=code.lower(), **new)
            assert (status, to) == (302, "/")
            assert other.ask("")[0] == 200
            assert Visitor(server.address).sign_in("chen.jing", PASSWORD)[0] == 401
            assert Visitor(server.address).sign_in("chen.jing", new["new"])[0] == 302
            assert code not in server.said() and "bamboo" not in server.said()
        finally:
            visitor.opener.close()
            other.opener.close()
