"""Opening a store that is there, and making a new one: whole or not at all."""

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from carekit import dates
from carekit.errors import BadInput
from carekit.store import connect, migrate, schema, users
from carekit.store.store import Store

__all__ = ["create_store", "open_store"]


def open_store(
    path: str | os.PathLike[str], actor: str | None = None, password: str | None = None
) -> Store:
    """Open a store as a person.

    ``actor`` defaults to ``CAREKIT_USER``, else the first user; with a ``password`` (default
    ``CAREKIT_PASSWORD``) it must be right. Raises ``BadInput``: ``store_missing``,
    ``not_a_store``, ``store_newer``, ``store_damaged``, ``store_unreadable``, ``user_unknown``,
    ``user_disabled``, ``password_wrong``; the file stays as it was and none is made. A store of
    an older schema gets what it lacks first (:mod:`carekit.store.migrate`).

    >>> open_store("not there.care")
    Traceback (most recent call last):
    carekit.errors.BadInput: store_missing
    """
    path = Path(path)
    if actor in (None, "", os.environ.get("CAREKIT_USER")):
        # The password of the environment belongs to its user, not to anybody else named here.
        actor = os.environ.get("CAREKIT_USER") or None
        password = password or os.environ.get("CAREKIT_PASSWORD") or None
    connect.probe(path)
    store = Store(path, connect.open_engine(path), actor or "")
    migrate.migrate(store.engine)
    if actor is None or password is None:
        with connect.transaction(store.engine) as connection:
            store.actor = users.living(connection, actor)
    # An unknown user with a password hears the same as a wrong password, after the same work.
    if password is not None and users.verify(store, store.actor, password) is None:
        raise BadInput("password_wrong")
    return store


def create_store(
    path: str | os.PathLike[str],
    actor: str | None = None,
    password: str | None = None,
    name: str | None = None,
    practice_day: dates.Day | None = None,
    fill: Callable[[Store], object] | None = None,
) -> Store:
    """Make a new store whose first user is ``actor`` (default ``CAREKIT_USER``), and open it.

    Without a password (default ``CAREKIT_PASSWORD``) nobody can sign in yet. ``name`` is the
    person's name; ``practice_day`` is what ``today`` gives from then on; ``fill(store)`` writes
    what the store must hold from its first moment. Raises ``BadInput``:
    ``store_exists``, ``folder_missing``, ``user_name_wrong``, ``password_empty``, ``day_wrong``.
    The file appears complete or not at all.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", "li.na", practice_day="2026-03-02")
    ...     store.actor, store.today().isoformat(), store.read("children").empty
    ('li.na', '2026-03-02', True)
    """
    path = Path(path)
    actor = actor or os.environ.get("CAREKIT_USER") or ""
    password = password if password is not None else os.environ.get("CAREKIT_PASSWORD") or None
    if path.exists() or path.is_symlink():
        raise BadInput("store_exists", path=str(path))
    if not path.parent.is_dir():
        raise BadInput("folder_missing", path=str(path.parent))
    if not actor or actor != actor.strip():
        raise BadInput("user_name_wrong")
    frames = {"users": users.new_user(actor, name, password)}
    if practice_day is not None:
        day = dates.day(practice_day).isoformat()
        frames["settings"] = pd.DataFrame({"setting_id": ["practice_day"], "value": [day]})
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        _fill(draft, actor, frames, fill)
        _move(draft, path)
    finally:
        for left in ("", "-wal", "-shm"):
            draft.with_name(draft.name + left).unlink(missing_ok=True)
    return Store(path, connect.open_engine(path), actor)


def _fill(
    draft: Path,
    actor: str,
    frames: Mapping[str, pd.DataFrame],
    fill: Callable[[Store], object] | None,
) -> None:
    draft.touch(mode=0o600)  # for nobody else on this computer; its -wal and -shm follow
    engine = connect.open_engine(draft, create=True)
    with connect.transaction(engine, write=True) as connection:
        connection.exec_driver_sql(f"pragma application_id = {schema.APPLICATION_ID}")
        connection.exec_driver_sql(f"pragma user_version = {schema.NUMBER}")
        schema.METADATA.create_all(connection)
    store = Store(draft, engine, actor)
    store._do(lambda read: frames, kind="init", secrets=True)
    if fill is not None:
        fill(store)


def _move(draft: Path, path: Path) -> None:
    """Give the finished file its name, never over another one."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise BadInput("store_exists", path=str(path)) from None
    except OSError:  # a disk without links
        if path.exists():
            raise BadInput("store_exists", path=str(path)) from None
        draft.rename(path)
