"""The database schema, derived wholly from the data dictionary, and the house's own tables.

Every table of the dictionary gets its columns, ``version`` (1, 2, ... for each change of a row)
and ``removed`` (1 once an undo took the row back: rows are marked, never deleted). The house
tables are ``steps`` (one row a transaction), ``history`` (what each step did to which row),
``audit`` (who did and who saw what, in a signed chain: :mod:`carekit.store.audit`), ``numbers``
(the last id given, so that none is ever given twice), ``drafts`` (what somebody is still writing)
and ``shared_drafts`` (what several people work on before it is published).

>>> from carekit.store import schema
>>> schema.stored("pairings").c.since.type
Text()
>>> sorted(key.target_fullname for key in schema.stored("guardians").foreign_keys)
['children.child_id']
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa

from carekit import tables

__all__ = ["APPLICATION_ID", "METADATA", "NUMBER", "links", "stored"]

APPLICATION_ID = 0x43415245  # "CARE" in the file's header
NUMBER = 5  # of this schema; goes up with every change (see migrate)

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_REAL: sa.Double[float] = sa.Double().with_variant(sa.REAL(), "sqlite")
_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "whole": _WHOLE,
    "cents": _WHOLE,
    "flag": _WHOLE,
    "number": _REAL,
    "longitude": _REAL,
    "latitude": _REAL,
}
_INDEXES: dict[str, list[tuple[str, ...]]] = {
    "contacts": [("child_id", "day")],
    "decisions": [("child_id",)],
    "pairings": [("child_id",), ("helper_id",)],
}

METADATA = sa.MetaData()


def _column(name: str, rule: Mapping[Any, Any]) -> sa.Column:
    items: list[sa.ForeignKey | sa.CheckConstraint] = []
    if rule["references"]:
        # Deferred: tables may be written in any order; the store names what is missing first.
        target = str(rule["references"])
        items.append(
            sa.ForeignKey(f"{target}.{tables.key(target)}", deferrable=True, initially="DEFERRED")
        )
    if rule["kind"] == "flag":
        items.append(sa.CheckConstraint(f'"{name}" in (0, 1)'))
    return sa.Column(
        name,
        _TYPES.get(str(rule["kind"]), sa.Text()),
        *items,
        primary_key=bool(rule["key"]),
        nullable=not rule["required"],
        autoincrement=False,
    )


def _table(name: str) -> sa.Table:
    described = tables.columns(name)
    columns = [_column(str(name), rule) for name, rule in described.to_dict("index").items()]
    indexes = [sa.Index(f"{name}_{'_'.join(on)}", *on) for on in _INDEXES.get(name, [])]
    return sa.Table(
        name,
        METADATA,
        *columns,
        sa.Column("version", _WHOLE, nullable=False),
        sa.Column("removed", _WHOLE, sa.CheckConstraint("removed in (0, 1)"), nullable=False),
        *indexes,
        sqlite_strict=True,
    )


for _name in tables.tables().index:
    _table(str(_name))

STEPS = sa.Table(
    "steps",
    METADATA,
    sa.Column("step_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("token", sa.Text, unique=True),
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("done_at", sa.Text, nullable=False),  # UTC, ISO 8601
    sa.Column("undone_by", sa.Text, sa.ForeignKey("steps.step_id")),
    sqlite_strict=True,
)
HISTORY = sa.Table(
    "history",
    METADATA,
    sa.Column("step_id", sa.Text, sa.ForeignKey("steps.step_id"), primary_key=True),
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("row_key", sa.Text, primary_key=True),
    sa.Column("version", _WHOLE, nullable=False),  # of the row after the step
    sa.Column("before", sa.Text),  # the row before it as JSON, empty for a new row
    sa.Column("seal", sa.LargeBinary),  # of the row after the step (see seals)
    sa.Index("history_row", "table_name", "row_key"),
    sqlite_strict=True,
)
AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("n", _WHOLE, primary_key=True, autoincrement=False),  # 1, 2, ... without a gap
    sa.Column("done_at", sa.Text, nullable=False),  # UTC, ISO 8601
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("deed", sa.Text, nullable=False),  # the kind of the step; read, card, backup ...
    sa.Column("step_id", sa.Text),
    sa.Column("table_names", sa.Text, nullable=False),
    sa.Column("row_count", _WHOLE, nullable=False),
    sa.Column("level", sa.Text, nullable=False),  # of a read: the highest sensitivity seen
    sa.Column("whose", sa.Text, nullable=False),  # "*", or which rows (see seen)
    sa.Column("digest", sa.Text, nullable=False),  # of what a step wrote (see seals)
    sa.Column("mac", sa.Text, nullable=False),  # signs this row and the one before it
    sqlite_strict=True,
)
DRAFTS = sa.Table(
    "drafts",
    METADATA,
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),  # which form of which view
    sa.Column("body", sa.Text, nullable=False),  # JSON
    sa.Column("saved_at", sa.Text, nullable=False),
    sqlite_strict=True,
)
SHARED = sa.Table(
    "shared_drafts",
    METADATA,
    sa.Column("place", sa.Text, primary_key=True),  # which draft of which view
    sa.Column("number", _WHOLE, nullable=False),  # goes up whenever somebody saves
    sa.Column("body", sa.Text),  # JSON; empty once it was let go
    sa.Column("user_id", sa.Text, nullable=False),  # who saved it last
    sa.Column("saved_at", sa.Text, nullable=False),
    sqlite_strict=True,
)
NUMBERS = sa.Table(
    "numbers",
    METADATA,
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("last", _WHOLE, nullable=False),
    sqlite_strict=True,
)


def stored(table: str) -> sa.Table:
    """The database table of a table of the dictionary; ``BadInput("table_unknown")`` else."""
    tables.key(table)  # refuses what the dictionary does not know, the house tables too
    return METADATA.tables[table]


@cache
def links() -> tuple[tuple[str, str, str], ...]:
    """Every reference of the dictionary: (table, column, referenced table).

    >>> ("guardians", "child_id", "children") in links()
    True
    """
    return tuple(
        (str(name), str(column), str(target))
        for name in tables.tables().index
        for column, target in tables.columns(str(name))["references"].items()
        if target
    )
