"""What somebody is still writing: kept for that person alone, until it is saved or let go.

A half-filled form is nobody's fact. It makes no step and no history, the last word wins, and what
is let go is gone from the file.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from carekit.store.schema import DRAFTS

__all__ = ["forget", "keep", "kept"]


def keep(connection: sa.Connection, user_id: str, place: str, body: str) -> None:
    """Keep a draft in the place of the one that was there."""
    saved_at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    row: dict[str, Any] = {"body": body, "saved_at": saved_at}
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
