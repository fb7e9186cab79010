"""The drafts of the matching view: one for the branch, so two people may work on one."""

from dataclasses import replace
from typing import Any

import pandas as pd
from traitlets import Dict

from carekit import pairing, tasks
from carekit.errors import Stale
from carekit.pages import adjust_words
from carekit.pages.kit import Frames, Page, Session

__all__ = ["Drafted"]


class Drafted(Page):
    """Takes up, saves and lets go the drafts of the chosen scheme, one for each of its parts.

    Whoever saves over a newer version is told who made it, sees that one with what changed
    marked, and can still put the own one in its place.
    """

    other = Dict().tag(sync=True)  # somebody else's newer version: who, when, what changed

    def __init__(self, session: Session, frames: Frames | None = None) -> None:
        self.schemes: dict[str, pairing.Scheme] = {}
        self.scheme = pairing.VOLUNTEER
        self.part = pairing.VOLUNTEER  # the scheme itself, or the part that is shown
        self.drafts: dict[str, tasks.Draft] = {}
        self.numbers: dict[str, int] = {}  # the version of each that was seen last
        self.mine: dict[str, tasks.Draft] = {}  # what could not be saved: nothing is lost silently
        self.moved: dict[str, pd.DataFrame] = {}  # what somebody else has changed in each
        super().__init__(session, frames)

    @property
    def parts(self) -> list[pairing.Scheme]:
        """The scheme, or the schemes it is made of."""
        return [self.schemes[code] for code in self.scheme.parts] or [self.scheme]

    @property
    def draft(self) -> tasks.Draft | None:
        """The draft that is shown."""
        return self.drafts.get(self.part.code)

    # -- taken up --------------------------------------------------------------------------------

    def take_up(self, code: str) -> None:
        """Take the branch's draft of a scheme as it is now."""
        self.numbers[code] = tasks.draft_number(self.store, code)
        draft = tasks.kept_draft(self.store, code)
        if draft is None:
            self.drafts.pop(code, None)
        else:
            self.drafts[code] = draft

    def look_at_drafts(self) -> bool:
        """Take up what somebody else has saved meanwhile; gives whether there was anything."""
        codes = [part.code for part in self.parts]
        newer = [c for c in codes if tasks.draft_number(self.store, c) != self.numbers.get(c)]
        for code in newer:
            self._take_newer(code)
        return bool(newer)

    def _take_newer(self, code: str) -> None:
        known, before = code in self.numbers, self.drafts.get(code)
        self.take_up(code)
        after = self.drafts.get(code)
        if known and after is not None and after.user_id != self.session.user:
            self.moved[code] = tasks.draft_changes(before, after)
        self.forget()

    def forget(self) -> None:
        """What was asked of another draft is no answer any more."""

    # -- saved -----------------------------------------------------------------------------------

    def save(self, draft: tasks.Draft) -> bool:
        """Save a draft for everybody; False where somebody else was quicker."""
        code = draft.proposal.scheme.code
        try:
            kept = tasks.keep_draft(self.store, replace(draft, number=self.numbers.get(code, 0)))
        except Stale:
            self.mine[code] = draft
            self._take_newer(code)
            return False
        self.drafts[code], self.numbers[code] = kept, kept.number
        self.mine.pop(code, None)
        self.moved.pop(code, None)
        return True

    def let_go(self, code: str) -> None:
        """The draft is no more, for everybody; somebody's newer one stays."""
        draft = self.drafts.pop(code, None)
        if draft is not None:
            try:
                tasks.drop_draft(self.store, draft)
            except Stale:
                return
            self.numbers[code] = tasks.draft_number(self.store, code)

    # -- somebody else's -------------------------------------------------------------------------

    def speak_other(self) -> None:
        """Say whose version is shown, and what changed in it."""
        draft, code = self.draft, self.part.code
        if draft is None or draft.user_id in ("", self.session.user):
            self.other = {}
            return
        names = self.frames.read("users").set_index("user_id")["name"]
        self.other = adjust_words.other(
            draft,
            str(names.get(draft.user_id) or draft.user_id),
            self.moved.get(code),
            code in self.mine,
            self.language,
        )

    def changed_by_other(self) -> set[str]:
        """Children whose pair or decisions somebody else has changed: they are marked."""
        moved = self.moved.get(self.part.code)
        return set() if moved is None else set(moved["child_id"])

    def vue_keep_mine(self, _: Any = None) -> None:
        """Put the own version, which was not saved, in the place of the newer one."""
        draft = self.mine.get(self.part.code)
        if draft is not None and self.save(draft):
            self.changed()

    def vue_seen_changes(self, _: Any = None) -> None:
        """The changes of the other person were read: their marks go, and the own version too."""
        self.moved.pop(self.part.code, None)
        self.mine.pop(self.part.code, None)
        self.changed()
