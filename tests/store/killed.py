"""Writers to be killed: ``killed.py PATH``, then one JSON order a line on standard input.

For each order a fresh process imports a batch over several tables, publishes its pairings and
says what was acknowledged. ``stop`` names the statement of a transaction (or the commit) at
which it says so and waits for its end.
"""

import json
import os
import signal
import sys

import pandas as pd
import sqlalchemy as sa

from carekit import pairing  # noqa: F401 (loaded once, here, and not by every writer)
from carekit.store import Store, open_store

ROWS = 60


def batch(token: str) -> dict[str, pd.DataFrame]:
    """Children, guardians and ready volunteers with ids of their own, marked with the token."""
    number = int(token) * ROWS
    ids = [f"{number + row:05d}" for row in range(ROWS)]
    children = [f"C{one}" for one in ids]
    helpers = [f"H{one}" for one in ids]
    papers = [("records_check", None), ("training", 3.0), ("commitment", None)]
    return {
        "guardians": pd.DataFrame({"child_id": children, "role": "father", "workplace": token}),
        "children": pd.DataFrame({"child_id": children, "name": "Child", "note": token}),
        "trainings": pd.DataFrame(
            [
                {"helper_id": helper, "kind": kind, "day": "2026-02-01", "hours": hours}
                for helper in helpers
                for kind, hours in papers
            ]
        ).assign(note=token),
        "helpers": pd.DataFrame(
            {
                "helper_id": helpers,
                "name": "Helper",
                "kind": "volunteer",
                "birth_date": "1990-05-05",
                "places": 1,
                "note": token,
            }
        ),
    }


def pairs(token: str) -> pd.DataFrame:
    rows = batch(token)
    ids = {
        key: rows[table][key] for table, key in (("children", "child_id"), ("helpers", "helper_id"))
    }
    return pd.DataFrame({**ids, "scheme": "volunteer", "since": "2026-03-02", "reason": token})


def say(*words: object) -> None:
    print(*words, flush=True)


def stop_at(store: Store, stop: dict) -> None:
    """Say ``inside`` and wait at this place of the import or the publishing."""
    seen = {"begin": 0, "insert": 0}

    def wait() -> None:
        say("inside")
        signal.pause()

    @sa.event.listens_for(store.engine, "after_cursor_execute")
    def executed(connection, cursor, statement, *_):
        seen["begin"] += statement == "BEGIN IMMEDIATE"
        seen["insert"] += statement.startswith("INSERT") and seen["begin"] == stop["step"]
        if seen["insert"] == stop.get("insert") and statement.startswith("INSERT"):
            wait()

    @sa.event.listens_for(store.engine, "commit")
    def commit(connection):
        if stop.get("commit") and seen["begin"] == stop["step"]:
            wait()


def write(path: str, token: str, stop: dict | None) -> None:
    with open_store(path) as store:
        if stop:
            stop_at(store, stop)
        say("ready")
        say("did", store.write(batch(token), token=f"import {token}"))
        say("did", store.write("pairings", pairs(token), token=f"publish {token}"))


if __name__ == "__main__":
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            write(sys.argv[1], order["token"], order["stop"])
            os._exit(0)
        say("pid", child)
        os.waitpid(child, 0)
        say("ended")
