"""How a kernel gets the keys of its store: a ticket in its environment, good for one exchange.

``CAREKIT_TICKET`` is ``port.number.secret``. The kernel takes it out of its environment before
anything else runs, asks the server on this machine once with the number, and opens the answer
with the secret, which never leaves the kernel: whoever listens on the way, or reads the
environment later, holds nothing. The server forgets the number with the first question.
"""

import json
import os
import socket
from collections.abc import MutableMapping

from carekit.errors import BadInput
from carekit.store import unlocked
from carekit.store.keys import Keys, opened, sealed

__all__ = ["VARIABLE", "answer", "redeem"]

VARIABLE = "CAREKIT_TICKET"
PATIENCE = 10.0  # seconds
ABOUT = "carekit ticket/"


def redeem(environment: MutableMapping[str, str] = os.environ) -> None:
    """Exchange the ticket of this process, if it has one, for keys it may use from now on.

    Raises ``BadInput("ticket_refused")`` when the server does not know it (any more).
    """
    ticket = environment.pop(VARIABLE, None)
    if ticket is None:
        return
    try:
        port, number, secret = ticket.split(".")
        content = opened(_asked(int(port), number), bytes.fromhex(secret), ABOUT + number)
        said = json.loads(content or b"")
        keys = Keys(bytes.fromhex(said["data"]), bytes.fromhex(said["audit"]))
    except (OSError, ValueError, KeyError):
        raise BadInput("ticket_refused") from None
    unlocked.hold(said["store"], keys)


def answer(store: str, keys: Keys, number: str, secret: bytes) -> bytes:
    """What the server gives for a ticket: the keys, closed with its secret."""
    said = {"store": store, "data": keys.data.hex(), "audit": keys.audit.hex()}
    return sealed(json.dumps(said).encode(), secret, ABOUT + number)


def _asked(port: int, number: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as desk:
        desk.sendall(number.encode("ascii") + b"\n")
        with desk.makefile("rb") as said:
            return said.read(4096)
