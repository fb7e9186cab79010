"""A proposal in words: table rows, reasons, loads. Frames in, lists of plain records out."""

import json
from typing import Any

import pandas as pd

from carekit import pairing, tables
from carekit.words import format_number, say

__all__ = ["able", "blocked", "by_tier", "listed", "loads", "row_records", "shown", "why_waiting"]

# Colour, sign and word of a tier (M7); the colour is never alone.
TIER_LOOK = {1: ("danger", "●"), 2: ("warn", "▲"), 3: ("plain", "○")}
POINTS = ("distance", "subject", "need", "continuity")


def shown(
    proposal: pairing.Proposal,
    waiting: pd.DataFrame,
    helpers: pd.DataFrame,
    classes: pd.DataFrame,
    villages: pd.DataFrame,
) -> pd.DataFrame:
    """Everybody of the proposal, pairs and unmatched, with what a coordinator knows them by.

    Gives one row a child, most vulnerable first: the columns of pairs and unmatched, child,
    helper, class, village, what both share (languages, times, subjects), load and places.
    """
    both = pd.concat([proposal.pairs, proposal.unmatched], ignore_index=True)
    child = waiting.set_index("child_id")
    helper = helpers.set_index("helper_id")
    known = child.join(classes.set_index("class_id")["name"].rename("class"), on="class_id")
    known = known.join(villages.set_index("village_id")["name"].rename("village"), on="village_id")
    frame = both.join(
        known[
            ["name", "class", "village", "languages", "free_times", "needs", "last_helper_id"]
        ].rename(columns={"name": "child"}),
        on="child_id",
    )
    offered = helper[["name", "phone", "languages", "free_times", "subjects", "places"]]
    theirs = {"name": "helper", "languages": "languages_h", "free_times": "free_times_h"}
    frame = frame.join(offered.rename(columns=theirs), on="helper_id")
    frame["load"] = frame.groupby("helper_id")["child_id"].transform("size")
    frame["places"] = frame["places"].clip(upper=proposal.scheme.most)
    return frame.sort_values(["tier", "child_id"], ignore_index=True)


def row_records(frame: pd.DataFrame, language: str) -> list[dict[str, Any]]:
    """The rows of one page of the table, in words.

    An unmatched child has ``helper`` empty and says in ``why`` what stands in the way.
    """
    records: list[dict[str, Any]] = frame.to_dict("records")  # type: ignore[assignment]
    return [_record(row, language) for row in records]


def _record(row: dict[str, Any], language: str) -> dict[str, Any]:
    look, sign = TIER_LOOK[int(row["tier"])]
    paired = pd.notna(row["helper_id"])
    return {
        "id": row["child_id"],
        "child": row["child"],
        "place": " · ".join(str(row[c]) for c in ("class", "village") if pd.notna(row[c])),
        "look": look,
        "sign": sign,
        "tier": say(f"tier_{row['tier']}", language),
        "paired": paired,
        "helper": row["helper"] if paired else "",
        "load": int(row["load"]) if paired else 0,
        "places": int(row["places"]) if paired else 0,
        "why": _shared(row, language) if paired else reason(row["code"], row["values"], language),
        "km": _distance(row, language) if paired else "",
        "points": [
            {"text": _point_words(name, row, language), "points": int(row[name])} for name in POINTS
        ]
        if paired
        else [],
        "cost": int(row["cost"]) if paired else 0,
    }


def _distance(row: dict[str, Any], language: str) -> str:
    km = round(float(row["km"]), 1)
    return say("km", language, km=km) if km else say("same_village", language)


def _shared(row: dict[str, Any], language: str) -> str:
    """What speaks for the pair: continuity first, then language, subjects, times in common."""
    said = []
    if pd.notna(row["last_helper_id"]) and row["last_helper_id"] == row["helper_id"]:
        said.append(say("why_continues", language))
    common = (
        ("why_language", "language", row["languages"], row["languages_h"]),
        ("why_subject", "need", row["needs"], row["subjects"]),
        ("why_time", "free_time", row["free_times"], row["free_times_h"]),
    )
    for code, choices, one, other in common:
        codes = [c for c in _codes(one) if c in _codes(other)][:2]
        if codes:
            said.append(
                say(code, language, which=[tables.label(choices, c, language) for c in codes])
            )
    text = " · ".join(said)
    return text[:1].upper() + text[1:]


def _codes(cell: Any) -> list[str]:
    return [] if pd.isna(cell) else str(cell).split(";")


def _point_words(name: str, row: dict[str, Any], language: str) -> str:
    if name == "distance" and not round(float(row["km"]), 1):
        return say("points_same_village", language)
    if name == "distance":
        return say("points_distance", language, km=round(float(row["km"]), 1))
    return say(f"points_{name}_{'met' if row[name] == 0 else 'missed'}", language)


def reason(code: str, values: str, language: str) -> str:
    """Why a child stays waiting, as a sentence."""
    said = json.loads(values)
    for name, choices in (("languages", "language"), ("free_times", "free_time")):
        if name in said:
            codes = pd.Series([said[name]], dtype="string")
            said[name] = tables.labels(choices, codes, language).iloc[0]
    if "wish_sex" in said:
        said["wish_sex"] = tables.label("sex", said["wish_sex"], language)
    return say(f"unmatched_{code}", language, **said)


def listed(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """The proposal as a sheet to take away: everybody, with the points or the reason."""
    waiting = frame["helper_id"].isna()
    why = [
        reason(code, values, language) if left else ""
        for code, values, left in zip(frame["code"], frame["values"], waiting, strict=True)
    ]
    people = ["child_id", "child", "class", "village", "tier", "helper_id", "helper", "phone"]
    return frame[[*people, "km", *POINTS, "cost"]].assign(reason=why)


def by_tier(frame: pd.DataFrame, language: str) -> list[dict[str, Any]]:
    """How many of each tier are served."""
    found = []
    for tier, (look, sign) in TIER_LOOK.items():
        of = frame[frame["tier"] == tier]
        served = int(of["helper_id"].notna().sum())
        found.append(
            {
                "look": look,
                "sign": sign,
                "text": say(f"tier_{tier}", language),
                "served": served,
                "all": len(of),
                "share": served / len(of) if len(of) else 1.0,
                "said": f"{format_number(served, language)} / {format_number(len(of), language)}",
            }
        )
    return found


def loads(offers: pd.DataFrame, pairs: pd.DataFrame, language: str) -> list[dict[str, Any]]:
    """How many helpers with a place get 0, 1, 2 ... children: the bars of the load card."""
    free = offers.loc[able(offers) & (offers["places_left"] > 0), "helper_id"]
    count = free.map(pairs["helper_id"].value_counts()).fillna(0).astype("int64")
    bars = count.value_counts().sort_index()
    most = max(bars.max(), 1) if len(bars) else 1
    return [
        {
            "helpers": int(n),
            "height": round(100 * int(n) / int(most)),
            "text": say("children_each", language, count=int(str(k))),
            "level": min(int(str(k)), 2),
        }
        for k, n in bars.items()
    ]


def why_waiting(frame: pd.DataFrame, language: str) -> list[dict[str, Any]]:
    """The reasons children stay waiting, the most frequent first."""
    counts = frame.loc[frame["helper_id"].isna(), "code"].value_counts()
    return [
        {"text": say(f"waiting_{code}", language), "count": int(n)} for code, n in counts.items()
    ]


def able(offers: pd.DataFrame) -> pd.Series:
    """Who may care for a child on the day: papers in order, and known to be of age."""
    grown = (offers["age"] >= pairing.rules.ADULT_AGE).fillna(False)
    return (offers["ready"].fillna(False) & grown).astype("bool")


def blocked(offers: pd.DataFrame, language: str) -> list[dict[str, Any]]:
    """What stands in the way of helpers who are not ready, and at how many."""
    young = offers["age"] < pairing.rules.ADULT_AGE
    age = young.map({True: "under_18", False: ""}).astype("string").fillna("age_unknown")
    papers = offers["blocked_by"].fillna("").str.split(";").explode()
    codes = pd.concat([papers, age])
    counts = codes[codes != ""].value_counts()
    return [{"text": say(f"blocked_{c}", language), "count": int(n)} for c, n in counts.items()]
