"""Writing frames inside a transaction: ids, comparison, validation, history, references, guards."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd
import sqlalchemy as sa

from carekit import tables
from carekit.errors import BadInput, Stale
from carekit.store import guards, history, numbers, rows, schema
from carekit.store.permit import Hidden, Permit
from carekit.store.reading import Reader, raw
from carekit.store.rows import Row

__all__ = ["Prepared", "prepare", "settle", "write_frames"]

_SHOWN = 5

Renamed = dict[str, dict[str, str]]  # table -> removed id -> the id its new row gets


class Prepared(NamedTuple):
    """A shaped frame and what ``tables.check`` finds in it: all that needs no write lock."""

    frame: pd.DataFrame
    found: pd.DataFrame


def prepare(table: str, frame: pd.DataFrame) -> Prepared:
    """Shape and check a frame."""
    shaped = rows.shaped(table, frame)
    return Prepared(shaped, tables.check(table, shaped))


def write_frames(
    connection: sa.Connection, step_id: str, frames: Mapping[str, Prepared], permit: Permit
) -> None:
    """Write {table: prepared frame} as part of a step."""
    hidden = {table: permit.ask(table, frame) for table, (frame, _) in frames.items()}
    ready: dict[str, pd.DataFrame] = {}
    renamed: Renamed = {}
    for table, (frame, _) in frames.items():
        ready[table], renamed[table] = _with_keys(connection, table, frame)
    changes = [
        _compared(connection, table, _follow(table, frame, renamed), frames[table], hidden[table])
        for table, frame in ready.items()
    ]
    permit.before(changes)
    for change in changes:
        history.apply(connection, step_id, change)
    permit.after(changes)
    settle(connection, step_id, changes)


def settle(
    connection: sa.Connection,
    step_id: str,
    changes: Iterable[history.Change],
    *,
    undo: bool = False,
) -> None:
    """What must hold once all rows of a step are in place: living references, the guards."""
    changes = list(changes)
    for change in changes:
        _refuse_dead_references(connection, step_id, change.table, undo=undo)
    for change in changes:
        if change.table in guards.GUARDS and (alive := _alive(change.after)):
            key = tables.key(change.table)
            keys = {row[key] for row in alive}
            before = [row for row in _alive(change.before) if row[key] in keys]
            guards.GUARDS[change.table](
                _frame(change.table, alive), _frame(change.table, before), Reader(connection)
            )


def _with_keys(
    connection: sa.Connection, table: str, frame: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Fill empty keys with the next ids of ours; a new row whose id was taken back gets one too."""
    key, ours = tables.key(table), bool(tables.tables().at[table, "prefix"])
    given = frame[key]
    if twice := int((given.notna() & given.duplicated()).sum()):
        raise BadInput("key_twice", table=table, count=twice)
    if given.isna().any() and not ours:
        raise BadInput("key_missing", table=table, count=int(given.isna().sum()))
    if not ours or frame.empty:
        return frame, {}
    known = [str(name) for name in given.dropna().to_numpy(dtype=object)]
    numbers.seen(connection, table, known)
    stored = raw(connection, table, known)
    gone = [name for name, row in stored.items() if row["removed"]]
    unusable = given.isin(gone) & frame["version"].isna()
    wanting = given.isna() | unusable
    fresh = pd.Series(
        numbers.new_ids(connection, table, int(wanting.sum())),
        index=given.index[wanting],
        dtype="string",
    )
    renamed = dict(zip(given[unusable], fresh[unusable[wanting]], strict=True))
    return frame.assign(**{key: fresh.reindex(given.index).fillna(given)}), renamed


def _follow(table: str, frame: pd.DataFrame, renamed: Renamed) -> pd.DataFrame:
    """References to rows of the same write follow the ids those rows got."""
    for column, target in tables.columns(table)["references"].items():
        if renamed.get(target) and column in frame:
            frame = frame.assign(**{str(column): frame[column].replace(renamed[target])})
    return frame


def _compared(
    connection: sa.Connection, table: str, frame: pd.DataFrame, given: Prepared, hidden: Hidden
) -> history.Change:
    """What a frame would change; nothing is written yet. Hidden cells stay as they are."""
    key = tables.key(table)
    names = schema.stored(table).columns.keys()
    nothing: Row = dict.fromkeys(names)
    stored = raw(connection, table, frame[key].to_numpy(dtype=object))
    if not stored:
        change = history.Change(table, [], rows.new_rows(table, frame, names))
        _refuse_faults(table, frame[key], given, set(range(len(frame))), set())
        return change
    before: list[Row] = []
    after: list[Row] = []
    stale = 0
    added: set[int] = set()  # positions in the frame
    updated: set[int] = set()
    for position, row in enumerate(rows.to_rows(table, frame)):
        version = row.pop("version")
        for name in hidden.get(row[key], ()):
            del row[name]
        old = stored.get(row[key])
        # A name that was taken back (a setting, a user) may be written again; ids of ours were
        # renamed above.
        if old is None or (old["removed"] and version is None):
            added.add(position)
            before += [old] if old else []
            number = old["version"] + 1 if old else 1
            after.append({**nothing, **row, "version": number, "removed": 0})
        elif not old["removed"] and version in (None, old["version"]) and _holds(old, row):
            continue
        elif old["removed"] or version != old["version"]:
            stale += 1
        else:
            updated.add(position)
            before.append(old)
            after.append({**old, **row, "version": version + 1})
    if stale:
        raise Stale("stale", table=table, count=stale)
    _refuse_faults(table, frame[key], given, added, updated)
    return history.Change(table, before, after)


def _holds(old: Row, row: Row) -> bool:
    return all(old[name] == value for name, value in row.items())


def _alive(images: list[Row]) -> list[Row]:
    return [row for row in images if not row["removed"]]


def _frame(table: str, images: list[Row]) -> pd.DataFrame:
    names = [*tables.columns(table).index, "version"]
    return rows.from_rows(table, names, [[row[name] for name in names] for row in images])


def _refuse_faults(
    table: str, keys: pd.Series, given: Prepared, added: set[int], updated: set[int]
) -> None:
    """Findings in rows that are written; an update lacks no column it does not have."""
    found = given.found
    of_updated = found["row"].isin(updated) & found["column"].isin(given.frame.columns)
    found = found[found["row"].isin(added) | of_updated]
    if found.empty:
        return
    shown = [
        {"row": str(keys[row]), "column": str(column), "reason": str(code)}
        for row, column, code in found[["row", "column", "code"]].head(_SHOWN).to_numpy()
    ]
    raise BadInput("rows_refused", table=table, count=len(found), **shown[0], faults=shown)


def _refuse_dead_references(
    connection: sa.Connection, step_id: str, table: str, *, undo: bool
) -> None:
    """No living row may refer to a row that is not there or was taken back."""
    log = schema.HISTORY
    for source, column, target in schema.links():
        if source != table and not (undo and target == table):
            continue
        one = schema.stored(source)
        other = schema.stored(target).alias("referred")
        mine = source if source == table else target
        row = one.c[tables.key(source)] if mine == source else other.c[tables.key(target)]
        touched = sa.and_(log.c.step_id == step_id, log.c.table_name == mine, log.c.row_key == row)
        count = connection.execute(
            sa.select(sa.func.count())
            .select_from(one)
            .outerjoin(other, one.c[column] == other.c[tables.key(target)])
            .join(log, touched)
            .where(
                one.c.removed == 0,
                one.c[column].is_not(None),
                sa.func.coalesce(other.c.removed, 1) == 1,
            )
        ).scalar()
        if count and undo:
            raise Stale("undo_in_use", table=source, count=count)
        if count:
            raise BadInput(
                "reference_unknown", table=source, column=column, target=target, count=count
            )
