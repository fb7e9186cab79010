"""carekit match, outing, roster: the work done with a store."""

from pathlib import Path

import click

from carekit.cli.speaker import STORE, Speaker, common, open_here
from carekit.errors import BadInput


@click.command()
@STORE
@click.option("--scheme", default="volunteer", show_default=True)
@click.option("--on", "day", help="The day (2026-03-02); today when left out.")
@click.option("--publish", is_flag=True, help="Write the pairs into the store.")
@click.option("--out", type=click.Path(path_type=Path), help="Pairs as CSV.")
@click.option("--unmatched", type=click.Path(path_type=Path), help="Who stays waiting, as CSV.")
@click.option("--weight", "weights", multiple=True, help="Points, such as distance=40; repeat.")
@common
def match(
    speaker: Speaker,
    store: Path,
    scheme: str,
    day: str | None,
    publish: bool,
    out: Path | None,
    unmatched: Path | None,
    weights: tuple[str, ...],
    as_json: bool,
) -> None:
    """Propose helpers for every waiting child, with a proof."""
    from carekit import dates, exports, tasks

    with open_here(store) as opened:
        on = dates.day(day) if day else opened.today()
        chosen = tasks.scheme(scheme)
        points = tasks.weights(dict(text.partition("=")[::2] for text in weights))
        proposal = tasks.propose(
            opened, on=on, scheme=chosen, weights=points, report=speaker.progress
        )
        # Files first: if they cannot be written, nothing is published.
        if out:
            exports.to_csv(proposal.pairs, out)
        if unmatched:
            exports.to_csv(proposal.unmatched, unmatched)
        step = tasks.publish(opened, proposal) if publish and len(proposal.pairs) else None
    proof = proposal.certificate
    values = {
        "on": on,
        "scheme": scheme,
        "waiting": len(proposal.pairs) + len(proposal.unmatched),
        "pairs": len(proposal.pairs),
        "unmatched": len(proposal.unmatched),
        "objective": int(proof.objective),
        "bound": int(proof.bound),
        "gap": int(proof.gap),
        "step": step,
    }
    speaker.answer("match_done" if proof.gap == 0 else "match_not_proved", as_json, **values)
    if step and not as_json:
        speaker.say("publish_done", count=len(proposal.pairs), step=step)


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

    with open_here(store) as opened:
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
    with open_here(store) as opened:
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
