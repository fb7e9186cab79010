"""The two lists of the register: what a row needs to know, and how it reads."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pandas as pd

from carekit import dates, pairing, people, tables
from carekit.pages.kit import Column, Frames, Table, cells
from carekit.words import say

__all__ = ["EMPTY", "EXPIRING_DAYS", "children", "helpers", "places", "table"]

EXPIRING_DAYS = 30
BIRTHDAY_DAYS = 7
EMPTY = {"children": "children_none", "helpers": "helpers_none"}
Read = Callable[[str], pd.DataFrame]

NAMED = 2  # so many missing items are named in a list


def places(frames: Frames) -> dict[str, dict[str, str]]:
    """Names of villages, classes and schools by id, for sentences: table -> id -> name.

    Places the person may not read have no names.
    """

    def named(read: Read) -> dict[str, dict[str, str]]:
        may = frames.store.policy().scopes
        out: dict[str, Any] = {
            name: read(name).set_index(tables.key(name))["name"].to_dict() if may(name) else {}
            for name in ("villages", "schools", "classes")
        }
        if not out["classes"]:
            return out
        classes = read("classes")
        # Many schools have a 1班: with more than one school its name comes first.
        if len(out["schools"]) > 1:
            schools = classes["school_id"].map(out["schools"]).fillna("")
            both = (schools + " " + classes["name"]).str.strip()
            out["classes"] = dict(zip(classes["class_id"], both, strict=True))
        return out

    return frames.keep("register/places", named)


def children(frames: Frames, today: dt.date) -> pd.DataFrame:
    """Every child with class, village, age, tier, complete, missing, helper, closed, birthday."""

    def build(read: Read) -> pd.DataFrame:
        known = people.priority(people.completeness(read("children"), read("guardians")))
        active = read("pairings")
        active = active[pairing.active(active, today)]
        names = read("helpers").set_index("helper_id")["name"]
        whose = active["helper_id"].map(names).groupby(active["child_id"]).agg("、".join)
        soon = people.birthdays(known, on=today, days=BIRTHDAY_DAYS)
        return _placed(frames, known).assign(
            age=dates.age(known["birth_date"], today),
            helper=known["child_id"].map(whose).astype("string"),
            closed=known["closed_on"].le(pd.Timestamp(today)),
            birthday=known["child_id"].isin(soon["child_id"]),
        )

    return frames.keep(f"register/children/{today}", build)


def helpers(frames: Frames, today: dt.date) -> pd.DataFrame:
    """Every helper with place, ready, blocked_by, until (papers), loads, complete, closed."""

    def build(read: Read) -> pd.DataFrame:
        known = people.helper_completeness(read("helpers"))
        known = people.readiness(known, read("trainings"), on=today)
        ending = people.expiring(known, read("trainings"), on=today, days=EXPIRING_DAYS)
        first = ending.drop_duplicates("helper_id").set_index("helper_id")
        first = first.reindex(known["helper_id"]).set_axis(known.index)
        pairings = read("pairings")
        active = pairings[pairing.active(pairings, today)]
        load = known["helper_id"].map(active["helper_id"].value_counts()).fillna(0)
        return _placed(frames, known).assign(
            until=first["until"],
            ends=first["kind"],
            load=load.astype("Int64"),
            closed=known["closed_on"].le(pd.Timestamp(today)),
        )

    return frames.keep(f"register/helpers/{today}", build)


def _placed(frames: Frames, known: pd.DataFrame) -> pd.DataFrame:
    names = places(frames)
    return known.assign(
        village=known["village_id"].map(names["villages"]).astype("string"),
        class_name=known["class_id"].map(names["classes"]).astype("string"),
    )


def table(name: str) -> Table:
    """The list of ``children`` or ``helpers`` as it is shown."""
    if name == "children":
        columns = [
            Column("name", ("children", "name"), "name"),
            Column("age", "column_age", "birth_date", "number"),
            Column("tier", "column_tier", "tier"),
            Column("helper", "column_helper", "helper"),
            Column("card", "column_card", "missing"),
        ]
        filters = {
            "open": lambda f: ~f["closed"],
            "incomplete": lambda f: ~f["closed"] & ~f["complete"],
            "unpaired": lambda f: ~f["closed"] & f["helper"].isna(),
            "birthday": lambda f: f["birthday"],
            "closed": lambda f: f["closed"],
        }
        record = _child
    else:
        columns = [
            Column("name", ("helpers", "name"), "name"),
            Column("phone", ("helpers", "phone"), None),
            Column("papers", "column_papers", "blocked_by"),
            Column("load", "column_load", "load"),
            Column("card", "column_card", "missing"),
        ]
        filters = {
            "open": lambda f: ~f["closed"],
            "incomplete": lambda f: ~f["closed"] & ~f["complete"],
            "not_ready": lambda f: ~f["closed"] & ~f["ready"],
            "expiring": lambda f: ~f["closed"] & f["until"].notna(),
            "closed": lambda f: f["closed"],
        }
        record = _helper
    return Table(
        columns,
        record,
        key=tables.key(name),
        caption=f"section_{name}",
        empty="no_rows",
        searched=["name", "village", "class_name", tables.key(name)],
        names=["name", "village"],
        filters=filters,
        opens=True,
    )


def _child(row: dict[str, Any], language: str) -> dict[str, Any]:
    return {
        "name": cells.person(row["name"], soft(row)),
        "age": "" if pd.isna(row["age"]) else str(row["age"]),
        "tier": tier_chip(int(row["tier"]), language),
        "helper": _whose(row, language),
        "card": card_chip(row, language),
    }


def _helper(row: dict[str, Any], language: str) -> dict[str, Any]:
    kind = tables.label("helper_kind", row["kind"], language)
    places_ = row["places"]
    most = 0 if pd.isna(places_) else int(places_)
    load = int(row["load"])
    share = load / most if most else float(load > 0)
    return {
        "name": cells.person(row["name"], " · ".join([kind, *filter(None, [soft(row)])])),
        "phone": "" if pd.isna(row["phone"]) else row["phone"],
        "papers": "" if row["closed"] else papers_chip(row, language),
        "load": cells.bar(share, f"{load} / {most if most else '–'}", _full(load, most)),
        "card": card_chip(row, language),
    }


def _full(load: int, most: int) -> str:
    return "warn" if load and load >= most else "good"


def _whose(row: dict[str, Any], language: str) -> Any:
    if not pd.isna(row["helper"]):
        return row["helper"]
    return "" if row["closed"] else cells.chip("plain", say("unpaired", language))


def soft(row: dict[str, Any]) -> str:
    """Where somebody belongs: class and village."""
    return " · ".join(str(row[c]) for c in ("class_name", "village") if not pd.isna(row[c]))


def tier_chip(tier: int, language: str) -> dict[str, Any]:
    """How urgently a child waits (M7)."""
    return cells.chip({1: "danger", 2: "warn"}.get(tier, "plain"), say(f"tier_{tier}", language))


def card_chip(row: dict[str, Any], language: str) -> dict[str, Any]:
    """Whether a card is closed, complete, or how much it lacks."""
    if row["closed"]:
        return cells.chip("plain", say("file_closed", language))
    if row["complete"]:
        return cells.chip("good", say("card_complete", language))
    items = row["missing"].split(";")
    if len(items) > NAMED:
        return cells.chip("warn", say("card_missing", language, count=len(items)))
    titles = tables.sheet_columns("children" if "child_id" in row else "helpers")[language]
    named = [str(titles[item]) for item in items]
    return cells.chip("warn", say("card_missing_named", language, items=named))


def papers_chip(row: dict[str, Any], language: str) -> dict[str, Any]:
    """Whether a helper may meet a child today, and what stands in the way first."""
    if not row["ready"]:
        first = str(row["blocked_by"]).split(";")[0]
        more = str(row["blocked_by"]).count(";")
        said = say(f"blocked_{first}", language)
        return cells.chip("danger", said + (f" +{more}" if more else ""))
    if not pd.isna(row["until"]):
        what = tables.label("training_kind", row["ends"], language)
        day = f"{row['until']:%Y-%m-%d}"
        return cells.chip("warn", say("paper_ends", language, what=what, day=day))
    return cells.chip("good", say("papers_good", language))
