"""The base of every page's model.

The browser is not trusted: a signed-in person can send any message to the own kernel. Therefore
only traits tagged ``writable`` take values from the browser, only ``vue_<event>`` methods can be
called by it, and what somebody may do is decided from ``session``, never from a trait.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ipyvuetify
from IPython import get_ipython
from ipywidgets import Widget
from traitlets import Dict, List, Unicode, observe

from carekit.errors import CareError, Stale
from carekit.pages.faults import log_fault
from carekit.pages.kit.components import register, words_used
from carekit.pages.kit.work import run
from carekit.words import LANGUAGES, say

MESSAGE_BYTES = 32 * 2**20  # the most a page takes or gives at once; the socket carries 40 MB


@dataclass(frozen=True)
class Session:
    """Who looks at the page, in which language, on which store."""

    store: str
    user: str
    language: str = "en"


class Page(ipyvuetify.VuetifyTemplate):
    """One widget that is a whole page. A subclass adds traits, events and ``template_file``."""

    # Every ``words.<code>`` of the view; sentences with values are traits, set in ``speak``.
    words = Dict().tag(sync=True)
    language = Unicode("en").tag(sync=True)
    person = Unicode().tag(sync=True)
    notice = Dict().tag(sync=True)
    branch = Unicode().tag(sync=True)
    views = List(Dict()).tag(sync=True)
    progress = Dict().tag(sync=True)

    def __init__(self, session: Session, **traits: Any) -> None:
        register()
        self.session = session
        self.open_view: Callable[[str], None] = lambda view: None  # the app sets its own
        self._running: set[asyncio.Task[None]] = set()
        self._step: asyncio.Task[None] | None = None
        super().__init__(language=session.language, person=session.user, **traits)
        self._language_changed()

    # -- words ---------------------------------------------------------------------------------

    def say(self, code: str, **values: Any) -> str:
        return say(code, self.language, **values)

    def speak(self) -> None:
        """Say every sentence that has values in it again; called when the language changes."""

    def refresh(self) -> None:
        """Read anew what another view may have changed; called when the view is shown again."""

    @observe("language")
    def _language_changed(self, _: Any = None) -> None:
        view = Path(self.template_file[0]).with_name(self.template_file[1])
        self.words = {code: self.say(code) for code in words_used(view)}
        if self.notice:
            self.notice = {}
        self.speak()

    def vue_set_language(self, language: Any) -> None:
        if language in LANGUAGES:
            self.language = language

    def vue_open_view(self, view: Any) -> None:
        self.open_view(str(view))

    # -- notices -------------------------------------------------------------------------------

    def tell(self, code: str, kind: str = "success", **values: Any) -> None:
        """Show a sentence: ``kind`` is success, info, warning or error."""
        self.notice = {"kind": kind, "text": self.say(code, **values), "turn": secrets.token_hex(4)}

    def tell_error(self, error: BaseException) -> None:
        """A fault of a person as its sentence; a fault of ours as a reference into the log."""
        if isinstance(error, CareError):
            self.tell(error.code, "error", **error.values)
        else:
            self.tell("event_failed", "error", reference=log_fault(error))

    def vue_close_notice(self, _: Any = None) -> None:
        self.notice = {}

    # -- long steps ------------------------------------------------------------------------------

    async def long(self, function: Callable[..., Any], *args: Any) -> Any:
        """Run a function of ``long_steps`` in a child process, one at a time, with ``progress``."""
        if self.progress:
            raise Stale("work_running")
        self._step = asyncio.current_task()
        try:
            return await run(function, *args, on_progress=self._show_progress)
        finally:
            self.progress = {}

    def _show_progress(self, code: str, share: float, seconds: float) -> None:
        said = self.say("seconds", count=int(seconds))
        self.progress = {"text": self.say(code), "share": round(share, 2), "seconds": said}

    def vue_cancel(self, _: Any = None) -> None:
        if self._step is not None:
            self._step.cancel()

    # -- files ---------------------------------------------------------------------------------

    def download(self, name: str, data: bytes, kind: str = "application/octet-stream") -> None:
        """Give the person a file. The bytes go as a binary buffer and become a Blob in the page:
        no base64, no address on the server, any name. The view hands it to ``care-shell``:
        ``jupyter_save(...file) { this.$refs.shell.save(...file) }``."""
        if len(data) > MESSAGE_BYTES:
            raise CareError("upload_too_big", name=name, most=MESSAGE_BYTES // 2**20)
        self.send({"method": "save", "args": [{"name": name, "kind": kind}]}, buffers=[data])

    def tell_upload_refused(self, info: dict[str, Any]) -> None:
        """Why ``care-upload`` did not send a file: too large, or empty."""
        code = "upload_too_big" if info.get("size") else "upload_empty"
        self.tell(code, "error", name=str(info.get("name", "")), most=MESSAGE_BYTES // 2**20)

    # -- what the browser may do ---------------------------------------------------------------

    def set_state(self, sync_data: dict[str, Any]) -> None:
        writable = self.traits(writable=True)
        state = {name: value for name, value in sync_data.items() if name in writable}
        self._guard(lambda: super(Page, self).set_state(state))

    def _handle_event(self, _: Any, content: dict[str, Any], buffers: list[memoryview]) -> None:
        # ipyvue would also create any class and call any method the browser names.
        event = content.get("event")
        if event not in self.events:
            return
        method = getattr(self, f"vue_{event}")
        data = content.get("data", {})
        self._guard(lambda: method(data, buffers) if buffers else method(data))

    def _guard(self, call: Callable[[], Coroutine[Any, Any, None] | None]) -> None:
        # An exception in a callback is invisible to the person: always a notice.
        try:
            result = call()
        except Exception as error:
            self.tell_error(error)
            return
        if asyncio.iscoroutine(result):
            task = asyncio.get_running_loop().create_task(self._finish(result))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _finish(self, step: Coroutine[Any, Any, None]) -> None:
        try:
            await step
        except asyncio.CancelledError:
            self.tell("work_cancelled", "info")
        except Exception as error:
            self.tell_error(error)


def only_ours() -> None:
    """Refuse widgets the browser asks the kernel to make: every widget here is made by us."""
    shell = get_ipython()
    if shell is not None and hasattr(shell, "kernel"):
        manager = shell.kernel.comm_manager
        if "jupyter.widget" in manager.targets:
            manager.unregister_target("jupyter.widget", Widget.handle_comm_opened)
