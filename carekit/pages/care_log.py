"""Logging a contact in three clicks, and the panel of one child: what Care and Mine share."""

import secrets
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd
from traitlets import Dict, List

from carekit import care, tables, tasks
from carekit.errors import CareError, NotAllowed
from carekit.pages import care_words as words
from carekit.pages.kit import Form, Frames, Page, Session

__all__ = ["CareLog"]

# What the obligations do not say; any other kind starts empty.
USUAL_MINUTES = MappingProxyType({"call": 10, "letter": 20})
Option = tuple[str, str, str]


class CareLog(Page):
    """A view with a panel for one child and a form for one contact.

    A subclass says whose children are here (``mine``) and which helpers a contact may be
    written for (``helper_options``). Every event looks at both again.
    """

    kinds = List(Dict()).tag(sync=True)
    child = Dict().tag(sync=True)

    def __init__(self, session: Session, frames: Frames | None = None) -> None:
        self.opened = ""  # whose panel is open
        self.step = ""  # the contact that can be taken back
        super().__init__(session, frames)

    # -- whose children --------------------------------------------------------------------------

    def mine(self) -> pd.DataFrame:
        """The children this person may see and write for, with everything the panel shows."""
        raise NotImplementedError

    def helper_options(self, child_id: str) -> Sequence[Option]:
        """Whom a contact with this child may be written for, the likeliest first."""
        raise NotImplementedError

    def may(self, child: Any) -> dict[str, Any]:
        """The row of a child the browser names; ``NotAllowed`` when it is none of this person's."""
        self.refresh()  # a pairing may have ended while the page stood open
        known = self.mine()
        found = known[known["child_id"].eq(str(child))]
        if found.empty:
            raise NotAllowed("care_not_yours")
        return {str(name): value for name, value in found.iloc[0].to_dict().items()}

    # -- the panel -------------------------------------------------------------------------------

    def vue_open_child(self, child: Any) -> None:
        self.may(child)
        self.store.saw("children", str(child))
        self.opened, self.step = str(child), ""
        self.speak_child()

    def vue_close_panel(self, _: Any = None) -> None:
        if self._form is not None:
            self.vue_close_form()
        else:
            self.opened = ""
            self.speak_child()

    def speak_child(self) -> None:
        """The panel in words; empty when nobody's is open, or the child is no longer here."""
        known = self.mine()
        found = known[known["child_id"].eq(self.opened)]
        if found.empty:
            self.opened = ""
            self.child = {}
            return
        row: dict[str, Any] = found.iloc[0].to_dict()  # type: ignore[assignment]
        events, more = words.timeline(self.frames, self.opened, self.today, self.language)
        self.child = {
            "id": self.opened,
            "name": str(row["name"]),
            "subtitle": words.place(row, self.language),
            "chips": [words.last_said(row, self.language), *words.chips(row, self.language)],
            "adults": words.adults(self.frames, self.opened, self.language),
            "events": events,
            "more": more,
            "undo": bool(self.step),
        }

    # -- a contact -------------------------------------------------------------------------------

    def vue_log(self, wanted: Any) -> None:
        """Open the form for a child, perhaps with the helper it was asked from."""
        named = wanted if isinstance(wanted, dict) else {"child": wanted}
        self.log(str(named.get("child")), str(named.get("helper") or ""))

    def log(self, child_id: str, helper_id: str = "") -> None:
        self.may(child_id)
        self.step = ""
        self.vue_close_notice()
        context = {"child": child_id, "helper": helper_id, "token": secrets.token_hex(16)}
        self.open_form(self.contact_form(child_id, helper_id), context)

    def contact_form(self, child_id: str, helper_id: str = "") -> Form:
        """The form for one contact: today, the child itself and the child's own helper."""
        row = self.may(child_id)
        ids = [one for one, _, _ in self.helper_options(child_id)]
        helper = helper_id if helper_id in ids else ids[0] if ids else ""
        alone = len(ids) == 1
        return Form(
            "contact",
            "contacts",
            [
                "kind",
                "day",
                "minutes",
                "partner",
                "reached",
                "note",
                *([] if alone else ["helper_id"]),
            ],
            "log_contact_of",
            title_values={"name": str(row["name"])},
            options={} if alone else {"helper_id": lambda: self.helper_options(child_id)},
            fixed={"child_id": child_id, **({"helper_id": helper} if alone else {})},
            values={
                "day": self.today.isoformat(),
                "partner": "child",
                "reached": "yes",
                **({} if alone else {"helper_id": helper}),
            },
        )

    def reopen(self, form_id: str, context: dict[str, Any]) -> Form | None:
        try:
            return self.contact_form(str(context.get("child")), str(context.get("helper") or ""))
        except NotAllowed:
            return None  # the child has gone to somebody else meanwhile

    def speak_form(self) -> None:
        super().speak_form()
        # The page fills in the minutes of a kind by itself: an answer from here could come late
        # and undo what a quick hand has typed meanwhile.
        self.kinds = [
            {"id": kind, "text": text, "minutes": self._usual(kind)}
            for kind, text in self._kinds().items()
        ]

    def _kinds(self) -> dict[str, str]:
        known = tables.choices("contact_kind")[self.language]
        return {str(code): str(text) for code, text in known.items()}

    def _usual(self, kind: str) -> str:
        minutes = care.SCHOOL.minutes(kind) or USUAL_MINUTES.get(kind)
        return str(minutes or "")

    def saved(self, form: Form, row: pd.DataFrame, context: dict[str, Any]) -> None:
        child_id = str(context["child"])
        child = self.may(child_id)
        try:
            self.step = tasks.log_contact(self.store, row, token=str(context["token"]))
        except CareError:
            self._keep()  # what was typed stays, on the page and after a reload
            self.speak_form()
            raise
        self.close_form()
        self.opened = child_id
        self.changed()
        what = tables.label("contact_kind", str(row["kind"].iloc[0]), self.language)
        day = row["day"].iloc[0].date()
        self.tell("contact_logged", what=what, name=str(child["name"]), day=day)

    def vue_undo_contact(self, _: Any = None) -> None:
        """Take back the contact that was just logged here."""
        if not self.step:
            return
        child = self.may(self.opened)
        step, self.step = self.step, ""
        self.store.undo(step)
        self.changed()
        self.tell("contact_undone", name=str(child["name"]))
