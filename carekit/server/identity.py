"""Who is it: user name and password in, a session out.

The session cookie holds a random number that means nothing outside this process; what it stands
for stays in memory. Signing out or stopping the server therefore ends it for good.
"""

import asyncio
import datetime as dt
import re
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import PasswordIdentityProvider, User
from tornado import web

from carekit.errors import BadInput, CareError
from carekit.server.branch import Branch, Row
from carekit.server.web import (
    FORM_POLICY,
    LANGUAGE_COOKIE,
    Spoken,
    language_of,
    remember_language,
    render,
)
from carekit.store.tries import Tries
from carekit.words import LANGUAGES, say, say_error

if TYPE_CHECKING:
    from carekit.server.kernels import OwnedKernels

SESSION_DAYS = 1
RECOVERY = "\0recovery code"  # among the user names whose wrong tries are counted; no user's


@dataclass
class Person(User):
    """A signed-in user; ``session`` tells two browsers of one person apart."""

    session: str = ""
    since: str = ""  # when it began: UTC, ISO 8601
    began: float = 0.0  # the same, and when it last asked for a page: the clock of time.monotonic
    seen: float = 0.0


class Identity(PasswordIdentityProvider):
    """Asks the branch who may come in, and keeps the sessions."""

    branch: Branch

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tries = Tries()
        self.sessions: dict[str, Person] = {}
        # HttpOnly and a name with the port are Jupyter's. Not Secure: this is http, on this machine
        # only, and a browser may keep such a cookie to https.
        self.cookie_options = {"samesite": "Strict", "expires_days": None}
        self.get_secure_cookie_kwargs = {"max_age_days": SESSION_DAYS}

    @property
    def auth_enabled(self) -> bool:
        return True

    def get_handlers(self) -> list[tuple[str, object]]:
        return [(r"/login", SignIn), (r"/logout", SignOut)]

    def get_user(self, handler: web.RequestHandler) -> Person | None:
        cookie = handler.get_secure_cookie(
            self.get_cookie_name(handler), **self.get_secure_cookie_kwargs
        )
        person = self.sessions.get(cookie.decode()) if cookie else None
        if person is not None and getattr(handler, "by_person", True):
            person.seen = time.monotonic()
        return person

    def user_to_cookie(self, user: User) -> str:
        assert isinstance(user, Person)
        return user.session

    def sign_in(self, row: Row) -> Person:
        user_id = str(row["user_id"])
        name = str(row.get("name") or user_id)
        session, now = secrets.token_urlsafe(32), time.monotonic()
        since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        person = Person(user_id, name, session=session, since=since, began=now, seen=now)
        self.sessions[person.session] = person
        return person

    def sign_out(self, person: Person) -> None:
        self.sessions.pop(person.session, None)

    async def end(self, person: Person, kernels: "OwnedKernels") -> None:
        """End a session: no request of it is answered any more, and its pages go."""
        self.sign_out(person)  # first, so that it opens nothing new
        await kernels.end_session(person.session)

    def sessions_of(self, user_id: str) -> list[Person]:
        return [person for person in self.sessions.values() if person.username == user_id]


class SignIn(Spoken):
    """The sign-in page."""

    policy = FORM_POLICY

    def show(
        self,
        message: str | None = None,
        good: bool = False,
        problem: str = "",
        forgotten: bool = False,
    ) -> None:
        """The page: with a message or a problem above all, and what is open below."""
        from carekit.store import PASSWORD_LEAST

        user = self.get_body_argument("user", "")
        form = self.xsrf_form_html()
        view = self.wanted_view()
        said = say(message, language_of(self)) if message else problem
        page = render(
            self,
            "signin.html",
            form=form,
            user=user,
            said=said,
            good=good,
            view=view,
            forgotten=forgotten,
            least=PASSWORD_LEAST,
        )
        self.finish(page)

    def wanted_view(self) -> str:
        """The view asked for before the sign-in; nothing else of an address is followed."""
        try:
            query = urlsplit(self.get_query_argument("next", "")).query
        except ValueError:  # no address at all
            query = ""
        view = self.get_body_argument("view", "") or parse_qs(query).get("view", [""])[0]
        return view if re.fullmatch("[a-z_]{1,30}", view) else ""

    @allow_unauthenticated
    def get(self) -> None:
        if self.settings["identity_provider"].branch.missing():
            self.redirect(self.base_url + "first")
        elif self.current_user:
            self.redirect(self.base_url)
        else:
            self.show("signed_out" if "out" in self.request.query_arguments else None, good=True)

    @allow_unauthenticated
    async def post(self) -> None:
        identity = self.settings["identity_provider"]
        user_id = self.get_body_argument("user", "").strip()
        password = self.get_body_argument("password", "", strip=False)
        if identity.branch.missing():
            self.redirect(self.base_url + "first")
            return
        if self.get_body_argument("code", None) is not None:
            await self.recover(user_id)
            return
        await asyncio.sleep(identity.tries.wait(user_id))
        # Argon2 is slow on purpose: not on the loop that carries everybody's pages.
        try:
            row = await asyncio.to_thread(identity.branch.verify, user_id, password)
        except CareError as error:  # about the file: damaged, newer, not encrypted yet
            self.set_status(409)
            self.show(problem=say_error(error, language_of(self)))
            return
        if row is None:
            self.set_status(401)
            self.show("signin_wrong")
            return
        identity.tries.forget(user_id)
        await self.enter(row)

    async def recover(self, user_id: str) -> None:
        """The same door for who has the recovery code, and a new password with it."""
        identity = self.settings["identity_provider"]
        code = self.get_body_argument("code")
        new, again = (self.get_body_argument(n, "", strip=False) for n in ("new", "again"))
        await asyncio.sleep(identity.tries.wait(RECOVERY))
        try:
            if new != again:
                raise BadInput("passwords_differ")
            row = await asyncio.to_thread(identity.branch.recover, user_id, code, new)
        except CareError as error:
            self.set_status(422)
            self.show(problem=say_error(error, language_of(self)), forgotten=True)
            return
        identity.tries.forget(RECOVERY)
        for person in identity.sessions_of(str(row["user_id"])):  # who came in with the old one
            await identity.end(person, self.settings["kernel_manager"])
        await self.enter(row)

    async def enter(self, row: Row) -> None:
        """A session for a person, and the way to the page that was asked for."""
        identity = self.settings["identity_provider"]
        if (before := self.current_user) is not None:  # the next person at the same browser
            await identity.end(before, self.settings["kernel_manager"])
        identity.set_login_cookie(self, identity.sign_in(row))
        language = row.get("language")
        if not self.get_cookie(LANGUAGE_COOKIE) and language in LANGUAGES:
            remember_language(self, str(language))
        view = self.wanted_view()
        self.redirect(self.base_url + (f"?view={view}" if view else ""))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        # The form's token is not the cookie's: ask again, politely. Not under a foreign name.
        if (status_code, self.request.method) == (403, "POST") and self.check_host():
            self.show("signin_expired")
        else:
            super().write_error(status_code, **kwargs)


class SignOut(Spoken):
    """Ends the session and the kernels it opened. A POST: no link elsewhere can do it."""

    async def post(self) -> None:
        person = self.current_user
        # Its pages first: the one that is being left still asks for its kernel meanwhile.
        await self.settings["kernel_manager"].end_session(person.session)
        identity = self.settings["identity_provider"]
        await identity.end(person, self.settings["kernel_manager"])  # and what began meanwhile
        identity.clear_login_cookie(self)
        self.redirect(self.base_url + "login?out")

    def get(self) -> None:
        self.redirect(self.base_url)
