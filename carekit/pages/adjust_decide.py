"""Decisions of persons on a pair: locked, or not wanted, each with a reason."""

from typing import Any

import pandas as pd

from carekit import tasks
from carekit.pages import adjust_words
from carekit.pages.kit import Form, Frames, Session
from carekit.pages.matching_drafts import Drafted

__all__ = ["Deciding"]


class Deciding(Drafted):
    """What is settled of the pairs of a draft; the next proposal keeps to it."""

    settled: pd.DataFrame  # decisions in force

    def __init__(self, session: Session, frames: Frames | None = None) -> None:
        self.child = ""  # whose pair is explained
        self.shown = pd.DataFrame()  # everybody of the draft
        super().__init__(session, frames)

    def load_decisions(self) -> None:
        """The decisions of the shown scheme in force."""
        read = self.frames.read
        self.settled = adjust_words.decisions(
            read("decisions"), self.part, read("users"), self.today
        )

    def names(self, table: str) -> dict[str, str]:
        """Everybody of a table by key."""
        frame = self.frames.read(table)
        return dict(zip(frame[frame.columns[0]], frame["name"], strict=True))

    def holds(self, child: str) -> bool:
        """Is the child in the draft? The browser may name anybody."""
        return len(self.shown) > 0 and bool(self.shown["child_id"].eq(child).any())

    def may_change(self) -> bool:
        """Is there a draft that is not published, and a child chosen in it?"""
        return self.draft is not None and not self.draft.published and self.holds(self.child)

    def vue_decide(self, verdict: Any) -> None:
        """Lock the chosen pair, or say that it is not wanted: both ask for the reason."""
        row = self.shown[self.shown["child_id"].eq(self.child)] if self.may_change() else None
        if row is None or row.empty or row["helper_id"].isna().iloc[0]:
            return
        if isinstance(verdict, str) and verdict in adjust_words.LOOKS:
            pair = {"child": self.child, "helper": str(row["helper_id"].iloc[0])}
            context = {"verdict": str(verdict), "scheme": self.part.code, **pair}
            self.open_form(self._reason_form(context), context)

    def _reason_form(self, context: dict[str, Any]) -> Form:
        names = {
            "child": self.names("children").get(context["child"], context["child"]),
            "helper": self.names("helpers").get(context["helper"], context["helper"]),
        }
        verdict = context["verdict"]
        return Form(
            "decide",
            "decisions",
            ("reason",),
            f"{verdict}_title",
            save=f"{verdict}_pair",
            title_values=names,
            hint=f"{verdict}_hint",
        )

    def reopen(self, form_id: str, context: dict[str, Any]) -> Form | None:
        known = {"child", "helper", "verdict", "scheme"} <= set(context)
        if form_id != "decide" or not known or context["verdict"] not in adjust_words.LOOKS:
            return None
        self.child = str(context["child"])
        return self._reason_form(context)

    def saved(self, form: Form, row: pd.DataFrame, context: dict[str, Any]) -> None:
        scheme = self.schemes[context["scheme"]]
        asked = (scheme, context["child"], context["helper"], context["verdict"])
        tasks.decide(self.store, *asked, str(row["reason"].iloc[0]), on=self.today)
        self.close_form()
        self.tell(f"{context['verdict']}_done")
        self.changed()

    def vue_withdraw(self, decision: Any) -> None:
        """Take a decision back from today on."""
        if self.settled["decision_id"].eq(str(decision)).any():
            tasks.withdraw(self.store, str(decision), on=self.today)
            self.tell("withdrawn")
            self.changed()
