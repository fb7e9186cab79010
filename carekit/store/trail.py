"""What a store tells of its own past: who did what, and who saw whom."""

import pandas as pd
import sqlalchemy as sa

from carekit.store import audit, connect, recording, seen
from carekit.store.asking import Asking
from carekit.store.audit import Entry
from carekit.store.policy import Policy
from carekit.store.reading import Reader

__all__ = ["Trail"]


class Trail(Asking):
    """The part of :class:`carekit.store.Store` that keeps and shows the audit."""

    def _reader(self, connection: sa.Connection, shown: list[Entry], policy: Policy) -> Reader:
        """A reader of what the actor may read, whose every private table goes into the audit."""

        def note(table: str, frame: pd.DataFrame, whole: bool) -> None:
            if (entry := seen.entry(self.actor, table, frame, whole=whole)) is not None:
                shown.append(entry)

        return Reader(connection, policy, note)

    def saw(self, table: str, key: str) -> None:
        """Note in the audit that the actor was shown the card of one row.

        Raises ``BadInput("table_unknown")``; an unknown key is no card and makes no row.
        """
        with recording.reading(self) as (connection, shown):
            self._policy(connection).lines(table, "read")
            shown += seen.one(connection, self.actor, table, key, "card")

    def audit(self) -> pd.DataFrame:
        """Who did and who saw what, oldest first: one row a write and a read of private columns.

        Columns: n (1, 2, ...), at (UTC), user, deed (the kind of a step; read, card, history,
        backup ...), table (several with blanks), rows, child (of a read: ``*`` all rows there
        were, else the ids, in runs; of an undo: the step taken back), sensitivity (of a read),
        step_id.

        >>> import tempfile
        >>> from carekit.store import create_store
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = create_store(f"{folder}/town.care", actor="li.na")
        ...     step = store.write("children", pd.DataFrame({"name": ["Xiao Hong"]}))
        ...     shown = store.read("children")
        ...     store.saw("children", "C00001")
        ...     store.audit()[["n", "user", "deed", "table", "rows", "child"]]
           n   user   deed     table  rows   child
        0  1  li.na   init     users     1    <NA>
        1  2  li.na  write  children     1    <NA>
        2  3  li.na   read  children     1       *
        3  4  li.na   card  children     1  C00001
        """
        self.policy().need("audit")
        recording.settle(self, patient=True)
        with connect.transaction(self.engine) as connection:
            return audit.entries(connection)

    def clock_behind(self) -> str | None:
        """The time of the newest row of the audit, where the clock of this computer is before it.

        Nothing depends on it: steps and the audit are in the order they were written in, and no
        backup goes for a wrong day. But the times of what is written now are wrong.

        >>> import tempfile
        >>> from carekit.store import create_store
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     create_store(f"{folder}/town.care", actor="li.na").clock_behind() is None
        True
        """
        with connect.transaction(self.engine) as connection:
            self._policy(connection)
            return audit.clock_behind(connection)

    def who_saw(self, child_id: str) -> pd.DataFrame:
        """The rows of :meth:`audit` by which somebody saw something private about one child.

        ``table`` names only what told something about this child by then: its card, a whole
        table with rows about it, or some rows with its own among them.

        >>> import tempfile
        >>> from carekit.store import create_store
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = create_store(f"{folder}/town.care", actor="li.na")
        ...     step = store.write("children", pd.DataFrame({"name": ["Xiao Hong"]}))
        ...     before = store.read("children")
        ...     step = store.write("children", pd.DataFrame({"name": ["Xiao Ming"]}))
        ...     store.who_saw("C00001")[["user", "deed", "child"]]
        ...     len(store.who_saw("C00002"))
            user  deed child
        0  li.na  read     *
        0
        """
        self.policy().need("audit")
        recording.settle(self, patient=True)
        with connect.transaction(self.engine) as connection:
            return seen.who_saw(connection, child_id)
