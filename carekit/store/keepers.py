"""Who keeps the store: at least one administrator who can sign in, at any time.

The administrator is who keeps the computer. In a small branch that is the coordinator: so the first
user of a new store is an administrator, who may do everything a coordinator may. Stores of earlier
versions know no administrators; there the first coordinator becomes one at the next opening.
"""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from carekit.errors import BadInput
from carekit.store import schema
from carekit.store.connect import transaction
from carekit.store.reading import Reader

if TYPE_CHECKING:
    from carekit.store.store import Store

__all__ = ["KEEPER", "keep_one", "one_left"]

KEEPER = "administrator"


def _who_may(role: str) -> sa.ColumnElement[bool]:
    user = schema.stored("users").c
    may = sa.or_(user.disabled.is_(None), user.disabled == 0)
    return sa.and_(user.removed == 0, user.role == role, may)


def one_left(connection: sa.Connection) -> None:
    """Refuse a change of ``users`` that leaves nobody to keep the store: ``user_last``."""
    user = schema.stored("users").c
    if not connection.execute(sa.select(user.user_id).where(_who_may(KEEPER)).limit(1)).first():
        raise BadInput("user_last")


def keep_one(store: "Store") -> None:
    """Make an administrator where a store of an earlier carekit has none, in a step of its own.

    It is the first coordinator who may still sign in; where there is none, nobody.
    """
    user, log = schema.stored("users").c, schema.HISTORY.c
    added = sa.and_(log.table_name == "users", log.row_key == user.user_id, log.before.is_(None))
    first = (
        sa.select(user.user_id)
        .outerjoin(schema.HISTORY, added)
        .where(_who_may("coordinator"))
        .order_by(log.step_id, user.user_id)
    )
    with transaction(store.engine) as connection:
        if connection.execute(sa.select(user.user_id).where(user.role == KEEPER)).first():
            return
        found = connection.execute(first).scalars().first()
    if found is None:
        return

    def build(read: Reader) -> dict[str, Any]:
        everyone = read("users")
        if everyone["role"].eq(KEEPER).any():  # somebody else was quicker
            return {}
        return {"users": everyone[everyone["user_id"].eq(found)].assign(role=KEEPER)}

    store.actor = str(found)
    store._do(build, kind="migrate", by_us=True)
