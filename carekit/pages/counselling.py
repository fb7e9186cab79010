"""The counsellor's view: find the child that asks for help, and whom to call (W1, W3).

For reading only, until there are cases: who it is, what is known to weigh on it, its guardian and
its helper, when somebody was last there; not what was said.
"""

from typing import Any

from traitlets import Dict, Unicode

from carekit import people, tables
from carekit.errors import BadInput
from carekit.pages import care_words as words
from carekit.pages import near_rows
from carekit.pages import register_tables as register
from carekit.pages.kit import Column, Frames, Page, Session, Table, cells
from carekit.pages.register_words import empty
from carekit.words import format_day, say

__all__ = ["Counselling"]

FACTS = ("sex", "birth_date", "class_id", "parents_away", "boarding", "supervised", "health")
URGENT = 1  # the first tier (M7)


class Counselling(Page):
    """One list to search, and the card of one child in a side panel."""

    view = "counselling"
    template_file = (__file__, "counselling.vue")
    child = Dict().tag(sync=True)
    empty = Unicode().tag(sync=True)

    def __init__(self, session: Session, frames: Frames | None = None) -> None:
        self.opened = ""
        super().__init__(session, frames)

    def load(self) -> None:
        known = near_rows.children(self.frames, self.today)
        self.children = people.priority(known).sort_values(["tier", "name", "child_id"])
        self.table("children", self._table(), self.children)

    def _table(self) -> Table:
        return Table(
            [
                Column("child", ("children", "name"), "name"),
                Column("weighs", ("children", "circumstances"), "tier"),
                Column("guardian", "column_guardian"),
                Column("helper", "column_helper", "helper"),
                Column("last", "column_last_contact", "days"),
            ],
            self._record,
            key="child_id",
            caption="counselling_find",
            searched=["name", "class_name", "helper"],
            names=["name", "helper"],
            hint="counselling_hint",
            filters={
                "all": lambda frame: frame["child_id"].notna(),
                "tier_1": lambda frame: frame["tier"].eq(URGENT),
                "quiet": lambda frame: frame["quiet"],
            },
            opens=True,
            rows_a_page=10,
        )

    def _record(self, row: dict[str, Any], language: str) -> dict[str, Any]:
        adults = words.adults(self.frames, str(row["child_id"]), language)[:1]
        helpers = near_rows.calls_of_helpers(self.frames, row, self.today, language)
        return {
            "child": cells.person(str(row["name"]), words.place(row, language)),
            "weighs": self._weighs(row, language),
            "guardian": cells.calls(adults) if adults else "",
            "helper": cells.calls(helpers) if helpers else "",
            "last": words.last(row, language),
        }

    @staticmethod
    def _weighs(row: dict[str, Any], language: str) -> Any:
        codes = [] if empty(row["circumstances"]) else str(row["circumstances"]).split(";")
        said = [tables.label("circumstance", code, language) for code in codes]
        if row["supervised"] == "no":
            said.insert(0, say("nobody_supervising", language))
        if not said:
            return ""
        comma = ", " if language == "en" else "、"
        look = str(register.tier_chip(int(row["tier"]), language)["look"])
        return cells.chip(look, comma.join(said))

    def speak(self) -> None:
        count = self.say("unit_children_count", count=len(self.children))
        day = format_day(self.today, self.language)
        self.heading = {
            "title": self.say("view_counselling"),
            "subtitle": " · ".join([count, day]),
        }
        self.empty = "" if len(self.children) else self.say("counselling_empty")
        self._speak_child()

    # -- what a person does ----------------------------------------------------------------------

    def row_opened(self, table: str, key: str) -> None:
        self._show(key)

    def wanted(self, **wanted: Any) -> None:
        if "child" in wanted:
            self._show(str(wanted["child"]))

    def _show(self, child: str) -> None:
        if not self._tables["children"].holds(child):
            raise BadInput("person_unknown", person=child)
        self.store.saw("children", child)
        self.opened = child
        self._speak_child()

    def vue_close_panel(self, _: Any = None) -> None:
        self.opened = ""
        self._speak_child()

    def _speak_child(self) -> None:
        found = self.children[self.children["child_id"].eq(self.opened)]
        if found.empty:
            self.opened, self.child = "", {}
            return
        row: dict[str, Any] = found.iloc[0].to_dict()  # type: ignore[assignment]
        weighs = self._weighs(row, self.language)
        of = (self.opened, self.today, self.language)
        self.child = {
            "id": self.opened,
            "name": str(row["name"]),
            "subtitle": words.place(row, self.language),
            "chips": [*([weighs] if weighs else []), words.last_said(row, self.language)],
            "helpers": near_rows.calls_of_helpers(self.frames, row, self.today, self.language),
            "adults": words.adults(self.frames, self.opened, self.language),
            "facts": near_rows.facts(row, FACTS, self.frames, self.language),
            "lately": near_rows.lately(self.frames, *of),
        }
