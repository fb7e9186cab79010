"""On a disk that is really full: a clear code, and store and keys as they were, to the byte."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from carekit.errors import BadInput
from carekit.store import (
    Store,
    backup_daily,
    backup_store,
    create_store,
    examine,
    new_recovery_code,
    open_store,
    restore_store,
    users,
)

from .conftest import PASSWORD, children, environment

SIZE = 1024  # KiB


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own, where the system lets us make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}k", "none", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no disk can be made here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def small(disk: Path) -> Path:
    with create_store(disk / "town.care", "li.na", PASSWORD, practice_day="2026-03-02") as store:
        store.write("children", children(3))
        users.add_user(store, "wang.wei", "Wang Wei", PASSWORD, "coordinator")
    return store.path


def fill(disk: Path, left: int = 0) -> None:
    """Fill the disk up but for some bytes."""
    (disk / "ballast").unlink(missing_ok=True)
    room = shutil.disk_usage(disk).free - left
    if room > 0:
        (disk / "ballast").write_bytes(bytes(room))
    assert shutil.disk_usage(disk).free <= left


def kept(path: Path) -> dict[str, bytes]:
    """What must be as it was; the log may hold what was never committed."""
    files = [one for one in path.parent.iterdir() if one.is_file() and one.name != "ballast"]
    passing = ("-wal", "-shm")
    return {one.name: one.read_bytes() for one in files if not one.name.endswith(passing)}


DEEDS: dict[str, Callable[[Store], object]] = {
    "write": lambda store: store.write("children", children(300)),
    "keep": lambda store: store.keep("care/contact", "x" * 200_000),
    "password": lambda store: users.set_password(store, "wang.wei", "new river 8"),
    "own password": lambda store: users.set_password(store, "li.na", "new river 8"),
    "disable": lambda store: users.disable_user(store, "wang.wei"),
    "code": new_recovery_code,
    "backup": lambda store: backup_store(store, store.path.parent),
    "read": lambda store: store.read("children"),
}


@pytest.mark.parametrize("left", [0, 40_000, 56_000])
@pytest.mark.parametrize("deed", DEEDS)
def test_a_full_disk_changes_nothing(small: Path, deed: str, left: int) -> None:
    with open_store(small, "li.na", PASSWORD) as store:
        before, steps = kept(small), len(store.steps())
        fill(small.parent, left)
        with pytest.raises(BadInput) as refused:
            for _ in range(40):  # what still finds room is done
                DEEDS[deed](store)
                before, steps = kept(small), len(store.steps())
        assert refused.value.code == "disk_full"
        if deed == "backup":  # that somebody tried stays in the audit
            before["town.care"] = kept(small)["town.care"]
        assert kept(small) == before
        (small.parent / "ballast").unlink()
        assert len(store.steps()) == steps
        assert examine(store).findings.empty
        DEEDS[deed](store)  # and now it is done


def test_a_full_disk_before_the_store_is_opened(small: Path) -> None:
    """The register cannot be shown without its note, nor opened without room for SQLite's own."""
    before = kept(small)
    fill(small.parent)
    with pytest.raises(BadInput) as refused:
        open_store(small, "li.na", PASSWORD).read("children")
    assert refused.value.code == "disk_full"
    assert kept(small) == before
    command = [sys.executable, "-m", "carekit", "doctor", str(small), "--language", "zh"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=60)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "磁盘" in done.stderr
    assert kept(small) == before


def test_neither_made_nor_restored_on_a_full_disk(store: Store, disk: Path, tmp_path: Path) -> None:
    saved, _ = backup_store(store, tmp_path / "town.carebackup")
    for left in (0, 4096, 100_000):
        fill(disk, left)
        for make in (
            lambda: create_store(disk / "new.care", "li.na", PASSWORD),
            lambda: restore_store(saved, disk / "again.care", "li.na", PASSWORD),
            lambda: backup_daily(store, store.today(), disk),
        ):
            with pytest.raises(BadInput) as refused:
                make()
            assert refused.value.code == "disk_full"
            assert [one.name for one in disk.iterdir()] == ["ballast"]
    assert examine(store).findings.empty
