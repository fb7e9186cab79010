"""People who sign in: Argon2 hashes, which never leave this module through a frame."""

from typing import TYPE_CHECKING, Any

import argon2
import pandas as pd
import sqlalchemy as sa
from argon2.exceptions import InvalidHashError, VerificationError

from carekit.errors import BadInput
from carekit.store import schema
from carekit.store.connect import transaction
from carekit.store.reading import Reader

if TYPE_CHECKING:
    from carekit.store.store import Store

__all__ = ["add_user", "set_password", "verify"]

_HASHER = argon2.PasswordHasher()


def hashed(password: str | None) -> str | None:
    """The hash to keep; None (nobody can sign in) for no password, ``password_empty`` for ""."""
    if password is None:
        return None
    if not password.strip():
        raise BadInput("password_empty")
    return _HASHER.hash(password)


def new_user(
    user_id: str, name: str | None, password: str | None, role: str = "coordinator"
) -> pd.DataFrame:
    """The row of a new user."""
    row = {"user_id": user_id, "name": name or user_id, "role": role}
    return pd.DataFrame([{**row, "password_hash": hashed(password), "disabled": False}])


def add_user(
    store: "Store", user_id: str, name: str, password: str | None, role: str = "coordinator"
) -> str:
    """Add a person who may sign in; gives the step id.

    Raises ``BadInput``: ``user_exists``, ``user_name_wrong``, ``password_empty``,
    ``rows_refused`` (an unknown role).

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na")
    ...     step = add_user(store, "wang.wei", "Wang Wei", "river stone 7")
    ...     store.read("users")[["user_id", "name", "role"]]
        user_id      name         role
    0     li.na     li.na  coordinator
    1  wang.wei  Wang Wei  coordinator
    """
    if not user_id or user_id != user_id.strip():
        raise BadInput("user_name_wrong")
    row = new_user(user_id, name, password, role)

    def build(read: Reader) -> dict[str, pd.DataFrame]:
        if user_id in set(read("users")["user_id"]):
            raise BadInput("user_exists", user=user_id)
        return {"users": row}

    return store._do(build, kind="user", secrets=True)


def set_password(store: "Store", user_id: str, password: str) -> str:
    """Give a person a new password; gives the step id. An undo does not bring the old one back.

    Raises ``BadInput``: ``user_unknown``, ``password_empty``.

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na", password="old river 7")
    ...     step = set_password(store, "li.na", "new river 8")
    ...     [store.verify("li.na", word) is None for word in ("old river 7", "new river 8")]
    [True, False]
    """
    secret = hashed(password)

    def build(read: Reader) -> dict[str, pd.DataFrame]:
        user = read("users").query("user_id == @user_id")
        if user.empty:
            raise BadInput("user_unknown", user=user_id)
        return {"users": user.assign(password_hash=secret)}

    return store._do(build, kind="user", secrets=True)


def verify(store: "Store", user_id: str, password: str) -> dict[str, Any] | None:
    """Who signs in: user_id, name, role, scope, language; None when anything is not right.

    An unknown or disabled user costs the same work as a wrong password.

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na", password="river stone 7")
    ...     verify(store, "li.na", "river stone 7")["role"], verify(store, "li.na", "guess")
    ('coordinator', None)
    """
    stored = schema.stored("users")
    with transaction(store.engine) as connection:
        found = connection.execute(
            sa.select(stored).where(stored.c.user_id == user_id, stored.c.removed == 0)
        ).one_or_none()
    if found is None or found.password_hash is None:
        _HASHER.hash(password)
        return None
    try:
        _HASHER.verify(found.password_hash, password)
    except (VerificationError, InvalidHashError):
        return None
    if found.disabled:
        return None
    return {name: getattr(found, name) for name in ("user_id", "name", "role", "scope", "language")}


def living(connection: sa.Connection, user_id: str | None) -> str:
    """The id of a user who may work: the one named, else the first one added.

    Raises ``BadInput``: ``user_unknown``, ``user_disabled``.
    """
    stored, log = schema.stored("users"), schema.HISTORY
    select = sa.select(stored.c.user_id, stored.c.disabled).where(stored.c.removed == 0)
    if user_id is not None:
        found = connection.execute(select.where(stored.c.user_id == user_id)).one_or_none()
    else:
        added = sa.and_(log.c.table_name == "users", log.c.row_key == stored.c.user_id)
        first = select.join(log, added).where(log.c.before.is_(None))
        found = connection.execute(first.order_by(log.c.step_id, log.c.row_key).limit(1)).first()
    if found is None:
        raise BadInput("user_unknown", user=user_id or "")
    if found.disabled:
        raise BadInput("user_disabled", user=found.user_id)
    return str(found.user_id)
