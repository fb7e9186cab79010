"""Logging a fault of ours without personal data."""

import secrets
import traceback

from traitlets.log import get_logger

__all__ = ["describe", "log_fault"]


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
