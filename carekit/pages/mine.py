"""The helper's view: my children, on a phone. Nobody else's child is ever sent to the page."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from traitlets import Dict, List, Unicode

from carekit import tasks
from carekit.errors import NotAllowed
from carekit.pages import care_rows as rows
from carekit.pages import care_words as words
from carekit.pages.care_log import CareLog, Option
from carekit.pages.today_rows import short_day
from carekit.words import format_day

__all__ = ["Mine"]


class Mine(CareLog):
    """One card a child. Whose children they are the store decides, each time."""

    view = "mine"
    template_file = (__file__, "mine.vue")
    cards = List(Dict()).tag(sync=True)
    empty = Unicode().tag(sync=True)

    def load(self) -> None:
        self.refused = ""
        try:
            self.helper_id = self._whoami()
            self.children = rows.mine(self.frames, self.helper_id, self.today)
        except NotAllowed as error:  # the right may be taken away while the page stands open
            self.refused, self.helper_id = error.code, ""
            self.children = rows.mine(self.frames, "", self.today)

    def _whoami(self) -> str:
        helper_id = tasks.helper_of(self.store)
        if helper_id is None:  # a coordinator has the care view
            raise NotAllowed("care_not_yours")
        return helper_id

    def mine(self) -> pd.DataFrame:
        return self.children

    def helper_options(self, child_id: str) -> Sequence[Option]:
        return [(self.helper_id, "", "")]

    def wanted(self, **wanted: Any) -> None:
        if "child" in wanted:
            self.vue_open_child(wanted["child"])

    def speak(self) -> None:
        day = format_day(self.today, self.language)
        self.heading = {
            "title": self.say("mine_title"),
            "subtitle": self.say("mine_subtitle", day=day, count=len(self.children)),
        }
        empty = self.refused or "mine_empty"
        self.empty = "" if len(self.children) else self.say(empty)
        self.cards = [self._card(row) for row in self.children.to_dict("records")]
        self.speak_child()

    def _card(self, row: Any) -> dict[str, Any]:
        return {
            "id": str(row["child_id"]),
            "name": str(row["name"]),
            "subtitle": words.place(row, self.language),
            "last": words.last(row, self.language),
            "chips": words.chips(row, self.language),
            "adult": next(iter(words.adults(self.frames, row["child_id"], self.language)), {}),
            "birthday": self._birthday(row),
        }

    def _birthday(self, row: Any) -> str:
        if pd.isna(row["birthday"]):
            return ""
        turns, left = int(row["turns"]), (row["birthday"].date() - self.today).days
        if not left:
            return self.say("mine_birthday_today", turns=turns)
        day = short_day(row["birthday"].date(), self.language)
        return self.say("mine_birthday", day=day, count=left, turns=turns)
