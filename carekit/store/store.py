"""The store: the one thing in carekit that has state.

>>> import tempfile
>>> import pandas as pd
>>> from carekit.store import create_store
>>> folder = tempfile.TemporaryDirectory()
>>> store = create_store(f"{folder.name}/town.care", actor="li.na", practice_day="2026-03-02")
>>> step = store.write("villages", pd.DataFrame({"name": ["Upper Ford", "Lower Ford"]}))
>>> store.read("villages")[["village_id", "name", "version"]]
  village_id        name  version
0      V0001  Upper Ford        1
1      V0002  Lower Ford        1
>>> store.undo(step)
'S000003'
>>> store.steps()[["step_id", "kind", "undone_by", "rows"]]
   step_id   kind undone_by  rows
0  S000001   init      <NA>     2
1  S000002  write   S000003     2
2  S000003   undo      <NA>     2
>>> store.today()
datetime.date(2026, 3, 2)
>>> store.close(); folder.cleanup()
"""

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import pandas as pd
import sqlalchemy as sa

from carekit.errors import BadInput
from carekit.store import (
    audit,
    connect,
    history,
    keyfile,
    numbers,
    recording,
    seen,
    users,
    versions,
)
from carekit.store.keeping import Keeping
from carekit.store.keys import Keys
from carekit.store.permit import Permit
from carekit.store.policy import OURS
from carekit.store.reading import Reader
from carekit.store.trail import Trail
from carekit.store.writing import Prepared, prepare, settle, write_frames

__all__ = ["Build", "Store"]

Build = Callable[[Reader], Mapping[str, pd.DataFrame]]


class Store(Trail, Keeping):
    """One file of children, helpers and what is done for them, opened by one person.

    ``actor`` is that person's user id; every step is written in their name. Connections are
    opened for each call and closed after it: a store may be used by many processes and threads.
    ``recovery_code`` is there only for who has just made the store.
    """

    def __init__(
        self,
        path: Path,
        engine: sa.Engine,
        actor: str,
        keys: Keys,
        recovery_code: str | None = None,
    ) -> None:
        self.path = path
        self.engine = engine
        self.actor = actor
        self.keys = keys
        self.recovery_code = recovery_code

    def __repr__(self) -> str:
        return f"Store({str(self.path)!r}, actor={self.actor!r})"

    def read(self, table: str) -> pd.DataFrame:
        """The living rows of a table in the order of its key, typed by the dictionary.

        All columns of the dictionary and ``version`` (Int64) last; of them, and of the rows, those
        the actor may read (:mod:`carekit.store.policy`). Raises ``BadInput("table_unknown")``,
        ``NotAllowed("not_allowed")`` where the actor may read nothing of the table.
        """
        with recording.reading(self) as (connection, shown):
            return self._reader(connection, shown, self._policy(connection))(table)

    def write(
        self,
        table: str | Mapping[str, pd.DataFrame],
        frame: pd.DataFrame | None = None,
        token: str | None = None,
    ) -> str:
        """Write one frame, or ``{table: frame, ...}``, as one step: all of it or nothing.

        A row with a new key is added, with an empty key it gets the next id of ours; a row that
        is there is changed if its ``version`` is still the stored one. Columns the frame does
        not have keep what is stored; a row equal to the stored one is not written (an older
        ``version`` is Stale all the same); nothing is ever deleted. A new row whose id was taken
        back before gets the next id instead, and references to it in the same write follow. The
        same ``token`` writes once and gives the first step again. Gives the step id.

        Raises ``Stale`` (``stale``: changed by somebody else; ``publish_refused``) and
        ``BadInput`` (``rows_refused``, ``reference_unknown``, ``key_twice``, ``key_missing``,
        ``columns_unknown``, ``column_wrong``, ``text_broken``), and ``NotAllowed("not_allowed")``
        for a table, column or row that is not the actor's to write: then nothing of the step is
        written. A step is always entered, also when no row had to change.
        """
        if isinstance(table, str):
            if frame is None:
                raise TypeError("a table name needs a frame")
            table = {table: frame}
        ready = {name: prepare(name, one) for name, one in table.items()}
        return self._do(lambda read: ready, kind="write", token=token)

    def change(self, build: Build, *, kind: str, token: str | None = None) -> str:
        """Read and write in one transaction: ``build(read)`` gives ``{table: frame}``.

        The write lock is taken before ``build`` runs, so what ``read(table)`` gives cannot
        change before it is written; it gives what the actor may read. Rows are written as by
        ``write``; ``kind`` names the step (import, publish ...), which may be a deed the actor
        needs leave for. With a token that was written already, ``build`` does not run.
        """
        return self._do(build, kind=kind, token=token)

    def undo(self, step: str) -> str:
        """Take back exactly this step, as new versions in a step of kind undo; gives its id.

        Rows it added are marked as removed (their ids are never given again), rows it changed
        are as before. An undo can itself be undone. Raises ``Stale``: ``undo_changed`` (a row
        was changed since), ``undo_in_use`` (a living row refers to one that would go),
        ``undo_twice``, ``publish_refused`` (pairings that would come back are no longer
        allowed); ``BadInput``: ``step_unknown``, ``undo_never`` (the first step of a store),
        ``undo_edited`` (somebody put a past before a row was there);
        ``NotAllowed("not_allowed")`` for a step, or a row of it, that is not the actor's to take
        back.
        """
        with (
            keyfile.following(self.path) as follow,
            recording.writing(self) as (connection, entries),
        ):
            policy = self._policy(connection)
            policy.need_undo(history.done_by(connection, step))
            permit = Permit(connection, policy)
            step_id = history.begin_step(connection, "undo", None, self.actor)
            changes = history.take_back(connection, step, step_id, permit.before)
            permit.after(changes)
            settle(connection, step_id, changes, undo=True)
            if any(change.table == "users" for change in changes):
                follow(lambda: users.shut_out(connection, self))
            entries.append(audit.of_step(connection, step_id, whose=step))
        return step_id

    def _do(
        self,
        build: Callable[[Reader], Mapping[str, pd.DataFrame | Prepared]],
        *,
        kind: str,
        token: str | None = None,
        after: Callable[[], None] | None = None,
        by_us: bool = False,
    ) -> str:
        """The one way in for rows.

        ``after`` is what must happen under the same lock, once the rows are in place; ``by_us``
        is a step of the store itself, which asks nobody.
        """
        try:
            with (
                keyfile.following(self.path) as follow,
                recording.writing(self) as (connection, entries),
            ):
                policy = OURS if by_us else self._policy(connection)
                policy.need_kind(kind)
                if (first := history.done_with(connection, token)) is not None:
                    return first
                frames = build(self._reader(connection, entries, policy))
                step_id = history.begin_step(connection, kind, token, self.actor)
                ready = {
                    table: frame if isinstance(frame, Prepared) else prepare(table, frame)
                    for table, frame in frames.items()
                }
                write_frames(connection, step_id, ready, Permit(connection, policy))
                if "users" in ready:
                    follow(lambda: users.shut_out(connection, self))
                if after is not None:
                    follow(after)
                entries.append(audit.of_step(connection, step_id))
        except UnicodeEncodeError:  # half a character, from a broken file
            raise BadInput("text_broken") from None
        return step_id

    def steps(self) -> pd.DataFrame:
        """Every step in order: step_id, kind, user_id, done_at (UTC), undone_by, rows (count).

        Who may not see everybody's sees the own ones.
        """
        with connect.transaction(self.engine) as connection:
            policy = self._policy(connection)
            found = history.steps(connection)
            if policy.may("steps"):
                return found
            return found[found["user_id"].eq(self.actor)].reset_index(drop=True)

    def history(self, table: str, key: str) -> pd.DataFrame:
        """What became of one row, oldest first: one row a version.

        Columns: version, step_id, done_at (UTC), user_id (who), kind (of the step: write,
        import, undo ...) and changes, a dictionary {column: (before, after)} of what the step
        changed, typed as ``read`` gives it, None = empty; ``removed`` among them is True while
        an undo has taken the row back; only columns the actor may read. An unknown key gives no
        rows. Raises ``BadInput("table_unknown")``, ``NotAllowed("not_allowed")`` for who may read
        no histories, or not this row.

        >>> import tempfile
        >>> from carekit.store import create_store
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = create_store(f"{folder}/town.care", actor="li.na")
        ...     step = store.write("schools", pd.DataFrame({"name": ["Ford Primary"]}))
        ...     school = store.read("schools").assign(name="Ford Central Primary")
        ...     step = store.write("schools", school)
        ...     found = store.history("schools", "S001")
        >>> found[["version", "step_id", "user_id", "kind"]]
           version  step_id user_id   kind
        0        1  S000002   li.na  write
        1        2  S000003   li.na  write
        >>> found["changes"][1]
        {'name': ('Ford Primary', 'Ford Central Primary')}
        """
        with recording.reading(self) as (connection, shown):
            found = versions.seen(connection, table, key, self._policy(connection))
            shown += seen.one(connection, self.actor, table, key, "history")
            return found

    def newest(self) -> str:
        """The id of the newest step: while it is the same, nothing has changed."""
        with connect.transaction(self.engine) as connection:
            self._policy(connection)
            return numbers.newest_step_id(connection)

    def changed_since(self, step: str) -> set[str]:
        """The tables the actor must read again: steps entered after this one have changed them.

        Or they have changed which rows the actor sees of them.
        """
        with connect.transaction(self.engine) as connection:
            policy = self._policy(connection)
            return policy.changed(history.changed_since(connection, step))

    def next_ids(self) -> dict[str, str]:
        """The next free id of every table the actor may add to; taken-back ones are not free.

        Inside ``change`` nobody else can take them.
        """
        with connect.transaction(self.engine) as connection:
            policy = self._policy(connection)
            ids = numbers.first_ids(connection)
            return {table: first for table, first in ids.items() if policy.scopes(table, "add")}

    def verify(self, user_id: str, password: str) -> dict[str, Any] | None:
        """Who signs in: see :func:`carekit.store.users.verify`."""
        return users.verify(self, user_id, password)

    def setting(self, setting_id: str) -> str | None:
        """The value of one setting, None where it is not set."""
        with connect.transaction(self.engine) as connection:
            return Reader(connection, self._policy(connection)).setting(setting_id)

    def today(self) -> dt.date:
        """The practice day where the store has one, else the real day."""
        with connect.transaction(self.engine) as connection:
            return Reader(connection).today()

    def close(self) -> None:
        """Let go of the file."""
        recording.settle(self)
        self.engine.dispose()

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
