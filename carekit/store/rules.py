"""Who may do what, as it is written in ``policy.csv`` and ``deeds.csv``: read here, once.

``policy.csv``, one row a permission: ``role``, ``table``, ``action`` (``read``, ``add`` a new row,
``change`` one that is there; ``write`` = add and change), ``rows`` (a scope, see ``scopes.py``),
``columns`` and ``why``. What is not listed is denied. Several rows for one table add up, cell by
cell. ``columns`` is a list of words: a sensitivity of the data dictionary stands for every column
up to it (``staff``: public and staff), a name adds one column, ``-name`` takes one away, and
``name>change`` gives a column only as something else:

- ``pseudonym``: an id as a keyed hash, the same in every table, another in every store
- ``year``: ``birth_date`` as ``birth_year``
- ``tier``: how urgent a child's circumstances are (1, 2, 3), not what they are

``deeds.csv`` says which other deeds a role may do: ``publish``, ``import``, ``view_<a view>`` ...

>>> [line.rows for line in lines("helper", "contacts", "add")]
['paired_then']
>>> "undo" in deeds("planner"), roles()[:2]
(False, ('administrator', 'coordinator'))
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import pandas as pd

from carekit import tables

__all__ = ["ACTIONS", "CHANGES", "LEVELS", "Line", "app", "deeds", "every_line", "lines", "roles"]

ACTIONS = ("read", "add", "change")
LEVELS = ("public", "staff", "private", "secret")
CHANGES = ("pseudonym", "year", "tier")


@dataclass(frozen=True)
class Line:
    """One permission: these columns in these rows of a table."""

    role: str
    table: str
    action: str
    rows: str
    columns: tuple[str, ...]  # in the order of the dictionary, the key first
    changes: Mapping[str, str] = field(default_factory=dict, hash=False)  # column -> how
    why: str = ""


def lines(role: str, table: str, action: str) -> tuple[Line, ...]:
    """The permissions of a role for a table; none for a role nobody knows."""
    return _by_table().get((role, table, action), ())


def every_line() -> tuple[Line, ...]:
    """The whole policy, in the order of the file."""
    return _lines()


def deeds(role: str) -> tuple[str, ...]:
    """What else a role may do."""
    return _deeds().get(role, ())


def app(role: str) -> str:
    """The app of a role: the first it may open.

    >>> app("administrator"), app("planner")
    ('coordinator', 'planner')
    """
    return next(deed[4:] for deed in deeds(role) if deed.startswith("app_"))


def roles() -> tuple[str, ...]:
    """Every role, in the order of the file."""
    return tuple(_deeds())


def _read(name: str) -> pd.DataFrame:
    with files("carekit.store").joinpath(name).open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False)


@cache
def _lines() -> tuple[Line, ...]:
    found = []
    for row in _read("policy.csv").to_dict("records"):
        actions = row["action"].replace("write", "add change").split()
        columns, changes = _columns(row["table"], row["columns"])
        found += [
            Line(row["role"], row["table"], action, row["rows"], columns, changes, row["why"])
            for action in actions
        ]
    return tuple(found)


@cache
def _by_table() -> dict[tuple[str, str, str], tuple[Line, ...]]:
    found: dict[tuple[str, str, str], tuple[Line, ...]] = {}
    for line in _lines():
        place = (line.role, line.table, line.action)
        found[place] = (*found.get(place, ()), line)
    return found


@cache
def _deeds() -> dict[str, tuple[str, ...]]:
    found = _read("deeds.csv").groupby("role", sort=False)["deed"].agg(tuple)
    return {str(role): deeds for role, deeds in found.items()}


def _columns(table: str, written: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """The columns a permission names, and how some of them are changed."""
    described = tables.columns(table)
    given: set[str] = {tables.key(table)}
    gone: set[str] = set()
    changes: dict[str, str] = {}
    for word in written.split():
        name, _, change = word.lstrip("-").partition(">")
        if word in LEVELS:
            level = LEVELS.index(word)
            given |= {str(n) for n, s in described["sensitivity"].items() if _level(s) <= level}
        elif name not in described.index or (change and change not in CHANGES):
            raise ValueError(f"policy.csv: {table}: {word}")
        else:
            (gone if word.startswith("-") else given).add(name)
            if change:
                changes[name] = change
    return tuple(str(n) for n in described.index if n in given - gone), changes


def _level(sensitivity: str) -> int:
    return LEVELS.index(sensitivity)
