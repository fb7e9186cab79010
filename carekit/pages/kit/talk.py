"""What a view tells and asks: notices, and a question before something is done."""

import secrets
from collections.abc import Callable
from typing import Any

from traitlets import Dict

from carekit.errors import CareError
from carekit.pages.faults import log_fault
from carekit.pages.kit.model import Model

__all__ = ["Talk"]


class Talk(Model):
    """One notice and one question at a time, said again when the language changes."""

    notice = Dict().tag(sync=True)
    confirm = Dict().tag(sync=True)

    _notice: dict[str, Any] = {}  # noqa: RUF012 (replaced, never changed in place)
    _question: dict[str, Any] = {}  # noqa: RUF012

    def speak_again(self) -> None:
        """Say notice and question in the language of now."""
        self._say_notice()
        self._say_question()

    def tell(self, code: str, kind: str = "success", **values: Any) -> None:
        """Show a sentence: ``kind`` is success, info, warning or error."""
        turn = secrets.token_hex(4)
        self._notice = {"code": code, "kind": kind, "values": values, "turn": turn}
        self._say_notice()

    def _say_notice(self) -> None:
        told = self._notice
        self.notice = told and {
            "kind": told["kind"],
            "text": self.say(told["code"], **told["values"]),
            "turn": told["turn"],
        }

    def tell_error(self, error: BaseException) -> None:
        """A fault of a person as its sentence; a fault of ours as a reference into the log."""
        if isinstance(error, CareError):
            self.tell(error.code, "error", **error.values)
        else:
            self.tell("event_failed", "error", reference=log_fault(error))

    def vue_close_notice(self, _: Any = None) -> None:
        self._notice = {}
        self.notice = {}

    # -- questions -------------------------------------------------------------------------------

    def ask(
        self,
        question: str,
        action: Callable[[], Any],
        *,
        more: tuple[str, dict[str, Any]] | None = None,
        yes: str = "confirm_yes",
        no: str = "cancel",
        kind: str = "plain",
        **values: Any,
    ) -> None:
        """Ask before something is done: ``action()`` runs once, when the person says yes.

        ``kind`` is plain or danger; ``more`` a second sentence (code, values).
        """
        self._question = {
            "action": action, "said": [(question, values), *([more] if more else [])],
            "yes": yes, "no": no, "kind": kind,
        }  # fmt: skip
        self._say_question()

    def _say_question(self) -> None:
        asked = self._question
        if not asked:
            self.confirm = {}
            return
        said = [self.say(code, **values) for code, values in asked["said"]]
        self.confirm = {
            "text": said[0],
            "more": " ".join(said[1:]),
            "yes": self.say(asked["yes"]),
            "no": self.say(asked["no"]),
            "kind": asked["kind"],
        }

    def vue_answer(self, yes: Any) -> Any:
        asked, self._question = self._question, {}
        self._say_question()
        return asked["action"]() if asked and yes is True else None
