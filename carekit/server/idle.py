"""The idle lock: who does nothing for a while is signed out, and with the last one the key goes."""

import time

from carekit.server.branch import Branch
from carekit.server.identity import SESSION_DAYS, Identity
from carekit.server.kernels import OwnedKernels
from carekit.server.tickets import Desk

__all__ = ["LOCK_MINUTES", "LOOK_SECONDS", "Watch"]

LOCK_MINUTES = 15.0
LOOK_SECONDS = 30.0


class Watch:
    """Looks from time to time whether somebody is still there.

    Somebody is there who asked for a page, or whose page had something to do: a click, a step that
    takes long. That a page lies open counts for nothing, nor that its script asks whether its
    kernel is still alive; and a computer that slept for so long wakes up locked.
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
        self.looked = time.time()

    async def look(self) -> None:
        """End the sessions nobody used; after the last one tickets and the key are gone too."""
        now, wall = time.monotonic(), time.time()
        slept = wall - self.looked >= self.seconds  # the other clock may stand still meanwhile
        self.looked = wall
        for person in list(self.identity.sessions.values()):
            used = max(person.seen, now - self.kernels.quiet_seconds(person.session))
            self.last = max(self.last, used)
            old = now - person.began >= SESSION_DAYS * 24 * 3600
            if slept or old or now - used >= self.seconds:
                await self.identity.end(person, self.kernels)
        if slept or now - self.last >= self.seconds:
            self.desk.void()
            self.branch.lock()
