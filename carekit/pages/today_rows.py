"""What today asks for, as frames and as tables: one list for each tile."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pandas as pd
from babel.dates import format_date

from carekit import pairing, people, tables
from carekit.pages import register_tables as register
from carekit.pages.kit import Column, Frames, Table, cells
from carekit.words import format_day, say

__all__ = ["LISTS", "PAPER_DAYS", "busiest", "frame", "short_day", "table"]

PAPER_DAYS = 30
BIRTHDAY_DAYS = 7
CONTACT_DAYS = 7
BUSIEST = 5
MISSING_SHOWN = 4
LISTS = ("waiting", "papers", "birthdays", "incomplete", "contacts", "outings")

Build = Callable[[Frames, dt.date], pd.DataFrame]


def frame(frames: Frames, name: str, today: dt.date) -> pd.DataFrame:
    """The rows of one list, each with a ``key``; made once until the store changes."""
    build: Build = _BUILD[name]
    return frames.keep(f"today/{name}/{today}", lambda read: build(frames, today))


def _waiting(frames: Frames, today: dt.date) -> pd.DataFrame:
    known = register.children(frames, today)
    left = pairing.waiting(known, frames.read("pairings"), pairing.VOLUNTEER, on=today)
    left = left.assign(key=left["child_id"], last=_names(frames, left["last_helper_id"]))
    return left.sort_values(["tier", "child_id"], ignore_index=True)


def _papers(frames: Frames, today: dt.date) -> pd.DataFrame:
    helpers, trainings = frames.read("helpers"), frames.read("trainings")
    ending = people.expiring(helpers, trainings, on=today, days=PAPER_DAYS)
    known = register.helpers(frames, today)[["helper_id", "name", "class_name", "village", "load"]]
    ending = ending.merge(known, on="helper_id", how="left")
    return ending.assign(key=ending["helper_id"] + "-" + ending["kind"])


def _birthdays(frames: Frames, today: dt.date) -> pd.DataFrame:
    known = register.children(frames, today)
    soon = people.birthdays(known, on=today, days=BIRTHDAY_DAYS)
    known = known[["child_id", "name", "class_name", "village", "helper"]]
    return soon.merge(known, on="child_id", how="left").assign(key=soon["child_id"])


def _incomplete(frames: Frames, today: dt.date) -> pd.DataFrame:
    known = register.children(frames, today)
    lacking = known[~known["closed"] & ~known["complete"]]
    count = lacking["missing"].str.count(";") + 1
    lacking = lacking.assign(key=lacking["child_id"], lacks=count)
    return lacking.sort_values(["lacks", "child_id"], ascending=[False, True], ignore_index=True)


def _contacts(frames: Frames, today: dt.date) -> pd.DataFrame:
    known = frames.read("contacts")
    day = pd.Timestamp(today)
    since = day - pd.Timedelta(days=CONTACT_DAYS)
    recent = known[known["day"].gt(since) & known["day"].le(day)]
    whose = register.children(frames, today).set_index("child_id")
    helper = _names(frames, recent["helper_id"])
    recent = recent.assign(key=recent["contact_id"], helper=helper)
    recent = recent.join(whose[["name", "class_name", "village"]], on="child_id")
    return recent.sort_values(["day", "key"], ascending=False, ignore_index=True)


def _names(frames: Frames, helper_id: pd.Series) -> pd.Series:
    helpers = frames.read("helpers")
    names = pd.Series(helpers["name"].to_list(), index=helpers["helper_id"], dtype="string")
    return helper_id.map(names)


def _outings(frames: Frames, today: dt.date) -> pd.DataFrame:
    known = frames.read("outings")
    coming = known[known["day"].ge(pd.Timestamp(today))]
    named = frames.read("outing_people")
    going = named.loc[named["group"].notna(), "outing_id"].value_counts()
    people_ = coming["outing_id"].map(going).fillna(0).astype("Int64")
    coming = coming.assign(key=coming["outing_id"], people=people_)
    return coming.sort_values(["day", "key"], ignore_index=True)


_BUILD: dict[str, Build] = {
    "waiting": _waiting,
    "papers": _papers,
    "birthdays": _birthdays,
    "incomplete": _incomplete,
    "contacts": _contacts,
    "outings": _outings,
}


def busiest(frames: Frames, today: dt.date) -> pd.DataFrame:
    """The helpers with a child whose places are fullest: + load, share of their places."""
    known = register.helpers(frames, today)
    known = known[~known["closed"] & known["load"].gt(0)]
    places = known["places"].astype("Float64")
    share = (known["load"] / places.where(places.gt(0))).fillna(1.0)
    known = known.assign(share=share)
    order = known.sort_values(["share", "load", "helper_id"], ascending=[False, False, True])
    return order.head(BUSIEST)


def short_day(day: dt.date, language: str) -> str:
    """A day of the coming weeks, without its year.

    >>> short_day(dt.date(2026, 4, 12), "en"), short_day(dt.date(2026, 4, 12), "zh")
    ('12 Apr', '4月12日')
    """
    return format_date(day, "d MMM" if language == "en" else "M月d日", locale=language)


# -- as tables -------------------------------------------------------------------------------------

CHILD = Column("child", "column_child", "name")


def table(name: str) -> Table:
    """The table of one list."""
    columns, record, more = _TABLES[name]
    people_ = {"searched": ["name", "village", "class_name"], "names": ["name", "village"]}
    # a few coming outings need no search
    searched: dict[str, Any] = {} if name == "outings" else people_
    return Table(columns, record, key="key", opens=True, rows_a_page=10, **searched, **more)


def _person(row: dict[str, Any]) -> cells.Cell:
    return cells.person(str(row["name"]), register.soft(row))


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _listed(parts: list[str], language: str) -> str:
    return (", " if language == "en" else "、").join(parts)


def _waiting_row(row: dict[str, Any], language: str) -> dict[str, Any]:
    needs = _text(row["needs"]).split(";")
    return {
        "child": _person(row),
        "tier": register.tier_chip(int(row["tier"]), language),
        "needs": _listed(
            [tables.label("need", code, language) for code in needs if code], language
        ),
        "last": _text(row["last"]),
    }


def _papers_row(row: dict[str, Any], language: str) -> dict[str, Any]:
    code = str(row["code"])
    over = code == "paper_expired"
    look = "danger" if over else "warn"
    act = [("leaving", say("today_stand_in", language))] if over and row["load"] > 0 else []
    return {
        "helper": _person(row),
        "kind": tables.label("training_kind", row["kind"], language),
        "until": format_day(row["until"].date(), language),
        "state": cells.chip(look, say(code, language)),
        "act": cells.actions(act) if act else "",
    }


def _birthdays_row(row: dict[str, Any], language: str) -> dict[str, Any]:
    return {
        "child": _person(row),
        "day": short_day(row["birthday"].date(), language),
        "turns": say("age_years", language, count=int(row["turns"])),
        "helper": _text(row["helper"]),
    }


def _incomplete_row(row: dict[str, Any], language: str) -> dict[str, Any]:
    titles = tables.sheet_columns("children")[language]
    missing = [str(titles[item]) for item in str(row["missing"]).split(";")]
    shown = missing[:MISSING_SHOWN] + ["…"] * (len(missing) > MISSING_SHOWN)
    return {
        "child": _person(row),
        "lacks": say("number", language, n=int(row["lacks"])),
        "missing": _listed(shown, language),
    }


def _contacts_row(row: dict[str, Any], language: str) -> dict[str, Any]:
    return {
        "child": _person(row),
        "day": short_day(row["day"].date(), language),
        "kind": tables.label("contact_kind", row["kind"], language),
        "helper": _text(row["helper"]),
    }


def _outings_row(row: dict[str, Any], language: str) -> dict[str, Any]:
    going, places = int(row["people"]), int(row["places"])
    look = "warn" if going > places else "good"
    return {
        "title": cells.person(str(row["title"]), _text(row["destination"])),
        "day": format_day(row["day"].date(), language),
        "people": cells.bar(going / places, f"{going} / {places}", look),
    }


_TIERS: dict[str, Any] = {
    "all": lambda f: f["tier"].notna(),
    "tier_1": lambda f: f["tier"].eq(1),
    "tier_2": lambda f: f["tier"].eq(2),
    "tier_3": lambda f: f["tier"].eq(3),
}
_TABLES: dict[str, tuple[list[Column], Any, dict[str, Any]]] = {
    "waiting": (
        [
            CHILD,
            Column("tier", "column_tier", "tier"),
            Column("needs", ("children", "needs")),
            Column("last", "column_last_helper"),
        ],
        _waiting_row,
        {"caption": "today_waiting", "empty": "none_waiting", "filters": _TIERS},
    ),
    "papers": (
        [
            Column("helper", "column_helper", "name"),
            Column("kind", "column_paper", "kind"),
            Column("until", ("trainings", "until"), "until"),
            Column("state", "column_state"),
            Column("act", "column_act"),
        ],
        _papers_row,
        {"caption": "today_papers", "empty": "none_papers"},
    ),
    "birthdays": (
        [
            CHILD,
            Column("day", "column_birthday", "birthday"),
            Column("turns", "column_turns", "turns"),
            Column("helper", "column_helper", "helper"),
        ],
        _birthdays_row,
        {"caption": "today_birthdays", "empty": "none_birthdays"},
    ),
    "incomplete": (
        [
            CHILD,
            Column("lacks", "column_lacks", "lacks", look="number"),
            Column("missing", "column_missing"),
        ],
        _incomplete_row,
        {"caption": "today_incomplete", "empty": "none_incomplete"},
    ),
    "contacts": (
        [
            CHILD,
            Column("day", ("contacts", "day"), "day"),
            Column("kind", ("contacts", "kind"), "kind"),
            Column("helper", ("contacts", "helper_id"), "helper"),
        ],
        _contacts_row,
        {"caption": "today_contacts", "empty": "none_contacts"},
    ),
    "outings": (
        [
            Column("title", ("outings", "title"), "title"),
            Column("day", ("outings", "day"), "day"),
            Column("people", "column_people"),
        ],
        _outings_row,
        {"caption": "today_outings", "empty": "none_outings"},
    ),
}
