"""Opening the file: the one place where a connection is made, set up and its errors are named.

A store is a SQLCipher database. Its key goes into each connection by a pragma, before anything
else, and nowhere else: not into an address, a log or a message.
"""

import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2 as sqlcipher

from carekit.errors import BadInput, CareError, Stale
from carekit.store import keyfile, schema
from carekit.store.keys import Keys

__all__ = [
    "look",
    "looking",
    "named_driver_errors",
    "named_errors",
    "open_engine",
    "probe",
    "transaction",
    "unlock",
]

PAGE = 4096  # bytes, SQLCipher's own; nothing here chooses another
BUSY_SECONDS = 30
ROOM = 2**16  # bytes; the index of the log takes 32 KiB
FOLDER = "carekit_folder"  # among an engine's options: where its file lies
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "recursive_triggers = ON",  # else INSERT OR REPLACE slips past a no-delete trigger
    "secure_delete = ON",
    "trusted_schema = OFF",
    "temp_store = MEMORY",
)
_NAMED = {
    "SQLITE_BUSY": (Stale, "store_busy"),
    "SQLITE_FULL": (BadInput, "disk_full"),
    "SQLITE_IOERR_WRITE": (BadInput, "disk_full"),  # a quota: SQLite knows only full disks
    "SQLITE_READONLY": (BadInput, "store_read_only"),
    "SQLITE_CANTOPEN": (BadInput, "store_unreadable"),
    "SQLITE_PERM": (BadInput, "store_unreadable"),
    "SQLITE_IOERR": (BadInput, "store_unreadable"),
    "SQLITE_CORRUPT": (BadInput, "store_damaged"),
    "SQLITE_NOTADB": (BadInput, "store_damaged"),
}


def _named(error: BaseException, folder: Path | None = None) -> CareError | None:
    name = getattr(error, "sqlite_errorname", "")  # SQLITE_BUSY_SNAPSHOT is a SQLITE_BUSY
    if name.startswith("SQLITE_IOERR") and folder is not None and _full(folder):
        return BadInput("disk_full")
    return next(
        (kind(code) for head, (kind, code) in _NAMED.items() if name.startswith(head)), None
    )


def _full(folder: Path) -> bool:
    """Whether there is no room for the index of the log, without which not even reading works."""
    with suppress(OSError):
        return shutil.disk_usage(folder).free < ROOM
    return False


@contextmanager
def named_errors(engine: sa.Engine) -> Iterator[None]:
    """Turn what the database says about its file into codes; faults of ours pass as they are."""
    try:
        yield
    except DBAPIError as error:
        folder = engine.get_execution_options()[FOLDER]
        if error.orig is not None and (named := _named(error.orig, folder)) is not None:
            raise named from None
        raise


@contextmanager
def named_driver_errors() -> Iterator[None]:
    """The same where there is no SQLAlchemy between us and the driver."""
    try:
        yield
    except sqlcipher.DatabaseError as error:
        if (named := _named(error)) is not None:
            raise named from None
        raise


def probe(path: Path) -> None:
    """Refuse what cannot be a store, without a key and without changing or creating anything.

    ``store_missing``, ``not_a_store``, ``store_plain`` (of a carekit before the vault),
    ``keys_missing``, ``store_damaged``, ``store_newer``. What is left, only the key can tell.
    """
    if not path.exists():
        raise BadInput("store_missing", path=str(path))
    if not path.is_file():
        raise BadInput("not_a_store", path=str(path))
    with closing(_only_looking(path)) as header:
        try:
            application, number = _numbers(header)
        except sqlcipher.DatabaseError:  # encrypted, or no database at all
            application, number = -1, 0
        if application == schema.APPLICATION_ID:
            if number > schema.NUMBER:
                raise _newer(path, number)
            raise BadInput("store_plain", path=str(path))
        if not keyfile.beside(path).exists():
            # Before the key nothing tells a store from noise, but a list or a letter is neither.
            known = application >= 0 or not _like_noise(path)
            keys = str(keyfile.beside(path))
            raise BadInput("not_a_store" if known else "keys_missing", path=str(path), keys=keys)
    size = path.stat().st_size
    # SQLite counts a piece of a page as a page; cut off within the last one, all would look well.
    if not size or (size % PAGE and not path.with_name(path.name + "-wal").exists()):
        raise BadInput("store_damaged", path=str(path))


def look(path: Path, keys: Keys) -> None:
    """Refuse what is not a store of this schema, now that there is a key; nothing is changed.

    ``store_read_only`` where file or folder may not be written: SQLite would leave a log with the
    same mode behind, which nobody can write to once the permission is there.
    """
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        raise BadInput("store_read_only")
    with closing(_only_looking(path, keys)) as header:
        try:
            application, number = _numbers(header)
        except sqlcipher.DatabaseError as error:
            # A file shorter than its header says is damaged, unless its log holds the rest: the
            # real opening tells.
            if str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_CORRUPT"):
                return
            raise BadInput("store_damaged", path=str(path)) from None
    if application != schema.APPLICATION_ID:
        raise BadInput("not_a_store", path=str(path))
    if number > schema.NUMBER:
        raise _newer(path, number)


def _only_looking(path: Path, keys: Keys | None = None) -> sqlcipher.Connection:
    """A connection that only reads the file, and through SQLite itself: opening it by hand and
    closing it again would drop the locks another thread of this process holds on it."""
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        connection = sqlcipher.connect(uri, uri=True)
    except sqlcipher.OperationalError:
        raise BadInput("store_unreadable") from None
    if keys is not None:
        unlock(connection, keys)
    return connection


def _numbers(header: sqlcipher.Connection) -> tuple[int, int]:
    application, number = (
        int(header.execute(f"pragma {name}").fetchone()[0])
        for name in ("application_id", "user_version")
    )
    return application, number


def _newer(path: Path, number: int) -> BadInput:
    return BadInput("store_newer", path=str(path), number=number, known=schema.NUMBER)


def _like_noise(path: Path) -> bool:
    """Whether a file may be encrypted: no store of ours, so no lock of ours is on it."""
    with path.open("rb") as file:
        start = file.read(PAGE)
    return len(start) == PAGE and len(zlib.compress(start)) > PAGE


def unlock(connection: sqlcipher.Connection, keys: Keys) -> None:
    """Give a connection its key, before anything else."""
    connection.execute(f'pragma key = "{keys.pragma()}"')
    connection.execute("pragma cipher_compatibility = 4")  # of the file, whatever comes later
    connection.execute("pragma cipher_log_level = NONE")


def open_engine(path: Path, keys: Keys, *, create: bool = False) -> sa.Engine:
    """An engine on the file; connections are never kept (safe for threads, forks and kills)."""
    uri = f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"

    def connect() -> sqlcipher.Connection:
        # isolation_level None: BEGIN is ours, below, and never implied by a statement.
        connection = sqlcipher.connect(
            uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False
        )
        try:
            unlock(connection, keys)
            for pragma in PRAGMAS:
                connection.execute(f"pragma {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    engine = sa.create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=connect,
        poolclass=sa.NullPool,
        hide_parameters=True,
        execution_options={FOLDER: path.parent},
    )

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # A write takes its lock before it reads: read-then-write under a deferred BEGIN fails.
        writing = connection.get_execution_options().get("carekit_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


@contextmanager
def transaction(
    engine: sa.Engine, *, write: bool = False, patient: bool = True
) -> Iterator[sa.Connection]:
    """A connection inside one transaction: committed at the end, rolled back by any error.

    Without patience ``Stale("store_busy")`` comes at once where somebody else is writing.
    """
    with named_errors(engine), engine.connect() as connection:
        if not patient:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("pragma busy_timeout = 0")
        with connection.execution_options(carekit_write=write).begin():
            yield connection


@contextmanager
def looking(path: Path, keys: Keys) -> Iterator[sa.Connection]:
    """A connection to a finished copy that nobody writes to; it changes and leaves nothing."""
    engine = sa.create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=lambda: _only_looking(path, keys),
        poolclass=sa.NullPool,
        hide_parameters=True,
        execution_options={FOLDER: path.parent},
    )
    with named_errors(engine), engine.connect() as connection:
        yield connection
