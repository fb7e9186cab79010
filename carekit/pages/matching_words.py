"""What the matching view says of a proposal as a whole: proof, doubts, summary, publications."""

import datetime as dt
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from carekit import pairing, tables, tasks
from carekit.pages.kit.cells import chip
from carekit.pages.matching_people import listed
from carekit.words import format_day, format_number, say

__all__ = [
    "done", "doubts", "parts", "proof", "publications", "rules", "schemes", "state", "subtitle",
    "summary",
]  # fmt: skip

Schemes = Mapping[str, pairing.Scheme]


def subtitle(
    scheme: pairing.Scheme,
    parts: list[pairing.Scheme],
    today: dt.date,
    practice: bool,
    language: str,
) -> str:
    """What holds for the whole view: the scheme, how many children a helper gets, the day."""
    said = [_named(scheme, language)]
    if not scheme.parts:
        said.append(say("places_each", language, count=parts[0].most))
    said.append(format_day(today, language))
    return " · ".join([*said, say("practice_day", language)] if practice else said)


def _named(scheme: pairing.Scheme, language: str) -> str:
    return tables.label("scheme", scheme.code, language)


def schemes(known: Schemes, here: pairing.Scheme, language: str) -> list[dict[str, Any]]:
    """The ways of pairing a branch may choose from."""
    return [
        {"id": code, "text": _named(one, language), "here": code == here.code}
        for code, one in known.items()
    ]


def parts(
    every: list[pairing.Scheme],
    here: pairing.Scheme,
    drafts: Mapping[str, tasks.Draft],
    language: str,
) -> list[dict[str, Any]]:
    """The halves of a scheme, with the pairs each has; none where it has no halves."""
    if len(every) < 2:
        return []
    pairs = {code: len(draft.proposal.pairs) for code, draft in drafts.items()}
    return [
        {
            "id": one.code,
            "text": _named(one, language),
            "count": format_number(pairs[one.code], language) if one.code in pairs else "",
            "here": one.code == here.code,
        }
        for one in every
    ]


def rules(scheme: pairing.Scheme, language: str) -> list[dict[str, Any]]:
    """The rules every pair of a scheme keeps."""
    kinds = [tables.label("helper_kind", kind, language) for kind in scheme.kinds]
    named = listed(kinds, language)
    return [
        {"code": rule, "text": say(f"rule_{rule}", language, kinds=named)}
        for rule in scheme.every_rule
    ]


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


def proof(draft: tasks.Draft, language: str) -> dict[str, Any]:
    """The banner above a proposal: what is proved of it, before anybody changed it by hand."""
    proposal = draft.proposal
    gap = int((draft.best or proposal).certificate.gap)
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
    drafts: list[tasks.Draft], tiers: list[dict[str, Any]], published: bool, language: str
) -> dict[str, Any]:
    """What publishing means: how many, by tier, who stays waiting, from which day.

    drafts: all parts of the scheme; they are published together.
    """
    proposal = drafts[0].proposal
    every = pd.concat([draft.proposal.pairs for draft in drafts])
    pairs, left = len(every), sum(len(draft.proposal.unmatched) for draft in drafts)
    loads = every["helper_id"].value_counts()
    said = [(f"summary_{name}", number) for name, number in (("pairs", pairs), ("left", left))]
    if len(drafts) > 1:  # a child may be in each of them: what is counted are pairs
        said = [(draft.proposal.scheme.code, len(draft.proposal.pairs)) for draft in drafts]
    said += [("summary_ones", int((loads == 1).sum())), ("summary_more", int((loads > 1).sum()))]
    labels = {
        draft.proposal.scheme.code: _named(draft.proposal.scheme, language) for draft in drafts
    }
    return {
        "title": say("published_title" if published else "summary_title", language),
        "published": say("published", language, count=pairs, day=proposal.on) if published else "",
        "numbers": [
            {
                "id": name.removeprefix("summary_"),
                "number": format_number(number, language),
                "text": labels.get(name) or say(name, language),
            }
            for name, number in said
        ],
        "tiers": tiers if len(drafts) == 1 else [],
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
