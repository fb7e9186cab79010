"""The lists of a class in words: children, the contact table (R4, R6), forms, outings."""

import datetime as dt
from typing import Any

import pandas as pd

from carekit import tables
from carekit.pages import care_words as words
from carekit.pages import myclass_rows as rows
from carekit.pages import near_rows
from carekit.pages.kit import Column, Frames, Table, cells
from carekit.pages.outings_words import CONSENT_LOOK
from carekit.pages.register_words import empty
from carekit.pages.today_rows import short_day
from carekit.words import format_day, say

__all__ = ["LISTS", "adults", "place", "table"]

LISTS = ("children", "contacts", "forms", "away")
PARENTS = ("father", "mother")
ROW_FACTS = ("workplace", "occupation", "address")
Row = dict[str, Any]


def table(name: str, frames: Frames, today: dt.date) -> Table:
    """One of ``LISTS`` as it is shown."""
    return {"children": _children, "contacts": _contacts, "forms": _forms, "away": _away}[name](
        frames, today
    )


def _children(frames: Frames, today: dt.date) -> Table:
    def record(row: Row, language: str) -> Row:
        helpers = near_rows.calls_of_helpers(frames, row, today, language)
        none = cells.chip("plain", say("unpaired", language))
        return {
            "child": cells.person(str(row["name"]), place(row, language)),
            "helper": cells.calls(helpers) if helpers else none,
            "last": words.last(row, language) if helpers or not empty(row["days"]) else "",
        }

    return Table(
        [
            Column("child", ("children", "name"), "name"),
            Column("helper", "column_helper", "helper"),
            Column("last", "column_last_contact", "days"),
        ],
        record,
        key="child_id",
        caption="section_children",
        searched=["name", "village", "helper"],
        names=["name", "village", "helper"],
        hint="myclass_hint",
        filters={
            "all": lambda frame: frame["child_id"].notna(),
            "quiet": lambda frame: frame["quiet"],
            "unpaired": lambda frame: frame["helper_ids"].isna(),
        },
        opens=True,
        rows_a_page=60,
    )


def place(row: Row, language: str) -> str:
    """Age and village: the class is known."""
    return words.place({**row, "class_name": pd.NA}, language)


def adults(frames: Frames, child_id: str, language: str) -> list[dict[str, str]]:
    """Whom to call about a child, with facts: where they work and live."""
    known = frames.read("guardians").set_index("guardian_id")
    said = words.adults(frames, child_id, language)
    return [
        {
            **one,
            "kind": str(known.at[one["id"], "role"]),
            "facts": " · ".join(
                str(known.at[one["id"], column])
                for column in ROW_FACTS
                if column in known and not empty(known.at[one["id"], column])
            ),
        }
        for one in said
    ]


def _contacts(frames: Frames, today: dt.date) -> Table:
    def record(row: Row, language: str) -> Row:
        phone = "" if empty(row["phone"]) else str(row["phone"])
        called = say("care_call", language, name=str(row["name"]))
        home = {"id": "home", "name": "", "role": "", "tel": phone, "call": called}
        known = adults(frames, str(row["child_id"]), language)
        parents = [one for one in known if one["kind"] in PARENTS]
        others = [one for one in known if one["kind"] not in PARENTS]
        return {
            "child": cells.person(str(row["name"])),
            "phone": cells.calls([home]) if phone else "",
            "parents": cells.calls(parents) if parents else "",
            "others": cells.calls(others) if others else "",
        }

    # A column nobody has a number in would only take room.
    some = near_rows.children(frames, today)["phone"].notna().any()
    return Table(
        [
            Column("child", ("children", "name"), "name"),
            *([Column("phone", ("children", "phone"))] if some else []),
            Column("parents", "column_parents"),
            Column("others", "column_guardians"),
        ],
        record,
        key="child_id",
        caption="myclass_contacts",
        searched=["name", "village", "helper"],
        names=["name", "village", "helper"],
        hint="myclass_hint",
        opens=True,
        rows_a_page=60,
    )


def _forms(frames: Frames, today: dt.date) -> Table:
    return Table(
        [
            Column("child", ("consents", "child_id"), "name"),
            Column("what", ("consents", "purpose"), "purpose"),
            Column("state", ("consents", "state"), "state"),
            Column("day", ("consents", "day"), "day"),
        ],
        _form,
        key="key",
        caption="myclass_forms",
        empty="myclass_no_forms",
        searched=["name", "title"],
        names=["name"],
        hint="myclass_forms_hint",
        filters={
            "forms_out": lambda frame: frame["state"].eq(rows.OUT),
            "all": lambda frame: frame["key"].notna(),
        },
        opens=True,
        rows_a_page=60,
    )


def _form(row: Row, language: str) -> Row:
    look, sign = CONSENT_LOOK.get(str(row["state"]), ("plain", "○"))
    what = tables.label("consent_purpose", str(row["purpose"]), language)
    title = row["outing_id"] if empty(row["title"]) else row["title"]
    day = "" if empty(row["away"]) else short_day(row["away"].date(), language)
    trip = " · ".join(str(one) for one in (title, day) if not empty(one))
    state = tables.label("consent_state", str(row["state"]), language)
    return {
        "child": cells.person(str(row["name"])),
        "what": cells.person(what, trip),
        "state": {**cells.chip(look, state), "sign": sign},
        "day": "" if empty(row["day"]) else format_day(row["day"].date(), language),
    }


def _away(frames: Frames, today: dt.date) -> Table:
    return Table(
        [
            Column("outing", ("outings", "title"), "title"),
            Column("day", ("outings", "day"), "day"),
            Column("names", "column_children"),
        ],
        _trip,
        key="outing_id",
        caption="myclass_away",
        empty="myclass_nobody_away",
        filters={
            "away_coming": lambda frame: frame["coming"],
            "all": lambda frame: frame["outing_id"].notna(),
        },
        rows_a_page=60,
    )


def _trip(row: Row, language: str) -> Row:
    hours = "–".join(str(row[c]) for c in ("starts", "ends") if not empty(row[c]))
    day = format_day(row["day"].date(), language)
    place = "" if empty(row["destination"]) else str(row["destination"])
    names: str = "" if pd.isna(row["names"]) else str(row["names"])
    comma: str = names.replace("、", ", ") if language == "en" else names
    count = say("unit_children_count", language, count=int(row["children"]))
    return {
        "outing": cells.person(str(row["title"]), place),
        "day": cells.person(day, hours),
        "names": cells.person(count, comma),
    }
