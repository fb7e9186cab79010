"""A store in a folder of the test, and the smallest rows that every table takes."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from carekit.store import Store, create_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "town.care"


@pytest.fixture
def store(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.delenv("CAREKIT_USER", raising=False)
    monkeypatch.delenv("CAREKIT_PASSWORD", raising=False)
    with create_store(path, actor="li.na", practice_day="2026-03-02") as opened:
        yield opened


def children(count: int, **columns: object) -> pd.DataFrame:
    names = [f"Child {number}" for number in range(count)]
    return pd.DataFrame({"name": names, **columns})


def helpers(count: int) -> pd.DataFrame:
    names = [f"Helper {number}" for number in range(count)]
    return pd.DataFrame({"name": names, "kind": "volunteer", "places": 2})
