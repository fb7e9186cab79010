"""The backup of the day, as the server starts it."""

import datetime as dt
from pathlib import Path

import pytest

from carekit.server.backups import AGAIN, Daily
from carekit.server.branch import Branch
from carekit.store import create_store, daily_folder, open_store, restore_store

PASSWORD = "calm lake 5"


@pytest.fixture
def branch(tmp_path: Path) -> Branch:
    create_store(tmp_path / "town.care", "li.na", PASSWORD).close()
    return Branch(tmp_path / "town.care")


def ended(daily: Daily) -> int | None:
    assert daily.child is not None
    daily.child.join(60)
    return daily.child.exitcode


def test_one_a_day_in_a_process_of_its_own(branch: Branch, tmp_path: Path) -> None:
    daily = Daily(branch)
    daily.look()
    assert ended(daily) == 0
    (made,) = daily_folder(branch.path).iterdir()
    assert made.name == f"town-daily-{dt.date.today():%Y-%m-%d}.carebackup"  # noqa: DTZ011
    daily.look()
    assert daily.child is None  # it is there
    restore_store(made, tmp_path / "again.care", "li.na", PASSWORD)
    with open_store(branch.path) as store:
        assert store.audit()[["user", "deed"]].astype("object").fillna("").values.tolist() == [
            ["li.na", "init"],
            ["", "backup"],
        ]


def test_none_while_the_store_is_locked(branch: Branch) -> None:
    branch.lock()
    daily = Daily(branch)
    daily.look()
    assert daily.child is None


def test_one_that_failed_is_tried_again_later(
    branch: Branch, capfd: pytest.CaptureFixture[str]
) -> None:
    daily_folder(branch.path).write_text("a file where the folder should be")
    daily = Daily(branch)
    daily.look()
    assert ended(daily) == 2
    assert "no backup today: " in capfd.readouterr().err
    daily.look()
    assert daily.child is None
    for _ in range(AGAIN):
        daily.look()
    assert daily.child is not None
    ended(daily)
