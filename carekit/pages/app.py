"""Opens an app in a notebook cell: who, in which language and which store come from the server."""

import asyncio
import logging
import os
from html import escape
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from IPython.display import HTML, display
from ipywidgets import widget_serialization
from traitlets import Any as AnyTrait
from traitlets import Dict, List, Unicode

from carekit.errors import BadInput, CareError, NotAllowed
from carekit.pages.faults import keep_logs_clean, log_fault, no_traceback
from carekit.pages.kit import Frames, Model, Page, Session, only_ours, use_theme
from carekit.pages.ticket import redeem
from carekit.words import preferred, say, say_error

__all__ = ["open_app"]

CELL_ENDS = 0.02  # seconds: the cell's answer goes out before the store is opened

# A view is imported when it is opened: a kernel pays only for what its person looks at.
VIEWS = {
    "today": "carekit.pages.today:Today",
    "register": "carekit.pages.register:Register",
    "matching": "carekit.pages.matching:Matching",
    "leaving": "carekit.pages.leaving:Leaving",
    "care": "carekit.pages.care:Care",
    "outings": "carekit.pages.outings:Outings",
    "mine": "carekit.pages.mine:Mine",
    "my_class": "carekit.pages.myclass:MyClass",
    "counselling": "carekit.pages.counselling:Counselling",
    "analysis": "carekit.pages.analysis:Analysis",
    "rollup": "carekit.pages.county:Rollup",
    "admin": "carekit.pages.admin:Admin",
    "account": "carekit.pages.account:Account",  # behind the person's name, not in the header
}
# Which views an app has; which of them are a person's, and which apps, the store's policy says.
APPS = {
    "coordinator": (
        *("today", "register", "matching", "care", "outings"),
        *("my_class", "counselling", "analysis", "rollup", "admin"),
    ),
    "planner": ("outings",),
    "helper": ("mine",),
}
# Views without a place in the header of their own, and whose place they take while they are shown.
BEHIND = {"leaving": "matching"}


class App(Model):
    """The views of one app, one of them shown: another view costs no page and no kernel."""

    template_file = (__file__, "app.vue")
    shown = AnyTrait(None, allow_none=True).tag(sync=True, **widget_serialization)
    message = Unicode().tag(sync=True)
    person = Unicode().tag(sync=True)
    branch = Unicode().tag(sync=True)
    views = List(Dict()).tag(sync=True)
    warning = Dict().tag(sync=True)

    def __init__(self, name: str, session: Session) -> None:
        if name not in APPS:
            raise BadInput("app_unknown", app=name)
        self.name = name
        self.names: tuple[str, ...] = ()
        self.behind: list[str] = []
        self.pages: dict[str, Page] = {}
        self.here = ""
        super().__init__(session)

    def start(self, view: str = "") -> None:
        """Open the store and show a view (else the first one), or say in a sentence why not."""
        try:
            from carekit.store import folder_risk, open_store  # slow to load, not needed before

            store = open_store(self.session.store, actor=self.session.user)
            policy = store.policy()
            if not policy.may(f"app_{self.name}"):
                raise NotAllowed("app_not_yours")
            self.names = tuple(view for view in APPS[self.name] if policy.may(f"view_{view}"))
            self.behind = [view for view, place in BEHIND.items() if place in self.names]
            self.frames = Frames(store)
            self.branch = store.setting("branch_name") or ""
            self.person = policy.name
            self.risk = folder_risk(self.session.store)
            here = (*self.names, *self.behind)
            self.show(view if view in here else "")
            if not self.names:
                self.pages[self.here].tell("no_view_yet", "info")
        except Exception as error:
            self.tell_error(error)

    def show(self, name: str, **wanted: Any) -> None:
        """Show a view, in the language the last one was left in."""
        name = name or next(iter(self.names), "account")  # nothing yet but the own password
        if name not in (*self.names, *self.behind, "account"):
            return
        if name in self.pages:
            self.pages[name].refresh()
        else:
            module, kind = VIEWS[name].split(":")
            self.pages[name] = getattr(import_module(module), kind)(self.session, self.frames)
            self.pages[name].open_view = self.show
        page = self.pages[name]
        page.language = self.language
        if wanted:
            page.wanted(**wanted)
        self.here, self.shown = name, page
        self.speak()

    def speak(self) -> None:
        if not self.here:
            return
        self.pages[self.here].language = self.language
        self.views = [
            {"id": name, "text": self.say(f"view_{name}"), "here": name == self.here}
            | ({"under": BEHIND[name]} if name in self.behind else {})
            for name in (*self.names, *self.behind)
        ]
        self.warning = {"text": self.say(self.risk)} if self.risk else {}

    def vue_open_view(self, view: Any) -> None:
        self.show(str(view))

    def tell_error(self, error: BaseException) -> None:
        self.message = sentence(error, self.language)


def session_from_environment() -> Session:
    """What the server told this kernel; outside the server, who and where the shell says."""
    environment = os.environ
    return Session(
        store=environment.get("CAREKIT_STORE", ""),
        user=environment.get("HTTP_X_CAREKIT_USER") or environment.get("CAREKIT_USER", ""),
        language=preferred(environment.get("HTTP_X_CAREKIT_LANGUAGE") or environment.get("LANG")),
    )


def view_from_environment() -> str:
    """The view the address names (``?view=register``), so that a reload stays where it was."""
    return parse_qs(os.environ.get("QUERY_STRING", "")).get("view", [""])[0]


def open_app(name: str) -> None:
    """Show an app (``coordinator``, ``planner``, ``helper``) in this notebook.

    The cell ends at once and the store is read after it: meanwhile the browser loads its scripts,
    and the page is there a third sooner. Whatever goes wrong is shown as a sentence in the
    person's language: a traceback could hold the name of a child.
    """
    session = session_from_environment()
    keep_logs_clean()
    for logger in ("tornado.general", "tornado.application", "asyncio"):
        logging.getLogger(logger).addFilter(no_traceback)
    try:
        redeem()
        only_ours()
        use_theme()
        app = App(name, session)
        display(app)
        asyncio.get_running_loop().call_later(CELL_ENDS, app.start, view_from_environment())
    except Exception as error:
        said = sentence(error, session.language)
        display(HTML(f"<p class='care-message' role='alert'>{escape(said)}</p>"))


def sentence(error: BaseException, language: str) -> str:
    """What went wrong: a person's fault with its cure, ours with a reference into the log."""
    if isinstance(error, CareError):
        return say_error(error, language)
    return say("page_failed", language, reference=log_fault(error))
