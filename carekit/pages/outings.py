"""The outings view: make an outing, see who goes and who does not, take the roster away."""

import io
import secrets
from typing import Any

import pandas as pd
from traitlets import Dict, List

from carekit import exports, outings, tasks
from carekit.errors import BadInput
from carekit.pages.kit import Page, Session
from carekit.store import Store, open_store
from carekit.words import format_day

__all__ = ["Outings"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Colour and sign of a consent as it stands; the word comes from the dictionary.
CONSENT_LOOK = {"given": ("good", "✓"), "pending": ("warn", "△")}


class Outings(Page):
    """A list of outings, one of them open; what is shown is planned anew from the store."""

    template_file = (__file__, "outings.vue")
    outing_list = List(Dict()).tag(sync=True)
    current = Dict().tag(sync=True)
    form = Dict().tag(sync=True)

    def __init__(self, session: Session) -> None:
        self.store: Store = open_store(session.store, actor=session.user)
        self.opened = ""
        self.plan: outings.Plan | None = None
        super().__init__(session)
        known = self.store.read("outings")
        if len(known):
            self._open(str(known.sort_values("day")["outing_id"].iloc[-1]))

    def speak(self) -> None:
        known = self.store.read("outings").sort_values("day", ascending=False)
        self.outing_list = [
            {
                "id": row["outing_id"],
                "title": row["title"],
                "text": f"{row['outing_id']} · {format_day(row['day'], self.language)}",
                "here": row["outing_id"] == self.opened,
            }
            for row in known.to_dict("records")
        ]
        self.current = self._said() if self.plan is not None else {}

    def vue_open(self, outing_id: Any) -> None:
        self._open(str(outing_id))

    def refresh(self) -> None:
        """Plan again: the store may have changed while another view was open."""
        if self.opened:
            self._open(self.opened)

    def _open(self, outing_id: str) -> None:
        self.plan, self.opened = tasks.plan_outing(self.store, outing_id), outing_id
        self.speak()

    def vue_create(self, form: Any) -> None:
        """A new outing; what was typed stays in the form when it is refused."""
        given = {k: str(v or "").strip() for k, v in dict(form).items()}
        if not (given.get("title") and given.get("day") and given.get("places")):
            raise BadInput("outing_form_incomplete")
        if not given["places"].isdecimal():
            raise BadInput("places_wrong", value=given["places"])
        token = secrets.token_hex(16)
        made = tasks.add_outing(
            self.store,
            given["title"],
            given["day"],
            int(given["places"]),
            given.get("destination") or None,
            token=token,
        )
        self.form = {"cleared": token}
        self._open(made)
        self.tell("outing_created", outing=made, title=given["title"])

    def vue_download_roster(self, _: Any = None) -> None:
        plan, rows = tasks.roster(self.store, self.opened)
        target = io.BytesIO()
        exports.roster_xlsx(rows, plan.adults, plan.not_going, plan.outing, target, self.language)
        name = self.say("roster_file", outing=self.opened, day=str(plan.outing.on))
        self.download(f"{name}.xlsx", target.getvalue(), XLSX)

    # -- in words --------------------------------------------------------------------------

    def _said(self) -> dict[str, Any]:
        plan = self.plan
        assert plan is not None
        going, adults, outing = plan.going, plan.adults, plan.outing
        pending = int((going["consent"] == "pending").sum()) if len(going) else 0
        people = len(going) + len(adults)
        groups = sorted(adults["group"].dropna().unique())
        return {
            "id": self.opened,
            "title": outing.title,
            "subtitle": " · ".join(
                [
                    format_day(outing.on, self.language),
                    self.say("outing_children", count=len(going)),
                    self.say("outing_adults", count=len(adults)),
                    self.say("outing_seats", people=people, count=outing.places),
                ]
            ),
            "verdict": self.say("outing_safe", count=len(groups)) if len(going) else "",
            "pending": self.say("consents_pending", count=pending) if pending else "",
            "groups": [self._group(int(g)) for g in groups],
            "not_going": [self._absent(row) for row in plan.not_going.itertuples(index=False)],
            "absent_why": self._absent_why(),
            "absent": self.say("not_going_count", count=len(plan.not_going)),
            "empty": not len(going),
        }

    def _group(self, group: int) -> dict[str, Any]:
        assert self.plan is not None
        adults = self.plan.adults.query("group == @group")
        children = self.plan.going.query("group == @group")
        return {
            "id": group,
            "title": self.say("group_number", n=group),
            "ratio": f"{len(adults)} : {len(children)}",
            "ratio_said": self.say("group_ratio", adults=len(adults), children=len(children)),
            "adults": [str(name) for name in adults["helper"]],
            "children": [
                {
                    "name": str(row["child"]),
                    "note": " · ".join(
                        str(row[c]) for c in ("health", "allergies") if pd.notna(row[c])
                    ),
                    "pending": row["consent"] == "pending",
                }
                for row in children.to_dict("records")
            ],
        }

    def _absent_why(self) -> list[dict[str, Any]]:
        assert self.plan is not None
        counts = self.plan.not_going["code"].value_counts()
        return [
            {"text": self.say(f"not_going_{code}"), "count": int(n)} for code, n in counts.items()
        ]

    def _absent(self, row: Any) -> dict[str, Any]:
        return {"child": str(row.child), "text": self.say(f"not_going_{row.code}")}
