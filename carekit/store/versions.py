"""What became of one row: its versions, who made each, and what each changed."""

import json
from itertools import pairwise
from typing import Any

import pandas as pd
import sqlalchemy as sa

from carekit import tables
from carekit.store import rows, schema
from carekit.store.schema import HISTORY, STEPS

__all__ = ["COLUMNS", "versions"]

COLUMNS = ("version", "step_id", "done_at", "user_id", "kind", "changes")


def versions(connection: sa.Connection, table: str, key: str) -> pd.DataFrame:
    """The versions of one row, oldest first: see :meth:`carekit.store.Store.history`."""
    stored = schema.stored(table)
    steps = [STEPS.c[name] for name in ("step_id", "done_at", "user_id", "kind")]
    found = connection.execute(
        sa.select(HISTORY.c.version, *steps, HISTORY.c.before)
        .join(STEPS, STEPS.c.step_id == HISTORY.c.step_id)
        .where(HISTORY.c.table_name == table, HISTORY.c.row_key == key)
        .order_by(HISTORY.c.version)
    ).all()
    now = connection.execute(sa.select(stored).where(stored.c[tables.key(table)] == key)).first()
    # Each step keeps the row as it was before it, so after it the row was what the next one kept.
    before: list[rows.Row] = [json.loads(one.before or "{}") for one in found]
    images = [*before, dict(now._mapping) if now else {}]
    frame = pd.DataFrame([one[:5] for one in found], columns=list(COLUMNS[:5]))
    done_at = pd.to_datetime(frame["done_at"], format="ISO8601", utc=True)
    return frame.astype({"version": "Int64"} | dict.fromkeys(COLUMNS[1:5], "string")).assign(
        done_at=done_at.astype("datetime64[us, UTC]"),
        changes=pd.Series(_differences(table, images), index=frame.index, dtype="object"),
    )


def _differences(table: str, images: list[rows.Row]) -> list[dict[str, tuple[Any, Any]]]:
    """What changed from each image of the row to the next, as ``read`` types it."""
    key = tables.key(table)
    names = [str(name) for name in tables.columns(table).index if name != key]
    # A column that is younger than the image was empty then.
    values = [[image.get(name) for name in names] for image in images]
    typed = rows.from_rows(table, names, values).astype("object")
    typed["removed"] = [bool(image.get("removed", 0)) for image in images]
    plain = typed.where(typed.notna(), None).to_dict("records")
    return [
        {str(name): (old[name], new[name]) for name in new if old[name] != new[name]}
        for old, new in pairwise(plain)
    ]
