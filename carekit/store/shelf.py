"""The backups that lie beside a store, and whether somebody has to look after them."""

import datetime as dt
import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from carekit.errors import BadInput
from carekit.store import backup, keyfile
from carekit.store.backup import ENDING, Manifest
from carekit.store.daily import daily_folder
from carekit.store.rotation import keep
from carekit.store.trail import Trail

__all__ = ["OLD_DAYS", "State", "backup_state", "backups", "note_fault"]

OLD_DAYS = 2  # a daily backup older than that has been forgotten
BY_ITSELF = re.compile(r"-daily-(\d{4}-\d\d-\d\d)\.")
BY_HAND = re.compile(r"-(\d{4}-\d\d-\d\d)(?:-\d{6})?\.")
COLUMNS = ("name", "made_at", "kind", "children", "rows", "head", "bytes", "whole")
TYPES = {"name": "string", "kind": "string", "children": "Int64", "rows": "Int64"} | {
    "head": "Int64", "bytes": "Int64", "whole": "bool"
}  # fmt: skip


class State(NamedTuple):
    """How the backups stand: ``code`` is backup_fine, backup_none, backup_old or
    backup_failed (``why``: the code of what went wrong)."""

    code: str
    day: dt.date | None = None  # of the newest backup
    why: str = ""


def backups(store: Trail, folder: Path | None = None) -> pd.DataFrame:
    """The backups of a store in its own folder, newest first.

    Columns: name, made_at (UTC), kind (daily, weekly, monthly: why one made by itself is kept;
    hand: made by a person), children, rows (of all tables), head (number of the audit's last
    row), bytes, whole (False: it cannot be opened, and counts for nothing). Raises ``NotAllowed``.

    >>> import tempfile
    >>> from carekit.store import backup_daily, create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na")
    ...     made = backup_daily(store, dt.date(2026, 3, 2))
    ...     backups(store)[["name", "kind", "children", "head", "whole"]]
                                 name   kind  children  head  whole
    0  town-daily-2026-03-02.carebackup  daily         0     2   True
    """
    store.policy().need("backup")
    folder = folder or daily_folder(store.path)
    own = keyfile.read(store.path).store
    rows: list[tuple[Any, ...]] = []
    for path in sorted(folder.glob(f"*{ENDING}")) if folder.is_dir() else []:
        if not path.name.startswith((f"{store.path.stem}-", f"{store.path.stem}.")):
            continue
        found = _manifest(path, store, own)
        size = path.stat().st_size
        if found is None:
            rows.append((path.name, None, "hand", None, None, None, size, False))
        else:
            said = (found.living.get("children", 0), sum(found.counts.values()), found.head_n)
            rows.append((path.name, found.made_at, "hand", *said, size, True))
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(TYPES)
    at = pd.to_datetime(frame["made_at"], format="ISO8601", utc=True)
    frame = frame.assign(made_at=at.astype("datetime64[us, UTC]"))
    return _kinds(frame).sort_values(
        "made_at", ascending=False, kind="stable", ignore_index=True, na_position="last"
    )


def backup_state(path: Path, today: dt.date) -> State:
    """Whether the backups of a store are in order on a day of the computer's clock.

    One made by hand counts as one made by itself: either way the day is saved.

    >>> backup_state(Path("nowhere/town.care"), dt.date(2026, 3, 2)).code
    'backup_none'
    """
    days = [day for name in _names(path) if (day := _day(name, BY_HAND)) is not None]
    last = max(days, default=None)
    failed: Any = None
    with suppress(OSError, ValueError):
        failed = json.loads(_fault(path).read_text("utf-8"))
    if isinstance(failed, dict) and (last is None or str(failed.get("day")) > last.isoformat()):
        return State("backup_failed", last, str(failed.get("code")))
    if last is None:
        return State("backup_none")
    return State("backup_old" if (today - last).days > OLD_DAYS else "backup_fine", last)


def note_fault(path: Path, today: dt.date, code: str) -> None:
    """Remember beside the store why there is no backup of this day; a later backup outdates it.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     note_fault(Path(folder, "town.care"), dt.date(2026, 3, 2), "disk_full")
    ...     backup_state(Path(folder, "town.care"), dt.date(2026, 3, 2)).why
    'disk_full'
    """
    with suppress(OSError):  # then the age of the last one tells
        _fault(path).write_text(json.dumps({"day": today.isoformat(), "code": code}), "utf-8")


def _fault(path: Path) -> Path:
    return path.with_name(f"{path.name}.no-backup")


def _names(path: Path) -> list[str]:
    folder = daily_folder(path)
    pattern = f"{path.stem}-*{ENDING}"
    try:
        return [one.name for one in folder.iterdir() if one.match(pattern)]
    except OSError:
        return []


def _day(name: str, form: re.Pattern[str] = BY_ITSELF) -> dt.date | None:
    """The day in the name of a backup that was made by itself, or by hand too."""
    with suppress(ValueError):
        if found := form.search(name):
            return dt.date.fromisoformat(found[1])
    return None


def _manifest(path: Path, store: Trail, own: str) -> Manifest | None:
    """What a backup of this store says of itself; None where it cannot be opened."""
    try:
        with backup.opened_backup(path) as parts:
            return backup.manifest_of(parts, store.keys, own)
    except (BadInput, OSError, ValueError, TypeError):
        return None


def _kinds(frame: pd.DataFrame) -> pd.DataFrame:
    """Why each backup that was made by itself is still there."""
    days = {day: str(name) for name in frame["name"] if (day := _day(str(name)))}
    stay = keep(days, max(days)) if days else {}
    # What the rotation no longer counts goes with the next one; it was a month's.
    kinds = {name: stay.get(day, "monthly") for day, name in days.items()}
    why = [kinds.get(str(name), "hand") for name in frame["name"]]
    return frame.assign(kind=pd.array(why, dtype="string"))
