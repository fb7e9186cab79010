"""How each child stands: whose it is, when somebody was last there (C3)."""

import pandas as pd

from carekit import dates
from carekit.care.contacts import active, lately, reached
from carekit.care.load import LOAD_DAYS

__all__ = ["QUIET_DAYS", "own", "standing"]

QUIET_DAYS = 14  # contact within two weeks of the match, then every two weeks (C3, Red Cross set)


def standing(
    children: pd.DataFrame, pairings: pd.DataFrame, contacts: pd.DataFrame, *, on: dates.Day
) -> pd.DataFrame:
    """How every child with an open file stands on the day.

    Takes the tables children, pairings and contacts. Gives one row a child, in the same order and
    with the index of children:

    - ``child_id``; ``helper_ids``: those of pairings that hold on the day, joined by ``;``, the
      longest one first; empty without one
    - ``last_contact`` (day, by anybody; failed attempts are none) and ``days`` (Int64) since then;
      ``contacts`` (Int64) of the last ``LOAD_DAYS`` days
    - ``quiet``: has a helper, and for ``QUIET_DAYS`` days or more neither was in contact nor has
      been given a helper. A child without a helper waits for one and is not called quiet.

    Source: C3, C5.

    >>> from carekit import tables
    >>> children = pd.DataFrame({"child_id": ["C00001", "C00002"], "closed_on": pd.NaT})
    >>> pairings = pd.DataFrame({"pairing_id": "P000001", "child_id": ["C00001"],
    ...     "helper_id": "H00001", "since": pd.to_datetime(["2026-01-05"]), "until": pd.NaT})
    >>> contacts = tables.typed("contacts", pd.DataFrame({"child_id": ["C00001"],
    ...     "day": ["2026-02-16"]}))
    >>> standing(children, pairings, contacts, on="2026-03-02")[
    ...     ["child_id", "helper_ids", "days", "quiet"]]
      child_id helper_ids  days  quiet
    0   C00001     H00001    14   True
    1   C00002       <NA>  <NA>  False
    """
    today = pd.Timestamp(dates.day(on))
    known = children[~pd.to_datetime(children["closed_on"]).le(today)]
    ids = known["child_id"]
    own = pairings[pairings["child_id"].isin(ids)]
    now = own[active(own, on)].sort_values(["since", "pairing_id"])
    now = now.drop_duplicates(["child_id", "helper_id"])
    told = contacts[contacts["child_id"].isin(ids)]
    met = told[reached(told) & pd.to_datetime(told["day"]).le(today)]
    last = _looked_up(ids, met.groupby("child_id")["day"].max())
    # A helper who has just been given to the child has not been silent yet.
    begun = _looked_up(ids, now.groupby("child_id")["since"].min())
    silent = (today - last.where(~last.lt(begun), begun).fillna(begun)).dt.days
    recent = lately(met, on, LOAD_DAYS)
    return pd.DataFrame(
        {
            "child_id": ids,
            "helper_ids": ids.map(_joined(now)).astype("string"),
            "last_contact": last,
            "days": (today - last).dt.days.astype("Int64"),
            "contacts": ids.map(recent["child_id"].value_counts()).fillna(0).astype("Int64"),
            "quiet": begun.notna() & silent.ge(QUIET_DAYS),
        },
        index=known.index,
    )


def own(
    children: pd.DataFrame, pairings: pd.DataFrame, helper_id: str, *, on: dates.Day
) -> pd.DataFrame:
    """The rows of the children a helper looks after on the day; files that are closed are not.

    >>> children = pd.DataFrame({"child_id": ["C00001", "C00002"], "closed_on": pd.NaT})
    >>> pairings = pd.DataFrame({"child_id": ["C00001", "C00002"],
    ...     "helper_id": ["H00001", "H00002"], "since": pd.to_datetime("2026-01-05"),
    ...     "until": pd.NaT})
    >>> own(children, pairings, "H00002", on="2026-03-02")["child_id"].tolist()
    ['C00002']
    """
    now = pairings[active(pairings, on) & pairings["helper_id"].eq(helper_id).fillna(False)]
    closed = pd.to_datetime(children["closed_on"]).le(pd.Timestamp(dates.day(on)))
    return children[children["child_id"].isin(now["child_id"]) & ~closed]


def _joined(now: pd.DataFrame) -> pd.Series:
    """child_id -> helper ids; only the few children with several helpers are put together."""
    several = now["child_id"].duplicated(keep=False)
    one = now[~several].set_index("child_id")["helper_id"]
    more = now[several].groupby("child_id")["helper_id"].agg(";".join)
    return pd.concat([one, more]) if len(more) else one


def _looked_up(ids: pd.Series, days: pd.Series) -> pd.Series:
    # Series.map with no days at all would give numbers
    found = pd.to_datetime(days).reindex(pd.Index(ids, dtype=object).astype(days.index.dtype))
    return pd.Series(found.to_numpy(), index=ids.index, dtype="datetime64[us]")
