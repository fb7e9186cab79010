"""Reading inside a transaction: what a person sees, and the raw rows a write compares with."""

import datetime as dt
import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pandas as pd
import sqlalchemy as sa

from carekit import dates, tables
from carekit.store import rows, schema
from carekit.store.policy import PUBLIC_SETTINGS, Policy
from carekit.store.sight import sight

__all__ = ["Reader", "raw"]

_FEW = 400  # keys asked for by name; above that the whole table is read


Shown = Callable[[str, pd.DataFrame, bool], None]


class Reader:
    """``reader(table) -> DataFrame`` as ``Store.read``, inside one transaction.

    With a policy it gives what that person may read; without one everything, for what the store
    itself must know (guards, who is who). ``shown(table, frame, whole)`` hears of everything that
    is given out, and whether that is every row there is (see ``recording``).
    """

    def __init__(
        self,
        connection: sa.Connection,
        policy: Policy | None = None,
        shown: Shown | None = None,
    ) -> None:
        self._connection = connection
        self._policy = policy
        self._shown = shown

    def __call__(self, table: str) -> pd.DataFrame:
        seen = sight(table, self._policy)
        tag = str if self._policy is None else self._policy.tag
        with _uncollected():
            found = list(self._connection.execute(seen.select).all())
            if not seen.pseudonyms:
                found = _in_order(table, found, seen.names.index(tables.key(table)))
            frame = seen.frame(found, tag)
        if self._shown is not None:
            self._shown(table, frame, seen.whole)
        return frame

    def setting(self, setting_id: str) -> str | None:
        """The value of one setting, None where it is not set."""
        if self._policy is not None and setting_id not in PUBLIC_SETTINGS:
            known = self("settings").set_index("setting_id")["value"]
            return str(known[setting_id]) if setting_id in known.index else None
        stored = schema.stored("settings")
        select = sa.select(stored.c.value).where(
            stored.c.setting_id == setting_id, stored.c.removed == 0
        )
        value: str | None = self._connection.execute(select).scalar()
        return value

    def today(self) -> dt.date:
        """The practice day where the store has one, else the real day."""
        day = Reader(self._connection).setting("practice_day")
        return dates.day(day) if day else dt.date.today()  # noqa: DTZ011 (the day people live)


def _in_order(table: str, found: list[Any], place: int) -> list[Any]:
    """Rows in the order of their key, as it was counted: ids of ours grow longer after C99999.

    The database's order needs no sorting, and ids of one length, the usual case, none here.
    """
    if tables.tables().at[table, "prefix"] and len({len(row[place]) for row in found}) > 1:
        found.sort(key=lambda row: len(row[place]))
    return found


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for garbage while thousands of rows are made, none of which is any.

    It would look through all of them again and again, a third of the time of reading.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


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
