"""Logging a fault of ours without personal data."""

import errno
import logging
import secrets
import traceback

import zmq
from traitlets.log import get_logger

__all__ = ["describe", "log_fault", "no_traceback"]


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
    fault = record.exc_info[1] if record.exc_info else None
    if fault is None:
        return True
    if isinstance(fault, zmq.ZMQError) and fault.errno == errno.ENOTSOCK:
        return False
    record.msg, record.args = "%s: %s", (record.getMessage(), describe(fault))
    record.exc_info = record.exc_text = None
    return True
