"""Opening the file: the one place where a connection is made, set up and its errors are named.

(The vault will stand here: another driver and a key before the pragmas.)
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from carekit.errors import BadInput, CareError, Stale
from carekit.store import schema

__all__ = ["named_errors", "open_engine", "probe", "transaction"]

BUSY_SECONDS = 30
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
    "SQLITE_READONLY": (BadInput, "store_read_only"),
    "SQLITE_CANTOPEN": (BadInput, "store_unreadable"),
    "SQLITE_PERM": (BadInput, "store_unreadable"),
    "SQLITE_IOERR": (BadInput, "store_unreadable"),
    "SQLITE_CORRUPT": (BadInput, "store_damaged"),
    "SQLITE_NOTADB": (BadInput, "store_damaged"),
}


def _named(error: BaseException) -> CareError | None:
    name = getattr(error, "sqlite_errorname", "")  # SQLITE_BUSY_SNAPSHOT is a SQLITE_BUSY
    return next(
        (kind(code) for head, (kind, code) in _NAMED.items() if name.startswith(head)), None
    )


@contextmanager
def named_errors() -> Iterator[None]:
    """Turn what the database says about its file into codes; faults of ours pass as they are."""
    try:
        yield
    except DBAPIError as error:
        if error.orig is not None and (named := _named(error.orig)) is not None:
            raise named from None
        raise


def probe(path: Path) -> None:
    """Refuse what is not a store of this schema, without changing or creating anything.

    Only the header is read, through SQLite itself: opening the file by hand and closing it again
    would drop the locks another thread of this process holds on it.
    """
    if not path.exists():
        raise BadInput("store_missing", path=str(path))
    if not path.is_file():
        raise BadInput("not_a_store", path=str(path))
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as header:
            application = header.execute("pragma application_id").fetchone()[0]
            number = header.execute("pragma user_version").fetchone()[0]
            page = header.execute("pragma page_size").fetchone()[0]
    except sqlite3.DatabaseError as error:
        # A file shorter than its header says is damaged, unless its log holds the rest: the
        # real opening tells.
        if str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_CORRUPT"):
            return
        raise BadInput("not_a_store", path=str(path)) from None
    if application != schema.APPLICATION_ID:
        raise BadInput("not_a_store", path=str(path))
    if number > schema.NUMBER:
        raise BadInput("store_newer", path=str(path), number=number, known=schema.NUMBER)
    # SQLite counts a piece of a page as a page; cut off within the last one, all would look well.
    if path.stat().st_size % page and not path.with_name(path.name + "-wal").exists():
        raise BadInput("store_damaged", path=str(path))


def open_engine(path: Path, *, create: bool = False) -> sa.Engine:
    """An engine on the file; connections are never kept (safe for threads, forks and kills)."""
    uri = f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"

    def connect() -> sqlite3.Connection:
        # isolation_level None: BEGIN is ours, below, and never implied by a statement.
        connection = sqlite3.connect(
            uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False
        )
        try:
            for pragma in PRAGMAS:
                connection.execute(f"pragma {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    engine = sa.create_engine(
        "sqlite://", creator=connect, poolclass=sa.NullPool, hide_parameters=True
    )

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # A write takes its lock before it reads: read-then-write under a deferred BEGIN fails.
        writing = connection.get_execution_options().get("carekit_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


@contextmanager
def transaction(engine: sa.Engine, *, write: bool = False) -> Iterator[sa.Connection]:
    """A connection inside one transaction: committed at the end, rolled back by any error."""
    with named_errors(), engine.execution_options(carekit_write=write).begin() as connection:
        yield connection
