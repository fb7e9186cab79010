"""People who sign in. Who may come in is a row of ``users``; what a password opens is a wrap of the
store's keys (``keyfile``), written while the store is locked for writing: no password and nothing
made of one is in the database, its history or a frame.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd
import sqlalchemy as sa

from carekit import tables
from carekit.errors import BadInput
from carekit.store import keepers, keyfile, schema
from carekit.store.connect import transaction
from carekit.store.keepers import KEEPER
from carekit.store.passwords import chosen, user_fault
from carekit.store.reading import Reader

if TYPE_CHECKING:
    from carekit.store.store import Store

__all__ = [
    "SCOPES",
    "add_user",
    "change_password",
    "change_role",
    "disable_user",
    "set_password",
    "verify",
    "who",
]

# role -> the table of what it is tied to
SCOPES = {"helper": "helpers", "class_teacher": "classes"}


def new_user(user_id: str, name: str | None, role: str = KEEPER) -> pd.DataFrame:
    """The row of a store's first user: who keeps the computer, and may do all a coordinator may."""
    row = {"user_id": user_id, "name": name or user_id, "role": role, "disabled": False}
    return pd.DataFrame([row])


def add_user(
    store: "Store",
    user_id: str,
    name: str,
    password: str | None,
    role: str = "coordinator",
    scope: str | None = None,
) -> str:
    """Add a person who may sign in; gives the step id. Without a password not yet.

    ``scope`` is what a role is tied to (``SCOPES``): the helper_id of a helper, the class_id of a
    class teacher. Raises ``NotAllowed``, and ``BadInput``: ``user_exists``, ``user_name_wrong``,
    ``password_empty``, ``password_short``, ``password_is_user``, ``password_common``,
    ``scope_missing``, ``scope_unwanted``, ``scope_unknown``, ``rows_refused`` (an unknown role).

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na")
    ...     step = add_user(store, "wang.wei", "Wang Wei", "river stone 7", role="planner")
    ...     store.read("users")[["user_id", "name", "role"]]
        user_id      name           role
    0     li.na     li.na  administrator
    1  wang.wei  Wang Wei        planner
    """
    if fault := user_fault(user_id):
        raise BadInput(fault)
    table = _tied(role, scope)
    row = {"user_id": user_id, "name": name or user_id, "role": role, "scope": scope}
    secret = None if password is None else chosen(password, user_id, _near(store, name))
    frame = pd.DataFrame([{**row, "disabled": False}])

    def build(read: Reader) -> dict[str, pd.DataFrame]:
        if user_id in set(read("users")["user_id"]):
            raise BadInput("user_exists", user=user_id)
        _look_up(read, table, scope)
        return {"users": frame}

    return store._do(build, kind="user", after=_wrap(store, user_id, secret))


def set_password(store: "Store", user_id: str, password: str) -> str:
    """Give a person a new password; gives the step id. An undo does not bring the old one back.

    The keys of the store stay what they are: only their wrap for this person is made anew.
    Raises ``BadInput``: ``user_unknown``, ``user_disabled``, ``password_empty``,
    ``password_short``, ``password_is_user``, ``password_common``.

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na", password="old river 7")
    ...     step = set_password(store, "li.na", "new river 8")
    ...     [store.verify("li.na", word) is None for word in ("old river 7", "new river 8")]
    [True, False]
    """
    secret = chosen(password, user_id, _near(store))
    if user_id == store.actor:  # nobody needs leave for the own one
        store.policy()
        return store._do(lambda read: {}, kind="password", after=_wrap(store, user_id, secret))

    def unchanged(user: pd.DataFrame, read: Reader) -> pd.DataFrame:
        if user["disabled"].fillna(False).any():
            raise BadInput("user_disabled", user=user_id)
        return user

    return _change(store, user_id, unchanged, secret)


def change_password(store: "Store", user_id: str, old: str, new: str) -> str:
    """A person's own new password, given with the old one; gives the step id.

    Raises ``BadInput``: ``password_old_wrong``, and what :func:`set_password` raises.

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na", password="old river 7")
    ...     change_password(store, "li.na", "a guess", "new river 8")
    Traceback (most recent call last):
    carekit.errors.BadInput: password_old_wrong
    """
    if verify(store, user_id, old) is None:
        raise BadInput("password_old_wrong")
    return set_password(store, user_id, new)


def change_role(store: "Store", user_id: str, role: str, scope: str | None = None) -> str:
    """Let a person work as something else, or for another class or helper; gives the step id.

    Raises ``NotAllowed``, and ``BadInput``: ``user_unknown``, ``user_last`` (nobody could keep the
    store any more), ``scope_missing``, ``scope_unwanted``, ``scope_unknown``, ``rows_refused``.

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na")
    ...     step = add_user(store, "wang.wei", "Wang Wei", None, role="planner")
    ...     step = change_role(store, "wang.wei", "coordinator")
    ...     print(store.read("users")["role"].tolist())
    ...     change_role(store, "li.na", "planner")
    Traceback (most recent call last):
    carekit.errors.BadInput: user_last
    """
    table = _tied(role, scope)

    def changed(user: pd.DataFrame, read: Reader) -> pd.DataFrame:
        _look_up(read, table, scope)
        return user.assign(role=role, scope=pd.Series([scope], index=user.index, dtype="string"))

    return _change(store, user_id, changed)


def disable_user(store: "Store", user_id: str, disabled: bool = True) -> str:
    """Let a person sign in no longer (or, with ``disabled=False``, again); gives the step id.

    The wrap of a person who is disabled goes: to sign in again they need a new password. What the
    person did stays in their name. Raises ``BadInput``: ``user_unknown``, ``user_last`` (nobody
    could keep the store any more).

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na")
    ...     disable_user(store, "li.na")
    Traceback (most recent call last):
    carekit.errors.BadInput: user_last
    """

    def switched(user: pd.DataFrame, read: Reader) -> pd.DataFrame:
        everyone = read("users")
        others = everyone[everyone["user_id"] != user_id]
        keepers = (others["role"] == KEEPER) & ~others["disabled"].fillna(False)
        if disabled and not keepers.any():
            raise BadInput("user_last", user=user_id)
        return user.assign(disabled=disabled)

    return _change(store, user_id, switched)


def _change(
    store: "Store",
    user_id: str,
    change: Callable[[pd.DataFrame, Reader], pd.DataFrame],
    password: str | None = None,
) -> str:
    def build(read: Reader) -> dict[str, pd.DataFrame]:
        everyone = read("users")
        user = everyone[everyone["user_id"] == user_id]
        if user.empty:
            raise BadInput("user_unknown", user=user_id)
        return {"users": change(user, read)}

    return store._do(build, kind="user", after=_wrap(store, user_id, password))


def _tied(role: str, scope: str | None) -> str | None:
    """The table of what a role is tied to; refuses a scope that is missing or too much."""
    table = SCOPES.get(role)
    if table and not scope:
        raise BadInput("scope_missing")
    if scope and not table:
        raise BadInput("scope_unwanted")
    return table


def _look_up(read: Reader, table: str | None, scope: str | None) -> None:
    if table and scope not in set(read(table)[tables.key(table)]):
        raise BadInput("scope_unknown", scope=scope)


def _near(store: "Store", *names: str) -> list[str]:
    """Names a password may not be made of: the branch's and the person's."""
    return [*names, store.setting("branch_name") or ""]


def _wrap(store: "Store", user_id: str, password: str | None) -> Callable[[], None] | None:
    """Wrap the keys for a person, under the lock of the step that does so."""
    if password is None:
        return None

    def wrap() -> None:
        file = keyfile.read(store.path)
        keyfile.write(store.path, file.with_person(store.keys, user_id, password))

    return wrap


def shut_out(connection: sa.Connection, store: "Store") -> None:
    """Remove the wraps of everybody who may no longer come in: disabled, or taken back."""
    keepers.one_left(connection)
    stored = schema.stored("users")
    may = sa.or_(stored.c.disabled.is_(None), stored.c.disabled == 0)
    living = connection.execute(sa.select(stored.c.user_id).where(stored.c.removed == 0, may))
    file = keyfile.read(store.path)
    left = file.only(store.keys, living.scalars())
    if left != file:
        keyfile.write(store.path, left)


def verify(store: "Store", user_id: str, password: str) -> dict[str, Any] | None:
    """Who signs in: user_id, name, role, scope, language; None when anything is not right.

    An unknown or disabled user costs the same work as a wrong password.

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na", password="river stone 7")
    ...     verify(store, "li.na", "river stone 7")["role"], verify(store, "li.na", "guess")
    ('administrator', None)
    """
    if keyfile.read(store.path).unlocked(user_id, password) != store.keys:
        return None
    return who(store, user_id)


def who(store: "Store", user_id: str) -> dict[str, Any] | None:
    """A person as :func:`verify` gives them, None when they may not come in."""
    stored = schema.stored("users")
    with transaction(store.engine) as connection:
        found = connection.execute(
            sa.select(stored).where(stored.c.user_id == user_id, stored.c.removed == 0)
        ).one_or_none()
    if found is None or found.disabled:
        return None
    return {name: getattr(found, name) for name in ("user_id", "name", "role", "scope", "language")}


def living(connection: sa.Connection, user_id: str | None) -> str:
    """The id of a user who may work: the one named, else the first one added who still may.

    Raises ``BadInput``: ``user_unknown``, ``user_disabled``.
    """
    stored, log = schema.stored("users"), schema.HISTORY
    select = sa.select(stored.c.user_id, stored.c.disabled).where(stored.c.removed == 0)
    if user_id is not None:
        found = connection.execute(select.where(stored.c.user_id == user_id)).one_or_none()
    else:
        added = sa.and_(log.c.table_name == "users", log.c.row_key == stored.c.user_id)
        may = sa.or_(stored.c.disabled.is_(None), stored.c.disabled == 0)
        first = select.join(log, added).where(log.c.before.is_(None), may)
        found = connection.execute(first.order_by(log.c.step_id, log.c.row_key).limit(1)).first()
    if found is None:
        raise BadInput("user_unknown", user=user_id or "")
    if found.disabled:
        raise BadInput("user_disabled", user=found.user_id)
    return str(found.user_id)
