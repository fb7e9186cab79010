"""Killed at any moment of an import or a publishing: all or nothing, and what was acknowledged
is there."""

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from carekit.store import Store, open_store
from tests.stores import raw

from .conftest import environment

ROWS = 60  # as in killed.py: children of a batch, each with a guardian, a helper, three papers
WHOLE = {"children": 1, "guardians": 1, "helpers": 1, "trainings": 3}
MARK = {"children": "note", "guardians": "workplace", "helpers": "note", "trainings": "note"}

# Where to kill: at the commit of a step, after one of its inserts, or after so many seconds.
DRAW = random.Random(7)
PLACES = [
    *({"step": step, "commit": True} for step in (1, 2) for _ in range(3)),
    *({"step": 1, "insert": insert} for insert in (1, 2, 4, 6, 8)),
    *({"step": 2, "insert": insert} for insert in (2, 3)),
    *(DRAW.uniform(0.0, 0.6) for _ in range(7)),
]


class Writers:
    """The process that starts a fresh writer for each order."""

    def __init__(self, path: Path) -> None:
        script = Path(__file__).with_name("killed.py")
        self.process = subprocess.Popen(
            [sys.executable, script, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
        )
        assert self.process.stdin and self.process.stdout
        self.orders, self.answers = self.process.stdin, self.process.stdout.fileno()
        self.unread = b""

    def line(self, seconds: float) -> str | None:
        """The next line, None when none came in time."""
        until = time.monotonic() + seconds
        while b"\n" not in self.unread:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.answers], [], [], left)[0]:
                return None
            more = os.read(self.answers, 4096)
            assert more, "the writers are gone"
            self.unread += more
        line, self.unread = self.unread.split(b"\n", 1)
        return line.decode()

    def run(self, token: str, place: dict | float | None) -> tuple[list[str], bool]:
        """Run one writer and kill it at this place: the steps it said it did, and if it was
        inside a transaction."""
        stop = place if isinstance(place, dict) else None
        self.orders.write(json.dumps({"token": token, "stop": stop}).encode() + b"\n")
        self.orders.flush()
        pid, did, inside, patience = 0, [], False, 60.0
        while True:
            line = self.line(patience)
            if line is None or line == "inside":
                assert pid and (line or isinstance(place, float))
                inside = line is not None
                os.kill(pid, signal.SIGKILL)
                patience = 60.0
                continue
            word, _, rest = line.partition(" ")
            if word == "pid":
                pid = int(rest)
            elif word == "ready" and isinstance(place, float):
                patience = place
            elif word == "did":
                did.append(rest)
            elif word == "ended":
                return did, inside


@contextmanager
def writers(path: Path) -> Iterator[Writers]:
    started = Writers(path)
    try:
        yield started
    finally:
        started.orders.close()
        started.process.wait(timeout=60)
        started.process.stdout.close()


def whole_batches(store: Store) -> tuple[set[str], set[str]]:
    """The batches that are imported and published, none of them in parts."""
    imported = []
    for table, column in MARK.items():
        counts = store.read(table)[column].value_counts()
        assert (counts == ROWS * WHOLE[table]).all(), table
        imported.append(set(counts.index))
    assert all(found == imported[0] for found in imported)
    published = store.read("pairings")["reason"].value_counts()
    assert (published == ROWS).all()
    assert set(published.index) <= imported[0]
    return imported[0], set(published.index)


def sound(path: Path) -> bool:
    with closing(raw(path)) as opened:
        broken = opened.execute("pragma foreign_key_check").fetchall()
        return opened.execute("pragma integrity_check").fetchall() == [("ok",)] and not broken


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes as only POSIX can")
def test_twenty_kills(store: Store) -> None:
    assert len(PLACES) == 20
    acknowledged: set[str] = set()
    stopped = 0
    with writers(store.path) as started:
        for number, place in enumerate(PLACES, start=1):
            token = str(number)
            did, inside = started.run(token, place)
            acknowledged.update(did)
            stopped += inside
            assert sound(store.path)
            with open_store(store.path) as again:
                imported, published = whole_batches(again)
                assert acknowledged <= set(again.steps()["step_id"])
                # Earlier batches were completed by their retry.
                assert {str(one) for one in range(1, number)} <= published
                assert (token in imported) >= (len(did) > 0)
                assert (token in published) >= (len(did) > 1)
                if inside:  # killed before its commit: that step is not there
                    assert (token in imported) == (place["step"] == 2)
                    assert token not in published
            # Nobody heard the end of it, so the person does it again: with the same tokens.
            did, _ = started.run(token, None)
            assert len(did) == 2
            acknowledged.update(did)
    assert stopped == 13
    everything = {str(number) for number in range(1, 21)}
    assert whole_batches(store) == (everything, everything)
    assert set(store.steps()["step_id"]) == acknowledged | {"S000001"}
    assert len(store.steps()) == 41
