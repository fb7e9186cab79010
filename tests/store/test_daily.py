"""The backups of each day, and which of them go."""

import datetime as dt
import multiprocessing
import os
import time
from pathlib import Path

import pytest

from carekit.errors import BadInput
from carekit.store import (
    Store,
    backup_daily,
    daily_due,
    daily_folder,
    examine,
    open_store,
    restore_store,
)
from carekit.store.rotation import keep

from .conftest import PASSWORD

DAY = dt.date(2026, 3, 2)


def test_the_old_ones_go_and_nothing_else(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = daily_folder(store.path)
    folder.mkdir()
    days = [DAY - dt.timedelta(back) for back in range(1, 60)]
    for day in days:
        (folder / f"town-daily-{day}.carebackup").touch()
    others = [
        "town-2026-01-01-080000.carebackup",
        "city-daily-2026-01-01.carebackup",
        "town-daily-2026-13-01.carebackup",
        "town-daily-2026-01-01.carebackup.txt",
    ]
    for name in others:
        (folder / name).touch()
    assert daily_due(store.path, DAY)
    made = backup_daily(store, DAY)
    assert made is not None and made.stat().st_size > 0
    assert not daily_due(store.path, DAY)
    left = {path.name for path in folder.iterdir()}
    assert left == {*others, *(f"town-daily-{day}.carebackup" for day in keep([DAY, *days], DAY))}


def test_nothing_goes_where_todays_cannot_be_made(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = daily_folder(store.path)
    folder.mkdir()
    for back in range(1, 60):
        (folder / f"town-daily-{DAY - dt.timedelta(back)}.carebackup").touch()

    def full(*args: object) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr("carekit.store.backup._snapshot", full)
    with pytest.raises(Exception, match="disk_full"):
        backup_daily(store, DAY)
    assert len(list(folder.iterdir())) == 59


def test_drafts_of_killed_processes_go_after_a_day(store: Store) -> None:
    folder = daily_folder(store.path)
    folder.mkdir()
    old = folder / ".town-daily-2026-03-01.carebackup.0123abcd.new.db"
    young = folder / ".town-daily-2026-03-01.carebackup.4567abcd.new"
    theirs = folder / ".city-daily-2026-03-01.carebackup.0123abcd.new"
    for one in (old, young, theirs):
        one.write_bytes(b"x")
    for one in (old, theirs):
        os.utime(one, (time.time() - 100_000,) * 2)
    backup_daily(store, DAY)
    assert (old.exists(), young.exists(), theirs.exists()) == (False, True, True)


def _daily(path: str, day: dt.date) -> None:
    with open_store(path, "li.na", PASSWORD) as store:
        try:
            backup_daily(store, day)
        except BadInput as refused:
            assert refused.code == "backup_exists"


def test_two_who_make_it_at_once_leave_one_whole_backup(store: Store, tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process
    both = [process(target=_daily, args=(str(store.path), DAY)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(120)
    assert [one.exitcode for one in both] == [0, 0]
    (made,) = daily_folder(store.path).iterdir()
    restore_store(made, tmp_path / "again.care", "li.na", PASSWORD)
    assert examine(store).findings.empty
