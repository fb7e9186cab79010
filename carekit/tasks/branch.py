"""A branch: its name, its settings, the practice school."""

import datetime as dt
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from carekit import sample
from carekit.errors import BadInput
from carekit.store import Store, create_store
from carekit.tasks.report import Report, silent

__all__ = ["fill_with_sample", "name_branch", "practice_store"]

PRACTICE_DAY = dt.date(2026, 3, 2)
BRANCH = "示例县志愿服务队"


@contextmanager
def practice_store() -> Iterator[Store]:
    """A store with the fictional school, gone when the block ends (notebooks, doctests)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "practice.care"
        store = create_store(path, actor="practice", password=secrets.token_urlsafe())
        try:
            fill_with_sample(store)
            yield store
        finally:
            store.close()


def fill_with_sample(store: Store, report: Report = silent) -> str:
    """The fictional school in an empty store, with its practice day; gives the step's id.

    A branch that has a name keeps it. Raises ``BadInput("store_not_empty")`` when the store holds
    anything but users and settings.
    """
    report("progress_sample", 0.1)
    tables = sample.school()

    def build(read: Callable[[str], pd.DataFrame]) -> dict[str, pd.DataFrame]:
        if any(len(read(table)) for table in tables):
            raise BadInput("store_not_empty")
        settings = {"practice_day": PRACTICE_DAY.isoformat()}
        if "branch_name" not in set(read("settings")["setting_id"]):
            settings["branch_name"] = BRANCH
        return {**tables, "settings": _settings(read, settings)}

    report("progress_writing", 0.5)
    return store.change(build, kind="demo")


def name_branch(store: Store, name: str) -> str:
    """The name of the branch, shown in every header; gives the step's id."""
    return store.change(
        lambda read: {"settings": _settings(read, {"branch_name": name})}, kind="setting"
    )


def _settings(read: Callable[[str], pd.DataFrame], values: dict[str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(list(values.items()), columns=["setting_id", "value"])
    known = read("settings").set_index("setting_id")["version"]
    return frame.assign(version=frame["setting_id"].map(known).astype("Int64"))
