"""Who waits and who can help: the tiles and the two tables of the first step of matching."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from carekit import dates, pairing, people, tables
from carekit.pages.kit import Column, Table
from carekit.pages.kit.cells import bar, chip, person
from carekit.words import format_number, say

__all__ = [
    "TIER_LOOK", "TILES", "blocked", "everybody", "helpers", "helpers_table", "holds", "listed",
    "tiles", "waiting", "waiting_table",
]  # fmt: skip

Read = Callable[[str], pd.DataFrame]

TIER_LOOK = {1: "danger", 2: "warn", 3: "plain"}
# Which list a tile opens, and which filter of it.
TILES = {
    "waiting": ("waiting", "all"),
    "urgent": ("waiting", "tier_1"),
    "able": ("helpers", "able"),
    "places": ("helpers", "able"),
    "blocked": ("helpers", "blocked"),
}


def waiting(read: Read, scheme: pairing.Scheme, on: dates.Day) -> pd.DataFrame:
    """Children who wait on the day, most vulnerable first: + tier, reasons, class, village."""
    found = pairing.waiting(read("children"), read("pairings"), scheme, on=on)
    classes, villages = read("classes").set_index("class_id"), read("villages")
    return found.assign(
        **{"class": found["class_id"].map(classes["name"]).astype("string")},
        village=_village(found, villages),
    ).sort_values(["tier", "child_id"], ignore_index=True)


def helpers(read: Read, scheme: pairing.Scheme, on: dates.Day) -> pd.DataFrame:
    """Helpers of the scheme whose file is open: + age, village, state (able, full, blocked), why.

    ``why`` are the codes of what is in the way, joined by ``;``.
    """
    ready = people.readiness(read("helpers"), read("trainings"), on=on)
    offers = pairing.offers(ready, read("pairings"), scheme, on=on)
    shut = (pd.to_datetime(offers["closed_on"]) <= pd.Timestamp(dates.day(on))).fillna(False)
    here = offers[offers["kind"].isin(scheme.kinds) & ~shut]
    here = here.assign(age=dates.age(here["birth_date"], on))
    nothing = pd.Series("", here.index, dtype="string")
    young = here["age"] < pairing.rules.ADULT_AGE
    age = young.map({True: "under_18", False: ""}).astype("string").fillna("age_unknown")
    papers = here["blocked_by"].astype("string").fillna("")
    papers = papers if "ready" in scheme.rules else nothing
    why = (papers + ";" + (age if "adult" in scheme.rules else nothing)).str.strip(";")
    free = (here["places_left"] > 0).fillna(False).astype("bool")
    fit = able(here, scheme)
    state = pd.Series("blocked", here.index).mask(fit, "full").mask(fit & free, "able")
    return here.assign(village=_village(here, read("villages")), state=state, why=why)


def _village(found: pd.DataFrame, villages: pd.DataFrame) -> pd.Series:
    names = villages.set_index("village_id")["name"]
    return found["village_id"].map(names).astype("string")


def able(offers: pd.DataFrame, scheme: pairing.Scheme) -> pd.Series:
    """Who may care for a child on the day: papers in order, and of age, where the scheme asks."""
    grown = (offers["age"] >= pairing.rules.ADULT_AGE).fillna(False) | ("adult" not in scheme.rules)
    papers = offers["ready"].fillna(False) | ("ready" not in scheme.rules)
    return (papers & grown).astype("bool")


def blocked(known: pd.DataFrame, language: str) -> list[dict[str, Any]]:
    """What stands in the way of helpers who are not ready, and at how many."""
    codes = known["why"].str.split(";").explode()
    counts = codes[codes.fillna("") != ""].value_counts()
    return [
        {"text": say(f"blocked_{c}", language), "count": say("number", language, n=int(n))}
        for c, n in counts.items()
    ]


def tiles(
    waiting: pd.DataFrame, known: pd.DataFrame, here: str, language: str
) -> list[dict[str, Any]]:
    """The numbers of the first step; each opens its list."""
    state = known["state"]
    numbers = {
        "waiting": (len(waiting), ""),
        "urgent": (int((waiting["tier"] == 1).sum()), "danger"),
        "able": (int((state == "able").sum()), "good"),
        "places": (int(known.loc[state == "able", "places_left"].sum()), ""),
        "blocked": (int((state == "blocked").sum()), "warn"),
    }
    signs = {"good": "✓", "warn": "▲", "danger": "●"}
    return [
        {
            "id": name,
            "number": format_number(number, language),
            "text": say(f"tile_{name}", language),
            "look": look if number else "",
            "sign": signs.get(look, "") if number else "",
            "opens": True,
            "here": name == here,
        }
        for name, (number, look) in numbers.items()
    ]


def waiting_table() -> Table:
    """Children who wait: tier with its reasons, languages, needs."""
    return Table(
        [
            Column("child", ("children", "name"), "name"),
            Column("tier", "column_tier", "tier"),
            Column("why", "column_tier_why"),
            Column("languages", ("children", "languages")),
            Column("needs", ("children", "needs")),
        ],
        _child,
        key="child_id",
        caption="waiting_list",
        empty="waiting_list_empty",
        searched=["name", "village", "class"],
        names=["name"],
        filters={"all": everybody} | {f"tier_{n}": holds("tier", n) for n in TIER_LOOK},
        rows_a_page=10,
        opens=True,
    )


def helpers_table() -> Table:
    """Helpers of the scheme: free places, and what is in the way."""
    return Table(
        [
            Column("helper", ("helpers", "name"), "name"),
            Column("kind", ("helpers", "kind"), "kind"),
            Column("state", "column_ready", "state"),
            Column("places", "column_places_left", "places_left"),
            Column("subjects", ("helpers", "subjects")),
        ],
        _helper,
        key="helper_id",
        caption="helpers_list",
        empty="helpers_list_empty",
        searched=["name", "village"],
        names=["name"],
        filters={state: holds("state", state) for state in ("able", "full", "blocked")},
        rows_a_page=10,
        opens=True,
    )


def everybody(frame: pd.DataFrame) -> pd.Series:
    """The filter that leaves nobody out."""
    return pd.Series(True, index=frame.index)


def holds(column: str, value: Any) -> Callable[[pd.DataFrame], pd.Series]:
    """A filter: rows with this value in this column."""
    return lambda frame: frame[column] == value


def _child(row: dict[str, Any], language: str) -> dict[str, Any]:
    known = [str(row[name]) for name in ("class", "village") if pd.notna(row[name])]
    reasons = [code for code in str(row["reasons"]).split(";") if code]
    said = [
        say("nobody_supervising_short", language)
        if code == "nobody_supervising"
        else tables.label("circumstance", code, language)
        for code in reasons
    ]
    return {
        "child": person(row["name"], " · ".join(known)),
        "tier": chip(TIER_LOOK[int(row["tier"])], say(f"tier_{row['tier']}", language)),
        "why": listed(said, language),
        "languages": _labels("language", row["languages"], language),
        "needs": _labels("need", row["needs"], language),
    }


def _helper(row: dict[str, Any], language: str) -> dict[str, Any]:
    state = str(row["state"])
    places = 0 if pd.isna(row["places_left"]) else int(row["places_left"])
    why = [say(f"blocked_{code}", language) for code in str(row["why"]).split(";") if code]
    cells = {
        "able": chip("good", say("state_able", language)),
        "full": chip("plain", say("state_full", language)),
        "blocked": chip("warn", listed(why, language)),
    }
    most = max(places, 0 if pd.isna(row["places"]) else int(row["places"]), 1)
    return {
        "helper": person(row["name"], "" if pd.isna(row["village"]) else row["village"]),
        "kind": _labels("helper_kind", row["kind"], language),
        "state": cells[state],
        "places": bar(places / most, str(places)) if state == "able" else "",
        "subjects": _labels("need", row["subjects"], language),
    }


def _labels(choices: str, cell: Any, language: str) -> str:
    codes = [] if pd.isna(cell) else str(cell).split(";")
    return listed([tables.label(choices, code, language) for code in codes], language)


def listed(said: list[str], language: str) -> str:
    """Several words as a list; in English a sentence's first letter is a capital."""
    text = ("、" if language == "zh" else ", ").join(said)
    return text[:1].upper() + text[1:]
