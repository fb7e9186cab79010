"""What was read, as entries of the audit: which table, how sensitive, whose rows.

A read of a whole table says ``*`` and no names: whose rows these were, the history knows. A read
of some rows says the ids of their children (of the rows themselves where a table has none), in
runs as ``C00001-C00122 C00130``. So a row stays small, and "who saw this child" has an exact
answer (:func:`who_saw`).

Views keep what they read until it changes: looking at it again, sorting or searching makes no
row; the card of a person that is opened always does (:meth:`carekit.store.Store.saw`).

>>> runs(["C00001", "C00003", "C00002", "C00007"])
'C00001-C00003 C00007'
>>> [covers("C00001-C00003 C00007", child) for child in ("C00002", "C00004", "C00007")]
[True, False, True]
"""

import re
from collections.abc import Iterable, Sequence

import pandas as pd
import sqlalchemy as sa

from carekit import tables
from carekit.store import audit, schema
from carekit.store.audit import Entry
from carekit.store.schema import AUDIT, HISTORY

__all__ = ["WHOLE", "covers", "entry", "level", "merged", "one", "runs", "who_saw"]

WHOLE = "*"
LEVELS = ("", "private", "secret")
_ID = re.compile(r"(\D*)(\d{1,12})")


def level(table: str, columns: Iterable[str]) -> str:
    """The highest sensitivity among the columns of a table: secret, private, or empty for less.

    >>> level("children", ["child_id"]), level("children", ["name", "id_number"])
    ('', 'secret')
    """
    known = tables.columns(table)["sensitivity"]
    found = known[known.index.isin(list(columns))]
    return max((one for one in found if one in LEVELS), key=LEVELS.index, default="")


def entry(
    user_id: str, table: str, frame: pd.DataFrame, *, whole: bool = True, deed: str = "read"
) -> Entry | None:
    """What a frame that was read shows of a table; None where nothing of it is private."""
    sensitivity = level(table, frame.columns)
    if not sensitivity or frame.empty:
        return None
    owner = "child_id" if "child_id" in frame else tables.key(table)
    whose = WHOLE if whole else runs(frame[owner].dropna().unique())
    return Entry(
        audit.now(),
        user_id,
        deed,
        table_names=table,
        row_count=len(frame),
        level=sensitivity,
        whose=whose,
    )


def one(connection: sa.Connection, user_id: str, table: str, key: str, deed: str) -> list[Entry]:
    """What the card or the history of one row shows: an entry, if there is such a row."""
    stored = schema.stored(table)
    owner = "child_id" if "child_id" in stored.c else tables.key(table)
    whose = sa.select(stored.c[owner]).where(stored.c[tables.key(table)] == key)
    found = connection.execute(whose).scalar()
    sensitivity = level(table, stored.columns.keys())
    if found is None or not sensitivity:
        return []
    return [Entry(audit.now(), user_id, deed, None, table, 1, sensitivity, str(found))]


def merged(entries: Sequence[Entry]) -> list[Entry]:
    """One entry for what one transaction read of whole tables; others stay as they are."""
    found = []
    for whose in dict.fromkeys(one.whose for one in entries):
        some = [one for one in entries if one.whose == whose]
        if whose != WHOLE:
            found += some
            continue
        found.append(
            some[0]._replace(
                table_names=" ".join(dict.fromkeys(one.table_names for one in some)),
                row_count=sum(one.row_count for one in some),
                level=max((one.level for one in some), key=LEVELS.index),
            )
        )
    return found


def runs(ids: Iterable[str]) -> str:
    """Ids in order, those that follow each other as first and last."""
    found: list[list[str]] = []
    for one in sorted({str(name) for name in ids}, key=lambda name: (len(name), name)):
        if found and _next(found[-1][-1]) == one:
            found[-1] = [found[-1][0], one]
        else:
            found.append([one])
    return " ".join("-".join(run) for run in found)


def _next(one: str) -> str | None:
    parts = _ID.fullmatch(one)
    return f"{parts[1]}{int(parts[2]) + 1:0{len(parts[2])}d}" if parts else None


def covers(whose: str, one: str) -> bool:
    """Whether an id is among those of a row of the audit."""
    for run in whose.split(" "):
        first, _, last = run.partition("-")
        ends = [_ID.fullmatch(name) for name in (first, one, last or first)]
        if one == first:
            return True
        if all(ends) and len({end[1] for end in ends if end}) == 1:
            numbers = [int(end[2]) for end in ends if end]
            if numbers[0] <= numbers[1] <= numbers[2]:
                return True
    return False


def who_saw(connection: sa.Connection, child_id: str) -> pd.DataFrame:
    """The rows of the audit by which somebody saw a child: see ``Store.who_saw``."""
    since = {table: _since(connection, table, child_id) for table in _tables_of_children()}
    names = ("n", "done_at", "user_id", "deed", "table_names", "row_count", "whose")
    columns = [AUDIT.c[name] for name in names]
    rows = connection.execute(
        sa.select(*columns, AUDIT.c.level, AUDIT.c.step_id)
        .where(AUDIT.c.level != "")
        .order_by(AUDIT.c.n)
    )
    found = []
    for row in rows:
        # Of the tables of a row only those that told something about this child by then.
        shown = row.table_names.split(" ")
        told = [one for one in shown if 0 < since.get(one, 0) < row.n]
        if row.whose == WHOLE and told:
            found.append((*row[:4], " ".join(told), *row[5:]))
        elif not since.keys().isdisjoint(shown) and covers(row.whose, child_id):
            found.append(tuple(row))
    return audit.framed(found)


def _tables_of_children() -> list[str]:
    return [t for t, s in schema.METADATA.tables.items() if _dictionary(t) and "child_id" in s.c]


def _dictionary(table: str) -> bool:
    return table in tables.tables().index


def _since(connection: sa.Connection, table: str, child_id: str) -> int:
    """The number of the audit row from which on a table told something about a child; 0 never."""
    stored = schema.stored(table)
    touched = sa.and_(
        HISTORY.c.table_name == table, HISTORY.c.row_key == stored.c[tables.key(table)]
    )
    steps = sa.select(HISTORY.c.step_id).join(stored, touched).where(stored.c.child_id == child_id)
    first = sa.select(sa.func.min(AUDIT.c.n)).where(AUDIT.c.step_id.in_(steps))
    known = connection.execute(first).scalar()
    if known is None:  # older than the audit, or not there at all
        known = 1 if connection.execute(steps.limit(1)).first() else 0
    return int(known)
