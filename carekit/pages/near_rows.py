"""Children as far as a person may see them, with who stands by them: for a class, for counselling.

Of the tables a role reads, some columns may be missing; these rows take what is there.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from carekit import care, dates, tables
from carekit.pages import register_tables as register
from carekit.pages.kit import Frames
from carekit.pages.register_words import empty, spoken
from carekit.words import format_day, say

__all__ = ["LATELY", "calls_of_helpers", "children", "facts", "lately"]

LATELY = 10  # events that are shown of a child
Read = Callable[[str], pd.DataFrame]
Row = Mapping[str, Any]


def children(frames: Frames, today: dt.date) -> pd.DataFrame:
    """Every child of an open file that may be read: standing, age, class, village and helpers.

    ``helper`` are the helpers' names, to be searched; columns that may not be read are empty.
    """

    def build(read: Read) -> pd.DataFrame:
        known = read("children")
        known = known.reindex(columns=[c for c in tables.empty("children") if c in known])
        for column in ("village_id", "class_id", "health", "allergies", "circumstances"):
            if column not in known:
                known[column] = pd.Series(pd.NA, index=known.index, dtype="string")
        if "closed_on" not in known:  # then closed files are not given at all
            known["closed_on"] = pd.Series(pd.NaT, index=known.index, dtype="datetime64[us]")
        stands = care.standing(known, read("pairings"), read("contacts"), on=today)
        names = register.places(frames)
        helpers = read("helpers").set_index("helper_id")["name"]
        joined = stands.join(known.drop(columns="child_id"))
        said = joined["helper_ids"].map(lambda ids: _named(str(ids), helpers), na_action="ignore")
        joined = joined.assign(
            age=dates.age(joined["birth_date"], today),
            class_name=joined["class_id"].map(names["classes"]).astype("string"),
            village=joined["village_id"].map(names["villages"]).astype("string"),
            helper=said.astype("string"),
        )
        return joined.sort_values(["name", "child_id"])

    return frames.keep(f"near/children/{today}", build)


def _named(ids: str, names: pd.Series) -> str:
    return "、".join(str(names.get(one, one)) for one in ids.split(";"))


def calls_of_helpers(
    frames: Frames, child: Row, today: dt.date, language: str
) -> list[dict[str, str]]:
    """The helpers of a child today: id, name, role (in which scheme, since when), tel, call."""
    if empty(child["helper_ids"]):
        return []
    known = frames.read("helpers").set_index("helper_id")
    own = frames.read("pairings")
    own = own[own["child_id"].eq(child["child_id"]) & care.active(own, today)]
    out = []
    for helper in str(child["helper_ids"]).split(";"):
        row = known.loc[helper] if helper in known.index else pd.Series(dtype=object)
        schemes = own.loc[own["helper_id"].eq(helper), "scheme"].unique()
        name = str(row.get("name", helper))
        out.append(
            {
                "id": helper,
                "name": name,
                "role": _listed([tables.label("scheme", str(s), language) for s in schemes]),
                "tel": "" if empty(row.get("phone")) else str(row["phone"]),
                "call": say("care_call", language, name=name),
            }
        )
    return out


def _listed(said: Iterable[str]) -> str:
    return " · ".join(said)


def facts(child: Row, columns: Iterable[str], frames: Frames, language: str) -> list[Row]:
    """What is stored of a child, as heading and text; empty cells are left out."""
    names = register.places(frames)
    return [
        {
            "text": tables.heading("children", column, language),
            "value": spoken("children", column, child[column], names, language),
            "tel": str(child[column]) if column == "phone" else "",
        }
        for column in columns
        if column in child and not empty(child[column])
    ]


def lately(frames: Frames, child_id: str, today: dt.date, language: str) -> list[dict[str, str]]:
    """When somebody was there last: newest first, without what was said."""
    told = frames.read("contacts")
    told = told[told["child_id"].eq(child_id) & told["day"].le(pd.Timestamp(today))]
    told = told.assign(met=care.reached(told)).sort_values("day", ascending=False).head(LATELY)
    names = frames.read("helpers").set_index("helper_id")["name"]
    return [
        {
            "id": str(row["contact_id"]),
            "day": format_day(row["day"].date(), language),
            "kind": tables.label("contact_kind", str(row["kind"]), language),
            "helper": str(names.get(row["helper_id"], "")),
            "missed": "" if row["met"] else say("event_attempt", language),
        }
        for row in told.to_dict("records")
    ]
