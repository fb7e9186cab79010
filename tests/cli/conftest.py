"""Calls of the command line, and stores to call it on."""

import io
import json
import os
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from carekit import cli
from tests.stores import copied

PASSWORD = "calm lake 5"  # of the user of `empty` and `filled`, in another process
DATA = Path(__file__).parents[2] / "data"


@dataclass(frozen=True)
class Told:
    """What a call said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def sentences(self):
        """Standard error without the lines of progress."""
        return [line for line in self.err.splitlines() if not line.startswith("[")]


@pytest.fixture(scope="session", autouse=True)
def environment():
    """No user, password or language of the person who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [*os.environ]:
            if name.startswith(("CAREKIT_", "LC_")):
                patch.delenv(name)
        patch.setenv("LANG", "C.UTF-8")
        yield patch


@pytest.fixture(scope="session")
def call():
    """Run the command line in this process: faster than a process, and the same code."""

    def run(*arguments):
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = cli.run([str(argument) for argument in arguments])
        return Told(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory, call):
    path = tmp_path_factory.mktemp("empty") / "town.care"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAREKIT_PASSWORD", PASSWORD)
        assert call("init", path, "--practice-day", "2026-03-02").code == 0
    return path


@pytest.fixture(scope="session")
def filled_file(tmp_path_factory, empty_file, call):
    path = tmp_path_factory.mktemp("filled") / "town.care"
    copied(empty_file, path)
    assert call("demo", path).code == 0
    return path


@pytest.fixture
def empty(tmp_path, empty_file):
    return copied(empty_file, tmp_path / "empty.care")


@pytest.fixture
def filled(tmp_path, filled_file):
    return copied(filled_file, tmp_path / "town.care")


@pytest.fixture(scope="session")
def data():
    """The folder with the two spreadsheets."""
    return DATA
