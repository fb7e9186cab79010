"""Logging a fault of ours without personal data.

What our own code logs is made of codes and places. What the libraries below log may quote
whatever somebody sent: an address, a cookie, a message. Of that only the place is kept, where the
source tells the rest.
"""

import errno
import logging
import secrets
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

import zmq
from traitlets.log import get_logger

__all__ = ["describe", "keep_logs_clean", "log_fault", "no_traceback"]

OURS = Path(__file__).parents[1]  # the package


def describe(fault: BaseException) -> str:
    """The kind of a fault and where it happened, without its message: that may hold a name.

    >>> describe(ValueError("a name"))
    'ValueError at '
    """
    steps = traceback.extract_tb(fault.__traceback__)
    where = " < ".join(f"{step.filename}:{step.lineno} {step.name}" for step in reversed(steps))
    return f"{type(fault).__name__} at {where}"


def log_fault(fault: BaseException | str) -> str:
    """Log a fault (or what ``describe`` said of it elsewhere) and give the person a reference.

    >>> len(log_fault(ValueError("a name")))
    6
    """
    reference = secrets.token_hex(3)
    # The application's logger writes to the server's log; a kernel's stderr goes to the browser.
    get_logger().error(
        "%s %s", reference, describe(fault) if isinstance(fault, BaseException) else fault
    )
    return reference


def no_traceback(record: logging.LogRecord) -> bool:
    """A filter for the loggers of a kernel: where it went wrong, never the message of the fault.

    A kernel that is told to end may still try to say that it is idle: that is no fault at all.

    >>> import sys
    >>> try:
    ...     raise ValueError("a name")
    ... except ValueError:
    ...     record = logging.makeLogRecord({"msg": "Uncaught", "exc_info": sys.exc_info()})
    >>> no_traceback(record), record.exc_info, record.getMessage()[:30]
    (True, None, 'Uncaught: ValueError at <docte')
    """
    fault = record.exc_info[1] if record.exc_info else getattr(record, "fault", None)
    if isinstance(fault, zmq.ZMQError) and fault.errno == errno.ENOTSOCK:
        return False
    if not record.exc_info or fault is None:
        return True
    record.msg, record.args = "%s: %s", (record.getMessage(), describe(fault))
    record.exc_info = record.exc_text = None
    return True


def keep_logs_clean() -> None:
    """From now on nothing this process logs, or says of its threads, quotes anybody's words."""
    make = logging.getLogRecordFactory()

    def clean(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        if OURS not in Path(record.pathname).parents:
            fault = record.exc_info[1] if record.exc_info else None
            place = f"{record.pathname}:{record.lineno} {record.funcName}"
            record.msg, record.args = "%s", (place if fault is None else describe(fault),)
            record.exc_info = record.exc_text = record.stack_info = None
            record.fault = fault  # for filters
        return record

    logging.setLogRecordFactory(clean)
    threading.excepthook = lambda said: _unheard(said.exc_value)
    sys.unraisablehook = lambda said: _unheard(said.exc_value)


def _unheard(fault: BaseException | None) -> None:
    """A fault nobody waits for: Python's own words about it hold its message."""
    if fault is not None:
        log_fault(fault)
