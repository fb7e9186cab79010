"""One of many processes on one store: ``worker.py WORK PATH TIMES``; says JSON at its end.

Who works, with which password, the environment tells.
"""

import json
import os
import sys
from pathlib import Path

import pandas as pd

from carekit.errors import Stale
from carekit.store import Store, backup_store, keys, open_store, set_password

CHEAP = keys.Cost(time=1, memory=8, lanes=1)  # as in the tests themselves


def contact(user: str, note: str) -> pd.DataFrame:
    """A contact with the child of worker 3 by the helper of worker 3."""
    number = int(user.removeprefix("worker"))
    return pd.DataFrame(
        {
            "child_id": [f"C{number:05d}"],
            "helper_id": [f"H{number:05d}"],
            "day": ["2026-03-02"],
            "kind": ["visit"],
            "note": [note],
        }
    )


def contacts(store: Store, times: int) -> list[str]:
    """Every fifth write is sent twice, as a client does that heard no answer."""
    steps = []
    for number in range(times):
        token = f"{store.actor}-{number}"
        one = contact(store.actor, token)
        steps.append(store.write("contacts", one, token=token))
        if number % 5 == 0:
            assert store.write("contacts", one, token=token) == steps[-1]
    return steps


def saves(store: Store, times: int) -> dict[str, list[str]]:
    """Read a child and save it with another note; gives what was saved and what was refused."""
    said: dict[str, list[str]] = {"saved": [], "stale": []}
    for number in range(times):
        mine = store.read("children").head(1).assign(note=f"{store.actor}-{number}")
        try:
            store.write("children", mine)
        except Stale as refused:
            assert refused.code == "stale"
            said["stale"] += mine["note"].tolist()
        else:
            said["saved"] += mine["note"].tolist()
    return said


def counts(store: Store, times: int) -> int:
    """Add one to the same cell through ``change``: read and write under one lock."""

    def one_more(read):
        mine = read("children").head(1)
        return {"children": mine.assign(note=str(int(mine["note"].iloc[0]) + 1))}

    for _ in range(times):
        store.change(one_more, kind="write")
    return times


def passwords(store: Store, times: int) -> str:
    """Change the own password again and again; gives the last one."""
    keys.COST = CHEAP
    for number in range(times):
        set_password(store, store.actor, f"{store.actor} river {number}")
    return f"{store.actor} river {times - 1}"


def backups(store: Store, times: int) -> list[str]:
    """Make backups meanwhile."""
    keys.COST = CHEAP
    folder = Path(os.environ["BACKUPS"])
    return [str(backup_store(store, folder / f"{n}.carebackup")[0]) for n in range(times)]


if __name__ == "__main__":
    works = {one.__name__: one for one in (contacts, saves, counts, passwords, backups)}
    with open_store(sys.argv[2]) as opened:
        print(json.dumps(works[sys.argv[1]](opened, int(sys.argv[3]))))
