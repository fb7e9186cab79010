"""The one place that decides: what a person may read, write and do.

A :class:`Policy` is one person with role and scope, read from ``users`` inside the transaction it
decides in; never told by a caller. Deny by default: what ``policy.csv`` and ``deeds.csv`` do not
list is refused with ``NotAllowed("not_allowed")``, which names table, column or deed and never a
person. Columns that are not the person's are left out of frames; rows that are not do not exist.

Roles bind people who come through the server or the command line. Whoever holds the file and a
key holds everything, so only administrators do. While a store has no user at all (it is just being
made) everything is allowed; from then on an actor who is no user, or is disabled, may do nothing.

>>> from carekit.store.scopes import Who
>>> helper = Policy("helper", Who("wang.wei", "H00001", "2026-03-02"))
>>> helper.may("import"), helper.readable("trainings"), helper.readable("guardians")[:3]
(False, (), ('guardian_id', 'child_id', 'role'))
>>> helper.need("import")
Traceback (most recent call last):
carekit.errors.NotAllowed: not_allowed
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import sqlalchemy as sa

from carekit.errors import NotAllowed
from carekit.store import rules, schema
from carekit.store.rules import Line
from carekit.store.scopes import ALONE, GIVEN_BY, Who, condition

__all__ = ["OURS", "PUBLIC_SETTINGS", "Policy", "policy_of"]

# Of every person: what stands in the header, and which day it is.
PUBLIC_SETTINGS = ("branch_name", "practice_day")
# Kinds of steps that are a deed of their own; the name up to the first "_".
KINDS = {
    "publish": "publish",
    "rematch": "publish",  # pairings end and begin, as when a proposal is published
    "import": "import",
    "demo": "import",
    "user": "users",
    "setting": "settings",
    "recovery": "recovery",
    "erase": "erase",
    "backup": "backup",
}


@dataclass(frozen=True)
class Policy:
    """What one person may do; ``founding``: nobody is a user yet."""

    role: str
    who: Who
    name: str = ""
    founding: bool = False
    tag: Callable[[str], str] = field(default=str, repr=False, compare=False)  # for pseudonyms

    @property
    def scope(self) -> str | None:
        """What the person is tied to: a helper, a class."""
        return self.who.scope

    # -- deeds -----------------------------------------------------------------------------------

    def may(self, deed: str) -> bool:
        """Whether the person may do a deed of ``deeds.csv``."""
        return self.founding or deed in rules.deeds(self.role)

    def need(self, deed: str) -> None:
        """Refuse who may not do a deed."""
        if not self.may(deed):
            raise NotAllowed("not_allowed", deed=deed)

    def need_kind(self, kind: str) -> None:
        """Refuse a step of a kind that is a deed the person may not do."""
        if (deed := KINDS.get(kind.partition("_")[0])) is not None:
            self.need(deed)

    def need_undo(self, user_id: str) -> None:
        """Refuse taking back a step of this user."""
        if not self.may("undo"):
            self.need("undo_own" if user_id == self.who.user_id else "undo")

    def views(self) -> tuple[str, ...]:
        """The views the person may open."""
        return tuple(sorted(d[5:] for d in rules.deeds(self.role) if d.startswith("view_")))

    def rights(self) -> tuple[str, ...]:
        """Every deed the person may do, and ``add_<table>``, ``change_<table>``: for buttons.

        >>> "change_contacts" in Policy("helper", Who("wang.wei", "H1", "2026-03-02")).rights()
        True
        """
        deeds = {deed for role in rules.roles() for deed in rules.deeds(role) if self.may(deed)}
        given = rules.every_line()
        writes = {
            f"{x.action}_{x.table}" for x in given if x.role == self.role and x.action != "read"
        }
        return tuple(sorted(deeds | writes))

    # -- tables ----------------------------------------------------------------------------------

    def lines(self, table: str, action: str) -> tuple[Line, ...]:
        """The permissions for a table; ``NotAllowed`` where there is none."""
        schema.stored(table)  # refuses what the dictionary does not know
        found = rules.lines(self.role, table, action)
        if not found:
            raise NotAllowed("not_allowed", table=table, action=action)
        return found

    def scopes(self, table: str, action: str = "read") -> set[str]:
        """The scopes of the rows a person may read, add or change; empty = none."""
        return {line.rows for line in rules.lines(self.role, table, action)}

    def readable(self, table: str) -> tuple[str, ...]:
        """The columns of a table the person may read in one row at least."""
        return self._columns(table, "read")

    def writable(self, table: str) -> tuple[str, ...]:
        """The columns of a table the person may add or change in one row at least."""
        return self._columns(table, "add", "change")

    def _columns(self, table: str, *actions: str) -> tuple[str, ...]:
        given = {
            name
            for action in actions
            for line in rules.lines(self.role, table, action)
            for name in line.columns
            if name not in line.changes
        }
        return tuple(c.name for c in schema.stored(table).columns if c.name in given)

    def condition(self, line: Line) -> sa.ColumnElement[bool] | None:
        """The rows of a permission; None = all of them."""
        return condition(line.rows, line.table, self.who)

    def anywhere(self, lines: tuple[Line, ...]) -> sa.ColumnElement[bool] | None:
        """The rows of any of these permissions; None = all of them."""
        found = [self.condition(line) for line in lines]
        if any(one is None for one in found):
            return None
        return sa.or_(sa.false(), *(one for one in found if one is not None))

    # -- what follows from the rows ------------------------------------------------------------

    @cached_property
    def leaning(self) -> frozenset[str]:
        """The tables whose change may show this person other rows of other tables."""
        scopes = {line.rows for line in self._reading()}
        return frozenset(("users",) if scopes <= ALONE else GIVEN_BY)

    def _reading(self) -> list[Line]:
        every = (line for line in rules.every_line() if line.role == self.role)
        return [line for line in every if line.action == "read"]

    def changed(self, tables: set[str]) -> set[str]:
        """Of tables that have changed: those this person must read again."""
        if self.founding:
            return tables
        own = {line.table for line in self._reading()}
        return own if tables & self.leaning else tables & own


OURS = Policy("administrator", Who("", None, ""), founding=True)  # of the store itself


def policy_of(
    connection: sa.Connection, actor: str, today: dt.date, tag: Callable[[str], str]
) -> Policy:
    """The policy of an actor as ``users`` stands in this transaction.

    Raises ``NotAllowed("not_allowed")`` for who is no user, or is disabled.
    """
    stored = schema.stored("users")
    living = stored.c.removed == 0
    found = connection.execute(
        sa.select(stored).where(stored.c.user_id == actor, living)
    ).one_or_none()
    if found is None and not connection.execute(sa.select(stored.c.user_id).limit(1)).first():
        return Policy("administrator", Who(actor, None, today.isoformat()), founding=True)
    if found is None or found.disabled:
        raise NotAllowed("not_allowed", deed="sign_in")
    who = Who(actor, found.scope or None, today.isoformat())
    return Policy(str(found.role), who, str(found.name or actor), tag=tag)
