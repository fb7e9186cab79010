"""What happened around one child, newest first."""

import pandas as pd

from carekit import dates

__all__ = ["timeline"]

# On one day: what is written last stands on top.
ORDER = ("paired", "outing", "attempt", "contact", "ended")
COLUMNS = {
    "event_id": "string",
    "day": "datetime64[us]",
    "event": "string",
    "helper_id": "string",
    "kind": "string",
    "partner": "string",
    "minutes": "Int64",
    "title": "string",
    "note": "string",
    "coming": "bool",
}


def timeline(
    child_id: str,
    pairings: pd.DataFrame,
    contacts: pd.DataFrame,
    outings: pd.DataFrame,
    outing_people: pd.DataFrame,
    *,
    on: dates.Day,
) -> pd.DataFrame:
    """Every dated event of one child, newest first, what is coming on top.

    Takes a child's id and the tables pairings, contacts, outings and outing_people. Gives
    ``event_id`` (id of the row it comes from), ``day``, ``event`` (``contact``; ``attempt``:
    nobody was reached; ``paired``, ``ended``: a pairing's first day, and the first day it is
    over; ``outing``), ``helper_id``, ``kind`` (contact_kind, or the pairing's scheme),
    ``partner``, ``minutes`` (Int64), ``title`` (of the outing), ``note`` (or the pairing's
    reason) and ``coming`` (after the day ``on``). An unknown child has no events.

    Source: C4, M8.

    >>> from carekit import tables
    >>> pairings = tables.typed("pairings", pd.DataFrame({"pairing_id": ["P000001"],
    ...     "scheme": "volunteer", "child_id": "C00001", "helper_id": "H00001",
    ...     "since": ["2026-01-05"]}))
    >>> contacts = tables.typed("contacts", pd.DataFrame({"contact_id": ["L0000001"],
    ...     "child_id": "C00001", "helper_id": "H00001", "day": "2026-03-01", "kind": "call",
    ...     "minutes": 12}))
    >>> timeline("C00001", pairings, contacts, tables.empty("outings"),
    ...          tables.empty("outing_people"), on="2026-03-02")[["day", "event", "kind"]]
             day    event       kind
    0 2026-03-01  contact       call
    1 2026-01-05   paired  volunteer
    """
    mine = pairings[pairings["child_id"].eq(child_id).fillna(False)]
    told = contacts[contacts["child_id"].eq(child_id).fillna(False)]
    missed = told["reached"].astype("boolean").fillna(True).eq(False)
    gone = outing_people[outing_people["child_id"].eq(child_id).fillna(False)]
    gone = gone[["outing_id"]].drop_duplicates().merge(outings, on="outing_id")
    pair = {"pairing_id": "event_id", "scheme": "kind"}
    parts = [
        mine.rename(columns={**pair, "since": "day"}).assign(event="paired", note=None),
        mine.rename(columns={**pair, "until": "day", "reason": "note"})
        .dropna(subset=["day"])
        .assign(event="ended"),
        told.rename(columns={"contact_id": "event_id"}).assign(
            event=missed.map({True: "attempt", False: "contact"})
        ),
        gone.rename(columns={"outing_id": "event_id"}).assign(event="outing"),
    ]
    every = pd.concat([_shaped(part, on) for part in parts], ignore_index=True)
    order = every["event"].map({event: n for n, event in enumerate(ORDER)})
    ordered = every.assign(order=order).sort_values(
        ["day", "order", "event_id"], ascending=False, ignore_index=True
    )
    return ordered.drop(columns="order")


def _shaped(part: pd.DataFrame, on: dates.Day) -> pd.DataFrame:
    part = part.assign(coming=pd.to_datetime(part["day"]).gt(pd.Timestamp(dates.day(on))))
    return part.reindex(columns=list(COLUMNS)).astype(COLUMNS)
