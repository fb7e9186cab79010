"""The matching view: two registers in, a proved proposal, published by a person."""

import io
import secrets
from typing import Any

import pandas as pd
from traitlets import Dict, List, Unicode

from carekit import dates, exports, pairing, tasks
from carekit.pages import long_steps, pair_words
from carekit.pages.kit import Page, Session
from carekit.pages.proposal_table import ProposalTable
from carekit.store import Store, open_store
from carekit.words import format_day

__all__ = ["Matching"]

STEPS = ("registers", "rules", "proposal", "publish")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Matching(Page):
    """Four steps on one page; every number shown comes from the store or the proposal."""

    template_file = (__file__, "matching.vue")
    step = Unicode("registers").tag(sync=True)
    steps = List(Dict()).tag(sync=True)
    subtitle = Unicode().tag(sync=True)
    counts = List(Dict()).tag(sync=True)
    imports = Dict().tag(sync=True)
    rules = List(Dict()).tag(sync=True)
    weights = List(Dict()).tag(sync=True)
    proof = Dict().tag(sync=True)
    table = Dict().tag(sync=True)
    selected = Dict().tag(sync=True)
    tiers = List(Dict()).tag(sync=True)
    loads = List(Dict()).tag(sync=True)
    waiting_why = List(Dict()).tag(sync=True)
    blocked = List(Dict()).tag(sync=True)
    confirm = Dict().tag(sync=True)
    published = Dict().tag(sync=True)

    def __init__(self, session: Session) -> None:
        self.store: Store = open_store(session.store, actor=session.user)
        self.proposal: pairing.Proposal | None = None
        self.offered = pd.DataFrame()
        self.rows = ProposalTable()
        self.results: dict[str, dict[str, Any]] = {}
        self.published_step = ""
        self.asked = ""  # the token of an open question: the same yes twice publishes once
        self._load()
        known = len(self.children) and len(self.helpers)
        super().__init__(session, step="rules" if known else "registers")

    # -- what is known ---------------------------------------------------------------------

    def _load(self) -> None:
        """Read what the view shows; after each change of the store."""
        self.today = self.store.today()
        read = self.store.read
        self.children, self.helpers = read("children"), read("helpers")
        self.villages, self.classes = read("villages"), read("classes")
        scheme = pairing.VOLUNTEER
        self.waiting = pairing.waiting(self.children, read("pairings"), scheme, on=self.today)
        offers = tasks.offers(self.store, on=self.today, scheme=scheme)
        offers = offers[offers["kind"].isin(scheme.kinds)]
        self.offers = offers.assign(age=dates.age(offers["birth_date"], self.today))

    def refresh(self) -> None:
        self._load()
        self.speak()

    def speak(self) -> None:
        with self.hold_sync():  # one message: the view never sees half of a change
            self._speak()

    def _speak(self) -> None:
        self.subtitle = self._subtitle()
        able = pair_words.able(self.offers)
        self.counts = [
            {"number": self._number(n), "text": self.say(code, count=n)}
            for code, n in (
                ("count_children", len(self.children)),
                ("count_waiting", len(self.waiting)),
                ("count_helpers", len(self.offers)),
                ("count_ready", int(able.sum())),
                ("count_places", int(self.offers.loc[able, "places_left"].fillna(0).sum())),
            )
        ]
        self.imports = {s: self._import_words(s) for s in ("children", "helpers")}
        self.rules = [{"code": r, "text": self.say(f"rule_{r}")} for r in pairing.rules.RULES]
        weights = pairing.Weights()
        self.weights = [
            {"text": self.say(f"weight_{w}"), "points": getattr(weights, w)}
            for w in pair_words.POINTS
        ]
        self.blocked = pair_words.blocked(self.offers, self.language)
        self._speak_proposal()
        self._speak_question()
        self._speak_steps()

    def _number(self, n: int) -> str:
        return self.say("number", n=n)

    def _subtitle(self) -> str:
        code = "draft_published" if self.published_step else "draft_open"
        if self.proposal is None:
            code = "draft_none"
        practice = self.store.setting("practice_day")
        day = format_day(self.today, self.language)
        said = [self.say("places_each", count=pairing.VOLUNTEER.most), day, self.say(code)]
        if practice:
            said.insert(2, self.say("practice_day"))
        return " · ".join(said)

    def _speak_steps(self) -> None:
        done = {
            "registers": bool(len(self.children) and len(self.helpers)),
            "rules": self.proposal is not None,
            "proposal": bool(self.published_step),
            "publish": bool(self.published_step),
        }
        self.steps = [
            {"id": s, "text": self.say(f"step_{s}"), "done": done[s], "open": self._may(s)}
            for s in STEPS
        ]

    def _may(self, step: str) -> bool:
        if step == "registers":
            return True
        if step == "publish":
            return bool(self.published_step)
        return bool(len(self.children) and len(self.helpers))

    def vue_go(self, step: Any) -> None:
        if step in STEPS and self._may(step):
            self.step, self.notice = step, {}

    # -- registers -------------------------------------------------------------------------

    def vue_upload(self, info: dict[str, Any], buffers: list[memoryview] | None = None) -> Any:
        sheet = str(info.get("sheet"))
        data = bytes(buffers[0]) if buffers else b""
        return self._import(sheet, data, str(info.get("name", "")))

    async def _import(self, sheet: str, data: bytes, name: str) -> None:
        token = secrets.token_hex(16)
        result = await self.long(long_steps.import_sheet, self.session, data, sheet, name, token)
        # A second import of the same file changes nothing: the first can still be undone.
        before = self.results.get(sheet, {}).get("step")
        self.results[sheet] = {**result, "step": result["step"] or before}
        self._forget_proposal()
        self._load()
        self.speak()
        kind = {"good": "success", "warn": "warning", "plain": "info"}[self.imports[sheet]["kind"]]
        self.tell("import_done", kind, count=result["rows"], known=result["known"])

    def vue_refused(self, info: dict[str, Any]) -> None:
        self.tell_upload_refused(info)

    def vue_undo_import(self, sheet: Any) -> None:
        self.store.undo(self.results[str(sheet)]["step"])
        del self.results[str(sheet)]
        self._forget_proposal()
        self._load()
        self.speak()
        self.tell("import_undone", "info")

    def _import_words(self, sheet: str) -> dict[str, Any]:
        result = self.results.get(sheet)
        if result is None:
            return {}
        listed = exports.refusals(result, sheet, self.language).to_dict("records")
        said = self.say("import_done", count=result["rows"], known=result["known"])
        kind = "good" if result["rows"] else "warn" if listed else "plain"
        return {
            "text": said,
            "kind": kind,
            "sign": {"good": "✓", "warn": "▲", "plain": "○"}[kind],
            "undo": bool(result["step"]),
            "left_out": self.say("unrecognised", columns=list(result["unrecognised"]))
            if result["unrecognised"]
            else "",
            "rows": listed[:50],
            "more": self.say("more_rows", count=len(listed) - 50) if len(listed) > 50 else "",
            "title": self.say("import_listed", count=len(listed)) if listed else "",
        }

    # -- proposal --------------------------------------------------------------------------

    async def vue_propose(self, _: Any = None) -> None:
        self.notice = {}  # what the last import said is over
        proposal = await self.long(
            long_steps.propose, self.session, pairing.VOLUNTEER.code, self.today
        )
        self._load()
        self.published_step = ""
        shown = pair_words.shown(proposal, self.waiting, self.helpers, self.classes, self.villages)
        self.rows = ProposalTable(shown)
        self.proposal, self.offered = proposal, self.offers
        self.step = "proposal"
        self.speak()

    def _forget_proposal(self) -> None:
        self.proposal, self.rows = None, ProposalTable()
        self.published_step = self.asked = ""

    def _speak_proposal(self) -> None:
        if self.proposal is None:
            self.proof, self.table, self.tiers, self.loads = {}, {}, [], []
            self.waiting_why, self.selected, self.published = [], {}, {}
            return
        proof = self.proposal.certificate
        pairs, left = len(self.proposal.pairs), len(self.proposal.unmatched)
        self.proof = {
            "kind": "good" if proof.gap == 0 else "warn",
            "strong": self.say("proved" if proof.gap == 0 else "not_proved"),
            "text": self.say("proof" if proof.gap == 0 else "proof_gap", gap=int(proof.gap)),
            "pairs": self.say("pairs_count", count=pairs),
            "left": self.say("left_count", count=left) if left else "",
            "publish": self.say("publish_count", count=pairs),
        }
        self.tiers = pair_words.by_tier(self.rows.frame, self.language)
        self.loads = pair_words.loads(self.offered, self.proposal.pairs, self.language)
        self.waiting_why = pair_words.why_waiting(self.rows.frame, self.language)
        self.published = (
            {"text": self.say("published", count=pairs, step=self.published_step)}
            if self.published_step
            else {}
        )
        self._turn()

    def vue_ask(self, wanted: Any) -> None:
        """Search, filter, page or selection of the table."""
        if self.proposal is not None:
            self.rows.ask(dict(wanted))
            self._turn()

    def _turn(self) -> None:
        self.table, self.selected = self.rows.said(self.language)

    # -- publish ---------------------------------------------------------------------------

    def vue_ask_publish(self, _: Any = None) -> None:
        if self.proposal is not None and not self.published_step:
            self.asked = secrets.token_hex(16)
            self._speak_question()

    def _speak_question(self) -> None:
        if self.proposal is None or not self.asked:
            self.confirm = {}
            return
        pairs, left = len(self.proposal.pairs), len(self.proposal.unmatched)
        self.confirm = {
            "text": self.say("publish_question", count=pairs),
            "more": self.say("publish_left", count=left) if left else "",
        }

    def vue_close_confirm(self, _: Any = None) -> None:
        self.asked = ""
        self._speak_question()

    def vue_publish(self, _: Any = None) -> None:
        if self.proposal is None or not self.asked:
            return
        token = self.asked
        self.vue_close_confirm()
        self.published_step = tasks.publish(self.store, self.proposal, token=token)
        self.step = "publish"
        self._load()
        self.speak()
        self.tell("published", count=len(self.proposal.pairs), step=self.published_step)

    def vue_undo_publish(self, _: Any = None) -> None:
        self.store.undo(self.published_step)
        self.published_step = ""
        self.step = "proposal"
        self._load()
        self.speak()
        self.tell("publish_undone", "info")

    def vue_download_pairs(self, _: Any = None) -> None:
        if self.proposal is None:
            return
        target = io.BytesIO()
        exports.to_xlsx(pair_words.listed(self.rows.frame, self.language), target, self.language)
        name = self.say("pairs_file", day=str(self.today))
        self.download(f"{name}.xlsx", target.getvalue(), XLSX)
