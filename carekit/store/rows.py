"""Frames to stored values and back.

Stored values are plain text, whole numbers and reals: dates as ``2026-03-02``, moments as
``2026-03-02T08:00:00.000000Z``, flags as 0 and 1, empty as NULL.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from carekit import tables
from carekit.errors import BadInput
from carekit.tables.frames import dtype as dtype_of

__all__ = ["Row", "from_rows", "from_values", "new_rows", "shaped", "to_rows"]

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


def new_rows(table: str, frame: pd.DataFrame, names: Sequence[str]) -> list[Row]:
    """The rows of a shaped frame as first versions, with all the names in their order.

    >>> frame = shaped("terms", pd.DataFrame({"term_id": ["TM001"], "since": ["2026-03-02"]}))
    >>> new_rows("terms", frame, ["term_id", "name", "since", "version", "removed"])
    [{'term_id': 'TM001', 'name': None, 'since': '2026-03-02', 'version': 1, 'removed': 0}]
    """
    kinds = tables.columns(table)["kind"]
    nothing, given = [None] * len(frame), frame.drop(columns="version")
    columns = {
        name: _values(kinds[name], given[name]) if name in given else nothing for name in names
    }
    columns |= {"version": [1] * len(frame), "removed": [0] * len(frame)}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _values(kind: str | None, values: pd.Series) -> list[Any]:
    if kind in _WRITTEN:
        texts = values.dt.strftime(_WRITTEN[kind])
    elif kind == "flag":
        texts = values.astype("Int64")
    else:
        texts = values
    return texts.astype("object").where(values.notna(), None).tolist()


def from_rows(
    table: str,
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    kinds: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """The typed frame of stored rows: the dictionary's columns among ``names``, then version.

    ``kinds`` are those of columns the dictionary does not have.

    >>> from_rows("terms", ["term_id", "since", "version"], [("TM001", "2026-03-02", 1)])
      term_id      since  version
    0   TM001 2026-03-02        1
    """
    kinds = {**tables.columns(table)["kind"], "version": "whole", **(kinds or {})}
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    typed = {
        name: from_values(kinds[name], values) for name, values in zip(names, columns, strict=True)
    }
    return pd.DataFrame(typed, columns=list(names))


def from_values(kind: str, values: Sequence[Any]) -> Any:
    """One column of stored values as an array of the kind's dtype.

    >>> from_values("flag", [1, None]).tolist()
    [True, <NA>]
    """
    dtype = dtype_of(kind)
    if kind == "date":  # ISO 8601: numpy reads it many times faster than a format does
        return np.array(values, dtype="datetime64[D]").astype(dtype)
    if kind == "moment":
        return pd.to_datetime(pd.array(values, "string"), format="ISO8601", utc=True).astype(dtype)
    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    if dtype == "string":
        return pd.array(_shared(cells), dtype=dtype)
    missing = pd.isna(cells)
    if not missing.any():
        return pd.array(cells.astype(_PLAIN[dtype]), dtype=dtype)
    cells[missing] = 0
    filled = pd.array(cells.astype(_PLAIN[dtype]), dtype=dtype)
    filled[missing] = pd.NA
    return filled


_PLAIN = {"Int64": "int64", "Float64": "float64", "boolean": "bool"}


def _shared(cells: np.ndarray) -> np.ndarray:
    """The same text as the same object where a column repeats itself: a tenth of the memory."""
    some = cells[:_LOOK].tolist()
    if len(set(some)) > len(some) // 2:
        return cells
    codes, texts = pd.factorize(cells)
    return np.array([*texts, None], dtype=object)[codes]  # empty is -1: the last one


_LOOK = 256
