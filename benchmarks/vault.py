"""What encryption costs: the same store of the county beside the same tables in a plain file.

Both are SQLite files with the same pragmas, and both are read and written by the same code; the
plain one has no key. Each thing is done to both in turns, the median counts. The file is opened
anew for each question, so opening it is measured twice: a connection and its first row beside one
of Python's own sqlite3, and `open_store` (the file is looked at, the schema checked, the person
found) beside itself on the plain file.
"""

import contextlib
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pandas as pd

from carekit import sample
from carekit.store import Store, connect, create_store, open_store

Deed = Callable[[Path], Callable[[], object]]

READING, WRITING, OPENING = 1.3, 3.0, 3.0
ROUNDS, WRITES, OPENINGS = 15, 3, 60
CONTACTS = 100_000
FIRST = "select * from children limit 1"
REGISTER = ("children", "guardians", "helpers", "pairings")


@contextlib.contextmanager
def plain() -> Iterator[None]:
    """Files without a key, by the same code."""
    without = dict.fromkeys(("unlock", "probe"), lambda *_: None)
    with mock.patch.multiple(connect, **without):
        yield


def made(folder: Path) -> dict[str, Path]:
    """The county in both kinds of file, without its contacts."""
    tables = {name: frame for name, frame in sample.county().items() if name != "contacts"}
    paths = {"vault": folder / "vault.care", "plain": folder / "plain.care"}
    for kind, path in paths.items():
        with (
            plain() if kind == "plain" else contextlib.nullcontext(),
            create_store(path, "li.na", practice_day="2026-03-02") as store,
        ):
            store.write(tables)
    return paths


def contacts(store: Store) -> pd.DataFrame:
    pairs = store.read("pairings")
    pairs = pairs.iloc[[row % len(pairs) for row in range(CONTACTS)]].reset_index(drop=True)
    days = pd.Timestamp("2026-03-02") - pd.to_timedelta(pairs.index % 365, unit="D")
    return pd.DataFrame(
        {
            "child_id": pairs["child_id"],
            "helper_id": pairs["helper_id"],
            "day": days,
            "kind": "talk",
            "minutes": 30,
            "note": "talked about school and the harvest",
        }
    )


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def ratio(call: Deed, paths: dict[str, Path], rounds: int) -> float:
    """How many times longer the vault takes; both in turns."""
    took: dict[str, list[float]] = {"vault": [], "plain": []}
    for turn in range(rounds):
        for kind in sorted(paths, reverse=bool(turn % 2)):  # now one is first, now the other
            with plain() if kind == "plain" else contextlib.nullcontext():
                took[kind].append(seconds(call(paths[kind])))
    return statistics.median(took["vault"]) / statistics.median(took["plain"])


def reading(path: Path) -> Callable[[], object]:
    store = open_store(path)
    return lambda: [store.read(table) for table in REGISTER]


def writing(path: Path) -> Callable[[], object]:
    store = open_store(path)
    frame = contacts(store)
    return lambda: store.write("contacts", frame)


def opening(path: Path) -> Callable[[], object]:
    return lambda: open_store(path).setting("branch_name")


def connecting(path: Path) -> Callable[[], object]:
    def ours() -> None:
        with connect.transaction(engine) as connection:
            connection.exec_driver_sql(FIRST).fetchone()

    def bare() -> None:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for pragma in connect.PRAGMAS:
                connection.execute(f"pragma {pragma}")
            connection.execute(FIRST).fetchone()

    engine = open_store(path).engine
    return bare if path.name.startswith("plain") else ours


def told(what: str, found: float, most: float) -> bool:
    print(f"{what:<44}{found:8.2f}   (at most {most})", flush=True)
    return found > most


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        paths = made(Path(name))
        assert not paths["vault"].read_bytes().startswith(b"SQLite")
        assert paths["plain"].read_bytes().startswith(b"SQLite")
        over = [
            told("reading the register: vault / plain", ratio(reading, paths, ROUNDS), READING),
            told("a connection and its first row", ratio(connecting, paths, OPENINGS), OPENING),
            told("open_store, once unlocked", ratio(opening, paths, OPENINGS), OPENING),
            told("writing 100,000 contacts", ratio(writing, paths, WRITES), WRITING),
        ]
    return int(any(over))


if __name__ == "__main__":
    sys.exit(main())
