"""The base of every view: its frames, tables, forms, long steps and files."""

import asyncio
import json
import mimetypes
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import pandas as pd
from traitlets import Dict

from carekit.errors import CareError, Stale
from carekit.pages.kit.form import Form
from carekit.pages.kit.frames import Frames
from carekit.pages.kit.model import Session
from carekit.pages.kit.table import Table
from carekit.pages.kit.talk import Talk
from carekit.pages.kit.work import run, run_beside
from carekit.people import MAX_BYTES
from carekit.store import open_store

__all__ = ["DISCARD", "MESSAGE_BYTES", "Page"]

MESSAGE_BYTES = MAX_BYTES  # the most a page takes or gives at once; the socket carries 40 MB


DISCARD: dict[str, Any] = {"yes": "form_discard_yes", "no": "form_discard_no"}
PASSIVE = ("type", "ask_table", "close_notice")  # events that begin nothing new


class Page(Talk):
    """One view. A subclass names ``view`` and ``template_file`` and says ``load`` and ``speak``."""

    view: ClassVar[str] = ""
    heading = Dict().tag(sync=True)
    progress = Dict().tag(sync=True)
    tables = Dict().tag(sync=True)
    form = Dict().tag(sync=True)
    rights = Dict().tag(sync=True)  # which buttons are shown; what is done the store decides again

    def __init__(self, session: Session, frames: Frames | None = None, **traits: Any) -> None:
        self.frames = frames or Frames(open_store(session.store, actor=session.user))
        self.store = self.frames.store
        self.open_view: Callable[..., None] = lambda view, **wanted: None  # the app sets its own
        self._tables: dict[str, Table] = {}
        self._form: Form | None = None
        self._context: dict[str, Any] = {}
        self._step: asyncio.Task[None] | None = None
        self._read()
        super().__init__(session, **traits)
        self._restore()

    # -- what is known ---------------------------------------------------------------------------

    def load(self) -> None:
        """Read and derive what the view shows; at opening and after each change of the store."""

    def _read(self) -> None:
        self._seen = self.frames.look()
        self.today, self.policy = self.store.today(), self.store.policy()
        self.frames.asked = set()
        self.load()
        self._uses = self.frames.asked

    def refresh(self) -> None:
        """Take in what another view, or somebody else, has changed meanwhile."""
        self.vue_close_notice()
        if self.frames.look() != self._seen:
            self.changed()

    def changed(self) -> None:
        """After a change of the store: read again, say again."""
        self._read()
        with self.hold_sync():
            self._speak_all()

    def wanted(self, **wanted: Any) -> None:
        """Show what another view sent the person here for."""

    def vue_open_view(self, wanted: Any) -> None:
        named = wanted if isinstance(wanted, dict) else {"view": wanted}
        more = {str(name): value for name, value in named.items() if name != "view"}
        self.open_view(str(named.get("view")), **more)

    # -- words -----------------------------------------------------------------------------------

    def _speak_all(self) -> None:
        self.rights = dict.fromkeys(self.policy.rights(), True)
        self.speak_again()
        self.speak()
        self.speak_tables()
        self.speak_form()

    def _handle_event(
        self, widget: Any, content: dict[str, Any], buffers: list[memoryview]
    ) -> None:
        # What went well before has been read by whoever does the next thing; faults stay.
        if content.get("event") not in PASSIVE and self._notice.get("kind") in ("success", "info"):
            self.vue_close_notice()
        super()._handle_event(widget, content, buffers)

    # -- tables ----------------------------------------------------------------------------------

    def table(self, name: str, table: Table, frame: pd.DataFrame) -> None:
        """Show a frame as a table; what was asked of the one there before holds on."""
        if name in self._tables:
            table.asked = self._tables[name].asked
        table.frame = frame
        self._tables[name] = table

    def speak_tables(self) -> None:
        self.tables = {name: one.said(name, self.language) for name, one in self._tables.items()}

    def ask_table(self, name: str, **wanted: Any) -> None:
        """Search, filter, sort, page or select as if the person had."""
        self._tables[name].ask(wanted)
        self.tables = self.tables | {name: self._tables[name].said(name, self.language)}

    def vue_ask_table(self, wanted: Any) -> None:
        named = dict(wanted) if isinstance(wanted, dict) else {}
        name = str(named.pop("id", ""))
        if name in self._tables:
            self.ask_table(name, **{str(key): value for key, value in named.items()})

    def vue_open_row(self, row: Any) -> Any:
        table, key, _ = row_of(row)
        if table in self._tables and self._tables[table].holds(key):
            return self.row_opened(table, key)
        return None

    def vue_act(self, row: Any) -> Any:
        table, key, act = row_of(row)
        if table in self._tables and self._tables[table].holds(key):
            return self.acted(table, act, key)
        return None

    def row_opened(self, table: str, key: str) -> Any:
        """A row was opened; its key is one of the table's."""

    def acted(self, table: str, act: str, key: str) -> Any:
        """A button in a row was pressed; its key is one of the table's."""

    # -- forms -----------------------------------------------------------------------------------

    @property
    def _place(self) -> str:
        return f"{self.view}/form"

    def open_form(self, form: Form, context: Mapping[str, Any] | None = None) -> None:
        """Show a form. ``context`` (plain values) comes back with ``saved`` and ``reopen``."""
        if self._form is not None and self._form.typed and self._form.id != form.id:
            self.ask("form_discard", lambda: self._show_form(form, context), **DISCARD)
        else:
            self._show_form(form, context)

    def _show_form(self, form: Form | None, context: Mapping[str, Any] | None) -> None:
        turn = self._form.turn + 1 if self._form else 1
        if self._form is not None and self._form.typed:
            self.store.keep(self._place, None)
        self._form, self._context = form, dict(context or {})
        if form is not None:
            form.turn = max(form.turn, turn)
        self.speak_form()

    def speak_form(self) -> None:
        self.form = self._form.said(self.language) if self._form else {}

    def close_form(self) -> None:
        """Take the form away, and what was kept of it."""
        self._show_form(None, None)

    def vue_type(self, values: Any) -> None:
        """Something was typed: keep it, so that nothing is lost when the page goes."""
        if self._form is not None:
            self._form.type(values)
            self._keep()
            self.speak_form()

    def _take_up_form(self, form: Form, context: dict[str, Any]) -> None:
        """Somebody else was here meanwhile: what was typed stays, on the row as it is now."""
        self.changed()
        fresh = self.reopen(form.id, context)
        if fresh is not None:
            fresh.take_up(form.draft())
            fresh.turn = form.turn + 1
            self._form = fresh
            self._keep()
            self.speak_form()
        self.tell("form_row_changed", "warning")

    def _keep(self) -> None:
        if self._form is not None:
            row = {key: str(value) for key, value in self._form.row.items() if key == "version"}
            draft = {"id": self._form.id, "context": self._context, "row": row}
            self.store.keep(self._place, json.dumps(draft | self._form.draft()))

    def vue_save_form(self, values: Any) -> Any:
        if self._form is None:
            return None
        self._form.type(values)
        row = self._form.read()
        if row is None:
            self._keep()
            self.speak_form()
            return None
        if self._notice.get("kind") == "error":
            self.vue_close_notice()  # what went wrong before; what goes wrong now is told anew
        return self.saved(self._form, row, self._context)

    def vue_close_form(self, _: Any = None) -> None:
        if self._form is not None and self._form.typed:
            self.ask("form_discard", self.close_form, kind="danger", **DISCARD)
        else:
            self.close_form()

    def saved(self, form: Form, row: pd.DataFrame, context: dict[str, Any]) -> Any:
        """A form was filled in without fault: write the row, then ``close_form``."""

    def reopen(self, form_id: str, context: dict[str, Any]) -> Form | None:
        """Make the form anew that was open when the page went away; None when it has no sense."""
        return None

    def _restore(self) -> None:
        draft = self.store.kept(self._place)
        if draft is None:
            return
        kept = json.loads(draft)
        form = self.reopen(str(kept["id"]), dict(kept["context"]))
        if form is None:
            self.store.keep(self._place, None)
            return
        if "version" in form.row and str(form.row["version"]) != kept["row"].get("version"):
            self.tell("form_row_changed", "warning")  # somebody else was here meanwhile
        form.take_up(kept)
        self._form, self._context = form, dict(kept["context"])
        self.speak_form()

    # -- long steps ------------------------------------------------------------------------------

    async def long(self, function: Callable[..., Any], *args: Any) -> Any:
        """Run a function of ``long_steps`` in a child process, one at a time, with ``progress``."""
        if self.progress:
            raise Stale("work_running")
        self._step = asyncio.current_task()
        try:
            answer = await run(function, *args, on_progress=self._show_progress)
            self._step = None  # done: there is nothing left to cancel
            await run_beside(self.frames.renew, self._uses, on_progress=self._show_progress)
            return answer
        finally:
            self.progress = {}

    def _show_progress(self, code: str, share: float, seconds: float) -> None:
        said = self.say("seconds", count=int(seconds))
        self.progress = {"text": self.say(code), "share": round(share, 3), "seconds": said}

    def vue_cancel(self, _: Any = None) -> None:
        if self._step is not None:
            self._step.cancel()

    async def finish(self, step: Any) -> None:
        try:
            await super().finish(step)
        except asyncio.CancelledError:
            self.tell("work_cancelled", "info")

    # -- files -----------------------------------------------------------------------------------

    def download(self, name: str, data: bytes) -> None:
        """Give the person a file. The bytes go as a binary buffer and become a Blob in the page:
        no base64, no address on the server, any name. The view hands it to ``care-view``:
        ``jupyter_save(...file) { this.$refs.view?.save(...file) }``."""
        if len(data) > MESSAGE_BYTES:
            raise CareError("upload_too_big", name=name, most=MESSAGE_BYTES // 2**20)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self.send({"method": "save", "args": [{"name": name, "kind": kind}]}, buffers=[data])
        self.tell("download_ready", "info", name=name)

    def vue_upload_refused(self, info: dict[str, Any]) -> None:
        """``care-upload`` did not send a file: too large, or empty."""
        code = "upload_too_big" if info.get("size") else "upload_empty"
        self.tell(code, "error", name=str(info.get("name", "")), most=MESSAGE_BYTES // 2**20)


def row_of(row: Any) -> tuple[str, str, str]:
    """Table, key and act of a row as the browser names it."""
    named = row if isinstance(row, dict) else {}
    return str(named.get("table")), str(named.get("key")), str(named.get("act"))
