"""A child's file at its end: given to the family, and erased.

Erasing is a step like any other, and the only one that cannot be taken back. Every row about the
child, those taken back before too, gets a last version without anything personal, marked as
removed; what the history kept of it goes, and so do the salts of its seals, after which their
digests tell nothing (:mod:`carekit.store.seals`). A row that was about the child and today is
about another stays as it is and loses its past up to then; its new version, the same in all else,
is how the signed step says that this past was erased, and not taken away. The chain of the audit
stays whole: it never held more than the child's id, table names and digests.

What this cannot reach, people must: notes of other children that name the child, rosters that were
printed, and the backups of before, which go with time (at most twelve months when they are made
by themselves).
"""

from typing import Any

import pandas as pd
import sqlalchemy as sa

from carekit import tables
from carekit.errors import BadInput, Stale
from carekit.store import audit, connect, history, recording, schema
from carekit.store.history import Change
from carekit.store.reading import raw
from carekit.store.rows import Row
from carekit.store.schema import DRAFTS, HISTORY, SHARED
from carekit.store.seals import SALT
from carekit.store.trail import Trail

__all__ = ["about_child", "erase_child"]

# What a column that may not be empty holds in an erased row.
NOTHING: dict[str, Any] = {"date": "1900-01-01"}


def about_child(store: Trail, child_id: str) -> dict[str, pd.DataFrame]:
    """Everything the actor may read about one child, for the family: table -> its rows.

    The audit gets a row. Raises ``BadInput("child_unknown")``, ``NotAllowed``.

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na")
    ...     step = store.write("children", pd.DataFrame({"name": ["Xiao Hong", "Xiao Ming"]}))
    ...     {table: len(rows) for table, rows in about_child(store, "C00002").items()}
    {'children': 1}
    """
    found: dict[str, pd.DataFrame] = {}
    with recording.reading(store) as (connection, shown):
        read = store._reader(connection, [], store._policy(connection))
        for table in _tables():
            frame = read(table)
            if "child_id" in frame:
                mine = frame[frame["child_id"].eq(child_id)].reset_index(drop=True)
                found |= {table: mine} if len(mine) else {}
        if "children" not in found:
            raise BadInput("child_unknown", child=child_id)
        shown += audit.given(store.actor, child_id, {t: len(rows) for t, rows in found.items()})
    return found


def erase_child(store: Trail, child_id: str) -> str:
    """Erase everything about a child whose file is closed; gives the step id.

    Only ids stay, so that none is given again and nothing seems to be missing. Drafts that name
    the child go too. Raises ``BadInput``: ``child_unknown``, ``erase_open`` (close the file
    first), ``NotAllowed``; ``Stale("undo_in_use")`` where something else still refers to a row.

    >>> import tempfile
    >>> from carekit.store import create_store, examine
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na")
    ...     child = pd.DataFrame({"name": ["Xiao Hong"], "closed_on": ["2026-03-02"]})
    ...     step = store.write("children", child)
    ...     step = erase_child(store, "C00001")
    ...     len(store.read("children")), examine(store).findings.empty
    (0, True)
    """
    with recording.writing(store) as (connection, entries):
        store._policy(connection).need("erase")
        _refuse(connection, child_id)
        step_id = history.begin_step(connection, "erase", None, store.actor)
        for table in _tables():
            if rows := _rows(connection, table, child_id):
                change = Change(table, rows, [_emptied(table, row) for row in rows])
                history.apply(connection, step_id, change)
                _forget(connection, step_id, table, [row[tables.key(table)] for row in rows])
            _forget_moved(connection, step_id, table, child_id)
        _let_drafts_go(connection, child_id)
        _refuse_references(connection)
        entries.append(audit.of_step(connection, step_id, whose=child_id))
    _empty_log(store)
    return step_id


def _tables() -> list[str]:
    """Tables with rows about children, the children last: others refer to them."""
    found = [
        str(name) for name in tables.tables().index if "child_id" in tables.columns(str(name)).index
    ]
    return sorted(found, key=lambda name: name == "children")


def _refuse(connection: sa.Connection, child_id: str) -> None:
    child = schema.stored("children")
    row = connection.execute(sa.select(child).where(child.c.child_id == child_id)).one_or_none()
    if row is None or row.removed:
        raise BadInput("child_unknown", child=child_id)
    if row.closed_on is None:
        raise BadInput("erase_open", child=child_id)


def _rows(connection: sa.Connection, table: str, child_id: str) -> list[Row]:
    stored = schema.stored(table)
    found = connection.execute(sa.select(stored).where(stored.c.child_id == child_id))
    return [dict(row._mapping) for row in found]


def _emptied(table: str, row: Row) -> Row:
    """The row without anything but ids it cannot be without."""
    described = tables.columns(table)
    kept = {}
    for name, rule in described.to_dict("index").items():
        stays = rule["key"] or (rule["required"] and rule["references"])
        nothing = NOTHING.get(str(rule["kind"]), "") if rule["required"] else None
        kept[str(name)] = row[str(name)] if stays else nothing
    return {**row, **kept, "version": row["version"] + 1, "removed": 1}


def _forget(connection: sa.Connection, step_id: str, table: str, keys: list[str]) -> None:
    """Take what the rows were out of the history: its images, and the salts of its seals."""
    mine = sa.and_(HISTORY.c.table_name == table, HISTORY.c.row_key.in_(keys))
    cut = sa.func.substr(HISTORY.c.seal, SALT + 1)
    older = sa.and_(mine, HISTORY.c.step_id != step_id, sa.func.length(HISTORY.c.seal) > SALT)
    connection.execute(sa.update(HISTORY).where(older).values(before=None, seal=cut))
    connection.execute(sa.update(HISTORY).where(mine).values(before=None))


def _forget_moved(connection: sa.Connection, step_id: str, table: str, child_id: str) -> None:
    """Take out of the history what rows said of the child before they became another's."""
    about = sa.case(
        (sa.func.json_valid(HISTORY.c.before), sa.func.json_extract(HISTORY.c.before, "$.child_id"))
    )
    # What a step keeps is the row as it was, so of the version below its own.
    last = sa.func.max(HISTORY.c.version)
    select = sa.select(HISTORY.c.row_key, last).group_by(HISTORY.c.row_key)
    of_child = select.where(HISTORY.c.table_name == table, about == child_id)
    until = {str(key): int(version) for key, version in connection.execute(of_child)}
    rows = list(raw(connection, table, until).values()) if until else []
    if not rows:
        return
    history.apply(
        connection, step_id, Change(table, rows, [{**r, "version": r["version"] + 1} for r in rows])
    )
    cut = sa.case(
        (sa.func.length(HISTORY.c.seal) > SALT, sa.func.substr(HISTORY.c.seal, SALT + 1)),
        else_=HISTORY.c.seal,
    )
    for key, version in until.items():
        mine = sa.and_(HISTORY.c.table_name == table, HISTORY.c.row_key == key)
        # The past of this past goes too, whoever it was about: the file lets an image and the
        # salt of a seal go together only.
        older = sa.and_(mine, HISTORY.c.version < version)
        connection.execute(sa.update(HISTORY).where(older).values(before=None, seal=cut))
        kept = sa.and_(mine, HISTORY.c.version == version)
        connection.execute(sa.update(HISTORY).where(kept).values(before=None))


def _let_drafts_go(connection: sa.Connection, child_id: str) -> None:
    connection.execute(sa.delete(DRAFTS).where(DRAFTS.c.body.contains(child_id)))
    emptied = {"body": None, "number": SHARED.c.number + 1}
    connection.execute(sa.update(SHARED).where(SHARED.c.body.contains(child_id)).values(emptied))


def _refuse_references(connection: sa.Connection) -> None:
    """No living row may refer to one that was erased."""
    mine = set(_tables())
    for source, column, target in schema.links():
        if target in mine:
            one, other = schema.stored(source), schema.stored(target).alias("referred")
            joined = one.join(other, one.c[column] == other.c[tables.key(target)])
            dead = sa.select(one.c[column]).select_from(joined)
            found = dead.where(one.c.removed == 0, other.c.removed == 1).limit(1)
            if connection.execute(found).first():
                raise Stale("undo_in_use", table=source, count=1)


def _empty_log(store: Trail) -> None:
    """Bring the log home: what was erased shall not lie in an old page of it."""
    with store.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        with connect.named_driver_errors():
            driver.execute("pragma wal_checkpoint(truncate)")
