"""All writers killed at once, again and again: what was acknowledged is there, whole, once."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from carekit.store import Store, examine, keyfile, open_store, unlocked

from .conftest import PASSWORD, environment
from .test_kill import sound

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes as POSIX can")

BATCH = 40  # as in killed_all.py
WRITERS = ("worker1", "worker2", "worker3", "worker4", "worker6")
LONG = [pytest.mark.long, pytest.mark.timeout(1800)]
ROUNDS = [pytest.param(3, id="few"), pytest.param(20, id="all", marks=LONG)]


class Writers:
    """The process that starts all writers of a round, and the lines they say."""

    def __init__(self, path: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.store.killed_all", path],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        assert self.process.stdin and self.process.stdout
        self.orders, self.lines = self.process.stdin, self.process.stdout
        assert self.lines.readline() == "ready\n"

    def round(self, first: dict[str, int], seconds: float) -> list[list[str]]:
        """Start them, kill all at once after the first was acknowledged; gives what they said."""
        self.orders.write(json.dumps(first) + "\n")
        self.orders.flush()
        said: list[list[str]] = []
        pids: list[int] = []
        while not pids or not any(words[0] == "did" for words in said):
            words = self.lines.readline().split()
            if words[0] == "pids":
                pids = [int(pid) for pid in words[1:]]
            else:
                said.append(words)
        time.sleep(seconds)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        while (words := self.lines.readline().split()) != ["ended"]:
            said.append(words)
        return said

    def close(self) -> None:
        self.orders.close()
        self.process.wait(timeout=60)
        self.lines.close()


def opens(store: Store, user: str, password: str) -> bool:
    return keyfile.read(store.path).unlocked(user, password) == store.keys


@pytest.mark.parametrize("rounds", ROUNDS)
def test_every_writer_killed_in_mid_write(team: Store, rounds: int) -> None:
    draw = random.Random(5)
    acknowledged: dict[tuple[str, int], str] = {}
    begun = dict.fromkeys(WRITERS, 0)
    cut, head = 0, examine(team).head
    writers = Writers(team.path)
    try:
        for _ in range(rounds):
            # Nobody heard the end of the last one, so it is sent again with the same token.
            said = writers.round(begun, draw.uniform(0.0, 1.0))
            for what, user, number, *step in said:
                begun[user] = int(number)
                if what == "did":
                    key = (user, int(number))
                    assert acknowledged.setdefault(key, *step) == step[0] or user == "worker3"
            cut += sum((user, number) not in acknowledged for user, number in begun.items())
            assert sound(team.path)
            unlocked.forget(keyfile.read(team.path).store)  # as after starting the computer anew
            with open_store(team.path, "li.na", PASSWORD) as again:
                health = examine(again, head)
                assert health.findings.empty
                assert health.head.n > head.n
                check(again, acknowledged, begun)
                head = health.head
    finally:
        writers.close()
    assert cut > rounds  # they were killed in the midst of it
    assert len(acknowledged) > rounds


def check(store: Store, acknowledged: dict[tuple[str, int], str], begun: dict[str, int]) -> None:
    """Nothing acknowledged is lost, nothing is there twice or in parts, nothing else is there."""
    done = set(store.steps()["step_id"])
    assert set(acknowledged.values()) <= done
    notes = store.read("contacts")["note"]
    assert notes.is_unique
    for user in ("worker2", "worker4", "worker6"):
        there = {note for note in notes if note.startswith(user)}
        sure = {f"{who}-{number}" for who, number in acknowledged if who == user}
        assert sure <= there <= sure | {f"{user}-{begun[user]}"}
    children, guardians = store.read("children"), store.read("guardians")
    batches = children["note"][children["note"].str.startswith("worker1-")].value_counts()
    assert (batches == BATCH).all()
    assert guardians["workplace"].value_counts().to_dict() == batches.to_dict()
    sure = {f"{who}-{number}" for who, number in acknowledged if who == "worker1"}
    assert sure <= set(batches.index) <= sure | {f"worker1-{begun['worker1']}"}
    # One password opens: the last one that was acknowledged, or the one then under way.
    last = max((number for who, number in acknowledged if who == "worker3"), default=-1)
    known = [PASSWORD if last < 0 else f"worker3 river {last}", f"worker3 river {begun['worker3']}"]
    assert sum(opens(store, "worker3", word) for word in dict.fromkeys(known)) == 1
    assert opens(store, "worker2", PASSWORD)
