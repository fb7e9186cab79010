"""The audit: who did and who saw what, in a chain that only the audit key can continue.

One row a transaction that writes (who, when, which deed, its step, and the digest of every row it
wrote) and one a read of private or secret columns (which table, how many rows, how sensitive,
whose). Each row carries an HMAC-SHA256 of itself and of the code before it, under the *audit*
key, which lies apart from the data key: with the file and the data key alone, nobody can edit,
add, leave out or reorder a row unseen. A cut tail leaves a chain that is whole; it is seen where
the end of the chain, its *head*, was kept elsewhere, as every backup does (see ``doctor``).

The row of a write is part of its transaction. The row of a read is written before the frame is
handed out, without waiting for the disk: it outlives the end of the process by any means, and a
power cut may take it only if it takes the screen too. Drafts are nobody's facts yet and have no
row. Times are told by the clock of the computer; the order is the chain's.
"""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd
import sqlalchemy as sa

from carekit.store import seals
from carekit.store.schema import AUDIT, HISTORY, STEPS

__all__ = ["COLUMNS", "START", "Entry", "Head", "add", "adopt", "entries", "head", "now", "of_step"]

DRIFT = dt.timedelta(minutes=5)
START = ""  # the code before the first row
COLUMNS = ("n", "at", "user", "deed", "table", "rows", "child", "sensitivity", "step_id")


class Head(NamedTuple):
    """The end of a chain: the number of its last row, and that row's code."""

    n: int
    mac: str


class Entry(NamedTuple):
    """What a row says, in the order of the table's columns after ``n``."""

    done_at: str
    user_id: str
    deed: str
    step_id: str | None = None
    table_names: str = ""
    row_count: int = 0
    level: str = ""
    whose: str = ""
    digest: str = ""

    def signed(self, key: bytes, before: Head) -> Head:
        """The head of the chain once this entry follows ``before``.

        >>> entry = Entry("2026-03-02T08:00:00.000000Z", "li.na", "write")
        >>> first = entry.signed(b"audit key", Head(0, START))
        >>> first.n, first == entry.signed(b"another key", Head(0, START))
        (1, False)
        """
        said = json.dumps([before.n + 1, *self], ensure_ascii=False, separators=(",", ":"))
        code = hmac.digest(key, f"{before.mac}\n{said}".encode(), "sha256")
        return Head(before.n + 1, code.hex())


def now() -> str:
    """The time as every table of the house keeps it."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def clock_behind(connection: sa.Connection) -> str | None:
    """The time of the last row where the clock now is before it, by more than its own drift."""
    last = sa.select(AUDIT.c.done_at).order_by(AUDIT.c.n.desc()).limit(1)
    at: str | None = connection.execute(last).scalar()
    if at is None or dt.datetime.fromisoformat(at) <= dt.datetime.fromisoformat(now()) + DRIFT:
        return None
    return at


def head(connection: sa.Connection) -> Head:
    """The end of the chain; number 0 while there is none."""
    last = sa.select(AUDIT.c.n, AUDIT.c.mac).order_by(AUDIT.c.n.desc()).limit(1)
    found = connection.execute(last).one_or_none()
    return Head(0, START) if found is None else Head(found.n, found.mac)


def add(connection: sa.Connection, key: bytes, entries: Iterable[Entry]) -> Head:
    """Continue the chain; the write lock must be held. Gives its new head."""
    last = head(connection)
    rows = []
    for entry in entries:
        last = entry.signed(key, last)
        rows.append((last.n, *entry, last.mac))
    if rows:
        places = ", ".join("?" * len(rows[0]))
        connection.exec_driver_sql(f"insert into audit values ({places})", rows)
    return last


def of_step(connection: sa.Connection, step_id: str, *, whose: str = "") -> Entry:
    """The entry of a step whose rows are all in place; ``whose``: the step an undo took back."""
    step = connection.execute(sa.select(STEPS).where(STEPS.c.step_id == step_id)).one()
    digest, names, count = seals.of_step(connection, step_id)
    return Entry(
        step.done_at, step.user_id, step.kind, step_id, names, count, whose=whose, digest=digest
    )


def given(user_id: str, child_id: str, counts: Mapping[str, int]) -> list[Entry]:
    """The entry of a child's file that was given out, of the number of its rows by table."""
    rows = sum(counts.values())
    return [Entry(now(), user_id, "given", None, " ".join(counts), rows, "secret", child_id)]


def adopt(connection: sa.Connection, key: bytes) -> None:
    """Begin the chain of a store that is older than its audit, with one row for all of its past."""
    steps = [step.step_id for step in connection.execute(STEPS_IN_ORDER)]
    if steps:
        digest = adopted(connection, seals.of_steps(connection), steps[-1], {})
        past = Entry(now(), "", "adopted", row_count=len(steps), whose=steps[-1], digest=digest)
        add(connection, key, [past])


def adopted(
    connection: sa.Connection, digests: Mapping[str, str], last: str, undone: Mapping[str, str]
) -> str:
    """The digest of all steps up to the last one that is older than the chain.

    ``undone`` are steps taken back since, which said nothing of that then.
    """
    whole = hashlib.sha256()
    for step in connection.execute(STEPS_IN_ORDER):
        by = None if step.step_id in undone else step.undone_by
        said = [step.step_id, step.kind, step.user_id, step.done_at, by, digests[step.step_id]]
        whole.update(json.dumps(said).encode())
        if step.step_id == last:
            break
    return whole.hexdigest()


STEPS_IN_ORDER = sa.select(STEPS).order_by(sa.func.length(STEPS.c.step_id), STEPS.c.step_id)


def entries(connection: sa.Connection) -> pd.DataFrame:
    """Every row in order: see :meth:`carekit.store.Store.audit`."""
    columns = [
        AUDIT.c[name]
        for name in ("n", "done_at", "user_id", "deed", "table_names", "row_count", "whose")
    ]
    found = connection.execute(
        sa.select(*columns, AUDIT.c.level, AUDIT.c.step_id).order_by(AUDIT.c.n)
    )
    return framed(found.all())


def framed(found: Iterable[Iterable[Any]]) -> pd.DataFrame:
    """Rows of the audit as a frame of ``COLUMNS``."""
    frame = pd.DataFrame([tuple(row) for row in found], columns=list(COLUMNS))
    texts = [name for name in COLUMNS if name not in ("n", "at", "rows")]
    typed = frame.astype(dict.fromkeys(texts, "string") | {"n": "Int64", "rows": "Int64"})
    typed[texts] = typed[texts].replace("", pd.NA)
    at = pd.to_datetime(typed["at"], format="ISO8601", utc=True)
    return typed.assign(at=at.astype("datetime64[us, UTC]"))


def unsealed(connection: sa.Connection) -> bool:
    """Whether the past has rows without a seal."""
    select = sa.select(HISTORY.c.step_id).where(HISTORY.c.seal.is_(None)).limit(1)
    return connection.execute(select).first() is not None
