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
import hmac
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd
import sqlalchemy as sa

from carekit.store import seals
from carekit.store.schema import AUDIT, HISTORY, STEPS

__all__ = ["COLUMNS", "START", "Entry", "Head", "add", "adopt", "entries", "head", "now", "of_step"]

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


def adopt(connection: sa.Connection, key: bytes) -> None:
    """Begin the chain of a store that is older than its audit, with one row for all of its past."""
    steps, count = adopted(connection, set())
    if count:
        add(connection, key, [Entry(now(), "", "adopted", row_count=count, digest=steps)])


def adopted(connection: sa.Connection, apart: set[str]) -> tuple[str, int]:
    """The digest of all steps but those apart, with what each says of itself; and their number."""
    columns = (STEPS.c.step_id, STEPS.c.kind, STEPS.c.user_id, STEPS.c.done_at)
    found = connection.execute(sa.select(*columns).order_by(STEPS.c.step_id)).all()
    old = [tuple(step) for step in found if step.step_id not in apart]
    said = [[*step, seals.of_step(connection, str(step[0]))[0]] for step in old]
    return seals.digest_of([("steps", json.dumps(one), 0, b"") for one in said]), len(old)


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
