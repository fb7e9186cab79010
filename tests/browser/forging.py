"""Messages nobody's page would send, over the line of a real page in a real browser."""

import io
import json
import zipfile
from contextlib import suppress
from itertools import pairwise
from random import Random
from uuid import uuid4

from tests.browser.branch import PATIENCE

__all__ = ["Forger", "harmless", "payloads"]

# Before the page's own scripts: keep hold of its lines to the kernel.
KEEP_LINES = """
window.careLines = [];
const Found = WebSocket;
window.WebSocket = class extends Found {
  constructor(...said) { super(...said); window.careLines.push(this); }
};
"""
SEND = """(messages) => {
  const line = window.careLines.at(-1), write = new TextEncoder();
  for (const [kind, number, content] of messages) {
    const header = { msg_id: number, msg_type: kind, session: "forged", username: "",
      version: "5.3", date: "2026-03-02T00:00:00Z" };
    const about = { version: kind === "comm_open" ? "1.0.0" : "2.1.0" };
    const head = [header, {}, about].map((part) => JSON.stringify(part));
    const parts = ["shell", ...head, content].map((part) => write.encode(part));
    const count = parts.length + 1;
    let place = 8 * (count + 1);
    const all = new Uint8Array(place + parts.reduce((sum, part) => sum + part.length, 0));
    const numbers = new DataView(all.buffer);
    numbers.setBigUint64(0, BigInt(count), true);
    parts.forEach((part, n) => {
      numbers.setBigUint64(8 * (n + 1), BigInt(place), true);
      all.set(part, place);
      place += part.length;
    });
    numbers.setBigUint64(8 * count, BigInt(place), true);
    line.send(all.buffer);
  }
}"""
EACH = 12  # of the payloads, by chance, with each event; besides those it always gets
AT_ONCE = 40  # messages, then wait: the server drops what a kernel says too fast

IDS = {
    "child": ["C00001", "C00004", "C00005", "C00040"], "helper": ["H00001", "H00002", "H00050"],
    "outing": ["O0001", "O0002"], "class": ["K0001", "K0002"], "user": ["li.na", "zhou.yan"],
}  # fmt: skip
KNOWN = [IDS["child"][1], IDS["child"][0], IDS["helper"][1], IDS["outing"][0], IDS["user"][1]]
TABLES = ["children", "helpers", "contacts", "outings", "people", "pairs", "candidates", "going"]
VIEWS = [
    "today", "register", "matching", "leaving", "care", "outings", "mine", "account", "audit",
    "sessions", "users", "steps",
]  # fmt: skip


def payloads(more=()):
    """What is sent with an event: ids of others, rows of others, and what nobody expects."""
    ids = [one for several in IDS.values() for one in several] + list(more)
    deep = []
    for _ in range(200):
        deep = [deep]
    yield from ids
    for n, one in enumerate(ids[:10]):
        wanted = dict.fromkeys((*IDS, "key", "id", "person", "pair", "step", "contact"), one)
        table = TABLES[n % len(TABLES)]
        yield wanted | {"table": table, "act": ["log", "consent", "take", "undo"][n % 4]}
        yield {"id": table, "query": one, "filter": "all", "page": 1, "selected": one}
    for view in VIEWS:
        yield {
            "view": view,
            "child": "C00004",
            "helper": "H00002",
            "tab": "import",
            "outing": "O0002",
        }
    for child, helper in zip(IDS["child"], [*IDS["helper"], "H00003"], strict=True):
        yield {
            "child_id": child, "helper_id": helper, "day": "2026-03-01", "kind": "talk",
            "partner": "child", "minutes": "20", "reached": "yes", "note": "forged",
            "name": "forged", "id_number": "999901201811259990", "version": "1",
            "title": "forged", "user_id": "li.na", "places": "3", "state": "given",
            "role": "administrator", "scope": None,
            "password_now": "x", "password_new": "green bamboo 5",
            "password_again": "green bamboo 5",
        }  # fmt: skip
    yield from (True, False, None, 0, -1, 10**400, 1e308, [], {}, deep, "x" * 20_000, "", "\0")
    yield from ("children", "volunteer", "peer", "all", "../..", "' or 1=1 --", "{{7*7}}")
    yield {"functionRef": "changed", "args": []}
    yield {"objectRef": "store", "path": []}


def harmless(frame):
    """The text of what a kernel said, with what is packed in a workbook in it."""
    data = frame.encode() if isinstance(frame, str) else frame
    text = data.decode("utf-8", "replace")
    start = data.find(b"PK\x03\x04")
    if start >= 0:
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(data[start:])) as book:
            text += " ".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return text


class Forger:
    """A signed-in person with tools: knows every widget of the page, says what it likes."""

    def __init__(self, page, address, user, password):
        self.page, self.heard = page, []
        page.set_default_timeout(PATIENCE)
        page.add_init_script(KEEP_LINES)
        page.on("websocket", lambda line: line.on("framereceived", self._hear))
        page.goto(address)
        page.locator("#user").fill(user)
        page.locator("#password").fill(password)
        page.locator("#sign-in").click()
        page.wait_for_selector("[data-test=person]")

    def _hear(self, frame):
        self.heard.append(frame)

    def send(self, messages):
        """Send, and wait until the kernel has looked at all of it."""
        for first in range(0, max(len(messages), 1), AT_ONCE):
            mark = uuid4().hex
            some = [
                (kind, uuid4().hex, json.dumps(content))
                for kind, content in messages[first : first + AT_ONCE]
            ]
            self.page.evaluate(SEND, [*some, ("kernel_info_request", mark, "{}")])
            self._wait(mark)

    def _wait(self, mark):
        looked = 0
        for _ in range(PATIENCE // 20):
            new, looked = self.heard[looked:], len(self.heard)
            # The kernel tells all in one row: what comes before "idle" has come.
            if any(mark.encode() in one and b'"idle"' in one for one in new if type(one) is bytes):
                return
            self.page.wait_for_timeout(20)
        raise AssertionError("the kernel says nothing any more")

    def models(self):
        """id -> state of every widget there is."""
        comm = uuid4().hex
        before = len(self.heard)
        opened = {"comm_id": comm, "target_name": "jupyter.widget.control", "data": {}}
        asked = {"comm_id": comm, "data": {"method": "request_states"}}
        self.send([("comm_open", opened), ("comm_msg", asked)])
        for frame in self.heard[before:]:
            for part in parts(frame):
                if "states" in part.get("data", {}):  # on this line, or on the page's own
                    return {i: one["state"] for i, one in part["data"]["states"].items()}
        raise AssertionError("no widgets")

    def forge(self, names, seed=5):
        """Every event there is to every widget, with everything; then what is no event at all."""
        chance = Random(seed)
        sent, kinds, said = 0, set(), list(payloads())
        done = set()
        while new := {i: one for i, one in self.models().items() if i not in done}:
            done |= set(new)
            own = []
            for comm, state in new.items():
                events = state.get("events") or []
                for name in events:
                    some = [*KNOWN, *chance.sample(said, EACH)]
                    own += [custom(comm, name, one) for one in some]
                own += [custom(comm, name, "C00004") for name in names if events]
                if events or state["_model_name"] not in kinds:
                    own += [("comm_msg", {"comm_id": comm, "data": d}) for d in strange(state)]
                kinds.add(state["_model_name"])
            chance.shuffle(own)
            self.send(own)
            sent += len(own)
        self.send([("comm_close", {"comm_id": comm, "data": {}}) for comm in list(done)[:3]])
        self.page.wait_for_timeout(1500)  # what takes its time
        self.send([])
        return sent


def custom(comm, event, data):
    return "comm_msg", {
        "comm_id": comm,
        "data": {"method": "custom", "content": {"event": event, "data": data}},
    }


def strange(state):
    """What is no event: traits, methods and classes a page may not touch."""
    forged = dict.fromkeys(state, "forged")
    yield {"method": "update", "state": forged}
    yield {"method": "update", "state": {"events": ["changed", "load", "download"], "shown": None}}
    yield {"method": "update", "state": {name: {} for name in state}}
    yield {"method": "update", "state": [], "buffer_paths": [["x"]]}
    yield {"method": "request_state"}
    yield {"method": "made_up"}
    yield {}
    call = {"functionRef": "set_trait", "args": ["person", "forged"]}
    for content in (
        {"create_widget": ["builtins", "dict"], "props": {"a": call}, "id": "x"},
        {"create_widget": ["carekit.pages.register", "Register"], "props": {}, "id": "y"},
        {"update_ref": {"objectRef": "store", "path": []}, "id": "x", "prop": "value"},
        {"destroy_widget": "x"},
        {"event": ["open_view"], "data": "register"},
        {"event": {"a": 1}},
        {"event": None},
        [],
        "text",
        None,
    ):
        yield {"method": "custom", "content": content}


def parts(frame):
    """The JSON parts of a message as the server sends it."""
    if not isinstance(frame, bytes):
        return
    count = int.from_bytes(frame[:8], "little")
    places = [int.from_bytes(frame[8 * n :][:8], "little") for n in range(1, count + 1)]
    for start, end in pairwise(places[1:]):
        with suppress(ValueError):
            found = json.loads(frame[start:end])
            if isinstance(found, dict):
                yield found
