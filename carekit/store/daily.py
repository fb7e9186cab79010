"""A backup each day, by itself: made once a day while carekit runs, the old ones thinned out."""

import datetime as dt
import glob
import re
import time
from contextlib import suppress
from pathlib import Path

from carekit.errors import BadInput
from carekit.store.audit import Head
from carekit.store.backup import ENDING, anchor, fault, pack
from carekit.store.recording import deed
from carekit.store.rotation import keep
from carekit.store.trail import Trail

__all__ = ["backup_daily", "daily_due", "daily_folder", "newest_anchor"]

FOLDER = "backups"
DAY_SECONDS = 24 * 60 * 60


def daily_folder(path: Path) -> Path:
    """Where the backups of each day lie: ``backups`` beside the store.

    >>> daily_folder(Path("/srv/town.care")).as_posix()
    '/srv/backups'
    """
    return path.with_name(FOLDER)


def daily_due(path: Path, today: dt.date, folder: Path | None = None) -> bool:
    """Whether a store has no backup of this day yet.

    >>> daily_due(Path("nowhere/town.care"), dt.date(2026, 3, 2))
    True
    """
    return not _named(path, today, folder or daily_folder(path)).exists()


def backup_daily(store: Trail, today: dt.date, folder: Path | None = None) -> Path | None:
    """Make today's backup and let the old ones go that no longer count; None if it is there.

    It is the server's own deed: nobody asks for it, so it is made with no actor, and the audit
    names nobody. A person who calls it needs the same leave as for any backup.

    Only backups this function has named are ever removed, and only once today's is whole.
    ``today`` is the day of the computer's clock, never the practice day. Raises as
    :func:`carekit.store.backup_store`.

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na")
    ...     made = backup_daily(store, dt.date(2026, 3, 2))
    ...     made.name, backup_daily(store, dt.date(2026, 3, 2)) is None
    ('town-daily-2026-03-02.carebackup', True)
    """
    if store.actor:
        store.policy().need("backup")
    folder = folder or daily_folder(store.path)
    target = _named(store.path, today, folder)
    if target.exists():
        return None
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise BadInput(fault(error), path=str(folder)) from None
    pack(store.path, store.keys, target, lambda: deed(store, "backup"))
    made = _made(store.path, folder)
    stay = keep(made, today)
    for day, path in made.items():
        if day not in stay:
            path.unlink(missing_ok=True)
    _tidy(store.path, folder)
    return target


def _tidy(path: Path, folder: Path) -> None:
    """Remove drafts of daily backups whose process was killed: each is as large as the store."""
    for draft in folder.glob(f".{glob.escape(path.stem)}-daily-*{ENDING}.*.new*"):
        with suppress(OSError):
            if time.time() - draft.stat().st_mtime > DAY_SECONDS:  # nobody makes it any more
                draft.unlink()


def newest_anchor(store: Trail, folder: Path | None = None) -> Head | None:
    """The farthest head of the audit that a daily backup of this store knows; None without one.

    A store that was cut, or replaced by an older copy of itself, ends before it (see ``doctor``).

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na")
    ...     made = backup_daily(store, dt.date(2026, 3, 2))
    ...     newest_anchor(store).n
    2
    """
    found = []
    folder = folder or daily_folder(store.path)
    for path in _made(store.path, folder).values() if folder.is_dir() else ():
        with suppress(BadInput):  # of another store of this name, or damaged
            found.append(anchor(path, store))
    return max(found, key=lambda head: head.n, default=None)


def _named(path: Path, day: dt.date, folder: Path) -> Path:
    return folder / f"{path.stem}-daily-{day:%Y-%m-%d}{ENDING}"


def _made(path: Path, folder: Path) -> dict[dt.date, Path]:
    """The daily backups of one store, by their day."""
    form = re.compile(rf"{re.escape(path.stem)}-daily-(\d{{4}}-\d\d-\d\d){re.escape(ENDING)}")
    found = {}
    for one in folder.iterdir():
        if match := form.fullmatch(one.name):
            try:
                found[dt.date.fromisoformat(match[1])] = one
            except ValueError:  # named by a person
                continue
    return found
