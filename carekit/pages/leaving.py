"""Somebody leaves: before and after of every child it touches, published as one step."""

from typing import Any

import pandas as pd
from traitlets import Bool, Dict, List, Unicode

from carekit.pages import leaving_rows as rows
from carekit.pages import leaving_words, matching_words
from carekit.pages.leaving_publish import Carrying

__all__ = ["Leaving"]


class Leaving(Carrying):
    """Who leaves, what must change for it, and who could step in."""

    view = "leaving"
    template_file = (__file__, "leaving.vue")
    choices = List(Dict()).tag(sync=True)  # ways of pairing
    known = Bool(False).tag(sync=True)  # has anybody a helper?
    asked = Dict().tag(sync=True)
    fault = Unicode().tag(sync=True)
    proof = Dict().tag(sync=True)
    tiers = List(Dict()).tag(sync=True)
    child = Dict().tag(sync=True)
    note = Unicode().tag(sync=True)
    summary = Dict().tag(sync=True)
    recent = List(Dict()).tag(sync=True)

    # -- in words --------------------------------------------------------------------------------

    def speak(self) -> None:
        practice = bool(self.store.setting("practice_day"))
        what = (self.scheme, [self.scheme], self.today, practice, self.language)
        self.heading = {
            "title": self.say("view_leaving"),
            "subtitle": matching_words.subtitle(*what),
        }
        self.choices = matching_words.schemes(self.schemes, self.scheme, self.language)
        self.known = len(self.helpers) > 0
        self.fault = self.say(self.broken.code, **self.broken.values) if self.broken else ""
        self.recent = leaving_words.recent(self.steps, self.language)
        self._speak_asked()
        self._speak_change()

    def _speak_asked(self) -> None:
        if not self.looking:
            self.asked = {}
            return
        text = self.say("leaving_of_everybody")
        if self.helper:
            mine = self.helpers[self.helpers["helper_id"].eq(self.helper)]
            count = int(mine["count"].sum())
            if self.seen is not None:  # also when all of it is published
                count = int(self.seen.answer.sides["before"].eq(self.helper).sum())
            code = "leaving_of_blocked" if mine["state"].eq("blocked").any() else "leaving_of"
            text = self.say(code, helper=self.name_of(self.helper), count=count)
        self.asked = {
            "text": text,
            "helper": self.helper,
            "everybody": self.everybody,
            "open": not self.published,
            "ready": self.seen is not None,
        }

    def _speak_change(self) -> None:
        seen = self.seen
        if seen is None:
            self.proof, self.tiers, self.child, self.note = {}, [], {}, ""
            self.closing, self.summary = {}, {}
            return
        self.proof = leaving_words.proof(seen.found, self.language)
        self.tiers = leaving_words.tiers(seen.served, self.language)
        count, day = len(seen.changes), seen.found.proposal.on
        waits = int((seen.served["all"] - seen.served["before"]).sum())
        untouched = waits if self.helper and not self.everybody else 0
        self.summary = {
            "count": count,
            "publish": self.say("change_publish", count=count),
            "published": self.say("change_published", count=count, day=day)
            if self.published
            else "",
            "untouched": self.say("leaving_untouched", count=untouched) if untouched else "",
            "waiting": len(seen.waiting) > 0,
            "taken": self.say("leaving_taken", count=len(self.takes)) if self.takes else "",
        }
        self.speak_closing()
        self._speak_child()

    def _speak_child(self) -> None:
        child: dict[str, Any] = {}
        note = ""
        changes = self.seen.changes if self.seen else pd.DataFrame({"child_id": []})
        for row in changes[changes["child_id"].eq(self.chosen)].to_dict("records"):
            one = {str(name): value for name, value in row.items()}
            child, note = self._told(one)
        with self.hold_sync():  # one message: never one child with the note of another
            self.child, self.note = child, note

    def _told(self, row: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """What is said of a changed child, and its hand-over note."""
        if self.seen is None:
            return {}, ""
        best, own = self.seen.answer.stand_ins, self.takes.get(self.chosen, "")
        child = leaving_words.chosen(row, own, best, self.frames.read("helpers"), self.language) | {
            "open": not self.published
        }
        if pd.isna(row["after"]):
            return child, ""
        return child, rows.note(self.frames, row, self.seen.found.proposal.on, self.language)

    def row_opened(self, table: str, key: str) -> Any:
        if table == "helpers":
            return self._ask(key, False)
        if table == "waiting":
            self.open_view("register", child=key)
        else:
            self.chosen = key
            self.ask_table("changes", selected=key)
            self._speak_child()
        return None

    def vue_download_note(self, _: Any = None) -> None:
        if self.note:
            name = self.say("note_file", child=self.child["title"])
            self.download(f"{name}.txt", self.note.encode("utf-8-sig"))
