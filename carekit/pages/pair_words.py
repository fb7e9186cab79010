"""A proposal in words: table rows, reasons, loads. Frames in, plain records out."""

import json
from collections.abc import Callable
from typing import Any

import pandas as pd

from carekit import dates, pairing, tables, tasks
from carekit.pages import adjust_words
from carekit.pages.kit import Column, Table
from carekit.pages.kit.cells import SIGNS, bar, chip, person
from carekit.pages.matching_people import TIER_LOOK, everybody, holds
from carekit.words import format_number, say

__all__ = ["by_tier", "chosen", "listed_pairs", "loads", "pairs_table", "shown", "why_waiting"]

Read = Callable[[str], pd.DataFrame]

# Of several marks of a row the first one holds.
MARKS = {
    "unwanted": ("danger", "✕"),
    "locked": ("good", "◆"),
    "by_hand": ("warn", "✎"),
    "by_other": ("warn", "✎"),
}


def shown(
    proposal: pairing.Proposal,
    read: Read,
    decisions: pd.DataFrame,
    by_other: set[str],
    draft: tasks.Draft,
) -> pd.DataFrame:
    """Everybody of the proposal, pairs and unmatched, with what a coordinator knows them by.

    decisions: those in force; by_other: children somebody else has changed; draft: what was
    changed by hand.

    Gives one row a child, most vulnerable first: the columns of pairs and unmatched, child,
    helper, class, village, what both share (languages, times, subjects), load and places, and
    mark (unwanted, locked, by_hand, by_other, or nothing). Whoever has left the registers since
    is named by the id.
    """
    both = pd.concat([proposal.pairs, proposal.unmatched], ignore_index=True)
    known = read("children").set_index("child_id")
    for table, key, name in (
        ("classes", "class_id", "class"),
        ("villages", "village_id", "village"),
    ):
        known = known.join(read(table).set_index(key)["name"].rename(name), on=key)
    names = ["name", "class", "village", "languages", "free_times", "needs"]
    frame = both.join(known[names].rename(columns={"name": "child"}), on="child_id")
    offered = read("helpers").set_index("helper_id")[
        ["name", "phone", "languages", "free_times", "subjects", "places"]
    ]
    theirs = {"name": "helper", "languages": "languages_h", "free_times": "free_times_h"}
    frame = frame.join(offered.rename(columns=theirs), on="helper_id")
    return frame.assign(
        child=frame["child"].fillna(frame["child_id"]),
        helper=frame["helper"].fillna(frame["helper_id"]),
        continues=frame["child_id"].map(_last(read("pairings"), proposal)).eq(frame["helper_id"]),
        load=frame.groupby("helper_id")["child_id"].transform("size"),
        places=frame["places"].clip(upper=proposal.scheme.most),
        mark=_marks(frame, decisions, by_other, draft),
    ).sort_values(["tier", "child_id"], ignore_index=True)


def _marks(
    frame: pd.DataFrame, decisions: pd.DataFrame, by_other: set[str], draft: tasks.Draft
) -> pd.Series:
    """What somebody has decided or changed of each row."""
    said = frame[["child_id", "helper_id"]].merge(
        decisions[["child_id", "helper_id", "verdict"]], on=["child_id", "helper_id"], how="left"
    )
    verdict = said["verdict"].set_axis(frame.index)
    children = frame["child_id"]
    found = {
        "by_other": children.isin(by_other),
        "by_hand": children.isin(tasks.changed_by_hand(draft)),
        "locked": verdict.eq("lock"),
        "unwanted": verdict.eq("forbid"),
    }
    mark = pd.Series("", frame.index, dtype="string")
    for name, where in found.items():
        mark = mark.mask(where.fillna(False).astype(bool), name)
    return mark


def _last(pairings: pd.DataFrame, proposal: pairing.Proposal) -> pd.Series:
    """The helper each child had last before the day of the proposal (its own pairs begin then)."""
    before = pd.to_datetime(pairings["since"]) < pd.Timestamp(dates.day(proposal.on))
    mine = pairings[before & pairings["scheme"].eq(proposal.scheme.code)]
    return mine.sort_values(["since", "pairing_id"]).groupby("child_id")["helper_id"].last()


def pairs_table(marked: bool) -> Table:
    """Pairs and unmatched children, each with the main reason, and what is settled of them."""
    return Table(
        [
            Column("child", "column_child", "child"),
            Column("tier", "column_tier", "tier"),
            Column("helper", "column_helper", "helper"),
            Column("load", "column_load", "load"),
            Column("why", "column_why"),
            Column("way", "column_way", "km", look="number"),
            *([Column("mark", "column_mark")] if marked else []),
        ],
        _record,
        key="child_id",
        caption="pairs_title",
        empty="pairs_none",
        searched=["child", "helper", "village", "class"],
        names=["child", "helper"],
        filters={
            "all": everybody,
            "paired": lambda frame: frame["helper_id"].notna(),
            "unmatched": lambda frame: frame["helper_id"].isna(),
            **{f"tier_{n}": holds("tier", n) for n in TIER_LOOK},
            "marked": lambda frame: frame["mark"].ne(""),
        },
        rows_a_page=10,
        opens=True,
    )


def _record(row: dict[str, Any], language: str) -> dict[str, Any]:
    place = " · ".join(str(row[c]) for c in ("class", "village") if pd.notna(row[c]))
    cells = {
        "child": person(row["child"], place),
        "tier": chip(TIER_LOOK[int(row["tier"])], say(f"tier_{row['tier']}", language)),
        "mark": _mark(str(row["mark"]), language),
    }
    if pd.isna(row["helper_id"]):
        return cells | {
            "helper": chip("warn", say("unmatched", language)),
            "load": "",
            "why": reason(row["code"], row["values"], language),
            "way": "",
        }
    load = int(row["load"])
    places = load if pd.isna(row["places"]) else max(int(row["places"]), 1)
    return cells | {
        "helper": row["helper"],
        "load": bar(load / places, f"{load} / {places}", "warn" if load >= places else "good"),
        "why": _shared(row, language),
        "way": _distance(row, language),
    }


def _mark(mark: str, language: str) -> Any:
    if not mark:
        return ""
    look, sign = MARKS[mark]
    return chip(look, say(f"mark_{mark}", language)) | {"sign": sign}


def chosen(row: dict[str, Any], weights: pairing.Weights, language: str) -> dict[str, Any]:
    """Why this pair: its points one by one; for an unmatched child what stands in the way."""
    told = {"id": row["child_id"], "child": row["child"]}
    if pd.isna(row["helper_id"]):
        return told | {
            "paired": False,
            "title": say("why_unmatched", language, child=row["child"]),
            "why": reason(row["code"], row["values"], language),
            "points": [],
            "cost": 0,
        }
    return told | {
        "paired": True,
        "title": say("why_pair", language, child=row["child"], helper=row["helper"]),
        "why": _shared(row, language),
        "points": adjust_words.points(row, weights, language),
        "cost": int(row["cost"]),
    }


def _distance(row: dict[str, Any], language: str) -> str:
    km = round(float(row["km"]), 1)
    return say("km", language, km=km) if km else say("same_village", language)


def _shared(row: dict[str, Any], language: str) -> str:
    """What speaks for the pair: continuity first, then language, subjects, times in common."""
    said = [say("why_continues", language)] if row["continues"] else []
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


def listed_pairs(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """The proposal as a sheet to take away: everybody, with the points or the reason."""
    waiting = frame["helper_id"].isna()
    why = [
        reason(code, values, language) if left else ""
        for code, values, left in zip(frame["code"], frame["values"], waiting, strict=True)
    ]
    people = ["child_id", "child", "class", "village", "tier", "helper_id", "helper", "phone"]
    return frame[[*people, "km", *pairing.weight_ranges().index, "cost"]].assign(reason=why)


def by_tier(frame: pd.DataFrame, language: str) -> list[dict[str, Any]]:
    """How many of each tier are served."""
    found = []
    for tier, look in TIER_LOOK.items():
        of = frame[frame["tier"] == tier]
        served = int(of["helper_id"].notna().sum())
        found.append(
            {
                "look": look,
                "sign": SIGNS[look],
                "text": say(f"tier_{tier}", language),
                "served": served,
                "all": len(of),
                "share": served / len(of) if len(of) else 1.0,
                "said": f"{format_number(served, language)} / {format_number(len(of), language)}",
            }
        )
    return found


def loads(free: pd.Series, pairs: pd.DataFrame, language: str) -> list[dict[str, Any]]:
    """How many helpers get 0, 1, 2 ... children: the bars of the load card.

    free: ids of the helpers who had a place when the proposal was made.
    """
    given = pairs["helper_id"].value_counts()
    ids = pd.Index(free).union(given.index)
    count = given.reindex(ids).fillna(0).astype("int64")
    bars = {int(str(k)): int(n) for k, n in count.value_counts().sort_index().items()}
    most = max(bars.values(), default=1)
    return [
        {
            "helpers": n,
            "number": format_number(n, language),
            "height": round(100 * n / most),
            "text": say("children_each", language, count=k),
            "said": say(
                "loads_said",
                language,
                helpers=format_number(n, language),
                children=say("children_each", language, count=k),
            ),
            "level": min(k, 2),
        }
        for k, n in bars.items()
    ]


def why_waiting(frame: pd.DataFrame, language: str) -> list[dict[str, Any]]:
    """The reasons children stay waiting, the most frequent first."""
    counts = frame.loc[frame["helper_id"].isna(), "code"].value_counts()
    return [
        {"text": say(f"waiting_{code}", language), "count": int(n)} for code, n in counts.items()
    ]
