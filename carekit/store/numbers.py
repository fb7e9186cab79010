"""Ids of ours: counted up, never given twice, whatever becomes of the row."""

import re
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from carekit import tables
from carekit.store.schema import NUMBERS

__all__ = ["behind", "first_ids", "new_ids", "new_step_id", "newest_step_id", "seen"]


def _last(connection: sa.Connection, name: str) -> int:
    select = sa.select(NUMBERS.c.last).where(NUMBERS.c.table_name == name)
    return int(connection.execute(select).scalar() or 0)


def _keep(connection: sa.Connection, name: str, last: int) -> None:
    insert = sqlite.insert(NUMBERS).values(table_name=name, last=last)
    connection.execute(
        insert.on_conflict_do_update(index_elements=["table_name"], set_={"last": last})
    )


def seen(connection: sa.Connection, table: str, keys: Iterable[str]) -> None:
    """Note ids that came with their rows (a sample, a move), so that they are not given again."""
    prefix = str(tables.tables().at[table, "prefix"])
    # Twelve digits: a longer number cannot be reached by counting.
    form = re.compile(rf"{re.escape(prefix)}(\d{{1,12}})")
    matches = (form.fullmatch(key) for key in keys)
    greatest = max((int(match[1]) for match in matches if match), default=0)
    if greatest > _last(connection, table):
        _keep(connection, table, greatest)


def new_ids(connection: sa.Connection, table: str, count: int) -> list[str]:
    """The next ids of a table: C00001, C00002 ..."""
    ids = tables.tables().at
    prefix, width = str(ids[table, "prefix"]), int(str(ids[table, "width"]))
    return _count_up(connection, table, prefix, width, count)


def first_ids(connection: sa.Connection) -> dict[str, str]:
    """For every table with ids of ours the next id it will give; nothing is counted up."""
    last = {str(name): int(number) for name, number in connection.execute(sa.select(NUMBERS))}
    described = tables.tables().query("prefix != ''")
    return {
        str(name): f"{prefix}{last.get(str(name), 0) + 1:0{width}d}"
        for name, prefix, width in described[["prefix", "width"]].itertuples()
    }


def behind(connection: sa.Connection) -> list[str]:
    """Tables that already hold an id greater than the last one counted: that is never ours."""
    described = tables.tables().query("prefix != ''")["prefix"]
    keys = {str(name): (str(prefix), tables.key(str(name))) for name, prefix in described.items()}
    found = []
    for table, (prefix, key) in {**keys, "steps": ("S", "step_id")}.items():
        counted = f'substr("{key}", {len(prefix) + 1})'
        ours = f"\"{key}\" like '{prefix}%' and {counted} not glob '*[^0-9]*'"
        most = f'select max(cast({counted} as integer)) from "{table}"'
        greatest = connection.exec_driver_sql(f"{most} where {ours} and length({counted}) < 13")
        if int(greatest.scalar() or 0) > _last(connection, table):
            found.append(table)
    return found


def new_step_id(connection: sa.Connection) -> str:
    """The next step: S000001 ..."""
    return _count_up(connection, "steps", "S", 6, 1)[0]


def newest_step_id(connection: sa.Connection) -> str:
    """The step entered last: the number that was given last, so one row is read."""
    return f"S{_last(connection, 'steps'):06d}"


def _count_up(
    connection: sa.Connection, name: str, prefix: str, width: int, count: int
) -> list[str]:
    if not count:
        return []
    last = _last(connection, name)
    _keep(connection, name, last + count)
    return [f"{prefix}{number:0{width}d}" for number in range(last + 1, last + count + 1)]
