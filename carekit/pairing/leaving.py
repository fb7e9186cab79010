"""A helper leaves or has fewer places: who comes to whom, found without matching anew."""

from dataclasses import replace

import numpy as np
import pandas as pd

from carekit.errors import BadInput
from carekit.flow.certify import certificate
from carekit.flow.problem import Problem
from carekit.pairing.candidates import candidates
from carekit.pairing.explain import explain
from carekit.pairing.proposal import Workings, named_prices
from carekit.pairing.propose import replanned
from carekit.pairing.rematch import Rematch, solved, told


def leaver(state: Rematch, helper: str) -> Rematch:
    """The same as if a helper had left: only the children displaced are brought in.

    state: the match before, with no changes of its own. Quick, for hardly a pair is looked for and
    nothing solved anew; the points are those of a whole `rematch` with the same `change`. Among
    plans of equal points it may find another one.

    Raises BadInput `helper_unknown`, and `rematch_open` where the state has changes to decide on.

    >>> from carekit import tables
    >>> children = pd.DataFrame({"child_id": ["C00001"], "tier": [2], "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning", "closed_on": pd.NaT})
    >>> helpers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "kind": "volunteer",
    ...     "ready": True, "birth_date": "1990-01-01", "places": 1, "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning", "closed_on": pd.NaT})
    >>> pairings = tables.typed("pairings", pd.DataFrame({"pairing_id": ["P000001"],
    ...     "scheme": "volunteer", "child_id": "C00001", "helper_id": "H00001",
    ...     "since": "2025-09-01"}))
    >>> from carekit.pairing import VOLUNTEER, rematch
    >>> now = rematch(children, helpers, pairings, VOLUNTEER, on="2026-03-02")
    >>> now.changed.empty
    True
    >>> leaver(now, "H00001").changed
      child_id  before   after         code
    0   C00001  H00001  H00002  left_helper
    """
    return fewer_places(state, helper, 0)


def fewer_places(state: Rematch, helper: str, places: int) -> Rematch:
    """The same as if a helper had only so many places in the scheme from now on; 0: has left.

    Before is what `state` proposes. Raises BadInput `rematch_open` (the state has changes of its
    own to decide on), `helper_unknown`, and `places_more` for more places than there were.

    >>> from carekit import tables
    >>> children = pd.DataFrame({"child_id": ["C00001", "C00002"], "tier": [2, 1],
    ...     "village_id": "V0001", "languages": ["hakka", "hakka;gan"],
    ...     "free_times": "sunday_morning", "closed_on": pd.NaT})
    >>> helpers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "kind": "volunteer",
    ...     "ready": True, "birth_date": "1990-01-01", "places": 2, "village_id": "V0001",
    ...     "languages": ["hakka", "gan"], "free_times": "sunday_morning", "closed_on": pd.NaT})
    >>> pairings = tables.typed("pairings", pd.DataFrame({
    ...     "pairing_id": ["P000001", "P000002"], "scheme": "volunteer",
    ...     "child_id": ["C00001", "C00002"], "helper_id": "H00001", "since": "2025-09-01"}))
    >>> from carekit.pairing import VOLUNTEER, rematch
    >>> now = rematch(children, helpers, pairings, VOLUNTEER, on="2026-03-02")
    >>> fewer_places(now, "H00001", 1).changed[["child_id", "after"]]
      child_id   after
    0   C00002  H00002
    """
    if len(state.changed):
        raise BadInput("rematch_open", count=len(state.changed))
    kept = state.workings
    found = np.flatnonzero(kept.problem.helpers == helper)
    if not len(found):
        raise BadInput("helper_unknown", helper=helper)
    j = int(found[0])
    if places > kept.problem.places[j]:
        raise BadInput("places_more", helper=helper, places=int(kept.problem.places[j]))
    arrays, has, start, seeking = _without(state, kept, j, places)
    chosen, best = solved(arrays, start, seeking, kept.price)
    offered = _with_places(state.offers, helper, places)
    moved = np.flatnonzero(chosen != kept.best)
    workings = Workings(arrays, chosen, best, chosen, state.waiting, offered)
    proposal = replace(
        state.proposal,
        pairs=replanned(state.proposal, chosen, moved, workings),
        unmatched=_unmatched(state, arrays, chosen, j, offered),
        certificate=certificate(arrays, chosen, best),
        prices=named_prices(arrays, best),
        workings=workings,
    )
    return told(proposal, state.after, has, state.change, state.waiting, offered)


def _without(
    state: Rematch, kept: Workings, j: int, places: int
) -> tuple[Problem, np.ndarray, np.ndarray, np.ndarray]:
    """The match afterwards; the pairs that could stay; the plan without the displaced; them."""
    arrays, has = kept.problem, kept.best.copy()
    own = np.flatnonzero(has >= 0)
    own = own[arrays.helper[has[own]] == j]
    left = arrays.places.copy()
    left[j] = places
    # Whoever of the children is asked first: bringing them in settles who goes.
    seeking = own[places:]
    start = has.copy()
    start[seeking] = -1
    cost, penalty = arrays.cost, arrays.penalty
    if places == 0:
        has[own] = -1  # they have to go: a change costs them nothing
        cost, penalty = cost.copy(), penalty.copy()
        penalty[own] -= state.change
        for i in own:
            begin, end = arrays.starts[i], arrays.starts[i + 1]
            cost[begin:end] -= np.where(arrays.helper[begin:end] == j, 0, state.change)
    return replace(arrays, places=left, cost=cost, penalty=penalty), has, start, seeking


def _with_places(offers: pd.DataFrame, helper: str, places: int) -> pd.DataFrame:
    mine = offers["helper_id"].eq(helper).fillna(False).astype(bool)
    return offers.assign(places_left=offers["places_left"].astype("Int64").mask(mine, places))


def _unmatched(
    state: Rematch, arrays: Problem, chosen: np.ndarray, j: int, offered: pd.DataFrame
) -> pd.DataFrame:
    """The reasons again of whoever is new among them, or could have had this helper."""
    old, on = state.proposal.unmatched, state.proposal.on
    left = arrays.children[chosen < 0]
    touched = arrays.children[arrays.child[arrays.helper == j]]
    again = set(left) - (set(old["child_id"]) - set(touched))
    same = old[old["child_id"].isin(set(left) - again)]
    if not again:
        return same.reset_index(drop=True)
    asked = state.waiting[state.waiting["child_id"].isin(again)]
    count = candidates(asked, offered, state.proposal.scheme, on=on)["child_id"].value_counts()
    new = explain(asked, offered, state.proposal.scheme, count, on=on)
    both = pd.concat([same, new]) if len(same) else new
    return both.sort_values("child_id").reset_index(drop=True)
