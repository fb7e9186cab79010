"""A store in a folder of the test, and the smallest rows that every table takes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from carekit.store import Store, create_store

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
