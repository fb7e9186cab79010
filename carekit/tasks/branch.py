"""A branch: its name, its settings, the practice school."""

import datetime as dt
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from carekit import sample
from carekit.errors import BadInput
from carekit.store import (
    PASSWORD_LEAST,
    Store,
    create_store,
    password_fault,
    recover_store,
    user_fault,
)
from carekit.tasks.report import Report, silent

__all__ = ["fill_with_sample", "found_branch", "name_branch", "practice_school", "practice_store"]

PRACTICE_DAY = dt.date(2026, 3, 2)
BRANCH = "示例县志愿服务队"
SIZES = ("school", "county")
FILLED = ("children", "helpers")


@contextmanager
def practice_store(size: str = "school") -> Iterator[Store]:
    """A store with the fictional school (or county), gone when the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "practice.care"
        store = create_store(path, actor="practice", password=secrets.token_urlsafe())
        try:
            fill_with_sample(store, size=size)
            yield store
        finally:
            store.close()


def practice_school(path: Path, user: str, password: str, report: Report = silent) -> None:
    """The practice school at ``path``, with a new password for its user; made when it is missing.

    Its recovery code lies beside it, so that the next password, shown at the next start, can be
    set: whoever may read the folder may read fictional people. A real store has no such file.
    Raises ``BadInput``: ``practice_locked`` for a store that was not made by this.

    >>> from carekit.store import open_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "demo.care"
    ...     practice_school(path, "demo", "first river 1")
    ...     practice_school(path, "demo", "second river 2")
    ...     with open_store(path, "demo", "second river 2") as store:
    ...         len(store.read("children"))
    122
    """
    beside = path.with_name(f"{path.name}.practice")
    if path.exists():
        try:
            code = beside.read_text("ascii")
        except (OSError, ValueError):
            raise BadInput("practice_locked", path=str(path)) from None
        recover_store(path, code, password, user).close()
        return
    with create_store(path, actor=user, password=password) as store:
        fill_with_sample(store, report=report)
        beside.write_text(str(store.recovery_code), "ascii")


class Founded(NamedTuple):
    """Who may sign in to a new branch, and what to print and lock away."""

    user: str
    recovery_code: str


def found_branch(
    path: Path, *, branch: str, user: str, name: str, password: str, practice: bool
) -> Founded:
    """A new branch in a new store, whole or not at all; its first user and its recovery code.

    ``practice`` brings the fictional school and its practice day. Raises ``BadInput``:
    ``branch_missing``, ``user_name_wrong``, ``password_empty``, ``password_short``,
    ``password_is_user``, ``password_common`` and what :func:`carekit.store.create_store` raises.

    >>> from carekit.store import open_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "town.care"
    ...     made = found_branch(path, branch="Ford", user="li.na", name="Li Na",
    ...                         password="river stone 7", practice=False)
    ...     len(made.recovery_code)
    ...     open_store(path).setting("branch_name")
    29
    'Ford'
    """
    if not branch.strip():
        raise BadInput("branch_missing")
    if fault := user_fault(user) or password_fault(password, user, [branch, name]):
        raise BadInput(fault, least=PASSWORD_LEAST)

    def fill(store: Store) -> None:
        name_branch(store, branch.strip())
        if practice:
            fill_with_sample(store)

    named = {"actor": user, "name": name.strip()}
    with create_store(path, **named, password=password, fill=fill) as store:
        return Founded(user, str(store.recovery_code))


def fill_with_sample(store: Store, report: Report = silent, size: str = "school") -> str:
    """The fictional school or county in an empty store, with its practice day; gives the step's id.

    ``size`` is ``school`` (122 children) or ``county`` (12,285; some seconds). A branch that has a
    name keeps it. Raises ``BadInput``: ``store_not_empty`` when the store holds anything but users
    and settings, ``sample_unknown``.
    """
    if size not in SIZES:
        raise BadInput("sample_unknown", size=size, known=list(SIZES))
    if any(len(store.read(table)) for table in FILLED):  # before the long work, and once more below
        raise BadInput("store_not_empty")
    if size == "county":
        tables = sample.county(lambda share: report("progress_sample", share / 2))
    else:
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
