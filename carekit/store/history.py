"""Steps: what each transaction did to which row, and taking one back."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa

from carekit import tables
from carekit.errors import BadInput, Stale
from carekit.store import audit, numbers, schema, seals
from carekit.store.reading import raw
from carekit.store.rows import Row
from carekit.store.schema import HISTORY, STEPS

__all__ = [
    "Change",
    "apply",
    "begin_step",
    "changed_since",
    "done_by",
    "done_with",
    "steps",
    "take_back",
]


@dataclass(frozen=True)
class Change:
    """The rows a step changes in one table: as they were (none for a new row) and as they are."""

    table: str
    before: list[Row]
    after: list[Row]


def begin_step(connection: sa.Connection, kind: str, token: str | None, user_id: str) -> str:
    """Enter a new step and give its id."""
    step_id = numbers.new_step_id(connection)
    said = {"kind": kind, "token": token, "user_id": user_id, "done_at": audit.now()}
    connection.execute(sa.insert(STEPS).values(step_id=step_id, **said))
    return step_id


def done_with(connection: sa.Connection, token: str | None) -> str | None:
    """The step that was written with this token, if any."""
    if token is None:
        return None
    step_id: str | None = connection.execute(
        sa.select(STEPS.c.step_id).where(STEPS.c.token == token)
    ).scalar()
    return step_id


def changed_since(connection: sa.Connection, step: str) -> set[str]:
    """The tables that steps entered after this one have changed."""
    ids = STEPS.c.step_id
    length = sa.func.length(ids)
    later = sa.or_(length > len(step), sa.and_(length == len(step), ids > step))
    # Steps are few and the history's key begins with them: nothing older is looked at.
    touched = HISTORY.c.step_id.in_(sa.select(ids).where(later))
    select = sa.select(HISTORY.c.table_name).where(touched).distinct()
    return set(connection.execute(select).scalars())


def apply(connection: sa.Connection, step_id: str, change: Change) -> None:
    """Bring the rows of a change into their table and note them in the history."""
    stored, key = schema.stored(change.table), tables.key(change.table)
    old = {row[key]: row for row in change.before}
    inserts = [row for row in change.after if row[key] not in old]
    updates = [
        {**row, "_key": row[key], "_version": old[row[key]]["version"]}
        for row in change.after
        if row[key] in old
    ]
    _insert(connection, stored, [[*row.values()] for row in inserts])
    if updates:
        update = sa.update(stored).where(
            stored.c[key] == sa.bindparam("_key"), stored.c.version == sa.bindparam("_version")
        )
        values: dict[str, Any] = {
            column.name: sa.bindparam(column.name)
            for column in stored.columns
            if column.name != key
        }
        for row in updates:
            row.pop(key)
        if connection.execute(update.values(values), updates).rowcount != len(updates):
            raise Stale("stale", table=change.table, count=len(updates))
    images = {name: _image(row) for name, row in old.items()}
    rows = [(row[key], row) for row in change.after]
    notes = [
        [step_id, change.table, name, row["version"], images.get(name), seal]
        for (name, row), seal in zip(rows, seals.sealed_all(change.table, rows), strict=True)
    ]
    _insert(connection, HISTORY, notes)


def _insert(connection: sa.Connection, table: sa.Table, rows: list[list[Any]]) -> None:
    """Insert rows whose values are in the order of the table's columns.

    The statement is SQLAlchemy's, its values go straight to the driver: a county of dictionaries
    would take longer to prepare than to write.
    """
    if rows:
        words = sa.insert(table).compile(dialect=connection.dialect)
        assert words.positiontup == table.columns.keys()
        connection.exec_driver_sql(str(words), [tuple(row) for row in rows])


def _image(row: Row) -> str:
    kept = {name: value for name, value in row.items() if name != "version"}
    return json.dumps(kept, ensure_ascii=False)


def done_by(connection: sa.Connection, step: str) -> str:
    """Whose step it is; ``BadInput("step_unknown")``."""
    user_id = connection.execute(sa.select(STEPS.c.user_id).where(STEPS.c.step_id == step)).scalar()
    if user_id is None:
        raise BadInput("step_unknown", step=step)
    return str(user_id)


def take_back(
    connection: sa.Connection,
    step: str,
    step_id: str,
    allowed: Callable[[list[Change]], None] = lambda changes: None,
) -> list[Change]:
    """Undo ``step`` as part of the new step ``step_id``: every row as it was, as a new version.

    ``allowed(changes)`` may refuse before anything is written.
    """
    found = connection.execute(sa.select(STEPS).where(STEPS.c.step_id == step)).one_or_none()
    if found is None:
        raise BadInput("step_unknown", step=step)
    if found.kind == "init":
        raise BadInput("undo_never", step=step)
    if found.kind == "erase":
        raise BadInput("undo_erased", step=step)
    if found.undone_by is not None:
        raise Stale("undo_twice", step=step, by_step=found.undone_by)
    notes = pd.DataFrame(
        connection.execute(sa.select(HISTORY).where(HISTORY.c.step_id == step)).all(),
        columns=HISTORY.columns.keys(),
        dtype="object",
    )
    changes = [
        _reverse(connection, str(table), rows)
        for table, rows in notes.groupby("table_name", sort=False)
    ]
    allowed(changes)
    for change in changes:
        apply(connection, step_id, change)
    connection.execute(sa.update(STEPS).where(STEPS.c.step_id == step).values(undone_by=step_id))
    return changes


def _reverse(connection: sa.Connection, table: str, notes: pd.DataFrame) -> Change:
    now = raw(connection, table, notes["row_key"])
    changed = sum(
        now[key]["version"] != version
        for key, version in zip(notes["row_key"], notes["version"], strict=True)
    )
    if changed:
        raise Stale("undo_changed", table=table, count=changed)
    # A row had no past before its first version: whoever put one there wants it brought back.
    if (notes["version"].eq(1) & notes["before"].notna()).any():
        raise BadInput("undo_edited", table=table)
    after = [
        {
            **now[key],
            **(json.loads(image) if image else {"removed": 1}),
            "version": now[key]["version"] + 1,
        }
        for key, image in zip(notes["row_key"], notes["before"], strict=True)
    ]
    return Change(table, list(now.values()), after)


def steps(connection: sa.Connection) -> pd.DataFrame:
    """Every step in order: step_id, kind, user_id, done_at (UTC), undone_by, rows."""
    count = sa.select(HISTORY.c.step_id, sa.func.count().label("rows")).group_by("step_id")
    counted = count.subquery()
    named = [STEPS.c[name] for name in ("step_id", "kind", "user_id", "done_at", "undone_by")]
    select = (
        sa.select(*named, sa.func.coalesce(counted.c.rows, 0).label("rows"))
        .outerjoin(counted, counted.c.step_id == STEPS.c.step_id)
        .order_by(sa.func.length(STEPS.c.step_id), STEPS.c.step_id)
    )
    names = [*(column.name for column in named), "rows"]
    frame = pd.DataFrame(connection.execute(select).all(), columns=names).astype("string")
    done_at = pd.to_datetime(frame["done_at"], format="ISO8601", utc=True)
    return frame.assign(done_at=done_at, rows=frame["rows"].astype("Int64"))
