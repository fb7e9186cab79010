"""What the file itself refuses, whoever asks: the past is added to and never changed.

- ``audit``: rows are only added, and only at the end.
- ``history``: rows are only added. One change is let through: what was erased (no image of the
  row, a seal without its salt; see :mod:`carekit.store.seals`).
- ``steps``: rows are only added, and an undo may note itself on the step it took back, once.
- every table of the dictionary: no row is deleted (it is marked as removed).

``INSERT OR REPLACE`` deletes what it replaces, so it is refused too; that takes
``recursive_triggers = ON``, which every connection of ours sets, and the audit does without it.
Whoever holds the file and its data key can drop a trigger: then the chain tells (see ``doctor``).
"""

import sqlalchemy as sa

from carekit.store import schema
from carekit.store.seals import SALT

__all__ = ["assert_there", "foreign", "make", "missing"]

_REFUSE = "begin select raise(abort, 'only added to'); end"
_ERASES = f"""
    new.step_id is old.step_id and new.table_name is old.table_name and new.row_key is old.row_key
    and new.version is old.version and new.before is null
    and new.seal in (old.seal, substr(old.seal, {SALT + 1}))
"""
_UNDOES = """
    old.undone_by is null and new.step_id is old.step_id and new.kind is old.kind
    and new.token is old.token and new.user_id is old.user_id and new.done_at is old.done_at
"""


def _wanted() -> dict[str, str]:
    """Every trigger: name -> how it is made."""
    events = {
        "audit_appended": "insert on audit when new.n is not"
        " (select coalesce(max(n), 0) + 1 from audit)",
        "audit_unchanged": "update on audit",
        "audit_kept": "delete on audit",
        "history_unchanged": f"update on history when not ({_ERASES})",
        "history_kept": "delete on history",
        "steps_unchanged": f"update on steps when not ({_UNDOES})",
        "steps_kept": "delete on steps",
    }
    house = {table.name for table in (schema.AUDIT, schema.HISTORY, schema.STEPS)}
    house |= {table.name for table in (schema.DRAFTS, schema.SHARED, schema.NUMBERS)}
    for table in schema.METADATA.tables:
        if table not in house:
            events[f"{table}_kept"] = f'delete on "{table}"'
    return {
        name: f"create trigger {name} before {event} {_REFUSE}" for name, event in events.items()
    }


def make(connection: sa.Connection) -> None:
    """Put every trigger in its place, as it must be."""
    for name in missing(connection):
        connection.exec_driver_sql(f"drop trigger if exists {name}")
        connection.exec_driver_sql(_wanted()[name])
    assert_there(connection)


def missing(connection: sa.Connection) -> list[str]:
    """The names of triggers that are not there, or not what they must be."""
    select = "select name, sql from sqlite_master where type = 'trigger'"
    there = {str(name): str(sql).lower() for name, sql in connection.exec_driver_sql(select)}
    return [name for name, sql in _wanted().items() if there.get(name) != sql.lower()]


def foreign(connection: sa.Connection) -> list[str]:
    """The names of triggers and views that are none of ours: one could swallow what is written."""
    select = "select name from sqlite_master where type in ('trigger', 'view') order by name"
    names = [str(name) for (name,) in connection.exec_driver_sql(select)]
    return [name for name in names if name not in _wanted()]


def assert_there(connection: sa.Connection) -> None:
    """A fault of ours where a trigger is missing: changing a table's shape can drop them."""
    if names := missing(connection):
        raise AssertionError(f"triggers are missing: {', '.join(names)}")
