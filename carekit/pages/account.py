"""The person's own account: change the password."""

import secrets
from typing import Any

from traitlets import Dict

from carekit.errors import BadInput
from carekit.pages.kit import Page
from carekit.store import PASSWORD_LEAST, change_password

__all__ = ["Account"]

FIELDS = ("password_now", "password_new", "password_again")


class Account(Page):
    """Passwords are typed into fields of their own: they are no column and are never kept."""

    view = "account"
    template_file = (__file__, "account.vue")
    passwords = Dict().tag(sync=True)

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

    def vue_change_password(self, typed: Any) -> None:
        now, new, again = (str(typed.get(name) or "") for name in FIELDS)
        if new != again:
            raise BadInput("passwords_differ")
        change_password(self.store, self.session.user, now, new)
        self.speak()  # a new turn empties the fields
        self.tell("password_changed")
