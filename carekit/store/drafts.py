"""What is still being written: by one person, or by several on one draft.

A half-filled form is nobody's fact: it is kept for its person alone, the last word wins, and what
is let go is gone from the file. A shared draft has a number: whoever saves says which number was
seen, so that nobody writes over what another has saved meanwhile. Neither makes a step or history.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from carekit.errors import Stale
from carekit.store.schema import DRAFTS, SHARED

__all__ = ["Shared", "forget", "keep", "kept", "share", "shared"]


@dataclass(frozen=True)
class Shared:
    """A draft of several people: number 0 and no body where nobody saved one."""

    number: int = 0
    body: str | None = None
    user_id: str = ""  # who saved it last
    saved_at: str = ""  # UTC, ISO 8601


def keep(connection: sa.Connection, user_id: str, place: str, body: str) -> None:
    """Keep a draft in the place of the one that was there."""
    row: dict[str, Any] = {"body": body, "saved_at": _now()}
    insert = sqlite.insert(DRAFTS).values(user_id=user_id, place=place, **row)
    connection.execute(insert.on_conflict_do_update(index_elements=["user_id", "place"], set_=row))


def kept(connection: sa.Connection, user_id: str, place: str) -> str | None:
    """The draft of a place, None where there is none."""
    mine = sa.and_(DRAFTS.c.user_id == user_id, DRAFTS.c.place == place)
    body: str | None = connection.execute(sa.select(DRAFTS.c.body).where(mine)).scalar()
    return body


def forget(connection: sa.Connection, user_id: str, place: str) -> None:
    """Let a draft go."""
    mine = sa.and_(DRAFTS.c.user_id == user_id, DRAFTS.c.place == place)
    connection.execute(sa.delete(DRAFTS).where(mine))


def share(
    connection: sa.Connection, user_id: str, place: str, body: str | None, seen: int
) -> Shared:
    """Save a shared draft over the one with the number seen; ``Stale("draft_newer")`` else."""
    there = shared(connection, place)
    if there.number != seen:
        raise Stale("draft_newer", user=there.user_id, saved_at=there.saved_at)
    new = Shared(seen + 1, body, user_id, _now())
    row: dict[str, Any] = {name: getattr(new, name) for name in ("number", "body", "user_id")}
    row["saved_at"] = new.saved_at
    insert = sqlite.insert(SHARED).values(place=place, **row)
    connection.execute(insert.on_conflict_do_update(index_elements=["place"], set_=row))
    return new


def shared(connection: sa.Connection, place: str) -> Shared:
    """The shared draft of a place."""
    names = (SHARED.c.number, SHARED.c.body, SHARED.c.user_id, SHARED.c.saved_at)
    found = connection.execute(sa.select(*names).where(SHARED.c.place == place)).one_or_none()
    return Shared() if found is None else Shared(*found)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
