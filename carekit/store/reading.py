"""Reading inside a transaction: what a person sees, and the raw rows a write compares with."""

import datetime as dt
from collections.abc import Iterable

import pandas as pd
import sqlalchemy as sa

from carekit import dates, tables
from carekit.store import rows, schema

__all__ = ["Reader", "raw"]

_FEW = 400  # keys asked for by name; above that the whole table is read


class Reader:
    """``reader(table) -> DataFrame`` as ``Store.read``, inside one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def __call__(self, table: str) -> pd.DataFrame:
        stored = schema.stored(table)
        names = [
            column.name
            for column in stored.columns
            if column.name != "removed" and column.name not in schema.HIDDEN.get(table, ())
        ]
        key = tables.key(table)
        select = sa.select(*(stored.c[name] for name in names)).where(stored.c.removed == 0)
        found = list(self._connection.execute(select.order_by(stored.c[key])).all())
        if tables.tables().at[table, "prefix"]:
            # Ids of ours grow longer after C99999; longer is later. The index gives the rest of
            # the order, and one length, the usual case, needs no sorting at all.
            place = names.index(key)
            if len({len(row[place]) for row in found}) > 1:
                found.sort(key=lambda row: len(row[place]))
        return rows.from_rows(table, names, found)

    def setting(self, setting_id: str) -> str | None:
        """The value of one setting, None where it is not set."""
        stored = schema.stored("settings")
        select = sa.select(stored.c.value).where(
            stored.c.setting_id == setting_id, stored.c.removed == 0
        )
        value: str | None = self._connection.execute(select).scalar()
        return value

    def today(self) -> dt.date:
        """The practice day where the store has one, else the real day."""
        day = self.setting("practice_day")
        return dates.day(day) if day else dt.date.today()  # noqa: DTZ011 (the day people live)


def raw(connection: sa.Connection, table: str, keys: Iterable[str]) -> dict[str, rows.Row]:
    """The stored rows of these keys, removed ones too, as key -> row."""
    stored, wanted = schema.stored(table), set(keys)
    key = tables.key(table)
    select = sa.select(stored)
    if len(wanted) <= _FEW:
        select = select.where(stored.c[key].in_(sorted(wanted)))
    names = stored.columns.keys()
    found = (dict(zip(names, row, strict=True)) for row in connection.execute(select))
    return {row[key]: row for row in found if row[key] in wanted}
