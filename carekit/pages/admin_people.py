"""Administration: who may come in, as what; invited, changed, let in no longer."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from traitlets import Dict

from carekit import tables
from carekit.errors import BadInput
from carekit.pages import admin_words as words
from carekit.pages import register_tables as register
from carekit.pages.kit import Column, Form, Page, Table, cells
from carekit.store import (
    PASSWORD_LEAST,
    add_user,
    change_role,
    disable_user,
    last_seen,
    made_password,
    set_password,
    with_password,
)
from carekit.store.users import SCOPES

__all__ = ["People"]

INVITE, ROLE = "invite", "role"
LETTERS = 100
MANY = 60  # more choices are found by typing, see care-field.vue
NEW = ("user_id", "name", "role", "scope")


class People(Page):
    """The users of the store. A password is shown once and never kept."""

    secret = Dict().tag(sync=True)
    given = Dict().tag(sync=True)

    _shown: dict[str, str] = {}  # noqa: RUF012 (replaced, never changed in place)
    here: dict[str, int] = {}  # noqa: RUF012 (user -> open pages, as the server says)

    def load_people(self) -> None:
        users = self.frames.read("users").copy()
        seen, may = last_seen(self.store), with_password(self.store)
        self.users = users.assign(
            disabled=users["disabled"].fillna(False).astype(bool),
            name=users["name"].fillna(users["user_id"]),
            tied=[self._tied(row) for row in users.to_dict("records")],
            seen=users["user_id"].map(seen),
            secret=users["user_id"].isin(may),
            own=users["user_id"].eq(self.store.actor),
        )
        self.table("users", _table(self), self.users)

    def _tied(self, row: dict[Any, Any]) -> str:
        """The name of the class or helper a user works for."""
        if pd.isna(row["scope"]) or row["role"] not in SCOPES:
            return ""
        known = {value: text for value, text, _ in self._scopes(str(row["role"]))}
        return known.get(str(row["scope"]), str(row["scope"]))

    def _scopes(self, role: str) -> Sequence[tuple[str, str, str]]:
        if role == "class_teacher":
            classes = register.places(self.frames)["classes"]
            return [(str(key), str(name), "") for key, name in classes.items()]
        if role == "helper":
            helpers = self.frames.read("helpers")
            living = helpers[~helpers["closed_on"].le(pd.Timestamp(self.today)).fillna(False)]
            pairs = zip(living["helper_id"], living["name"], strict=True)
            # Two people of one name are told apart by their number.
            return [(str(key), f"{name} · {key}", "") for key, name in pairs]
        return []

    # -- invite, and another role ----------------------------------------------------------------

    def vue_invite(self, _: Any = None) -> None:
        self.vue_close_secret()
        self.open_form(self._invite_form())

    def _invite_form(self) -> Form:
        return self._fitted(
            Form(INVITE, "users", NEW, "admin_invite", save="admin_invite_save", required=NEW[1:3])
        )

    def _role_form(self, user: str) -> Form:
        row = self._user(user)
        form = Form(
            ROLE,
            "users",
            NEW[2:],
            "admin_role_of",
            title_values={"name": row["name"]},
            row={name: row[name] for name in ("user_id", "role", "scope", "version")},
            required=NEW[2:3],
        )
        return self._fitted(form)

    def _fitted(self, form: Form) -> Form:
        """The scope is asked for where the role has one; the role's meaning stands above."""
        role = str(form.values.get("role") or "")
        tied = role in SCOPES
        form.columns = [name for name in form.columns if name != "scope"] + ["scope"] * tied
        form.options = {"scope": lambda: self._scopes(role)}
        form.required = [*(name for name in form.required if name != "scope"), *["scope"] * tied]
        known = {value for value, _, _ in self._scopes(role)}
        form.labels = {"scope": f"admin_scope_{role}"}  # a class, or somebody of the register
        form.helps = {"user_id": "admin_user_hint"}
        if len(known) > MANY:
            form.helps |= {"scope": "admin_scope_hint"}
        if form.values.get("scope") not in known:
            form.values["scope"] = ""
        form.hint = f"role_about_{role}" if role in tables.choices("role").index else ""
        return form

    def vue_type(self, values: Any) -> None:
        super().vue_type(values)
        self._refit(values)

    def vue_save_form(self, values: Any) -> Any:
        self._refit(values)
        return super().vue_save_form(values)

    def _refit(self, values: Any) -> None:
        form = self._form
        if form is not None and form.id in (INVITE, ROLE) and isinstance(values, dict):
            for name in ("role", "scope"):
                form.values[name] = str(values.get(name) or "")[:LETTERS]
            self._fitted(form)
            self.speak_form()

    def reopen(self, form_id: str, context: dict[str, Any]) -> Form | None:
        if form_id == INVITE:
            return self._invite_form()
        known = set(self.frames.read("users")["user_id"])
        if form_id == ROLE and context.get("user") in known:
            self.load_people()
            return self._role_form(str(context["user"]))
        return None

    def saved(self, form: Form, row: pd.DataFrame, context: dict[str, Any]) -> None:
        one = row.iloc[0]
        role = str(one["role"])
        scope = form.values["scope"] if role in SCOPES else None
        if form.id == ROLE:
            user = str(context["user"])
            change_role(self.store, user, role, scope)
            self.close_form()
            self.changed()
            self.tell("admin_role_changed", name=self._user(user)["name"])
            return
        user, password = str(one["user_id"]), made_password()
        add_user(self.store, user, str(one["name"]), password, role, scope)
        self.close_form()
        self.changed()
        self._show_secret(user, password)

    def acted_people(self, act: str, user: str) -> None:
        """A button in the row of a user."""
        row = self._user(user)
        if row["own"]:
            raise BadInput("admin_not_oneself")
        self.vue_close_secret()
        if act == "role":
            self.open_form(self._role_form(user), {"user": user})
        elif act == "password":
            self._ask("admin_password_ask", lambda: self._new_password(user), row)
        elif act == "disable":
            self._ask("admin_disable_ask", lambda: self._switch(user, True), row, kind="danger")
        elif act == "enable":
            self._ask("admin_enable_ask", lambda: self._switch(user, False), row)

    def _ask(self, code: str, action: Any, row: dict[str, Any], kind: str = "plain") -> None:
        more = (f"{code}_more", {"name": row["name"]})
        self.ask(code, action, more=more, yes=f"{code}_yes", kind=kind, name=row["name"])

    def _switch(self, user: str, disabled: bool) -> None:
        disable_user(self.store, user, disabled)
        if disabled:
            self.changed()
            self.tell("admin_disabled", name=self._user(user)["name"])
        else:  # the old password went when the person was disabled
            self._new_password(user)

    # -- a password, shown once ------------------------------------------------------------------

    def _new_password(self, user: str) -> None:
        password = made_password()
        set_password(self.store, user, password)
        self.changed()
        self._show_secret(user, password)

    def _show_secret(self, user: str, password: str) -> None:
        self._shown = {"user": user, "password": password}
        self.vue_close_notice()  # the panel says that it succeeded
        self.speak_secret()

    def vue_give_password(self, typed: Any) -> None:
        """Another first password than the one that was made."""
        user = self._shown.get("user")
        if user is None or not isinstance(typed, dict):
            return
        set_password(self.store, user, str(typed.get("password_new") or ""))
        name = self._user(user)["name"]
        self.vue_close_secret()
        self.changed()
        self.tell("admin_password_given", name=name)

    def vue_close_secret(self, _: Any = None) -> None:
        self._shown = {}
        self.speak_secret()

    def speak_secret(self) -> None:
        user = self._shown.get("user")
        if user is None:
            self.secret, self.given = {}, {}
            return
        row = self._user(user)
        self.secret = {
            "title": self.say("admin_secret_title", name=row["name"]),
            "user": user,
            "password": self._shown["password"],
            "hint": self.say("admin_secret_hint"),
        }
        field = {
            "id": "password_new", "text": self.say("password_new"), "kind": "text",
            "required": True, "unit": "", "min": None, "max": None, "options": [], "value": "",
            "error": "", "help": self.say("password_rule", least=PASSWORD_LEAST),
        }  # fmt: skip
        self.given = {
            "id": "given", "title": "", "hint": "", "kept": "", "turn": 1, "errors": [],
            "sections": [{"title": "", "fields": [field]}], "save": self.say("admin_give_own"),
        }  # fmt: skip

    def _user(self, user: str) -> dict[str, Any]:
        found = self.users[self.users["user_id"].eq(user)]
        if found.empty:
            raise BadInput("user_unknown", user=user)
        return {str(name): value for name, value in found.iloc[0].to_dict().items()}


def _table(page: People) -> Table:
    def record(row: dict[str, Any], language: str) -> dict[str, Any]:
        role = tables.label("role", str(row["role"]), language)
        return {
            "name": cells.person(str(row["name"]), str(row["user_id"])),
            "role": cells.person(role, row["tied"]) if row["tied"] else role,
            "state": _state(page, row),
            "acts": page.say("admin_own_row") if row["own"] else cells.actions(_acts(page, row)),
        }

    return Table(
        [
            Column("name", ("users", "name"), "name"),
            Column("role", ("users", "role"), "role"),
            Column("state", "column_state", "seen"),
            Column("acts", "column_acts"),
        ],
        record,
        key="user_id",
        caption="admin_users",
        hint="admin_search_users",
        searched=["name", "user_id", "tied"],
        names=["name", "tied"],
        filters={
            "users_all": lambda frame: frame["user_id"].notna(),
            "users_may": lambda frame: ~frame["disabled"],
            "users_disabled": lambda frame: frame["disabled"],
        },
    )


def _state(page: People, row: dict[str, Any]) -> dict[str, Any]:
    user = str(row["user_id"])
    if row["disabled"]:
        return cells.chip("danger", page.say("admin_state_disabled"))
    if user in page.here:
        return cells.chip("good", page.say("admin_state_here"))
    if not row["secret"]:
        return cells.chip("warn", page.say("admin_state_no_password"))
    if pd.isna(row["seen"]):
        return cells.chip("plain", page.say("admin_state_never"))
    at = words.moment(row["seen"], page.language)
    return cells.chip("plain", page.say("admin_state_seen", at=at))


def _acts(page: People, row: dict[str, Any]) -> list[tuple[str, str]]:
    if row["disabled"]:
        return [("enable", page.say("admin_enable"))]
    acts = ("role", "password", "disable")
    return [(act, page.say(f"admin_{act}")) for act in acts]
