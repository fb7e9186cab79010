"""carekit init, demo, import, undo: what is in a store."""

import os
from pathlib import Path
from typing import Any

import click

from carekit.cli.speaker import FIRST_USERS, STORE, Speaker, common, new_password, open_here


@click.command()
@STORE
@click.option("--branch", help="Name of the branch, shown in the header.")
@click.option("--practice-day", help="Use this day as today (2026-03-02); for practice only.")
@common
def init(
    speaker: Speaker, store: Path, branch: str | None, practice_day: str | None, as_json: bool
) -> None:
    """Make an empty STORE. CAREKIT_USER becomes its first user."""
    from carekit import tasks
    from carekit.store import create_store

    user = os.environ.get("CAREKIT_USER") or FIRST_USERS[0]
    password, chosen = new_password(speaker)
    with create_store(store, actor=user, password=password, practice_day=practice_day) as made:
        if branch:
            tasks.name_branch(made, branch)
        code = made.recovery_code
    # A password that was made up here must be told once; one that was given is never repeated.
    shown = {"user": user} if chosen else {"user": user, "password": password}
    if as_json:
        speaker.json({"store": str(store), **shown, "recovery_code": code})
        return
    speaker.say("store_created" if chosen else "store_created_password", store=str(store), **shown)
    speaker.say("recovery_keep", letters=code)


@click.command()
@STORE
@click.option(
    "--size", type=click.Choice(["school", "county"]), default="school", show_default=True
)
@common
def demo(speaker: Speaker, store: Path, size: str, as_json: bool) -> None:
    """Fill STORE with a fictional school or county; makes the store when it is missing."""
    from carekit import tasks
    from carekit.store import create_store

    made: dict[str, Any] = {}
    if not store.exists():
        user = os.environ.get("CAREKIT_USER") or FIRST_USERS[1]
        password, chosen = new_password(speaker)
        with create_store(store, actor=user, password=password) as new:
            made = {"user": user, "recovery_code": new.recovery_code}
        made |= {} if chosen else {"password": password}
    with open_here(speaker, store) as opened:
        step = tasks.fill_with_sample(opened, report=speaker.progress, size=size)
        counts = {t: len(opened.read(t)) for t in ("children", "helpers", "outings")}
    code = "demo_filled_password" if "password" in made else "demo_filled"
    speaker.answer(code, as_json, store=str(store), step=step, **counts, **made)
    if "recovery_code" in made and not as_json:
        speaker.say("recovery_keep", letters=made["recovery_code"])


@click.command("import")
@STORE
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--table", type=click.Choice(["children", "helpers"]), required=True)
@common
def import_(speaker: Speaker, store: Path, file: Path, table: str, as_json: bool) -> None:
    """Bring the rows of a spreadsheet FILE (.xlsx, .csv) into STORE."""
    from carekit import exports, tasks

    with open_here(speaker, store) as opened:
        result = tasks.import_sheet(opened, file, table, report=speaker.progress)
    if as_json:
        speaker.json(result)
        return
    speaker.say("import_done", count=result["rows"], known=result["known"])
    listed = exports.refusals(result, table, speaker.language)
    for row, column, value, cure in listed.itertuples(index=False):
        speaker.say("cell_line", row=row, column=column, value=value, cure=cure)
    if result["unrecognised"]:
        speaker.say("unrecognised", columns=list(result["unrecognised"]))
    if result["step"]:
        speaker.say("import_undo", step=result["step"], store=str(store))


@click.command()
@STORE
@click.argument("step")
@common
def undo(speaker: Speaker, store: Path, step: str, as_json: bool) -> None:
    """Take back exactly one STEP of STORE (an import, a publication)."""
    with open_here(speaker, store) as opened:
        back = opened.undo(step)
    speaker.answer("undo_done", as_json, step=step, undone_by=back)
