"""The outings view: details, who goes, groups and vehicles, roster, head count on the day."""

import io
import secrets
from typing import Any

import pandas as pd
from traitlets import Dict, List, Unicode

from carekit import exports, outings, tasks
from carekit.errors import BadInput, CareError
from carekit.pages.headcount import count_of
from carekit.pages.kit import Form
from carekit.pages.outings_plan import NOWHERE, Planned
from carekit.pages.outings_words import CONSENT_LOOK, Told, details

__all__ = ["Outings"]

STEPS = ("details", "people", "groups", "roster", "day")
SECTIONS = {
    "outing_what": ["title", "destination"],
    "outing_when": ["day", "starts", "ends"],
    "outing_how_many": ["places", "vehicle_seats"],
    "outing_more": ["note"],
}
COLUMNS = [column for columns in SECTIONS.values() for column in columns]


class Outings(Planned):
    """A list of outings; one of them open at one of its steps."""

    view = "outings"
    template_file = (__file__, "outings.vue")
    current = Dict().tag(sync=True)
    step = Unicode().tag(sync=True)
    steps = List(Dict()).tag(sync=True)
    groups = List(Dict()).tag(sync=True)
    verdict = Dict().tag(sync=True)

    # -- in words ------------------------------------------------------------------------------

    def speak(self) -> None:
        if not self.opened:
            self.heading = {
                "title": self.say("outings_title"),
                "subtitle": self.say("outings_count", count=len(self.frames.read("outings"))),
            }
            self.current, self.chosen, self.steps, self.groups = {}, {}, [], []
            return
        told = Told(self.plan, self.findings, self.language, self.say)
        self.step = str(self.place["step"])
        self.heading = {"title": self.plan.outing.title, "subtitle": told.subtitle()}
        self.verdict = told.verdict() if self.planned else {}
        self.steps = [
            {
                "id": step,
                "text": self.say(f"step_outing_{step}"),
                "done": self._done(step),
                "open": True,
            }
            for step in STEPS
        ]
        self.groups = told.groups()
        states = self.plan.going["consent"].value_counts()
        self.current = {
            "id": self.opened,
            "planned": self.planned,
            "details": details(self.plan.outing, self.row["note"], self.language, self.say),
            "vehicles": told.vehicles(),
            "places": self.say("outing_seats", people=told.people, count=self.plan.outing.places),
            "reasons": told.reasons() if self.planned else [],
            "consents": [
                {"look": look, "sign": sign, "text": self._consents(state, states)}
                for state, (look, sign) in CONSENT_LOOK.items()
                if states.get(state, 0)
            ],
            "moved": bool(self.place["moved"]),
            "adding": self.say("adult_add_to", n=self.adding) if self.adding else "",
        }
        self.chosen = told.person(self.person) if self.person else {}
        self._count()

    def _consents(self, state: str, states: pd.Series) -> str:
        return self.say(f"consents_{state}", count=int(states.get(state, 0)))

    def _done(self, step: str) -> bool:
        if step == "details":
            return True
        if step == "people":
            return self.planned and not self.plan.going["consent"].eq("pending").any()
        if step == "groups":
            return self.planned and self.findings.empty
        present = self.people["present"].fillna(False)
        return step == "day" and self.planned and bool(present.all())

    def _count(self) -> None:
        if not self.planned or self.step != "day":
            self.count = {}
            return
        seats = len(self.plan.outing.seats)
        vehicle = int(self.place["vehicle"]) if int(self.place["vehicle"]) <= seats else 0
        guardians = self.frames.read("guardians")
        self.count = count_of(self.plan, self.people, guardians, vehicle, self.say)

    # -- which outing, which step --------------------------------------------------------------

    def wanted(self, **wanted: Any) -> None:
        """Another view sends the person here for an outing."""
        self._open(str(wanted.get("outing", "")), str(wanted.get("step", "people")))

    def _open(self, outing_id: str, step: str = "people") -> None:
        known = set(self.frames.read("outings")["outing_id"])
        if outing_id and outing_id not in known:
            raise BadInput("outing_unknown", outing=outing_id)
        self.person, self.adding = "", 0
        self._tables.pop("people", None)
        self._go(**NOWHERE | {"outing": outing_id, "step": step if step in STEPS else "people"})
        self.changed()

    def row_opened(self, table: str, key: str) -> None:
        if table == "outings":
            self._open(key)
        elif table == "people":
            self.vue_choose(key)
        elif table == "spare" and self.adding:
            group, self.adding = self.adding, 0
            self._moved(tasks.add_adult(self.store, self.opened, key, group))

    def vue_all_outings(self, _: Any = None) -> None:
        self._open("")

    def vue_go(self, step: Any) -> None:
        if step in STEPS:
            self.vue_close_notice()
            self._go(step=step)
            self.speak()

    # -- the form ------------------------------------------------------------------------------

    def vue_new_outing(self, _: Any = None) -> None:
        self.open_form(self._form_of(""), {"outing": ""})

    def vue_correct_outing(self, _: Any = None) -> None:
        self.open_form(self._form_of(self.opened), {"outing": self.opened})

    def _form_of(self, outing_id: str) -> Form:
        known = self.frames.read("outings").set_index("outing_id", drop=False)
        row: dict[str, Any] = {}
        if outing_id in known.index:
            row = {str(name): value for name, value in known.loc[outing_id].to_dict().items()}
        return Form(
            "outing",
            "outings",
            COLUMNS,
            title="outing_correct" if row else "outing_new",
            save="form_save" if row else "outing_create",
            sections=SECTIONS,
            row=row,
        )

    def reopen(self, form_id: str, context: dict[str, Any]) -> Form | None:
        outing = str(context.get("outing", ""))
        known = set(self.frames.read("outings")["outing_id"])
        return self._form_of(outing) if outing == "" or outing in known else None

    def saved(self, form: Form, row: pd.DataFrame, context: dict[str, Any]) -> None:
        typed = row[COLUMNS].astype(object)
        values: dict[str, Any] = {
            name: None if typed[name].isna().iloc[0] else typed[name].iloc[0] for name in COLUMNS
        }
        outing, token = str(context.get("outing", "")), secrets.token_hex(16)
        try:
            if outing:
                tasks.correct_outing(self.store, outing, token=token, **values)
            else:
                outing = tasks.add_outing(self.store, **values, token=token)
        except CareError:  # seats that are none: what was typed stays
            self.speak_form()
            raise
        self.close_form()
        self.frames.look()
        self._open(outing, str(self.place["step"]) if context.get("outing") else "people")
        self.tell("outing_saved" if context.get("outing") else "outing_created",
                  outing=outing, title=str(values["title"]))  # fmt: skip

    # -- paper ---------------------------------------------------------------------------------

    def vue_download_roster(self, kind: Any = "xlsx") -> None:
        if not self.planned:
            raise BadInput("plan_not_kept")
        plan, target = self.plan, io.BytesIO()
        rows = outings.roster(plan, self.frames.read("guardians"))
        if kind == "pdf":
            exports.roster_pdf(rows, plan.adults, plan.outing, target, self.language)
        else:
            exports.roster_xlsx(
                rows, plan.adults, plan.not_going, plan.outing, target, self.language
            )
        name = self.say("roster_file", outing=self.opened, day=str(plan.outing.on))
        self.download(f"{name}.{'pdf' if kind == 'pdf' else 'xlsx'}", target.getvalue())
