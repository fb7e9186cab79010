"""What the leaving view says: helpers, changes side by side, who can step in."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from carekit import pairing, tables
from carekit.pages.kit import Column, Table
from carekit.pages.kit.cells import SIGNS, chip, person
from carekit.pages.matching_people import TIER_LOOK, everybody, holds, listed
from carekit.pages.pair_words import reason
from carekit.words import format_day, format_number, say

__all__ = [
    "changes_table", "chosen", "helpers_table", "proof", "recent", "tiers", "waiting_table",
]  # fmt: skip

A_PAGE = 10


def helpers_table() -> Table:
    """The helpers with a child: who of them leaves?"""
    return Table(
        [
            Column("helper", ("helpers", "name"), "name"),
            Column("kind", ("helpers", "kind"), "kind"),
            Column("count", "column_load", "count", look="number"),
            Column("state", "column_ready", "state"),
        ],
        _helper,
        key="helper_id",
        caption="leaving_who",
        searched=["name", "village"],
        names=["name"],
        filters={"all": everybody, "blocked": holds("state", "blocked")},
        rows_a_page=8,
        opens=True,
    )


def _helper(row: dict[str, Any], language: str) -> dict[str, Any]:
    state = chip("good", say("state_able", language))
    if row["state"] == "blocked":
        why = [say(f"blocked_{code}", language) for code in str(row["why"]).split(";") if code]
        state = chip("warn", listed(why, language))
    return {
        "helper": person(row["name"], "" if pd.isna(row["village"]) else row["village"]),
        "kind": tables.label("helper_kind", row["kind"], language),
        "count": format_number(row["count"], language),
        "state": state,
    }


def changes_table(count: int) -> Table:
    """Before and after of every child that changes; a search where there are several pages."""
    people = ["child", "before_name", "after_name"]
    many = count > A_PAGE
    return Table(
        [
            Column("child", "column_child", "child"),
            Column("tier", "column_tier", "tier"),
            Column("before", "column_before", "before_name"),
            Column("after", "column_after", "after_name"),
            Column("why", "column_why", "code"),
        ],
        _change,
        key="child_id",
        caption="change_list",
        empty="change_none",
        searched=[*people, "home", "class"] if many else (),
        names=people,
        rows_a_page=A_PAGE,
        opens=True,
    )


def _change(row: dict[str, Any], language: str) -> dict[str, Any]:
    return {
        "child": person(row["child"], _home(row)),
        "tier": _tier(row["tier"], language),
        "before": _side(row, "before", language),
        "after": _side(row, "after", language),
        "why": say(f"change_{row['code']}", language),
    }


def _side(row: Mapping[str, Any], side: str, language: str) -> Any:
    """Whom a child has before or after, and how far and how dear that is."""
    if pd.isna(row[side]):
        if side == "before":
            return chip("plain", say("change_nobody", language))
        return chip("warn", say("change_nobody_yet", language))
    return person(row[f"{side}_name"], _facts(row[f"{side}_km"], row[f"{side}_cost"], language))


def _facts(km: Any, cost: Any, language: str) -> str:
    points = format_number(0 if pd.isna(cost) else int(cost), language)
    if pd.isna(km):
        return say("change_points", language, points=points)
    far = round(float(km), 1)
    way = say("km", language, km=far) if far else say("same_village", language)
    return say("change_facts", language, km=way, points=points)


def _home(row: Mapping[str, Any]) -> str:
    return " · ".join(str(row[name]) for name in ("class", "home") if pd.notna(row[name]))


def _tier(tier: Any, language: str) -> dict[str, Any]:
    return chip(TIER_LOOK[int(tier)], say(f"tier_{tier}", language))


def waiting_table() -> Table:
    """Who waits afterwards, and why nobody was found."""
    return Table(
        [
            Column("nth", "column_nth", "nth"),
            Column("child", "column_child", "child"),
            Column("tier", "column_tier", "tier"),
            Column("since", "column_waiting_since", "waiting_since"),
            Column("why", "column_why"),
        ],
        _left,
        key="child_id",
        caption="waiting_after",
        empty="waiting_after_none",
        searched=["child", "home", "class"],
        names=["child"],
        filters={"all": everybody} | {f"tier_{n}": holds("tier", n) for n in TIER_LOOK},
        rows_a_page=A_PAGE,
        opens=True,
    )


def _left(row: dict[str, Any], language: str) -> dict[str, Any]:
    since = row["waiting_since"]
    return {
        "nth": format_number(row["nth"], language),
        "child": person(row["child"], _home(row)),
        "tier": _tier(row["tier"], language),
        "since": "–" if pd.isna(since) else format_day(since.date(), language),
        "why": reason(str(row["code"]), str(row["values"]), language),
    }


def tiers(served: pd.DataFrame, language: str) -> list[dict[str, Any]]:
    """How many of each tier have a helper before and after."""
    known = served.set_index("tier").reindex(list(TIER_LOOK), fill_value=0)
    counts = zip(*(known[name].tolist() for name in ("before", "after", "all")), strict=True)
    found = []
    for (tier, look), (before, after, all_) in zip(TIER_LOOK.items(), counts, strict=True):
        numbers = [format_number(n, language) for n in (before, after, all_)]
        found.append(
            {
                "id": tier,
                "look": look,
                "sign": SIGNS[look],
                "text": say(f"tier_{tier}", language),
                "share": after / all_ if all_ else 1.0,
                "fewer": after < before,
                "said": f"{numbers[0]} → {numbers[1]} / {numbers[2]}",
            }
        )
    return found


def proof(found: pairing.Rematch, language: str) -> dict[str, str]:
    """What is proved of a change, in one sentence."""
    gap = int(found.proposal.certificate.gap)
    change = format_number(found.change, language)
    return {
        "kind": "warn" if gap else "good",
        "strong": say("not_proved" if gap else "proved", language),
        "text": say("proof_gap", language, gap=gap)
        if gap
        else say("leaving_proof", language, change=change),
    }


def chosen(
    row: Mapping[str, Any], own: str, best: pd.DataFrame, helpers: pd.DataFrame, language: str
) -> dict[str, Any]:
    """One changed child: why, and who could step in at once. own: whom a person chose for it."""
    known = helpers.set_index("helper_id")
    after = "" if pd.isna(row["after"]) else str(row["after"])
    lost = row["code"] in ("left_helper", "now_uncovered")
    return {
        "id": row["child_id"],
        "title": row["child"],
        "why": say(f"change_{row['code']}", language),
        "before": _side(row, "before", language),
        "after": _side(row, "after", language),
        "asked": lost,
        "stand_ins": [
            {
                "id": one["helper_id"],
                "name": str(known["name"].get(one["helper_id"], one["helper_id"])),
                "soft": _facts(one["km"], one["cost"], language),
                "taken": one["helper_id"] == after,
                "own": one["helper_id"] == own,
            }
            for one in best[best["child_id"].eq(row["child_id"])].to_dict("records")
        ],
        "hint": say("note_hint", language, helper=row["after_name"]) if after else "",
    }


def recent(steps: pd.DataFrame, language: str) -> list[dict[str, str]]:
    """What can still be taken back, in the time of this machine."""
    found = []
    for row in steps.to_dict("records"):
        done: dt.datetime = row["done_at"].to_pydatetime().astimezone()
        when = {"day": done.date(), "time": done.strftime("%H:%M"), "who": row["name"]}
        found.append({"id": row["step_id"], "text": say("change_recent_row", language, **when)})
    return found
