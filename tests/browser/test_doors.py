"""Who gets in where: plain requests and websockets, no browser."""

import json
import re
from uuid import uuid4

import pytest
from websocket import WebSocketBadStatusException

from carekit import words

CLOSED = [
    "",
    "api/contents",
    "api/contents/hello.ipynb",
    "api/kernels",
    "api/kernels/00000000-0000-0000-0000-000000000000",
    "api/sessions",
    "api/me",
    "voila/files/hello.ipynb",
    "voila/files/logo.png",
    "voila/render/hello.ipynb",
    "voila/static/voila.js",
    "voila/templates/carekit/static/index.css",
    "voila/tree/",
    "voila/api/contents/",
    "voila/labextensions/jupyter-vue/package.json",
    "voila/query/00000000-0000-0000-0000-000000000000",
    "hello.ipynb",
    "sessions",
    "?token=x",
]
NOTHING_THERE = [
    "api/contents",
    "api/kernels",
    "api/sessions",
    "voila/files/hello.ipynb",
    "voila/files/logo.png",
    "voila/render/hello.ipynb",
    "voila/tree/",
    "voila/api/contents/",
    "hello.ipynb",
]


def message(kind, content, channel="shell"):
    header = {"msg_id": uuid4().hex, "msg_type": kind, "version": "5.3"}
    header |= {"username": "", "session": uuid4().hex, "date": ""}
    rest = {"parent_header": {}, "metadata": {"version": "2.1.0"}, "buffers": []}
    return {"header": header, "content": content, "channel": channel} | rest


def ask_kernel(socket, kind, content, reply):
    """Send a message and read until its own reply."""
    sent = message(kind, content)
    socket.send(json.dumps(sent))
    while True:
        received = socket.recv()
        if isinstance(received, bytes):
            continue
        received = json.loads(received)
        mine = received["parent_header"].get("msg_id") == sent["header"]["msg_id"]
        if mine and received["msg_type"] == reply:
            return received["content"]


@pytest.mark.parametrize("path", CLOSED)
def test_a_stranger_gets_only_the_sign_in_page(visitor, path):
    status, place, _ = visitor().ask(path)
    assert status == 403 or (status == 302 and place.startswith("/login"))


@pytest.mark.parametrize("path", NOTHING_THERE)
def test_signed_in_there_is_still_nothing_but_the_page(visitor, path):
    assert visitor("li.na").ask(path)[0] == 404


def test_a_stranger_cannot_start_a_kernel_or_post_anything(visitor):
    stranger = visitor()
    assert stranger.ask("api/kernels", "POST", {})[0] == 403
    assert stranger.ask("logout", "POST", {})[0] == 403


def test_wrong_password_and_unknown_user_get_the_same_answer(visitor):
    stranger = visitor()
    answers = [
        stranger.sign_in("li.na", "wrong"),
        stranger.sign_in("nobody", "wrong"),
        stranger.sign_in("li.na", " "),
    ]
    assert [status for status, *_ in answers] == [401, 401, 401]
    said = {re.search(r'role="alert">(.*)</p>', text)[1] for *_, text in answers}
    assert said == {"✕ " + words.say("signin_wrong", "en")}
    assert stranger.ask("")[0] == 302


def test_a_form_from_elsewhere_does_not_sign_in(visitor):
    stranger = visitor()
    form = {"user": "li.na", "password": "green tea 7"}
    assert stranger.ask("login", "POST", form)[0] == 403
    stranger.ask("login")
    assert stranger.ask("login", "POST", form | {"_xsrf": "made up"})[0] == 403
    assert stranger.ask("")[0] == 302


def test_a_foreign_name_for_this_machine_is_not_answered(visitor):
    assert visitor().ask("login", Host="evil.example")[0] == 403


def test_signing_out_ends_the_session_and_its_kernels(visitor):
    person, copy = visitor("li.na"), visitor()
    kernel = person.open()
    for cookie in person.cookies:
        copy.cookies.set_cookie(cookie)
    assert copy.ask(f"api/kernels/{kernel}")[0] == 200
    assert person.post("logout")[:2] == (302, "/login?out")
    assert copy.ask("")[0] == 302
    again = visitor("li.na")
    assert again.ask(f"api/kernels/{kernel}")[0] == 403


def test_only_its_owner_reaches_a_kernel(visitor):
    owner, other, stranger = visitor("li.na"), visitor("wang.wei"), visitor()
    kernel = owner.open()
    path = f"api/kernels/{kernel}"
    for somebody in (other, stranger):
        with pytest.raises(WebSocketBadStatusException) as refused:
            somebody.attach(kernel)
        assert refused.value.status_code == 403
        assert somebody.ask(path)[0] == 403
        assert somebody.ask(path, "DELETE")[0] == 403
        assert somebody.post(f"voila/api/shutdown/{kernel}")[0] == 403
    owner.attach(kernel).close()
    assert owner.ask(path)[0] == 200
    assert owner.post(f"voila/api/shutdown/{kernel}")[0] == 204
    assert owner.ask(path)[0] == 403


def test_a_sent_header_does_not_make_somebody_else(visitor):
    person = visitor("wang.wei")
    kernel = person.open(X_Carekit_User="li.na")
    assert visitor("li.na").ask(f"api/kernels/{kernel}")[0] == 403
    socket = person.attach(kernel)
    state = widgets(socket)
    assert {model["person"] for model in state if "person" in model} == {"wang.wei"}
    socket.close()


def test_code_sent_over_the_websocket_does_nothing(visitor, tmp_path):
    person = visitor("li.na")
    socket = person.attach(person.open())
    mark = tmp_path / "ran"
    code = f"open({str(mark)!r}, 'w').close()"
    request = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
    for channel in ("shell", "control"):
        socket.send(json.dumps(message("execute_request", request, channel)))
        request_debug = {"type": "request", "seq": 1, "command": "evaluate", "arguments": {}}
        socket.send(json.dumps(message("debug_request", request_debug, channel)))
    # Answered in order: when this reply is here, the others would have run.
    info = ask_kernel(socket, "kernel_info_request", {}, "kernel_info_reply")
    assert info["status"] == "ok"
    assert not mark.exists()
    socket.close()


def test_the_browser_cannot_make_widgets_or_call_methods(visitor):
    person = visitor("li.na")
    socket = person.attach(person.open())
    page = next(model for model in widgets(socket) if "person" in model)

    def send(content):
        data = {"method": "custom", "content": content}
        body = {"comm_id": page["comm_id"], "data": data}
        socket.send(json.dumps(message("comm_msg", body)))

    # What ipyvue offers to every page: any class of any module, any method of the widget.
    call = {"functionRef": "set_trait", "args": ["person", "wang.wei"]}
    send({"create_widget": ["builtins", "dict"], "props": {"a": call}, "id": "x"})
    send({"event": "__init__", "data": {}})
    update = {"method": "update", "state": {"person": "wang.wei", "typed": "yes"}}
    socket.send(json.dumps(message("comm_msg", {"comm_id": page["comm_id"], "data": update})))
    after = next(model for model in widgets(socket) if "person" in model)
    assert (after["person"], after["typed"]) == ("li.na", "yes")
    # What ipywidgets offers: any registered widget.
    state = {"_model_module": "@jupyter-widgets/controls", "_model_module_version": "2.0.0"}
    state |= {"_view_module": "@jupyter-widgets/controls", "_view_module_version": "2.0.0"}
    state |= {"_model_name": "TextModel", "_view_name": "TextView", "value": "made up"}
    data = {"state": state, "buffer_paths": []}
    opened = {"comm_id": uuid4().hex, "target_name": "jupyter.widget", "data": data}
    socket.send(json.dumps(message("comm_open", opened)))
    assert "made up" not in [model.get("value") for model in widgets(socket)]
    socket.close()


def widgets(socket):
    """The state of every widget of a page, as its browser reads it."""
    comm = uuid4().hex
    opened = {"comm_id": comm, "target_name": "jupyter.widget.control", "data": {}}
    socket.send(json.dumps(message("comm_open", opened) | {"metadata": {"version": "1.0.0"}}))
    asked = {"comm_id": comm, "data": {"method": "request_states"}}
    socket.send(json.dumps(message("comm_msg", asked)))
    while True:
        received = socket.recv()
        received = json.loads(received) if isinstance(received, str) else {"content": {}}
        content = received["content"]
        if content.get("comm_id") == comm and received["msg_type"] == "comm_msg":
            states = content["data"]["states"]
            return [{"comm_id": key} | value["state"] for key, value in states.items()]


def test_nothing_typed_or_run_is_kept_on_disk(visitor, folder):
    person = visitor("li.na")
    socket = person.attach(person.open())
    ask_kernel(socket, "kernel_info_request", {}, "kernel_info_reply")
    assert list(folder.rglob("history.sqlite*")) == []
    assert list(folder.rglob("carekit_*")) != []  # the kernels' own IPython folder is in here
    log = (folder / "server.log").read_text(encoding="utf-8")
    assert [name for name in ("li.na", "wang.wei", "green tea") if name in log] == []
    socket.close()
