"""The desk where a kernel exchanges its ticket for the keys of the store, once.

It listens on a port of its own on this machine, apart from the pages: no address, no header and
no log of the web server ever carries a ticket. A line with the ticket's number is the question;
the keys, closed with the ticket's secret, are the answer; anything else gets none.
"""

import asyncio
import secrets
import time
from dataclasses import dataclass
from typing import Any

from carekit.pages.ticket import answer
from carekit.store.keys import KEY_BYTES, Keys

__all__ = ["Desk"]

GOOD_SECONDS = 120.0  # a kernel that has not started by then never asks
PATIENCE = 5.0  # seconds for the line to come
NUMBER_BYTES = 16


@dataclass(frozen=True)
class Ticket:
    secret: bytes
    store: str
    keys: Keys
    until: float


class Desk:
    """Gives tickets out and takes them back."""

    def __init__(self) -> None:
        self.tickets: dict[str, Ticket] = {}
        self.server: asyncio.Server | None = None

    async def issue(self, store: str, keys: Keys) -> str:
        """A ticket for one kernel, to be put into its environment."""
        if self.server is None:
            self.server = await asyncio.start_server(self._ask, "127.0.0.1", 0, limit=100)
        now = time.monotonic()
        self.tickets = {n: ticket for n, ticket in self.tickets.items() if ticket.until > now}
        number, secret = secrets.token_hex(NUMBER_BYTES), secrets.token_bytes(KEY_BYTES)
        self.tickets[number] = Ticket(secret, store, keys, now + GOOD_SECONDS)
        port = self.server.sockets[0].getsockname()[1]
        return f"{port}.{number}.{secret.hex()}"

    def void(self) -> None:
        """No ticket that is out is good any more."""
        self.tickets.clear()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await asyncio.wait_for(reader.readline(), PATIENCE)
            number = line.decode("ascii", "replace").strip()
            ticket = self.tickets.pop(number, None)  # whatever comes of it, it is used
            if ticket is not None and ticket.until > time.monotonic():
                writer.write(answer(ticket.store, ticket.keys, number, ticket.secret))
                await writer.drain()
        except (OSError, ValueError, TimeoutError):
            pass  # nobody learns why
        finally:
            writer.close()

    async def close(self, *_: Any) -> None:
        self.void()
        if self.server is not None:
            self.server.close()
            self.server = None
