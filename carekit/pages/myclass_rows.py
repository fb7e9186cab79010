"""What a class teacher's lists hold: which forms are still out, who is away when."""

import datetime as dt
from collections.abc import Callable

import pandas as pd

from carekit.outings import from_row
from carekit.outings.consent import standing
from carekit.pages import near_rows
from carekit.pages.kit import Frames

__all__ = ["OUT", "away", "forms", "name_of_class"]

OUT = "pending"
FIRST = {OUT: 0, "refused": 1, "withdrawn": 1, "given": 2}
Read = Callable[[str], pd.DataFrame]


def name_of_class(frames: Frames) -> list[str]:
    """School and class, as far as they are known; empty without a class."""
    classes = frames.read("classes")
    if classes.empty:
        return []
    row = classes.iloc[0]
    schools = frames.read("schools").set_index("school_id")["name"]
    school = schools.get(row["school_id"])
    return [str(one) for one in (school, row["name"]) if one is not None and not pd.isna(one)]


def forms(frames: Frames, today: dt.date) -> pd.DataFrame:
    """Each form of a child of the class and how it stands, those that are out first.

    Columns key, child_id, name, purpose, outing_id, title and away (day) of a coming outing,
    state (as ``outings.standing`` counts it), day. Of other forms the newest answer counts; a yes
    that has ended is out again; forms for outings that are over are left out.
    """

    def build(read: Read) -> pd.DataFrame:
        own = near_rows.children(frames, today)[["child_id", "name"]]
        told = read("consents")
        told = told[told["child_id"].isin(own["child_id"])]
        trips = read("outings")[["outing_id", "title", "day"]].rename(columns={"day": "away"})
        past = trips.loc[trips["away"].lt(pd.Timestamp(today)), "outing_id"]
        told = told[~told["outing_id"].isin(past)].sort_values(
            ["day", "consent_id"], na_position="first"
        )
        last = told.drop_duplicates(["child_id", "purpose", "outing_id"], keep="last")
        ended = last["until"].le(pd.Timestamp(today)) & last["state"].eq("given")
        last = last.assign(state=last["state"].mask(ended, OUT))
        # Where an outing has a list, the answer that counts stands for all the others.
        every = pd.concat([_of_outings(own, told, read, today), last], ignore_index=True)
        every = every.drop_duplicates(["child_id", "purpose", "outing_id"])
        every = every.assign(
            key=every["child_id"] + "/" + every["purpose"] + "/" + every["outing_id"].fillna(""),
            order=every["state"].map(FIRST),
        )
        every = every.merge(own, on="child_id").merge(trips, "left", on="outing_id")
        return every.sort_values(["order", "away", "name", "key"], ignore_index=True)

    return frames.keep(f"myclass/forms/{today}", build)


def _of_outings(
    own: pd.DataFrame, consents: pd.DataFrame, read: Read, today: dt.date
) -> pd.DataFrame:
    """The answer that counts for each child of the class and each outing to come."""
    people, trips = read("outing_people"), read("outings")
    columns = ["child_id", "purpose", "outing_id", "state", "day"]
    parts = [consents.reindex(columns=columns).head(0)]
    for row in trips[trips["day"].ge(pd.Timestamp(today))].to_dict("records"):
        trip = str(row["outing_id"])
        going = people.loc[people["outing_id"].eq(trip), "child_id"]
        asked = own.loc[own["child_id"].isin(going), "child_id"]
        state = standing(
            asked, consents, from_row({str(name): value for name, value in row.items()})
        )
        answers = consents[consents["outing_id"].eq(trip)].drop_duplicates("child_id", keep="last")
        days = answers.set_index("child_id")["day"].reindex(asked)
        parts.append(
            pd.DataFrame(
                {
                    "child_id": asked,
                    "purpose": "outing",
                    "outing_id": trip,
                    "state": state,
                    "day": days.to_numpy(),
                }
            )
        )
    return pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)


def away(frames: Frames, today: dt.date) -> pd.DataFrame:
    """Outings with children of the class: those to come first, the next one on top.

    The table's columns with coming, names (of the children) and children (how many).
    """

    def build(read: Read) -> pd.DataFrame:
        own = near_rows.children(frames, today).set_index("child_id")["name"]
        going = read("outing_people")
        going = going.assign(name=going["child_id"].map(own)).dropna(subset=["name"])
        found = read("outings")
        named = going.sort_values("name").groupby("outing_id")["name"]
        found = found.assign(
            coming=found["day"].ge(pd.Timestamp(today)),
            names=found["outing_id"].map(named.agg("、".join)).astype("string"),
            children=found["outing_id"].map(named.size()).fillna(0).astype("Int64"),
        )
        ahead = found[found["coming"]].sort_values(["day", "outing_id"])
        past = found[~found["coming"]].sort_values(["day", "outing_id"], ascending=False)
        return pd.concat([ahead, past], ignore_index=True)

    return frames.keep(f"myclass/away/{today}", build)
