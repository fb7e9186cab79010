"""The frames a session looks at: read once, and again only where the store has changed."""

import threading
from collections.abc import Callable, Iterable
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
        # name -> value, tables it was made of, how it is made
        self._held: dict[str, tuple[Any, set[str], Callable[[], Any]]] = {}
        self._lock = threading.RLock()  # ``renew`` runs beside the page
        self.asked: set[str] = set()  # what was asked for; a page empties it before it loads
        self._reading: list[set[str]] = []

    def look(self) -> str:
        """See whether the store has moved on; gives the id of its newest step."""
        with self._lock:
            newest = self.store.newest()
            if newest != self.newest:
                changed = self.store.changed_since(self.newest)
                self._held = {n: held for n, held in self._held.items() if not held[1] & changed}
                self.newest = newest
            return newest

    def renew(self, names: Iterable[str]) -> None:
        """Make anew what the store has moved on from; for a thread, so that the page lives on."""
        with self._lock:
            makes = {name: self._held[name][2] for name in names if name in self._held}
            self.look()
            for name, make in makes.items():
                self._take(name, make)

    def read(self, table: str) -> pd.DataFrame:
        """A table of the store; read only."""
        frame: pd.DataFrame = self._take(table, lambda: self.store.read(table))
        return frame

    def keep(self, name: str, build: Callable[[Read], Value]) -> Value:
        """What ``build(read)`` makes of tables (and of other kept values)."""
        value: Value = self._take(f"/{name}", lambda: build(self.read))
        return value

    def _take(self, name: str, make: Callable[[], Any]) -> Any:
        with self._lock:
            if name not in self._held:
                tables = set() if name.startswith("/") else {name}
                self._reading.append(tables)
                try:
                    value = make()
                finally:
                    self._reading.pop()
                self._held[name] = (value, tables, make)
            value, of, _ = self._held[name]
            if self._reading:  # whoever is being made now is made of these too
                self._reading[-1].update(of)
            else:
                self.asked.add(name)
            return value
