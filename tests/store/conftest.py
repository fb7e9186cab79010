"""A store in a folder of the test, and the smallest rows that every table takes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from carekit.store import Store, add_user, create_store, guards

PASSWORD = "calm lake 5"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "town.care"


@pytest.fixture
def store(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.delenv("CAREKIT_USER", raising=False)
    monkeypatch.delenv("CAREKIT_PASSWORD", raising=False)
    with create_store(path, "li.na", PASSWORD, practice_day="2026-03-02") as opened:
        yield opened


def environment() -> dict[str, str]:
    """What a process needs to open the store of a test."""
    return {**os.environ, "CAREKIT_USER": "li.na", "CAREKIT_PASSWORD": PASSWORD}


def children(count: int, **columns: object) -> pd.DataFrame:
    names = [f"Child {number}" for number in range(count)]
    return pd.DataFrame({"name": names, **columns})


def helpers(count: int) -> pd.DataFrame:
    names = [f"Helper {number}" for number in range(count)]
    return pd.DataFrame({"name": names, "kind": "volunteer", "places": 2})


@pytest.fixture
def team(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Eight people, each with a child to look after: coordinators and helpers in turns."""
    people = [f"worker{number}" for number in range(1, 9)]
    store.write({"children": children(8).assign(note="0"), "helpers": helpers(8)})
    pairs = [(f"C{number:05d}", f"H{number:05d}") for number in range(1, 9)]
    paired = pd.DataFrame(pairs, columns=["child_id", "helper_id"])
    with monkeypatch.context() as patch:  # whether these helpers are ready is not asked here
        patch.setattr(guards, "violations", lambda *_: pd.DataFrame())
        store.write("pairings", paired.assign(scheme="volunteer", since="2026-01-05"))
    for user, (_, helper) in zip(people, pairs, strict=True):
        role = ("coordinator", None) if helper[-1] in "1357" else ("helper", helper)
        add_user(store, user, user, PASSWORD, *role)
    return store
