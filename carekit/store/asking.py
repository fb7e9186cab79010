"""What a store tells its actor about themselves, and what may be told without a row."""

from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from carekit.store import connect, rollup
from carekit.store.keys import Keys
from carekit.store.policy import Policy, policy_of
from carekit.store.reading import Reader

__all__ = ["Asking"]


class Asking:
    """The part of :class:`carekit.store.Store` that asks the policy."""

    path: Path
    engine: sa.Engine
    actor: str
    keys: Keys

    def policy(self) -> Policy:
        """What the actor may do: role, scope, ``may(deed)``, columns of tables, views.

        Raises ``NotAllowed("not_allowed")`` for an actor who is no user, or is disabled.

        >>> import tempfile
        >>> from carekit.store import create_store
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     mine = create_store(f"{folder}/town.care", actor="li.na").policy()
        ...     mine.role, mine.may("publish")
        ('administrator', True)
        """
        with connect.transaction(self.engine) as connection:
            return self._policy(connection)

    def _policy(self, connection: sa.Connection) -> Policy:
        # From the table of users, in the transaction that needs it; never from whoever calls.
        return policy_of(connection, self.actor, Reader(connection).today(), self.keys.tag)

    def rollup(self) -> pd.DataFrame:
        """How many children each school has in each tier, small cells suppressed.

        See :func:`carekit.store.rollup.rollup`.

        >>> from carekit import tasks
        >>> with tasks.practice_store() as store:
        ...     store.rollup()
          school_id   school  tier  children
        0      S001  河心镇中心小学     1        12
        1      S001  河心镇中心小学     2        38
        2      S001  河心镇中心小学     3        72
        """
        with connect.transaction(self.engine) as connection:
            policy = self._policy(connection)
            policy.need("rollup")
            return rollup.rollup(connection, policy.who.today)
