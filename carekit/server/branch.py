"""The store behind the server: who may come in, and whether there is a store yet."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

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
        """The row of who signs in, None when user name or password is wrong."""
        from carekit.store import open_store, verify

        with open_store(self.path) as store:
            return verify(store, user_id, password)

    def find(self, user_id: str) -> Row | None:
        """The row of a person as it stands now, None when the person may no longer come in."""
        from carekit.store import find_user, open_store

        if self.missing():  # taken away while people were signed in
            return None
        with open_store(self.path) as store:
            return find_user(store, user_id)

    def found(self, **given: Any) -> Row:
        """Set up the branch (see :func:`carekit.tasks.found_branch`) and give its first user."""
        from carekit import tasks

        user = tasks.found_branch(self.path, **given)
        row = self.find(user)
        assert row is not None
        return row
