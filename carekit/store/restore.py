"""A store made again from a backup, the same to the last row, or not at all."""

import hashlib
import os
import secrets
import shutil
import zipfile
from pathlib import Path

from carekit.errors import BadInput
from carekit.store import audit, backup, connect, keyfile, opening, unlocked
from carekit.store.backup import Manifest
from carekit.store.keys import Keys

__all__ = ["restore_store"]


def restore_store(
    source: str | os.PathLike[str],
    path: str | os.PathLike[str],
    actor: str | None = None,
    password: str | None = None,
) -> Manifest:
    """Make a store again from a backup, where there is none; gives what is in it.

    ``actor`` and ``password`` (default ``CAREKIT_USER``, ``CAREKIT_PASSWORD``) are those of the
    day of the backup. Every count and the head of the audit must be what they were. Raises
    ``BadInput``: ``store_exists``, ``keys_exist``, ``folder_missing``, ``backup_missing``,
    ``not_a_backup``, ``backup_newer``, ``backup_damaged``, ``store_locked`` (no password),
    ``password_wrong``, ``disk_full``, ``folder_read_only``; nothing is left then.

    >>> import tempfile
    >>> from carekit.store import create_store, open_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", "li.na", "river stone 7")
    ...     saved, manifest = backup.backup_store(store, folder)
    ...     again = restore_store(saved, f"{folder}/again.care", "li.na", "river stone 7")
    ...     again == manifest, open_store(f"{folder}/again.care").read("users")["name"].tolist()
    (True, ['li.na'])
    """
    source, path = Path(source), Path(path)
    actor = actor or os.environ.get("CAREKIT_USER") or None
    password = password or os.environ.get("CAREKIT_PASSWORD") or None
    opening.refuse_taken(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    with backup.opened_backup(source) as parts:
        try:
            _place(parts, draft)
            file = keyfile.read(draft)
            keys = opening.keys_for(file, path, actor, password)
            manifest = backup.manifest_of(parts, keys, file.store)
            _verify(draft, keys, manifest, source)
            opening.move(draft, path)
            keyfile.settle(path.parent)
        except OSError as error:
            raise BadInput(backup.fault(error), path=str(path.parent)) from None
        finally:
            opening.remove(draft)
    unlocked.hold(file.store, keys)
    return manifest


def _place(parts: zipfile.ZipFile, draft: Path) -> None:
    """Database and keys under their draft names."""
    for part, to in ((backup.KEYS, keyfile.beside(draft)), (backup.STORE, draft)):
        with parts.open(part) as source, backup.private(to) as file:
            shutil.copyfileobj(source, file, backup.CHUNK)
            file.flush()
            os.fsync(file.fileno())


def _verify(draft: Path, keys: Keys, manifest: Manifest, source: Path) -> None:
    """The copy is what was saved: byte for byte, and read as a store."""
    damaged = BadInput("backup_damaged", path=str(source))
    with draft.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != manifest.sha256:
            raise damaged
    with connect.looking(draft, keys) as connection:
        counts = backup.counts(connection)
        head = audit.head(connection) if "audit" in counts else audit.Head(0, "")
        if not backup.sound(connection) or (counts, head) != (manifest.counts, manifest.head):
            raise damaged
