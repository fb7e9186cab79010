"""What the matching view says of a proposal as a whole: proof, doubts, summary, publications."""

import datetime as dt
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from carekit import pairing, tasks
from carekit.pages.kit.cells import chip
from carekit.words import format_day, format_number, say

__all__ = ["done", "doubts", "proof", "publications", "state", "subtitle", "summary"]


def subtitle(scheme: pairing.Scheme, today: dt.date, practice: bool, language: str) -> str:
    """What holds for the whole view: the scheme, the day."""
    said = [say("places_each", language, count=scheme.most), format_day(today, language)]
    return " · ".join([*said, say("practice_day", language)] if practice else said)


def state(draft: tasks.Draft | None, published: str, language: str) -> dict[str, str]:
    """The chip beside the title: no proposal, a draft, published."""
    look, code = "plain", "draft_none"
    if draft is not None:
        look, code = ("good", "draft_published") if published else ("warn", "draft_open")
    return chip(look, say(code, language))


def done(known: bool, draft: tasks.Draft | None, published: str, step: str) -> dict[str, bool]:
    """The four steps in their order, and which are done."""
    made = draft is not None
    return {
        "people": known,
        "rules": made,
        "proposal": made and (bool(published) or step == "publish"),
        "publish": bool(published),
    }


def proof(proposal: pairing.Proposal, language: str) -> dict[str, Any]:
    """The banner above a proposal: what is proved of it."""
    gap = int(proposal.certificate.gap)
    pairs, left = len(proposal.pairs), len(proposal.unmatched)
    return {
        "kind": "warn" if gap else "good",
        "strong": say("not_proved" if gap else "proved", language),
        "text": say("proof_gap", language, gap=gap) if gap else say("proof", language),
        "pairs": say("pairs_short", language, count=pairs),
        "left": say("left_count", language, count=left) if left else "",
        "publish": say("to_publish", language, count=pairs),
        "any": pairs > 0,
    }


def doubts(
    draft: tasks.Draft, changes: pd.DataFrame, points: pairing.Weights, language: str
) -> dict[str, Any]:
    """What speaks against publishing a draft as it is: the world, or the sliders, have moved on."""
    found = dict(zip(changes["code"], changes["count"], strict=True))
    if len(found) > 1:
        found.pop("draft_facts_changed", None)  # what came of it is said already
    said = [say(code, language, count=int(count)) for code, count in found.items()]
    return {
        "outdated": say("draft_outdated", language) if said else "",
        "changes": said,
        "weights": "" if draft.proposal.weights == points else say("draft_other_weights", language),
    }


def summary(
    draft: tasks.Draft, tiers: list[dict[str, Any]], published: bool, language: str
) -> dict[str, Any]:
    """What publishing means: how many, by tier, who stays waiting, from which day."""
    proposal = draft.proposal
    pairs, left = len(proposal.pairs), len(proposal.unmatched)
    loads = proposal.pairs["helper_id"].value_counts()
    numbers = {
        "pairs": pairs,
        "left": left,
        "ones": int((loads == 1).sum()),
        "more": int((loads > 1).sum()),
    }
    return {
        "title": say("published_title" if published else "summary_title", language),
        "published": say("published", language, count=pairs, day=proposal.on) if published else "",
        "numbers": [
            {
                "id": name,
                "number": format_number(number, language),
                "text": say(f"summary_{name}", language),
            }
            for name, number in numbers.items()
        ],
        "tiers": tiers,
        "from": say("summary_from", language, day=proposal.on),
        "publish": say("publish_pairs", language, count=pairs),
        "any": pairs > 0,
    }


def publications(recent: pd.DataFrame, language: str) -> list[dict[str, Any]]:
    """What can still be taken back, in the time of this machine."""
    return [
        {"id": row["step_id"], "text": _publication(row, language)}
        for row in recent.to_dict("records")
    ]


def _publication(row: Mapping[Hashable, Any], language: str) -> str:
    done = row["done_at"].to_pydatetime().astimezone()
    return say(
        "recent_row",
        language,
        count=int(row["pairs"]),
        day=done.date(),
        time=done.strftime("%H:%M"),
        who=row["name"],
    )
