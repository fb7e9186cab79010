"""What the care views show, as frames: each made once until the store changes."""

import datetime as dt
from collections.abc import Callable

import pandas as pd

from carekit import care, dates, people
from carekit.pages import register_tables as register
from carekit.pages.kit import Frames

__all__ = ["CALL_ORDER", "adults", "children", "events", "helpers", "lately", "mine"]

WEEK = 7
YEAR = 366
CALL_ORDER = ("guardian", "second", "emergency", "mother", "father")
Read = Callable[[str], pd.DataFrame]


def children(frames: Frames, today: dt.date) -> pd.DataFrame:
    """Every child with an open file: standing, name, place and helpers; the longest quiet first."""

    def build(read: Read) -> pd.DataFrame:
        known = _placed(frames, read("children"))
        stands = care.standing(read("children"), read("pairings"), read("contacts"), on=today)
        names = read("helpers").set_index("helper_id")["name"]
        joined = stands.join(known.drop(columns="child_id"))
        joined = joined.assign(
            helper=_named(joined["helper_ids"], names), age=dates.age(joined["birth_date"], today)
        )
        order = ["quiet", "days", "child_id"]
        return joined.sort_values(order, ascending=[False, False, True], na_position="first")

    return frames.keep(f"care/children/{today}", build)


def helpers(frames: Frames, today: dt.date) -> pd.DataFrame:
    """Every helper who is there, or still has a child: load, name and place; the fullest first."""

    def build(read: Read) -> pd.DataFrame:
        known = read("helpers")
        load = care.load(
            known,
            read("pairings"),
            read("contacts"),
            read("outing_people"),
            care.SCHOOL,
            on=today,
        )
        placed = _placed(frames, known).drop(columns=["helper_id", "hours_a_week"])
        here = ~known["closed_on"].le(pd.Timestamp(today)) | load["children"].gt(0)
        joined = load.join(placed)[here]
        return joined.sort_values(["share", "helper_id"], ascending=[False, True])

    return frames.keep(f"care/helpers/{today}", build)


def lately(frames: Frames, today: dt.date) -> pd.DataFrame:
    """The contacts of the last seven days with names and place, newest first; attempts are none."""

    def build(read: Read) -> pd.DataFrame:
        recent = care.lately(read("contacts"), today, WEEK)
        recent = recent[care.reached(recent)]
        own = read("children")
        own = _placed(frames, own[own["child_id"].isin(recent["child_id"])])
        names = read("helpers").set_index("helper_id")["name"]
        recent = recent.assign(helper=recent["helper_id"].map(names).astype("string"))
        named = own.set_index("child_id")[["name", "class_name", "village"]]
        found = recent.join(named, on="child_id")
        return found.sort_values(["day", "contact_id"], ascending=False)

    return frames.keep(f"care/lately/{today}", build)


def mine(frames: Frames, helper_id: str, today: dt.date) -> pd.DataFrame:
    """The children of one helper: standing, name, place, next birthday; the youngest last."""

    def build(read: Read) -> pd.DataFrame:
        own = care.own(read("children"), read("pairings"), helper_id, on=today)
        stands = care.standing(own, read("pairings"), read("contacts"), on=today)
        placed = _placed(frames, own).drop(columns="child_id")
        coming = people.birthdays(own, on=today, days=YEAR)
        coming = coming.drop_duplicates("child_id").set_index("child_id")
        joined = stands.join(placed)
        return joined.assign(
            age=dates.age(joined["birth_date"], today),
            birthday=joined["child_id"]
            .map(coming["birthday"].astype(object))
            .astype("datetime64[us]"),
            turns=joined["child_id"].map(coming["turns"]).astype("Int64"),
        ).sort_values(["birth_date", "child_id"])

    return frames.keep(f"care/mine/{helper_id}/{today}", build)


def adults(frames: Frames, child_id: str) -> pd.DataFrame:
    """Whom to call about a child, in that order; those without a phone last."""
    known = frames.read("guardians")
    own = known[known["child_id"].eq(child_id)]
    order = own["role"].map({role: place for place, role in enumerate(CALL_ORDER)})
    own = own.assign(silent=own["phone"].isna(), order=order)
    return own.sort_values(["silent", "order", "guardian_id"])


def events(frames: Frames, child_id: str, today: dt.date) -> pd.DataFrame:
    """The time line of one child with the helpers' names."""
    tables = ("pairings", "contacts", "outings", "outing_people")
    found = care.timeline(child_id, *(frames.read(name) for name in tables), on=today)
    names = frames.read("helpers").set_index("helper_id")["name"]
    return found.assign(helper=found["helper_id"].map(names).astype("string"))


def _placed(frames: Frames, known: pd.DataFrame) -> pd.DataFrame:
    names = register.places(frames)
    return known.assign(
        class_name=known["class_id"].map(names["classes"]).astype("string"),
        village=known["village_id"].map(names["villages"]).astype("string"),
    )


def _named(ids: pd.Series, names: pd.Series) -> pd.Series:
    # Most children have one helper: only the other cells are taken apart.
    several = ids.str.contains(";", regex=False).fillna(False).astype(bool)
    said = {
        cell: "、".join(str(names.get(one, one)) for one in str(cell).split(";"))
        for cell in ids[several].unique()
    }
    return ids.map(names).astype("string").mask(several, ids.map(said).astype("string"))
