"""Adjusting a proposal: why, why not, what another helper would cost, and swap."""

from dataclasses import replace
from typing import Any

import pandas as pd
from traitlets import Dict, List

from carekit import pairing, tasks
from carekit.errors import BadInput
from carekit.pages import adjust_words, long_steps, pair_words
from carekit.pages.adjust_decide import Deciding
from carekit.pages.kit import Frames, Session
from carekit.pages.kit.initials import initials

__all__ = ["Adjust"]

SMALL = 1000  # children: the workings of a larger draft are made in a child process
SHOWN = 6  # helpers a search shows
LETTERS = 50


class Adjust(Deciding):
    """The panel of a chosen child, the changes a person makes by hand."""

    chosen = Dict().tag(sync=True)
    hand = Dict().tag(sync=True)
    others = List(Dict()).tag(sync=True)  # the next best helpers of the chosen child
    asked = Dict().tag(sync=True)  # the search "why not ...?" and its answer

    def __init__(self, session: Session, frames: Frames | None = None) -> None:
        self._forget_answers()
        super().__init__(session, frames)

    def forget(self) -> None:
        super().forget()
        self._forget_answers()

    def _forget_answers(self) -> None:
        self._next: pd.DataFrame | None = None
        self._query, self._found, self._answer = "", pd.DataFrame(), pd.DataFrame()

    # -- what questions are answered from --------------------------------------------------------

    def matched(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Who waits and who offers, with all that the rules ask."""
        on = self.draft.proposal.on if self.draft else self.today
        part = self.part
        frames: tuple[pd.DataFrame, pd.DataFrame] = self.frames.keep(
            f"matching/frames {part.code} {on}",
            lambda read: tasks.frames(self.frames, part, on),  # type: ignore[arg-type]
        )
        return frames

    def _at_hand(self) -> bool:
        """Can a question be answered at once?"""
        return self._few() or (self.draft is not None and self.draft.proposal.workings is not None)

    def _few(self) -> bool:
        """Is the draft so small that everything asked of it is answered in a moment?"""
        if self.draft is None:
            return False
        proposal = self.draft.proposal
        return len(proposal.pairs) + len(proposal.unmatched) <= SMALL

    async def worked(self) -> pairing.Proposal:
        """The proposal with its workings: made once, then kept with the draft."""
        draft, code = self.draft, self.part.code
        if draft is None:
            raise BadInput("draft_broken")
        if draft.proposal.workings is None:
            if self._at_hand():
                proposal = pairing.worked_out(draft.proposal, *self.matched())
            else:
                proposal = await self.long(long_steps.work_out, self.session, draft.proposal)
            if self.drafts.get(code) is draft:
                self.drafts[code] = replace(draft, proposal=proposal)
            return proposal
        return draft.proposal

    # -- the panel -------------------------------------------------------------------------------

    def choose(self, child: str) -> None:
        """Explain this child's pair from now on."""
        if child != self.child:
            self._forget_answers()
        self.child = child

    def speak_panel(self) -> None:
        """Say the chosen pair, its points, who decided what of it, and what was asked."""
        row = self.shown[self.shown["child_id"].eq(self.child)] if len(self.shown) else self.shown
        if self.draft is None or row.empty:
            self.chosen, self.others, self.asked, self.hand = {}, [], {}, {}
            return
        found = row.to_dict("records")[0]
        weights = self.draft.proposal.weights
        told = pair_words.chosen(found, weights, self.language)  # type: ignore[arg-type]
        mine = self.settled[self.settled["child_id"].eq(self.child)]
        names = self.names("helpers")
        here = mine["helper_id"].eq(found["helper_id"]).fillna(False)
        self.chosen = told | {
            "decided": [
                adjust_words.decided(one, names, self.language)  # type: ignore[arg-type]
                for one in mine.to_dict("records")
            ],
            "locked": bool((mine["verdict"].eq("lock") & here).any()),
            "open": not self.draft.published and self.policy.may("shared_drafts"),
            "unwanted": bool((mine["verdict"].eq("forbid") & here).any()),
            "questions": self._next is not None,
        }
        self.hand = adjust_words.hand_made(self.draft, self.language)
        self.others = [] if self._next is None else self._said(self._next)
        answers = self._said(self._answer)
        self.asked = {
            "query": self._query,
            "found": [
                {"id": one["helper_id"], "name": one["name"], "soft": one["soft"]}
                for one in self._found.to_dict("records")
            ],
            "none": self.say("helper_none")
            if self._query and self._found.empty and not answers
            else "",
            "answer": answers[0] if answers else {},
        }

    def _said(self, answers: pd.DataFrame) -> list[dict[str, Any]]:
        if answers.empty:
            return []
        children, helpers = self.names("children"), self.names("helpers")
        papers = dict(zip(self.helpers["helper_id"], self.helpers["why"], strict=True))
        now = self.shown.loc[self.shown["child_id"].eq(self.child), "helper_id"].dropna().tolist()
        return [
            {"has": row["helper_id"] in now}
            | adjust_words.answer(
                row,  # type: ignore[arg-type]
                self.child,
                children,
                helpers,
                papers,
                self.language,
            )
            for row in answers.to_dict("records")
        ]

    async def vue_alternatives(self, _: Any = None) -> None:
        """What if another helper: the next best three, all moves counted."""
        child = self.child
        if self.draft is None or not self.holds(child):
            return
        proposal = await self.worked()
        best = pairing.why(proposal, child)
        named = best.loc[~best["chosen"], "helper_id"]
        asked = [pairing.why_not(proposal, child, helper=h) for h in named]
        if child == self.child:
            self._next = pd.concat(asked, ignore_index=True) if asked else pd.DataFrame()
            self.speak_panel()

    def vue_seek(self, text: Any) -> None:
        """Look for a helper of the scheme by name, pinyin initials or village."""
        if self.draft is None:
            return
        self._query = str(text)[:LETTERS].strip() if isinstance(text, str) else ""
        self._answer = pd.DataFrame()
        who = self.helpers.assign(soft=self.helpers["village"].fillna(""))
        known = who["name"].fillna("")
        hit = known.str.contains(self._query, regex=False) | who["soft"].eq(self._query)
        if self._query.isascii():
            hit |= known.map(initials).str.startswith(self._query.casefold())
        self._found = who[hit].head(SHOWN) if self._query else who.head(0)
        self.speak_panel()

    async def vue_why_not(self, helper: Any) -> None:
        """Why not this helper: the rule, or what it would cost and who would move."""
        if self.draft is None or not self.holds(self.child) or not self._serves(helper):
            return
        proposal = await self.worked()
        self._answer = pairing.why_not(proposal, self.child, helper=str(helper))
        self._found = self._found.head(0)
        self.speak_panel()

    def _serves(self, helper: Any) -> bool:
        """Is it somebody of this scheme? The browser may name anybody."""
        return bool(self.helpers["helper_id"].eq(str(helper)).any())

    # -- changes by hand -------------------------------------------------------------------------

    async def vue_take(self, helper: Any) -> None:
        """Give the chosen child this helper; whoever must moves along."""
        draft, asked = self.draft, (self.child, str(helper))
        if draft is None or not self.may_change() or not self._serves(helper):
            return
        proposal = await self.worked()
        if self.draft is None or self.draft.number != draft.number:
            return  # somebody else's newer one is shown by now
        try:  # what was changed by hand before stays
            if draft.deeds:
                self._change(asked, pairing.edited(proposal, [asked]))
            else:
                self._change(asked, pairing.swapped(proposal, *asked))
            await self.answer_again()
        except BadInput as error:
            if error.code != "edit_overfull":
                raise
            self.ask("take_anew", lambda: self._take_anew(asked), count=len(draft.deeds))

    def _take_anew(self, asked: tuple[str, str]) -> None:
        draft = self.draft
        if draft is not None and self.may_change():
            proposal = pairing.swapped(draft.proposal, *asked)
            self.drafts[self.part.code] = replace(draft, deeds=())
            self._change(asked, proposal)

    async def vue_take_out(self, _: Any = None) -> None:
        """Leave the chosen child without a helper."""
        draft, asked = self.draft, (self.child, None)
        if draft is None or not self.may_change():
            return
        proposal = await self.worked()
        if self.draft is not None and self.draft.number == draft.number:
            self._change(asked, pairing.edited(proposal, [asked]))
            await self.answer_again()

    async def answer_again(self) -> None:
        """What the panel told before, for the plan of now, where that takes no time."""
        if self._few():
            await self.vue_alternatives()

    def _change(self, deed: tuple[str, str | None], proposal: pairing.Proposal) -> None:
        draft = self.draft
        if draft is None:
            return
        done = tuple(one for one in draft.deeds if one[0] != deed[0])
        best = draft.best or draft.proposal
        new = replace(draft, proposal=proposal, best=best, deeds=(*done, deed))
        if not tasks.changed_by_hand(new):
            new = replace(new, best=None, deeds=())
        self._save_change(new, "hand_done")

    def vue_best_plan(self, _: Any = None) -> None:
        """Back to the plan that is proved best."""
        draft = self.draft
        if draft is not None and draft.best is not None and not draft.published:
            best, known = draft.best, draft.proposal.workings
            if best.workings is None and known is not None:  # it was read from the store
                best = replace(best, workings=replace(known, plan=known.best))
            self._save_change(replace(draft, proposal=best, best=None, deeds=()), "hand_undone")

    def _save_change(self, draft: tasks.Draft, done: str) -> None:
        self._forget_answers()
        if self.save(draft):
            self.tell(done, "info")
        else:
            self.tell("draft_not_saved", "warning")
        self.changed()
