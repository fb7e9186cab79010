"""Turning a store of a carekit before the vault into an encrypted one, losing nothing.

The plain file is only read. An encrypted copy is made beside it, compared with it table by table,
and takes its name; the plain file stays under another name until a person has looked and deletes
it.
"""

import os
import secrets
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import argon2
from argon2.exceptions import InvalidHashError, VerificationError
from sqlcipher3 import dbapi2 as sqlcipher

from carekit.errors import BadInput
from carekit.store import connect, keyfile, schema
from carekit.store.keyfile import Keyfile
from carekit.store.keys import Keys, new_code
from carekit.store.opening import move, remove, unlocked_store
from carekit.store.passwords import given

__all__ = ["Encrypted", "encrypt_store"]


class Encrypted(NamedTuple):
    """What became of a plain store."""

    actor: str
    recovery_code: str
    plain: Path  # where the plain file is now: to be deleted by a person
    without: list[str]  # users who need a new password


def encrypt_store(
    path: str | os.PathLike[str], actor: str | None = None, password: str | None = None
) -> Encrypted:
    """Encrypt a plain store of an earlier carekit.

    ``actor`` and ``password`` (default ``CAREKIT_USER``, ``CAREKIT_PASSWORD``) must be those of a
    person who may sign in; without a password so far, this one is set. Everybody else gets a new
    one from that person: nothing but the password itself can wrap the keys. Raises ``BadInput``:
    ``store_encrypted`` (it is already), ``store_locked`` (no password given), ``password_wrong``,
    ``keys_exist``, ``disk_full``, ``store_read_only``, ``store_damaged``; ``Stale``:
    ``store_busy`` (somebody is working in it). The plain store stays as it was in each case.

    >>> encrypt_store("not there.care")
    Traceback (most recent call last):
    carekit.errors.BadInput: store_missing
    """
    path = Path(path)
    actor = actor or os.environ.get("CAREKIT_USER") or None
    password = password or os.environ.get("CAREKIT_PASSWORD") or None
    _refuse(path)
    if actor is None or password is None:
        raise BadInput("store_locked", path=str(path))
    if keyfile.beside(path).exists():
        raise BadInput("keys_exist", path=str(path), keys=str(keyfile.beside(path)))
    keys, code = Keys.new(), new_code()
    file = Keyfile().with_code(keys, code).with_person(keys, actor, given(password))
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    kept = path.with_name(f"{path.name}.plain-{secrets.token_hex(2)}")
    try:
        with connect.named_driver_errors(), closing(_only(path)) as plain:
            _verified(plain, actor, password)
            _alone(plain)
            keyfile.write(draft, file)
            draft.touch(mode=0o600)
            without = _copy(plain, draft, keys, actor)
        unlocked_store(draft, keys, plain=True).close()  # brings it to the schema of this carekit
        path.rename(kept)
        try:
            move(draft, path)
        except BaseException:
            kept.rename(path)
            raise
    except OSError as error:
        raise BadInput(keyfile.fault(error)) from None
    finally:
        remove(draft)
    return Encrypted(actor, code, kept, without)


def _refuse(path: Path) -> None:
    """Only a plain store of ours goes on."""
    try:
        connect.probe(path)
    except BadInput as found:
        if found.code != "store_plain":
            raise
    else:
        raise BadInput("store_encrypted", path=str(path))


def _only(path: Path) -> sqlcipher.Connection:
    """The plain store as it lies there."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    return sqlcipher.connect(uri, uri=True, isolation_level=None, timeout=1)


def _alone(plain: sqlcipher.Connection) -> None:
    """Nobody else works in the plain store, and its log is brought home into the file."""
    plain.execute("pragma journal_mode = delete")  # refused while others have it open
    plain.execute("begin immediate")


def _verified(plain: sqlcipher.Connection, actor: str, password: str) -> None:
    """Refuse a wrong password: the first one of a new vault must be known to be typed right."""
    may = "user_id = ? and removed = 0 and coalesce(disabled, 0) = 0"
    found = plain.execute(f"select password_hash from users where {may}", (actor,)).fetchone()
    try:
        if found is None:
            raise VerificationError
        if found[0] is not None:
            argon2.PasswordHasher().verify(found[0], password)
    except (VerificationError, InvalidHashError):
        raise BadInput("password_wrong") from None


def _copy(plain: sqlcipher.Connection, draft: Path, keys: Keys, actor: str) -> list[str]:
    """An encrypted copy, compared with the plain store; gives who needs a new password."""
    name = plain.execute("pragma database_list").fetchone()[2]
    uri = f"{draft.absolute().as_uri()}?mode=rwc"
    with closing(sqlcipher.connect(uri, uri=True, isolation_level=None)) as vault:
        connect.unlock(vault, keys)
        vault.execute("attach database ? as plain key ''", (f"{Path(name).as_uri()}?mode=ro",))
        vault.execute("select sqlcipher_export('main', 'plain')")
        number = plain.execute("pragma user_version").fetchone()[0]
        vault.execute(f"pragma application_id = {schema.APPLICATION_ID}")
        vault.execute(f"pragma user_version = {number}")
        if _counts(vault, "main") != _counts(vault, "plain"):
            raise BadInput("store_damaged")
        vault.execute("detach database plain")
        if vault.execute("pragma integrity_check").fetchall() != [("ok",)]:
            raise BadInput("store_damaged")
        # Hashes were for signing in without a vault; a wrap has taken their place.
        vault.execute("alter table users drop column password_hash")
        may = "user_id <> ? and removed = 0 and coalesce(disabled, 0) = 0"
        others = vault.execute(f"select user_id from users where {may} order by 1", (actor,))
        return [str(user) for (user,) in others]


def _counts(vault: sqlcipher.Connection, database: str) -> dict[str, int]:
    names = vault.execute(f"select name from {database}.sqlite_schema where type = 'table'")
    return {
        name: vault.execute(f'select count(*) from {database}."{name}"').fetchone()[0]
        for (name,) in names.fetchall()
    }
