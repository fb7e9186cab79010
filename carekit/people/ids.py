"""Ids of ours, in the shape the data dictionary gives them."""

import pandas as pd

from carekit import tables


def next_ids(table: str, count: int, taken: pd.Series, first: str | None = None) -> list[str]:
    """The next free ids of a table, from ``first`` or one past the greatest taken.

    Ids are never used again: who knows of removed rows (the store) gives ``first``.

    >>> next_ids("children", 2, pd.Series(["C00009"], dtype="string"))
    ['C00010', 'C00011']
    """
    described = tables.tables()
    prefix, width = str(described.at[table, "prefix"]), int(described.at[table, "width"])  # type: ignore[arg-type]
    if first is not None:
        start = int(first.removeprefix(prefix))
    else:
        numbers = taken.astype("string").str.extract(rf"^{prefix}(\d+)$")[0].dropna()
        start = int(numbers.astype("int64").max()) + 1 if len(numbers) else 1
    return [f"{prefix}{number:0{width}d}" for number in range(start, start + count)]
