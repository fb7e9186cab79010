"""The base of everything a page shows: words in the person's language, and a guard.

The browser is not trusted: a signed-in person can send any message to the own kernel. Therefore
only traits tagged ``writable`` take values from the browser, only ``vue_<event>`` methods can be
called by it, and what somebody may do is decided from ``session``, never from a trait.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ipyvuetify
from IPython import get_ipython
from ipywidgets import Widget
from traitlets import Dict, Unicode, observe

from carekit.pages.kit.components import register, words_used
from carekit.words import LANGUAGES, say

__all__ = ["Model", "Session", "only_ours"]


@dataclass(frozen=True)
class Session:
    """Who looks at the page, in which language, on which store."""

    store: str
    user: str
    language: str = "en"


class Model(ipyvuetify.VuetifyTemplate):
    """One widget with a ``.vue`` file; a subclass adds traits, events and ``template_file``."""

    # Every ``words.<code>`` of the view; sentences with values are traits, set in ``speak``.
    words = Dict().tag(sync=True)
    language = Unicode("en").tag(sync=True)

    def __init__(self, session: Session, **traits: Any) -> None:
        register()
        self.session = session
        self._running: set[asyncio.Task[None]] = set()
        # Said before the widget opens: its first message to the browser holds everything.
        if self.language == session.language:
            self._language_changed()
        self.language = session.language
        super().__init__(**traits)

    # -- words -----------------------------------------------------------------------------------

    def say(self, code: str, **values: Any) -> str:
        return say(code, self.language, **values)

    def speak(self) -> None:
        """Say every sentence that has values in it again; called when the language changes."""

    @observe("language")
    def _language_changed(self, _: Any = None) -> None:
        view = Path(self.template_file[0]).with_name(self.template_file[1])
        with self.hold_sync():  # one message: the view never sees half of a change
            self.words = {code: self.say(code) for code in words_used(view)}
            self._speak_all()

    def _speak_all(self) -> None:
        self.speak()

    def vue_set_language(self, language: Any) -> None:
        if language in LANGUAGES:
            self.language = language

    # -- what the browser may do -----------------------------------------------------------------

    def tell_error(self, error: BaseException) -> None:
        """Tell the person what went wrong."""
        raise NotImplementedError

    def set_state(self, sync_data: dict[str, Any]) -> None:
        writable = self.traits(writable=True)
        state = {name: value for name, value in sync_data.items() if name in writable}
        self.guard(lambda: super(Model, self).set_state(state))

    def _handle_event(self, _: Any, content: dict[str, Any], buffers: list[memoryview]) -> None:
        # ipyvue would also create any class and call any method the browser names.
        event = content.get("event")
        if event not in self.events:
            return
        method = getattr(self, f"vue_{event}")
        data = content.get("data", {})
        self.guard(lambda: method(data, buffers) if buffers else method(data))

    def guard(self, call: Callable[[], Coroutine[Any, Any, None] | None]) -> None:
        """Call what the browser asked for; an exception in a callback would be invisible."""
        try:
            result = call()
        except Exception as error:
            self.tell_error(error)
            return
        if asyncio.iscoroutine(result):
            task = asyncio.get_running_loop().create_task(self.finish(result))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def finish(self, step: Coroutine[Any, Any, None]) -> None:
        """Wait for a step that takes its time."""
        try:
            await step
        except Exception as error:
            self.tell_error(error)


def only_ours() -> None:
    """Refuse widgets the browser asks the kernel to make: every widget here is made by us."""
    shell = get_ipython()
    if shell is not None and hasattr(shell, "kernel"):
        manager = shell.kernel.comm_manager
        if "jupyter.widget" in manager.targets:
            manager.unregister_target("jupyter.widget", Widget.handle_comm_opened)
