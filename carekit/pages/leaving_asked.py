"""What is asked in the leaving view, kept for the person, and the answer to it."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import pandas as pd

from carekit import pairing, tasks
from carekit.errors import CareError
from carekit.pages import leaving_rows as rows
from carekit.pages import leaving_words, long_steps
from carekit.pages.kit import Frames, Page, Session
from carekit.tasks.report import silent

__all__ = ["Asking", "Seen"]

WORK = "leaving/work"  # what was asked is kept there
SMALL = 1000  # children: a larger branch is worked out in a child process


@dataclass(frozen=True, eq=False)
class Seen:
    """A change as it is shown; it stays on the page when it is published."""

    answer: rows.Answer
    changes: pd.DataFrame
    served: pd.DataFrame
    waiting: pd.DataFrame

    @property
    def found(self) -> pairing.Rematch:
        """The re-match itself."""
        return self.answer.found


class Asking(Page):
    """Who leaves in which way of pairing, and what may change for it."""

    def __init__(self, session: Session, frames: Frames | None = None) -> None:
        self.taken_up = False
        self.scheme = pairing.VOLUNTEER
        self.helper, self.everybody, self.looking = "", False, False
        self.takes: dict[str, str] = {}  # helpers a person chose for displaced children
        self.closes, self.reason = True, "withdrew"
        self.published = ""  # the step that carried out what is shown
        self.seen: Seen | None = None
        self.made: tuple[tuple[Any, ...], rows.Answer] | None = None
        self.broken: CareError | None = None
        self.chosen = ""
        super().__init__(session, frames)

    # -- kept for the person ---------------------------------------------------------------------

    def _keep_work(self) -> None:
        asked = {"scheme": self.scheme.code, "helper": self.helper, "looking": self.looking}
        more: dict[str, Any] = {"takes": self.takes, "everybody": self.everybody}
        more |= {"closes": self.closes, "reason": self.reason}
        self.store.keep(WORK, json.dumps(asked | more))

    def _take_up(self) -> None:
        """Go on where the person was."""
        self.taken_up = True
        work = json.loads(self.store.kept(WORK) or "{}")
        self.scheme = self.schemes.get(str(work.get("scheme")), self.scheme)
        self.helper, self.looking = str(work.get("helper") or ""), work.get("looking") is True
        self.everybody, self.closes = work.get("everybody") is True, work.get("closes") is not False
        self.reason = str(work.get("reason") or self.reason)
        takes = work.get("takes")
        self.takes = takes if isinstance(takes, dict) else {}

    # -- what is known ---------------------------------------------------------------------------

    def load(self) -> None:
        every = pairing.kept_schemes(self.frames.read("settings"))
        self.schemes = {code: one for code, one in every.items() if not one.parts}
        if not self.taken_up:
            self._take_up()
        day, scheme = self.today, self.scheme
        self.helpers = self.frames.keep(
            f"leaving/helpers {scheme.code} {day}", lambda read: rows.helpers(read, scheme, day)
        )
        self.table("helpers", leaving_words.helpers_table(), self.helpers)
        self.steps = tasks.changed_today(self.store)
        if self.published and self.published not in set(self.steps["step_id"]):
            self.published, self.seen = "", None  # taken back
        if not self.published:
            self._look()
        self._tables_of_change()

    def _what(self) -> tuple[str, dt.date, str, bool, dict[str, str]]:
        return (self.scheme.code, self.today, self.helper, self.everybody, dict(self.takes))

    def _look(self) -> None:
        """What is asked, answered: at once where the branch is small."""
        self.seen, self.broken = None, None
        people = self.frames.read("helpers")["helper_id"]
        if self.helper and not people.eq(self.helper).any():
            self.helper, self.looking = "", False
        if not self.looking:
            return
        question, scheme = self._what(), self.scheme
        if self.made is not None and self.made[0] != (*question, self.frames.newest):
            self.made = None
        try:
            if self.made is not None:
                answer = self.made[1]
            elif len(self.frames.read("children")) <= SMALL:
                answer = self.frames.keep(
                    f"leaving/answer {question} {scheme}",
                    lambda read: rows.answer(self.frames, scheme, *question[1:], silent),
                )
            else:
                return
        except CareError as fault:
            self.broken = fault  # such as a lock that cannot hold: said with its cure
            return
        read = self.frames.read
        self.seen = Seen(
            answer,
            rows.changes(read, answer.sides),
            rows.served(read, scheme, answer.sides, self.today),
            rows.shown_waiting(read, answer.found),
        )

    def _tables_of_change(self) -> None:
        if self.seen is None:
            for name in ("changes", "waiting"):
                self._tables.pop(name, None)
            return
        changes = self.seen.changes
        self.table("changes", leaving_words.changes_table(len(changes)), changes)
        self.table("waiting", leaving_words.waiting_table(), self.seen.waiting)
        if not self._tables["changes"].holds(self.chosen):
            self.chosen = str(next(iter(changes["child_id"]), ""))
        self._tables["changes"].ask({"selected": self.chosen})

    def wanted(self, **wanted: Any) -> None:
        """``helper``: who leaves, from a card or a list."""
        helper = str(wanted.get("helper") or "")
        if self.frames.read("helpers")["helper_id"].eq(helper).any():
            theirs = self.frames.read("pairings").query("helper_id == @helper")
            now = theirs[pairing.active(theirs, self.today)]["scheme"]
            if len(now) and not now.eq(self.scheme.code).any() and now.iloc[0] in self.schemes:
                self.scheme = self.schemes[str(now.iloc[0])]
            self._ask(helper, False)

    # -- asked -----------------------------------------------------------------------------------

    def vue_scheme(self, code: Any) -> None:
        """Another way of pairing: its helpers."""
        if isinstance(code, str) and code in self.schemes and not self.progress:
            self.scheme = self.schemes[code]
            self._tables.pop("helpers", None)  # what was searched in the other one is over
            self._forget()

    def _forget(self) -> None:
        self.helper, self.looking, self.everybody = "", False, False
        self.takes = {}
        self._asked()

    def vue_choose_again(self, _: Any = None) -> None:
        self._forget()

    def vue_nobody(self, _: Any = None) -> Any:
        """Nobody leaves: everybody is matched again."""
        return self._ask("", True) if self.known else None

    def vue_everybody(self, wide: Any) -> Any:
        """Only what must change, or whoever waits too?"""
        return self._ask(self.helper, wide is True) if self.looking and self.helper else None

    def _ask(self, helper: str, everybody: bool) -> None:
        if not self.progress:
            if helper != self.helper:
                self.takes = {}
            self.helper, self.everybody, self.looking = helper, everybody, True
            state = self.helpers.loc[self.helpers["helper_id"].eq(helper), "state"]
            self.closes = not state.eq("blocked").any()  # whoever only lacks papers may come back
            self._asked()

    def _asked(self) -> None:
        self.published, self.chosen = "", ""
        self._keep_work()
        self.changed()

    async def vue_work_out(self, _: Any = None) -> None:
        """The answer for a large branch, made in a child process."""
        if self.looking and self.seen is None:
            question = self._what()
            self.frames.look()
            newest = self.frames.newest
            answer = await self.long(long_steps.change, self.session, *question)
            self.made = ((*question, newest), answer)
            self.changed()

    async def vue_take(self, helper: Any) -> None:
        """Give the chosen child to one of those who could step in; again: as it was proposed."""
        if self.seen is None or self.published or self.progress:
            return
        best, before = self.seen.answer.stand_ins, dict(self.takes)
        mine = best["child_id"].eq(self.chosen) & best["helper_id"].eq(str(helper))
        if not mine.any():
            return
        if self.takes.pop(self.chosen, "") != str(helper):
            self.takes[self.chosen] = str(helper)
        self._keep_work()
        self.changed()
        if self.seen is None and self.broken is None:
            await self.vue_work_out()
        if self.broken is not None:  # such as the last place, given to two
            fault, self.takes = self.broken, before
            self._keep_work()
            self.changed()
            self.tell_error(fault)
