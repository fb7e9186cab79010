"""Another user of the system, with another home, no environment and nothing but the password.

Needs to be root (of a container, say) to become somebody else.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from math import log2
from pathlib import Path
from typing import Any

import pytest

import carekit
from carekit.store import Store, backup_store, examine
from carekit.words import say
from tests.stores import raw

from .conftest import PASSWORD, children, helpers

NOBODY = 65534
CANARIES = ("苏小鹂甲", "Su Xiaoli Canary", "110101201503070011")
CODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gbk")
SETPRIV = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
READ_PYTHON = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]


class Somebody:
    """Another user: what they run, and a home of theirs."""

    def __init__(self, home: Path, become: list[str]) -> None:
        self.home, self.become = home, become

    def run(self, *arguments: object, **environ: str) -> subprocess.CompletedProcess[str]:
        """``carekit`` with an empty environment but for what is given here."""
        root = str(Path(carekit.__file__).parents[1])
        env = {"HOME": str(self.home), "PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [*self.become, sys.executable, "-m", "carekit", *map(str, arguments)]
        return subprocess.run(
            command,
            env={**env, **environ},
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def own(self, path: Path, mode: int = 0o600) -> Path:
        """A file or folder that is theirs."""
        os.chown(path, NOBODY, NOBODY)
        path.chmod(mode)
        return path


@pytest.fixture
def somebody() -> Iterator[Somebody]:
    if not hasattr(os, "geteuid") or os.geteuid() or shutil.which("setpriv") is None:
        pytest.skip("only root can become somebody else, by setpriv")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        for become in (SETPRIV, [*SETPRIV, *READ_PYTHON]):
            other = Somebody(home, become)
            other.own(home, 0o700)
            if other.run("--version").returncode == 0:
                yield other
                return
        pytest.skip("another user cannot run this Python")


@pytest.fixture
def full(store: Store) -> Store:
    store.write({"children": children(60), "helpers": helpers(3)})
    named = store.read("children").head(3).assign(name=list(CANARIES), note="; ".join(CANARIES))
    store.write("children", named)
    store.keep("register/child", ", ".join(CANARIES))
    return store


WHO = {"CAREKIT_USER": "li.na", "CAREKIT_PASSWORD": PASSWORD}


def said(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_a_backup_and_the_password_are_enough(full: Store, somebody: Somebody) -> None:
    path, manifest = backup_store(full, somebody.home / "town.carebackup")
    somebody.own(path)
    again = somebody.home / "again.care"
    told = said(somebody.run("restore", path, again, "--json", **WHO))
    assert (told["n"], told["mac"]) == manifest.head
    assert again.stat().st_uid == NOBODY and again.stat().st_mode & 0o077 == 0
    looked = said(somebody.run("doctor", again, "--anchor", path, "--json", **WHO))
    assert looked["findings"] == []
    counts = examine(full).counts
    for table in ("children", "helpers", "contacts"):
        assert looked[table] == told[table] == counts[table]
    # Nothing of it but with a password, and the printed code makes a new one.
    closed = somebody.run("doctor", again, CAREKIT_USER="li.na", CAREKIT_PASSWORD="a guess 12345")
    assert closed.returncode == 2 and "Traceback" not in closed.stderr
    assert full.recovery_code is not None
    code = {"CAREKIT_RECOVERY_CODE": full.recovery_code, "CAREKIT_NEW_PASSWORD": "new river 88"}
    said(somebody.run("recover", again, "--json", **code))
    new = {"CAREKIT_USER": "li.na", "CAREKIT_PASSWORD": "new river 88"}
    assert said(somebody.run("doctor", again, "--json", **new))["findings"] == []
    assert somebody.run("doctor", again, **WHO).returncode == 2
    assert {one.name for one in somebody.home.iterdir()} == {
        "town.carebackup",
        "again.care",
        "again.care.keys",
    }


def readable(folder: Path) -> set[str]:
    """The files in which a canary can be read, in any of the usual codings."""
    texts = [word.encode(coding) for word in CANARIES for coding in CODINGS]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {one.name for one in files if any(text in one.read_bytes() for text in texts)}


def entropy(content: bytes) -> float:
    """Bits a byte: 8 is noise, a table of names has about 5."""
    shares = [count / len(content) for count in Counter(content).values()]
    return -sum(share * log2(share) for share in shares)


def test_without_a_key_every_file_is_noise(full: Store, tmp_path: Path) -> None:
    """The store, its log, the notes of what was read, the daily and the named backups."""
    held = raw(full.path)
    held.execute("begin")
    held.execute("select count(*) from children").fetchone()  # keeps the log
    full.write("children", full.read("children").assign(address=CANARIES[0]))
    full.read("children")  # leaves a note
    saved, _ = backup_store(full, tmp_path)
    full.read("children")
    names = {one.name for one in tmp_path.rglob("*") if one.is_file()}
    assert {"town.care", "town.care-wal", "town.care.keys", saved.name} < names
    assert list((tmp_path / ".town.care.seen").iterdir())
    assert readable(tmp_path) == set()
    noise = [full.path, saved, tmp_path / "town.care-wal"]
    assert min(entropy(one.read_bytes()) for one in noise) > 7.9
    held.close()
    # The same search finds a plain copy, in each coding.
    for coding in CODINGS:
        (tmp_path / coding).write_bytes(f"name,{CANARIES[0]},{CANARIES[2]}".encode(coding))
    full.read("children").to_csv(tmp_path / "list.csv")
    assert readable(tmp_path) == {*CODINGS, "list.csv"}
    assert entropy((tmp_path / "list.csv").read_bytes()) < 6


def carried(store: Store, somebody: Somebody, mode: int) -> Path:
    """A store with its keys in a folder of somebody's."""
    folder = somebody.home / "branch"
    folder.mkdir()
    store.close()
    for name in ("town.care", "town.care.keys"):
        somebody.own(Path(shutil.copy(store.path.with_name(name), folder)), mode)
    return folder / "town.care"


def contents(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.rglob("*") if one.is_file()}


OUTING = ("--title", "A", "--day", "2026-05-09", "--places", "9")


@pytest.mark.parametrize(
    ("closed", "command", "options", "language"),
    [
        ("folder", "outing", OUTING, "zh"),
        ("file", "outing", OUTING, "en"),
        ("folder", "backup", ("--to", "."), "en"),
        ("file", "recover", ("--new-code",), "zh"),
    ],
)
def test_where_nothing_may_be_written(
    full: Store,
    somebody: Somebody,
    closed: str,
    command: str,
    options: tuple[str, ...],
    language: str,
) -> None:
    path = carried(full, somebody, 0o400 if closed == "file" else 0o600)
    somebody.own(path.parent, 0o500 if closed == "folder" else 0o700)
    before = contents(path.parent)
    done = somebody.run(command, path, *options, "--language", language, **WHO)
    sentence = say("store_read_only", language)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (2, "", sentence)
    assert contents(path.parent) == before
    somebody.own(path.parent, 0o700)
    for one in path.parent.iterdir():
        somebody.own(one)
    assert somebody.run("outing", path, *OUTING, **WHO).returncode == 0


def test_of_somebody_else_the_files_cannot_even_be_opened(full: Store, somebody: Somebody) -> None:
    path = carried(full, somebody, 0o600)
    somebody.become = SETPRIV  # nothing that reads past the mode of a file
    if somebody.run("--version").returncode:
        pytest.skip("another user cannot run this Python")
    for one in (path, path.with_name("town.care.keys")):
        os.chown(one, 0, 0)
    done = somebody.run("doctor", path, "--language", "zh", **WHO)
    assert done.returncode == 2 and "Traceback" not in done.stderr
