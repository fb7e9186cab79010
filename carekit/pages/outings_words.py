"""An outing's plan in words: groups, vehicles, the verdict, one person."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from carekit import outings, tables
from carekit.words import format_day

__all__ = ["CONSENT_LOOK", "Told", "details", "text_of", "texts_of"]

Say = Callable[..., str]
Record = dict[str, Any]

# Colour and sign of a consent as it stands; the word comes from the dictionary.
CONSENT_LOOK = {
    "given": ("good", "✓"),
    "pending": ("warn", "△"),
    "refused": ("danger", "✕"),
    "withdrawn": ("danger", "✕"),
}
SENTENCES = 4  # as many breaches are said at the top; the cards below say the others


def details(outing: outings.Outing, note: Any, language: str, say: Say) -> list[Record]:
    """What is known of the outing itself, as pairs of heading and text."""
    hours = "–".join(time for time in (outing.starts, outing.ends) if time)
    seats = ", ".join(str(count) for count in outing.vehicles)
    texts = {
        "day": format_day(outing.on, language),
        "starts": hours,
        "destination": outing.destination,
        "places": str(outing.places),
        "vehicle_seats": seats,
        "note": None if pd.isna(note) else str(note),
    }
    heads = {name: tables.heading("outings", name, language) for name in texts}
    heads["starts"] = say("outing_hours")
    return [
        {"id": n, "head": heads[n], "text": text or say("nothing")} for n, text in texts.items()
    ]


@dataclass(frozen=True)
class Told:
    """A plan and what the check found in it, said in one language."""

    plan: outings.Plan
    findings: pd.DataFrame
    language: str
    say: Say

    @cached_property
    def names(self) -> dict[str, str]:
        """Ids of everybody in the plan -> names."""
        named: dict[str, str] = {}
        for frame, pairs in (
            (self.plan.not_going, (("child_id", "child"), ("helper_id", "helper"))),
            (self.plan.going, (("child_id", "child"), ("helper_id", "helper"))),
            (self.plan.adults, (("helper_id", "helper"),)),
        ):
            for key, name in pairs:
                known = frame[[key, name]].dropna()
                named |= dict(zip(known[key].astype(str), known[name].astype(str), strict=True))
        return named

    @property
    def people(self) -> int:
        return len(self.plan.going) + len(self.plan.adults)

    def subtitle(self) -> str:
        outing = self.plan.outing
        hours = "–".join(time for time in (outing.starts, outing.ends) if time)
        parts = [format_day(outing.on, self.language) + (f" {hours}" if hours else "")]
        if self.people:
            parts.append(self.say("outing_children", count=len(self.plan.going)))
            parts.append(self.say("outing_adults", count=len(self.plan.adults)))
        if outing.vehicles:
            parts.append(self.say("outing_vehicles", count=len(outing.vehicles)))
        return " · ".join(parts)

    # -- verdict -------------------------------------------------------------------------------

    def sentence(self, finding: Any) -> str:
        """One breach as a sentence with its cure."""
        values = dict(finding.values_)
        if "child" in values:
            values["child"] = values["child_id"] = self.names.get(values["child"], values["child"])
        if "helper" in values:
            values["helper"] = self.names.get(values["helper"], values["helper"])
        if "vehicles" in values:
            comma = ", " if self.language == "en" else "、"
            values["vehicles"] = comma.join(str(number) for number in values["vehicles"])
        return self.say(finding.code, **values, group=finding.group, vehicle=finding.vehicle)

    def _found(self, frame: pd.DataFrame) -> list[Any]:
        return list(frame.rename(columns={"values": "values_"}).itertuples(index=False))

    def verdict(self) -> Record:
        """How many rules hold, which do not, and why: the whole list on demand."""
        rules = outings.verdict(self.findings)
        kept, total = int(rules["holds"].sum()), len(rules)
        said = [self.sentence(finding) for finding in self._found(self.findings)]
        more = len(said) - SENTENCES
        pending = int((self.plan.going["consent"] == "pending").sum())
        return {
            "look": "good" if kept == total else "danger",
            "text": self.say("outing_all_hold" if kept == total else "outing_some_hold",
                             kept=kept, total=total),
            # safe groups are not enough to leave: every family has to agree first
            "wait": self.say("outing_waits_for_consents") if pending and kept == total else "",
            "findings": said[:SENTENCES],
            "more": self.say("outing_more_findings", count=more) if more > 0 else "",
            "pending": self.say("consents_pending", count=pending) if pending else "",
            "rules": [
                {"text": self.say(f"rule_outing_{rule.code}"), "holds": bool(rule.holds)}
                for rule in rules.itertuples(index=False)
            ],
        }  # fmt: skip

    # -- groups and vehicles -------------------------------------------------------------------

    def group_ids(self) -> list[int]:
        both = pd.concat([self.plan.going["group"], self.plan.adults["group"]])
        return sorted(int(group) for group in both.dropna().unique())

    def groups(self) -> list[Record]:
        return [self._group(group) for group in self.group_ids()]

    def _group(self, group: int) -> Record:
        adults = self.plan.adults[self.plan.adults["group"].eq(group)]
        children = self.plan.going[self.plan.going["group"].eq(group)]
        here = self._found(self.findings[self.findings["group"].eq(group)])
        apart = {f.values_.get("child") or f.values_.get("helper") for f in here}
        ratio = f"{len(adults)} : {len(children)}"
        vehicles = pd.concat([children["vehicle"], adults["vehicle"]]).dropna()
        lacks = any(f.code in ("too_few_adults", "ratio_broken") for f in here)
        return {
            "id": group,
            "title": self.say("group_number", n=group),
            "vehicle": int(vehicles.iloc[0]) if len(vehicles) else 1,
            "look": "danger" if here else "good",
            "ratio": self.say("group_unsafe", ratio=ratio) if here else ratio,
            "ratio_said": self.say("group_ratio", adults=len(adults), children=len(children)),
            "adults": [
                {"id": row.helper_id, "name": str(row.helper), "apart": row.helper_id in apart}
                for row in adults.itertuples(index=False)
            ],
            "children": [self._child(row, apart) for row in children.itertuples(index=False)],
            "findings": [self.sentence(finding) for finding in here],
            "lacks_adult": lacks,
        }

    def _child(self, row: Any, apart: set[Any]) -> Record:
        return {
            "id": row.child_id,
            "name": str(row.child),
            "note": " · ".join(texts_of(row.health, row.allergies)),
            "pending": self.say("consent_is_pending") if row.consent == "pending" else "",
            "apart": row.child_id in apart,
        }

    def vehicles(self) -> list[Record]:
        riders = pd.concat([self.plan.going["vehicle"], self.plan.adults["vehicle"]])
        faults = self._found(self.findings[self.findings["vehicle"].notna()])
        found = []
        for number, seats in enumerate(self.plan.outing.seats, start=1):
            people = int(riders.eq(number).sum())
            said = [self.sentence(f) for f in faults if f.vehicle == number]
            found.append(
                {
                    "id": number,
                    "title": self.say("vehicle_number", n=number),
                    "seats": self.say("vehicle_seats_count", count=seats),
                    "share": people / seats,
                    "text": f"{people} / {seats}",
                    "look": "danger" if said else "good",
                    "findings": said,
                }
            )
        return found

    def reasons(self) -> list[Record]:
        """Why children stay, counted, the most frequent first."""
        counts = self.plan.not_going["code"].value_counts()
        return [
            {"text": self.say(f"not_going_{code}"), "count": int(n)} for code, n in counts.items()
        ]

    # -- one person ----------------------------------------------------------------------------

    def targets(self, group: int | None) -> list[Record]:
        """The groups somebody can be put into, the own one left out."""
        ids = self.group_ids()
        return [
            {"id": one["id"], "text": f"{one['title']} · {one['ratio_said']}"}
            for one in self.groups()
            if one["id"] != group
        ] + [{"id": max(ids, default=0) + 1, "text": self.say("group_new")}]

    def person(self, person_id: str) -> Record:
        """Everything the panel of one person shows; empty when there is no such person."""
        for frame in (self.plan.going, self.plan.not_going):
            rows = frame[frame["child_id"].eq(person_id)]
            if len(rows):
                return self._child_panel(rows.iloc[0])
        rows = self.plan.adults[self.plan.adults["helper_id"].eq(person_id)]
        return self._adult_panel(rows.iloc[0]) if len(rows) else {}

    def _child_panel(self, row: pd.Series) -> Record:
        group = int(row["group"]) if "group" in row and pd.notna(row["group"]) else None
        state = str(row["consent"])
        age = "" if pd.isna(row["age"]) else self.say("age_years", count=int(row["age"]))
        where = self.say("group_number", n=group) if group else self.say("not_going_title")
        reason = "" if group else self.say(f"not_going_{row['code']}")
        helper = None if pd.isna(row["helper"]) else str(row["helper"])
        facts = [
            (self.say("outing_own_helper"), helper or self.say("nothing")),
            (tables.heading("children", "health", self.language), text_of(row["health"])),
            (tables.heading("children", "allergies", self.language), text_of(row["allergies"])),
        ]
        look, sign = CONSENT_LOOK.get(state, ("plain", "○"))
        word = tables.label("consent_state", state, self.language)
        return {
            "id": row["child_id"],
            "name": str(row["child"]),
            "subtitle": " · ".join(texts_of(age, where)),
            "reason": reason,
            "facts": [{"head": head, "text": text} for head, text in facts if text],
            "consent": {"look": look, "sign": sign, "text": word},
            "answers": [
                {"state": other, "text": self.say(f"answer_act_{other}")}
                for other in CONSENT_LOOK
                if other != state
            ],
            "goes": group is not None,
            "together": self.say("move_with_helper") if group and helper else "",
            "groups": self.targets(group),
            "child": True,
        }

    def _adult_panel(self, row: pd.Series) -> Record:
        group = int(row["group"])
        own = int(row["children"])
        together = self.say("move_with_children", count=own) if own else ""
        return {
            "id": row["helper_id"],
            "name": str(row["helper"]),
            "subtitle": " · ".join(texts_of(self.say("group_number", n=group), row["phone"])),
            "facts": [],
            "answers": [],
            "goes": True,
            "together": together,
            "groups": self.targets(group),
            "child": False,
        }


def text_of(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)


def texts_of(*values: Any) -> Iterable[str]:
    return [text for text in map(text_of, values) if text]
