"""What the actor of a store is still writing, alone or with others: no step, no history."""

from carekit.store import connect, drafts
from carekit.store.asking import Asking

__all__ = ["Keeping"]


class Keeping(Asking):
    """The part of :class:`carekit.store.Store` that keeps drafts."""

    def keep(self, place: str, body: str | None) -> None:
        """Keep what the actor is still writing at a place (a form of a view); None lets it go.

        Drafts are the actor's alone, make no step and are no part of ``undo``.
        """
        with connect.transaction(self.engine, write=True) as connection:
            self._policy(connection).need("drafts")
            if body is None:
                drafts.forget(connection, self.actor, place)
            else:
                drafts.keep(connection, self.actor, place, body)

    def kept(self, place: str) -> str | None:
        """What the actor was writing at a place, None where nothing is kept."""
        with connect.transaction(self.engine) as connection:
            self._policy(connection).need("drafts")
            return drafts.kept(connection, self.actor, place)

    def keep_shared(self, place: str, body: str | None, *, seen: int) -> drafts.Shared:
        """Keep what several people work on; None lets it go, the number goes on.

        ``seen`` is the number of the draft that was changed (0 = there was none). Raises
        ``Stale("draft_newer")`` with user and saved_at where somebody has saved meanwhile.

        >>> import tempfile
        >>> from carekit.store import create_store
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = create_store(f"{folder}/town.care", actor="li.na")
        ...     first = store.keep_shared("matching/volunteer", "{}", seen=0)
        ...     first.number, store.kept_shared("matching/volunteer") == first
        (1, True)
        """
        with connect.transaction(self.engine, write=True) as connection:
            self._policy(connection).need("shared_drafts")
            return drafts.share(connection, self.actor, place, body, seen)

    def kept_shared(self, place: str) -> drafts.Shared:
        """What several people work on at a place: number, body, user_id, saved_at."""
        with connect.transaction(self.engine) as connection:
            self._policy(connection).need("shared_drafts")
            return drafts.shared(connection, place)
