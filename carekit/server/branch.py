"""The store behind the server: who may come in, whether there is a store yet, whether it is locked.

The first person who signs in unlocks it; this process then holds the key until :meth:`lock`.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carekit.errors import BadInput

if TYPE_CHECKING:
    from carekit.store.keys import Keys
    from carekit.store.standing import Standing

__all__ = ["Branch", "Row"]

Row = Mapping[str, Any]  # of ``users``: user_id, name, role, scope, language


class Branch:
    """Opened anew for each question: all of this runs in threads."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).absolute()

    def missing(self) -> bool:
        """Whether nobody has set up this branch yet."""
        return not self.path.exists()

    def verify(self, user_id: str, password: str) -> Row | None:
        """The row of who signs in, None when user name or password is wrong; unlocks the store.

        Raises what :func:`carekit.store.open_store` raises about the file.
        """
        from carekit.store import open_store, users

        if not user_id or not password:  # open_store would look for them in the environment
            return None
        try:
            with open_store(self.path, user_id, password) as store:
                return users.who(store, user_id)
        except BadInput as refused:
            if refused.code != "password_wrong":
                raise
            return None

    def recover(self, user_id: str, code: str, password: str) -> Row:
        """The row of who gets a new password by the recovery code; unlocks the store.

        Raises what :func:`carekit.store.recover_store` raises.
        """
        from carekit.store import recover_store, users

        if not user_id:
            raise BadInput("user_name_wrong")
        with recover_store(self.path, code, password, user_id) as store:
            row = users.who(store, user_id)
        assert row is not None
        return row

    def find(self, user_id: str) -> Row | None:
        """The row of a person as it stands now, None when the person may no longer come in or the
        store was locked meanwhile."""
        from carekit.store import open_store, users

        if self.missing():  # taken away while people were signed in
            return None
        try:
            with open_store(self.path, user_id) as store:
                return users.who(store, user_id)
        except BadInput as refused:
            if refused.code not in ("store_locked", "user_unknown", "user_disabled"):
                raise
            return None

    def keys(self) -> "tuple[str, Keys] | None":
        """What a kernel needs to open the store (its id and keys), None while it is locked."""
        from carekit.store import keyfile, unlocked

        if not self.path.exists():
            return None
        name = keyfile.read(self.path).store
        keys = unlocked.held(name)
        return None if keys is None else (name, keys)

    def standing(self) -> "dict[str, Standing] | None":
        """How everybody stands who may come in (see ``store.standing``), None while locked."""
        from carekit.store.standing import standing

        opened = self.keys()
        return None if opened is None else standing(self.path, opened[1])

    def written(self) -> tuple[tuple[int, int], ...]:
        """Sizes and times of the store's files: while these stay, nothing was written."""
        found = []
        for ending in ("", "-wal", ".keys"):
            with suppress(OSError):
                status = self.path.with_name(self.path.name + ending).stat()
                found.append((status.st_size, status.st_mtime_ns))
        return tuple(found)

    def lock(self) -> None:
        """Forget the key: the next sign-in unlocks the store again."""
        from carekit.store import unlocked

        if (opened := self.keys()) is not None:
            unlocked.forget(opened[0])

    def found(self, **given: Any) -> tuple[Row, str]:
        """Set up the branch (see :func:`carekit.tasks.found_branch`); gives its first user and
        the recovery code to print."""
        from carekit import tasks

        made = tasks.found_branch(self.path, **given)
        row = self.find(made.user)
        assert row is not None
        return row, made.recovery_code
