"""Backups while people work, and what comes back from one."""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from carekit.errors import BadInput
from carekit.store import (
    Store,
    anchor,
    backup,
    backup_store,
    create_store,
    examine,
    keyfile,
    open_store,
    restore_store,
    schema,
    unlocked,
)
from carekit.store.rotation import keep

from .conftest import PASSWORD, children, environment, helpers

CANARY = "Xiao Canary 110101201503070000"


@pytest.fixture
def saved(store: Store, tmp_path: Path) -> Path:
    store.write({"children": children(3).assign(note=CANARY), "helpers": helpers(2)})
    return backup_store(store, tmp_path / "town.carebackup")[0]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_backup_brings_everything_back(store: Store, saved: Path, tmp_path: Path) -> None:
    manifest = restore_store(saved, tmp_path / "again.care", "li.na", PASSWORD)
    with open_store(tmp_path / "again.care", "li.na", PASSWORD) as again:
        for table in ("children", "helpers", "users", "settings"):
            pd.testing.assert_frame_equal(again.read(table), store.read(table))
        assert again.today() == dt.date(2026, 3, 2)
    assert manifest.counts["children"] == 3
    assert manifest.head.n == 3  # init, write, backup
    assert store.audit()["deed"].tolist()[:3] == ["init", "write", "backup"]
    assert not [name for name in names(tmp_path) if ".new" in name]


def test_in_a_folder_it_is_named_after_store_and_time(store: Store, tmp_path: Path) -> None:
    path, _ = backup_store(store, tmp_path)
    assert path.parent == tmp_path
    assert path.name.startswith(f"town-{dt.date.today():%Y-%m-%d}-")  # noqa: DTZ011
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


def test_without_a_key_there_is_nothing_to_read(saved: Path) -> None:
    content = saved.read_bytes()
    assert CANARY.encode() not in content
    for word in (b"children", b"li.na", b"CREATE TABLE", b"SQLite"):
        assert word not in content
    with zipfile.ZipFile(saved) as parts:
        assert set(json.loads(parts.read("carekit.json"))) == {
            "carekit_backup",
            "schema",
            "made_at",
        }


def test_a_planted_open_copy_is_noticed(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above can fail: a manifest left open shows its tables."""
    monkeypatch.setattr(backup, "sealed", lambda content, key, about: content)
    monkeypatch.setattr(backup, "opened", lambda content, key, about: content)
    path, _ = backup_store(store, tmp_path / "open.carebackup")
    assert b"children" in path.read_bytes()


WRITER = """
import sys
import pandas as pd
from carekit.store import open_store
with open_store(sys.argv[1]) as store:
    print("ready", flush=True)
    while True:
        store.write({"children": pd.DataFrame({"name": ["Child"]}),
                     "helpers": pd.DataFrame({"name": ["Helper"], "kind": ["volunteer"]})})
        print("wrote", flush=True)
"""


@contextmanager
def writing(path: Path) -> Iterator[Any]:
    """A process that writes a child and a helper in each step, until the end of the block."""
    command = [sys.executable, "-c", WRITER, str(path)]
    process = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        assert process.stdout.readline() == "wrote\n"
        yield process.stdout
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_restore_drill(store: Store, tmp_path: Path) -> None:
    """Saved in the midst of another's writing, restored elsewhere by password alone."""
    store.write("children", children(50).assign(note=CANARY))
    with writing(store.path) as said:
        path, manifest = backup_store(store, tmp_path / "town.carebackup")
        assert said.readline() == "wrote\n"  # nobody was stopped
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    store_id = keyfile.read(store.path).store
    unlocked.forget(store_id)  # as another program on another computer
    again = elsewhere / "again.care"
    assert restore_store(path, again, "li.na", PASSWORD) == manifest
    unlocked.forget(store_id)
    with open_store(again, "li.na", PASSWORD) as opened:
        assert len(opened.read("children")) == manifest.counts["children"]
        # A snapshot: whole steps, as many helpers as children since the fifty.
        assert manifest.counts["helpers"] == manifest.counts["children"] - 50 > 0
        health = examine(opened, manifest.head)
    assert health.findings.empty
    with open_store(store.path, "li.na", PASSWORD) as opened:
        assert examine(opened, anchor(path, opened)).findings.empty


def test_it_is_restored_by_somebody_else_with_nothing_but_the_password(
    saved: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    words = {"CAREKIT_USER": "li.na", "CAREKIT_PASSWORD": PASSWORD}
    bare = {"PATH": os.environ["PATH"], "HOME": str(home), **words}
    if "PYTHONPATH" in os.environ:
        bare["PYTHONPATH"] = os.environ["PYTHONPATH"]
    carekit = [sys.executable, "-m", "carekit"]
    for command in (
        ["restore", str(saved), str(home / "again.care"), "--json"],
        ["doctor", str(home / "again.care"), "--anchor", str(saved), "--json"],
    ):
        done = subprocess.run(
            [*carekit, *command], env=bare, cwd=home, capture_output=True, text=True, timeout=60
        )
        assert (done.returncode, done.stderr) == (0, "")
        said = json.loads(done.stdout)
        assert (said["children"], said["helpers"], said["n"]) == (3, 2, 3)
    assert names(home) == {"again.care", "again.care.keys"}


def refused(code: str, *args: Any) -> None:
    with pytest.raises(BadInput) as caught:
        restore_store(*args)
    assert caught.value.code == code


def test_a_store_that_is_there_stays(store: Store, saved: Path, tmp_path: Path) -> None:
    before = store.path.read_bytes()
    refused("store_exists", saved, store.path, "li.na", PASSWORD)
    assert store.path.read_bytes() == before
    (tmp_path / "again.care.keys").write_text("of another store")
    refused("keys_exist", saved, tmp_path / "again.care", "li.na", PASSWORD)
    refused("folder_missing", saved, tmp_path / "none" / "again.care", "li.na", PASSWORD)


def rewritten(saved: Path, to: Path, **parts: bytes) -> Path:
    """A backup with other parts, and right check sums."""
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name.partition(".")[2] or name, old.read(name)))
    return to


def test_what_is_no_whole_backup_of_ours_is_refused(saved: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    whole = saved.read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    header = {"carekit_backup": 1, "schema": schema.NUMBER, "made_at": "x"}
    newer = json.dumps({**header, "carekit_backup": 2}).encode()
    later = json.dumps({**header, "schema": schema.NUMBER + 1}).encode()
    with zipfile.ZipFile(saved) as parts:
        database = parts.read("store.care")
    cases: dict[str, tuple[str, bytes]] = {
        "cut": ("backup_damaged", whole[:middle]),
        "cut early": ("backup_damaged", whole[:200]),
        "empty": ("not_a_backup", b""),
        "flipped": ("backup_damaged", flipped),
        "letter": ("not_a_backup", b"Dear Li Na"),
        "bare store": ("not_a_backup", database),
        "newer": ("backup_newer", rewritten(saved, tmp_path / "n", json=newer).read_bytes()),
        "schema": (
            "backup_newer",
            rewritten(saved, tmp_path / "s", json=later).read_bytes(),
        ),
        "no header": ("backup_damaged", rewritten(saved, tmp_path / "h", json=b"{}").read_bytes()),
        "page": (
            "backup_damaged",
            rewritten(saved, tmp_path / "p", care=database[:-4096]).read_bytes(),
        ),
        "manifest": (
            "backup_damaged",
            rewritten(saved, tmp_path / "m", manifest=b"x" * 300).read_bytes(),
        ),
        "keys": ("keys_damaged", rewritten(saved, tmp_path / "k", keys=b"{}").read_bytes()),
    }
    for name, (code, content) in cases.items():
        (tmp_path / name).write_bytes(content)
        refused(code, tmp_path / name, there / "again.care", "li.na", PASSWORD)
        assert names(there) == set(), name
    refused("backup_missing", tmp_path / "nothing", there / "again.care", "li.na", PASSWORD)
    refused("not_a_backup", saved_sheet(tmp_path), there / "again.care", "li.na", PASSWORD)
    refused("password_wrong", saved, there / "again.care", "li.na", "a guess 12345")
    refused("password_wrong", saved, there / "again.care", "nobody", PASSWORD)
    assert names(there) == set()


def saved_sheet(folder: Path) -> Path:
    pd.DataFrame({"name": ["Child"]}).to_excel(folder / "list.xlsx")
    return folder / "list.xlsx"


def test_the_parts_of_two_backups_do_not_fit(saved: Path, tmp_path: Path, store: Store) -> None:
    """An older database under a newer manifest, or of another store, is no backup."""
    store.write("children", children(1))
    newer, _ = backup_store(store, tmp_path / "newer.carebackup")
    with zipfile.ZipFile(saved) as parts:
        database, manifest = parts.read("store.care"), parts.read("manifest")
    mixed = rewritten(newer, tmp_path / "mixed", care=database)
    refused("backup_damaged", mixed, tmp_path / "again.care", "li.na", PASSWORD)
    with create_store(tmp_path / "other.care", "li.na", PASSWORD) as other:
        theirs, _ = backup_store(other, tmp_path / "other.carebackup")
        with pytest.raises(BadInput, match="anchor_foreign"):
            anchor(saved, other)
    mixed = rewritten(theirs, tmp_path / "mixed2", manifest=manifest)
    refused("backup_damaged", mixed, tmp_path / "again.care", "li.na", PASSWORD)


def test_without_a_password_it_stays_closed(
    store: Store, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked.forget(keyfile.read(store.path).store)
    refused("store_locked", saved, tmp_path / "again.care")


@pytest.mark.parametrize(
    "place", ["_snapshot", "_manifest", "_write", "_through", "_read_again", "refuse"]
)
@pytest.mark.parametrize("fault", [OSError(28, "full"), OSError(30, "read-only")])
def test_a_backup_that_breaks_leaves_nothing(
    store: Store, tmp_path: Path, place: str, fault: OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "to"
    to.mkdir()
    whole, calls = getattr(backup, place), []

    def broken(*args: Any) -> Any:
        calls.append(args)
        if place == "refuse" and len(calls) == 1:  # the first look, before anything is made
            return whole(*args)
        raise fault

    monkeypatch.setattr(backup, place, broken)
    with pytest.raises(BadInput) as caught:
        backup_store(store, to / "town.carebackup")
    assert caught.value.code == {28: "disk_full", 30: "folder_read_only"}[fault.errno or 0]
    assert names(to) == set()
    assert examine(store).findings.empty


@pytest.mark.parametrize("place", ["_place", "opening.keys_for", "_verify"])
def test_a_restore_that_breaks_leaves_nothing(
    saved: Path, tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "there"
    there.mkdir()

    def broken(*args: Any) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr(f"carekit.store.restore.{place}", broken)
    refused("disk_full", saved, there / "again.care", "li.na", PASSWORD)
    assert names(there) == set()


def test_a_disk_that_is_really_full(store: Store, tmp_path: Path) -> None:
    """A small disk of its own, where the system lets us make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no disk can be made here")
    try:
        store.write("children", children(3000))
        with pytest.raises(BadInput) as caught:
            backup_store(store, disk / "town.carebackup")
        assert caught.value.code == "disk_full"
        assert names(disk) == set()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_folder_nobody_may_write_to(store: Store, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    if os.access(closed, os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.raises(BadInput, match="folder_read_only"):
        backup_store(store, closed)


def test_a_name_that_is_taken(store: Store, saved: Path, tmp_path: Path) -> None:
    before = saved.read_bytes()
    for to, code in ((saved, "backup_exists"), (tmp_path / "none" / "x", "folder_missing")):
        with pytest.raises(BadInput) as caught:
            backup_store(store, to)
        assert caught.value.code == code
    assert saved.read_bytes() == before


def test_a_year_of_days() -> None:
    kept: set[dt.date] = set()
    day = dt.date(2026, 1, 1)
    for _ in range(365 + 200):
        kept = set(keep({*kept, day}, day))
        assert {day - dt.timedelta(back) for back in range(7)} & kept
        assert len(kept) <= 7 + 4 + 12
        day += dt.timedelta(1)
    last = day - dt.timedelta(1)
    assert {last - dt.timedelta(back) for back in range(7)} <= kept
    assert len({one.isocalendar()[:2] for one in kept if (last - one).days < 28}) >= 4
    months = {(one.year, one.month) for one in kept}
    assert len(months) == 12
    # Of a month that is over its last day has stayed.
    for one in sorted(kept)[:10]:
        assert (one + dt.timedelta(1)).day == 1
    assert kept == set(keep(kept, last))


def test_days_without_a_backup_and_a_wrong_clock() -> None:
    day = dt.date(2026, 3, 2)
    old = [day - dt.timedelta(400 + back) for back in range(3)]
    assert set(keep(old, day)) == set(old)
    ahead = dt.date(2031, 1, 1)
    assert ahead in keep([ahead, *(day - dt.timedelta(back) for back in range(40))], day)


def test_what_was_taken_back_is_no_child_of_a_backup(store: Store, tmp_path: Path) -> None:
    step = store.write({"children": children(3)})
    store.undo(step)
    store.write({"children": children(2)})
    _, manifest = backup_store(store, tmp_path / "town.carebackup")
    assert (manifest.counts["children"], manifest.living["children"]) == (5, 2)


def test_a_folder_that_is_not_there_becomes_no_file(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        backup_store(store, tmp_path / "weekly")
    assert refused.value.code == "folder_missing"
    assert "weekly" not in names(tmp_path)


def test_no_store_comes_back_beside_the_log_of_another(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "again.care-wal").write_bytes(b"what a killed writer left")
    with pytest.raises(BadInput) as refused:
        restore_store(saved, tmp_path / "again.care", "li.na", PASSWORD)
    assert refused.value.code == "log_left"
    assert not (tmp_path / "again.care").exists()


@pytest.mark.parametrize("place, byte", [(8, 1), (10, 99), (10, 8)])
def test_a_changed_byte_of_the_zip_is_damage(
    store: Store, saved: Path, tmp_path: Path, place: int, byte: int
) -> None:
    """Said to be encrypted, packed in an unknown way, packed at all."""
    broken = bytearray(saved.read_bytes())
    broken[bytes(broken).index(b"PK\x01\x02") + place] = byte
    saved.write_bytes(broken)
    with pytest.raises(BadInput) as refused:
        restore_store(saved, tmp_path / "again.care", "li.na", PASSWORD)
    assert refused.value.code == "backup_damaged"
    with pytest.raises(BadInput):
        anchor(saved, store)
