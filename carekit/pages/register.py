"""The register view: who is in it, what their cards lack, and what comes in from spreadsheets."""

from typing import Any

from traitlets import Dict, List, Unicode

from carekit.pages import register_tables as lists
from carekit.pages.imports import Imports
from carekit.pages.kit import Frames, Session
from carekit.pages.register_panel import LISTS, Cards

__all__ = ["Register"]

TABS = (*LISTS, "import")


class Register(Cards):
    """Two lists, the card of one person in a side panel, and the import."""

    view = "register"
    template_file = (__file__, "register.vue")
    tab = Unicode("children").tag(sync=True)
    tabs = List(Dict()).tag(sync=True)
    imports = Dict().tag(sync=True)
    empty = Dict().tag(sync=True)

    def __init__(self, session: Session, frames: Frames | None = None) -> None:
        self.brought: Imports | None = None
        self.start = ""  # the tab the person left last
        super().__init__(session, frames)

    def load(self) -> None:
        if self.brought is None:
            self.brought = Imports(self)
            kept = self.store.kept("register/tab")
            self.start = kept if kept in TABS else "children"
        self.inflow.check()
        self.people = {
            "children": lists.children(self.frames, self.today),
            "helpers": lists.helpers(self.frames, self.today),
        }
        for name, frame in self.people.items():
            self.table(name, lists.table(name), frame)

    def speak(self) -> None:
        if self.start:
            self.tab, self.start = self.start, ""
        count = {name: int((~frame["closed"]).sum()) for name, frame in self.people.items()}
        self.heading = {
            "title": self.say("view_register"),
            "subtitle": " · ".join(
                self.say(f"unit_{name}_count", count=number) for name, number in count.items()
            ),
        }
        self.tabs = [
            {
                "id": tab,
                "text": self.say(f"section_{tab}"),
                "count": self.say("number", n=count[tab]) if tab in count else "",
                "here": tab == self.tab,
            }
            for tab in TABS
            if tab in LISTS or self.policy.may("import")
        ]
        self.empty = {
            name: self.say(lists.EMPTY[name]) if frame.empty else ""
            for name, frame in self.people.items()
        }
        self.imports = self.inflow.said(self.language)
        self._speak_card()

    # -- lists ------------------------------------------------------------------------------------

    def vue_open_tab(self, tab: Any) -> None:
        if tab in TABS:
            self.tab = tab
            self.store.keep("register/tab", tab)
            self.vue_close_notice()
            self.speak()

    def show_list(self, table: str) -> None:
        if self.tab != table:
            self.tab = self.start = table
            self.speak()

    def wanted(self, **wanted: Any) -> None:
        """Show the card of a ``child`` or ``helper``, a ``tab``, or a list as a ``filter`` says."""
        if self._form is not None and self._form.typed:
            self.tell("draft_first", "info")  # what was typed goes before
            return
        whose = [("children", wanted.get("child")), ("helpers", wanted.get("helper"))]
        for table, key in whose:
            if key is not None and self._holds(table, str(key)):
                self.vue_open_tab(table)
                self._show(table, str(key))
        if wanted.get("tab") in TABS:
            self.vue_open_tab(wanted["tab"])
        if (name := wanted.get("filter")) is not None:
            tab = self.tab if wanted.get("tab") in LISTS else ""
            fitting = [t for t in LISTS if name in self._tables[t].filters and tab in ("", t)]
            for table in fitting[:1]:
                self.vue_open_tab(table)
                self.ask_table(table, filter=name, query="")

    def row_opened(self, table: str, key: str) -> None:
        self._show(table, key)

    # -- import ----------------------------------------------------------------------------------

    def vue_upload(self, info: dict[str, Any], buffers: list[memoryview] | None = None) -> Any:
        data = bytes(buffers[0]) if buffers else b""
        return self._look(str(info.get("sheet")), data, str(info.get("name", "")))

    def vue_blank_list(self, sheet: Any) -> None:
        self.download(*self.inflow.blank(str(sheet), self.language))

    async def _look(self, sheet: str, data: bytes, name: str) -> None:
        self.vue_close_notice()  # what was wrong with the file before is over
        await self.inflow.look(sheet, data, name)
        self._speak_imports()

    async def vue_bring_in(self, sheet: Any) -> None:
        self.vue_close_notice()
        result = await self.inflow.bring_in(str(sheet))
        self.changed()
        kind = self.imports[str(sheet)]["done"]["kind"]
        self.tell("import_done", kind, count=result["rows"], known=result["known"])

    def vue_forget_import(self, sheet: Any) -> None:
        self.inflow.forget(str(sheet))
        self._speak_imports()

    async def vue_undo_import(self, sheet: Any) -> None:
        await self.inflow.undo(str(sheet))
        self.changed()
        self.tell("import_undone", "info")

    def vue_refusals(self, sheet: Any) -> None:
        self.download(*self.inflow.refusals(str(sheet), self.language))

    @property
    def inflow(self) -> Imports:
        """The lists on their way in."""
        assert self.brought is not None
        return self.brought

    def _speak_imports(self) -> None:
        self.imports = self.inflow.said(self.language)
