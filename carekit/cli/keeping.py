"""carekit backup, restore, doctor, child: keeping a store, and the end of a file."""

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from carekit import tables
from carekit.cli.speaker import STORE, Speaker, common, open_here
from carekit.errors import BadInput

if TYPE_CHECKING:
    from carekit.store import Store
    from carekit.store.audit import Head

SHOWN = ("n", "user", "deed", "step_id", "row")


@click.command()
@STORE
@click.option("--to", type=click.Path(path_type=Path), required=True, help="A folder, or a file.")
@common
def backup(speaker: Speaker, store: Path, to: Path, as_json: bool) -> None:
    """Save all of STORE in one file, while people work."""
    from carekit.store import backup_store

    with open_here(speaker, store) as opened:
        path, manifest = backup_store(opened, to)
    said = {"n": manifest.head.n, "mac": manifest.head.mac}
    speaker.answer("backup_done", as_json, path=str(path), **_counted(manifest.living), **said)


@click.command()
@click.argument("backup", type=click.Path(path_type=Path))
@STORE
@common
def restore(speaker: Speaker, backup: Path, store: Path, as_json: bool) -> None:
    """Make STORE again from BACKUP; the password is that of the day of the backup."""
    from carekit.store import restore_store

    manifest = restore_store(backup, store)
    made_at = dt.datetime.fromisoformat(manifest.made_at)
    said = {"n": manifest.head.n, "mac": manifest.head.mac, "made_at": made_at}
    speaker.answer("restore_done", as_json, path=str(store), **_counted(manifest.living), **said)


@click.command()
@STORE
@click.option(
    "--anchor",
    type=click.Path(path_type=Path),
    help="A backup of this store (default the daily ones beside it): shows whether the end of the"
    " audit was cut off since.",
)
@common
@click.pass_context
def doctor(
    context: click.Context, speaker: Speaker, store: Path, anchor: Path | None, as_json: bool
) -> None:
    """Look whether STORE is what it should be. Ends with 2 when something is wrong."""
    import pandas as pd

    from carekit.store import examine

    with open_here(speaker, store) as opened:
        if (at := opened.clock_behind()) is not None:
            speaker.warn("clock_behind", at=at)
        health = examine(opened, _anchor(opened, anchor))
    said = {"n": health.head.n, "mac": health.head.mac, **_counted(health.counts)}
    rows = health.findings.astype("object").to_dict("records")
    found: list[dict[str, Any]] = [
        {str(name): value for name, value in row.items() if pd.notna(value)} for row in rows
    ]
    if as_json:
        speaker.json({**said, "findings": found})
    elif not found:
        speaker.say("doctor_fine", **said)
    for one in [] if as_json else found:
        values = {name: one.get(name, "") for name in SHOWN}
        table = str(one.get("table", ""))
        click.echo(
            "● " + speaker.word(one["code"], table=_title(table, speaker.language), **values)
        )
    if found:
        context.exit(2)


@click.command()
@STORE
@click.argument("child")
@click.option(
    "--give", type=click.Path(path_type=Path), help="Everything stored, as an .xlsx file."
)
@click.option("--erase", is_flag=True, help="Erase everything; the file must be closed.")
@common
def child(
    speaker: Speaker, store: Path, child: str, give: Path | None, erase: bool, as_json: bool
) -> None:
    """Give a family the file of CHILD (such as C00001), or erase it for ever."""
    from carekit import exports
    from carekit.store import about_child, erase_child

    if give is None and not erase:
        raise BadInput("child_deed_missing")
    with open_here(speaker, store) as opened:
        if give is not None:
            found = about_child(opened, child)
            exports.tables_xlsx(found, give, speaker.language)
            rows = sum(len(frame) for frame in found.values())
            speaker.answer("child_given", as_json, child=child, path=str(give), count=rows)
        if erase:
            step = erase_child(opened, child)
            speaker.answer("child_erased", as_json, child=child, step=step)


def _title(table: str, language: str) -> str:
    described = tables.tables()
    return str(described.at[table, language]) if table in described.index else table


def _counted(counts: dict[str, int]) -> dict[str, int]:
    return {name: counts.get(name, 0) for name in ("children", "helpers", "contacts")}


def _anchor(store: "Store", path: Path | None) -> "Head | None":
    """The head in a backup, or in what ``doctor --json`` or ``backup --json`` answered once.

    Where none is named, the farthest one of the daily backups.
    """
    from carekit.store import anchor, newest_anchor
    from carekit.store.audit import Head

    if path is None:
        return newest_anchor(store)
    if path.suffix == ".json":
        try:
            said = json.loads(path.read_text("utf-8"))
            return Head(int(said["n"]), str(said["mac"]))
        except (OSError, ValueError, KeyError, TypeError):
            raise BadInput("anchor_foreign", path=str(path)) from None
    return anchor(path, store)
