"""What this process may open: the keys of stores somebody has unlocked in it.

A store is opened for each call and closed after it, in pages, threads and long steps; nobody can
be asked for a password each time. So a process remembers the keys it was given, until it ends or
is told to forget them; this is the one thing carekit keeps between two calls. Who holds a key
holds everything: what a person may do is decided before this is asked.

>>> from carekit.store.keys import Keys
>>> hold("a store", Keys.new())
>>> handed = handed_over()  # for a child process, through its pipe
>>> forget("a store"), held("a store") is None
(None, True)
>>> take(handed); held("a store") is not None
True
>>> forget("a store")
"""

from collections.abc import Mapping

from carekit.store.keys import Keys

__all__ = ["forget", "handed_over", "held", "hold", "take"]

_HELD: dict[str, Keys] = {}


def hold(store: str, keys: Keys) -> None:
    """Remember the keys of the store with this id (see ``keyfile``)."""
    _HELD[store] = keys


def held(store: str) -> Keys | None:
    """The keys of a store, None while it is locked here."""
    return _HELD.get(store)


def forget(store: str) -> None:
    """Lock a store in this process."""
    _HELD.pop(store, None)


def handed_over() -> dict[str, Keys]:
    """Everything this process may open, for a child it starts."""
    return dict(_HELD)


def take(handed: Mapping[str, Keys]) -> None:
    """What a parent hands over."""
    _HELD.update(handed)
