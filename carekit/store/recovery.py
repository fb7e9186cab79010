"""When a password is forgotten: the printed recovery code unlocks the store and sets a new one."""

import os
from pathlib import Path

from carekit.errors import BadInput
from carekit.store import connect, keyfile, unlocked, users
from carekit.store.keys import new_code
from carekit.store.opening import unlocked_store
from carekit.store.store import Store

__all__ = ["new_recovery_code", "recover_store"]


def recover_store(
    path: str | os.PathLike[str], code: str, password: str, actor: str | None = None
) -> Store:
    """Give a person (default the first user) a new password by the recovery code; open the store.

    The code stays as it is, and so do everybody else's passwords. Raises ``BadInput``:
    ``recovery_mistyped`` (letters are missing or wrong), ``recovery_wrong`` (of another store, or
    of an older print), ``user_unknown``, ``user_disabled``, ``password_empty``,
    ``password_short``, ``password_is_user``, and what :func:`carekit.store.open_store` raises.

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     code = create_store(f"{folder}/town.care", "li.na", "forgotten river 7").recovery_code
    ...     store = recover_store(f"{folder}/town.care", code.lower(), "new river 8")
    ...     store.actor, store.verify("li.na", "new river 8")["role"]
    ('li.na', 'administrator')
    """
    path = Path(path)
    connect.probe(path)
    file = keyfile.read(path)
    keys = file.recovered(code)
    if keys is None:
        raise BadInput("recovery_wrong")
    store = unlocked_store(path, keys)
    with connect.transaction(store.engine) as connection:
        store.actor = users.living(connection, actor)
    users.set_password(store, store.actor, password)
    unlocked.hold(file.store, keys)
    return store


def new_recovery_code(store: Store) -> str:
    """Another recovery code, to be printed now; the old print opens nothing any more.

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na")
    ...     code = new_recovery_code(store)
    ...     recover_store(store.path, store.recovery_code, "new river 8")
    Traceback (most recent call last):
    carekit.errors.BadInput: recovery_wrong
    """
    code = new_code()

    def wrap() -> None:
        file = keyfile.read(store.path)
        keyfile.write(store.path, file.with_code(store.keys, code))

    store._do(lambda read: {}, kind="recovery", after=wrap)
    return code
