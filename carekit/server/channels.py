"""What a page may say to its kernel: that it is there, and what a person did in a widget.

Everything else a kernel understands (run this, complete that, answer a question, end yourself) is
dropped here, whoever asks: a page has no use for it. So is a widget the browser would make; the
only thing it opens is the line on which it asks for the state of the widgets there are.

And what it hears first: that state, before any widget made meanwhile.
"""

import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from carekit.server.web import Bare

__all__ = ["SPOKEN", "Channels", "allowed", "parts"]

SPOKEN = ("comm_open", "comm_msg", "comm_close", "comm_info_request", "kernel_info_request")
STATES = "jupyter.widget.control"
V1 = "v1.kernel.websocket.jupyter.org"

MOST_PARTS = 100  # channel, four parts of JSON, and the buffers: one for a file

Parts = tuple[str, Mapping[str, Any], Mapping[str, Any]]


def frames(said: bytes) -> list[bytes]:
    """The parts of a binary message: how many places, the places, then channel, JSON, buffers.

    Jupyter believes the number as it stands: eight bytes could keep it counting for ever, and
    with it the pages of everybody. Raises ``ValueError`` where places and bytes do not fit.

    >>> frames(b"bytes of no message")
    Traceback (most recent call last):
    ValueError
    """
    count = int.from_bytes(said[:8], "little")
    if not 6 <= count <= MOST_PARTS or len(said) < 8 * (count + 1):
        raise ValueError
    places = [int.from_bytes(said[8 * n : 8 * n + 8], "little") for n in range(1, count + 1)]
    if places != sorted(places) or places[0] != 8 * (count + 1) or places[-1] > len(said):
        raise ValueError
    return [said[start:end] for start, end in pairwise(places)]


def parts(said: str | bytes, protocol: str | None) -> Parts | None:
    """Channel, header and content of a message as it comes; None when it is none.

    >>> parts("{}", None), parts(b"bytes", V1), parts("text", V1)
    (None, None, None)
    >>> parts('{"channel": "shell", "header": {"msg_type": "comm_msg"}, "content": {}}', None)
    ('shell', {'msg_type': 'comm_msg'}, {})
    """
    try:
        if protocol == V1:
            raw = frames(said if isinstance(said, bytes) else b"")
            channel, header, content = raw[0].decode(), json.loads(raw[1]), json.loads(raw[4])
        else:  # the older form, as scripts speak it; its binary variant nobody needs
            message = json.loads(said if isinstance(said, str) else "")
            channel, header, content = (message[name] for name in ("channel", "header", "content"))
    except (ValueError, KeyError, IndexError, TypeError, RecursionError, MemoryError):
        return None
    if not (isinstance(channel, str) and isinstance(header, dict) and isinstance(content, dict)):
        return None
    return channel, header, content


def allowed(channel: str, header: Mapping[str, Any], content: Mapping[str, Any]) -> bool:
    """Whether a page may say this.

    >>> allowed("shell", {"msg_type": "comm_msg"}, {"comm_id": "x", "data": {}})
    True
    >>> allowed("shell", {"msg_type": "execute_request"}, {"code": "1"})
    False
    >>> allowed("control", {"msg_type": "comm_msg"}, {})  # the page speaks on one channel
    False
    >>> allowed("shell", {"msg_type": "comm_open"}, {"target_name": "jupyter.widget"})
    False
    """
    kind = header.get("msg_type")
    if channel != "shell" or kind not in SPOKEN:
        return False
    return kind != "comm_open" or content.get("target_name") == STATES


def tells_all(header: Mapping[str, Any], content: Mapping[str, Any]) -> bool:
    """Whether a kernel's answer tells of all widgets there are: their states, or, when these come
    too late for a page, their names.

    >>> tells_all({"msg_type": "comm_msg"}, {"data": {"method": "update_states"}})
    True
    >>> tells_all({"msg_type": "comm_info_reply"}, {"comms": {}})
    True
    >>> tells_all({"msg_type": "comm_msg"}, {"data": {"method": "update", "state": {}}})
    False
    """
    data = content.get("data")
    method = data.get("method") if isinstance(data, dict) else None
    kind = header.get("msg_type")
    return kind == "comm_info_reply" or (kind == "comm_msg" and method == "update_states")


class Channels(Bare, VoilaKernelWebsocketHandler):
    """A page's line to its own kernel.

    Whoever comes hears of no single widget before they have heard of all. The kernel makes widgets
    while the browser loads its scripts, and the line opens somewhere between them: the scripts then
    wait two seconds for what a widget is made of and they have not heard of, and the states of all,
    which have it, wait behind them. On a slow computer such a page never came.
    """

    told = False  # of all widgets

    def on_message(self, ws_message: str | bytes) -> None:
        connection = self.connection
        if connection is None or not connection.channels:
            return  # it is just closing
        found = parts(ws_message, connection.subprotocol)
        if found is not None and allowed(*found):
            super().on_message(ws_message)

    def write_message(self, message: bytes | str | dict[str, Any], binary: bool = False) -> Any:
        if not self.told and isinstance(message, (bytes, str)):
            found = parts(message, self.connection.subprotocol)
            _, header, content = found or ("", {}, {})
            if header.get("msg_type") == "comm_open":
                return None  # it is among all those that come
            self.told = found is None or tells_all(header, content)  # or too many parts to tell
        return super().write_message(message, binary)

    def on_close(self) -> None:
        if getattr(self, "connection", None) is not None:
            super().on_close()
