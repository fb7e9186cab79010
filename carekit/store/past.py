"""Every version of every row as it was: the history keeps a row as it was *before* each step."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import sqlalchemy as sa

from carekit.store import schema, seals
from carekit.store.rows import Row
from carekit.store.schema import HISTORY

__all__ = ["Version", "seal_all", "tables_written", "versions", "without_past"]


class Version(NamedTuple):
    """One version of one row; ``row`` is None where it was erased, or is not there.

    ``before`` is what its step kept: the version below, and nothing where the step added the row.
    """

    key: str
    version: int
    step_id: str
    seal: bytes | None
    row: Row | None
    newest: bool
    before: str | None


def tables_written(connection: sa.Connection) -> list[str]:
    """The tables the history knows, also those that have left the dictionary.

    A name there is no table of was never written by us: its step no longer fits its digest.
    """
    names = connection.execute(sa.select(HISTORY.c.table_name).distinct()).scalars()
    there = set(sa.inspect(connection).get_table_names())
    return sorted(str(name) for name in names if name in there)


def versions(connection: sa.Connection, table: str) -> Iterator[Version]:
    """The versions of all rows of a table, by key, newest first."""
    names, key = _shape(connection, table)
    columns = ", ".join(f't."{name}"' for name in names)
    found = connection.exec_driver_sql(
        f"select h.row_key, h.version, h.step_id, h.seal, h.before, {columns} from history h"
        f' left join "{table}" t on t."{key}" = h.row_key where h.table_name = ?'
        " order by h.row_key, h.version desc",
        (table,),
    )
    above, before = None, None
    for one, version, step_id, seal, was, *now in found:
        newest = one != above
        if newest:
            there = dict(zip(names, now, strict=True))
            row = there if there[key] is not None else None
        else:
            row = None if before is None else {**_read(before), "version": version}
        yield Version(one, version, step_id, seal, row, newest, was)
        above, before = one, was


def _read(image: str) -> Row:
    """An image of a row; nothing where somebody has made it unreadable."""
    with suppress(ValueError):
        found = json.loads(image)
        return found if isinstance(found, dict) else {}
    return {}


def without_past(connection: sa.Connection, table: str) -> list[str]:
    """The keys of rows no step has written."""
    key = _shape(connection, table)[1]
    known = "select row_key from history where table_name = ?"
    select = f'select "{key}" from "{table}" where "{key}" not in ({known}) order by 1'
    return [str(name) for (name,) in connection.exec_driver_sql(select, (table,))]


def seal_all(connection: sa.Connection) -> None:
    """Seal what was written before there were seals; the triggers are not there yet."""
    for table in tables_written(connection):
        rows = [
            (seals.sealed(table, one.key, one.row or {}), one.step_id, table, one.key)
            for one in versions(connection, table)
            if one.seal is None
        ]
        if rows:
            update = "update history set seal = ? where step_id = ? and table_name = ?"
            connection.exec_driver_sql(f"{update} and row_key = ?", rows)


def _shape(connection: sa.Connection, table: str) -> tuple[list[str], str]:
    """The columns of a table and its key; for a table of an older dictionary, as it lies there."""
    known = schema.METADATA.tables.get(table)
    if known is not None:
        return known.columns.keys(), next(iter(known.primary_key.columns)).name
    info = connection.exec_driver_sql(f'pragma table_info("{table}")').all()
    return [str(one[1]) for one in info], next(str(one[1]) for one in info if one[5])
