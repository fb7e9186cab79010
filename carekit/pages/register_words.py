"""Stored values and changes of a row as people read them."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from carekit import tables
from carekit.pages.kit import Frames
from carekit.words import format_day, format_moment, say

__all__ = ["empty", "history", "spoken"]

SHOWN = 30  # changes
PLACES = {"village_id": "villages", "class_id": "classes"}
SECRET_LEFT = 4  # letters of an identity number that are shown
OURS = ("household_id",)  # found by the register, no fact of a person's own
Names = Mapping[str, Mapping[str, str]]


def empty(value: Any) -> bool:
    """Is nothing stored here?"""
    return value is None or bool(pd.isna(value)) or value == ""


def spoken(
    table: str,
    column: str,
    value: Any,
    names: Names,
    language: str,
) -> str:
    """One stored value as a person reads it; an identity number shows its end only.

    >>> spoken("children", "id_number", "999901201503070013", {}, "en")
    '…0013'
    """
    if empty(value):
        return ""
    rule = tables.columns(table).loc[column]
    kind = str(rule["kind"])
    choices = tables.choice_list(kind)
    if choices is not None:
        comma = ", " if language == "en" else "、"
        return comma.join(tables.label(choices, code, language) for code in str(value).split(";"))
    if column in PLACES:
        return names[PLACES[column]].get(str(value), str(value))
    if kind == "flag":
        return say("flag_yes" if value else "flag_no", language)
    if kind == "date":
        return format_day(pd.Timestamp(value).date(), language)
    if kind == "id_number":
        return "…" + str(value)[-SECRET_LEFT:]
    if kind in ("whole", "number"):
        unit = str(rule["unit"] or "")
        number = f"{float(value):g}"
        return f"{number} {say(f'unit_{unit}', language)}" if unit and unit != "year" else number
    return str(value)


def history(
    frames: Frames,
    table: str,
    key: str,
    parts: pd.DataFrame,
    names: Names,
    language: str,
) -> list[dict[str, Any]]:
    """What changed, newest first: of the person, and of the adults or papers around it."""
    around = "guardians" if table == "children" else "trainings"
    whole = [(table, frames.store.history(table, key))]
    whole += [(around, frames.store.history(around, one)) for one in parts[tables.key(around)]]
    users = frames.read("users").set_index("user_id")["name"]
    out: dict[str, dict[str, Any]] = {}
    for of, versions in whole:
        for row in versions.to_dict("records"):
            step = out.setdefault(
                str(row["step_id"]),
                {
                    "step": str(row["step_id"]),
                    "at": row["done_at"],
                    "what": _deed(str(row["kind"]), language),
                    "who": _who(users, str(row["user_id"])),
                    "changes": [],
                },
            )
            if int(row["version"]) > 1:
                step["changes"] += _changes(of, row["changes"], names, language)
            else:
                said = (
                    say("card_made", language)
                    if of == table
                    else _added(of, row["changes"], language)
                )
                step["changes"].append({"text": said})
    newest = sorted(out.values(), key=lambda step: step["at"], reverse=True)[:SHOWN]
    return [{**step, "at": format_moment(step["at"].to_pydatetime(), language)} for step in newest]


def _deed(kind: str, language: str) -> str:
    known = ("import", "save", "close", "reopen", "undo", "publish", "rematch", "demo")
    deed = kind.partition("_")[0]
    return say(f"step_did_{deed if deed in known else 'write'}", language)


def _who(users: pd.Series, user: str) -> str:
    name = users.get(user)
    return user if name is None or pd.isna(name) else str(name)


def _added(table: str, changes: Mapping[str, Any], language: str) -> str:
    kind = "role" if table == "guardians" else "kind"
    choices = "guardian_role" if table == "guardians" else "training_kind"
    _, now = changes.get(kind, (None, None))
    said = tables.label(choices, str(now), language) if now else ""
    return say("added_part", language, what=said)


def _changes(
    table: str,
    changes: Mapping[str, Any],
    names: Names,
    language: str,
) -> Iterable[dict[str, str]]:
    for column, (before, after) in changes.items():
        if column == "removed":
            code = "part_removed" if after else "part_back"
            yield {"text": say(code, language)}
        elif column in tables.columns(table).index and column not in OURS:
            yield {
                "text": tables.heading(table, column, language),
                "before": spoken(table, column, before, names, language) or "–",
                "after": spoken(table, column, after, names, language) or "–",
            }
