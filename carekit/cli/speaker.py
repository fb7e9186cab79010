"""How a call talks to whoever made it: language, JSON or sentences, progress, passwords."""

import getpass
import json
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from carekit import words

STORE = click.argument("store", type=click.Path(path_type=Path))


class Speaker:
    """How this call talks: in which language, for a person or for a program."""

    store: Path  # of a command with commands below it

    def __init__(self) -> None:
        self.language = words.preferred(os.environ.get("LC_ALL") or os.environ.get("LANG"))

    def progress(self, code: str, share: float) -> None:
        """A line on standard error: standard output stays clean for results."""
        click.echo(f"[{share:4.0%}] {words.say(code, self.language)}", err=True)

    def answer(self, code: str, as_json: bool, **values: Any) -> None:
        """The result: a sentence for a person, or everything as one JSON object."""
        if as_json:
            self.json(values)
        else:
            self.say(code, **values)

    def warn(self, code: str, **values: Any) -> None:
        """What a person must know, on standard error: results stay clean."""
        click.echo(f"▲ {self.word(code, **values)}", err=True)

    def json(self, values: Any) -> None:
        click.echo(json.dumps(values, ensure_ascii=False, default=str))

    def say(self, code: str, **values: Any) -> None:
        click.echo(self.word(code, **values))

    def word(self, code: str, **values: Any) -> str:
        return words.say(code, self.language, **values)


def _set_language(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value:
        context.ensure_object(Speaker).language = value


# Taken before and after the command's name; set eagerly, so that errors speak it too.
LANGUAGE = click.option(
    "--language",
    type=click.Choice(words.LANGUAGES),
    callback=_set_language,
    expose_value=False,
    is_eager=True,
    help="Language of the answers.",
)


def common(command: Callable[..., None]) -> Callable[..., None]:
    """What every command takes: --json, --language, and the speaker as first argument."""
    as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    return as_json(LANGUAGE(click.make_pass_decorator(Speaker)(command)))


def open_here(store: Path) -> Any:
    """The store, as CAREKIT_USER or its first user."""
    from carekit.store import open_store

    return open_store(store)


def new_password(speaker: Speaker, variable: str = "CAREKIT_PASSWORD") -> tuple[str, bool]:
    """A password and whether a person chose it: from the environment, the terminal, else made."""
    if given := os.environ.get(variable):
        return given, True
    if sys.stdin.isatty():
        asked = getpass.getpass(words.say("password_ask", speaker.language) + " ")
        if asked:
            return asked, True
    return secrets.token_urlsafe(9), False
