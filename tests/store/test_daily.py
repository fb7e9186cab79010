"""The backups of each day, and which of them go."""

import datetime as dt
from pathlib import Path

import pytest

from carekit.store import Store, backup_daily, daily_due, daily_folder
from carekit.store.rotation import keep

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
