"""carekit match, rematch: proved, shown, written to files, published."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from carekit.cli.speaker import STORE, Speaker, common, open_here
from carekit.errors import BadInput

if TYPE_CHECKING:
    import pandas as pd

    from carekit.pairing import Proposal, Rematch, Scheme


@click.command()
@STORE
@click.option(
    "--scheme", help="volunteer (unless you say otherwise), teacher, peer, one_to_one ..."
)
@click.option(
    "--scheme-file",
    type=click.Path(path_type=Path),
    help="A scheme of your own (TOML); kept in the store when published.",
)
@click.option("--on", "day", help="The day (2026-03-02); today when left out.")
@click.option("--publish", is_flag=True, help="Write the pairs into the store.")
@click.option("--out", type=click.Path(path_type=Path), help="Pairs as CSV.")
@click.option("--unmatched", type=click.Path(path_type=Path), help="Who stays waiting, as CSV.")
@click.option("--weight", "weights", multiple=True, help="Points, such as distance=40; repeat.")
@common
def match(
    speaker: Speaker,
    store: Path,
    scheme: str | None,
    scheme_file: Path | None,
    day: str | None,
    publish: bool,
    out: Path | None,
    unmatched: Path | None,
    weights: tuple[str, ...],
    as_json: bool,
) -> None:
    """Propose helpers for every waiting child, with a proof."""
    from carekit import dates, exports, tasks

    if scheme and scheme_file:
        raise BadInput("scheme_twice")
    text = None if scheme_file is None else _text(scheme_file)
    typed = dict(pair.partition("=")[::2] for pair in weights)
    with open_here(speaker, store) as opened:
        on = dates.day(day) if day else opened.today()
        known = tasks.schemes(opened)
        chosen = _own(text, speaker) if text else tasks.scheme(scheme or "volunteer", known)
        parts = [tasks.scheme(code, known) for code in chosen.parts] or [chosen]
        points = {part.code: tasks.weights(typed, part) for part in parts}
        found = tasks.propose_parts(
            opened, on=on, scheme=chosen, weights=points, report=speaker.progress
        )
        # Files first: if they cannot be written, nothing is published.
        if out:
            exports.to_csv(_joined(found, "pairs", chosen), out)
        if unmatched:
            exports.to_csv(_joined(found, "unmatched", chosen), unmatched)
        count = sum(len(proposal.pairs) for proposal in found.values())
        step = None
        if publish and count:
            if text is not None and known.get(chosen.code) != chosen:
                tasks.keep_scheme(opened, text)  # the store publishes in schemes it knows
            step = tasks.publish(opened, found)
    _tell(speaker, found, chosen, {"on": on, "scheme": chosen.code}, step, as_json)
    if step and not as_json:
        speaker.say("publish_done", count=count, step=step)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput("file_missing", file=file.name) from error
    except UnicodeDecodeError:
        raise BadInput("scheme_not_utf8", file=file.name) from None


def _own(text: str, speaker: Speaker) -> "Scheme":
    """The scheme of a file; what is wrong with it is said in words."""
    from carekit import pairing

    try:
        return pairing.read_scheme(text)
    except BadInput as error:
        fault = speaker.word(f"scheme_fault_{error.values['fault']}", **error.values)
        raise BadInput("scheme_file_wrong", fault=fault) from error


def _joined(found: "dict[str, Proposal]", name: str, scheme: "Scheme") -> "pd.DataFrame":
    """A frame of all proposals in one; of several parts with the scheme of each row."""
    import pandas as pd

    frames = {code: getattr(proposal, name) for code, proposal in found.items()}
    if not scheme.parts:
        return frames[scheme.code]
    told = [frame.assign(scheme=code) for code, frame in frames.items()]
    every = pd.concat(told, ignore_index=True)
    return every[["scheme", *(column for column in every if column != "scheme")]]


def _numbers(proposal: "Proposal") -> dict[str, int]:
    proof = proposal.certificate
    return {
        "waiting": len(proposal.pairs) + len(proposal.unmatched),
        "pairs": len(proposal.pairs),
        "unmatched": len(proposal.unmatched),
        "objective": int(proof.objective),
        "bound": int(proof.bound),
        "gap": int(proof.gap),
    }


def _tell(
    speaker: Speaker,
    found: "dict[str, Proposal]",
    scheme: "Scheme",
    asked: dict[str, Any],
    step: str | None,
    as_json: bool,
) -> None:
    """One sentence a part; as JSON the sums, and each part by itself where there are several."""
    from carekit import tables

    parts = {code: _numbers(proposal) for code, proposal in found.items()}
    said = {
        code: speaker.word("match_not_proved" if numbers["gap"] else "match_done", **numbers)
        for code, numbers in parts.items()
    }
    if as_json:
        sums = {name: sum(one[name] for one in parts.values()) for name in _NUMBERS}
        more = {"parts": [{"scheme": code, **one} for code, one in parts.items()]}
        speaker.json({**asked, **sums, **(more if scheme.parts else {}), "step": step})
    elif scheme.parts:
        for code, sentence in said.items():
            title = tables.label("scheme", code, speaker.language)
            speaker.say("match_part", scheme=title, said=sentence)
    else:
        click.echo(said[scheme.code])


_NUMBERS = ("waiting", "pairs", "unmatched", "objective", "bound", "gap")


@click.command()
@STORE
@click.option("--scheme", default="volunteer", help="volunteer unless you say otherwise.")
@click.option("--on", "day", help="The day (2026-03-02); today when left out.")
@click.option("--leaves", metavar="HELPER", help="Who leaves (H00012); only what must change.")
@click.option("--everybody", is_flag=True, help="With --leaves: also whoever waits for a helper.")
@click.option("--publish", is_flag=True, help="Write the changes into the store.")
@click.option("--close", "reason", metavar="REASON", help="And close the leaver's file: moved ...")
@click.option("--out", type=click.Path(path_type=Path), help="Before and after as CSV.")
@common
def rematch(
    speaker: Speaker,
    store: Path,
    scheme: str,
    day: str | None,
    leaves: str | None,
    everybody: bool,
    publish: bool,
    reason: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Match again with as few changes as can be, with a proof."""
    from carekit import dates, exports, pairing, tasks

    if reason and not (leaves and publish):
        raise BadInput("close_needs_leaves")
    with open_here(speaker, store) as opened:
        on = dates.day(day) if day else opened.today()
        chosen = tasks.scheme(scheme, tasks.schemes(opened))
        found = tasks.change_proposal(
            opened,
            chosen,
            on,
            leaves=leaves,
            everybody=everybody or leaves is None,
            report=speaker.progress,
        )
        # Files first: if they cannot be written, nothing is published.
        if out:
            exports.to_csv(pairing.side_by_side(found), out)
        step = None
        if publish and (len(found.changed) or reason):
            closes = (leaves, reason) if leaves and reason else None
            step = tasks.publish_change(opened, found, closes=closes)
    _tell_changes(speaker, found, {"on": on, "scheme": scheme, "leaves": leaves}, step, as_json)


def _tell_changes(
    speaker: Speaker,
    found: "Rematch",
    asked: dict[str, Any],
    step: str | None,
    as_json: bool,
) -> None:
    """One sentence and a line a child; as JSON the counts, and how many of each code."""
    proof, codes = found.proposal.certificate, found.changed["code"].value_counts()
    numbers = {
        "children": len(found.waiting),
        "before": len(found.before),
        "after": len(found.after),
        "changed": len(found.changed),
    }
    if as_json:
        told = {str(code): int(count) for code, count in codes.items()}
        gap = {"objective": proof.objective, "bound": proof.bound, "gap": proof.gap}
        speaker.json({**asked, **numbers, "codes": told, **gap, "step": step})
        return
    speaker.say("rematch_not_proved" if proof.gap else "rematch_done", **numbers, gap=proof.gap)
    for row in found.changed.fillna("–").to_dict("records"):
        why = speaker.word(f"change_{row['code']}")
        click.echo(f"{row['child_id']}  {row['before']} → {row['after']}  {why}")
    if step:
        speaker.say("change_done", count=len(found.changed), step=step)
