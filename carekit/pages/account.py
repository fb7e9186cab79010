"""The person's own account: change the password."""

import asyncio
import secrets
from typing import Any

from traitlets import Dict

from carekit.errors import BadInput, CareError
from carekit.pages.kit import Frames, Page, Session
from carekit.store import PASSWORD_LEAST, change_password
from carekit.store.tries import Tries

__all__ = ["Account"]

FIELDS = ("password_now", "password_new", "password_again")


class Account(Page):
    """Passwords are typed into fields of their own: they are no column and are never kept."""

    view = "account"
    template_file = (__file__, "account.vue")
    passwords = Dict().tag(sync=True)

    def __init__(self, session: Session, frames: Frames | None = None) -> None:
        self.tries = Tries()
        super().__init__(session, frames)

    def speak(self) -> None:
        self.heading = {"title": self.say("account_title"), "subtitle": self.session.user}
        fields: list[dict[str, Any]] = [
            {
                "id": name, "text": self.say(name), "kind": "password", "required": True,
                "unit": "", "help": "", "min": None, "max": None, "options": [], "value": "",
                "error": "",
            }
            for name in FIELDS
        ]  # fmt: skip
        self.passwords = {
            "id": "password",
            "title": self.say("password_title"),
            "hint": self.say("password_rule", least=PASSWORD_LEAST),
            "sections": [{"title": "", "fields": fields}],
            "save": self.say("password_save"),
            "kept": "",
            "turn": secrets.randbits(30),
            "errors": [],
        }

    async def vue_change_password(self, typed: Any) -> None:
        now, new, again = (str(typed.get(name) or "") for name in FIELDS)
        if new != again:
            raise BadInput("passwords_differ")
        # Who finds an open page must not find the password with it.
        await asyncio.sleep(self.tries.wait(self.session.user))
        try:
            change_password(self.store, self.session.user, now, new)
        except CareError as error:
            if error.code != "password_old_wrong":
                self.tries.forget(self.session.user)
            raise
        self.tries.forget(self.session.user)
        self.speak()  # a new turn empties the fields
        self.tell("password_changed")
        # Whoever else came in with the old one must not stay; sessions are the server's.
        self.send({"method": "end_others", "args": []})

    def vue_others_ended(self, done: Any) -> None:
        """Whether the server has signed this person out everywhere else."""
        if done is True:
            self.tell("password_changed_everywhere")
        else:
            self.tell("password_changed_only_here", "error")
