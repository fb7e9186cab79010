"""Many processes on one file: nothing lost, nothing doubled, nothing overwritten in silence.

The people are of several roles, so each write goes through the policy, the audit and the vault.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from carekit.store import Store, examine, keyfile, open_store, restore_store

from .conftest import PASSWORD, environment

LONG = [pytest.mark.long, pytest.mark.timeout(1800)]
MANY = [pytest.param((2, 20), id="few"), pytest.param((8, 200), id="all", marks=LONG)]


def together(path: Path, times: int, works: dict[str, str], **environ: str) -> dict[str, Any]:
    """Run {user: work} at once, and give what each of them says."""
    script = Path(__file__).with_name("worker.py")
    started = {
        user: subprocess.Popen(
            [sys.executable, script, work, path, str(times)],
            stdout=subprocess.PIPE,
            text=True,
            env={**environment(), "CAREKIT_USER": user, **environ},
        )
        for user, work in works.items()
    }
    try:
        said = {user: process.communicate(timeout=1700)[0] for user, process in started.items()}
    finally:
        for process in started.values():
            process.kill()  # those that took too long; the others have ended
            process.wait()
    assert {user: process.returncode for user, process in started.items()} == dict.fromkeys(
        works, 0
    )
    return {user: json.loads(text) for user, text in said.items()}


def workers(count: int, work: str, step: int = 1) -> dict[str, str]:
    return {f"worker{number}": work for number in range(1, 1 + count * step, step)}


@pytest.mark.parametrize("size", MANY)
def test_nothing_is_lost_or_doubled(team: Store, size: tuple[int, int]) -> None:
    processes, times = size
    before = len(team.steps())
    said = together(team.path, times, workers(processes, "contacts"))
    acknowledged = [step for steps in said.values() for step in steps]
    assert len(set(acknowledged)) == len(acknowledged) == processes * times
    contacts = team.read("contacts")
    assert len(contacts) == contacts["contact_id"].nunique() == processes * times
    wanted = {f"{user}-{number}" for user in said for number in range(times)}
    assert set(contacts["note"]) == wanted
    assert len(team.steps()) == before + processes * times
    assert set(acknowledged) <= set(team.steps()["step_id"])
    # Each step has its row in the audit, in the name of who did it.
    audit = team.audit()
    written = audit[audit["deed"].eq("write") & audit["user"].isin(list(said))]
    assert written["user"].value_counts().to_dict() == dict.fromkeys(said, times)
    assert examine(team).findings.empty


@pytest.mark.parametrize(
    "size",
    [pytest.param((3, 20), id="few"), pytest.param((4, 400), id="all", marks=LONG)],
)
def test_no_silent_overwrite(team: Store, size: tuple[int, int]) -> None:
    """Each save is in the history of the row, in its person's name, or was refused."""
    processes, times = size
    said = together(team.path, times, workers(processes, "saves", step=2))
    saved = {note: user for user, one in said.items() for note in one["saved"]}
    stale = {note for one in said.values() for note in one["stale"]}
    assert len(saved) + len(stale) == processes * times
    assert stale and not stale & saved.keys()  # they did compete
    history = team.history("children", "C00001").iloc[1:]
    assert history["version"].tolist() == [*range(2, len(saved) + 2)]
    told = {now: who for (_, now), who in zip(notes(history), history["user_id"], strict=True)}
    assert told == saved
    # And each was saved over the one its person had read.
    assert all(a[1] == b[0] for a, b in zip(notes(history), notes(history)[1:], strict=False))
    assert examine(team).findings.empty


def notes(history: pd.DataFrame) -> list[tuple[str, str]]:
    return [changes["note"] for changes in history["changes"]]


def test_reading_and_writing_under_one_lock_is_never_stale(team: Store) -> None:
    together(team.path, 20, workers(2, "counts", step=2))
    assert team.read("children")["note"].iloc[0] == "40"


def test_passwords_are_changed_at_once_while_backups_run(team: Store, tmp_path: Path) -> None:
    """Nobody's new password is lost under somebody else's, and each backup opens."""
    folder = tmp_path / "backups"
    folder.mkdir()
    works = {**workers(3, "passwords"), "li.na": "backups"}
    said = together(team.path, 8, works, BACKUPS=str(folder))
    file = keyfile.read(team.path)
    for user in workers(3, "passwords"):
        assert file.unlocked(user, said[user]) == team.keys
        assert file.unlocked(user, PASSWORD) is None
        open_store(team.path, user, said[user]).close()
    assert file.unlocked("worker8", PASSWORD) == team.keys
    assert examine(team).findings.empty
    assert len(said["li.na"]) == 8
    for number, saved in enumerate(said["li.na"]):
        restore_store(saved, tmp_path / f"{number}.care", "li.na", PASSWORD)
        with open_store(tmp_path / f"{number}.care", "li.na", PASSWORD) as again:
            assert examine(again).findings.empty
