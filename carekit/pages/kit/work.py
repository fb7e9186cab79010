"""A long step in a child process: a solver holds the interpreter's lock and would freeze a page.

The function must be importable (no lambda), takes ``report(code, share)`` first, and its
arguments and result are pickled. They go through a pipe, and so do the keys of what is unlocked
here: the child may open what its parent may.
"""

import asyncio
import importlib
import multiprocessing
import os
import pickle
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, TypeVar

from carekit.errors import CareError
from carekit.pages.faults import describe, log_fault
from carekit.store import unlocked

Result = TypeVar("Result")
Progress = Callable[[str, float, float], None]

POLL_SECONDS = 0.1
PROGRESS_SECONDS = 0.5
CREEP_SECONDS = 60  # in that time the bar goes half of the way that is left
SHOWING = (0.95, 10)  # from where, and as above: short, and near the end


async def run(function: Callable[..., Result], *args: Any, on_progress: Progress) -> Result:
    """Run ``function(report, *args)`` in a child process without blocking the page.

    ``on_progress(code, share, seconds)`` is called at once, when the child reports, and at least
    each second. Cancelling the task that awaits this ends the child. A ``CareError`` of the child
    is raised here as itself; any other fault as ``CareError("work_failed")``, a child that died
    as ``CareError("work_died")``.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    name = (function.__module__, function.__qualname__)
    child = context.Process(target=_child, args=(theirs, name), daemon=True)
    data = pickle.dumps((unlocked.handed_over(), args))
    started = time.monotonic()
    on_progress("work_starting", 0.0, 0.0)
    child.start()
    theirs.close()
    # The child takes a large list only when it has loaded its modules: nobody waits for that here.
    handing = asyncio.create_task(asyncio.to_thread(_hand_over, ours, data))
    try:
        kind, value = await _follow(child, ours, started, on_progress)
    finally:
        child.kill()
        await asyncio.to_thread(child.join)
        await handing
        ours.close()
    if kind == "done":
        return value
    if kind == "fault":
        raise CareError("work_failed", reference=log_fault(value))
    raise value


async def run_beside(function: Callable[..., None], *args: Any, on_progress: Progress) -> None:
    """Run ``function(*args)`` in a thread: what prepares the page for the end of a long step.

    What goes wrong in it does so again, and is told, when the page does the same itself.
    """
    started = time.monotonic()
    thread = asyncio.create_task(asyncio.to_thread(function, *args))
    while not thread.done():
        seconds = time.monotonic() - started
        on_progress("work_showing", _creep(seconds, *SHOWING), seconds)
        await asyncio.wait({thread}, timeout=PROGRESS_SECONDS)
    thread.exception()


def _creep(seconds: float, share: float, half: float = CREEP_SECONDS) -> float:
    """A bar moves also while a step says nothing: it must not look as if it stood still."""
    return share + (1 - share) * seconds / (seconds + half)


def _hand_over(ours: Connection, data: bytes) -> None:
    with suppress(OSError):  # the child is gone: whoever follows it will see
        ours.send_bytes(data)


async def _follow(
    child: SpawnProcess, ours: Connection, started: float, on_progress: Progress
) -> tuple[str, Any]:
    code, reached, shown = "work_starting", 0.0, 0.0
    told = since = started
    while True:
        alive = child.is_alive()  # asked before reading: a last word may come as it ends
        news = False
        while ours.poll():
            try:
                kind, value = ours.recv()
            except (EOFError, OSError):  # killed: the pipe is closed or broken
                return "failed", CareError("work_died")
            if kind != "progress":
                return kind, value
            code, reached = value[0], max(shown, value[1])
            news, since = True, time.monotonic()
        if not alive:
            return "failed", CareError("work_died")
        now = time.monotonic()
        if news or now - told >= PROGRESS_SECONDS:
            shown = _creep(now - since, reached)
            on_progress(code, shown, now - started)
            told = now
        await asyncio.sleep(POLL_SECONDS)


def _child(pipe: Connection, name: tuple[str, str]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def report(code: str, share: float) -> None:
        pipe.send(("progress", (code, share)))

    try:
        function: Any = importlib.import_module(name[0])
        for part in name[1].split("."):
            function = getattr(function, part)
        handed, args = pickle.loads(pipe.recv_bytes())
        unlocked.take(handed)
        answer = ("done", function(report, *args))
    except CareError as error:
        answer = ("failed", error)
    except BaseException as fault:
        answer = ("fault", describe(fault))
    pipe.send(answer)


def _end_with_parent() -> None:
    # A kernel that is shut down, or dies, must not leave a solver behind.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
