"""One of many processes on one store: ``worker.py contacts|saves|counts PATH NUMBER``."""

import json
import sys

import pandas as pd

from carekit.errors import Stale
from carekit.store import Store, open_store

WRITES = 50
SAVES = 50


def contacts(store: Store, worker: str) -> int:
    """Every fifth write is sent twice, as a client does that heard no answer."""
    for number in range(WRITES):
        token = f"{worker}-{number}"
        contact = pd.DataFrame(
            {
                "child_id": ["C00001"],
                "helper_id": ["H00001"],
                "day": ["2026-03-02"],
                "kind": ["visit"],
                "note": [token],
            }
        )
        step = store.write("contacts", contact, token=token)
        if number % 5 == 0:
            assert store.write("contacts", contact, token=token) == step
    return 0


def one_more(settings: pd.DataFrame) -> pd.DataFrame:
    mine = settings.query("setting_id == 'counter'")
    return mine.assign(value=str(int(mine["value"].iloc[0]) + 1))


def saves(store: Store, worker: str) -> int:
    """Try to add one to the same cell by reading and saving; gives how often it was saved."""
    saved = 0
    for _ in range(SAVES):
        mine = one_more(store.read("settings"))
        try:
            store.write("settings", mine)
            saved += 1
        except Stale:
            pass  # somebody else was first
    return saved


def counts(store: Store, worker: str) -> int:
    """The same through ``change``: read and write under one lock."""
    for _ in range(SAVES):
        store.change(lambda read: {"settings": one_more(read("settings"))}, kind="count")
    return 0


if __name__ == "__main__":
    work = {"contacts": contacts, "saves": saves, "counts": counts}[sys.argv[1]]
    with open_store(sys.argv[2]) as opened:
        print(json.dumps(work(opened, sys.argv[3])))
