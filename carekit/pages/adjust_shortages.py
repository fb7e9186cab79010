"""Shortages in words: who shares too few places, what they have in common, whom to recruit."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from carekit import exports, tables
from carekit.pages.matching_people import listed
from carekit.words import say

__all__ = ["call", "cards"]

Read = Callable[[str], pd.DataFrame]

MOST = 0.5  # what is said of a pocket holds for at least half of it
CHOICES = {"languages": "language", "free_times": "free_time", "wish_sex": "sex"}


def cards(
    found: pd.DataFrame, recruits: pd.DataFrame, read: Read, language: str
) -> list[dict[str, Any]]:
    """A card for each pocket, the largest shortage first."""
    places = _places(read)
    return [_card(row, recruits, places, language) for row in found.to_dict("records")]


def call(card: pd.Series, recruits: pd.DataFrame, places: pd.DataFrame, language: str) -> str:
    """A call for the people a pocket lacks, without a word about any child."""
    return exports.call_for_volunteers(_of(card.to_dict(), recruits), places, language)


def _of(card: dict[Any, Any], recruits: pd.DataFrame) -> pd.DataFrame:
    """The recruits who would serve children of a pocket."""
    mine = set(str(card["child_ids"]).split(";"))
    theirs = recruits["child_ids"].astype("string").fillna("").str.split(";")
    return recruits[[not mine.isdisjoint(some) for some in theirs]]


def _places(read: Read) -> dict[str, str]:
    named = [(read("villages"), "village_id"), (read("schools"), "school_id")]
    return {
        str(key): str(name)
        for frame, column in named
        for key, name in zip(frame[column], frame["name"], strict=True)
    }


def _card(
    row: dict[Any, Any], recruits: pd.DataFrame, places: dict[str, str], language: str
) -> dict[str, Any]:
    left, shared = int(row["uncovered"]), int(row["places"])
    where = next((places.get(str(row[c]), str(row[c])) for c in _where(row)), "")
    title = say(
        "shortage_title_at" if where else "shortage_title", language, where=where, count=left
    )
    if shared:
        text = say(
            "shortage_shared", language, count=int(row["children"]), places=shared, left=left
        )
    else:
        reason = say(f"waiting_{row['code']}", language)
        text = say("shortage_reason", language, reason=reason)
    common = [_said(name, row[name], language) for name in CHOICES if _mostly(row, name)]
    wanted = _of(row, recruits)
    lacking = int(row["incomplete"])
    return {
        "id": int(row["pocket"]),
        "title": title,
        "text": text,
        "common": say("shortage_common", language, what=" · ".join(common)) if common else "",
        "recruits": _recruits(wanted, places, language),
        "count": say("shortage_recruit", language, count=len(wanted)) if len(wanted) else "",
        "incomplete": say("shortage_incomplete", language, count=lacking) if lacking else "",
    }


def _where(row: dict[Any, Any]) -> list[str]:
    return [name for name in ("school_id", "village_id", "township") if _mostly(row, name)]


def _mostly(row: dict[Any, Any], name: str) -> bool:
    return name in row and pd.notna(row[name]) and row[f"{name}_share"] >= MOST


def _said(name: str, code: Any, language: str) -> str:
    return say(f"common_{name}", language, which=tables.label(CHOICES[name], str(code), language))


def _recruits(wanted: pd.DataFrame, places: dict[str, str], language: str) -> list[str]:
    """Recruits of one kind on one line: how many, and what each must bring."""
    names = [n for n in ("village_id", "school_id", "reach_km", *CHOICES, "sex") if n in wanted]
    said: dict[str, int] = {}
    for row in wanted[names].to_dict("records"):
        parts = []
        for name in ("languages", "free_times", "sex"):
            if name in row and pd.notna(row[name]) and row[name]:
                choices = "sex" if name == "sex" else CHOICES[name]
                words = [tables.label(choices, c, language) for c in str(row[name]).split(";")]
                which = listed(words, language) if len(words) > 1 else words[0]
                parts.append(
                    say(f"common_{'wish_sex' if name == 'sex' else name}", language, which=which)
                )
        if pd.notna(row.get("village_id")) and pd.notna(row.get("reach_km")):
            where = places.get(str(row["village_id"]), str(row["village_id"]))
            parts.append(
                say("recruit_near", language, where=where, km=round(float(row["reach_km"]), 1))
            )
        elif pd.notna(row.get("school_id")):
            parts.append(places.get(str(row["school_id"]), str(row["school_id"])))
        text = " · ".join(parts) or say("recruit_anybody", language)
        said[text] = said.get(text, 0) + 1
    return [say("recruit_line", language, count=n, what=text) for text, n in said.items()]
