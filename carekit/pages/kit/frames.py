"""The frames a session looks at: read once, and again only where the store has changed."""

from collections.abc import Callable
from typing import Any, TypeVar

import pandas as pd

from carekit.store import Store

__all__ = ["Frames"]

Read = Callable[[str], pd.DataFrame]
Value = TypeVar("Value")


class Frames:
    """What the views of one session read, shared by all of them.

    ``read(table)`` gives a table, ``keep(name, build)`` what ``build(read)`` makes of tables.
    Both are held until a step changes a table they were made of. Frames are shared: nobody
    changes one in place.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.newest = store.newest()
        self._held: dict[str, tuple[Any, set[str]]] = {}  # name -> value, tables it was made of
        self._reading: list[set[str]] = []

    def look(self) -> str:
        """See whether the store has moved on; gives the id of its newest step."""
        newest = self.store.newest()
        if newest != self.newest:
            changed = self.store.changed_since(self.newest)
            self._held = {n: held for n, held in self._held.items() if not held[1] & changed}
            self.newest = newest
        return newest

    def read(self, table: str) -> pd.DataFrame:
        """A table of the store; read only."""
        frame: pd.DataFrame = self._take(table, lambda: self.store.read(table), {table})
        return frame

    def keep(self, name: str, build: Callable[[Read], Value]) -> Value:
        """What ``build(read)`` makes of tables (and of other kept values)."""
        value: Value = self._take(f"/{name}", lambda: build(self.read), set())
        return value

    def _take(self, name: str, make: Callable[[], Any], tables: set[str]) -> Any:
        if name not in self._held:
            self._reading.append(tables)
            try:
                value = make()
            finally:
                self._reading.pop()
            self._held[name] = (value, tables)
        value, of = self._held[name]
        if self._reading:  # whoever is being made now is made of these too
            self._reading[-1].update(of)
        return value
