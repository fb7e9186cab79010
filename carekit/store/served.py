"""One server a store: a second one on the same file is refused, with the first one's process.

Transactions protect what is written whoever writes it; but a second server would sign people in,
lock the store when idle and make the daily backups beside the first, and nobody would know which
one they use. The lock is the system's own, on a small file beside the store: it ends with its
process, however that ends.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from carekit.errors import BadInput, Stale
from carekit.store import keyfile

__all__ = ["alone"]

_LOCKED = 2**20  # the byte that is locked on Windows, where a locked one cannot be read


@contextmanager
def alone(store: Path) -> Iterator[None]:
    """Around a server of a store. Raises ``Stale("store_served")`` with path and pid where there
    is one already, and ``BadInput``: ``store_read_only``, ``disk_full``.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with alone(Path(folder, "town.care")):
    ...         with alone(Path(folder, "town.care")):
    ...             pass
    Traceback (most recent call last):
    carekit.errors.Stale: store_served
    """
    path = store.with_name(f".{store.name}.server")
    try:
        number = _opened(path)
    except OSError as error:
        raise BadInput(keyfile.fault(error)) from None
    if number is None:
        raise Stale("store_served", path=str(store), pid=_pid(path))
    try:
        yield
    finally:
        if os.name == "posix":  # while it is locked, so that nobody loses a newer one
            path.unlink(missing_ok=True)
        os.close(number)
        if os.name != "posix":
            with suppress(OSError):  # somebody else has it by now
                path.unlink(missing_ok=True)


def _opened(path: Path) -> int | None:
    """The locked file with our number in it; None where somebody else has it."""
    while True:
        number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _locked(number):
                os.close(number)
                return None
            if os.name == "posix" and not _same(number, path):
                os.close(number)  # its server has just removed it
                continue
            os.ftruncate(number, 0)
            os.write(number, str(os.getpid()).encode())
        except OSError:
            with suppress(OSError):
                os.close(number)
            raise
        return number


def _locked(number: int) -> bool:
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            os.lseek(number, _LOCKED, os.SEEK_SET)
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
            os.lseek(number, 0, os.SEEK_SET)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _same(number: int, path: Path) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(number), path.stat())
    return False


def _pid(path: Path) -> str:
    with suppress(OSError, ValueError):
        return str(int(path.read_text("ascii")))
    return "?"
