"""Writing a file whole or not at all."""

import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from carekit.errors import BadInput

__all__ = ["Target", "write"]

Target = str | Path | BinaryIO


def write(target: Target, data: bytes) -> None:
    """Put the bytes into a binary buffer, or into a file in the place of the one there.

    The file appears by a rename, so that no reader and no crash leaves half of it; only its owner
    may read it, since it holds personal data. Raises ``BadInput``: ``folder_missing``,
    ``target_is_folder``, ``file_not_writable`` (also while a spreadsheet program holds it open).

    >>> import io
    >>> buffer = io.BytesIO()
    >>> write(buffer, b"abc")
    >>> buffer.getvalue()
    b'abc'
    """
    if not isinstance(target, (str, Path)):
        target.write(data)
        return
    path = Path(target)
    if not path.parent.is_dir():
        raise BadInput("folder_missing", path=str(path.parent))
    if path.is_dir():
        raise BadInput("target_is_folder", path=str(path))
    try:
        _replace(path, data)
    except OSError:
        raise BadInput("file_not_writable", path=str(path)) from None


def _replace(path: Path, data: bytes) -> None:
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
