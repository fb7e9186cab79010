"""Why, why not, what it costs, who decided: what the panel of a pair says. Frames in, words out."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from carekit import pairing, tables, tasks
from carekit.pages.kit.cells import chip
from carekit.pages.matching_people import listed
from carekit.words import format_number, say

__all__ = ["answer", "decided", "decisions", "hand_made", "moves", "other", "points", "signed"]

LOOKS = {"lock": ("good", "◆"), "forbid": ("danger", "✕")}
CHOICES = {"no_language": "language", "no_free_time": "free_time", "no_wish": "sex"}
Names = Mapping[str, str]


def signed(number: int, language: str) -> str:
    """A change in points with its sign.

    >>> signed(12, "en"), signed(-3, "en"), signed(0, "zh")
    ('+12', '−3', '0')
    """
    text = format_number(abs(number), language)
    return f"+{text}" if number > 0 else f"−{text}" if number < 0 else text


def points(row: Mapping[str, Any], weights: pairing.Weights, language: str) -> list[dict[str, Any]]:
    """The points of a pair one by one, each with its unit: distance 2.8 km × 30 points = 84."""
    return [
        {
            "id": name,
            "text": _part(name, row, getattr(weights, name), language),
            "points": int(row[name]),
        }
        for name in pairing.weight_ranges().index
        if getattr(weights, name) or int(row[name])
    ]


def _part(name: str, row: Mapping[str, Any], weight: int, language: str) -> str:
    if name == "distance":
        km = round(float(row["km"]), 1)
        return say("points_distance" if km else "points_same_village", language, km=km, each=weight)
    if int(row[name]) == 0:
        return say(f"points_{name}_met", language)
    count = int(row[name]) // weight if weight else 1
    return say(f"points_{name}_missed", language, count=count, each=weight)


# -- what was changed ------------------------------------------------------------------------------


def hand_made(draft: tasks.Draft, language: str) -> dict[str, Any]:
    """What the changes by hand cost against the best plan; empty where there are none."""
    if draft.best is None or not draft.deeds:
        return {}
    best, now = draft.best.pairs, draft.proposal.pairs
    more = int(now["cost"].sum() - best["cost"].sum())
    fewer = len(best) - len(now)
    total = int(best["cost"].sum())
    said = [say("hand_count", language, count=len(draft.deeds))]
    if fewer > 0:
        said.append(say("hand_fewer", language, count=fewer))
    share = round(100 * more / total, 1) if total else 0
    if share:
        said.append(say("hand_points_share", language, points=signed(more, language), share=share))
    else:
        code = "hand_points" if more or fewer else "hand_free"
        said.append(say(code, language, points=signed(more, language)))
    return {"kind": "warn" if fewer > 0 else "good", "text": " ".join(said)}


def other(
    draft: tasks.Draft, who: str, moved: pd.DataFrame | None, mine: bool, language: str
) -> dict[str, Any]:
    """Whose version of the draft is shown, what changed in it, and whether an own one waits."""
    saved = dt.datetime.fromisoformat(draft.saved_at).astimezone()
    when = {"who": who, "time": saved.strftime("%H:%M")}
    if moved is None:
        return {"quiet": say("draft_by", language, **when)}
    counts = moved["code"].value_counts()
    changes = [say(f"draft_{code}", language, count=int(n)) for code, n in counts.items()]
    said = [say("draft_changed_by", language, **when), *changes]
    return {
        "text": " ".join(said if changes else [*said, say("draft_same", language)]),
        "mine": say("draft_mine", language) if mine else "",
    }


# -- decisions -------------------------------------------------------------------------------------


def decisions(
    table: pd.DataFrame, scheme: pairing.Scheme, users: pd.DataFrame, on: dt.date
) -> pd.DataFrame:
    """The decisions of a scheme in force: rows of the table, + who (name of the person)."""
    now = pairing.decided(table, scheme, on=on)
    mine = table[table["scheme"].eq(scheme.code).fillna(False)]
    found = mine.merge(now, on=["child_id", "helper_id", "verdict"])
    found = found.drop_duplicates(["child_id", "helper_id"], keep="last", ignore_index=True)
    names = users.set_index("user_id")["name"]
    return found.assign(who=found["user_id"].map(names).fillna(found["user_id"]))


def decided(row: Mapping[str, Any], names: Names, language: str) -> dict[str, Any]:
    """One decision in the panel: what, of whom, who settled it when, and why."""
    look, sign = LOOKS[str(row["verdict"])]
    helper = str(row["helper_id"])
    return {
        "id": row["decision_id"],
        "chip": chip(look, say(f"decided_{row['verdict']}", language)) | {"sign": sign},
        "text": say(
            "decided_by",
            language,
            helper=names.get(helper, helper),
            who=row["who"],
            day=pd.Timestamp(row["decided_on"]).date(),
        ),
        "reason": str(row["reason"]),
        "withdraw": say(f"withdraw_{row['verdict']}", language),
    }


# -- why not ---------------------------------------------------------------------------------------


def moves(text: str, child: str, children: Names, helpers: Names, language: str) -> list[str]:
    """Who else would move, each as a sentence: child, from whom, to whom."""
    said = []
    for one, source, target in json.loads(text or "[]"):
        if one == child:
            continue
        code = "move_left" if not target else "move_comes" if not source else "move"
        names = {"source": helpers.get(source, source), "target": helpers.get(target, target)}
        known = {name: value or "" for name, value in names.items()}
        said.append(say(code, language, child=children.get(one, one), **known))
    return said


def answer(
    row: Mapping[str, Any],
    child: str,
    children: Names,
    helpers: Names,
    papers: Names,
    language: str,
) -> dict[str, Any]:
    """One helper who might take the child instead: the rule against it, or the exact price.

    papers: what each helper's file lacks, codes joined by ``;``.
    """
    helper = str(row["helper_id"])
    told = {"id": helper, "helper": helpers.get(helper, helper)}
    if not bool(row["eligible"]):
        rule = _rule(str(row["code"]), str(row["values"]), papers.get(helper, ""), language)
        return told | {"eligible": False, "rule": rule, "moves": []}
    served = int(row["served"])
    points = int(row["points"])
    same = points == 0 and served == 0
    price = say("price_same" if same else "price_points", language, points=signed(points, language))
    if served:
        code = "price_fewer" if served < 0 else "price_more"
        price = say(code, language, count=abs(served)) + " " + price
    others = moves(str(row["moves"]), child, children, helpers, language)
    moved = say("moved_count", language, count=len(others)) if others else ""
    return told | {
        "eligible": True,
        "price": price,
        "loss": served < 0,
        "moved": moved or say("moved_none", language),
        "moves": others,
    }


def _rule(code: str, values: str, papers: str, language: str) -> str:
    """The rule against a pair as a sentence, with what both have."""
    if code.endswith("_unknown"):
        return say(f"waiting_{code}", language)
    if code == "no_ready" and papers:
        return listed([say(f"blocked_{one}", language) for one in papers.split(";")], language)
    said = json.loads(values)
    choices = CHOICES.get(code, "")
    for key in ("languages", "free_times", "wish_sex", "theirs"):
        if choices and key in said:
            codes = pd.Series([said[key]], dtype="string")
            said[key] = tables.labels(choices, codes, language).iloc[0]
    return say(f"against_{code}", language, **said)
