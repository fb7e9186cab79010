"""Slower after each wrong password: guessing must cost time, and nobody may be locked out."""

__all__ = ["FREE_TRIES", "NAMES", "SLOWEST", "Tries"]

FREE_TRIES = 3  # wrong passwords that cost nothing: everybody mistypes
SLOWEST = 8.0  # seconds; nobody is locked out
NAMES = 1000  # kept in mind, so that made-up names cannot fill the memory


class Tries:
    """How often in a row a user name came with a wrong password, and how long it must wait.

    >>> tries = Tries()
    >>> [tries.wait("li.na") for _ in range(6)]
    [0.0, 0.0, 0.0, 0.5, 1.0, 2.0]
    >>> tries.forget("li.na")
    >>> tries.wait("li.na")
    0.0
    """

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def wait(self, user_id: str) -> float:
        """Seconds to wait before this try is looked at; tries at the same time count too."""
        count = self.counts.pop(user_id, 0)
        self.counts[user_id] = count + 1  # last in the row: the first is the longest forgotten
        if len(self.counts) > NAMES:
            del self.counts[next(iter(self.counts))]
        return 0.0 if count < FREE_TRIES else min(0.5 * 2 ** min(count - FREE_TRIES, 9), SLOWEST)

    def forget(self, user_id: str) -> None:
        """The right password came."""
        self.counts.pop(user_id, None)
