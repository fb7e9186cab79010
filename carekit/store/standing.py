"""What every user of a store may be held to: the server asks it for those who are signed in."""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from carekit.store import connect, keyfile, schema
from carekit.store.keys import Keys
from carekit.store.schema import STEPS
from carekit.store.trail import Trail

__all__ = ["Standing", "standing", "with_password"]


class Standing(NamedTuple):
    """How a user stands: what a session began with must still be so."""

    role: str
    scope: str
    secret: str  # a digest of what the own password wraps; tells nothing of it
    chosen: str  # the last step by which the person gave themselves a password

    def goes_on(self, now: "Standing | None") -> bool:
        """Whether a session that began like this goes on: the same role and scope, and no new
        password but one's own.

        >>> began = Standing("helper", "H00001", "a", "")
        >>> began.goes_on(began), began.goes_on(None)
        (True, False)
        >>> began.goes_on(began._replace(secret="b")), began.goes_on(began._replace(scope="H00002"))
        (False, False)
        >>> began.goes_on(began._replace(secret="b", chosen="S000009"))
        True
        """
        if now is None or (self.role, self.scope) != (now.role, now.scope):
            return False
        return self.secret == now.secret or self.chosen != now.chosen


def standing(path: Path, keys: Keys) -> dict[str, Standing]:
    """Everybody who may come in now, by user id.

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = create_store(f"{folder}/town.care", actor="li.na", password="river stone 7")
    ...     {user: one.role for user, one in standing(store.path, store.keys).items()}
    {'li.na': 'administrator'}
    """
    user = schema.stored("users")
    may = sa.or_(user.c.disabled.is_(None), user.c.disabled == 0)
    living = sa.select(user.c.user_id, user.c.role, user.c.scope).where(user.c.removed == 0, may)
    own = sa.select(STEPS.c.user_id, STEPS.c.step_id).where(STEPS.c.kind == "password")
    with connect.transaction(connect.open_engine(path, keys)) as connection:
        people = connection.execute(living).all()
        own = own.order_by(STEPS.c.done_at)
        chosen = {one.user_id: one.step_id for one in connection.execute(own)}
    wraps = {one.tag: one.wrap for one in keyfile.read(path).people}
    return {
        who: Standing(role, scope or "", _digest(wraps.get(keys.tag(who))), chosen.get(who, ""))
        for who, role, scope in people
    }


def _digest(wrap: object) -> str:
    return hashlib.sha256(json.dumps(wrap, sort_keys=True).encode()).hexdigest() if wrap else ""


def with_password(store: Trail) -> set[str]:
    """The users who have a password: the others cannot sign in yet, or no longer.

    >>> import tempfile
    >>> from carekit.store import create_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with_password(create_store(f"{folder}/town.care", actor="li.na"))
    set()
    """
    store.policy().need("users")
    user, file = schema.stored("users").c, keyfile.read(store.path)
    with connect.transaction(store.engine) as connection:
        every = connection.execute(sa.select(user.user_id).where(user.removed == 0)).scalars()
        return {str(who) for who in every if file.holds(store.keys, str(who))}
