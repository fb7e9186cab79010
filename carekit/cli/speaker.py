"""How a call talks to whoever made it: language, JSON or sentences, progress, passwords."""

import getpass
import json
import os
import secrets
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from carekit import words
from carekit.errors import BadInput

FIRST_USERS = ("coordinator", "demo")  # of init and demo, where CAREKIT_USER names none
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


def open_here(speaker: Speaker, store: Path) -> Any:
    """The store, as CAREKIT_USER with CAREKIT_PASSWORD; what is not given is asked for."""
    from carekit.store import open_store

    try:
        return open_store(store)
    except BadInput as refused:
        if refused.code != "store_locked":
            raise
        password = os.environ.get("CAREKIT_PASSWORD") or None
        user = os.environ.get("CAREKIT_USER") or None
        if user is None and password is not None:  # the names nobody chose
            for user in FIRST_USERS:
                with suppress(BadInput):
                    return open_store(store, user, password)
        user = user or asked(speaker, "unlock_user_ask")
        if not user or not (password := asked(speaker, "unlock_password_ask", user=user)):
            raise
    return open_store(store, user, password)


def asked(speaker: Speaker, code: str, **values: Any) -> str | None:
    """What a person types at a terminal, unseen unless it is a name; None without one."""
    if not sys.stdin.isatty():
        return None
    question = speaker.word(code, **values) + " "
    if code != "unlock_user_ask":
        return getpass.getpass(question)
    click.echo(question, nl=False, err=True)  # standard output stays clean for results
    return input()


def new_password(speaker: Speaker, variable: str = "CAREKIT_PASSWORD") -> tuple[str, bool]:
    """A password and whether a person chose it: from the environment, the terminal, else made."""
    if given := os.environ.get(variable):
        return given, True
    if typed := asked(speaker, "password_ask"):
        return typed, True
    return secrets.token_urlsafe(9), False
