"""Opening a store that is there, and making a new one: whole or not at all."""

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from carekit import dates
from carekit.errors import BadInput
from carekit.store import (
    backup,
    connect,
    keepers,
    keyfile,
    migrate,
    schema,
    triggers,
    unlocked,
    users,
)
from carekit.store.keyfile import Keyfile
from carekit.store.keys import Keys, new_code
from carekit.store.passwords import given
from carekit.store.store import Store

__all__ = ["create_store", "open_store"]


def open_store(
    path: str | os.PathLike[str], actor: str | None = None, password: str | None = None
) -> Store:
    """Open a store as a person.

    ``actor`` and ``password`` default to ``CAREKIT_USER`` and ``CAREKIT_PASSWORD``. The password
    unlocks the store; once it is unlocked this process remembers its key, and opens it again
    without one (then ``actor`` defaults to the first user). Raises ``BadInput``:
    ``store_missing``, ``not_a_store``, ``store_plain``, ``keys_missing``, ``keys_damaged``,
    ``store_locked`` (nobody gave a password yet), ``password_wrong``, ``store_damaged``,
    ``store_newer``, ``store_unreadable``, ``user_unknown``, ``user_disabled``; the file stays as
    it was and none is made. A store of an older schema gets what it lacks first
    (:mod:`carekit.store.migrate`).

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
    file = keyfile.read(path)
    keys = keys_for(file, path, actor, password)
    store = unlocked_store(path, keys)
    try:
        with connect.transaction(store.engine) as connection:
            store.actor = users.living(connection, actor)
    except BadInput as refused:
        if password is None or not refused.code.startswith("user_"):
            raise
        raise BadInput("password_wrong") from None
    if actor is None and password is not None and file.unlocked(store.actor, password) != keys:
        raise BadInput("password_wrong")
    unlocked.hold(file.store, keys)
    return store


def keys_for(file: Keyfile, path: Path, actor: str | None, password: str | None) -> Keys:
    """The keys a password opens, else those this process holds: ``password_wrong``,
    ``store_locked``."""
    if actor is None or password is None:
        keys, refusal = unlocked.held(file.store), "store_locked"
    else:
        # An unknown user with a password hears the same as a wrong one, after the same work.
        keys, refusal = file.unlocked(actor, password), "password_wrong"
    if keys is None:
        raise BadInput(refusal, path=str(path))
    return keys


def refuse_taken(path: Path) -> None:
    """Never over a store, and not beside keys of another one."""
    if path.exists() or path.is_symlink():
        raise BadInput("store_exists", path=str(path))
    if not path.parent.is_dir():
        raise BadInput("folder_missing", path=str(path.parent))
    if keyfile.beside(path).exists():
        raise BadInput("keys_exist", path=str(path), keys=str(keyfile.beside(path)))
    refuse_log(path)


def refuse_log(path: Path) -> None:
    """Not beside the log of another store: SQLite would write it into this one."""
    for ending in ("-wal", "-journal"):
        log = path.with_name(path.name + ending)
        if log.exists():
            raise BadInput("log_left", path=str(path), log=str(log))


def unlocked_store(path: Path, keys: Keys, *, plain: bool = False) -> Store:
    """A store the keys fit, of this schema; nobody works in it yet.

    One of an older schema is saved as it is before it is brought up to this one; what was a
    ``plain`` store a moment ago is kept anyway, and its audit begins now.
    """
    connect.look(path, keys)
    store = Store(path, connect.open_engine(path, keys), "", keys)
    if plain:
        migrate.migrate(store.engine, adopt=keys.audit)
    else:
        migrate.migrate(store.engine, lambda: backup.save_before(path, keys))
    keepers.keep_one(store)
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

    ``store.recovery_code`` is the code to print: shown now and never again, it unlocks the store
    when every password is forgotten. Without a password (default ``CAREKIT_PASSWORD``) nothing
    else does once this process has ended. ``name`` is the person's name; ``practice_day`` is what
    ``today`` gives from then on; ``fill(store)`` writes what the store must hold from its first
    moment. Raises ``BadInput``:
    ``store_exists``, ``keys_exist`` (of a store that is not there), ``folder_missing``,
    ``user_name_wrong``, ``password_empty``, ``day_wrong``, ``disk_full``, ``store_read_only``.
    The file and its keys appear complete or not at all.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", "li.na", practice_day="2026-03-02")
    ...     store.actor, store.today().isoformat(), store.read("children").empty
    ('li.na', '2026-03-02', True)
    """
    path = Path(path)
    actor = actor or os.environ.get("CAREKIT_USER") or ""
    password = password if password is not None else os.environ.get("CAREKIT_PASSWORD") or None
    refuse_taken(path)
    if not actor or actor != actor.strip():
        raise BadInput("user_name_wrong")
    frames = {"users": users.new_user(actor, name)}
    if practice_day is not None:
        day = dates.day(practice_day).isoformat()
        frames["settings"] = pd.DataFrame({"setting_id": ["practice_day"], "value": [day]})
    keys, code = Keys.new(), new_code()
    file = Keyfile().with_code(keys, code)
    if password is not None:
        file = file.with_person(keys, actor, given(password))
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        keyfile.write(draft, file)
        _fill(draft, keys, actor, frames, fill)
        move(draft, path)
    except OSError as error:
        raise BadInput(keyfile.fault(error)) from None
    finally:
        remove(draft)
    unlocked.hold(file.store, keys)
    return Store(path, connect.open_engine(path, keys), actor, keys, code)


def _fill(
    draft: Path,
    keys: Keys,
    actor: str,
    frames: Mapping[str, pd.DataFrame],
    fill: Callable[[Store], object] | None,
) -> None:
    draft.touch(mode=0o600)  # for nobody else on this computer; its -wal and -shm follow
    engine = connect.open_engine(draft, keys, create=True)
    with connect.transaction(engine, write=True) as connection:
        connection.exec_driver_sql(f"pragma application_id = {schema.APPLICATION_ID}")
        connection.exec_driver_sql(f"pragma user_version = {schema.NUMBER}")
        schema.METADATA.create_all(connection)
        triggers.make(connection)
    store = Store(draft, engine, actor, keys)
    store._do(lambda read: frames, kind="init")
    if fill is not None:
        fill(store)


def move(draft: Path, path: Path) -> None:
    """Give a finished store its name, its keys first, never over another one."""
    refuse_log(path)
    _move(keyfile.beside(draft), keyfile.beside(path), "keys_exist", path)
    try:
        _move(draft, path, "store_exists", path)
    except BaseException:
        keyfile.beside(path).unlink()
        raise


def _move(draft: Path, path: Path, refusal: str, store: Path) -> None:
    refused = BadInput(refusal, path=str(store), keys=str(keyfile.beside(store)))
    try:
        os.link(draft, path)
    except FileExistsError:
        raise refused from None
    except OSError:  # a disk without links
        if path.exists():
            raise refused from None
        draft.rename(path)


def remove(draft: Path) -> None:
    """What is left of a draft."""
    for left in ("", "-wal", "-shm", ".keys"):
        draft.with_name(draft.name + left).unlink(missing_ok=True)
