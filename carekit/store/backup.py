"""Backups: one file with the whole store, made while people work, and looked at before it counts.

A backup is a ZIP of four parts: ``carekit.json`` says in plain words what it is (format, schema,
time); ``manifest`` has the number of rows of every table, the head of the audit and the digest of
the copy, sealed with the data key; ``store.keys`` is the file beside the store, so the passwords
and the recovery code of that day open it; ``store.care`` is the database, encrypted as it was.
Without a key there is nothing to read in it.

The copy is a snapshot (``VACUUM INTO``): writers go on meanwhile, and what the log held is in it.
All is made under another name in the folder of the backup, written to the disk, read once more
and only then given its name.
"""

import datetime as dt
import hashlib
import json
import os
import secrets
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from carekit.errors import BadInput
from carekit.store import audit, connect, keyfile, recording, schema
from carekit.store.audit import Head
from carekit.store.keys import Keys, opened, sealed
from carekit.store.trail import Trail

__all__ = ["ENDING", "FORMAT", "Manifest", "anchor", "backup_store", "pack", "save_before"]

FORMAT = 1
ENDING = ".carebackup"
HEADER, MANIFEST, KEYS, STORE = "carekit.json", "manifest", "store.keys", "store.care"
# What zipfile and json raise on bytes that no program writes.
DAMAGED = (ArithmeticError, EOFError, LookupError, RuntimeError, TypeError, ValueError, zlib.error)
CHUNK = 2**20
WRITE_OUT = 16 * 2**20  # bytes after which the disk gets what is written: see ``_through``


@dataclass(frozen=True)
class Manifest:
    """What a backup holds, and what its restoring must give again."""

    made_at: str  # UTC, ISO 8601
    schema: int
    store: str  # the id of the store
    sha256: str  # of the database as it lies in the backup
    counts: dict[str, int]  # rows of every table, those taken back too
    living: dict[str, int]  # of every table that has such, the rows that were not taken back
    head_n: int
    head_mac: str

    @property
    def head(self) -> Head:
        return Head(self.head_n, self.head_mac)


def backup_store(store: Trail, to: str | os.PathLike[str]) -> tuple[Path, Manifest]:
    """Make a backup in a folder, or as a file that is not there yet; gives it with its manifest.

    In a folder it is named after the store and the time; a file ends in ``.carebackup``. The audit
    gets a row. Raises
    ``BadInput``: ``backup_exists``, ``folder_missing``, ``folder_read_only``, ``disk_full``,
    ``store_damaged`` (the copy is not what the store says it is); nothing is left then.
    ``NotAllowed`` where the actor may make none.

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na")
    ...     path, manifest = backup_store(store, f"{folder}/town.carebackup")
    ...     path.name, manifest.counts["users"], manifest.head.n
    ('town.carebackup', 1, 2)
    """
    store.policy().need("backup")
    target = Path(to)
    if target.is_dir():
        now = dt.datetime.now()  # noqa: DTZ005 (a name for people: the time on their clock)
        target /= f"{store.path.stem}-{now:%Y-%m-%d-%H%M%S}{ENDING}"
    refuse(target)
    if target.suffix != ENDING:  # a folder that is not there: no file under its name
        raise BadInput("folder_missing", path=str(target))
    return target, pack(store.path, store.keys, target, lambda: recording.deed(store, "backup"))


def save_before(path: Path, keys: Keys) -> None:
    """Keep a store of an older schema as it is, beside it; once is enough."""
    target = path.with_name(f"{path.stem}-before-schema-{schema.NUMBER}{ENDING}")
    if not target.exists():
        try:
            pack(path, keys, target)
        except BadInput as refused:
            if refused.code != "backup_exists":  # two opened it at once
                raise


def refuse(target: Path) -> None:
    """Refuse a name that is taken, or in no folder."""
    if target.exists() or target.is_symlink():
        raise BadInput("backup_exists", path=str(target))
    if not target.parent.is_dir():
        raise BadInput("folder_missing", path=str(target.parent))


def pack(
    path: Path, keys: Keys, target: Path, enter: Callable[[], object] = lambda: None
) -> Manifest:
    """Make the backup file; ``enter`` notes it in the store once the folder can be written to."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")
    copy = draft.with_name(f"{draft.name}.db")
    try:
        with private(draft) as file:
            with private(copy):
                enter()
            _snapshot(path, keys, copy)
            manifest = _manifest(path, keys, copy)
            _write(file, path, keys, copy, manifest)
        copy.unlink()
        _read_again(draft, keys, manifest)
        refuse(target)
        draft.rename(target)
        keyfile.settle(target.parent)
    except OSError as error:
        raise BadInput(fault(error), path=str(target.parent)) from None
    finally:
        for left in (draft, copy):
            left.unlink(missing_ok=True)
    return manifest


def fault(error: OSError) -> str:
    """A full disk, else a folder nobody may write to: SQLite was not asked yet."""
    code = keyfile.fault(error)
    return "folder_read_only" if code == "store_read_only" else code


@contextmanager
def private(path: Path) -> Iterator[IO[bytes]]:
    """A new file for nobody else on this computer."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
        yield file


def _snapshot(path: Path, keys: Keys, copy: Path) -> None:
    """The whole store as it is now, encrypted with the same key."""
    engine = connect.open_engine(path, keys)
    with connect.named_errors(engine), engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        with connect.named_driver_errors():
            driver.execute("vacuum into ?", (str(copy),))


def _manifest(path: Path, keys: Keys, copy: Path) -> Manifest:
    """What is in the copy, once it is known to be sound."""
    store = keyfile.read(path).store
    with connect.looking(copy, keys) as connection:
        if not sound(connection):
            raise BadInput("store_damaged", path=str(path))
        number = int(connection.exec_driver_sql("pragma user_version").scalar() or 0)
        head = audit.head(connection) if "audit" in names(connection) else Head(0, "")
        every, alive = counts(connection), living(connection)
        return Manifest(audit.now(), number, store, digest(copy), every, alive, *head)


def sound(connection: sa.Connection) -> bool:
    """Whether every page, index and reference of a database is what it must be."""
    looks = ("integrity_check", "cipher_integrity_check", "foreign_key_check")
    said = [line for look in looks for line in connection.exec_driver_sql(f"pragma {look}").all()]
    return [tuple(line) for line in said] == [("ok",)]


def names(connection: sa.Connection) -> list[str]:
    """Every table of a database."""
    found = connection.exec_driver_sql("select name from sqlite_master where type = 'table'")
    return sorted(str(name) for name in found.scalars())


def counts(connection: sa.Connection, of: Iterable[str] = (), only: str = "") -> dict[str, int]:
    """The number of rows of every table, or of these tables."""
    return {
        name: int(connection.exec_driver_sql(f'select count(*) from "{name}" {only}').scalar() or 0)
        for name in of or names(connection)
    }


def living(connection: sa.Connection) -> dict[str, int]:
    """The number of rows that were not taken back, of every table of the dictionary."""
    columns = sa.inspect(connection).get_multi_columns(filter_names=list(schema.METADATA.tables))
    of = [str(n) for (_, n), row in columns.items() if any(c["name"] == "removed" for c in row)]
    return counts(connection, sorted(of), "where removed = 0")


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(file: IO[bytes], path: Path, keys: Keys, copy: Path, manifest: Manifest) -> None:
    header = {"carekit_backup": FORMAT, "schema": manifest.schema, "made_at": manifest.made_at}
    text = json.dumps(asdict(manifest)).encode()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as parts:  # noise cannot be packed
        parts.writestr(HEADER, json.dumps(header))
        parts.writestr(MANIFEST, sealed(text, keys.data, _about(manifest.store)))
        parts.writestr(KEYS, keyfile.beside(path).read_bytes())
        with copy.open("rb") as source, parts.open(STORE, "w", force_zip64=True) as to:
            _through(source, to, file)
    file.flush()
    os.fsync(file.fileno())


def _through(source: IO[bytes], to: IO[bytes], file: IO[bytes]) -> None:
    """Copy, and let the disk follow: a writer's own small ``fsync`` must not wait for all of it."""
    written = 0
    while chunk := source.read(CHUNK):
        to.write(chunk)
        written += len(chunk)
        if written % WRITE_OUT < len(chunk):
            file.flush()
            os.fsync(file.fileno())


def _about(store: str) -> str:
    return f"carekit backup/{store}"


def _read_again(draft: Path, keys: Keys, manifest: Manifest) -> None:
    """What lies on the disk is what was meant to."""
    with opened_backup(draft) as parts:
        with parts.open(STORE) as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
        if found != manifest.sha256 or manifest_of(parts, keys, manifest.store) != manifest:
            raise BadInput("backup_damaged", path=str(draft))


@contextmanager
def opened_backup(path: Path) -> Iterator[zipfile.ZipFile]:
    """The parts of a backup of a format this carekit knows.

    Raises ``BadInput``: ``backup_missing``, ``not_a_backup``, ``backup_damaged``, ``backup_newer``.
    """
    if not path.is_file():
        raise BadInput("backup_missing", path=str(path))
    try:
        with closing(zipfile.ZipFile(path)) as parts:
            if parts.namelist() != [HEADER, MANIFEST, KEYS, STORE]:
                raise BadInput("not_a_backup", path=str(path))
            said: Any = json.loads(parts.read(HEADER))
            _refuse_newer(path, int(said["carekit_backup"]), FORMAT)
            _refuse_newer(path, int(said["schema"]), schema.NUMBER)
            yield parts
    except (zipfile.BadZipFile, *DAMAGED):
        code = "backup_damaged" if _begins_as_ours(path) else "not_a_backup"
        raise BadInput(code, path=str(path)) from None


def _refuse_newer(path: Path, number: int, known: int) -> None:
    if number > known:
        raise BadInput("backup_newer", path=str(path), number=number, known=known)


def _begins_as_ours(path: Path) -> bool:
    with path.open("rb") as file:
        return HEADER.encode() in file.read(100)


def manifest_of(parts: zipfile.ZipFile, keys: Keys, store: str) -> Manifest:
    """The manifest, opened with the key of its store; ``BadInput("backup_damaged")``."""
    text = opened(parts.read(MANIFEST), keys.data, _about(store))
    if text is None:
        raise BadInput("backup_damaged", path=str(parts.filename))
    return Manifest(**json.loads(text))


def anchor(path: str | os.PathLike[str], store: Trail) -> Head:
    """The head of the audit that was kept in a backup of this store.

    Raises ``BadInput``: ``anchor_foreign`` (of another store), and as a backup that is opened.

    >>> import tempfile
    >>> from carekit.store import create_store, examine
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na")
    ...     saved, _ = backup_store(store, folder)
    ...     anchor(saved, store).n, examine(store, anchor(saved, store)).findings.empty
    (2, True)
    """
    own = keyfile.read(store.path).store
    with opened_backup(Path(path)) as parts:
        text = opened(parts.read(MANIFEST), store.keys.data, _about(own))
    if text is None:
        raise BadInput("anchor_foreign", path=str(path))
    return Manifest(**json.loads(text)).head
