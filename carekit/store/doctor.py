"""Is this store what it should be? Nothing is changed; what is wrong is named.

:func:`examine` looks at the chain of the audit, at every step and every version of every row the
chain stands for, at the triggers, at the pages of the file and its references. Whoever holds the
file and the data key, but not the audit key, can change none of these unseen, except for cutting
off the end: that is seen against an *anchor*, the head of the chain kept elsewhere.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd
import sqlalchemy as sa

from carekit.store import audit, backup, connect, notes, numbers, past, recording, seals, triggers
from carekit.store.audit import START, Entry, Head
from carekit.store.schema import AUDIT, HISTORY, STEPS
from carekit.store.trail import Trail

__all__ = ["Health", "examine"]

SHOWN = 20  # findings of one kind; one is enough to know
COLUMNS = ("code", "n", "user", "deed", "step_id", "table", "row")

Found = dict[str, Any]  # one finding: a code and where it is


class Health(NamedTuple):
    """What :func:`examine` found: nothing in ``findings`` where all is well."""

    findings: pd.DataFrame  # code, n, user, deed, step_id, table, row: the first broken row first
    head: Head
    counts: dict[str, int]  # rows of every table of the dictionary that were not taken back


def examine(store: Trail, anchor: Head | None = None) -> Health:
    """Look a store over, against an ``anchor`` from a backup if there is one.

    Codes of the findings. Of the chain: ``audit_edited``, ``audit_actor`` (the person was
    changed), ``audit_deleted``, ``audit_foreign`` (inserted or replaced by somebody without the
    key), ``audit_cut`` (the end is missing), ``audit_note`` (a note that is none of ours). Of what
    the chain stands for: ``step_unsigned``, ``step_missing``, ``step_edited``, ``history_edited``,
    ``past_edited`` (what is older than the audit), ``row_edited``, ``row_missing``,
    ``row_foreign``. Of the file: ``trigger_missing``, ``trigger_foreign``, ``number_edited`` (ids
    would be given twice), ``pages_broken``, ``reference_broken``.
    Raises ``NotAllowed`` where the actor may not see the audit.

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na")
    ...     health = examine(store)
    >>> health.findings.empty, health.head.n, health.counts["users"]
    (True, 1, 1)
    """
    store.policy().need("audit")
    recording.settle(store)
    with connect.transaction(store.engine) as connection:
        head = audit.head(connection)
        found = [
            *_readable(_chain(connection, store.keys.audit)),
            *_cut(connection, head, anchor),
            *_readable(_steps(connection)),
            *_readable(_rows(connection)),
            *_file(connection),
        ]
        counts = backup.living(connection)
    found += [{"code": "audit_note", "row": name} for name in _foreign_notes(store)]
    # Integers with gaps, texts with gaps: a frame of objects, as it is only shown.
    frame = pd.DataFrame(found, columns=list(COLUMNS)).astype({"n": "Int64"})
    return Health(frame, head, counts)


def _readable(findings: Iterator[Found]) -> Iterator[Found]:
    """What is no longer of the type it was written in must not keep the rest from being told."""
    try:
        yield from findings
    except (TypeError, ValueError, AttributeError):
        yield {"code": "pages_broken"}


def _foreign_notes(store: Trail) -> list[str]:
    return notes.unreadable(store.path, store.keys.audit)


def _chain(connection: sa.Connection, key: bytes) -> Iterator[Found]:
    """Rows whose code does not follow from themselves and the one before; the first few."""
    rows = list(connection.execute(sa.select(AUDIT).order_by(AUDIT.c.n)).all())
    steps = {one.step_id: one for one in connection.execute(sa.select(STEPS))}
    before, shown = Head(0, START), 0
    for place, row in enumerate(rows):
        if shown == SHOWN:
            return
        entry = Entry(*row[1:-1])
        where = {"n": row.n, "user": row.user_id, "deed": row.deed, "step_id": row.step_id}
        if row.n != before.n + 1:
            yield {"code": "audit_deleted", "n": before.n + 1}
            shown += 1
        elif entry.signed(key, before).mac != row.mac:
            shown += 1
            after = rows[place + 1] if place + 1 < len(rows) else None
            yield {"code": _kind(key, row, after, steps.get(row.step_id)), **where}
        before = Head(row.n, row.mac)


def _kind(key: bytes, row: Any, after: Any, step: Any) -> str:
    """What became of a row whose code is wrong."""
    if after is not None:
        signed = Entry(*after[1:-1]).signed(key, Head(row.n, row.mac))
        if signed.mac != after.mac:  # not even its code is ours
            return "audit_foreign"
    elif step is None:
        return "audit_foreign"
    if step is not None and step.user_id != row.user_id:
        return "audit_actor"
    return "audit_edited"


def _cut(connection: sa.Connection, head: Head, anchor: Head | None) -> Iterator[Found]:
    """Whether the chain still holds the row an anchor names."""
    if anchor is None or not anchor.n:
        return
    if head.n < anchor.n:
        yield {"code": "audit_cut", "n": head.n + 1}
        return
    mac = connection.execute(sa.select(AUDIT.c.mac).where(AUDIT.c.n == anchor.n)).scalar()
    if mac != anchor.mac:
        yield {"code": "audit_foreign", "n": anchor.n}


def _steps(connection: sa.Connection) -> Iterator[Found]:
    """Steps and their rows of the audit: each has the other, and both say the same."""
    signed = connection.execute(sa.select(AUDIT).where(AUDIT.c.level == "").order_by(AUDIT.c.n))
    rows = list(signed.all())
    by_step = {row.step_id: row for row in rows if row.step_id is not None}
    undone = {row.whose: row.step_id for row in rows if row.deed == "undo"}
    steps = connection.execute(audit.STEPS_IN_ORDER).all()
    digests = seals.of_steps(connection)
    first = next((row for row in rows if row.deed == "adopted"), None)
    old = set()
    if first is not None:
        if audit.adopted(connection, digests, first.whose, undone) != first.digest:
            yield {"code": "past_edited", "n": first.n, "deed": first.deed}
        old = {step.step_id for step in steps[: first.row_count]}
    for step in steps:
        row = by_step.pop(step.step_id, None)
        if row is None:
            if step.step_id not in old:
                yield {"code": "step_unsigned", "step_id": step.step_id, "user": step.user_id}
            elif step.undone_by != undone.get(step.step_id, step.undone_by):
                yield {"code": "step_edited", "step_id": step.step_id, "user": step.user_id}
            continue
        where = {"n": row.n, "user": row.user_id, "deed": row.deed, "step_id": row.step_id}
        said = (step.kind, step.user_id, step.done_at, step.undone_by)
        if said != (row.deed, row.user_id, row.done_at, undone.get(step.step_id)):
            yield {"code": "step_edited", **where}
        if digests[step.step_id] != row.digest:
            yield {"code": "history_edited", **where}
    for row in by_step.values():
        yield {"code": "step_missing", "n": row.n, "step_id": row.step_id}


def _rows(connection: sa.Connection) -> Iterator[Found]:
    """Rows, today's and those of the past, that are not what was sealed."""
    erasing = sa.select(HISTORY.c.table_name, HISTORY.c.row_key, HISTORY.c.version).join(
        STEPS, sa.and_(STEPS.c.step_id == HISTORY.c.step_id, STEPS.c.kind == "erase")
    )
    # A row that moved from child to child may have lost its past twice: the last one counts.
    newest_last = erasing.order_by(HISTORY.c.version)
    erased = {(t, k): v for t, k, v in connection.execute(newest_last)}
    written = past.tables_written(connection)
    for table in dict.fromkeys([*written, *backup.living(connection)]):
        shown = 0
        for one in past.versions(connection, table):
            where = {"step_id": one.step_id, "table": table, "row": one.key}
            if shown == SHOWN:
                break
            if _as_sealed(table, one, erased.get((table, one.key), 0)):
                continue
            shown += 1
            missing = one.row is None and one.newest
            yield {"code": "row_missing" if missing else "row_edited", **where}
        for key in past.without_past(connection, table)[:SHOWN]:
            yield {"code": "row_foreign", "table": table, "row": key}


def _as_sealed(table: str, one: past.Version, erased: int) -> bool:
    """Whether a version is what its step sealed; ``erased``: the version its erasing made."""
    # No seal stands for what was before the first version: nothing was, and an undo would bring it.
    if one.version == 1 and one.before is not None:
        return False
    if one.row is not None:
        return seals.fits(one.seal or b"", table, one.key, one.row)
    # An erased version has neither image nor salt, and a later step says so.
    return len(one.seal or b"") == seals.DIGEST and one.version < erased


def _file(connection: sa.Connection) -> Iterator[Found]:
    """What the database says of itself."""
    for name in triggers.missing(connection):
        yield {"code": "trigger_missing", "row": name}
    for name in triggers.foreign(connection):
        yield {"code": "trigger_foreign", "row": name}
    for name in numbers.behind(connection):
        yield {"code": "number_edited", "table": name}
    looks = ("integrity_check", "cipher_integrity_check")
    said = [line for look in looks for line in connection.exec_driver_sql(f"pragma {look}").all()]
    yield from ({"code": "pages_broken"} for (line,) in said[:SHOWN] if line != "ok")
    for table, _, target, _ in connection.exec_driver_sql("pragma foreign_key_check").all()[:SHOWN]:
        yield {"code": "reference_broken", "table": table, "row": target}
