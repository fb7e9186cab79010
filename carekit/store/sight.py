"""What one person sees of a table: the statement that reads it, and the frame of what it gives.

Rows and columns that are not the person's stay in the database. A column that is the person's in
some rows only is empty in the others; one that is given as something else (a year, a tier) comes
under its own name, and ids that are given as pseudonyms are hashed before the frame leaves here.

>>> from carekit.store.policy import Policy
>>> from carekit.store.scopes import Who
>>> sight("children", Policy("analyst", Who("chen.jing", None, "2026-03-02"))).names[:4]
['child_id', 'sex', 'birth_year', 'parents_away']
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from carekit import people, tables
from carekit.store import rows, schema
from carekit.store.policy import Policy
from carekit.store.rules import Line

__all__ = ["Sight", "Tag", "pseudonym", "sight", "tier_of"]

Tag = Callable[[str], str]  # a keyed hash (``Keys.tag``)
_LONG = 12  # hexadecimal digits: two of a million ids are alike once in five hundred stores


@dataclass(frozen=True)
class Sight:
    """A statement on one table, and what its columns are."""

    table: str
    select: sa.Select[Any]
    names: list[str]
    kinds: dict[str, str]  # of columns the dictionary does not have
    pseudonyms: dict[str, str]  # column -> the table whose ids it holds
    whole: bool = True  # every row there is

    def frame(self, found: Sequence[Sequence[Any]], tag: Tag) -> pd.DataFrame:
        """The typed frame of the rows the statement gave; ``tag`` makes the pseudonyms."""
        frame = rows.from_rows(self.table, self.names, found, self.kinds)
        if not self.pseudonyms:
            return frame
        hashed = {column: _hashed(frame[column], of, tag) for column, of in self.pseudonyms.items()}
        # In the order of the hashes: that of the ids would tell who is who.
        return frame.assign(**hashed).sort_values(self.names[0], ignore_index=True)


def sight(table: str, policy: Policy | None) -> Sight:
    """What a person sees of a table; ``NotAllowed`` where it is nothing at all.

    Without a policy it is everything: for the store itself.
    """
    stored = schema.stored(table)
    if policy is None:
        names = [column.name for column in stored.columns if column.name != "removed"]
        every = sa.select(*(stored.c[name] for name in names)).where(stored.c.removed == 0)
        return Sight(table, every.order_by(stored.c[tables.key(table)]), names, {}, {})
    lines = policy.lines(table, "read")
    changes = {name: change for line in lines for name, change in line.changes.items()}
    references = tables.columns(table)["references"]
    key = tables.key(table)
    columns: dict[str, sa.ColumnElement[Any]] = {}
    kinds: dict[str, str] = {}
    pseudonyms: dict[str, str] = {}
    for column in stored.columns:
        giving = tuple(line for line in lines if column.name in line.columns)
        if not giving:
            continue
        name, value, kind = _as(column, changes.get(column.name))
        columns[name] = _where(value, giving, lines, policy).label(name)
        if kind:
            kinds[name] = kind
        if changes.get(column.name) == "pseudonym":
            pseudonyms[column.name] = str(references[column.name]) or table
    if key not in pseudonyms:  # a pseudonymous row is nobody's to change
        columns["version"] = stored.c.version
    select = sa.select(*columns.values()).where(stored.c.removed == 0)
    if (condition := policy.anywhere(lines)) is not None:
        select = select.where(condition)
    select = select.order_by(stored.c[key])
    return Sight(table, select, list(columns), kinds, pseudonyms, condition is None)


def pseudonym(tag: Tag, table: str, name: str) -> str:
    """The pseudonym of an id: the same wherever the id stands, unknowable without the key.

    >>> from carekit.store.keys import Keys
    >>> tag = Keys(bytes(32), bytes(32)).tag
    >>> pseudonym(tag, "children", "C00001") == pseudonym(tag, "children", "C00001")
    True
    """
    prefix = str(tables.tables().at[table, "prefix"])
    return f"{prefix}-{tag(f'pseudonym/{table}/{name}')[:_LONG]}"


def _hashed(ids: pd.Series, table: str, tag: Tag) -> pd.Series:
    """:func:`pseudonym` of a column."""
    prefix = str(tables.tables().at[table, "prefix"])
    codes, names = pd.factorize(ids.to_numpy(dtype=object))  # empty is -1: the last one
    known = [f"{prefix}-{tag(f'pseudonym/{table}/{name}')[:_LONG]}" for name in names]
    return pd.Series(np.array([*known, None], dtype=object)[codes], ids.index, dtype="string")


def _as(column: sa.Column[Any], change: str | None) -> tuple[str, sa.ColumnElement[Any], str]:
    """Under which name, as what and of which kind a column is given; no kind = as it is."""
    if change == "year":
        name = column.name.removesuffix("_date").removesuffix("_on")
        name = f"{name}_year" if name != column.name else "year"
        return name, sa.cast(sa.func.substr(column, 1, 4), sa.Integer), "whole"
    if change == "tier":
        return "tier", tier_of(), "whole"
    return column.name, column, ""


def tier_of() -> sa.ColumnElement[int]:
    """``people.priority`` in the database: the circumstances themselves stay there."""
    child = schema.stored("children").c
    held = ";" + sa.func.coalesce(child.circumstances, "") + ";"
    urgent = []
    for tier, codes in sorted(people.TIERS.items()):
        found = [held.contains(f";{code};", autoescape=True) for code in codes]
        if "nobody_supervising" in codes:
            found.append(sa.func.coalesce(child.supervised, "") == "no")
        urgent.append((sa.or_(*found), sa.literal(tier)))
    return sa.case(*urgent, else_=sa.literal(people.LAST_TIER))


def _where(
    value: sa.ColumnElement[Any], giving: tuple[Line, ...], lines: tuple[Line, ...], policy: Policy
) -> sa.ColumnElement[Any]:
    """A value in the rows where it is the person's, else empty."""
    condition = None if len(giving) == len(lines) else policy.anywhere(giving)
    return value if condition is None else sa.case((condition, value), else_=sa.null())
