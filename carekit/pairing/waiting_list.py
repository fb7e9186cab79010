"""Who waits for a helper, in the order in which they are served."""

import pandas as pd

from carekit.pairing.proposal import Proposal
from carekit.pairing.waiting import active

COLUMNS = ("nth", "child_id", "tier", "reasons", "waiting_since", "code", "values")


def waiting_list(
    proposal: Proposal, waiting: pd.DataFrame, pairings: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The children a proposal leaves without a helper, the next to be served first (M7).

    waiting: the frame the proposal was made of (with tier and reasons). pairings: the table; with
    it a child who had a helper in the scheme before waits since that ended.

    Columns: nth (1 ...), child_id, tier, reasons (of priority), waiting_since (day; empty where
    nobody knows), code and values (why nobody was found, see `explain`). Ordered as the scheme
    serves: reasons the scheme puts first, tier; then whoever has waited longest (unknown last),
    then child_id.

    >>> from carekit.pairing import VOLUNTEER, propose
    >>> waiting = pd.DataFrame({"child_id": ["C00001", "C00002"], "tier": [3, 1],
    ...     "reasons": ["", "orphan"]})
    >>> offers = pd.DataFrame({"helper_id": ["H00001"], "kind": "volunteer", "ready": False,
    ...     "places_left": 1})
    >>> proposal = propose(waiting, offers, VOLUNTEER, on="2026-03-02")
    >>> waiting_list(proposal, waiting)[["nth", "child_id", "tier", "reasons", "code"]]
       nth child_id  tier reasons      code
    0    1   C00002     1  orphan  no_ready
    1    2   C00001     3          no_ready
    """
    left = proposal.unmatched.astype({"child_id": "string"})
    known = waiting.assign(child_id=waiting["child_id"].astype("string")).set_index("child_id")
    mine = known.reindex(left["child_id"]).reset_index()
    reasons = mine["reasons"] if "reasons" in mine else pd.Series(pd.NA, mine.index)
    reasons = reasons.astype("string").fillna("")
    first = [not set(some.split(";")).isdisjoint(proposal.scheme.first) for some in reasons]
    frame = left.reset_index(drop=True).assign(
        reasons=reasons,
        waiting_since=_since(left["child_id"], pairings, proposal),
        later=[not one for one in first],
    )
    order = ["later", "tier", "waiting_since", "child_id"]
    frame = frame.sort_values(order, na_position="last").reset_index(drop=True)
    return frame.assign(nth=frame.index + 1)[list(COLUMNS)]


def _since(ids: pd.Series, pairings: pd.DataFrame | None, proposal: Proposal) -> pd.Series:
    """When the last pairing of each child in the scheme ended."""
    nothing = pd.Series(pd.NaT, range(len(ids)), dtype="datetime64[us]")
    if pairings is None or pairings.empty:
        return nothing
    mine = pairings["scheme"].eq(proposal.scheme.code).fillna(False).astype(bool)
    until = pd.to_datetime(pairings["until"])
    over = mine & until.le(pd.Timestamp(proposal.on)) & ~active(pairings, proposal.on)
    last = until[over].groupby(pairings.loc[over, "child_id"].astype("string")).max()
    return last.reindex(ids).reset_index(drop=True).astype("datetime64[us]")
