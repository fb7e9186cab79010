"""The two files for a double click, as far as this machine can try them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_one_for_windows_is_read_by_any_windows():
    data = (ROOT / "start.bat").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\n") == data.count(b"\r\n") > 10
    lines = data.decode("utf-8").splitlines()
    said = next(n for n, line in enumerate(lines) if not line.isascii())
    # cmd finds labels by bytes: nothing it must find stands after the Chinese lines.
    assert not [line for line in lines[said:] if line.startswith(":") or "goto" in line]
    assert lines.index("chcp 65001 >nul") < said
    labels = {line[1:] for line in lines if line.startswith(":")}
    assert {line.split("goto ")[1] for line in lines if "goto " in line} == labels


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
def test_the_one_for_macos_runs_and_says_what_is_missing(tmp_path):
    script = ROOT / "start.command"
    assert script.stat().st_mode & 0o111 == 0o111
    assert b"\r" not in script.read_bytes()
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "dirname").symlink_to("/usr/bin/dirname")
    old = tools / "python3"
    old.write_text("#!/bin/bash\nexit 1\n")  # an older Python says no to the question
    old.chmod(0o755)

    def run():
        return subprocess.run(
            ["/bin/bash", script],
            env={"PATH": str(tools)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )

    told = run()
    assert told.returncode == 2
    assert "没有找到 Python 3.11" in told.stdout
    assert "Python 3.11 or newer was not found" in told.stdout


def test_both_start_the_same_file_which_knows_when_it_is_set_up(tmp_path, monkeypatch):
    for name in ("start.bat", "start.command"):
        assert "start.py" in (ROOT / name).read_text("utf-8")
    monkeypatch.syspath_prepend(str(ROOT))
    import start

    monkeypatch.setattr(start, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(start, "DONE", tmp_path / "started")
    monkeypatch.setattr(start, "MADE", tmp_path / "ready")
    assert not start.is_set_up()
    start.DONE.write_text("another folder", "utf-8")
    assert not start.is_set_up()
    start.DONE.write_text(str(start.ROOT), "utf-8")
    assert start.is_set_up()
    os.utime(start.DONE, (0, 0))
    assert not start.is_set_up()
    start.MADE.touch()
    assert start.is_set_up()
