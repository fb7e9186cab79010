"""A call for volunteers, ready to copy: whom is looked for, without a word about any child."""

import datetime as dt
from collections.abc import Iterable

import pandas as pd

from carekit import dates, tables, words

__all__ = ["call_for_volunteers"]

FEW = 3  # fewer children than this are never told by place, language or time


def call_for_volunteers(
    recruits: pd.DataFrame,
    places: pd.DataFrame,
    language: str,
    *,
    since: dates.Day | None = None,
) -> str:
    """The text of a call for the people `pairing.recruits` says are missing (P1).

    recruits: as that gives them. places: the table villages (told is the township only); for
    schemes of a school the table schools. language: en or zh. since: from which day on; as soon
    as can be where nobody says.

    Told are numbers, townships (or schools), languages and free times, and no person: no name, no
    id, no village. A township, language or time that stands for fewer than three children is not
    told apart; it counts in the total. Nobody missing gives an empty text.

    >>> recruits = pd.DataFrame({"kind": "volunteer", "languages": "hakka", "village_id": "V0001",
    ...     "free_times": "sunday_morning", "sex": None, "promised": [2, 2]})
    >>> villages = pd.DataFrame({"village_id": ["V0001"], "township": ["Willow"]})
    >>> print(call_for_volunteers(recruits, villages, "en", since="2026-03-09"))
    Wanted: 2 volunteers
    4 children in our care wait for somebody with time for them. We are looking for 2 volunteers.
    Where:
    - Willow: 2
    Languages: Hakka
    Free times: Sunday mornings
    From: 9 March 2026
    No experience needed: we train you and stay at your side. Please get in touch with us.
    """
    wanted = recruits[recruits["promised"].astype("int64") > 0]
    if wanted.empty:
        return ""
    people, children = len(wanted), int(wanted["promised"].sum())
    kinds = wanted["kind"].astype("string").unique()
    one = str(kinds[0]) if len(kinds) == 1 else "volunteer"
    kind = tables.label("helper_kind", one, language)

    def say(code: str, **values: object) -> str:
        return words.say(code, language, **values)

    told = children >= FEW
    lines = [
        say("call_title", count=people, kind=kind),
        say("call_children" if told else "call_few", number=children, count=people, kind=kind),
    ]
    where = _by_place(wanted, places)
    if where:
        lines += [say("call_where"), *(f"- {_row(say, *each)}" for each in where)]
    for column, choices, code in (
        ("languages", "language", "call_languages"),
        ("free_times", "free_time", "call_times"),
    ):
        if spoken := _listed(wanted, column, choices, language):
            lines.append(say(code, list=spoken))
    sexes = wanted.groupby(wanted["sex"].astype("string"))["promised"].sum()
    for sex, code in (("female", "call_women"), ("male", "call_men")):
        if int(sexes.get(sex, 0)) >= FEW:
            lines.append(say(code, number=int((wanted["sex"] == sex).sum())))
    day: dt.date | None = None if since is None else dates.day(since)
    lines.append(say("call_at_once") if day is None else say("call_from", day=day))
    return "\n".join([*lines, say("call_close")])


def _row(say: object, place: str, people: int) -> str:
    return str(say("call_place", place=place, number=people))  # type: ignore[operator]


def _by_place(wanted: pd.DataFrame, places: pd.DataFrame) -> list[tuple[str, int]]:
    """Townships (or schools) that stand for enough children, and how many people each needs."""
    key, name = ("school_id", "name") if "school_id" in places else ("village_id", "township")
    if key not in wanted or name not in places:
        return []
    where = wanted[key].astype("string").map(places.set_index(key)[name])
    each = wanted.assign(place=where.astype("string")).dropna(subset="place")
    count = each.groupby("place")["promised"].agg(["size", "sum"]).reset_index()
    count = count[count["sum"] >= FEW].sort_values(["size", "place"], ascending=[False, True])
    return list(zip(count["place"].tolist(), count["size"].tolist(), strict=True))


def _listed(wanted: pd.DataFrame, column: str, choices: str, language: str) -> str:
    """The codes that stand for enough children, the commonest first."""
    if column not in wanted:
        return ""
    each = wanted.assign(code=wanted[column].astype("string").str.split(";")).explode("code")
    count = each.groupby("code")["promised"].sum()
    told: Iterable[str] = (
        count[count >= FEW].sort_index().sort_values(ascending=False, kind="stable").index
    )
    comma = ", " if language == "en" else "、"
    return comma.join(tables.label(choices, code, language) for code in told)
