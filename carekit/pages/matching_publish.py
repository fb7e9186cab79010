"""Publishing the drafts of a scheme, all in one step, and taking that back."""

import asyncio
import secrets
from dataclasses import replace
from typing import Any

import pandas as pd

from carekit import tasks
from carekit.errors import BadInput
from carekit.pages import long_steps
from carekit.pages.matching_shortages import Lacking

__all__ = ["Publishing"]


class Publishing(Lacking):
    """Nothing is published without a yes, and for a day it can be taken back."""

    publications: pd.DataFrame

    def _go(self, step: str) -> None:
        raise NotImplementedError

    def _drafts(self) -> list[tasks.Draft]:
        """The drafts of all parts of the scheme."""
        return [self.drafts[part.code] for part in self.parts if part.code in self.drafts]

    def vue_ask_publish(self, _: Any = None) -> None:
        drafts = [draft for draft in self._drafts() if not draft.published]
        if not drafts:
            return
        token = secrets.token_hex(16)
        if all(draft.proposal.pairs.empty for draft in drafts):
            raise BadInput("publish_nothing")
        left = sum(len(draft.proposal.unmatched) for draft in drafts)
        values = {"day": drafts[0].proposal.on, "count": left}
        self.ask(
            "publish_question",
            lambda: self._publish(drafts, token),
            more=("publish_more" if left else "publish_everybody", values),
            yes="publish_confirm",
            count=sum(len(draft.proposal.pairs) for draft in drafts),
        )

    async def _publish(self, drafts: list[tasks.Draft], token: str) -> None:
        self.vue_close_notice()
        if any(draft.published for draft in self._drafts()) or self._newer(drafts):
            return
        proposals = {
            draft.proposal.scheme.code: replace(draft.proposal, workings=None) for draft in drafts
        }
        try:
            step = await self.long(long_steps.publish, self.session, proposals, token)
            self._published(step)
        except asyncio.CancelledError:
            if tasks.stands(self.store.read, drafts[0]):  # written before it could be stopped
                self._published(str(tasks.published_today(self.store)["step_id"].iloc[0]))
            raise
        finally:
            self.changed()  # also when it was refused: what has changed is shown

    def _newer(self, drafts: list[tasks.Draft]) -> bool:
        """Did somebody change a draft since the question was asked? Then it is shown first."""
        asked = [(draft.proposal.scheme.code, draft.number) for draft in drafts]
        self.look_at_drafts()
        now = [(draft.proposal.scheme.code, draft.number) for draft in self._drafts()]
        if set(asked) <= set(now):
            return False
        self.tell("draft_not_published", "warning")
        self.changed()
        return True

    def _published(self, step: str) -> None:
        for draft in self._drafts():
            self.save(replace(draft, published=step))
        self._go("publish")

    def vue_undo_publish(self, step: Any) -> None:
        found = self.publications[self.publications["step_id"] == str(step)]
        if len(found):
            self.ask(
                "undo_publish_question",
                lambda: self._undo(str(step)),
                more=("undo_publish_more", {}),
                yes="undo_publish",
                kind="danger",
                count=int(found["pairs"].iloc[0]),
            )

    async def _undo(self, step: str) -> None:
        try:
            await self.long(long_steps.undo, self.session, step)
            self.tell("publish_undone", "info")
            mine = [draft for draft in self._drafts() if draft.published == step]
            for draft in mine:
                self.save(replace(draft, published=""))
            if mine:
                self._go("proposal")
        finally:
            self.changed()
