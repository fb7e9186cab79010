"""Cells as read -> typed values and the cells that had to be refused, column by column."""

import datetime as dt
from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd

from carekit import dates, tables
from carekit.people import labels
from carekit.people.days import days
from carekit.people.numbers import birth_dates, id_numbers, numbers, phones, sexes
from carekit.people.texts import BROKEN, is_nothing, texts
from carekit.tables.frames import dtype

FINDING = {"row": "int64", "column": "string", "code": "string", "value": "string"}
NO_FINDINGS = pd.DataFrame({name: [] for name in FINDING}).astype(FINDING)


def read_cells(
    cells: pd.DataFrame, sheet: str, on: str | dt.date
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read every column by its kind in the data dictionary.

    Takes cells as read (index: row numbers, columns: fields of ``tables.sheet_columns(sheet)``,
    a column that is not in the sheet may be missing). Gives a typed frame with *every* field, and
    the refused cells: ``row``, ``column`` (field), ``code``, ``value`` (text as read). A refused
    cell is empty in the typed frame. ``on`` is the day after which nobody is born yet.

    >>> cells = pd.DataFrame({"name": ["李小草"], "birth_date": ["2015年3月"]}, index=[2])
    >>> good, refused = read_cells(cells, "children", on="2026-03-02")
    >>> refused
       row      column         code    value
    0    2  birth_date  date_no_day  2015年3月
    """
    described = tables.sheet_columns(sheet)
    good, found = _blank(sheet).reindex(cells.index), []
    for field in described.index[described.index.isin(cells.columns)]:
        values, codes = _column(cells[field], described.loc[field])
        if field == "birth_date":
            future = values.gt(pd.Timestamp(dates.day(on)))
            values, codes = values.mask(future), codes.mask(future, "date_future")
        good[field] = values
        found.append(findings(cells[field], codes, field))
    good, disagreeing = identity(good, cells)
    return good, joined([*found, disagreeing])


def read_row(table: str, typed: dict[str, object]) -> tuple[pd.DataFrame, dict[str, str]]:
    """Read one row typed into a form: the same reading as of a spreadsheet, for any table.

    Takes column -> what was typed. Gives a frame of one row with these columns, and column ->
    code of what is wrong (empty when all is well; required columns are ``required_missing``).

    >>> row, wrong = read_row("contacts", {"day": "2026年3月2日", "minutes": "half an hour"})
    >>> row["day"].dt.date[0].isoformat(), wrong
    ('2026-03-02', {'minutes': 'number_wrong'})
    """
    described = tables.columns(table)
    good, wrong = {}, {}
    for column, value in typed.items():
        known = described.loc[column].to_dict()
        rule = pd.Series({**known, "table": table, "column": column})
        values, codes = _column(pd.Series([value], dtype=object), rule)
        good[column] = values
        if pd.notna(codes.iloc[0]):
            wrong[column] = str(codes.iloc[0])
        elif rule["required"] and values.isna().iloc[0]:
            wrong[column] = "required_missing"
    return pd.DataFrame(good), wrong


@cache
def _blank(sheet: str) -> pd.DataFrame:
    """No rows, every field with its dtype."""
    kinds = tables.sheet_columns(sheet)["kind"].astype(str)
    return pd.DataFrame({field: pd.Series(dtype=dtype(kind)) for field, kind in kinds.items()})


def findings(values: pd.Series, codes: pd.Series, column: str) -> pd.DataFrame:
    """One finding for each cell that has a code."""
    at = codes[codes.notna()]
    if at.empty:
        return NO_FINDINGS
    return pd.DataFrame(
        {
            "row": at.index.astype("int64"),
            "column": column,
            "code": at.to_numpy(),
            "value": texts(values.loc[at.index]).to_numpy(),
        }
    ).astype(FINDING)


def joined(found: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Findings of several columns in one frame."""
    some = [part for part in found if len(part)]
    return pd.concat(some, ignore_index=True) if some else NO_FINDINGS


def _column(raw: pd.Series, rule: pd.Series) -> tuple[pd.Series, pd.Series]:
    text = texts(raw)
    broken = text.eq(BROKEN).fillna(False).astype(bool)
    good, codes = _typed(raw, text.mask(broken), rule)
    return good, codes.mask(broken, "cell_error")


def _typed(raw: pd.Series, text: pd.Series, rule: pd.Series) -> tuple[pd.Series, pd.Series]:
    kind = str(rule["kind"])
    choices = tables.choice_list(kind)
    if choices is not None:
        read = labels.several if kind.startswith("choices:") else labels.choice
        good, codes = read(text, choices)
        return good, codes.mask(is_nothing(text))
    if kind == "text":
        return text, pd.Series(pd.NA, index=text.index, dtype="string")
    text = text.mask(is_nothing(text))
    if kind == "date":
        return days(text)
    if kind == "time":
        return times(text)
    if kind == "phone":
        return phones(text)
    if kind == "id_number":
        as_number = [isinstance(v, int | float | np.number) for v in raw]
        return id_numbers(text, pd.Series(as_number, index=raw.index, dtype=bool))
    if kind == "flag":
        return labels.flags(text)
    good, codes = numbers(text, whole=kind == "whole")
    bounds = tables.columns(str(rule["table"])).loc[str(rule["column"]), ["min", "max"]]
    if pd.notna(bounds["min"]):
        codes = codes.mask(good.lt(bounds["min"]).fillna(False), "too_small")
    if pd.notna(bounds["max"]):
        codes = codes.mask(good.gt(bounds["max"]).fillna(False), "too_large")
    return good.mask(codes.notna()), codes


def times(text: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Times of a day as HH:MM."""
    said = text.str.replace("：", ":").str.strip()
    parts = said.str.extract(r"^([01]?\d|2[0-3]):([0-5]\d)$")
    good = (parts[0].str.zfill(2) + ":" + parts[1]).astype("string")
    codes = pd.Series(pd.NA, index=text.index, dtype="string")
    return good, codes.mask(text.notna() & good.isna(), "time_wrong")


def identity(good: pd.DataFrame, cells: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """An identity number that contradicts its own row is refused, and used for nothing."""
    ids = good["id_number"]
    born, sex = birth_dates(ids), sexes(ids)
    codes = pd.Series(pd.NA, index=good.index, dtype="string")
    codes = codes.mask(good["sex"].ne(sex).fillna(False), "id_number_sex")
    other_day = good["birth_date"].notna() & born.notna() & good["birth_date"].ne(born)
    codes = codes.mask(other_day, "id_number_birth_date")
    disagreeing = findings(cells.get("id_number", ids), codes, "id_number")
    return good.assign(id_number=ids.mask(codes.notna())), disagreeing
