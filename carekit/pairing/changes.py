"""A calm re-match as a person reads it, side by side, and as rows of pairings."""

import pandas as pd

from carekit import tables
from carekit.pairing.costs import LOAD_REASONS, loaded, price
from carekit.pairing.given import given
from carekit.pairing.proposal import had
from carekit.pairing.rematch import Rematch
from carekit.pairing.waiting import active

COLUMNS = (
    "child_id", "tier", "before", "before_km", "before_cost",
    "after", "after_km", "after_cost", "code",
)  # fmt: skip


def side_by_side(found: Rematch) -> pd.DataFrame:
    """Before and after of every child that changes (M8).

    Columns: child_id, tier, before and after (helper_id, empty = nobody), before_km, after_km
    (empty where unknown), before_cost, after_cost (points, the price of the change not among
    them), code (see `Rematch`). The pair of before is told also where no rule allows it any more.

    >>> from carekit.pairing import VOLUNTEER, rematch
    >>> children = pd.DataFrame({"child_id": ["C00001"], "tier": [2], "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning", "needs": "english",
    ...     "closed_on": pd.NaT})
    >>> helpers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "kind": "volunteer",
    ...     "ready": [False, True], "birth_date": "1990-01-01", "places": 1,
    ...     "village_id": "V0001", "languages": "hakka", "free_times": "sunday_morning",
    ...     "subjects": ["english", None], "closed_on": pd.NaT})
    >>> pairings = tables.typed("pairings", pd.DataFrame({"pairing_id": ["P000001"],
    ...     "scheme": "volunteer", "child_id": "C00001", "helper_id": "H00001",
    ...     "since": "2025-09-01"}))
    >>> found = rematch(children, helpers, pairings, VOLUNTEER, on="2026-03-02")
    >>> side_by_side(found)[["child_id", "before", "before_cost", "after", "after_cost"]]
      child_id  before  before_cost   after  after_cost
    0   C00001  H00001            0  H00002         200
    """
    proposal = found.proposal
    weights, scheme = proposal.weights, proposal.scheme
    pairs = found.before
    if not any(getattr(weights, reason) for reason in LOAD_REASONS):  # of a whole plan
        pairs = pairs[pairs["child_id"].isin(found.changed["child_id"])]
    old = given(pairs, found.waiting, found.offers, scheme, on=proposal.on)
    held = had(found.offers).set_axis(found.offers["helper_id"])
    old = loaded(price(old, weights), weights, held, scheme.least)
    tier = found.waiting.set_index(found.waiting["child_id"].astype("string"))["tier"]
    told = found.changed.assign(tier=found.changed["child_id"].map(tier).astype("Int64"))
    for name, of in (("before", old), ("after", proposal.pairs)):
        facts = of[["child_id", "km", "cost"]].set_index("child_id").add_prefix(f"{name}_")
        told = told.join(facts.astype({f"{name}_cost": "Int64"}), on="child_id")
    return told[list(COLUMNS)]


def publish_changes(found: Rematch, pairings: pd.DataFrame) -> pd.DataFrame:
    """The rows of pairings a re-match becomes, from its day on; all others stay as they are (M8).

    pairings: the table as it stands. Of each changed child the pairing of the scheme ends on the
    day (`until`, the first day it is over), and the new one begins on it. Gives a frame of the
    table; pairing_id of new rows is empty, the store gives the next ones. A `version` of the rows
    that are there stays with them.

    >>> from carekit.pairing import VOLUNTEER, rematch
    >>> children = pd.DataFrame({"child_id": ["C00001"], "tier": [2], "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning", "closed_on": pd.NaT})
    >>> helpers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "kind": "volunteer",
    ...     "ready": [False, True], "birth_date": "1990-01-01", "places": 1,
    ...     "village_id": "V0001", "languages": "hakka", "free_times": "sunday_morning",
    ...     "closed_on": pd.NaT})
    >>> pairings = tables.typed("pairings", pd.DataFrame({"pairing_id": ["P000001"],
    ...     "scheme": "volunteer", "child_id": "C00001", "helper_id": "H00001",
    ...     "since": "2025-09-01"}))
    >>> found = rematch(children, helpers, pairings, VOLUNTEER, on="2026-03-02")
    >>> publish_changes(found, pairings)[["pairing_id", "helper_id", "since", "until"]]
      pairing_id helper_id      since      until
    0    P000001    H00001 2025-09-01 2026-03-02
    1       <NA>    H00002 2026-03-02        NaT
    """
    proposal, changed = found.proposal, found.changed
    day = pd.Timestamp(proposal.on)
    ends = present_pairings(pairings, changed["child_id"], found).assign(until=day)
    begins = changed[changed["after"].notna()]
    new = pd.DataFrame({"child_id": begins["child_id"], "helper_id": begins["after"]})
    new = tables.typed("pairings", new.assign(scheme=proposal.scheme.code, since=day))
    typed = tables.typed("pairings", ends)
    rows = pd.concat([typed, new], ignore_index=True) if len(new) else typed
    if "version" in pairings:
        known = ends.set_index("pairing_id")["version"]
        rows["version"] = rows["pairing_id"].map(known).astype("Int64")
    return rows.reset_index(drop=True)


def present_pairings(pairings: pd.DataFrame, children: pd.Series, found: Rematch) -> pd.DataFrame:
    """The pairings of some children that hold in the scheme on the day of a re-match."""
    mine = pairings["scheme"].eq(found.proposal.scheme.code).fillna(False).astype(bool)
    now = mine & active(pairings, found.proposal.on).fillna(False).astype(bool)
    return pairings[now & pairings["child_id"].isin(children)]
