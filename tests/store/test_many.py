"""Many processes on one file: nothing lost, nothing doubled, nothing overwritten in silence."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from carekit.store import Store

from .conftest import children, environment, helpers

WRITES = 50  # as in worker.py
SAVES = 50


def together(work: str, path: Path, processes: int) -> list[int]:
    """Run workers at once and give what each of them says."""
    script = Path(__file__).with_name("worker.py")
    started = [
        subprocess.Popen(
            [sys.executable, script, work, path, str(number)],
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        for number in range(processes)
    ]
    said = [process.communicate(timeout=120)[0] for process in started]
    assert [process.returncode for process in started] == [0] * processes
    return [json.loads(text) for text in said]


@pytest.mark.parametrize("writers", [2, pytest.param(8, marks=pytest.mark.long)])
def test_nothing_is_lost_or_doubled(store: Store, writers: int) -> None:
    store.write({"children": children(1), "helpers": helpers(1)})
    together("contacts", store.path, writers)
    contacts = store.read("contacts")
    assert len(contacts) == writers * WRITES
    assert contacts["note"].nunique() == writers * WRITES
    assert contacts["contact_id"].is_unique
    assert len(store.steps()) == 2 + writers * WRITES


def counter(value: str) -> pd.DataFrame:
    return pd.DataFrame({"setting_id": ["counter"], "value": [value]})


def test_no_silent_overwrite(store: Store) -> None:
    store.write("settings", counter("0"))
    saved = sum(together("saves", store.path, 4))
    assert 0 < saved < 4 * SAVES  # they did compete
    assert store.setting("counter") == str(saved)
    versions = store.read("settings").set_index("setting_id")["version"]
    assert versions["counter"] == 1 + saved


def test_reading_and_writing_under_one_lock_is_never_stale(store: Store) -> None:
    store.write("settings", counter("0"))
    together("counts", store.path, 2)
    assert store.setting("counter") == str(2 * SAVES)
