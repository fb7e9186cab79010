"""The idle lock: a server nobody is signed in to forgets the key of its store."""

import time

from carekit.server.branch import Branch
from carekit.server.identity import Identity
from carekit.server.kernels import OwnedKernels
from carekit.server.tickets import Desk

__all__ = ["LOCK_MINUTES", "Watch"]

LOCK_MINUTES = 15.0
LOOK_SECONDS = 30.0


class Watch:
    """Looks from time to time whether somebody is still there.

    Somebody is there while a request came or a page is open: a page that was left open ends by
    itself (``kernels``), and its tab that was closed does so sooner.
    """

    def __init__(
        self,
        identity: Identity,
        kernels: OwnedKernels,
        branch: Branch,
        desk: Desk,
        minutes: float = LOCK_MINUTES,
    ) -> None:
        self.identity, self.kernels, self.branch, self.desk = identity, kernels, branch, desk
        self.seconds = minutes * 60
        self.last = time.monotonic()

    def look(self) -> None:
        """Lock when nobody was there for so long: sessions end, tickets and the key are gone."""
        now = time.monotonic()
        people = list(self.identity.sessions.values())
        here = [now] if self.kernels.owners else [person.seen for person in people]
        self.last = max(self.last, *here) if here else self.last
        if now - self.last < self.seconds:
            return
        for person in people:
            self.identity.sign_out(person)
        self.desk.void()
        self.branch.lock()
