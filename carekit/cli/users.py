"""carekit users: who may sign in, and as what."""

from pathlib import Path

import click

from carekit import tables
from carekit.cli.speaker import LANGUAGE, STORE, Speaker, common, new_password, open_here

VARIABLE = "CAREKIT_NEW_PASSWORD"  # never an option: the command line is seen by everybody
ROLES = tuple(tables.choices("role").index)


class Listing(click.Group):
    """Without a command, but perhaps with options, it lists."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        return super().resolve_command(ctx, ["list", *args] if args[0].startswith("-") else args)


@click.group(cls=Listing, invoke_without_command=True)
@STORE
@LANGUAGE
@click.make_pass_decorator(Speaker)
@click.pass_context
def users(context: click.Context, speaker: Speaker, store: Path) -> None:
    """The people who may sign in to STORE: list, add, password, disable, enable."""
    speaker.store = store
    if context.invoked_subcommand is None:
        _list(speaker, store, False)


@users.command("list")
@common
def list_(speaker: Speaker, as_json: bool) -> None:
    """Who may sign in."""
    _list(speaker, speaker.store, as_json)


@users.command()
@click.argument("user")
@click.option("--name", help="The person's name.")
@click.option("--role", type=click.Choice(ROLES), default="coordinator", show_default=True)
@click.option(
    "--scope",
    "--helper",
    help="Of a helper: who it is in the register (H00001); of a class_teacher: the class (K0001).",
)
@common
def add(
    speaker: Speaker,
    user: str,
    name: str | None,
    role: str,
    scope: str | None,
    as_json: bool,
) -> None:
    """Add USER; the password is asked for, or taken from CAREKIT_NEW_PASSWORD."""
    from carekit.store import add_user

    with open_here(speaker, speaker.store) as opened:
        password, chosen = new_password(speaker, variable=VARIABLE)
        add_user(opened, user, name or user, password, role, scope)
    shown = {} if chosen else {"password": password}
    speaker.answer("user_added" if chosen else "user_added_password", as_json, user=user, **shown)


@users.command()
@click.argument("user")
@common
def password(speaker: Speaker, user: str, as_json: bool) -> None:
    """Give USER a new password: asked for, or taken from CAREKIT_NEW_PASSWORD."""
    from carekit.store import set_password

    with open_here(speaker, speaker.store) as opened:
        secret, chosen = new_password(speaker, variable=VARIABLE)
        set_password(opened, user, secret)
    shown = {} if chosen else {"password": secret}
    code = "user_password_done" if chosen else "user_password_made"
    speaker.answer(code, as_json, user=user, **shown)


@users.command()
@click.argument("user")
@common
def disable(speaker: Speaker, user: str, as_json: bool) -> None:
    """USER can no longer sign in; what USER did stays."""
    _switch(speaker, user, True, as_json)


@users.command()
@click.argument("user")
@common
def enable(speaker: Speaker, user: str, as_json: bool) -> None:
    """USER can sign in again."""
    _switch(speaker, user, False, as_json)


def _switch(speaker: Speaker, user: str, disabled: bool, as_json: bool) -> None:
    from carekit.store import disable_user

    with open_here(speaker, speaker.store) as opened:
        disable_user(opened, user, disabled)
    code = "user_disabled_done" if disabled else "user_enabled_done"
    speaker.answer(code, as_json, user=user, disabled=disabled)


def _list(speaker: Speaker, store: Path, as_json: bool) -> None:
    with open_here(speaker, store) as opened:
        opened.policy().need("users")
        known = opened.read("users")[["user_id", "name", "role", "scope", "disabled"]]
    known["disabled"] = known["disabled"].fillna(False).astype(bool)
    rows = known.astype("object").where(known.notna(), None).to_dict("records")
    if as_json:
        speaker.json(rows)
        return
    for row in rows:
        gone = speaker.word("user_line_disabled") if row["disabled"] else None
        shown = (row["user_id"], row["role"], row["scope"], row["name"], gone)
        click.echo("  ".join(part for part in shown if part))
