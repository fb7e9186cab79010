"""Several writers, to be killed together: ``-m tests.store.killed_all PATH``, a round a line.

A line is a JSON object {user: the number it begins with}. For each round fresh processes write
without end, each in its own person's name. What the store acknowledged is said at once, a line
each: ``did USER NUMBER STEP``; before that, ``will USER NUMBER``.
"""

import itertools
import json
import os
import sys

import pandas as pd

from carekit.store import Store, keys, open_store, set_password
from tests.store.worker import CHEAP, contact

BATCH = 40  # children and guardians of one import


def say(*words: object) -> None:
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())  # whole, or not at all


def imported(store: Store, token: str) -> str:
    """Children with their guardians: a step that is longer than a single row."""
    number = int(token.partition("-")[2])
    ids = [f"C{1000 + number * BATCH + row:05d}" for row in range(BATCH)]
    frames = {
        "guardians": pd.DataFrame({"child_id": ids, "role": "father", "workplace": token}),
        "children": pd.DataFrame({"child_id": ids, "name": "Child", "note": token}),
    }
    return store.write(frames, token=token)


def write(path: str, user: str, first: int) -> None:
    with open_store(path, user) as store:
        for number in itertools.count(first):
            token = f"{user}-{number}"
            say("will", user, number)
            if user == "worker1":
                step = imported(store, token)
            elif user == "worker3":
                step = set_password(store, user, f"{user} river {number}")
            else:
                step = store.write("contacts", contact(user, token), token=token)
            say("did", user, number, step)


if __name__ == "__main__":
    keys.COST = CHEAP
    open_store(sys.argv[1]).close()  # unlocked once, for all that are forked
    say("ready")
    for line in sys.stdin:
        started = []
        for user, first in json.loads(line).items():
            child = os.fork()
            if not child:
                write(sys.argv[1], user, first)
            started.append(child)
        say("pids", *started)
        for child in started:
            os.waitpid(child, 0)
        say("ended")
