"""Transactions that leave their row in the audit: all that ``Store`` does goes through these."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import sqlalchemy as sa

from carekit.errors import CareError
from carekit.store import audit, connect, notes, seen
from carekit.store.audit import Entry

if TYPE_CHECKING:
    from carekit.store.trail import Trail as Store

__all__ = ["deed", "reading", "settle", "writing"]

PATIENCE = 1.0  # seconds a note may wait while somebody reads


@contextmanager
def reading(store: "Store") -> Iterator[tuple[sa.Connection, list[Entry]]]:
    """A reading transaction; what it shows goes into the list and is noted at its end.

    Whoever uses this hands nothing out before the end.
    """
    shown: list[Entry] = []
    with connect.transaction(store.engine) as connection:
        yield connection, shown
    _note(store, shown)


@contextmanager
def writing(store: "Store") -> Iterator[tuple[sa.Connection, list[Entry]]]:
    """A writing transaction; what goes into the list becomes the end of the chain with it.

    Where it fails, what was read in it has been seen all the same and is noted.
    """
    entries: list[Entry] = []
    try:
        with connect.transaction(store.engine, write=True) as connection:
            yield connection, entries
            taken = notes.waiting(connection, store.path, store.keys.audit)
            before = [note.entry for note in taken if note.entry]
            shown = [one for one in entries if one.level]
            done = [one for one in entries if not one.level]
            within = next((one.step_id for one in done), None)
            shown = [one._replace(step_id=within) for one in seen.merged(shown)]
            audit.add(connection, store.keys.audit, [*before, *shown, *done])
    except BaseException:
        with suppress(CareError):  # what went wrong first is what is told
            _note(store, [one for one in entries if one.level])
        raise
    notes.clear(taken)


def _note(store: "Store", shown: list[Entry]) -> None:
    if shown:
        notes.leave(store.path, store.keys.audit, seen.merged(shown))
        if notes.oldest(store.path) > PATIENCE:
            settle(store)


def settle(store: "Store", *, patient: bool = False) -> None:
    """Take the notes into the chain; unless ``patient``, only if nobody else is writing."""
    if notes.beside(store.path).exists():
        with suppress(*([] if patient else [CareError])):
            with connect.transaction(store.engine, write=True, patient=patient) as connection:
                taken = notes.waiting(connection, store.path, store.keys.audit)
                found = [note.entry for note in taken if note.entry]
                audit.add(connection, store.keys.audit, found)
            notes.clear(taken)


def deed(store: "Store", kind: str, whose: str = "") -> audit.Head:
    """A row of its own for what is neither a step nor a read (a backup ...); gives the head."""
    settle(store, patient=True)
    entry = Entry(audit.now(), store.actor, kind, whose=whose)
    with connect.transaction(store.engine, write=True) as connection:
        return audit.add(connection, store.keys.audit, [entry])
