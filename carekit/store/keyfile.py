"""The file beside a store that holds its wrapped keys: ``town.care.keys`` for ``town.care``.

The store itself is encrypted from its first byte, so what unlocks it lies beside it; a backup is
one file with both. The file is JSON: the store's random id (also the salt of everybody's secret),
one wrap a person and one for the recovery code, each with the cost of its secret. No person can
be read from it: a wrap carries a tag that only the data key can tell, and whoever signs in finds
the own wrap by trying all of them with one secret (the work is in the secret, not in the trying),
so an unknown person, a wrong password and a person without a wrap are one case with one cost.

It is replaced as a whole, and only by who holds the write lock of the store: two changes at once
never lose one. A wrap decides who can unlock; ``users`` decides who may come in.
"""

import errno
import glob
import json
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from carekit.errors import BadInput
from carekit.store import keys as sealing
from carekit.store.keys import Cost, Keys, Wrap

__all__ = ["Keyfile", "beside", "following", "read", "write"]

FORMAT = 1
MOST_BYTES = 2**20
ID_DIGITS = 32


@dataclass(frozen=True)
class Closed:
    """One wrap, and what its secret costs."""

    wrap: Wrap
    cost: Cost
    tag: str = ""  # whose it is; empty for the recovery code


@dataclass(frozen=True)
class Keyfile:
    """What the file says; every change gives a new one."""

    store: str = field(default_factory=lambda: secrets.token_hex(ID_DIGITS // 2))
    people: tuple[Closed, ...] = ()
    recovery: Closed | None = None

    def unlocked(self, user_id: str, password: str) -> Keys | None:
        """The keys of who knows the password, None for anything that is not right.

        >>> file = Keyfile().with_person(Keys.new(), "li.na", "river stone 7")
        >>> [file.unlocked(*who) is None for who in
        ...     (("li.na", "river stone 7"), ("li.na", "a guess"), ("nobody", "river stone 7"))]
        [False, True, True]
        """
        costs = {one.cost for one in self.people} or {sealing.COST}
        found = None
        for cost in sorted(costs, key=lambda cost: (cost.time, cost.memory, cost.lanes)):
            key = self._secret(user_id, password, cost)
            for one in self.people:
                if one.cost == cost and found is None:
                    found = sealing.unwrapped(one.wrap, key, self._person(user_id))
        return found

    def recovered(self, code: str) -> Keys | None:
        """The keys of who holds the recovery code; ``BadInput("recovery_mistyped")``."""
        typed = sealing.code_read(code)
        if self.recovery is None:
            return None
        key = self._secret("", typed, self.recovery.cost)
        return sealing.unwrapped(self.recovery.wrap, key, self._code())

    def with_person(self, keys: Keys, user_id: str, password: str) -> "Keyfile":
        """A person who can unlock the store from now on, with this password alone."""
        key = self._secret(user_id, password, sealing.COST)
        wrap = sealing.wrapped(keys, key, self._person(user_id))
        new = Closed(wrap, sealing.COST, keys.tag(user_id))
        others = (one for one in self.people if one.tag != new.tag)
        # In the order of their tags: nobody sees who joined last.
        people = sorted((*others, new), key=lambda one: one.tag)
        return Keyfile(self.store, tuple(people), self.recovery)

    def only(self, keys: Keys, user_ids: Iterable[str]) -> "Keyfile":
        """Without the wraps of everybody else."""
        tags = {keys.tag(user_id) for user_id in user_ids}
        people = tuple(one for one in self.people if one.tag in tags)
        return Keyfile(self.store, people, self.recovery)

    def holds(self, keys: Keys, user_id: str) -> bool:
        """Whether a person has a password of their own."""
        return keys.tag(user_id) in {one.tag for one in self.people}

    def with_code(self, keys: Keys, code: str) -> "Keyfile":
        """Another recovery code in the place of the one there was."""
        key = self._secret("", sealing.code_read(code), sealing.COST)
        wrap = sealing.wrapped(keys, key, self._code())
        return Keyfile(self.store, self.people, Closed(wrap, sealing.COST))

    def _secret(self, user_id: str, password: str, cost: Cost) -> bytes:
        # A salt of each person's own: one guess is tried on one person.
        return sealing.secret(password, f"{self.store}/{user_id}".encode(), cost)

    def _person(self, user_id: str) -> str:
        return f"{self.store}/person/{user_id}"

    def _code(self) -> str:
        return f"{self.store}/recovery"


def beside(store: Path) -> Path:
    """Where the keys of a store lie.

    >>> beside(Path("town.care")).name
    'town.care.keys'
    """
    return store.with_name(f"{store.name}.keys")


def read(store: Path) -> Keyfile:
    """The keys beside a store. Raises ``BadInput``: ``keys_missing``, ``keys_damaged``, and
    ``store_newer`` for a format of a later carekit."""
    path = beside(store)
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES)
    except FileNotFoundError:
        raise BadInput("keys_missing", path=str(store), keys=str(path)) from None
    except OSError:
        raise BadInput("store_unreadable") from None
    try:
        said = json.loads(text)
        number = said["carekit_keys"]
        if isinstance(number, int) and number > FORMAT:
            raise BadInput("store_newer", path=str(path), number=number, known=FORMAT)
        people = tuple(_closed(one) for one in said["people"])
        code = _closed(said["recovery"]) if said["recovery"] else None
        found = Keyfile(str(said["store"]), people, code)
        if number != FORMAT or len(bytes.fromhex(found.store)) * 2 != ID_DIGITS:
            raise ValueError
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise BadInput("keys_damaged", path=str(path)) from None
    return found


def _closed(said: Any) -> Closed:
    wrap = {part: str(said[part]) for part in sealing.PARTS}
    for digits in wrap.values():
        bytes.fromhex(digits)
    cost = Cost(**{name: int(number) for name, number in said["cost"].items()})
    if not cost.bearable():
        raise ValueError
    return Closed(wrap, cost, str(said["tag"]))


def write(store: Path, file: Keyfile) -> None:
    """Put the keys beside a store: the new file is on the disk before the old one goes."""
    said = {
        "carekit_keys": FORMAT,
        "store": file.store,
        "people": [_said(one) for one in file.people],
        "recovery": _said(file.recovery) if file.recovery else None,
    }
    path = beside(store)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        # Nobody else writes now: another draft is that of a process which was killed.
        for left in path.parent.glob(f".{glob.escape(path.name)}.*.new"):
            left.unlink(missing_ok=True)
        # For nobody else on this computer.
        number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as to:
            json.dump(said, to, indent=1)
            to.flush()
            os.fsync(to.fileno())
        _renamed(draft, path)
        settle(path.parent)
    except OSError as error:
        raise BadInput(fault(error)) from None
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def following(store: Path) -> Iterator[Callable[[Callable[[], object]], None]]:
    """Around a step whose keys follow it: gives what runs a change of them, under the step's lock.

    Where the step fails after that, at its commit, the keys are again what they were: the person
    hears that nothing was done.
    """
    done: list[tuple[Keyfile, Keyfile]] = []

    def follow(change: Callable[[], object]) -> None:
        before = read(store)
        change()
        done.append((before, read(store)))

    try:
        yield follow
    except BaseException:
        for before, after in reversed(done):
            with suppress(BadInput):  # what went wrong first is what is told
                if after != before and read(store) == after:
                    write(store, before)
        raise


def _said(one: Closed) -> dict[str, Any]:
    return {"tag": one.tag, "cost": asdict(one.cost), **one.wrap}


def fault(error: OSError) -> str:
    """The code of why a file could not be written."""
    full = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
    return "disk_full" if error.errno in full else "store_read_only"


def _renamed(draft: Path, path: Path) -> None:
    """Windows refuses while somebody reads the old file, which takes a moment."""
    for _ in range(50 if os.name == "nt" else 0):
        with suppress(PermissionError):
            draft.replace(path)
            return
        time.sleep(0.02)
    draft.replace(path)


def settle(folder: Path) -> None:
    """A new name outlives a power cut only once its folder is written too.

    Windows and some disks have no way to ask for it; the name is there all the same.
    """
    if os.name == "posix":
        number = os.open(folder, os.O_RDONLY)
        with suppress(OSError):
            os.fsync(number)
        os.close(number)
