"""The class teacher's view: the own class, whom to call, which forms are out, who is away.

The store gives the children of the own class and no others; what may be corrected it says too.
"""

from typing import Any

import pandas as pd
from traitlets import Dict, List, Unicode

from carekit import tasks
from carekit.errors import BadInput, Stale
from carekit.pages import care_words as words
from carekit.pages import myclass_rows as rows
from carekit.pages import myclass_tables as lists
from carekit.pages import near_rows
from carekit.pages import register_forms as forms
from carekit.pages.kit import DISCARD, Form, Frames, Page, Session
from carekit.words import format_day

__all__ = ["MyClass"]

FACTS = (
    *("sex", "birth_date", "village_id", "address", "phone", "parents_away", "boarding"),
    *("supervised", "circumstances", "health", "allergies"),
    *("needs", "languages", "free_times", "note"),
)
PARTS = {"children": "child_id", "guardians": "guardian_id"}


class MyClass(Page):
    """Four lists, and the card of one child in a side panel."""

    view = "my_class"
    template_file = (__file__, "myclass.vue")
    tab = Unicode("children").tag(sync=True)
    tabs = List(Dict()).tag(sync=True)
    child = Dict().tag(sync=True)
    empty = Unicode().tag(sync=True)

    def __init__(self, session: Session, frames: Frames | None = None) -> None:
        self.opened = ""  # whose card the panel shows
        self.last = ""  # the step that can be taken back
        super().__init__(session, frames)

    def load(self) -> None:
        self.children = near_rows.children(self.frames, self.today)
        self.forms = rows.forms(self.frames, self.today)
        self.away = rows.away(self.frames, self.today)
        found = (self.children, self.children, self.forms, self.away)
        for name, frame in zip(lists.LISTS, found, strict=True):
            self.table(name, lists.table(name, self.frames, self.today), frame)

    def speak(self) -> None:
        said = rows.name_of_class(self.frames)
        count = self.say("unit_children_count", count=len(self.children))
        day = format_day(self.today, self.language)
        self.heading = {
            "title": " · ".join([self.say("view_my_class"), *said[-1:]]),
            "subtitle": " · ".join([*said[:-1], count, day]),
        }
        self.empty = "" if len(self.children) else self.say("myclass_empty")
        number = {
            "children": len(self.children),
            "forms": int(self.forms["state"].eq(rows.OUT).sum()),
            "away": int(self.away["coming"].sum()),
        }
        self.tabs = [
            {
                "id": name,
                "text": self.say(f"section_{name}" if name == "children" else f"myclass_{name}"),
                "count": self.say("number", n=number[name]) if number.get(name) else "",
                "here": name == self.tab,
            }
            for name in lists.LISTS
        ]
        self._speak_child()

    # -- what a person does ----------------------------------------------------------------------

    def vue_open_tab(self, tab: Any) -> None:
        if tab in lists.LISTS:
            self.tab = tab
            self.vue_close_notice()
            self.speak()

    def wanted(self, **wanted: Any) -> None:
        if "child" in wanted:
            self._show(str(wanted["child"]))

    def row_opened(self, table: str, key: str) -> None:
        self._show(key.partition("/")[0])  # a form's key begins with the child's

    def _show(self, child: str) -> None:
        if not self._tables["children"].holds(child):
            raise BadInput("person_unknown", person=child)
        if self._form is not None and self._form.typed:
            self.tell("draft_first", "info")  # what was typed goes before
            return
        self.close_form()
        self.store.saw("children", child)
        self.opened, self.last = child, ""
        self._speak_child()

    def vue_close_panel(self, _: Any = None) -> None:
        if self._form is not None and self._form.typed:
            self.ask("form_discard", self._leave, kind="danger", **DISCARD)
        else:
            self._leave()

    def _leave(self) -> None:
        self.close_form()
        self.opened = ""
        self._speak_child()

    def _speak_child(self) -> None:
        found = self.children[self.children["child_id"].eq(self.opened)]
        if found.empty:
            self.opened, self.child = "", {}
            return
        row: dict[str, Any] = found.iloc[0].to_dict()  # type: ignore[assignment]
        of = (self.opened, self.today, self.language)
        self.child = {
            "id": self.opened,
            "name": str(row["name"]),
            "subtitle": lists.place(row, self.language),
            "chips": [words.last_said(row, self.language), *words.chips(row, self.language)],
            "helpers": near_rows.calls_of_helpers(self.frames, row, self.today, self.language),
            "adults": lists.adults(self.frames, self.opened, self.language),
            "facts": near_rows.facts(row, FACTS, self.frames, self.language),
            "lately": near_rows.lately(self.frames, *of),
            "corrects": {table: bool(self._columns(table)) for table in PARTS},
            "undo": bool(self.last),
        }

    # -- forms -----------------------------------------------------------------------------------

    def _columns(self, table: str) -> tuple[str, ...]:
        """What this person may correct."""
        may = self.policy.writable(table) if self.policy.scopes(table, "change") else ()
        every = forms.PARTS.get(table) or [c for some in forms.CHILD.values() for c in some]
        return tuple(column for column in every if column in may)

    def vue_correct(self, adult: Any = None) -> None:
        """Correct the child of the open card, or one of its adults."""
        table = "guardians" if isinstance(adult, str) and adult else "children"
        context = {"child": self.opened, "table": table, "key": adult if adult else self.opened}
        form = self.reopen(table, context)
        if form is None:
            raise BadInput("person_unknown", person=str(adult))
        self.vue_close_notice()
        self.open_form(form, context)

    def reopen(self, form_id: str, context: dict[str, Any]) -> Form | None:
        """The form of a row around a child of the class; None where that is not so."""
        child, key = str(context.get("child") or ""), str(context.get("key") or "")
        if form_id not in PARTS or not self._tables["children"].holds(child):
            return None
        frame = self.frames.read(form_id)
        found = frame[frame[PARTS[form_id]].eq(key) & frame["child_id"].eq(child)]
        may = self._columns(form_id)
        if found.empty or not may:
            return None
        row = {str(name): value for name, value in found.iloc[0].to_dict().items()}
        self.opened = child
        if form_id == "children":
            return forms.person(self.frames, form_id, row, may=may)
        name = self.children.set_index("child_id").at[child, "name"]
        owner = {"child_id": child, "name": name}
        form = forms.part(form_id, owner, row, may=may)
        form.fixed = {}  # whose adult it is stays
        return form

    def saved(self, form: Form, row: pd.DataFrame, context: dict[str, Any]) -> None:
        try:
            self.last = tasks.correct(self.store, form.table, row).step
        except Stale as late:
            if late.code != "stale":
                raise
            self._take_up_form(form, context)
            return
        self.close_form()
        self.changed()
        name = self.children.set_index("child_id")["name"].get(self.opened, "")
        self.tell("saved", name=name)

    def vue_undo(self, _: Any = None) -> None:
        """Take back what was corrected last on this card."""
        if self.last:
            self.store.undo(self.last)
            self.last = ""
            self.changed()
            self.tell("taken_back", "info")
