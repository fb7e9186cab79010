"""Outings: a new one, who goes in which group, the roster."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from carekit import dates, outings
from carekit.errors import BadInput, Stale
from carekit.store import Store
from carekit.tasks.matching import offers

__all__ = ["add_outing", "plan_outing", "roster"]


def add_outing(
    store: Store,
    title: str,
    day: dates.Day,
    places: int,
    destination: str | None = None,
    token: str | None = None,
) -> str:
    """A new outing; gives its id. ``places`` count children and adults together."""
    outing = outings.Outing(title, on=dates.day(day), places=places, destination=destination)
    row = pd.DataFrame(
        {
            "title": [outing.title],
            "day": [pd.Timestamp(outing.on)],
            "places": [outing.places],
            "destination": [outing.destination],
        }
    )
    made = ""

    def build(read: Callable[[str], pd.DataFrame]) -> dict[str, pd.DataFrame]:
        nonlocal made
        made = store.next_ids()["outings"]  # nobody else can take it inside this transaction
        return {"outings": row.assign(outing_id=made)}

    step = store.change(build, kind="outing", token=token)
    if not made:  # the token was used before
        raise Stale("written_before", step=step)
    return made


def plan_outing(store: Store, outing_id: str) -> outings.Plan:
    """Who goes on an outing and in which group, as registers and consents stand now."""
    known = store.read("outings").set_index("outing_id", drop=False)
    if outing_id not in known.index:
        raise BadInput("outing_unknown", outing=outing_id)
    row: Any = known.loc[outing_id]
    outing = outings.Outing(
        row["title"],
        on=dates.day(row["day"]),
        places=int(row["places"]),
        outing_id=outing_id,
        destination=None if pd.isna(row["destination"]) else row["destination"],
    )
    return outings.plan(
        outing,
        store.read("children"),
        offers(store, on=outing.on),
        store.read("pairings"),
        store.read("consents"),
        outings.RULES,
    )


def roster(store: Store, outing_id: str) -> tuple[outings.Plan, pd.DataFrame]:
    """The plan of an outing and its roster, one row a child who goes."""
    plan = plan_outing(store, outing_id)
    return plan, outings.roster(plan, store.read("guardians"))
