"""Frames to stored values and back.

Stored values are plain text, whole numbers and reals: dates as ``2026-03-02``, moments as
``2026-03-02T08:00:00.000000Z``, flags as 0 and 1, empty as NULL.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from carekit import tables
from carekit.errors import BadInput

__all__ = ["Row", "from_rows", "shaped", "to_rows"]

Row = dict[str, Any]  # one stored row, by column

_WRITTEN = {"date": "%Y-%m-%d", "moment": "%Y-%m-%dT%H:%M:%S.%fZ"}


def shaped(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the dictionary's dtypes and ``version``; only columns that were given.

    Raises ``BadInput``: ``columns_unknown`` (a mistyped column would be lost silently),
    ``column_wrong`` (values that are no dates, numbers ...).

    >>> frame = pd.DataFrame({"village_id": ["V0001"], "name": ["Upper Ford"], "county": [""]})
    >>> shaped("villages", frame)
      village_id        name county  version
    0      V0001  Upper Ford   <NA>     <NA>
    """
    known = [*tables.columns(table).index, "version"]
    if unknown := [str(name) for name in frame.columns if name not in known]:
        raise BadInput("columns_unknown", table=table, columns=", ".join(unknown))
    frame = frame.reset_index(drop=True)
    try:
        typed = tables.typed(table, frame)
    except (ValueError, TypeError, OverflowError):
        raise BadInput("column_wrong", table=table, column=_culprit(table, frame)) from None
    if "version" not in typed:
        typed["version"] = pd.Series(pd.NA, index=typed.index, dtype="Int64")
    texts = typed.columns[typed.dtypes == "string"]
    typed[texts] = typed[texts].replace("", pd.NA)
    return typed[[name for name in typed if name in frame or name in (known[-1], known[0])]]


def _culprit(table: str, frame: pd.DataFrame) -> str:
    for name in frame.columns:
        try:
            tables.typed(table, frame[[name]])
        except (ValueError, TypeError, OverflowError):
            return str(name)
    return ""


def to_rows(table: str, frame: pd.DataFrame) -> list[Row]:
    """The rows of a shaped frame as stored values.

    >>> frame = shaped("terms", pd.DataFrame({"term_id": ["TM001"], "since": ["2026-03-02"]}))
    >>> to_rows("terms", frame)
    [{'term_id': 'TM001', 'since': '2026-03-02', 'version': None}]
    """
    kinds = tables.columns(table)["kind"]
    columns = {str(name): _values(kinds.get(name), frame[name]) for name in frame}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _values(kind: str | None, values: pd.Series) -> list[Any]:
    if kind in _WRITTEN:
        texts = values.dt.strftime(_WRITTEN[kind])
    elif kind == "flag":
        texts = values.astype("Int64")
    else:
        texts = values
    return texts.astype("object").where(values.notna(), None).tolist()


def from_rows(table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """The typed frame of stored rows: the dictionary's columns among ``names``, then version.

    >>> from_rows("terms", ["term_id", "since", "version"], [("TM001", "2026-03-02", 1)])
      term_id      since  version
    0   TM001 2026-03-02        1
    """
    frame = pd.DataFrame([tuple(row) for row in rows], columns=list(names), dtype="object")
    kinds = tables.columns(table)["kind"]
    for name in names:
        if kinds.get(name) == "date":
            frame[name] = pd.to_datetime(frame[name], format=_WRITTEN["date"])
        elif kinds.get(name) == "moment":
            frame[name] = pd.to_datetime(frame[name], format="ISO8601", utc=True)
        elif kinds.get(name) == "flag":
            frame[name] = frame[name].astype("Int64")
    return tables.typed(table, frame)[list(names)]
