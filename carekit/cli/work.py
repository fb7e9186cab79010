"""carekit outing, roster: the work done with a store. (For match see its own module.)"""

from pathlib import Path

import click

from carekit.cli.speaker import STORE, Speaker, common, open_here
from carekit.errors import BadInput


@click.command()
@STORE
@click.option("--title")
@click.option("--day", help="The day of the outing (2026-04-12).")
@click.option("--places", type=int, help="Places for children and adults together.")
@click.option("--destination")
@common
def outing(
    speaker: Speaker,
    store: Path,
    title: str | None,
    day: str | None,
    places: int | None,
    destination: str | None,
    as_json: bool,
) -> None:
    """Create an outing; without a title, list the outings there are."""
    from carekit import tasks

    with open_here(speaker, store) as opened:
        if (title, day, places, destination) != (None, None, None, None):
            if title is None or day is None or places is None:
                raise BadInput("outing_incomplete")
            made = tasks.add_outing(opened, title, day, places, destination)
            speaker.answer("outing_created", as_json, outing=made, title=title)
            return
        known = opened.read("outings")[["outing_id", "day", "places", "title"]]
    known["day"] = known["day"].dt.strftime("%Y-%m-%d")
    rows = known.to_dict("records")
    if as_json:
        speaker.json(rows)
    elif not rows:
        speaker.say("outings_none")
    for row in [] if as_json else rows:
        click.echo("{outing_id}  {day}  {places:>4}  {title}".format(**row))


@click.command()
@STORE
@click.option("--outing", required=True, help="Its id, such as O0001.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="An .xlsx or .pdf file."
)
@common
def roster(speaker: Speaker, store: Path, outing: str, out: Path, as_json: bool) -> None:
    """Write the roster of an outing, ready to print."""
    from carekit import exports, tasks

    ending = out.suffix.lower()
    if ending not in (".xlsx", ".pdf"):
        raise BadInput("roster_ending_wrong", ending=out.suffix)
    with open_here(speaker, store) as opened:
        plan, rows = tasks.roster(opened, outing)
        broken = len(set(tasks.check_outing(opened.read, plan)["code"]))
    if ending == ".pdf":
        exports.roster_pdf(rows, plan.adults, plan.outing, out, speaker.language)
    else:
        exports.roster_xlsx(rows, plan.adults, plan.not_going, plan.outing, out, speaker.language)
    speaker.answer(
        "roster_done",
        as_json,
        outing=outing,
        out=str(out),
        count=len(rows),
        adults=len(plan.adults),
        not_going=len(plan.not_going),
        broken=broken,
    )
    if broken and not as_json:
        speaker.say("roster_broken", count=broken)
