"""Who is signed in, for who answers for the users; and nobody stays whose standing has changed.

Sessions live in the memory of this process alone. ``/sessions`` lists them and ends one; a
:class:`Guard` looks every moment whether a person was disabled, or got another role, scope or
password from somebody else since their session began, and ends it with its kernels. Who changes
the own password ends all other sessions of their own; so does a new one by the recovery code.
"""

import asyncio
import hashlib
import time
from typing import TYPE_CHECKING, Any

from tornado import web

from carekit.server.branch import Branch
from carekit.server.identity import Identity, Person
from carekit.server.kernels import OwnedKernels, owned
from carekit.server.web import Spoken

if TYPE_CHECKING:
    from carekit.store.standing import Standing

__all__ = ["GUARD_SECONDS", "Guard", "Sessions"]

GUARD_SECONDS = 2.0
SETTLE_SECONDS = 0.5
DEED = "users"
OTHERS = "others"


def name_of(person: Person) -> str:
    """What a session is called outside: it opens nothing."""
    return hashlib.sha256(b"carekit session/" + person.session.encode()).hexdigest()[:16]


class Sessions(Spoken):
    """The list as JSON, and the end of one; for whom the deed ``users`` is listed, else 403.

    The other sessions of one's own (``OTHERS``) anybody may end.
    """

    by_person = False  # the list is asked for again and again

    async def _refuse(self) -> None:
        """Refuse whom the policy does not list, as ``users`` stands now."""
        from carekit.store import rules

        branch = self.settings["carekit_branch"]
        row = await asyncio.to_thread(branch.find, self.current_user.username)
        if row is None or DEED not in rules.deeds(str(row["role"])):
            raise web.HTTPError(403)
        self.set_header("Cache-Control", "no-store")

    async def get(self) -> None:
        await self._refuse()
        now, kernels = time.monotonic(), owned(self)
        pages = [owner.session for owner in kernels.owners.values()]
        self.finish(
            {
                "sessions": [
                    {
                        "id": name_of(person),
                        "user": person.username,
                        "since": person.since,
                        "idle": round(
                            min(now - person.seen, kernels.quiet_seconds(person.session))
                        ),
                        "pages": pages.count(person.session),
                        "own": person.session == self.current_user.session,
                    }
                    for person in self.identity.sessions.values()
                ]
            }
        )

    async def post(self) -> None:
        wanted, own = self.get_body_argument("id", ""), self.current_user
        if wanted == OTHERS:
            same = self.identity.sessions_of(own.username)
            people = [one for one in same if one.session != own.session]
        else:
            await self._refuse()
            people = [one for one in self.identity.sessions.values() if name_of(one) == wanted]
            if not people:
                raise web.HTTPError(404)
        for person in people:
            await self.identity.end(person, owned(self))
        self.set_status(204)
        self.finish()

    @property
    def identity(self) -> Identity:
        identity: Identity = self.settings["identity_provider"]
        return identity


class Guard:
    """Compares every session with how its person stands now, when the store was written to."""

    def __init__(self, identity: Identity, kernels: OwnedKernels, branch: Branch) -> None:
        self.identity, self.kernels, self.branch = identity, kernels, branch
        self.began: dict[str, Standing] = {}  # session -> how its person stood
        self.seen: Any = None

    async def look(self) -> None:
        """End the sessions that must not go on."""
        people = list(self.identity.sessions.values())
        seen = (self.branch.written(), {person.session for person in people})
        if not people or seen == self.seen:
            return
        now = await asyncio.to_thread(self.branch.standing)
        if now is not None and not all(self._goes_on(person, now) for person in people):
            # A new password is two writes, the step and the wrap: half of it is no change.
            await asyncio.sleep(SETTLE_SECONDS)
            now = await asyncio.to_thread(self.branch.standing)
        if now is None:  # locked: nobody reads anything, and the next sign-in asks again
            return
        self.seen = seen
        self.began = {s: stood for s, stood in self.began.items() if s in seen[1]}
        for person in people:
            stands = now.get(person.username)
            began = self.began.setdefault(person.session, stands) if stands else None
            if began is None or not began.goes_on(stands):
                await self.identity.end(person, self.kernels)
            elif stands is not None:
                self.began[person.session] = stands

    def _goes_on(self, person: Person, now: "dict[str, Standing]") -> bool:
        stands = now.get(person.username)
        return stands is not None and self.began.get(person.session, stands).goes_on(stands)
