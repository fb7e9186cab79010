"""Care in words: how a child stands, its time line, whom to call."""

import datetime as dt
from typing import Any

import pandas as pd

from carekit import people, tables
from carekit.pages import care_rows as rows
from carekit.pages import register_tables as register
from carekit.pages.kit import Frames, cells
from carekit.words import format_day, say

__all__ = ["adults", "chips", "last", "last_said", "load_bar", "place", "timeline"]

EVENTS_SHOWN = 50
FULL = 0.9  # of the hours offered
LOOKS = {"contact": "good", "attempt": "warn", "paired": "plain", "ended": "plain"}
WORDS = {"paired": "event_paired", "ended": "event_ended"}
Row = dict[str, Any]


def last(row: Row, language: str) -> cells.Cell:
    """When somebody was last there, as a state."""
    if pd.isna(row["helper_ids"]) and pd.isna(row["days"]):
        return cells.chip("plain", say("contact_waiting_helper", language))
    if pd.isna(row["days"]):
        return cells.chip("danger" if row["quiet"] else "plain", say("contact_never", language))
    days = int(row["days"])
    if row["quiet"]:
        return cells.chip("danger", say("contact_quiet", language, count=days))
    said = say("contact_days_ago", language, count=days) if days else say("contact_today", language)
    return cells.chip("plain" if pd.isna(row["helper_ids"]) else "good", said)


def last_said(row: Row, language: str) -> cells.Cell:
    """The same, where no heading stands above it."""
    cell = last(row, language)
    if pd.isna(row["days"]):
        return cell
    return {**cell, "text": f"{say('mine_last', language)} · {cell['text']}"}


def place(row: Row, language: str) -> str:
    """Age, class and village of a child."""
    age: list[str] = (
        [] if pd.isna(row["age"]) else [say("age_years", language, count=int(row["age"]))]
    )
    return " · ".join([*age, *filter(None, [register.soft(row)])])


def chips(row: Row, language: str) -> list[cells.Cell]:
    """What whoever meets the child must know."""
    said = people.ailments(pd.Series({c: row[c] for c in ("allergies", "health")}, dtype="string"))
    return [
        cells.chip("warn", f"{tables.heading('children', str(column), language)} · {text}")
        for column, text in said.dropna().items()
    ]


def load_bar(row: Row, language: str) -> cells.Cell:
    """Minutes a week that are owed, of those offered."""
    hours = row["hours_a_week"]
    share: float = 0.0 if pd.isna(row["share"]) else float(row["share"])
    offered: str = "–" if pd.isna(hours) else say("number", language, n=round(float(hours) * 60))
    owed = say("number", language, n=int(row["minutes_a_week"]))
    look = "danger" if row["over"] else "warn" if share >= FULL else "good"
    return cells.bar(1.0 if row["over"] else share, f"{owed} / {offered}", look)


def adults(frames: Frames, child_id: str, language: str) -> list[dict[str, str]]:
    """Whom to call about a child; ``tel`` is empty where nobody wrote a number down."""
    out = []
    for row in rows.adults(frames, child_id).to_dict("records"):
        role = tables.label("guardian_role", str(row["role"]), language)
        relation = row["relation"]
        if not pd.isna(relation) and relation != "parent":
            role = f"{role} · {tables.label('relation', str(relation), language)}"
        name = "" if pd.isna(row["name"]) else str(row["name"])
        out.append(
            {
                "id": str(row["guardian_id"]),
                "name": name,
                "role": role,
                "tel": "" if pd.isna(row["phone"]) else str(row["phone"]),
                "call": say("care_call", language, name=name or role),
            }
        )
    return out


def timeline(frames: Frames, child_id: str, today: dt.date, language: str) -> tuple[list[Row], str]:
    """The newest events of a child, and what to say when there are more."""
    found = rows.events(frames, child_id, today)
    shown: list[Row] = found.head(EVENTS_SHOWN).to_dict("records")  # type: ignore[assignment]
    more = ""
    if len(found) > len(shown):
        more = say("timeline_newest", language, shown=len(shown), count=len(found))
    return [_event(row, language) for row in shown], more


def _event(row: Row, language: str) -> Row:
    what = str(row["event"])
    look = LOOKS.get(what, "plain")
    title, state = _titled(row, what, language)
    return {
        "id": f"{row['event_id']}-{what}",
        "kind": what,
        "day": format_day(row["day"].date(), language),
        "look": look,
        "sign": cells.SIGNS[look],
        "title": title,
        "state": state,
        "text": "" if pd.isna(row["helper"]) else str(row["helper"]),
        "note": "" if pd.isna(row["note"]) else str(row["note"]),
    }


def _titled(row: Row, what: str, language: str) -> tuple[str, str]:
    """A line, and a word on its state where it has one."""
    if what == "outing":
        return str(row["title"]), say("event_coming", language) if row["coming"] else ""
    if what in WORDS:
        scheme = tables.label("scheme", str(row["kind"]), language)
        state = say("event_coming", language) if row["coming"] else ""
        return f"{say(WORDS[what], language)} · {scheme}", state
    said = [tables.label("contact_kind", str(row["kind"]), language)]
    if not pd.isna(row["partner"]):
        said.append(tables.label("contact_partner", str(row["partner"]), language))
    if not pd.isna(row["minutes"]):
        said.append(say("event_minutes", language, count=int(row["minutes"])))
    return " · ".join(said), say("event_attempt", language) if what == "attempt" else ""
