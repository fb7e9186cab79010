"""One person's card in words: facts, what is missing, adults or papers, pairings, changes."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from carekit import pairing, people, tables
from carekit.pages import register_tables as lists
from carekit.pages.kit import Frames, cells
from carekit.pages.register_forms import CHILD, HELPER
from carekit.pages.register_words import Names, empty, history, spoken
from carekit.words import format_day, say

__all__ = ["card"]

ROLES = ("guardian", "father", "mother", "second", "emergency")


def card(frames: Frames, table: str, key: str, today: dt.date, language: str) -> dict[str, Any]:
    """Everything the panel shows of one child or helper."""
    frame = (lists.children if table == "children" else lists.helpers)(frames, today)
    row: dict[str, Any] = frame[frame[tables.key(table)].eq(key)].iloc[0].to_dict()  # type: ignore[assignment]
    names = lists.places(frames)
    child = table == "children"
    parts = frames.read("guardians" if child else "trainings")
    parts = parts[parts[tables.key(table)].eq(key)]
    return {
        "table": table,
        "key": key,
        "title": row["name"],
        "subtitle": _subtitle(row, table, language),
        "chips": _chips(row, table, language),
        "closed": bool(row["closed"]),
        "missing": [
            {"id": item, "text": str(tables.sheet_columns(table).at[item, language])}
            for item in row["missing"].split(";")
            if item and not row["closed"]
        ],
        "sections": _sections(row, table, names, language),
        "adults": _adults(parts, language) if child else [],
        "papers": [] if child else _papers(parts, today, language),
        "pairings": _pairings(frames, table, key, today, language),
        "admin": child and frames.store.policy().may("view_admin"),
        "leaves": not child and _has_children(frames, key, today),
        "history": history(frames, table, key, parts, names, language),
    }


def _subtitle(row: Mapping[str, Any], table: str, language: str) -> str:
    said = [row[tables.key(table)]]
    if table == "children" and not pd.isna(row["age"]):
        said.append(say("age_years", language, count=int(row["age"])))
    if table == "helpers":
        said.append(tables.label("helper_kind", row["kind"], language))
    return " · ".join([*said, *filter(None, [lists.soft(dict(row))])])


def _chips(row: dict[str, Any], table: str, language: str) -> list[dict[str, Any]]:
    if row["closed"]:
        day = format_day(row["closed_on"].date(), language)
        reason = tables.label("closed_reason", str(row["closed_reason"]), language)
        return [cells.chip("plain", say("closed_since", language, day=day, why=reason))]
    if table == "children":
        chips = [lists.tier_chip(int(row["tier"]), language)]
        unpaired = [] if not pd.isna(row["helper"]) else [say("unpaired", language)]
        return [*chips, *(cells.chip("warn", text) for text in unpaired)]
    codes = [code for code in row["blocked_by"].split(";") if code]
    blocked = [cells.chip("danger", say(f"blocked_{code}", language)) for code in codes]
    return blocked or [lists.papers_chip(row, language)]


def _sections(
    row: Mapping[str, Any], table: str, names: Names, language: str
) -> list[dict[str, Any]]:
    out = []
    for section, columns in (CHILD if table == "children" else HELPER).items():
        said = [
            {
                "text": tables.heading(table, column, language),
                "value": spoken(table, column, row[column], names, language),
                "tel": str(row[column]) if column == "phone" else "",
            }
            for column in columns
            if column != "name" and not empty(row[column])
        ]
        if said:
            out.append({"id": section, "title": say(f"section_{section}", language), "rows": said})
    return out


def _adults(guardians: pd.DataFrame, language: str) -> list[dict[str, Any]]:
    order = {role: place for place, role in enumerate(ROLES)}
    rows = guardians.assign(order=guardians["role"].map(order)).sort_values("order", kind="stable")
    out = []
    for row in rows.to_dict("records"):
        facts = [
            spoken("guardians", column, row[column], {}, language)
            for column in ("relation", "birth_year", "occupation", "workplace", "health", "address")
            if not (column == "relation" and row["role"] in ("father", "mother"))
        ]
        out.append(
            {
                "key": row["guardian_id"],
                "role": tables.label("guardian_role", row["role"], language),
                "name": "" if empty(row["name"]) else row["name"],
                "phone": "" if empty(row["phone"]) else row["phone"],
                "facts": " · ".join(filter(None, facts)),
            }
        )
    return out


def _papers(trainings: pd.DataFrame, today: dt.date, language: str) -> list[dict[str, Any]]:
    ends = {
        row["training_id"]: people.papers_until(trainings[at : at + 1].assign(hours=99), today)
        for at, row in enumerate(trainings.to_dict("records"))
    }
    out = []
    newest_first = trainings.sort_values(["day", "training_id"], ascending=False)
    for row in newest_first.to_dict("records"):
        until = ends[row["training_id"]]["until"]
        facts = [format_day(row["day"].date(), language)]
        facts += [
            spoken("trainings", column, row[column], {}, language) for column in ("hours", "note")
        ]
        end = until.iloc[0] if len(until) else pd.NaT
        out.append(
            {
                "key": row["training_id"],
                "kind": tables.label("training_kind", row["kind"], language),
                "facts": " · ".join(filter(None, facts)),
                "chip": _until(end, today, language),
            }
        )
    return out


def _until(until: Any, today: dt.date, language: str) -> dict[str, Any]:
    if pd.isna(until):
        return cells.chip("good", say("paper_endless", language))
    left = (until.date() - today).days
    day = until.date().isoformat()
    if left <= 0:
        return cells.chip("danger", say("paper_over", language, day=day))
    look = "warn" if left <= lists.EXPIRING_DAYS else "good"
    return cells.chip(look, say("paper_until", language, day=day))


def _has_children(frames: Frames, helper_id: str, today: dt.date) -> bool:
    """Is anybody cared for by this helper today?"""
    theirs = frames.read("pairings")
    theirs = theirs[theirs["helper_id"].eq(helper_id)]
    return bool(pairing.active(theirs, today).any())


def _pairings(
    frames: Frames, table: str, key: str, today: dt.date, language: str
) -> list[dict[str, Any]]:
    other = "helpers" if table == "children" else "children"
    found = frames.read("pairings")
    found = found[found[tables.key(table)].eq(key)]
    active = pairing.active(found, today)
    names = frames.read(other).set_index(tables.key(other))["name"]
    out = []
    for row in found.assign(active=active).sort_values("since", ascending=False).to_dict("records"):
        until = "" if pd.isna(row["until"]) else f"{row['until']:%Y-%m-%d}"
        who = str(row[tables.key(other)])
        state = "now" if row["active"] else "before" if until else "ahead"
        out.append(
            {
                "table": other,
                "key": who,
                "name": str(names.get(who, who)),
                "facts": " · ".join(
                    [
                        tables.label("scheme", row["scheme"], language),
                        f"{row['since']:%Y-%m-%d} – {until}".rstrip(),
                    ]
                ),
                "chip": cells.chip(
                    "good" if state == "now" else "plain", say(f"section_{state}", language)
                ),
            }
        )
    return out
