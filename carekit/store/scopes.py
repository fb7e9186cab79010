"""Which rows a scope of the policy means, as a condition the database evaluates.

Nothing else leaves the database: a condition is part of the statement that reads, and of the one
that looks whether a row may be written. Every condition is about stored rows as they stand in the
transaction; rows that were taken back open nothing to anybody.

- ``all``; ``mine``: in the own name (``user_id``)
- ``own_class``: children of the class of ``users.scope`` and what is around them
- ``own_children``: children with an open file whose pairing with the helper of ``users.scope``
  holds on the day, and what is around them; ``own_contacts``: the own record cards with them;
  ``paired_then``: a contact in the helper's own name, with a child paired on the contact's day;
  ``own_cards``: both of these;
  ``own``: the helper itself; ``beside``: who else is or was paired with an own child
- ``open``: children with an open file and what is around them
- ``to_plan``: open files, and whoever is on a list of an outing; ``going``: children with an open
  file in a group of an outing that is not over, and their adults; ``for_outings``: consents to
  an outing
- ``schemes``: settings that hold a scheme

>>> from carekit.store.scopes import Who, condition
>>> print(condition("for_outings", "consents", Who("wang.wei", None, "2026-03-02")))
consents.purpose = :purpose_1
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from carekit import dates
from carekit.store import schema

__all__ = ["ALONE", "GIVEN_BY", "Who", "condition", "names"]

SCHEMES = "scheme/"  # settings of this name hold a scheme (``pairing.schemes.KEPT``)
# Tables whose rows say who is whose: when they change, other tables may show other rows.
ALONE = {"all", "mine", "for_outings", "schemes"}  # scopes a row meets by itself
GIVEN_BY = ("users", "pairings", "children", "outing_people", "outings", "helpers", "settings")

_TIED = ("own_class", "own_children", "own_contacts", "own_cards", "paired_then", "own", "beside")

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Who:
    """Of whom a scope speaks: the person, what the person is tied to, and the day."""

    user_id: str
    scope: str | None
    today: str  # 2026-03-02


def condition(rows: str, table: str, who: Who) -> Condition | None:
    """The condition on a row of the table; None where every row is meant.

    Raises ``LookupError`` for a scope that has no meaning for the table: the policy is wrong.
    """
    if rows == "all":
        return None
    scope = _SCOPES[rows, table]
    if rows in _TIED and not who.scope:  # "== None" would be true of empty cells
        return sa.false()
    return scope(schema.stored(table).c, who)


def names(table: str) -> set[str]:
    """The scopes that have a meaning for a table."""
    return {"all"} | {rows for rows, of in _SCOPES if of == table}


# -- who is whose ---------------------------------------------------------------------------------


def _living(table: str, column: str, *conditions: Condition) -> sa.Select[tuple[str]]:
    """One column of the living rows of a table for which this holds."""
    stored = schema.stored(table)
    found = sa.select(stored.c[column]).where(
        stored.c.removed == 0, stored.c[column].is_not(None), *conditions
    )
    return found.correlate(None)  # of its own, also where the same table is asked around it


def _open(table: str, who: Who) -> Condition:
    closed = schema.stored(table).c.closed_on
    return sa.or_(closed.is_(None), closed > who.today)


def _holds(who: Who) -> Condition:
    """Whether a pairing holds on the day: since it began, until the day before it is over."""
    pairing = schema.stored("pairings").c
    return sa.and_(
        pairing.since <= who.today, sa.or_(pairing.until.is_(None), pairing.until > who.today)
    )


def _children_open(who: Who) -> sa.Select[tuple[str]]:
    return _living("children", "child_id", _open("children", who))


def _children_of_class(who: Who) -> sa.Select[tuple[str]]:
    mine = schema.stored("children").c.class_id == who.scope
    return _living("children", "child_id", mine, _open("children", who))


def _children_of_helper(who: Who) -> sa.Select[tuple[str]]:
    pairing = schema.stored("pairings").c
    mine = pairing.helper_id == who.scope
    open_ = pairing.child_id.in_(_children_open(who))
    return _living("pairings", "child_id", mine, _holds(who), open_)


def _outings_of(named: Callable[[Who], sa.Select[tuple[str]]], who: Who) -> sa.Select[tuple[str]]:
    """Outings with a group for one of these children (and for the helper who asks)."""
    person = schema.stored("outing_people").c
    there = sa.or_(person.child_id.in_(named(who)), person.helper_id == who.scope)
    return _living("outing_people", "outing_id", there, person.group.is_not(None))


def _children_going(who: Who) -> sa.Select[tuple[str]]:
    """Children with an open file in a group of an outing that is not over.

    The day after still belongs to it.
    """
    person, outing = schema.stored("outing_people").c, schema.stored("outings").c
    yesterday = (dates.day(who.today) - dt.timedelta(days=1)).isoformat()
    coming = _living("outings", "outing_id", outing.day >= yesterday)
    there = sa.and_(person.outing_id.in_(coming), person.group.is_not(None))
    open_ = person.child_id.in_(_children_open(who))
    return _living("outing_people", "child_id", there, open_)


def _on_a_list(column: str) -> sa.Select[tuple[str]]:
    return _living("outing_people", column)


def _places_of(named: sa.Select[tuple[str]], column: str) -> sa.Select[tuple[str]]:
    child = schema.stored("children").c
    return _living("children", column, child.child_id.in_(named))


def _schools_of(classes: sa.Select[tuple[str]]) -> sa.Select[tuple[str]]:
    one = schema.stored("classes").c
    return _living("classes", "school_id", one.class_id.in_(classes))


def _helpers_of(named: sa.Select[tuple[str]], *also: Condition) -> sa.Select[tuple[str]]:
    pairing = schema.stored("pairings").c
    return _living("pairings", "helper_id", pairing.child_id.in_(named), *also)


def _paired_then(row: sa.ColumnCollection, who: Who) -> Condition:
    pairing = schema.stored("pairings").alias("then").c
    then = sa.and_(
        pairing.removed == 0,
        pairing.helper_id == who.scope,
        pairing.child_id == row.child_id,
        pairing.since <= row.day,
        sa.or_(pairing.until.is_(None), pairing.until > row.day),
    )
    return sa.and_(row.helper_id == who.scope, sa.exists(sa.select(pairing.child_id).where(then)))


# -- the scopes -----------------------------------------------------------------------------------

Scope = Callable[[sa.ColumnCollection, Who], Condition]


def _around(
    rows: str, named: Callable[[Who], sa.Select[tuple[str]]], *others: str
) -> dict[tuple[str, str], Scope]:
    """The tables with a ``child_id``, for these children."""
    of: dict[tuple[str, str], Scope] = {
        (rows, table): lambda row, who: row.child_id.in_(named(who))
        for table in ("children", "guardians", "pairings", "contacts", "consents", *others)
    }
    return of


_SCOPES: dict[tuple[str, str], Scope] = {
    ("mine", "decisions"): lambda row, who: row.user_id == who.user_id,
    # a class
    **_around("own_class", _children_of_class, "outing_people"),
    ("own_class", "helpers"): lambda row, who: row.helper_id.in_(
        _helpers_of(_children_of_class(who), _holds(who))
    ),
    ("own_class", "outings"): lambda row, who: row.outing_id.in_(
        _outings_of(_children_of_class, who)
    ),
    ("own_class", "villages"): lambda row, who: row.village_id.in_(
        _places_of(_children_of_class(who), "village_id")
    ),
    ("own_class", "classes"): lambda row, who: row.class_id == who.scope,
    ("own_class", "schools"): lambda row, who: row.school_id.in_(
        _living("classes", "school_id", schema.stored("classes").c.class_id == who.scope)
    ),
    # a helper
    **_around("own_children", _children_of_helper),
    ("own_children", "outing_people"): lambda row, who: sa.or_(
        row.child_id.in_(_children_of_helper(who)),
        sa.and_(row.helper_id == who.scope, row.child_id.is_(None)),
    ),
    ("own_children", "outings"): lambda row, who: row.outing_id.in_(
        _outings_of(_children_of_helper, who)
    ),
    ("own_children", "villages"): lambda row, who: row.village_id.in_(
        _places_of(_children_of_helper(who), "village_id")
    ),
    ("own_children", "classes"): lambda row, who: row.class_id.in_(
        _places_of(_children_of_helper(who), "class_id")
    ),
    ("own_children", "schools"): lambda row, who: row.school_id.in_(
        _schools_of(_places_of(_children_of_helper(who), "class_id"))
    ),
    ("own_contacts", "contacts"): lambda row, who: sa.and_(
        row.helper_id == who.scope, row.child_id.in_(_children_of_helper(who))
    ),
    ("own_cards", "contacts"): lambda row, who: sa.and_(
        row.child_id.in_(_children_of_helper(who)), _paired_then(row, who)
    ),
    ("paired_then", "contacts"): _paired_then,
    ("own", "helpers"): lambda row, who: row.helper_id == who.scope,
    ("beside", "helpers"): lambda row, who: row.helper_id.in_(
        _helpers_of(_children_of_helper(who))
    ),
    # every open file
    **_around("open", _children_open),
    ("open", "helpers"): lambda row, who: _open("helpers", who),
    # outings
    ("to_plan", "children"): lambda row, who: sa.or_(
        _open("children", who), row.child_id.in_(_on_a_list("child_id"))
    ),
    ("to_plan", "helpers"): lambda row, who: sa.or_(
        _open("helpers", who), row.helper_id.in_(_on_a_list("helper_id"))
    ),
    ("going", "children"): lambda row, who: row.child_id.in_(_children_going(who)),
    ("going", "guardians"): lambda row, who: row.child_id.in_(_children_going(who)),
    ("for_outings", "consents"): lambda row, who: row.purpose == "outing",
    # settings
    ("schemes", "settings"): lambda row, who: row.setting_id.startswith(SCHEMES, autoescape=True),
}
