"""Who can step in for a helper at once: the nearest in points of those who have a place."""

from dataclasses import replace

import numpy as np
import pandas as pd

from carekit.errors import BadInput
from carekit.pairing.candidates import candidates
from carekit.pairing.costs import REASONS, price
from carekit.pairing.proposal import Workings, had
from carekit.pairing.rematch import Rematch, present, seats

BEST = 3


def stand_ins(
    state: Rematch, *, child: str | None = None, helper: str | None = None, most: int = BEST
) -> pd.DataFrame:
    """The best three who can step in for each child of a helper, or for one child (M8).

    state: the match as it stands. Whoever passes every rule for the child and has a place left
    now; nobody else moves. Gives one row a child and candidate: child_id, nth (1 = best),
    helper_id, km, one column of points a weight, and their sum cost, by which they are ordered,
    then by helper_id. A child nobody can take has no row.

    Raises BadInput `child_unknown` and `helper_unknown`.

    >>> from carekit import tables
    >>> from carekit.pairing import VOLUNTEER, rematch
    >>> children = pd.DataFrame({"child_id": ["C00001"], "tier": [2], "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning", "needs": "english",
    ...     "closed_on": pd.NaT})
    >>> helpers = pd.DataFrame({"helper_id": ["H00001", "H00002", "H00003"], "ready": True,
    ...     "kind": "volunteer", "birth_date": "1990-01-01", "places": 1, "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning", "closed_on": pd.NaT,
    ...     "subjects": ["english", "arts", "english"]})
    >>> pairings = tables.typed("pairings", pd.DataFrame({"pairing_id": ["P000001"],
    ...     "scheme": "volunteer", "child_id": "C00001", "helper_id": "H00001",
    ...     "since": "2025-09-01"}))
    >>> state = rematch(children, helpers, pairings, VOLUNTEER, on="2026-03-02")
    >>> stand_ins(state, helper="H00001")[["child_id", "nth", "helper_id", "cost"]]
      child_id  nth helper_id  cost
    0   C00001    1    H00003     0
    1   C00001    2    H00002   200
    """
    kept = state.workings
    rows = _asked(kept, child, helper)
    used = kept.problem.used(kept.plan)
    free = kept.problem.helpers[used < kept.problem.places]
    asked = state.waiting[state.waiting["child_id"].isin(kept.problem.children[rows])]
    givers = state.offers[state.offers["helper_id"].isin(free)]
    if helper is not None:
        givers = givers[givers["helper_id"].ne(helper).fillna(True)]
    proposal = state.proposal
    found = candidates(asked, givers, proposal.scheme, on=proposal.on)
    found = found.astype({"child_id": "string", "helper_id": "string"})
    held = proposal.pairs[["child_id", "helper_id"]]
    both = found.merge(held, how="left", indicator=True)["_merge"].eq("both").to_numpy()
    banned = proposal.decisions[proposal.decisions["verdict"].eq("forbid")]
    shut = (
        found.merge(banned[["child_id", "helper_id"]].astype("string"), how="left", indicator=True)[
            "_merge"
        ]
        .eq("both")
        .to_numpy()
    )
    found = found[~both & ~shut]
    weights = proposal.weights
    priced = price(found, weights)
    # The load is of a helper as it stands: the place asked about is the next one.
    loads = (
        pd.Series(used, kept.problem.helpers)
        + had(state.offers)
        .set_axis(state.offers["helper_id"])
        .reindex(kept.problem.helpers)
        .fillna(0)
    ).astype("int64")
    nth_child = priced["helper_id"].map(loads).astype("int64")
    balance = weights.balance * nth_child
    minimum = weights.minimum * (nth_child >= proposal.scheme.least)
    priced = priced.assign(
        balance=balance, minimum=minimum, cost=priced["cost"] + balance + minimum
    )
    priced = priced.sort_values(["child_id", "cost", "helper_id"])
    priced["nth"] = priced.groupby("child_id").cumcount() + 1
    best = priced[priced["nth"] <= most].reset_index(drop=True)
    return best[["child_id", "nth", "helper_id", "km", *REASONS, "cost"]]


def substitutes(found: Rematch, most: int = BEST) -> pd.DataFrame:
    """The best three who can step in at once for each child that loses its helper (M8).

    found: a re-match with its changes. Asked is what `stand_ins` asks, of the match as it stands
    before any of them: the places of those who leave are gone, nobody has moved yet. Children
    who are moved for another keep their helper till then and have no row. Columns as there.

    >>> from carekit import tables
    >>> from carekit.pairing import VOLUNTEER, rematch
    >>> children = pd.DataFrame({"child_id": ["C00001"], "tier": [2], "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning", "needs": "english",
    ...     "closed_on": pd.NaT})
    >>> helpers = pd.DataFrame({"helper_id": ["H00001", "H00002", "H00003"], "kind": "volunteer",
    ...     "birth_date": "1990-01-01", "places": 1, "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning", "closed_on": pd.NaT,
    ...     "ready": [False, True, True], "subjects": ["english", "arts", "english"]})
    >>> pairings = tables.typed("pairings", pd.DataFrame({"pairing_id": ["P000001"],
    ...     "scheme": "volunteer", "child_id": "C00001", "helper_id": "H00001",
    ...     "since": "2025-09-01"}))
    >>> found = rematch(children, helpers, pairings, VOLUNTEER, on="2026-03-02")
    >>> substitutes(found)[["child_id", "nth", "helper_id", "cost"]]
      child_id  nth helper_id  cost
    0   C00001    1    H00003     0
    1   C00001    2    H00002   200
    """
    kept = found.workings
    plan = seats(kept.problem, present(kept.problem, found.before))
    held = found.before["child_id"].isin(kept.problem.children[plan >= 0])
    now = replace(
        found.proposal,
        pairs=found.before[held].reset_index(drop=True),
        workings=kept.with_plan(plan),
    )
    state = replace(found, proposal=now)
    lost = found.changed[found.changed["before"].notna()]
    lost = lost[~lost["child_id"].isin(found.before.loc[held, "child_id"])]
    best = [stand_ins(state, child=str(child), most=most) for child in lost["child_id"]]
    if not best:
        return pd.DataFrame(columns=["child_id", "nth", "helper_id", "km", *REASONS, "cost"])
    return pd.concat(best, ignore_index=True)


def _asked(kept: Workings, child: str | None, helper: str | None) -> np.ndarray:
    """Positions of the children asked about."""
    if child is not None:
        return np.array([kept.at(child)[0]])
    arrays = kept.problem
    at = np.flatnonzero(arrays.helpers == helper)
    if not len(at):
        raise BadInput("helper_unknown", helper=helper)
    served = np.flatnonzero(kept.plan >= 0)
    return served[arrays.helper[kept.plan[served]] == at[0]]
