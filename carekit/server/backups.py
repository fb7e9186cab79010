"""The backup of the day: made by itself while carekit runs, in a process of its own."""

import datetime as dt
import multiprocessing
import sys
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import TYPE_CHECKING

from carekit.errors import CareError
from carekit.server.branch import Branch

if TYPE_CHECKING:
    from carekit.store.keys import Keys

__all__ = ["LOOK_SECONDS", "Daily"]

LOOK_SECONDS = 60.0
AGAIN = 60  # looks after one that failed: a full disk is not tried each minute


class Daily:
    """Looks from time to time whether today's backup is there, once the store is unlocked."""

    def __init__(self, branch: Branch) -> None:
        self.branch = branch
        self.child: SpawnProcess | None = None
        self.rest = 0

    def look(self) -> None:
        """Start making today's backup where it is missing; pages go on meanwhile."""
        from carekit.store import daily_due

        if self.child is not None:
            if self.child.is_alive():
                return
            self.rest = AGAIN if self.child.exitcode else 0
            self.child = None
        self.rest = max(0, self.rest - 1)
        if self.rest or (opened := self.branch.keys()) is None:
            return
        today = dt.date.today()  # noqa: DTZ011 (the day on the clock, also in a practice store)
        if daily_due(self.branch.path, today):
            # The keys go through the pipe of the new process, not into its command line.
            process = multiprocessing.get_context("spawn").Process
            self.child = process(target=_make, args=(str(self.branch.path), opened[1], today))
            self.child.start()


def _make(path: str, keys: "Keys", today: dt.date) -> None:
    """In the child: make it, or say why not, by its code."""
    from carekit.store import backup_daily, note_fault
    from carekit.store.opening import unlocked_store

    try:
        store = unlocked_store(Path(path), keys)
        store.actor = ""  # nobody asked for it
        backup_daily(store, today)
    except CareError as fault:
        note_fault(Path(path), today, fault.code)
        print(f"no backup today: {fault.code}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
