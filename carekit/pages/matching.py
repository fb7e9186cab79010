"""The matching view: who waits, what matters, a proved proposal, published by a person."""

import json
from dataclasses import asdict, replace
from typing import Any

from traitlets import Dict, List, Unicode

from carekit import pairing, tasks
from carekit.pages import long_steps, matching_people, matching_words, pair_words
from carekit.pages.kit import Frames, Session
from carekit.pages.matching_publish import Publishing
from carekit.pages.matching_weights import moved, sliders

__all__ = ["Matching"]

STEPS = ("people", "rules", "proposal", "publish")
WORK = "matching/work"  # where step, scheme and sliders are kept
MANY = 1000  # rows: a workbook of more takes seconds


class Matching(Publishing):
    """Four steps on one page; every number shown comes from the store or the proposal.

    Step, scheme and sliders are kept for the person, the draft for the branch: a lost kernel
    loses none of them.
    """

    view = "matching"
    template_file = (__file__, "matching.vue")
    step = Unicode("people").tag(sync=True)
    steps = List(Dict()).tag(sync=True)
    choices = List(Dict()).tag(sync=True)  # schemes
    halves = List(Dict()).tag(sync=True)  # parts of the scheme, where it has any
    tiles = List(Dict()).tag(sync=True)
    listed = Dict().tag(sync=True)
    rules = List(Dict()).tag(sync=True)
    weights = List(Dict()).tag(sync=True)
    blocked = List(Dict()).tag(sync=True)
    proof = Dict().tag(sync=True)
    doubts = Dict().tag(sync=True)
    tiers = List(Dict()).tag(sync=True)
    loads = List(Dict()).tag(sync=True)
    waiting_why = List(Dict()).tag(sync=True)
    summary = Dict().tag(sync=True)
    recent = List(Dict()).tag(sync=True)

    def __init__(self, session: Session, frames: Frames | None = None) -> None:
        self.weighed: dict[str, pairing.Weights] = {}  # by scheme, where somebody chose
        self.tile, self.taken_up = "waiting", False
        super().__init__(session, frames)

    @property
    def points(self) -> pairing.Weights:
        """The sliders of the shown scheme."""
        return self.points_of(self.part)

    def points_of(self, part: pairing.Scheme) -> pairing.Weights:
        return self.weighed.get(part.code, part.weights)

    @property
    def published(self) -> str:
        """The step that published the shown draft."""
        return self.draft.published if self.draft else ""

    # -- kept for the person ---------------------------------------------------------------------

    def _keep_work(self) -> None:
        points = {code: asdict(weights) for code, weights in self.weighed.items()}
        work = {"step": self.step, "scheme": self.scheme.code, "part": self.part.code}
        self.store.keep(WORK, json.dumps(work | {"points": points}))

    def _take_up(self) -> None:
        """Go on where the person was."""
        self.taken_up = True
        work = json.loads(self.store.kept(WORK) or "{}")
        points = work.get("points")
        for code, some in (points if isinstance(points, dict) else {}).items():
            if code in self.schemes:
                self.weighed[code] = moved(self.schemes[code].weights, some)
        self.scheme = self.schemes.get(str(work.get("scheme")), self.scheme)
        self.part = next((p for p in self.parts if p.code == work.get("part")), self.parts[0])
        self.step = work["step"] if work.get("step") in STEPS else STEPS[0]

    # -- what is known ---------------------------------------------------------------------------

    def load(self) -> None:
        self.schemes = pairing.kept_schemes(self.frames.read("settings"))
        if not self.taken_up:
            self._take_up()
        read, keep, day, part = self.frames.read, self.frames.keep, self.today, self.part
        who = f"{part.code} {day}"
        self.waiting = keep(
            f"matching/waiting {who}", lambda read: matching_people.waiting(read, part, day)
        )
        self.helpers = keep(
            f"matching/helpers {who}", lambda read: matching_people.helpers(read, part, day)
        )
        self.known = len(read("children")) > 0 and len(read("helpers")) > 0
        self.table("waiting", matching_people.waiting_table(), self.waiting)
        self.table("helpers", matching_people.helpers_table(), self.helpers)
        self.publications = tasks.published_today(self.store)
        self.look_at_drafts()
        self.load_decisions()
        self._load_draft()
        if not self._may(self.step):
            self.step = STEPS[0]

    def _load_draft(self) -> None:
        read = self.frames.read
        for code, draft in list(self.drafts.items()):
            if draft.published and draft.published not in set(self.publications["step_id"]):
                if tasks.stands(read, draft):
                    self.let_go(code)  # published, and too long ago to be taken back
                else:
                    self.save(replace(draft, published=""))
        if self.draft is None:
            self._tables.pop("pairs", None)
            self.shown = self.shown.head(0)
            return
        marks = (self.settled, self.changed_by_other(), self.draft)
        self.shown = pair_words.shown(self.draft.proposal, read, *marks)
        if not self.published:
            decided = self.settled[["child_id", "helper_id", "verdict"]]
            self.changes = tasks.outdated(read, self.draft, on=self.today, decisions=decided)
        marked = bool(self.shown["mark"].ne("").any())
        self.table("pairs", pair_words.pairs_table(marked), self.shown)
        if not self._tables["pairs"].holds(self.child):
            paired = self.shown.loc[self.shown["helper_id"].notna(), "child_id"]
            self.choose(str(next(iter(paired), "")))
        self._tables["pairs"].ask({"selected": self.child})

    def refresh(self) -> None:
        """Take in also what somebody else has made of the draft."""
        super().refresh()
        if self.look_at_drafts():
            self.changed()

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
            "subtitle": matching_words.subtitle(
                self.scheme, self.parts, self.today, practice, self.language
            ),
            "chip": matching_words.state(self.draft, self.published, self.language),
        }
        self.choices = matching_words.schemes(self.schemes, self.scheme, self.language)
        self.halves = matching_words.parts(self.parts, self.part, self.drafts, self.language)
        self.tiles = matching_people.tiles(self.waiting, self.helpers, self.tile, self.language)
        self.listed = {"id": matching_people.TILES[self.tile][0]} if self.known else {}
        self.blocked = matching_people.blocked(self.helpers, self.language)
        self.rules = matching_words.rules(self.part, self.language)
        self.weights = sliders(self.points, self.part, self.language)
        self.recent = matching_words.publications(self.publications, self.language)
        self._speak_draft()
        self.speak_shortages()
        self._speak_steps()

    def _speak_steps(self) -> None:
        done = matching_words.done(self.known, self.draft, self.published, self.step)
        self.steps = [
            {"id": step, "text": self.say(f"step_{step}"), "done": so, "open": self._may(step)}
            for step, so in done.items()
        ]

    def _speak_draft(self) -> None:
        self.speak_panel()
        self.speak_other()
        if self.draft is None:
            self.proof, self.doubts, self.summary = {}, {}, {}
            self.tiers, self.loads, self.waiting_why = [], [], []
            return
        proposal, language = self.draft.proposal, self.language
        self.proof = matching_words.proof(self.draft, language)
        self.doubts = {}
        if not self.published:
            self.doubts = matching_words.doubts(self.draft, self.changes, self.points, language)
        self.tiers = pair_words.by_tier(self.shown, language)
        free = self.helpers.loc[self.helpers["state"] == "able", "helper_id"]
        self.loads = pair_words.loads(free, proposal.pairs, language)
        self.waiting_why = pair_words.why_waiting(self.shown, language)
        what = (self._drafts(), self.tiers, bool(self.published))
        self.summary = matching_words.summary(*what, language)

    # -- scheme, steps, lists and sliders --------------------------------------------------------

    def vue_scheme(self, code: Any) -> None:
        """Another way of pairing: its people, its rules, its draft."""
        if isinstance(code, str) and code in self.schemes and not self.progress:
            self.scheme = self.schemes[code]
            self._show_part(self.parts[0])

    def vue_part(self, code: Any) -> None:
        """The other half of a scheme that has two."""
        for part in self.parts:
            if part.code == code and not self.progress:
                self._show_part(part)

    def _show_part(self, part: pairing.Scheme) -> None:
        self.part = part
        self._forget()
        self._keep_work()
        self.changed()

    def _forget(self) -> None:
        self.child = ""
        self.forget()
        self._tables.pop("pairs", None)  # what was searched in the old one is over

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
        self._weigh(self.part.weights)

    def vue_weights_of_draft(self, _: Any = None) -> None:
        if self.draft is not None:
            self._weigh(self.draft.proposal.weights)

    def _weigh(self, points: pairing.Weights) -> None:
        self.weighed[self.part.code] = points
        self._keep_work()
        self.weights = sliders(self.points, self.part, self.language)
        self._speak_draft()

    def row_opened(self, table: str, key: str) -> Any:
        if table == "waiting":
            self.open_view("register", child=key)
        elif table == "helpers":
            self.open_view("register", helper=key)
        else:
            self.choose(key)
            self.ask_table("pairs", selected=key)
            self._speak_draft()
            return self.vue_alternatives() if self._at_hand() else None
        return None

    # -- proposal --------------------------------------------------------------------------------

    async def vue_propose(self, _: Any = None) -> None:
        self.vue_close_notice()
        self.frames.look()
        state = tasks.made_of(self.frames.read)
        points = {part.code: self.points_of(part) for part in self.parts}
        what = (self.session, self.scheme.code, self.today, points)
        made = await self.long(long_steps.propose, *what)
        self._forget()
        saved = [self.save(tasks.Draft(proposal, state)) for proposal in made.values()]
        if not all(saved):
            self.tell("draft_not_saved", "warning")
        self._go("proposal")
        self.changed()
        if self._few():
            await self.vue_alternatives()
            await self.vue_find_shortages()

    async def vue_download_pairs(self, _: Any = None) -> None:
        if self.draft is None:
            return
        name = self.say("pairs_file", day=str(self.draft.proposal.on))
        frame = pair_words.listed_pairs(self.shown, self.language)
        run = self.long if len(frame) > MANY else long_steps.here
        data = await run(long_steps.workbook, frame, self.language)
        self.download(f"{name}.xlsx", data)
