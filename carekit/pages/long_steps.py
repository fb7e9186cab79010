"""The long steps of the views, as functions a child process can run (see ``kit.run``).

Each opens the store anew as the person who asked, so that nothing but plain values and frames
crosses between the processes.
"""

import datetime as dt
import io
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from carekit import exports, pairing, tasks
from carekit.pages import leaving_rows
from carekit.pages.kit import Session
from carekit.store import open_store

__all__ = [
    "change",
    "here",
    "import_sheet",
    "preview_import",
    "propose",
    "publish",
    "publish_change",
    "replan_outing",
    "undo",
    "work_out",
    "workbook",
]

Report = Callable[[str, float], None]


def import_sheet(
    report: Report, session: Session, data: bytes, sheet: str, name: str, token: str
) -> dict[str, Any]:
    """:func:`carekit.tasks.import_sheet`, in a child process."""
    with open_store(session.store, actor=session.user) as store:
        return tasks.import_sheet(store, data, sheet, filename=name, token=token, report=report)


def preview_import(
    report: Report, session: Session, data: bytes, sheet: str, name: str
) -> dict[str, Any]:
    """:func:`carekit.tasks.preview_import`, in a child process."""
    with open_store(session.store, actor=session.user) as store:
        return tasks.preview_import(store, data, sheet, filename=name, report=report)


def propose(
    report: Report,
    session: Session,
    scheme: str,
    day: dt.date,
    weights: Mapping[str, pairing.Weights],
) -> dict[str, pairing.Proposal]:
    """:func:`carekit.tasks.propose_parts`, in a child process."""
    with open_store(session.store, actor=session.user) as store:
        known = tasks.scheme(scheme, tasks.schemes(store))
        return tasks.propose_parts(store, on=day, scheme=known, weights=weights, report=report)


def work_out(report: Report, session: Session, proposal: pairing.Proposal) -> pairing.Proposal:
    """The workings of a large draft that was read from the store, in a child process."""
    report("progress_reading", 0.1)
    with open_store(session.store, actor=session.user) as store:
        frames = tasks.frames(store, proposal.scheme, on=proposal.on)
    report("progress_pricing", 0.4)
    return pairing.worked_out(proposal, *frames)


def publish(
    report: Report, session: Session, proposals: Mapping[str, pairing.Proposal], token: str
) -> str:
    """:func:`carekit.tasks.publish`, in a child process."""
    report("progress_writing", 0.2)
    with open_store(session.store, actor=session.user) as store:
        return tasks.publish(store, proposals, token=token)


def change(
    report: Report,
    session: Session,
    scheme: str,
    day: dt.date,
    leaves: str,
    everybody: bool,
    takes: Mapping[str, str],
) -> leaving_rows.Answer:
    """:func:`carekit.pages.leaving_rows.answer`, in a child process."""
    with open_store(session.store, actor=session.user) as store:
        known = tasks.scheme(scheme, tasks.schemes(store))
        return leaving_rows.answer(store, known, day, leaves, everybody, takes, report)


def publish_change(
    report: Report,
    session: Session,
    found: pairing.Rematch,
    closes: tuple[str, str] | None,
    token: str,
) -> str:
    """:func:`carekit.tasks.publish_change`, in a child process."""
    report("progress_writing", 0.2)
    with open_store(session.store, actor=session.user) as store:
        return tasks.publish_change(store, found, closes=closes, token=token)


def replan_outing(report: Report, session: Session, outing_id: str, token: str) -> str:
    """:func:`carekit.tasks.replan_outing`, in a child process."""
    with open_store(session.store, actor=session.user) as store:
        return tasks.replan_outing(store, outing_id, token=token, report=report)


def undo(report: Report, session: Session, step: str) -> str:
    """:meth:`carekit.store.Store.undo`, in a child process."""
    report("progress_writing", 0.2)
    with open_store(session.store, actor=session.user) as store:
        return store.undo(step)


def workbook(report: Report, frame: pd.DataFrame, language: str) -> bytes:
    """A frame as the bytes of an Excel file, in a child process."""
    report("progress_writing", 0.2)
    target = io.BytesIO()
    exports.to_xlsx(frame, target, language)
    return target.getvalue()


async def here(function: Callable[..., Any], *args: Any) -> Any:
    """A step too short for a child process, where it is."""
    return function(lambda code, share: None, *args)
