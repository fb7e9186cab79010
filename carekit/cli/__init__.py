"""The command line: the same deeds as the pages, for scripts and for people who like a shell.

Exit codes: 0 done (also with refused cells or unmatched children), 2 bad input (or a store that is
not what it should be), 1 a fault of ours.
"""

import os
import sys

import click

from carekit import words
from carekit.cli.keeping import backup, child, doctor, restore
from carekit.cli.matching import match, rematch
from carekit.cli.registers import demo, import_, init, undo
from carekit.cli.serving import serve
from carekit.cli.speaker import LANGUAGE, Speaker
from carekit.cli.users import users
from carekit.cli.vault import encrypt, recover
from carekit.cli.work import outing, roster
from carekit.errors import CareError

__all__ = ["carekit", "main"]


@click.group(invoke_without_command=True)
@LANGUAGE
@click.version_option(package_name="carekit")
@click.pass_context
def carekit(context: click.Context) -> None:
    """Look after left-behind children: registers, proved matching, outings."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for command in (
    *(serve, init, demo, import_, undo, match, rematch, outing, roster, users, recover, encrypt),
    *(backup, restore, doctor, child),
):
    carekit.add_command(command)


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and give its exit code."""
    speaker = Speaker()

    def complain(code: str, **values: object) -> None:
        click.echo(words.say(code, speaker.language, **values), err=True)

    try:
        ended = carekit.main(arguments, standalone_mode=False, obj=speaker)
    except CareError as error:
        complain(error.code, **error.values)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.Abort:
        complain("stopped")
    except click.ClickException as error:
        # click lists the choices of an option on lines of their own
        complain("usage_wrong", message=" ".join(error.format_message().split()))
    except Exception as error:  # a traceback can hold a child's name: only its kind is told
        if os.environ.get("CAREKIT_DEBUG"):
            raise
        complain("fault_ours", kind=type(error).__name__)
        return 1
    else:
        return ended if isinstance(ended, int) else 0  # a command that ends with a code of its own
    return 2


def main() -> None:
    """The entry point of the ``carekit`` command."""
    sys.exit(run())
