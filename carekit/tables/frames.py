"""Frames in the shape the dictionary gives them."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from carekit.tables.dictionary import columns

__all__ = ["empty", "has_code", "join_codes", "typed"]

# kind -> dtype; whatever is not listed (text, choice, phone, time ...) is text.
DTYPES = {
    "whole": "Int64",
    "cents": "Int64",
    "number": "Float64",
    "longitude": "Float64",
    "latitude": "Float64",
    "flag": "boolean",
    "date": "datetime64[us]",
    "moment": "datetime64[us, UTC]",
}


def dtype(kind: str) -> Any:
    """The dtype of a kind.

    >>> dtype("choice:sex"), dtype("whole")
    ('string', 'Int64')
    """
    return DTYPES.get(kind, "string")


def empty(table: str) -> pd.DataFrame:
    """A frame of the table without rows, with every column of the dictionary and its dtype.

    >>> empty("villages").dtypes["longitude"]
    Float64Dtype()
    """
    return typed(table, pd.DataFrame())


def typed(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the dictionary's columns first, in its order and dtypes; missing ones empty.

    Columns the dictionary does not know (``version``, results) follow as they are; ``version``
    is Int64. The index is kept.

    >>> typed("villages", pd.DataFrame({"village_id": ["V0001"]}))["name"].tolist()
    [<NA>]
    """
    described = columns(table)
    out = {}
    for name, kind in described["kind"].items():
        values = frame[name] if name in frame else pd.Series(pd.NA, index=frame.index)
        if kind in ("date", "moment"):
            utc = kind == "moment"
            out[str(name)] = pd.to_datetime(values, utc=utc).astype(dtype(kind))
        else:
            out[str(name)] = values.astype(dtype(kind))
    extra = {str(name): frame[name] for name in frame.columns if name not in described.index}
    if "version" in extra:
        extra["version"] = extra["version"].astype("Int64")
    return pd.DataFrame({**out, **extra}, index=frame.index)


def join_codes(codes: Iterable[str]) -> str | None:
    """Several codes as one cell: joined by ``;`` in their order, without repeats.

    >>> join_codes(["hakka", "mandarin", "hakka"])
    'hakka;mandarin'
    """
    return ";".join(dict.fromkeys(codes)) or None


def has_code(cells: pd.Series, code: str) -> pd.Series:
    """Which cells of several codes hold this one (empty cells do not).

    >>> has_code(pd.Series(["hakka;gan", "gan", None], dtype="string"), "hakka").tolist()
    [True, False, False]
    """
    return (";" + cells.astype("string").fillna("") + ";").str.contains(f";{code};", regex=False)
