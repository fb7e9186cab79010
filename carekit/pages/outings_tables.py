"""The tables of the outings view: the outings, who goes and who does not, spare adults."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from carekit import outings, tables
from carekit.pages.kit import Column, Table, cells
from carekit.pages.outings_words import CONSENT_LOOK, text_of
from carekit.words import format_day, say

__all__ = ["outing_table", "people_frame", "people_table", "spare_table"]

Row = dict[str, Any]

# What a family may say next, from where its consent stands.
NEXT = {
    "pending": ("given", "refused"),
    "given": ("withdrawn",),
    "refused": ("given",),
    "withdrawn": ("given",),
}


def outing_table() -> Table:
    """Every outing, the latest first."""

    def record(row: Row, language: str) -> Row:
        return {
            "title": cells.person(str(row["title"]), str(row["outing_id"])),
            "day": format_day(row["day"], language),
            "destination": text_of(row["destination"]),
            "places": str(row["places"]),
        }

    return Table(
        [
            Column("title", ("outings", "title"), "title"),
            Column("day", ("outings", "day"), "day"),
            Column("destination", ("outings", "destination"), "destination"),
            Column("places", ("outings", "places"), "places", look="number"),
        ],
        record,
        key="outing_id",
        caption="outings_title",
        hint="search_outings",
        searched=["title", "destination", "outing_id"],
        names=["title"],
        opens=True,
    )


def people_frame(plan: outings.Plan) -> pd.DataFrame:
    """Every child with an open file or a place: going (``group``) or not (``code``)."""
    going = plan.going.assign(code="", blocked_by="", goes=True)
    nowhere = pd.Series(pd.NA, index=plan.not_going.index, dtype="Int64")
    home = plan.not_going.assign(group=nowhere, vehicle=nowhere, goes=False)
    found = pd.concat([frame for frame in (going, home[going.columns]) if len(frame)] or [going])
    able = found["code"].isin(["", "not_chosen", "no_places"])
    return found.assign(able=able).sort_values(["tier", "child_id"], ignore_index=True)


def people_table(planned: Callable[[], bool]) -> Table:
    """Children of an outing with their consent; ``planned()``: groups are made already."""

    def record(row: Row, language: str) -> Row:
        look, _ = CONSENT_LOOK.get(str(row["consent"]), ("plain", ""))
        consent = cells.chip(look, tables.label("consent_state", str(row["consent"]), language))
        consent["sign"] = CONSENT_LOOK[str(row["consent"])][1]
        return {
            "child": cells.person(str(row["child"]), str(row["child_id"])),
            "goes": _goes(row, language, planned()),
            "helper": text_of(row["helper"]),
            "consent": consent,
            "answer": cells.actions(
                [(one, say(f"answer_act_{one}", language)) for one in NEXT[str(row["consent"])]]
            ),
        }

    return Table(
        [
            Column("child", ("outing_people", "child_id"), "child"),
            Column("goes", "outing_goes", "goes"),
            Column("helper", ("outing_people", "helper_id"), "helper"),
            Column("consent", ("consents", "state"), "consent"),
            Column("answer", "outing_record_answer"),
        ],
        record,
        key="child_id",
        caption="step_outing_people",
        searched=["child", "child_id", "helper"],
        names=["child", "helper"],
        filters={
            "outing_all": lambda frame: frame["child_id"].notna(),
            # before there are groups: who could go
            "outing_going": lambda frame: frame["goes" if planned() else "able"],
            "outing_home": lambda frame: ~frame["goes" if planned() else "able"],
            "outing_pending": lambda frame: frame["consent"].eq("pending"),
        },
        opens=True,
    )


def _goes(row: Row, language: str, planned: bool) -> Row:
    if row["goes"]:
        return cells.chip("good", say("group_number", language, n=int(row["group"])))
    if not planned and row["able"]:
        return cells.chip("plain", say("outing_can_go", language))
    look = "plain" if row["able"] else "warn"
    why = say(f"not_going_{row['code']}", language)
    if row["code"] == "helper_not_ready" and text_of(row["blocked_by"]):
        papers = [say(f"blocked_{code}", language) for code in str(row["blocked_by"]).split(";")]
        why = " · ".join([why, *filter(None, papers)])
    return cells.chip(look, why)


def spare_table() -> Table:
    """Ready adults who could still come along."""

    def record(row: Row, language: str) -> Row:
        return {"name": cells.person(str(row["name"]), text_of(row["phone"]))}

    return Table(
        [Column("name", ("helpers", "name"), "name")],
        record,
        key="helper_id",
        caption="adult_add",
        empty="adults_none_spare",
        searched=["name", "helper_id"],
        names=["name"],
        rows_a_page=8,
        opens=True,
    )
