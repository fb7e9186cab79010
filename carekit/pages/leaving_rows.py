"""Who has children now, and what a change would mean for them: frames for the leaving view."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from carekit import dates, exports, pairing, tasks
from carekit.pages import matching_people
from carekit.pages.kit import Frames
from carekit.pairing.waiting import closed
from carekit.tasks.leaving import Readable
from carekit.tasks.report import Report

__all__ = ["Answer", "answer", "changes", "helpers", "note", "served", "shown_waiting"]

# Who lost somebody comes first, then who moves for it.
ORDER = ("left_helper", "now_uncovered", "gave_way", "moved_for_another", "now_served")
Read = Callable[[str], pd.DataFrame]


@dataclass(frozen=True, eq=False)
class Answer:
    """A change that is looked at: the re-match without its workings, and what is told of it."""

    found: pairing.Rematch
    sides: pd.DataFrame
    stand_ins: pd.DataFrame


def answer(
    store: Readable,
    scheme: pairing.Scheme,
    on: dates.Day,
    leaves: str,
    everybody: bool,
    takes: Mapping[str, str],
    report: Report,
) -> Answer:
    """What changes when somebody leaves (empty: nobody does); takes: what a person has chosen."""
    who = leaves or None
    wide = everybody or not who
    found = tasks.change_proposal(
        store, scheme, on, leaves=who, everybody=wide, takes=takes, report=report
    )
    sides, stand_ins = pairing.side_by_side(found), pairing.substitutes(found)
    # millions of pairs are not carried from one process to another
    return Answer(replace(found, proposal=replace(found.proposal, workings=None)), sides, stand_ins)


def helpers(read: Read, scheme: pairing.Scheme, on: dates.Day) -> pd.DataFrame:
    """The helpers who have a child in the scheme on the day: + count, village, state, why.

    As ``matching_people.helpers``; whoever is none of the scheme's any more is blocked.
    """
    pairings = read("pairings")
    now = pairings[pairings["scheme"].eq(scheme.code) & pairing.active(pairings, on)]
    count = now["helper_id"].value_counts()
    known = read("helpers")
    known = known[known["helper_id"].isin(count.index)]
    able = matching_people.helpers(read, scheme, on).set_index("helper_id")
    villages = read("villages").set_index("village_id")["name"]
    return known.assign(
        count=known["helper_id"].map(count).astype("int64"),
        village=known["village_id"].map(villages).astype("string"),
        state=known["helper_id"].map(able["state"]).fillna("blocked"),
        why=known["helper_id"].map(able["why"]).fillna("closed"),
        closed=closed(known, on),
    ).sort_values(["count", "helper_id"], ascending=[False, True], ignore_index=True)


def changes(read: Read, sides: pd.DataFrame) -> pd.DataFrame:
    """The changed children with their names, and whom they had and get."""
    frame = sides.join(_named(read), on="child_id")
    names = read("helpers").set_index("helper_id")["name"]
    frame = frame.assign(
        child=frame["name"].fillna(frame["child_id"]),
        before_name=frame["before"].map(names).fillna(frame["before"]),
        after_name=frame["after"].map(names).fillna(frame["after"]),
    )
    order = frame["code"].map({code: n for n, code in enumerate(ORDER)})
    frame = frame.assign(order=order).sort_values(["order", "tier", "child_id"], ignore_index=True)
    return frame.drop(columns="order")


def served(
    read: Read, scheme: pairing.Scheme, changed: pd.DataFrame, on: dates.Day
) -> pd.DataFrame:
    """How many of each tier have a helper: tier, before, after, all (children with open files)."""
    pairings = read("pairings")
    everybody = pairing.waiting(read("children"), pairings.head(0), scheme, on)
    waits = pairing.waiting(read("children"), pairings, scheme, on)["child_id"]
    ids = everybody["child_id"]
    had = ~ids.isin(waits)
    gets = ids.isin(changed.loc[changed["after"].notna(), "child_id"])
    loses = ids.isin(changed.loc[changed["after"].isna(), "child_id"])
    told = everybody[["tier"]].assign(before=had, after=(had | gets) & ~loses, all=True)
    return told.groupby("tier")[["before", "after", "all"]].sum().reset_index()


def shown_waiting(read: Read, found: pairing.Rematch) -> pd.DataFrame:
    """Who of the children asked about waits afterwards, the next to be served first: + name ..."""
    left = pairing.waiting_list(found.proposal, found.waiting, read("pairings"))
    left = left.join(_named(read), on="child_id")
    return left.assign(child=left["name"].fillna(left["child_id"]))


def _named(read: Read) -> pd.DataFrame:
    """Name, class and home village of every child, by child_id."""
    known = read("children").set_index("child_id")
    for table, key, name in (("classes", "class_id", "class"), ("villages", "village_id", "home")):
        known = known.join(read(table).set_index(key)["name"].rename(name), on=key)
    return known[["name", "class", "home"]]


def note(frames: Frames, row: Mapping[str, Any], on: dates.Day, language: str) -> str:
    """The hand-over note of a changed child that gets a helper."""
    read = frames.read
    children = pairing.located(read("children"), read("villages"))
    children = children[children["child_id"].eq(row["child_id"])]
    child: dict[str, Any] = children.to_dict("records")[0]  # type: ignore[assignment]
    names = read("helpers").set_index("helper_id")["name"]
    before = None if pd.isna(row["before"]) else {"name": names[row["before"]]}
    after = {"name": names[row["after"]]}
    return exports.hand_over_note(child, before, after, read("contacts"), language, on=on)
