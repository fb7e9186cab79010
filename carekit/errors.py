"""What can go wrong, as codes: the sentence is made at the edge by ``words.say``.

An error carries a code and the values its sentence needs, never a sentence, and its ``str`` is
the bare code: a traceback or a log line can then hold no personal data.

>>> from carekit.errors import BadInput
>>> error = BadInput("outing_unknown", outing="O0009")
>>> str(error), error.values
('outing_unknown', {'outing': 'O0009'})
"""

from typing import Any

__all__ = ["BadInput", "CareError", "NotAllowed", "Stale"]


class CareError(Exception):
    """An error a person can be told about: ``code`` and ``values`` for ``words.say``."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors cross from a child process to the page; keywords do not pickle by themselves.
        return _rebuild, (type(self), self.code, self.values)


class BadInput(CareError):
    """What was given cannot be used; the sentence names the cure (exit code 2)."""


class Stale(CareError):
    """Somebody else changed it meanwhile, or the world no longer allows it; nothing was done."""


class NotAllowed(CareError):
    """This person may not do this."""


def _rebuild(kind: type[CareError], code: str, values: dict[str, Any]) -> CareError:
    return kind(code, **values)
