"""Another person's kernel, and what may be said to one's own: no browser, real messages."""

import json
import os
import re
import stat
import time
from contextlib import suppress
from uuid import uuid4

import pytest
import zmq
from jupyter_client.session import Session
from websocket import (
    ABNF,
    WebSocketBadStatusException,
    WebSocketException,
    WebSocketTimeoutException,
)

from carekit.server.channels import V1
from tests.browser.test_doors import ask_kernel, message

ROUTES = [
    "api/kernels/{}", "api/kernels/{}/channels", "api/kernels/{}/interrupt",
    "api/kernels/{}/restart", "api/kernels/{}/", "voila/api/shutdown/{}", "voila/query/{}",
    "voila/api/shutdown/{}/", "api/sessions/{}",
]  # fmt: skip
ANSWERS = 15  # seconds
QUIET = 33  # seconds: past the first ping Jupyter would send
NUMBER = re.compile('nonce="[^"]*"')


def answer(somebody, path, method):
    if method == "GET":
        return somebody.ask(path)
    token = next((one.value for one in somebody.cookies if one.name == "_xsrf"), "")
    return somebody.ask(path, method, {"_xsrf": token})


def test_what_is_said_of_anothers_kernel_is_what_is_said_of_none(visitor):
    owner, other, stranger = visitor("li.na"), visitor("wang.wei"), visitor()
    stranger.ask("login")
    kernel, none = owner.open(), str(uuid4())
    for somebody in (other, stranger):
        for route in ROUTES:
            for method in ("GET", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"):
                told = [answer(somebody, route.format(one), method) for one in (kernel, none)]
                told = [(a, to.replace(kernel, none), NUMBER.sub("", text)) for a, to, text in told]
                assert told[0] == told[1], (route, method)
                assert told[0][0] in (302, 403, 404, 405), (route, method, told)
        refused = []
        for one in (kernel, none):
            with pytest.raises(WebSocketBadStatusException) as error:
                somebody.attach(one)
            refused.append((error.value.status_code, error.value.resp_body))
        assert refused[0] == refused[1] == (403, b"")
    # It was neither steered nor stopped.
    assert owner.ask(f"api/kernels/{kernel}")[0] == 200
    socket = owner.attach(kernel)
    assert ask_kernel(socket, "kernel_info_request", {}, "kernel_info_reply")["status"] == "ok"
    socket.close()


def test_a_line_on_which_nobody_speaks_stays_open(visitor):
    owner = visitor("li.na")
    socket = owner.attach(owner.open())
    assert ask_kernel(socket, "kernel_info_request", {}, "kernel_info_reply")["status"] == "ok"
    socket.settimeout(QUIET)
    with pytest.raises(WebSocketTimeoutException):
        while socket.recv_data_frame(control_frame=True)[0] != ABNF.OPCODE_CLOSE:
            pass
    assert ask_kernel(socket, "kernel_info_request", {}, "kernel_info_reply")["status"] == "ok"
    socket.close()


def test_two_browsers_of_one_person_share_what_that_person_may(visitor):
    one, two = visitor("li.na"), visitor("li.na")
    kernel = one.open()
    assert two.ask(f"api/kernels/{kernel}")[0] == 200
    two.post("logout")
    assert one.ask(f"api/kernels/{kernel}")[0] == 200  # only what a session opened ends with it


def test_who_signs_in_at_the_same_browser_finds_nothing_of_the_one_before(visitor):
    somebody = visitor("li.na")
    kernel = somebody.open()
    socket = somebody.attach(kernel)
    assert somebody.sign_in("wang.wei")[0] == 302
    socket.settimeout(ANSWERS)
    with suppress(WebSocketException, OSError):  # its line ends with it, or says that it is dead
        while said := socket.recv():
            if isinstance(said, str) and '"dead"' in said:
                break
    assert visitor("li.na").ask(f"api/kernels/{kernel}")[0] == 403


# -- what may be said to one's own -----------------------------------------------------------------

REFUSED = {
    "execute_request": {"code": "open({mark!r}, 'w').close()", "silent": False},
    "inspect_request": {"code": "print", "cursor_pos": 3, "detail_level": 0},
    "complete_request": {"code": "pri", "cursor_pos": 3},
    "is_complete_request": {"code": "1"},
    "history_request": {"hist_access_type": "tail", "n": 9, "output": True, "raw": True},
    "input_reply": {"value": "x"},
    "debug_request": {"type": "request", "seq": 1, "command": "debugInfo", "arguments": {}},
    "connect_request": {},
    "usage_request": {},
    "create_subshell_request": {},
    "list_subshell_request": {},
    "interrupt_request": {},
    "shutdown_request": {"restart": False},
    "made_up_request": {},
}
OPENED = ["jupyter.widget", "jupyter.widget.version", "jupyter.widget.control2", "", None, 3, "x"]


def binary(said):
    """The message as the page's own scripts send it."""
    names = ("header", "parent_header", "metadata", "content")
    raw = [said["channel"].encode(), *(json.dumps(said[name]).encode() for name in names)]
    place, places = 8 * (len(raw) + 2), []
    for one in [*raw, b""]:
        places.append(place)
        place += len(one)
    numbers = [len(places), *places]
    return b"".join(n.to_bytes(8, "little") for n in numbers) + b"".join(raw)


@pytest.mark.parametrize("protocol", [None, V1])
def test_only_what_a_page_needs_is_passed_on(visitor, tmp_path, protocol):
    person = visitor("li.na")
    kernel = person.open()
    socket = person.attach(kernel, protocol)

    def send(kind, content, channel="shell"):
        said = message(kind, content, channel)
        if protocol:
            socket.send_binary(binary(said))
        else:
            socket.send(json.dumps(said))
        return said["header"]["msg_id"]

    mark = tmp_path / "ran"
    sent = set()
    for channel in ("shell", "control", "stdin", "iopub", "hb", ""):
        for kind, content in REFUSED.items():
            content = {
                n: v.format(mark=str(mark)) if n == "code" else v for n, v in content.items()
            }
            sent.add(send(kind, content, channel))
    for target in OPENED:
        sent.add(send("comm_open", {"comm_id": uuid4().hex, "target_name": target, "data": {}}))
    last = send("kernel_info_request", {})
    answered = set()
    socket.settimeout(ANSWERS)
    while last not in answered:  # answered in the order of asking
        text = socket.recv()
        text = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        answered |= {one for one in {*sent, last} if one in text}
    assert answered == {last}
    assert not mark.exists()
    assert person.ask(f"api/kernels/{kernel}")[0] == 200
    socket.close()


def number(n):
    return n.to_bytes(8, "little")


MALFORMED = [
    b"", b"bytes", b"\xff" * 8, b"\xff" * 64, number(2**40), number(6) + number(2**60) * 6,
    number(6) + b"".join(number(n) for n in (56, 61, 60, 99, 98, 97)) + b"shell{}{}{}{}",
    number(7) * 8 + b"shell", b"[" * 100_000,
]  # fmt: skip
MALFORMED_TEXT = [
    "",
    "{",
    "null",
    "[]",
    "[" * 100_000,
    '{"channel": "shell"}',
    '"text"',
    "\x00",
    '{"channel": "shell", "header": null, "content": {}}',
    '{"channel": ["shell"], "header": {}, "content": {}}',
    '{"channel": "shell", "header": {"msg_type": ["comm_msg"]}, "content": {}}',
    '{"channel": "shell", "header": {"msg_type": "comm_msg"}, "content": {}}',
    '{"channel": "shell", "header": {"msg_type": "comm_msg"}, "parent_header": {}, "metadata": {},'
    ' "content": {"comm_id": [], "data": 1}}',
]


@pytest.mark.parametrize("protocol", [None, V1])
def test_what_is_no_message_costs_nobody_anything(visitor, protocol):
    """Jupyter itself counts to a number that stands in the message, for all pages."""
    person, other = visitor("li.na"), visitor("wang.wei")
    kernel = person.open()
    socket = person.attach(kernel, protocol)
    for one in MALFORMED:
        socket.send_binary(one)
    for one in MALFORMED_TEXT:
        socket.send(one)
    began = time.monotonic()
    assert other.ask("login")[0] == 302
    assert time.monotonic() - began < ANSWERS
    socket.close()
    again = person.attach(kernel)
    assert ask_kernel(again, "kernel_info_request", {}, "kernel_info_reply")["status"] == "ok"
    again.close()


def test_a_message_too_large_ends_the_line_and_not_the_page(visitor):
    person = visitor("li.na")
    kernel = person.open()
    socket = person.attach(kernel)
    with suppress(WebSocketException, OSError):
        socket.send_binary(b"x" * (41 * 2**20))
        while socket.recv():
            pass
    again = person.attach(kernel)
    assert ask_kernel(again, "kernel_info_request", {}, "kernel_info_reply")["status"] == "ok"
    again.close()


# -- the kernel's own ports ------------------------------------------------------------------------


def heard(connection, session, *, closed):
    """Whether a kernel answers who comes to its port; ``closed`` as its own messages are."""
    context = zmq.Context()
    line = context.socket(zmq.DEALER)
    line.linger = 0
    if closed:
        line.curve_serverkey = connection["curve_publickey"].encode()
        line.curve_publickey, line.curve_secretkey = (
            connection["curve_publickey"].encode(),
            connection["curve_secretkey"].encode(),
        )
    try:
        line.connect(f"tcp://127.0.0.1:{connection['shell_port']}")
        session.send(line, "kernel_info_request", {})
        return bool(line.poll(3000))
    finally:
        line.close()
        context.term()


def test_the_ports_of_a_kernel_are_closed_to_who_cannot_read_its_file(visitor, folder):
    person = visitor("li.na")
    kernel = person.open()
    person.attach(kernel).close()
    [path] = folder.rglob(f"kernel-{kernel}.json")
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0
    connection = json.loads(path.read_text())
    assert connection["ip"] == "127.0.0.1"
    right, wrong = Session(key=connection["key"].encode()), Session(key=b"a guess")
    unsigned = Session(key=b"")
    assert heard(connection, right, closed=True)  # so silence means something
    assert not heard(connection, right, closed=False)  # not even with the key of the messages
    assert not heard(connection, wrong, closed=True)
    assert not heard(connection, unsigned, closed=True)
    # What the kernel says to its page is heard by nobody else either.
    context = zmq.Context()
    ear = context.socket(zmq.SUB)
    ear.linger = 0
    ear.subscribe(b"")
    ear.connect(f"tcp://127.0.0.1:{connection['iopub_port']}")
    socket = person.attach(kernel)
    ask_kernel(socket, "kernel_info_request", {}, "kernel_info_reply")
    assert not ear.poll(1000)
    ear.close()
    context.term()
    socket.close()
