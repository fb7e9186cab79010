"""The lists of the care view: children with their last contact, helpers with their load."""

from typing import Any

import pandas as pd

from carekit import tables
from carekit.pages import care_words as words
from carekit.pages import register_tables as register
from carekit.pages.kit import Column, Table, cells
from carekit.words import format_day, say

__all__ = ["children", "contacts", "helpers"]


def children() -> Table:
    """Children and when somebody was last there."""
    return Table(
        [
            Column("child", ("children", "name"), "name"),
            Column("helper", ("helpers", "name"), "helper"),
            Column("last", "column_last_contact", "days"),
            Column("contacts", "column_contacts_lately", "contacts", look="number"),
            Column("log", "column_log"),
        ],
        _child,
        key="child_id",
        caption="care_children",
        empty="care_no_children",
        searched=["name", "village", "class_name", "helper"],
        names=["name", "village", "helper"],
        filters={
            "paired": lambda frame: frame["helper_ids"].notna(),
            "quiet": lambda frame: frame["quiet"],
            "unpaired": lambda frame: frame["helper_ids"].isna(),
            "all": lambda frame: frame["child_id"].notna(),
        },
        opens=True,
    )


def _child(row: dict[str, Any], language: str) -> dict[str, Any]:
    return {
        "child": cells.person(str(row["name"]), register.soft(row)),
        "helper": "" if pd.isna(row["helper"]) else str(row["helper"]),
        "last": words.last(row, language),
        "contacts": say("number", language, n=int(row["contacts"])),
        "log": cells.actions([("log", say("log_contact_short", language))]),
    }


def helpers() -> Table:
    """Helpers and what they carry."""
    return Table(
        [
            Column("helper", ("helpers", "name"), "name"),
            Column("children", "column_children_count", "children", look="number"),
            Column("load", "column_owed", "share"),
            Column("outings", "column_outings_count", "outings", look="number"),
            Column("contacts", "column_contacts_lately", "contacts", look="number"),
            Column("minutes", "column_minutes_lately", "minutes", look="number"),
        ],
        _helper,
        key="helper_id",
        caption="care_helpers",
        empty="care_no_helpers",
        searched=["name", "village", "class_name"],
        names=["name", "village"],
        filters={
            "caring": lambda frame: frame["children"].gt(0),
            "over": lambda frame: frame["over"],
            "all": lambda frame: frame["helper_id"].notna(),
        },
        opens=True,
    )


def _helper(row: dict[str, Any], language: str) -> dict[str, Any]:
    kind = tables.label("helper_kind", str(row["kind"]), language)
    return {
        "helper": cells.person(
            str(row["name"]), " · ".join(filter(None, [kind, register.soft(row)]))
        ),
        "load": words.load_bar(row, language),
        **{
            name: say("number", language, n=int(row[name]))
            for name in ("children", "outings", "contacts", "minutes")
        },
    }


def contacts() -> Table:
    """The contacts of the last days."""
    return Table(
        [
            Column("child", ("contacts", "child_id"), "name"),
            Column("day", ("contacts", "day"), "day"),
            Column("kind", ("contacts", "kind"), "kind"),
            Column("helper", ("contacts", "helper_id"), "helper"),
            Column("minutes", ("contacts", "minutes"), "minutes", look="number"),
        ],
        _contact,
        key="contact_id",
        caption="care_contacts",
        empty="none_contacts",
        searched=["name", "village", "class_name", "helper"],
        names=["name", "village", "helper"],
        opens=True,
    )


def _contact(row: dict[str, Any], language: str) -> dict[str, Any]:
    minutes = row["minutes"]
    return {
        "child": cells.person(str(row["name"]), register.soft(row)),
        "day": format_day(row["day"].date(), language),
        "kind": tables.label("contact_kind", str(row["kind"]), language),
        "helper": "" if pd.isna(row["helper"]) else str(row["helper"]),
        "minutes": "" if pd.isna(minutes) else say("number", language, n=int(minutes)),
    }
