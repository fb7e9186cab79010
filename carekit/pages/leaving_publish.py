"""Carrying a change out, the file of who leaves with it, and taking it back."""

import asyncio
import secrets
from typing import Any

from traitlets import Dict

from carekit import tables, tasks
from carekit.pages import long_steps
from carekit.pages.leaving_asked import Asking, Seen

__all__ = ["Carrying"]


class Carrying(Asking):
    """Nothing is published without a yes, and for a day it can be taken back."""

    closing = Dict().tag(sync=True)

    def name_of(self, helper: str) -> str:
        """What somebody is called."""
        names = self.frames.read("helpers").set_index("helper_id")["name"]
        return str(names.get(helper, helper))

    def speak_closing(self) -> None:
        """The file of who leaves: closed in the same step, unless somebody says no."""
        row = self.helpers[self.helpers["helper_id"].eq(self.helper)]
        if self.published or row.empty or bool(row["closed"].iloc[0]):
            self.closing = {}
            return
        name, day = self.name_of(self.helper), self.today
        mine = tasks.ending(self.frames.read("pairings"), "helpers", self.helper, day)
        more = int(mine["scheme"].ne(self.scheme.code).sum())
        reasons = tables.choices("closed_reason").index
        self.closing = {
            "on": self.closes,
            "text": self.say("leaving_close", name=name, day=day),
            "hint": self.say("leaving_close_hint", name=name),
            "more": self.say("leaving_close_more", count=more) if more else "",
            "label": tables.heading("helpers", "closed_reason", self.language),
            "reason": self.reason,
            "reasons": [
                {"id": code, "text": tables.label("closed_reason", str(code), self.language)}
                for code in reasons
            ],
        }

    # -- carried out -----------------------------------------------------------------------------

    def vue_close_file(self, wanted: Any) -> None:
        """Shall the file of who leaves be closed too, and why?"""
        if not isinstance(wanted, dict) or not self.closing:
            return
        if isinstance(wanted.get("on"), bool):
            self.closes = wanted["on"]
        if wanted.get("reason") in tables.choices("closed_reason").index:
            self.reason = str(wanted["reason"])
        self._keep_work()
        self.speak_closing()

    def vue_ask_publish(self, _: Any = None) -> None:
        if self.seen is None or self.published or self.seen.changes.empty:
            return
        if self.seen.found.proposal.on != self.store.today():
            self.changed()
            self.tell("change_day_passed", "warning")
            return
        seen, token = self.seen, secrets.token_hex(16)
        closes = (self.helper, self.reason) if self.closing and self.closes else None
        left = int(seen.changes["after"].isna().sum())
        day = seen.found.proposal.on
        self.ask(
            "change_question_close" if closes else "change_question",
            lambda: self._publish(seen, closes, token),
            more=("change_more_left", {"day": day, "count": left})
            if left
            else ("change_more", {"day": day}),
            yes="publish_confirm",
            count=len(seen.changes),
            name=self.name_of(self.helper),
        )

    async def _publish(self, seen: Seen, closes: tuple[str, str] | None, token: str) -> None:
        self.vue_close_notice()
        if self.seen is not seen or self.published:
            return
        try:
            what = (self.session, seen.found, closes, token)
            self.published = await self.long(long_steps.publish_change, *what)
        except asyncio.CancelledError:
            steps = tasks.changed_today(self.store)  # written before it could be stopped?
            mine = steps[~steps["step_id"].isin(self.steps["step_id"])]
            self.published = str(next(iter(mine["step_id"]), ""))
            raise
        finally:
            self.changed()  # also when it was refused: what has changed is shown

    def vue_undo_change(self, step: Any) -> None:
        if self.steps["step_id"].eq(str(step)).any():
            self.ask(
                "change_undo_question", lambda: self._undo(str(step)),
                more=("change_undo_more", {}), yes="undo_publish", kind="danger",
            )  # fmt: skip

    async def _undo(self, step: str) -> None:
        try:
            await self.long(long_steps.undo, self.session, step)
            self.tell("change_undone", "info")
        finally:
            self.changed()
