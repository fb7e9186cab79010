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
from collections.abc import Iterable

import sqlalchemy as sa

from carekit.store.rows import Row
from carekit.store.schema import HISTORY

__all__ = ["SALT", "digest_of", "erased", "fits", "of_step", "sealed"]

SALT, DIGEST = 16, 16  # bytes; the first half of SHA-256
_text = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _digest(salt: bytes, table: str, key: str, row: Row) -> bytes:
    # An empty cell is not part of it: a column that joins the dictionary later is empty.
    held = {name: value for name, value in row.items() if value is not None}
    text = f"{table}\0{key}\0{_text(held)}"
    return hashlib.sha256(salt + text.encode()).digest()[:DIGEST]


def sealed(table: str, key: str, row: Row) -> bytes:
    """The seal of a row, with its version, as a step leaves it."""
    salt = os.urandom(SALT)
    return salt + _digest(salt, table, key, row)


def fits(seal: bytes, table: str, key: str, row: Row) -> bool:
    """Whether a row is what was sealed; never once the seal was erased."""
    salt = seal[:SALT]
    return len(seal) == SALT + DIGEST and seal[SALT:] == _digest(salt, table, key, row)


def erased(seal: bytes) -> bytes:
    """A seal that still stands for its row and no longer tells anything about it."""
    return seal[-DIGEST:]


def digest_of(rows: Iterable[tuple[str, str, int, bytes]]) -> str:
    """The digest of a step, of (table, key, version, seal) in the order of table and key."""
    whole = hashlib.sha256()
    for table, key, version, seal in rows:
        whole.update(f"{table}\0{key}\0{version}\0".encode() + seal[-DIGEST:])
    return whole.hexdigest()


def of_step(connection: sa.Connection, step_id: str) -> tuple[str, str, int]:
    """What a step wrote: its digest, its tables (``children guardians``), its number of rows."""
    columns = (HISTORY.c.table_name, HISTORY.c.row_key, HISTORY.c.version, HISTORY.c.seal)
    select = sa.select(*columns).where(HISTORY.c.step_id == step_id)
    found = connection.execute(select.order_by(HISTORY.c.table_name, HISTORY.c.row_key)).all()
    names = sorted({str(row.table_name) for row in found})
    return digest_of([tuple(row) for row in found]), " ".join(names), len(found)
