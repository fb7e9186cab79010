"""A second server on one store is refused; a killed one leaves no lock."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from carekit import cli
from carekit.errors import BadInput, Stale
from carekit.store import Store
from carekit.store.served import alone
from carekit.words import say

SERVER = """
import sys, time
from pathlib import Path
from carekit.store.served import alone
with alone(Path(sys.argv[1])):
    print("serves", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def other(path: Path):
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, path], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "serves\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_second_server_is_told_and_changes_nothing(store, other, capsys, language) -> None:
    store.close()
    before = {one.name: one.read_bytes() for one in store.path.parent.iterdir()}
    with pytest.raises(Stale) as refused, alone(store.path):
        pass
    assert (refused.value.code, refused.value.values["pid"]) == ("store_served", str(other.pid))
    assert cli.run(["serve", str(store.path), "--language", language]) == 2
    told = capsys.readouterr()
    assert told.err.strip() == say(
        "store_served", language, path=str(store.path), pid=str(other.pid)
    )
    assert {one.name: one.read_bytes() for one in store.path.parent.iterdir()} == before


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills as only POSIX can")
def test_a_killed_server_leaves_no_lock(path: Path, other) -> None:
    other.kill()
    other.wait()
    with alone(path):
        assert path.with_name(".town.care.server").read_text() == str(os.getpid())
    assert list(path.parent.iterdir()) == []


def test_work_goes_on_beside_a_server(store: Store, other) -> None:
    """The command line and notebooks need no lock: transactions protect what they write."""
    store.keep("care/contact", "x")
    assert store.kept("care/contact") == "x"


def test_where_no_lock_can_be_made(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError(30, "read-only")

    monkeypatch.setattr("carekit.store.served.os.open", refuse)
    with pytest.raises(BadInput, match="store_read_only"), alone(path):
        pass
