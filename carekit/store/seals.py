"""Seals: what makes every version of every row provable, and erasable all the same.

Each row of the history carries a seal of the row as the step left it: a random salt and the
digest of salt, table, key, version and what the row held. The digest of a step is made of the
digests of its rows, and the audit row of the step (:mod:`carekit.store.audit`) signs that. So an
edit of a row, of its past or of a step no longer fits, and can be named.

When a child is erased the row's past and the *salt* go and the digest stays: the step can still
be verified, and without its salt a digest tells nothing, not even whether a guess was right.

>>> row = {"child_id": "C00001", "name": "Li", "note": None, "version": 1, "removed": 0}
>>> seal = sealed("children", "C00001", row)
>>> fits(seal, "children", "C00001", row), fits(seal, "children", "C00001", {**row, "name": "Lu"})
(True, False)
>>> later = {**row, "joined_the_dictionary_later": None}
>>> fits(seal, "children", "C00001", later)
True
>>> fits(erased(seal), "children", "C00001", row)
False
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from carekit.store.rows import Row
from carekit.store.schema import HISTORY, STEPS

__all__ = [
    "DIGEST",
    "SALT",
    "digest_of",
    "erased",
    "fits",
    "of_step",
    "of_steps",
    "sealed",
    "sealed_all",
]

Sealed = Any  # a row of the history: table_name, row_key, version, seal

SALT, DIGEST = 16, 16  # bytes; the first half of SHA-256
_text = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _digest(salt: bytes, table: str, key: str, row: Row) -> bytes:
    # An empty cell is not part of it: a column that joins the dictionary later is empty. And the
    # database keeps no sign with a zero.
    held = {name: value if value != 0 else 0 for name, value in row.items() if value is not None}
    text = f"{table}\0{key}\0{_text(held)}"
    return hashlib.sha256(salt + text.encode()).digest()[:DIGEST]


def sealed(table: str, key: str, row: Row) -> bytes:
    """The seal of a row, with its version, as a step leaves it."""
    return next(sealed_all(table, [(key, row)]))


def sealed_all(table: str, rows: Sequence[tuple[str, Row]]) -> Iterator[bytes]:
    """The seals of many rows, of (key, row)."""
    salts = os.urandom(SALT * len(rows))
    for place, (key, row) in enumerate(rows):
        salt = salts[place * SALT : (place + 1) * SALT]
        yield salt + _digest(salt, table, key, row)


def fits(seal: bytes, table: str, key: str, row: Row) -> bool:
    """Whether a row is what was sealed; never once the seal was erased."""
    salt = seal[:SALT]
    return len(seal) == SALT + DIGEST and seal[SALT:] == _digest(salt, table, key, row)


def erased(seal: bytes) -> bytes:
    """A seal that still stands for its row and no longer tells anything about it."""
    return seal[-DIGEST:]


def digest_of(token: str | None, rows: Iterable[Sealed]) -> str:
    """The digest of a step: its token, and its rows in the order of table and key.

    >>> digest_of(None, []) == digest_of("a", [])
    False
    """
    whole = hashlib.sha256(_text(token).encode())
    for row in rows:
        whole.update(f"\0{row.table_name}\0{row.row_key}\0{row.version}\0".encode())
        whole.update((row.seal or b"")[-DIGEST:])
    return whole.hexdigest()


def of_step(connection: sa.Connection, step_id: str) -> tuple[str, str, int]:
    """What a step wrote: its digest, its tables (``children guardians``), its number of rows."""
    token = sa.select(STEPS.c.token).where(STEPS.c.step_id == step_id)
    found = connection.execute(_ROWS.where(HISTORY.c.step_id == step_id)).all()
    names = sorted({str(row.table_name) for row in found})
    digest = digest_of(connection.execute(token).scalar(), found)
    return digest, " ".join(names), len(found)


def of_steps(connection: sa.Connection) -> dict[str, str]:
    """The digest of every step, by its id."""
    steps = connection.execute(sa.select(STEPS.c.step_id, STEPS.c.token))
    tokens = {step.step_id: step.token for step in steps}
    found = {step: digest_of(token, []) for step, token in tokens.items()}
    rows = connection.execute(_ROWS)
    for step, some in groupby(rows, key=lambda row: row.step_id):
        found[step] = digest_of(tokens.get(step), some)
    return found


_ROWS = sa.select(
    HISTORY.c.step_id, HISTORY.c.table_name, HISTORY.c.row_key, HISTORY.c.version, HISTORY.c.seal
).order_by(HISTORY.c.step_id, HISTORY.c.table_name, HISTORY.c.row_key)
