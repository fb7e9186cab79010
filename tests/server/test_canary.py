"""A name, an identity number, passwords and keys: stored, and put into everything that fails.

None of them shows in a log, a history, a temporary file or the list of processes.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pandas as pd
import psutil
import pytest
from jupyter_server.services.kernels.connection.base import serialize_msg_to_ws_v1

from carekit import create_store
from carekit.server.channels import V1
from carekit.store import add_user, keyfile
from tests.browser.branch import serving
from tests.browser.conftest import Visitor
from tests.canary import (
    ID_NUMBER,
    NAME,
    NEW_PASSWORD,
    PASSWORD,
    Canaries,
    in_files,
    in_processes,
)

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
USER = "chen.jing"
PATIENCE = 60
FAULT, SLEEP = "FAULTY", "SLEEPY"
# Faults of ours with the name in hand and in their message, in a long step and in the page.
BROKEN = f"""
import time
import carekit.people as people
found = people.register
def register(cells, *rest, **named):
    if {FAULT!r} in repr(cells):
        raise ValueError(repr(cells))
    if {SLEEP!r} in repr(cells):
        time.sleep(100)
    return found(cells, *rest, **named)
people.register = register
import carekit.store.store as store
kept = store.Store.keep
def keep(self, place, text):
    if {FAULT!r} in repr(text):
        raise RuntimeError(text)
    return kept(self, place, text)
store.Store.keep = keep
"""


@pytest.fixture
def branch(tmp_path):
    """A store with the canary in it, and the keys that open it."""
    path = tmp_path / "branch" / "town.care"
    path.parent.mkdir()
    with create_store(path, actor=USER, password=PASSWORD, practice_day="2026-03-02") as store:
        child = {"name": NAME, "id_number": ID_NUMBER, "note": NAME, "address": NAME}
        store.write("children", pd.DataFrame([child]))
        add_user(store, "zhao.min", "赵敏", PASSWORD, "planner")
        keys = store.keys
    return path, keys


def canaries(keys, *codes):
    named = {f"code {number}": code for number, code in enumerate(codes)}
    return Canaries(
        name=NAME,
        id_number=ID_NUMBER,
        password=PASSWORD,
        new_password=NEW_PASSWORD,
        data_key=keys.data,
        audit_key=keys.audit,
        **named,
    )


class Page:
    """A page without a browser: its kernel, and messages nobody's browser would send."""

    def __init__(self, visitor, view):
        self.visitor = visitor
        self.lines = []
        status, _, text = visitor.ask(f"?view={view}")
        assert status == 200
        self.kernel = re.search(r'"kernelId": "([\w-]+)"', text)[1]
        self.attach()

    def attach(self):
        self.socket = self.visitor.attach(self.kernel)
        self.socket.settimeout(PATIENCE)

    def send(self, kind, content, channel="shell", buffers=(), **more):
        header = {"msg_id": uuid4().hex, "msg_type": kind, "session": "test", "username": ""}
        header |= {"version": "5.3", "date": "2026-03-02T00:00:00Z"}
        said = {"header": header, "parent_header": {}, "metadata": {"version": "1.0.0"}}
        said |= {"content": content, "buffers": [], "channel": channel} | more
        if not buffers:
            self.socket.send(json.dumps({k: v for k, v in said.items() if v is not None}))
            return
        names = ("header", "parent_header", "metadata", "content")
        parts = [*(json.dumps(said[name]).encode() for name in names), *buffers]
        line = self.visitor.attach(self.kernel, V1)  # the form in which pages send files
        line.send_binary(serialize_msg_to_ws_v1(parts, channel))
        self.lines.append(line)  # closed at once it could take its message with it

    def states(self):
        """What every widget shows, by its id."""
        comm = uuid4().hex
        control = {"comm_id": comm, "target_name": "jupyter.widget.control", "data": {}}
        self.send("comm_open", control)
        self.send("comm_msg", {"comm_id": comm, "data": {"method": "request_states"}})
        while True:
            said = json.loads(self.socket.recv())
            data = said.get("content", {}).get("data", {})
            if said["msg_type"] == "comm_msg" and data.get("method") == "update_states":
                return {id: one["state"] for id, one in data["states"].items()}

    def until(self, wanted):
        """The state of the widget of which this is true, once it is."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for widget, state in self.states().items():
                if wanted(state):
                    return widget, state
            time.sleep(0.2)
        raise AssertionError([state.get("notice") for state in self.states().values()])

    def event(self, widget, event, data, *buffers):
        content = {"comm_id": widget, "data": {"method": "custom"}}
        content["data"]["content"] = {"event": event, "data": data}
        self.send("comm_msg", content, buffers=buffers)


def raw(address, text):
    """Bytes no browser would send; what comes back is nobody's business here."""
    place = urlsplit(address)
    with socket.create_connection((place.hostname, place.port), timeout=20) as plain:
        plain.sendall(text if isinstance(text, bytes) else text.encode())
        plain.settimeout(2)
        try:
            return plain.recv(4096)
        except OSError:
            return b""


def at_the_door(server):
    """Wrong sign-ins, wrong addresses, wrong forms and requests that are none."""
    stranger = Visitor(server.address)
    for user, password in ((NAME, PASSWORD + "!"), (USER, NAME), (ID_NUMBER, ID_NUMBER)):
        assert stranger.sign_in(user, password)[0] == 401
    form = {"user": USER, "new": NEW_PASSWORD, "again": NEW_PASSWORD + "x"}
    assert stranger.post("login", **form, code=ID_NUMBER)[0] == 422
    assert stranger.ask("login", "POST", {"user": NAME, "password": PASSWORD})[0] == 403
    stranger.opener.close()
    name = quote(NAME)
    host = urlsplit(server.address).netloc
    for line in (
        f"GET /{NAME} HTTP/1.1\r\nHost: {host}\r\n\r\n",
        f"{ID_NUMBER} / {ID_NUMBER}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: {ID_NUMBER}.example\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: {host}\r\n{ID_NUMBER}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: {host}\r\nCookie: {ID_NUMBER}={ID_NUMBER}\r\n\r\n",
        f"GET /?{name} HTTP/9{ID_NUMBER}\r\nHost: {host}\r\n\r\n",
        f"POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Type: multipart/form-data; "
        f"boundary=x\r\nContent-Length: 30\r\n\r\n--x\r\n{ID_NUMBER}",
        f"POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Length: {ID_NUMBER}{ID_NUMBER}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: {ID_NUMBER}\r\n\r\n",
    ):
        raw(server.address, line)


def inside(server, visitor):
    """Wrong addresses of somebody who is signed in, and cookies that were forged."""
    name = quote(NAME)
    for path in (
        name,
        f"?{ID_NUMBER}={name}",
        f"?view={ID_NUMBER}",
        f"login?next=/?view={name}",
        f"voila/static/{name}%00{ID_NUMBER}",
        f"voila/templates/{name}%00.css",
        f"voila/templates/carekit/static/{name}",
        f"voila/labextensions/{name}%00",
        f"voila/labextensions/%ff{ID_NUMBER}",
        f"api/kernels/{ID_NUMBER}",
        f"api/kernels/00000000-0000-0000-0000-{ID_NUMBER}",
        f"%ff{ID_NUMBER}",
        f"?lang={name}&{name}=%ff{ID_NUMBER}",
    ):
        for method in ("GET", "POST") if "view" not in path else ("GET",):
            visitor.ask(path, method)
    host = urlsplit(server.address).netloc
    for cookie in visitor.cookies:
        for value in (f"2|1:0|{ID_NUMBER}", f"{ID_NUMBER}|1|{ID_NUMBER}", f'"{ID_NUMBER}'):
            sent = f"GET / HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie.name}={value}\r\n\r\n"
            raw(server.address, sent)
    for headers in ({"Origin": f"http://{ID_NUMBER}"}, {"Referer": f"http://{ID_NUMBER}/"}):
        visitor.ask(
            "voila/api/shutdown/00000000-0000-0000-0000-000000000000", "POST", {}, **headers
        )


def forged(page):
    """Messages to the kernel that are none, with the name in every part."""
    both = f"{NAME} {ID_NUMBER}"

    def send(*args, **more):
        page.attach()  # who sends nonsense is thrown out
        page.send(*args, **more)

    send("comm_msg", {"comm_id": both, "data": {"method": both}})
    send("comm_msg", {both: both})
    send("comm_open", {"comm_id": uuid4().hex, "target_name": both, "data": {both: both}})
    send("comm_close", {"comm_id": both})
    send(both, {both: both})
    send("execute_request", {"code": f"raise ValueError({both!r})", "silent": False})
    send("complete_request", {"code": both, "cursor_pos": both})
    send("history_request", {"hist_access_type": both})
    send("comm_info_request", {"target_name": {both: both}})
    send("kernel_info_request", both)
    send("input_reply", {"value": both}, channel="stdin")
    send("debug_request", {"command": both}, channel="control")
    send("comm_msg", {"comm_id": both}, channel=both)
    send("comm_msg", {"comm_id": both}, channel=None)
    send("comm_msg", {"comm_id": both}, header={"msg_type": both})
    send("comm_msg", {"comm_id": both}, header=both)
    for text in (both, json.dumps(both), json.dumps([both]), json.dumps({both: both})):
        page.attach()
        page.socket.send(text)
    page.attach()
    page.socket.send_binary(both.encode())
    page.attach()
    page.states()  # it has heard all of it, and lives


def in_the_app(page):
    """Lists that cannot be read, steps that fail or die, forms with faults."""
    widget, state = page.until(lambda state: "imports" in state)
    assert state["imports"]

    def upload(text, name):
        data = text.encode()
        info = {"sheet": "children", "name": name, "size": len(data)}
        page.event(widget, "upload", info, data)

    def notice():
        found = page.until(
            lambda s: "imports" in s and s["notice"].get("kind") and not s["progress"]
        )
        page.event(widget, "close_notice", {})
        page.until(lambda s: "imports" in s and not s["notice"])
        return found[1]["notice"]

    upload(f"{NAME},{ID_NUMBER}\n{NAME},{ID_NUMBER}", f"{NAME}.csv")
    assert notice()["kind"] == "error"
    upload(f"姓名,性别,身份证号\n{NAME}{FAULT},{NAME},{ID_NUMBER}\n", f"{NAME}.csv")
    assert notice()["kind"] == "error"  # a fault of ours, in the long step
    for event, data in (
        ("type", {"name": NAME, ID_NUMBER: ID_NUMBER}),
        ("ask_table", {"id": "children", "query": NAME, "sort": ID_NUMBER, "page": NAME}),
        ("ask_table", {"id": NAME}),
        ("ask_table", NAME),
        ("open_row", {"table": "children", "key": NAME}),
        ("open_row", {"table": NAME, "key": ID_NUMBER}),
        ("open_tab", NAME),
        ("save_form", {"name": NAME, "id_number": "x"}),
        (NAME, {}),
        ("upload", NAME),
        ("add", NAME),
    ):
        page.event(widget, event, data)
        page.event(widget, event, [data, NAME])
    page.event(widget, "add", "children")
    page.until(lambda state: state.get("form", {}).get("id"))
    page.event(widget, "type", {"name": NAME + FAULT, "id_number": ID_NUMBER})  # cannot be kept
    page.event(widget, "save_form", {"name": NAME, "id_number": ID_NUMBER, "birth_date": NAME})
    page.until(lambda state: state.get("form", {}).get("errors"))
    page.event(widget, "close_notice", {})
    update = {"method": "update", "state": {"heading": {NAME: NAME}, "language": NAME, NAME: NAME}}
    page.send("comm_msg", {"comm_id": widget, "data": update})
    upload(f"姓名,性别\n{NAME}{SLEEP},{ID_NUMBER}\n", f"{ID_NUMBER}.csv")
    page.until(lambda state: state.get("progress"))


@pytest.mark.timeout(300)
def test_canaries_show_nowhere_around_a_server(branch, tmp_path):
    path, keys = branch
    (tmp_path / "sitecustomize.py").write_text(BROKEN, encoding="utf-8")
    home = tmp_path / "server"
    wanted = canaries(keys)
    ours = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    runtime = {"JUPYTER_RUNTIME_DIR": home / "runtime", "IPYTHONDIR": home / "ipython"}
    with serving(path, home, PYTHONPATH=ours, XDG_CACHE_HOME=home / "cache", **runtime) as server:
        at_the_door(server)
        visitor = Visitor(server.address)
        assert visitor.sign_in(USER, PASSWORD)[0] == 302
        page = Page(visitor, "register")
        in_the_app(page)
        main = psutil.Process(server.process.pid)
        steps = [one for one in main.children(recursive=True) if "spawn_main" in str(one.cmdline())]
        assert steps  # a long step has the name in hand
        assert wanted.found(in_processes(server.process.pid)) == []
        assert wanted.found(in_files(home, path.parent)) == []
        steps[0].kill()
        page.until(lambda s: "imports" in s and s["notice"].get("kind") and not s["progress"])
        inside(server, visitor)
        assert wanted.found(in_processes(server.process.pid)) == []
        forged(page)
        assert wanted.found({"log": server.said()}) == []
        assert wanted.found(in_files(home, path.parent)) == []
        for one in visitor.sockets:
            one.close()
        visitor.opener.close()
        assert "ValueError at" in server.said() and "RuntimeError at" in server.said()
        server.kill()  # what a crash leaves behind
        assert wanted.found(in_files(home, path.parent)) == []
    assert keyfile.read(path).unlocked(USER, PASSWORD) == keys


@pytest.mark.parametrize("place", ["log", "name", "temporary", "journal", "cmdline", "environ"])
@pytest.mark.parametrize("secret", ["name", "id_number", "password", "data_key"])
def test_a_planted_leak_is_found(branch, tmp_path, place, secret):
    _, keys = branch
    wanted = canaries(keys)
    text = {"name": NAME, "id_number": ID_NUMBER, "password": PASSWORD}.get(secret, keys.data.hex())
    files = {"log": "server.log", "temporary": "tmp/x/y.tmp", "journal": "town.care-wal"}
    if place in files:
        (tmp_path / "planted" / files[place]).parent.mkdir(parents=True)
        (tmp_path / "planted" / files[place]).write_text(f"x{text}y", encoding="utf-8")
    if place == "name":
        (tmp_path / "planted" / text).mkdir(parents=True)
    found = wanted.found(in_files(tmp_path / "planted"))
    if place in ("cmdline", "environ"):
        wait = [sys.executable, "-c", "input()"]
        more = {"cmdline": ([text], {}), "environ": ([], {"PLANTED": text})}[place]
        with subprocess.Popen(
            [*wait, *more[0]], env=os.environ | more[1], stdin=subprocess.PIPE
        ) as process:
            found = wanted.found(in_processes(process.pid))
            process.communicate(b"\n")
    assert secret in {label for _, label in found}
    assert all(place in where or place not in ("cmdline", "environ") for where, _ in found)
