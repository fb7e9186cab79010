"""The card of one person in a side panel, and every form that is filled in on it."""

from typing import Any

import pandas as pd
from traitlets import Dict

from carekit import dates, tables, tasks
from carekit.errors import BadInput, Stale
from carekit.pages import register_forms as forms
from carekit.pages.kit import DISCARD, Form, Frames, Page, Session
from carekit.pages.register_card import card

__all__ = ["LISTS", "Cards"]

LISTS = ("children", "helpers")


class Cards(Page):
    """What the panel shows and what is done on it; the lists are the register's (see ``Register``).

    Every id that comes from the browser is looked up among the rows of the two lists.
    """

    card = Dict().tag(sync=True)

    def __init__(self, session: Session, frames: Frames | None = None) -> None:
        self.opened: tuple[str, str] | None = None  # whose card the panel shows
        self.last = ""  # the step that can be taken back
        super().__init__(session, frames)

    def _speak_card(self) -> None:
        if self.opened is None or not self._holds(*self.opened):
            self.opened = None
            self.card = {}
            return
        said = card(self.frames, *self.opened, self.today, self.language)
        table = self.opened[0]
        parts = "guardians" if table == "children" else "trainings"
        self.card = {
            **said,
            "undo": bool(self.last),
            "closes": "closed_on" in self._may(table),
            "fills": bool(self._may(table)) and bool(self._may(parts)),
        }

    def vue_see(self, who: Any) -> None:
        """Open the card of somebody named on this one."""
        self._show(str(who.get("table")), str(who.get("key")))

    def _show(self, table: str, key: str) -> None:
        if not self._holds(table, key):
            raise BadInput("person_unknown", person=key)
        if self._form is not None and self._form.typed:
            self.tell("draft_first", "info")  # what was typed goes before
            return
        self.close_form()
        self.vue_close_notice()
        self.store.saw(table, key)
        self.opened, self.last = (table, key), ""
        self.ask_table(table, selected=key)
        self._speak_card()

    def show_list(self, table: str) -> None:
        """Show the list a person is in; the register knows how."""

    def _holds(self, table: str, key: str) -> bool:
        return table in LISTS and self._tables[table].holds(key)

    def vue_close_panel(self, _: Any = None) -> None:
        if self._form is not None and self._form.typed:
            self.ask("form_discard", self._leave, kind="danger", **DISCARD)
        else:
            self._leave()

    def _leave(self) -> None:
        self.close_form()
        self.opened = None
        self._speak_card()

    def _row(self, table: str, key: str) -> dict[str, Any]:
        """A row of the store as this page knows it."""
        frame = self.frames.read(table)
        found = frame[frame[tables.key(table)].eq(key)]
        if found.empty:
            raise BadInput("person_unknown", person=key)
        return {str(name): value for name, value in found.iloc[0].to_dict().items()}

    def _here(self) -> tuple[str, str, dict[str, Any]]:
        """Whose card is open: table, key, row."""
        if self.opened is None:
            raise BadInput("person_unknown", person="")
        return (*self.opened, self._row(*self.opened))

    # -- forms -----------------------------------------------------------------------------------

    def _may(self, table: str) -> tuple[str, ...]:
        """The columns this person may write."""
        return self.policy.writable(table)

    def vue_add(self, table: Any) -> None:
        if table in LISTS:
            self.opened = None
            self.vue_close_notice()
            self._speak_card()
            self.open_form(forms.person(self.frames, table, may=self._may(table)), {})
            self._focus("name")

    def vue_correct(self, _: Any = None) -> None:
        table, key, row = self._here()
        self.vue_close_notice()
        form = forms.person(self.frames, table, row, may=self._may(table))
        self.open_form(form, {"table": table, "key": key})

    def vue_part(self, wanted: Any) -> None:
        """A new adult or paper on this card, or the one with this ``key``."""
        table, key, owner = self._here()
        self.vue_close_notice()
        part = "guardians" if table == "children" else "trainings"
        row = self._part(part, table, key, str(wanted.get("key") or ""))
        context = {"table": table, "key": key, "part": row.get(tables.key(part), "")}
        values = {} if row else {"kind": "records_check", "day": self.today.isoformat()}
        self.open_form(forms.part(part, owner, row or None, values, may=self._may(part)), context)

    def vue_fill(self, item: Any) -> None:
        """Open the form in which a missing item of this card is filled in, at its field."""
        table, key, owner = self._here()
        self.vue_close_notice()
        if item not in {one["id"] for one in self.card.get("missing", [])}:
            return
        home, role, column = forms.field_form(table, str(item))
        if not role:
            self.vue_correct()
        else:
            mine = self.frames.read(home)
            mine = mine[mine[tables.key(table)].eq(key) & mine["role"].eq(role)]
            row = self._row(home, str(mine.iloc[0]["guardian_id"])) if len(mine) else {}
            relation = "parent" if role in ("father", "mother") else ""
            context = {"table": table, "key": key, "part": row.get("guardian_id", "")}
            values = {} if row else {"role": role, "relation": relation}
            self.open_form(
                forms.part(home, owner, row or None, values, may=self._may(home)), context
            )
        self._focus(column)

    def _focus(self, column: str) -> None:
        """Put the person into a field of the form that was opened."""
        self.send({"method": "focus", "args": [f"care-{self.form.get('id')}-{column}"]})

    def vue_close_file(self, _: Any = None) -> None:
        table, key, row = self._here()
        self.vue_close_notice()
        form = forms.close(table, row, self.today.isoformat())
        self.open_form(form, {"table": table, "key": key})

    def vue_reopen_file(self, _: Any = None) -> None:
        table, key, row = self._here()
        self.ask(
            "reopen_ask", lambda: self._reopen(table, key, int(row["version"])),
            more=("reopen_more", {}), yes="reopen_file", name=row["name"],
        )  # fmt: skip

    def _reopen(self, table: str, key: str, version: int) -> None:
        self._written(tasks.reopen_file(self.store, table, key, version), table, "file_reopened")

    def _part(self, part: str, table: str, owner: str, key: str) -> dict[str, Any]:
        """The adult or paper with this key, if it belongs to this person."""
        if not key:
            return {}
        row = self._row(part, key)
        if row[tables.key(table)] != owner:
            raise BadInput("person_unknown", person=key)
        return row

    def reopen(self, form_id: str, context: dict[str, Any]) -> Form | None:
        table, key = str(context.get("table") or ""), str(context.get("key") or "")
        if not key:
            if form_id not in LISTS:
                return None
            self.show_list(form_id)
            return forms.person(self.frames, form_id, may=self._may(form_id))
        if not self._holds(table, key):
            return None
        self.opened = (table, key)
        self.show_list(table)
        row = self._row(table, key)
        form: Form | None = None
        if form_id == "close":
            form = forms.close(table, row, self.today.isoformat())
        elif form_id in LISTS:
            form = forms.person(self.frames, table, row, may=self._may(table))
        elif form_id in forms.PARTS:
            part = self._part(form_id, table, key, str(context.get("part") or ""))
            form = forms.part(form_id, row, part or None, may=self._may(form_id))
        self._speak_card()
        return form

    def saved(self, form: Form, row: pd.DataFrame, context: dict[str, Any]) -> None:
        self._keep()  # a question may come before anything is written
        self.speak_form()
        try:
            if form.id == "close":
                self._ask_close(row, context)
            elif form.id in LISTS:
                self._save_person(form.id, row, sure=False)
            else:
                save = tasks.save_guardian if form.id == "guardians" else tasks.save_training
                self._written(save(self.store, row), context["table"], "saved", context["key"])
        except Stale as late:
            if late.code != "stale":
                raise
            self._take_up_form(form, context)
        except BadInput as fault:
            if fault.code != "cells_refused":
                raise
            form.errors = {
                column: code for column, code in fault.values["wrong"].items()
                if column in form.columns
            }  # fmt: skip
            form.turn += 1
            self._keep()
            self.speak_form()

    def _save_person(self, table: str, row: pd.DataFrame, *, sure: bool) -> None:
        try:
            self._written(tasks.save_person(self.store, table, row, sure=sure), table, "saved")
        except BadInput as known:
            if known.code != "person_known" or sure:
                raise
            who = self._row(table, str(known.values["person"]))
            self.ask(
                "person_known_ask", lambda: self._save_person(table, row, sure=True),
                more=("person_known_more", {}), yes="person_known_yes",
                name=who["name"], person=known.values["person"],
            )  # fmt: skip

    def _ask_close(self, row: pd.DataFrame, context: dict[str, Any]) -> None:
        table, key = context["table"], context["key"]
        day, reason = row["closed_on"].iloc[0], str(row["closed_reason"].iloc[0])
        version = int(row["version"].iloc[0])
        ends = tasks.ending(self.frames.read("pairings"), table, key, day)
        more = ("close_ends", {"count": len(ends)}) if len(ends) else ("close_ends_nothing", {})

        def close() -> None:
            saved = tasks.close_file(self.store, table, key, day, reason, version)
            self._written(saved, table, "file_closed_done")

        self.ask(
            "close_ask", close, more=more, yes="close_file", kind="danger",
            name=self._row(table, key)["name"], day=dates.day(day),
        )  # fmt: skip

    def _written(self, saved: tasks.Saved, table: str, code: str, key: str | None = None) -> None:
        """After a deed: the form goes, the card shows what is there now."""
        self.close_form()
        self.opened, self.last = (table, key or saved.key), saved.step
        self.changed()
        name = self._row(*self.opened)["name"]
        self.tell(code, name=name)

    def vue_undo(self, _: Any = None) -> None:
        """Take back what was done last on this card."""
        if self.last:
            self.store.undo(self.last)
            self.last = ""
            self.changed()
            self.tell("taken_back", "info")
