"""Who had to do with one child, and when each person was last here: questions to the audit."""

import pandas as pd
import sqlalchemy as sa

from carekit import tables
from carekit.store import connect, recording, schema, seen, versions
from carekit.store.schema import AUDIT, STEPS
from carekit.store.trail import Trail

__all__ = ["last_seen", "who_touched"]

COLUMNS = ("at", "user", "deed", "does", "table", "columns", "sensitivity", "whole")


def who_touched(store: Trail, child_id: str) -> pd.DataFrame:
    """Who saw and who changed something about one child, newest first.

    Columns: at (UTC), user, deed (as in :meth:`Trail.audit`), does (read, changed), table (several
    with blanks), columns (of a change ``table.column`` with blanks, none where a row was added),
    sensitivity (of a read), whole (of a read: in a list of everybody). Changes older than the
    audit are among them. Raises ``NotAllowed`` where the actor may not see the audit.

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na")
    ...     step = store.write("children", pd.DataFrame({"name": ["Xiao Hong"]}))
    ...     step = store.write("children", store.read("children").assign(name="Xiao Ming"))
    ...     who_touched(store, "C00001")[["user", "deed", "does", "columns"]]
        user   deed     does        columns
    0  li.na  write  changed  children.name
    1  li.na   read     read           <NA>
    2  li.na  write  changed           <NA>
    """
    store.policy().need("audit")
    recording.settle(store, patient=True)
    with connect.transaction(store.engine) as connection:
        saw = seen.who_saw(connection, child_id)
        changed = _changes(connection, child_id)
    saw = saw.assign(
        does="read", columns=pd.Series(pd.NA, index=saw.index), whole=saw["child"].eq(seen.WHOLE)
    )
    every = pd.concat([saw[list(COLUMNS)], changed], ignore_index=True)
    texts = {name: "string" for name in COLUMNS if name not in ("at", "whole")}
    typed = every.astype(texts | {"whole": "bool"})
    return typed.sort_values("at", ascending=False, kind="stable", ignore_index=True)


def _changes(connection: sa.Connection, child_id: str) -> pd.DataFrame:
    """The steps that wrote a row about the child, with what they changed in it."""
    did: dict[str, dict[str, set[str]]] = {}  # step -> table -> columns
    for table, stored in schema.METADATA.tables.items():
        if table in tables.tables().index and "child_id" in stored.c:
            key = stored.c[tables.key(table)]
            keys = connection.execute(sa.select(key).where(stored.c.child_id == child_id))
            for one in keys.scalars().all():
                _of_row(connection, table, str(one), did)
    steps = sa.select(STEPS).where(STEPS.c.step_id.in_(did))
    rows = [
        (
            step.done_at,
            step.user_id,
            step.kind,
            "changed",
            " ".join(did[step.step_id]),
            " ".join(f"{t}.{c}" for t, cs in did[step.step_id].items() for c in sorted(cs)) or None,
            None,
            False,
        )
        for step in connection.execute(steps)
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    at = pd.to_datetime(frame["at"], format="ISO8601", utc=True)
    return frame.assign(at=at.astype("datetime64[us, UTC]"))


def _of_row(
    connection: sa.Connection, table: str, key: str, did: dict[str, dict[str, set[str]]]
) -> None:
    for row in versions.versions(connection, table, key).to_dict("records"):
        columns = did.setdefault(str(row["step_id"]), {}).setdefault(table, set())
        if row["version"] > 1:
            columns |= set(row["changes"]) - {"removed"}


def last_seen(store: Trail) -> pd.Series:
    """When each user last did or read something, as the audit knows it: user_id -> UTC.

    Raises ``NotAllowed`` where the actor may not see the audit.

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na")
    ...     last_seen(store).index.tolist()
    ['li.na']
    """
    store.policy().need("audit")
    row = AUDIT.c
    last = sa.select(row.user_id, sa.func.max(row.done_at)).where(row.user_id != "")
    with connect.transaction(store.engine) as connection:
        found = {str(user): at for user, at in connection.execute(last.group_by(row.user_id))}
    return pd.to_datetime(pd.Series(found, dtype="string"), format="ISO8601", utc=True)
