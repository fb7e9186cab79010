"""The administrator's view: people, sessions, the log, one child's file, safety.

Everything it does is asked of the store again (deeds ``users``, ``audit``, ``backup``,
``recovery``, ``erase``): the view itself grants nothing.
"""

from typing import Any

from traitlets import Dict, List, Unicode

from carekit.pages.admin_safety import Safety
from carekit.pages.kit import Frames, Session

__all__ = ["Admin"]

TABS = ("people", "signed", "child", "log", "safety")


class Admin(Safety):
    """One view with five tabs; only the one that is open is read."""

    view = "admin"
    template_file = (__file__, "admin.vue")
    tab = Unicode("people").tag(sync=True)
    tabs = List(Dict()).tag(sync=True)

    def __init__(self, session: Session, frames: Frames | None = None) -> None:
        self.opened = "people"
        super().__init__(session, frames)

    def load(self) -> None:
        self._tables = {}
        getattr(self, f"load_{self.opened}")()

    def speak(self) -> None:
        self.heading = {"title": self.say("view_admin"), "subtitle": self.say("admin_subtitle")}
        self.tabs = [
            {"id": one, "text": self.say(f"admin_tab_{one}"), "here": one == self.opened}
            for one in TABS
        ]
        self.tab = self.opened
        if self.opened == "people":
            self.speak_secret()
        elif self.opened != "signed":
            getattr(self, f"speak_{self.opened}")()

    def vue_open_tab(self, tab: Any) -> None:
        if str(tab) not in TABS:
            return
        if self._form is not None:
            self.close_form()
        self.vue_close_secret()
        self.vue_close_code()
        self.vue_close_notice()  # it was about the tab that is left
        self.opened = str(tab)
        self.frames.look()
        self.changed()
        if self.opened in ("people", "signed"):
            self.ask_sessions()

    def wanted(self, **wanted: Any) -> None:
        if wanted.get("tab") in TABS:
            self.vue_open_tab(wanted["tab"])
        if "child" in wanted:
            self.vue_open_tab("child")
            if self._tables["files"].holds(wanted["child"]):
                self.open_child(str(wanted["child"]))

    def row_opened(self, table: str, key: str) -> None:
        if table == "files":
            self.open_child(key)

    def acted(self, table: str, act: str, key: str) -> None:
        if table == "users":
            self.acted_people(act, key)
        elif table == "signed":
            self.acted_signed(act, key)
