"""What was read and is not in the chain yet: one small sealed file a read, beside the store.

Writing to the chain takes the store's write lock, and whoever reads should not wait for whoever
imports a county. So a read leaves a note, before its frame is handed out: it is there whatever
becomes of the process. The next write, the first read a second later, closing the store, a look
at the audit, a backup or ``doctor`` takes the notes into the chain. A note is sealed with a key
made of the audit key, so none can be read or made without it; that one of the last second was
deleted, only the chain could tell, which is why they do not stay.
"""

import hmac
import json
import os
import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from carekit.errors import BadInput
from carekit.store import keyfile
from carekit.store.audit import Entry
from carekit.store.keys import opened, sealed
from carekit.store.schema import AUDIT

__all__ = ["Note", "beside", "clear", "leave", "oldest", "waiting"]

LOOK_BACK = 10_000  # rows of the chain in which a note that was left over is looked for


class Note(NamedTuple):
    """A note and its file; no entry where it cannot be read."""

    path: Path
    entry: Entry | None


def beside(store: Path) -> Path:
    """The folder of the notes; there while there are any.

    >>> beside(Path("town.care")).name
    '.town.care.seen'
    """
    return store.with_name(f".{store.name}.seen")


def leave(store: Path, audit_key: bytes, entries: Iterable[Entry]) -> None:
    """Note what is about to be shown. Raises ``BadInput``: ``disk_full``, ``store_read_only``."""
    for entry in entries:
        name = secrets.token_hex(16)
        text = json.dumps(entry._replace(digest=name), ensure_ascii=False).encode()
        try:
            _put(beside(store), name, sealed(text, _key(audit_key), name))
        except OSError as error:
            raise BadInput(keyfile.fault(error)) from None


def _put(folder: Path, name: str, content: bytes) -> None:
    draft = folder / f"{name}.new"
    while True:
        folder.mkdir(mode=0o700, exist_ok=True)
        try:
            number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileNotFoundError:  # somebody took the last note and the folder with it
            continue
        with os.fdopen(number, "wb") as file:
            file.write(content)
        draft.rename(folder / name)
        return


def oldest(store: Path) -> float:
    """For how many seconds the oldest note has been waiting; 0 without one."""
    times = []
    with suppress(OSError), os.scandir(beside(store)) as found:
        for one in found:
            with suppress(OSError):
                times.append(one.stat().st_mtime)
    return max(0.0, time.time() - min(times)) if times else 0.0


def waiting(connection: sa.Connection, store: Path, audit_key: bytes) -> list[Note]:
    """The notes to be taken into the chain, in the order of their time; the lock must be held.

    A note that is in the chain already (its file outlived a killed process) has no entry.
    """
    try:
        paths = [path for path in beside(store).iterdir() if not path.suffix]
    except OSError:
        return []
    read = [Note(path, _read(path, audit_key)) for path in paths]
    last = sa.select(sa.func.max(AUDIT.c.n)).scalar_subquery()
    near = sa.select(AUDIT.c.digest).where(AUDIT.c.n > last - LOOK_BACK)
    ours = near.where(AUDIT.c.digest.in_([path.name for path in paths]))
    known = set(connection.execute(ours).scalars())
    found = [Note(p, None if p.name in known else entry) for p, entry in read if entry]
    return sorted(found, key=lambda note: note.entry.done_at if note.entry else "")


def _read(path: Path, audit_key: bytes) -> Entry | None:
    try:
        text = opened(path.read_bytes(), _key(audit_key), path.name)
    except OSError:
        return None
    return None if text is None else Entry(*json.loads(text))


def unreadable(store: Path, audit_key: bytes) -> list[str]:
    """The names of files among the notes that no process of ours has left."""
    with suppress(OSError):
        paths = [path for path in beside(store).iterdir() if not path.suffix]
        return sorted(path.name for path in paths if _read(path, audit_key) is None)
    return []


def clear(notes: Iterable[Note]) -> None:
    """Remove the notes that are in the chain now, and the folder with the last one."""
    folders = set()
    for note in notes:
        with suppress(OSError):  # if it stays, it is known at the next time
            note.path.unlink()
        folders.add(note.path.parent)
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _key(audit_key: bytes) -> bytes:
    return hmac.digest(audit_key, b"carekit notes of what was read", "sha256")
