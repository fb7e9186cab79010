"""A frame of codes as people read it: headings and values in their language."""

import datetime as dt
import json
from typing import Any

import pandas as pd

from carekit import tables, words

__all__ = ["headings", "kinds", "plain", "spoken"]

# Columns of results, which no table has: what their codes are.
_RESULTS = {
    "consent": "choice:consent_state",
    "guardian_role": "choice:guardian_role",
    "code": "codes",
    "reasons": "codes",
    "blocked_by": "codes",
}
# Where a column is looked up when the frame is of no single table.
_FIRST = ("children", "helpers", "pairings", "outings", "guardians")


def _home(column: str, table: str | None) -> str | None:
    """The table that describes a column."""
    for name in (table,) if table else _FIRST:
        if column in tables.columns(name).index:
            return name
    return None


def headings(frame: pd.DataFrame, language: str, table: str | None = None) -> list[str]:
    """The title of each column: the table's, else ours (``column_...``), else the dictionary's.

    >>> headings(pd.DataFrame(columns=["birth_date", "own"]), "zh", "children")
    ['出生日期', 'own']
    """
    return [_heading(str(column), language, table) for column in frame.columns]


def _heading(column: str, language: str, table: str | None) -> str:
    home, said = _home(column, table), words.codes(language)
    if (home is None or table is None) and f"column_{column}" in said:
        return words.say(f"column_{column}", language)
    if home is not None:
        return tables.heading(home, column, language)
    return words.say(f"roster_{column}", language) if f"roster_{column}" in said else column


def kinds(frame: pd.DataFrame, table: str | None = None) -> dict[str, str]:
    """The kind of each column (``text`` when nothing describes it).

    >>> kinds(pd.DataFrame(columns=["phone", "consent", "own"]))
    {'phone': 'phone', 'consent': 'choice:consent_state', 'own': 'text'}
    """
    found = {}
    for column in map(str, frame.columns):
        home = _home(column, table)
        if column in _RESULTS and (home is None or table is None):
            found[column] = _RESULTS[column]
        elif home:
            found[column] = str(tables.columns(home).at[column, "kind"])
        else:
            found[column] = "phone" if column.endswith("phone") else "text"
    return found


def spoken(frame: pd.DataFrame, language: str, table: str | None = None) -> pd.DataFrame:
    """The frame with words in the place of codes, also yes and no; all else as it is.

    >>> frame = pd.DataFrame({"sex": ["female"], "languages": ["hakka;gan"]}, dtype="string")
    >>> spoken(frame, "zh", "children").iloc[0].tolist()
    ['女', '客家话、赣语']
    """
    out = {}
    for column, kind in kinds(frame, table).items():
        values = frame[column]
        choices = tables.choice_list(kind)
        if choices:
            out[column] = tables.labels(choices, values, language)
        elif kind == "codes":
            out[column] = values.map(lambda codes: _sentence(codes, language), na_action="ignore")
        elif pd.api.types.is_bool_dtype(values):
            yes_no = {True: words.say("flag_yes", language), False: words.say("flag_no", language)}
            out[column] = values.map(yes_no)
        else:
            out[column] = values
    return pd.DataFrame(out, index=frame.index, columns=[str(c) for c in frame.columns])


def _sentence(codes: Any, language: str) -> str:
    said = [words.say(code, language) for code in str(codes).split(";") if code]
    return ("; " if language == "en" else "；").join(said)


def plain(value: Any) -> str | int | float | bool | dt.date | None:
    """One cell as a plain value: None when empty, days as dates, records as JSON.

    >>> plain(pd.Timestamp("2026-03-02")), plain({"km": 4}), plain(pd.NA)
    (datetime.date(2026, 3, 2), '{"km": 4}', None)
    """
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    if pd.isna(value):
        return None
    if isinstance(value, dt.datetime):  # a Timestamp is one too
        return value.isoformat(" ") if value.time() != dt.time() else value.date()
    if hasattr(value, "item"):  # a numpy number
        value = value.item()
    return value if isinstance(value, (bool, int, float, dt.date)) else str(value)
