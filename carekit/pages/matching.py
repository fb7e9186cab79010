"""The matching view: who waits, what matters, a proved proposal, published by a person."""

import asyncio
import json
import secrets
from dataclasses import asdict
from typing import Any

from traitlets import Dict, List, Unicode

from carekit import pairing, tasks
from carekit.errors import BadInput
from carekit.pages import long_steps, matching_people, matching_words, pair_words
from carekit.pages.kit import Frames, Page, Session
from carekit.pages.matching_weights import moved, sliders

__all__ = ["Matching"]

STEPS = ("people", "rules", "proposal", "publish")
SCHEME = pairing.VOLUNTEER
WORK = "matching/work"  # where step and sliders are kept
MANY = 1000  # rows: a workbook of more takes seconds


class Matching(Page):
    """Four steps on one page; every number shown comes from the store or the proposal.

    Proposal, step and sliders are kept for the person: a lost kernel loses none of them.
    """

    view = "matching"
    template_file = (__file__, "matching.vue")
    step = Unicode("people").tag(sync=True)
    steps = List(Dict()).tag(sync=True)
    tiles = List(Dict()).tag(sync=True)
    listed = Dict().tag(sync=True)
    rules = List(Dict()).tag(sync=True)
    weights = List(Dict()).tag(sync=True)
    blocked = List(Dict()).tag(sync=True)
    proof = Dict().tag(sync=True)
    doubts = Dict().tag(sync=True)
    chosen = Dict().tag(sync=True)
    tiers = List(Dict()).tag(sync=True)
    loads = List(Dict()).tag(sync=True)
    waiting_why = List(Dict()).tag(sync=True)
    summary = Dict().tag(sync=True)
    recent = List(Dict()).tag(sync=True)

    def __init__(self, session: Session, frames: Frames | None = None) -> None:
        self.draft: tasks.Draft | None = None
        self.points = pairing.Weights()
        self.published = ""  # the step that published the draft
        self.tile = "waiting"
        self.child = ""  # whose pair is explained
        self.taken_up = False
        super().__init__(session, frames)

    # -- kept for the person ---------------------------------------------------------------------

    def _keep_work(self) -> None:
        work = {"step": self.step, "points": asdict(self.points), "published": self.published}
        self.store.keep(WORK, json.dumps(work))

    def _take_up(self) -> None:
        """Go on where the person was."""
        self.taken_up = True
        self.draft = tasks.kept_draft(self.store)
        work = json.loads(self.store.kept(WORK) or "{}")
        self.points = moved(self.points, work.get("points"))
        self.published = str(work.get("published", "")) if self.draft else ""
        self.step = work["step"] if work.get("step") in STEPS else STEPS[0]

    # -- what is known ---------------------------------------------------------------------------

    def load(self) -> None:
        if not self.taken_up:
            self._take_up()
        read, keep, day = self.frames.read, self.frames.keep, self.today
        self.waiting = keep(
            f"matching/waiting {day}", lambda read: matching_people.waiting(read, SCHEME, day)
        )
        self.helpers = keep(
            f"matching/helpers {day}", lambda read: matching_people.helpers(read, SCHEME, day)
        )
        self.known = len(read("children")) > 0 and len(self.helpers) > 0
        self.table("waiting", matching_people.waiting_table(), self.waiting)
        self.table("helpers", matching_people.helpers_table(), self.helpers)
        self.publications = tasks.published_today(self.store)
        self._load_draft()
        if not self._may(self.step):
            self.step = STEPS[0]

    def _load_draft(self) -> None:
        read = self.frames.read
        if self.published and self.published not in set(self.publications["step_id"]):
            self.published = ""  # taken back, or too long ago to be
            if self.draft is not None and tasks.stands(read, self.draft):
                self._forget_draft()
        if self.draft is None:
            self._tables.pop("pairs", None)
            return
        self.shown = pair_words.shown(self.draft.proposal, read)
        if not self.published:
            self.changes = tasks.outdated(read, self.draft, on=self.today)
        self.table("pairs", pair_words.pairs_table(), self.shown)
        if not self._tables["pairs"].holds(self.child):
            paired = self.shown[self.shown["helper_id"].notna()]
            self.child = str(next(iter(paired["child_id"]), ""))
            self._tables["pairs"].ask({"selected": self.child})

    def _forget_draft(self) -> None:
        self.draft, self.published = None, ""
        tasks.keep_draft(self.store, None)
        self._keep_work()

    def wanted(self, **wanted: Any) -> None:
        """``step`` and ``tile``: from another view, to the people behind a number."""
        if wanted.get("tile") in matching_people.TILES:
            self.vue_tile(wanted["tile"])
            self.vue_go("people")
        if "step" in wanted:
            self.vue_go(wanted["step"])

    # -- in words --------------------------------------------------------------------------------

    def speak(self) -> None:
        practice = bool(self.store.setting("practice_day"))
        self.heading = {
            "title": self.say("matching_title"),
            "subtitle": matching_words.subtitle(SCHEME, self.today, practice, self.language),
            "chip": matching_words.state(self.draft, self.published, self.language),
        }
        self.tiles = matching_people.tiles(self.waiting, self.helpers, self.tile, self.language)
        self.listed = {"id": matching_people.TILES[self.tile][0]} if self.known else {}
        self.blocked = matching_people.blocked(self.helpers, self.language)
        self.rules = [{"code": r, "text": self.say(f"rule_{r}")} for r in pairing.rules.RULES]
        self.weights = sliders(self.points, self.language)
        self.recent = matching_words.publications(self.publications, self.language)
        self._speak_draft()
        self._speak_steps()

    def _speak_steps(self) -> None:
        done = matching_words.done(self.known, self.draft, self.published, self.step)
        self.steps = [
            {"id": step, "text": self.say(f"step_{step}"), "done": so, "open": self._may(step)}
            for step, so in done.items()
        ]

    def _speak_draft(self) -> None:
        if self.draft is None:
            self.proof, self.doubts, self.chosen, self.summary = {}, {}, {}, {}
            self.tiers, self.loads, self.waiting_why = [], [], []
            return
        proposal, language = self.draft.proposal, self.language
        self.proof = matching_words.proof(proposal, language)
        self.doubts = {}
        if not self.published:
            self.doubts = matching_words.doubts(self.draft, self.changes, self.points, language)
        self.tiers = pair_words.by_tier(self.shown, language)
        free = self.helpers.loc[self.helpers["state"] == "able", "helper_id"]
        self.loads = pair_words.loads(free, proposal.pairs, language)
        self.waiting_why = pair_words.why_waiting(self.shown, language)
        self.summary = matching_words.summary(
            self.draft, self.tiers, bool(self.published), language
        )
        row = self.shown[self.shown["child_id"] == self.child].to_dict("records")
        self.chosen = pair_words.chosen(row[0], language) if row else {}  # type: ignore[arg-type]

    # -- steps, lists and sliders ----------------------------------------------------------------

    def _may(self, step: str) -> bool:
        if step == "publish":
            return self.draft is not None or len(self.publications) > 0
        return step == "people" or self.known

    def _go(self, step: str) -> None:
        self.step = step
        self._keep_work()
        self._speak_steps()

    def vue_go(self, step: Any) -> None:
        if step in STEPS and self._may(step):
            self.vue_close_notice()
            self._go(step)

    def vue_tile(self, tile: Any) -> None:
        """Open the people behind a number."""
        if tile in matching_people.TILES:
            self.tile = tile
            table, mask = matching_people.TILES[tile]
            self.ask_table(table, filter=mask, query="", page=1)
            self.speak()

    def vue_weigh(self, wanted: Any) -> None:
        """A slider was moved: keep it, so that a reload does not lose it."""
        self._weigh(moved(self.points, wanted))

    def vue_standard_weights(self, _: Any = None) -> None:
        self._weigh(pairing.Weights())

    def vue_weights_of_draft(self, _: Any = None) -> None:
        if self.draft is not None:
            self._weigh(self.draft.proposal.weights)

    def _weigh(self, points: pairing.Weights) -> None:
        self.points = points
        self._keep_work()
        self.weights = sliders(self.points, self.language)
        self._speak_draft()

    def row_opened(self, table: str, key: str) -> None:
        if table == "waiting":
            self.open_view("register", child=key)
        elif table == "helpers":
            self.open_view("register", helper=key)
        else:
            self.child = key
            self.ask_table("pairs", selected=key)
            self._speak_draft()

    # -- proposal --------------------------------------------------------------------------------

    async def vue_propose(self, _: Any = None) -> None:
        self.vue_close_notice()
        self.frames.look()
        made_of, points = tasks.made_of(self.frames.read), self.points
        what = (self.session, SCHEME.code, self.today, points)
        proposal = await self.long(long_steps.propose, *what)
        self.draft, self.published, self.child = tasks.Draft(proposal, made_of), "", ""
        tasks.keep_draft(self.store, self.draft)
        self._tables.pop("pairs", None)  # what was searched in the old one is over
        self._go("proposal")
        self.changed()

    async def vue_download_pairs(self, _: Any = None) -> None:
        if self.draft is None:
            return
        name = self.say("pairs_file", day=str(self.draft.proposal.on))
        frame = pair_words.listed(self.shown, self.language)
        run = self.long if len(frame) > MANY else long_steps.here
        data = await run(long_steps.workbook, frame, self.language)
        self.download(f"{name}.xlsx", data)

    # -- publish ---------------------------------------------------------------------------------

    def vue_ask_publish(self, _: Any = None) -> None:
        if self.draft is None or self.published:
            return
        draft, token = self.draft, secrets.token_hex(16)
        if draft.proposal.pairs.empty:
            raise BadInput("publish_nothing")
        left = len(draft.proposal.unmatched)
        values = {"day": draft.proposal.on, "count": left}
        self.ask(
            "publish_question",
            lambda: self._publish(draft, token),
            more=("publish_more" if left else "publish_everybody", values),
            yes="publish_confirm",
            count=len(draft.proposal.pairs),
        )

    async def _publish(self, draft: tasks.Draft, token: str) -> None:
        if draft is not self.draft or self.published:
            return
        self.vue_close_notice()
        try:
            self.published = await self.long(
                long_steps.publish, self.session, draft.proposal, token
            )
            self._go("publish")
        except asyncio.CancelledError:
            if tasks.stands(self.store.read, draft):  # written before it could be stopped
                self.published = str(tasks.published_today(self.store)["step_id"].iloc[0])
                self._go("publish")
            raise
        finally:
            self.changed()  # also when it was refused: what has changed is shown

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
            if step == self.published:
                self.published = ""
                self._go("proposal")
        finally:
            self.changed()
