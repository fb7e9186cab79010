"""What the audit costs, and whether anybody waits while a backup is made.

The audit: the same store read and written with it and without (no seals, no notes, no chain), in
turns, the fastest counts. The backup: a store with a million contacts; one person writes contact
after contact, first alone, then while another process makes a backup. The slowest write then may
take 20 times as long as the median write before.
"""

import contextlib
import multiprocessing
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from unittest import mock

import pandas as pd

from benchmarks.vault import REGISTER, contacts, seconds, told
from carekit import sample
from carekit.store import (
    Store,
    audit,
    backup_store,
    create_store,
    keyfile,
    open_store,
    recording,
    seals,
    unlocked,
)

READING, WRITING, WAITING = 1.3, 1.5, 20.0
ROUNDS, WRITES = 8, 4
ALONE = 200  # writes
MILLION = 10  # times the contacts of ``vault``


@contextlib.contextmanager
def unaudited() -> Iterator[None]:
    nothing = audit.Entry("", "", "")
    with (
        mock.patch.object(seals, "sealed_all", lambda _, rows: [b""] * len(rows)),
        mock.patch.object(audit, "of_step", lambda *_, **__: nothing),
        mock.patch.object(audit, "add", lambda *_: None),
        mock.patch.object(recording, "_note", lambda *_: None),
    ):
        yield


def ratio(path: Path, deed: Callable[[Store], object], rounds: int) -> float:
    """How many times longer a deed takes with the audit; each time on a fresh copy of the store."""
    took: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(2 * rounds):
        audited = turn % 4 in (0, 3)
        fresh = path.with_name(f"{turn}.care")
        shutil.copy(keyfile.beside(path), keyfile.beside(fresh))
        shutil.copy(path, fresh)
        with (
            contextlib.nullcontext() if audited else unaudited(),
            open_store(fresh, "li.na") as store,
        ):
            took[audited].append(seconds(partial(deed, store)))
        fresh.unlink()
    return min(took[True]) / min(took[False])


def read(store: Store) -> None:
    for table in REGISTER:
        store.read(table)


def save(path: Path, keys: dict[str, unlocked.Keys], to: Path) -> None:
    """In a process of its own, as the server does it."""
    from carekit.store import open_store

    unlocked.take(keys)
    with open_store(path) as store:
        backup_store(store, to)


def waiting(store: Store, folder: Path) -> tuple[float, int, float]:
    """The slowest write during a backup beside the median one before; writes meanwhile; seconds."""
    one = contacts(store).head(1)
    alone = [seconds(lambda: store.write("contacts", one)) for _ in range(ALONE)]
    process = multiprocessing.get_context("spawn").Process(
        target=save, args=(store.path, unlocked.handed_over(), folder / "town.carebackup")
    )
    start = time.perf_counter()
    process.start()
    during = []
    while process.is_alive():
        during.append(seconds(lambda: store.write("contacts", one)))
    took = time.perf_counter() - start
    if process.exitcode:
        sys.exit("the backup failed")
    return max(during) / statistics.median(alone), len(during), took


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables = {table: frame for table, frame in sample.county().items() if table != "contacts"}
        path = folder / "town.care"
        with create_store(path, "li.na", practice_day="2026-03-02") as store:
            store.write(tables)
            frame: pd.DataFrame = contacts(store)
        over = [
            told("reading the register: audited / not", ratio(path, read, ROUNDS), READING),
            told(
                "writing 100,000 contacts: audited / not",
                ratio(path, lambda store: store.write("contacts", frame), WRITES),
                WRITING,
            ),
        ]
        path = folder / "million.care"
        with create_store(path, "li.na", practice_day="2026-03-02") as store:
            store.write(tables)
            for _ in range(MILLION):
                store.write("contacts", frame)
            slowest, count, took = waiting(store, folder)
        over.append(told("slowest write during a backup / median alone", slowest, WAITING))
        print(f"({count} writes while the backup of 1 M contacts took {took:.0f} s)")
    return int(any(over))


if __name__ == "__main__":
    sys.exit(main())
