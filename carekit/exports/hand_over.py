"""The note a new helper gets with a child: what is needed, what was last, what comes next."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from carekit import dates, tables, words

__all__ = ["hand_over_note"]

LAST = 5  # contacts told
TOLD = ("needs", "languages", "free_times")


def hand_over_note(
    child: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    contacts: pd.DataFrame,
    language: str,
    *,
    on: dates.Day,
    due: pd.DataFrame | None = None,
) -> str:
    """The text for whoever takes a child over (M8).

    child: a row of children (with village, see `pairing.located`, if it is to be told). before:
    the row of the helper till now, or None; after: of the new one. contacts: the table, any
    children's. on: the day of the hand-over. due: what comes next, columns day and kind (a code
    of contact_kind).

    Told is what a helper of this child may see: names, village, needs, languages, free times and
    the last five contacts that reached somebody, their day and kind. Never: identity numbers,
    ids, telephone numbers, what was written down in confidence.

    >>> child = {"child_id": "C00001", "name": "Li Na", "needs": "english", "languages": "hakka",
    ...          "free_times": "sunday_morning", "id_number": "secret"}
    >>> contacts = pd.DataFrame({"child_id": ["C00001"], "kind": ["visit"], "reached": [True],
    ...     "day": pd.to_datetime(["2026-02-20"])})
    >>> print(hand_over_note(child, {"name": "Wu Lan"}, {"name": "He Ping"}, contacts, "en",
    ...     on="2026-03-02"))
    Hand-over, 2 March 2026
    He Ping now looks after Li Na. Until now: Wu Lan.
    Needs: English
    Languages: Hakka
    Free times: Sunday mornings
    Last contacts:
    - 20 February 2026: home visit
    This note is confidential. Please keep it safe and pass it to nobody.
    """

    def say(code: str, **values: object) -> str:
        return words.say(code, language, **values)

    day = dates.day(on)
    name, new = str(child["name"]), str(after["name"])
    lines = [say("handover_title", day=day)]
    if before is None:
        lines.append(say("handover_new", child=name, helper=new))
    else:
        lines.append(say("handover_people", child=name, helper=new, before=str(before["name"])))
    if _known(child.get("village")):
        lines.append(_line("village_id", str(child["village"]), language))
    for column in TOLD:
        if _known(child.get(column)):
            cells = pd.Series([child[column]], dtype="string")
            kind = str(tables.columns("children").at[column, "kind"])
            spoken = tables.labels(str(tables.choice_list(kind)), cells, language)
            lines.append(_line(column, str(spoken.iloc[0]), language))
    lines += _contacts(contacts, str(child["child_id"]), day, language)
    if due is not None and len(due):
        listed = due.assign(day=pd.to_datetime(due["day"])).sort_values(["day", "kind"])
        lines += [say("handover_due"), *_days(listed, language)]
    return "\n".join([*lines, say("handover_confidential")])


def _known(value: Any) -> bool:
    return not pd.isna(value) and str(value) != ""


def _line(column: str, text: str, language: str) -> str:
    colon = ": " if language == "en" else "："
    return f"{tables.heading('children', column, language)}{colon}{text}"


def _contacts(contacts: pd.DataFrame, child_id: str, day: Any, language: str) -> list[str]:
    met = contacts["reached"].astype("boolean").fillna(True).astype(bool)
    mine = contacts["child_id"].eq(child_id).fillna(False).astype(bool)
    past = pd.to_datetime(contacts["day"]).le(pd.Timestamp(day))
    last = contacts[mine & met & past].sort_values("day", ascending=False, kind="stable")
    if last.empty:
        return [words.say("handover_no_contacts", language)]
    return [words.say("handover_contacts", language), *_days(last.head(LAST), language)]


def _days(rows: pd.DataFrame, language: str) -> list[str]:
    """A line a row: its day and kind."""
    kinds = tables.labels("contact_kind", rows["kind"].astype("string"), language).fillna("–")
    return [
        "- " + words.say("handover_row", language, day=pd.Timestamp(day).date(), kind=str(kind))
        for day, kind in zip(rows["day"], kinds, strict=True)
    ]
