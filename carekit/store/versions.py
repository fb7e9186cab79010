"""What became of one row: its versions, who made each, and what each changed."""

import json
from itertools import pairwise
from typing import Any

import pandas as pd
import sqlalchemy as sa

from carekit import tables
from carekit.errors import NotAllowed
from carekit.store import rows, schema
from carekit.store.policy import Policy
from carekit.store.schema import HISTORY, STEPS

__all__ = ["COLUMNS", "seen", "versions"]

_OWNERS = {"class_id", "child_id", "helper_id", "outing_id", "user_id"}  # whose a row is
COLUMNS = ("version", "step_id", "done_at", "user_id", "kind", "changes")


def versions(connection: sa.Connection, table: str, key: str) -> pd.DataFrame:
    """Every version of one row, oldest first, with every column: see ``Store.history``."""
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


def seen(connection: sa.Connection, table: str, key: str, policy: Policy) -> pd.DataFrame:
    """What of :func:`versions` a person may see: an own row, in the columns it is read in.

    Where the row came to the person from somebody else (another class), what was before is left
    out: it was not theirs then.
    """
    policy.need("history")
    lines = policy.lines(table, "read")
    stored = schema.stored(table)
    this = sa.select(sa.literal(1)).where(stored.c[tables.key(table)] == key)
    own = [
        line
        for line in lines
        if (condition := policy.condition(line)) is None
        or connection.execute(this.where(condition)).first()
    ]
    if not own:
        raise NotAllowed("not_allowed", table=table, action="read")
    shown = {name for line in own for name in line.columns if name not in line.changes}
    found = versions(connection, table, key)
    came = False  # from somebody else
    if all(line.rows != "all" for line in own):
        moved = [row for row, of in enumerate(found["changes"]) if row and _OWNERS & of.keys()]
        came = bool(moved)
        if came:
            found = found.iloc[moved[-1] :].reset_index(drop=True)
    changes: list[dict[str, Any]] = [
        {name: both for name, both in of.items() if name in shown or name == "removed"}
        for of in found["changes"]
    ]
    if came:
        changes[0] = {}
    return found.assign(changes=pd.Series(changes, index=found.index, dtype="object"))


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
