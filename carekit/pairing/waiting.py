"""Who waits for a helper, and what helpers offer, on a day."""

import numpy as np
import pandas as pd

from carekit import dates, people
from carekit.pairing.schemes import Scheme


def waiting(
    children: pd.DataFrame, pairings: pd.DataFrame, scheme: Scheme, on: dates.Day
) -> pd.DataFrame:
    """The children not served in this scheme on the day, with their tier (M7).

    Takes the tables children (with or without tiers) and pairings. A closed file (closed_on <=
    day) does not wait. A pairing is active from since until the day before until.

    Gives the rows of children, + tier and reasons (see `people.priority`) and last_helper_id,
    the helper the child had last in this scheme, for continuity (M8). For distances, add
    coordinates with `located`.

    >>> children = pd.DataFrame({"child_id": ["C00001", "C00002"], "supervised": "no",
    ...                          "circumstances": None, "closed_on": pd.NaT})
    >>> pairings = pd.DataFrame({"pairing_id": ["P000001", "P000002"], "scheme": "volunteer",
    ...     "child_id": ["C00001", "C00002"], "helper_id": ["H00001", "H00002"],
    ...     "since": pd.to_datetime(["2025-09-01", "2025-09-01"]),
    ...     "until": pd.to_datetime(["2026-01-01", None])})
    >>> from carekit.pairing import VOLUNTEER
    >>> waiting(children, pairings, VOLUNTEER, on="2026-03-02")[
    ...     ["child_id", "tier", "reasons", "last_helper_id"]]
      child_id  tier             reasons last_helper_id
    0   C00001     1  nobody_supervising         H00001
    """
    mine = _of_scheme(pairings, scheme)
    served = mine.loc[active(mine, on), "child_id"]
    open_file = ~closed(children, on)
    left = children[open_file & ~children["child_id"].isin(served)]
    if "tier" not in left:
        left = people.priority(left)
    past = mine[pd.to_datetime(mine["since"]) <= pd.Timestamp(dates.day(on))]
    last = past.sort_values(["since", "pairing_id"]).groupby("child_id")["helper_id"].last()
    return left.assign(last_helper_id=left["child_id"].map(last).astype("string"))


def offers(
    ready: pd.DataFrame, pairings: pd.DataFrame, scheme: Scheme, on: dates.Day
) -> pd.DataFrame:
    """What each helper can still take on the day (M1).

    Takes helpers with `ready` (see `people.readiness`) and the table pairings. Gives the same
    rows, + has (children in this scheme on the day) and places_left (Int64): the places the helper
    offers less all pairings active on the day, at most the scheme's `most` less those of this
    scheme; 0 for whoever is not ready (where the scheme asks for papers), empty when the helper's
    places are unknown. For distances, add coordinates with `located`, for classes `enrolled`.

    >>> ready = pd.DataFrame({"helper_id": ["H00001", "H00002", "H00003"],
    ...                       "places": [5, 5, None], "ready": [True, False, True]})
    >>> pairings = pd.DataFrame({"scheme": ["volunteer"], "child_id": ["C00001"],
    ...     "helper_id": ["H00001"], "since": pd.to_datetime(["2025-09-01"]), "until": pd.NaT})
    >>> from carekit.pairing import VOLUNTEER
    >>> offers(ready, pairings, VOLUNTEER, on="2026-03-02")[["helper_id", "places_left"]]
      helper_id  places_left
    0    H00001            1
    1    H00002            0
    2    H00003         <NA>
    """
    now = pairings[active(pairings, on)]
    taken = _count(ready["helper_id"], now)
    taken_here = _count(ready["helper_id"], _of_scheme(now, scheme))
    left = ready["places"].astype("Int64") - taken
    most = pd.Series(scheme.most, ready.index, dtype="Int64") - taken_here
    left = left.mask((most < left).fillna(False), most).clip(lower=0)
    able = ready["ready"].astype("boolean").fillna(False) | ("ready" not in scheme.rules)
    return ready.assign(has=taken_here, places_left=left.where(able, 0))


def active(pairings: pd.DataFrame, on: dates.Day) -> pd.Series:
    """Which pairings hold on the day: since <= day, and day < until unless until is empty.

    >>> pairings = pd.DataFrame({"since": pd.to_datetime(["2026-03-02", "2025-01-01"]),
    ...                          "until": pd.to_datetime([None, "2026-03-02"])})
    >>> active(pairings, "2026-03-02").tolist()
    [True, False]
    """
    today = pd.Timestamp(dates.day(on))
    since, until = pd.to_datetime(pairings["since"]), pd.to_datetime(pairings["until"])
    return (since <= today) & (until.isna() | (until > today))


def closed(people_: pd.DataFrame, on: dates.Day) -> pd.Series:
    """Which files of children or helpers are closed on the day (from closed_on on)."""
    return pd.to_datetime(people_["closed_on"]) <= pd.Timestamp(dates.day(on))


def _of_scheme(pairings: pd.DataFrame, scheme: Scheme) -> pd.DataFrame:
    return pairings[np.asarray(pairings["scheme"].eq(scheme.code).fillna(False), dtype=bool)]


def _count(ids: pd.Series, pairings: pd.DataFrame) -> pd.Series:
    return ids.map(pairings["helper_id"].value_counts()).fillna(0).astype("Int64")
