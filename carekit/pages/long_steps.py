"""The long steps of the views, as functions a child process can run (see ``kit.run``).

Each opens the store anew as the person who asked, so that nothing but plain values and frames
crosses between the processes.
"""

from collections.abc import Callable
from typing import Any

import pandas as pd

from carekit import pairing, tasks
from carekit.pages.kit import Session
from carekit.store import open_store

__all__ = ["import_sheet", "propose"]

Report = Callable[[str, float], None]


def import_sheet(
    report: Report, session: Session, data: bytes, sheet: str, name: str, token: str
) -> dict[str, Any]:
    """:func:`carekit.tasks.import_sheet`, in a child process."""
    with open_store(session.store, actor=session.user) as store:
        return tasks.import_sheet(store, data, sheet, filename=name, token=token, report=report)


def propose(report: Report, session: Session, scheme: str, day: pd.Timestamp) -> pairing.Proposal:
    """:func:`carekit.tasks.propose`, in a child process."""
    with open_store(session.store, actor=session.user) as store:
        return tasks.propose(store, on=day, scheme=tasks.scheme(scheme), report=report)
