"""Opens an app in a notebook cell: who, in which language and which store come from the server."""

import asyncio
import os
from html import escape
from importlib import import_module

import ipyvuetify
from IPython.display import HTML, display
from ipywidgets import widget_serialization
from traitlets import Any, Unicode

from carekit.errors import BadInput, CareError
from carekit.pages.faults import log_fault
from carekit.pages.kit import Page, Session, only_ours, use_theme
from carekit.words import preferred, say, say_error

__all__ = ["open_app"]

CELL_ENDS = 0.02  # seconds: the cell's answer goes out before the store is opened

# A view is imported when it is opened: a kernel pays only for what its person looks at.
APPS = {
    "coordinator": {
        "matching": "carekit.pages.matching:Matching",
        "outings": "carekit.pages.outings:Outings",
    }
}


class App(ipyvuetify.VuetifyTemplate):
    """The views of one app, one of them shown: another view costs no page and no kernel."""

    template_file = (__file__, "app.vue")
    view = Any(None, allow_none=True).tag(sync=True, **widget_serialization)
    message = Unicode().tag(sync=True)

    def __init__(self, name: str, session: Session) -> None:
        if name not in APPS:
            raise BadInput("app_unknown", app=name)
        self.session = session
        self.paths = APPS[name]
        self.pages: dict[str, Page] = {}
        super().__init__()

    def start(self) -> None:
        """Open the store and show the first view, or say in a sentence why not."""
        try:
            from carekit.store import open_store  # slow to load, and not needed before

            with open_store(self.session.store, actor=self.session.user) as store:
                self.branch = store.setting("branch_name") or ""
                known = store.read("users").set_index("user_id")["name"]
            self.person = str(known.get(self.session.user) or self.session.user)
            self.show(next(iter(self.paths)))
        except Exception as error:
            self.message = sentence(error, self.session.language)

    def show(self, name: str) -> None:
        """Show a view, in the language the last one was left in."""
        if name not in self.paths:
            return
        language = self.view.language if self.view else self.session.language
        if name in self.pages:
            self.pages[name].refresh()
        else:
            module, kind = self.paths[name].split(":")
            self.pages[name] = getattr(import_module(module), kind)(self.session)
            self.pages[name].open_view = self.show
            self.pages[name].observe(lambda _: self._speak(), "language")
        page = self.pages[name]
        page.language, page.branch, page.person = language, self.branch, self.person
        self.view = page
        self._speak()

    def _speak(self) -> None:
        for here, page in self.pages.items():
            page.views = [
                {"id": name, "text": say(f"view_{name}", page.language), "here": name == here}
                for name in self.paths
            ]

    def set_state(self, sync_data: dict[str, object]) -> None:
        """Nothing of the app itself is the browser's to set."""

    def _handle_event(self, *_: object) -> None:
        """Nor to call: ipyvue would make any class and call any method the browser names."""


def session_from_environment() -> Session:
    """What the server told this kernel; outside the server, who and where the shell says."""
    environment = os.environ
    return Session(
        store=environment.get("CAREKIT_STORE", ""),
        user=environment.get("HTTP_X_CAREKIT_USER") or environment.get("CAREKIT_USER", ""),
        language=preferred(environment.get("HTTP_X_CAREKIT_LANGUAGE") or environment.get("LANG")),
    )


def open_app(name: str) -> None:
    """Show an app (``coordinator``) in this notebook.

    The cell ends at once and the store is read after it: meanwhile the browser loads its scripts,
    and the page is there a third sooner. Whatever goes wrong is shown as a sentence in the
    person's language: a traceback could hold the name of a child.
    """
    session = session_from_environment()
    try:
        only_ours()
        use_theme()
        app = App(name, session)
        display(app)
        asyncio.get_running_loop().call_later(CELL_ENDS, app.start)
    except Exception as error:
        said = sentence(error, session.language)
        display(HTML(f"<p class='care-message' role='alert'>{escape(said)}</p>"))


def sentence(error: Exception, language: str) -> str:
    """What went wrong: a person's fault with its cure, ours with a reference into the log."""
    if isinstance(error, CareError):
        return say_error(error, language)
    return say("page_failed", language, reference=log_fault(error))
