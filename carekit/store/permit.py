"""Whether a person may make a change: asked before the first row is written, and after the last.

Before, every row that would change must be the person's to change, in every column that changes;
after, it must still be so, so that nobody moves a row, or themselves, into their own reach. Both
are asked of the database inside the writing transaction; a refusal writes nothing at all.
"""

from collections.abc import Iterable, Iterator

import pandas as pd
import sqlalchemy as sa

from carekit import tables
from carekit.errors import NotAllowed
from carekit.store import schema
from carekit.store.history import Change
from carekit.store.policy import Policy
from carekit.store.rows import Row
from carekit.store.rules import Line

__all__ = ["Hidden", "Permit"]

_FEW = 400  # keys asked for in one statement
_OURS = ("version", "removed")

Hidden = dict[str, set[str]]  # key of a row -> columns of it the person cannot see


class Permit:
    """What one person may write in one transaction."""

    def __init__(self, connection: sa.Connection, policy: Policy) -> None:
        self._connection = connection
        self._policy = policy

    def ask(self, table: str, frame: pd.DataFrame) -> Hidden:
        """Before anything is compared: the table, its columns, and the cells that are there.

        A cell the person can neither read nor change is refused whatever it is said to hold: a
        write of what is stored already changes nothing, so it would tell a right guess from a
        wrong one. Said to be empty it was only not seen, as in rows that are given back as they
        were read: such cells are named here, to be left out of the comparing.
        """
        policy, key = self._policy, tables.key(table)
        if not (policy.scopes(table, "add") or policy.scopes(table, "change")):
            raise _refused(table, "write")
        known = {*policy.readable(table), *policy.writable(table), key, "version"}
        if strange := [str(name) for name in frame.columns if name not in known]:
            raise _refused(table, "write", column=", ".join(strange))
        columns = {str(name) for name in frame.columns} - {key, "version"}
        # Not the lines for new rows: an old card of one's own may be out of sight by now.
        lines = [
            line
            for action in ("read", "change")
            if policy.scopes(table, action)
            for line in policy.lines(table, action)
        ]
        everywhere = [line for line in lines if line.rows == "all"]
        if everywhere and columns <= _open_columns(everywhere):
            return {}
        given = [str(name) for name in frame[key].dropna()] if key in frame else []
        living = self._those(table, given, schema.stored(table).c.removed == 0)
        reached = {line: self._in([line], living) for line in lines}
        hidden: Hidden = {}
        for name in living:
            own = [line for line, names in reached.items() if name in names]
            if not own:
                raise _refused(table, "write")
            if unseen := columns - _open_columns(own):
                hidden[name] = unseen
        for column in sorted(set().union(*hidden.values())):
            rows = frame[key].isin([name for name, unseen in hidden.items() if column in unseen])
            if frame.loc[rows, column].notna().any():
                raise _refused(table, "write", column=column)
        return hidden

    def before(self, changes: Iterable[Change]) -> None:
        """The rows that would change, as they are."""
        for change in changes:
            self._look(change, self._already(change))

    def after(self, changes: Iterable[Change]) -> None:
        """All rows that were written, as they have become."""
        for change in changes:
            self._look(change, [row[tables.key(change.table)] for row in change.after])

    def _already(self, change: Change) -> list[str]:
        return [row[tables.key(change.table)] for row in change.before]

    def _look(self, change: Change, keys: list[str]) -> None:
        """Refuse a change of one of these rows that no permission covers."""
        table, key = change.table, tables.key(change.table)
        if not change.after or self._everything(table):
            return
        wanted = set(keys)
        old = {row[key]: row for row in change.before}
        asked: dict[tuple[str, ...], dict[str, set[str]]] = {}  # actions -> key -> columns
        for row in change.after:
            if row[key] in wanted:
                actions, columns = _done(old.get(row[key]), row, key)
                asked.setdefault(actions, {})[row[key]] = columns
        for actions, columns_of in asked.items():
            lines = [
                line
                for action in actions
                if self._policy.scopes(table, action)
                for line in self._policy.lines(table, action)
            ]
            reached = {line: self._in([line], set(columns_of)) for line in lines}
            for name, columns in columns_of.items():
                own = [line for line, names in reached.items() if name in names]
                if not own:
                    raise _refused(table, actions[0])
                if missing := columns - {column for line in own for column in line.columns}:
                    raise _refused(table, actions[0], column=", ".join(sorted(missing)))

    def _everything(self, table: str) -> bool:
        """Whether the person may add and change every column of every row."""
        every = set(tables.columns(table).index)
        return all(
            self._policy.scopes(table, action)
            and any(
                line.rows == "all" and every <= {*line.columns}
                for line in self._policy.lines(table, action)
            )
            for action in ("add", "change")
        )

    def _in(self, lines: Iterable[Line], keys: set[str]) -> set[str]:
        """Which of these rows a permission reaches, as they stand now."""
        found: set[str] = set()
        for line in lines:
            condition = self._policy.condition(line)
            found |= keys if condition is None else self._those(line.table, keys, condition)
        return found

    def _those(
        self, table: str, keys: Iterable[str], condition: sa.ColumnElement[bool]
    ) -> set[str]:
        key = schema.stored(table).c[tables.key(table)]
        select = sa.select(key).where(condition)
        return {
            str(name)
            for some in _parts(sorted(keys))
            for name in self._connection.execute(select.where(key.in_(some))).scalars()
        }


def _open_columns(lines: Iterable[Line]) -> set[str]:
    """The columns these permissions give as they are."""
    return {name for line in lines for name in line.columns if name not in line.changes}


def _done(old: Row | None, new: Row, key: str) -> tuple[tuple[str, ...], set[str]]:
    """Which permission a row needs, and for which columns."""
    names = [name for name in new if name != key and name not in _OURS]
    if old is None or (old["removed"] and not new["removed"]):
        return ("add",), {name for name in names if new[name] is not None}
    if new["removed"] and not old["removed"]:
        return ("add", "change"), set()  # whoever may write it may take it back
    return ("change",), {name for name in names if new[name] != old[name]}


def _parts(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), _FEW):
        yield keys[start : start + _FEW]


def _refused(table: str, action: str, **values: str) -> NotAllowed:
    return NotAllowed("not_allowed", table=table, action=action, **values)
