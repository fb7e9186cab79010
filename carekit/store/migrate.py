"""Bringing a store up to the schema of this carekit: what is missing is added, nothing else.

The data dictionary says what there should be. Tables, columns and indexes the file does not have
are added in one transaction, and the new columns are empty; so a column joins the dictionary
without a word here. Tables and columns the dictionary no longer knows stay where they are: no fact
is ever dropped. (A change that is not an addition will need a step of its own here; one that takes
a column away must seal anew what held it, see ``seals``.)

Only a plain store that is being encrypted gets its past sealed as it stands, and a chain that
begins with that (``adopt``). An encrypted store was audited from its first step: one that says
otherwise was tampered with, and nothing here may sign that.
"""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.schema import CreateColumn

from carekit.store import audit, connect, past, schema, triggers

__all__ = ["migrate"]


def migrate(
    engine: sa.Engine, save: Callable[[], object] = lambda: None, adopt: bytes | None = None
) -> None:
    """Add what a store lacks; one that lacks nothing is only looked at.

    ``save()`` keeps it as it is first; ``adopt`` is the audit key for a past without an audit.
    """
    with connect.transaction(engine) as connection:
        if _complete_already(connection):
            return
    save()
    with connect.transaction(engine, write=True) as connection:
        if _complete_already(connection):  # somebody else was quicker
            return
        there = {table for table, _ in _columns(connection)}
        for table in schema.METADATA.tables.values():
            if table.name in there:
                _complete(connection, table)
        schema.METADATA.create_all(connection)
        if adopt is not None and audit.unsealed(connection):
            past.seal_all(connection)
            audit.adopt(connection, adopt)
        triggers.make(connection)
        connection.exec_driver_sql(f"pragma user_version = {schema.NUMBER}")


def _complete_already(connection: sa.Connection) -> bool:
    number = int(connection.exec_driver_sql("pragma user_version").scalar() or 0)
    wanted = {(t.name, c.name) for t in schema.METADATA.tables.values() for c in t.columns}
    return number >= schema.NUMBER and wanted <= _columns(connection)


def _columns(connection: sa.Connection) -> set[tuple[str, str]]:
    """Every column of the file with its table."""
    found = connection.exec_driver_sql(
        "select t.name, c.name from sqlite_master t join pragma_table_info(t.name) c"
        " where t.type = 'table'"
    )
    return {(str(table), str(column)) for table, column in found}


def _complete(connection: sa.Connection, table: sa.Table) -> None:
    found = sa.inspect(connection)
    columns = {column["name"] for column in found.get_columns(table.name)}
    for column in table.columns:
        if column.name not in columns:
            connection.exec_driver_sql(_added(column, connection.dialect))
    indexes = {index["name"] for index in found.get_indexes(table.name)}
    for index in table.indexes:
        if index.name not in indexes:
            index.create(connection)


def _added(column: sa.Column, dialect: sa.Dialect) -> str:
    if not column.nullable:
        raise AssertionError(f"{column}: a new column must be one that may be empty")
    words = dialect.identifier_preparer
    text = f"alter table {words.quote(column.table.name)} add column "
    text += str(CreateColumn(column).compile(dialect=dialect))
    for key in column.foreign_keys:
        target = f"{words.quote(key.column.table.name)} ({words.quote(key.column.name)})"
        text += f" references {target} deferrable initially deferred"
    return text
