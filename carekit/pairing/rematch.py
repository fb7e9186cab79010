"""Matching again when something has changed: only what must change changes (M8).

Somebody left, arrived, is full, a check expired: all are one question. All children with an open
file are matched anew, all places of the scheme free again, but a child whose present helper could
stay pays `change` points for any other one, or for none. Above any gain in points nobody is
moved for comfort; below a tier somebody may be moved so that one child more is served.

The points of continuity are of a child's *last* helper, for children without one. Whoever has a
helper in the scheme, or has just lost one, is never charged them: the price of the change is the
very same thing, and after a loss every helper would be a new one.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from carekit import dates
from carekit.errors import BadInput
from carekit.flow.certify import certificate, prices
from carekit.flow.problem import Problem
from carekit.pairing.candidates import candidates
from carekit.pairing.costs import Weights, cost
from carekit.pairing.decided import apply
from carekit.pairing.explain import explain
from carekit.pairing.proposal import (
    DECISION_COLUMNS,
    Proposal,
    Workings,
    named_prices,
    problem,
    workings_of,
)
from carekit.pairing.propose import NOTHING, planned
from carekit.pairing.schemes import Scheme
from carekit.pairing.waiting import active, offers, waiting

QUICK = 60  # so many without a place are brought in one by one; for more a solve is as quick


@dataclass(frozen=True, eq=False)
class Rematch:
    """What would change, and all that was asked for it.

    proposal: who has whom afterwards, with its proof; its objective holds `change` for each
    changed pair, its pairs do not. before, after: child_id, helper_id. changed: child_id, before,
    after, code. change: points a changed pair. points: cost of all pairs plus `change` for each
    child who loses a helper who could have stayed. waiting, offers: the frames it was made
    of: every child with an open file, every helper with all places in the scheme.

    Codes of changed: left_helper (the helper is gone, has not the place or may not any more),
    moved_for_another (moved so that another child could be served), now_served, now_uncovered.
    """

    proposal: Proposal
    before: pd.DataFrame
    after: pd.DataFrame
    changed: pd.DataFrame
    change: int
    points: int
    waiting: pd.DataFrame
    offers: pd.DataFrame

    @property
    def workings(self) -> Workings:
        """What questions about it are answered from."""
        return workings_of(self.proposal)


def rematch(
    children: pd.DataFrame,
    helpers: pd.DataFrame,
    pairings: pd.DataFrame,
    scheme: Scheme,
    weights: Weights | None = None,
    *,
    on: dates.Day,
    change: int | None = None,
    decisions: pd.DataFrame | None = None,
) -> Rematch:
    """The match of everybody on a day with as few changes as can be.

    children: the table, located and enrolled; of whoever is left out of it nothing is asked: their
    pairings stay, and take their places. helpers: with `ready` (see `people.readiness`),
    located and enrolled. pairings: the table; those of the scheme that hold on the day may be
    kept. change: points for each changed pair; where nobody chooses, one more than the dearest
    pair with its toll. decisions: see `propose`.

    Raises BadInput `change_wrong` (not a whole number >= 0) and what `propose` raises.

    >>> from carekit import tables
    >>> children = pd.DataFrame({"child_id": ["C00001", "C00002"], "tier": [2, 1],
    ...     "village_id": "V0001", "languages": ["hakka;gan", "hakka"],
    ...     "free_times": "sunday_morning", "closed_on": pd.NaT})
    >>> helpers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "kind": "volunteer",
    ...     "ready": True, "birth_date": "1990-01-01", "places": 1, "village_id": "V0001",
    ...     "languages": ["hakka", "gan"], "free_times": "sunday_morning", "closed_on": pd.NaT})
    >>> pairings = tables.typed("pairings", pd.DataFrame({"pairing_id": ["P000001"],
    ...     "scheme": "volunteer", "child_id": "C00001", "helper_id": "H00001",
    ...     "since": "2025-09-01"}))
    >>> from carekit.pairing import VOLUNTEER
    >>> rematch(children, helpers, pairings, VOLUNTEER, on="2026-03-02").changed
      child_id  before   after               code
    0   C00001  H00001  H00002  moved_for_another
    1   C00002    <NA>  H00001         now_served
    """
    if change is not None and (type(change) is not int or change < 0):
        raise BadInput("change_wrong", value=change)
    weights = weights or scheme.weights
    said = NOTHING if decisions is None else decisions[list(DECISION_COLUMNS)]
    asked, offered, before = _world(children, helpers, pairings, scheme, on)
    found, locks = apply(candidates(asked, offered, scheme, on=on), said, offered)
    points = cost(found, weights)
    if change is None:
        change = int(points.max(initial=0)) + _dearest_toll(offered, weights) + 1
    arrays = problem(found, points, asked, offered, scheme, weights, locks)
    has = present(arrays, before)
    arrays = _with_change(arrays, has, change)
    chosen, price = solved(arrays, seats(arrays, has))
    pairs = planned(found, chosen, offered, scheme, weights)
    rest = asked[~asked["child_id"].isin(pairs["child_id"])]
    unmatched = explain(rest, offered, scheme, found["child_id"].value_counts(), on=on)
    proposal = Proposal(
        scheme,
        dates.day(on),
        pairs,
        unmatched,
        certificate(arrays, chosen, price),
        weights,
        decisions=said,
        prices=named_prices(arrays, price),
        workings=Workings(arrays, chosen, price, chosen, asked, offered),
    )
    return told(proposal, before, has, change, asked, offered)


def told(
    proposal: Proposal,
    before: pd.DataFrame,
    has: np.ndarray,
    change: int,
    asked: pd.DataFrame,
    offered: pd.DataFrame,
) -> Rematch:
    """A proposal beside what was before. has: for each child the pair that could stay, or -1."""
    after = proposal.pairs[["child_id", "helper_id"]]
    both = before.merge(after, "outer", on="child_id", suffixes=("_before", "_after"))
    both = both.rename(columns={"helper_id_before": "before", "helper_id_after": "after"})
    same = both["before"].eq(both["after"]).fillna(False)
    new = both[~same].sort_values("child_id").reset_index(drop=True)
    names = proposal.workings.problem.children if proposal.workings else np.array([])
    kept = set(names[has >= 0])
    paid = new["child_id"].isin(kept)
    code = pd.Series("left_helper", new.index, dtype="string")
    code = code.mask(paid, "moved_for_another")
    code = code.mask(new["before"].isna(), "now_served").mask(new["after"].isna(), "now_uncovered")
    points = int(proposal.pairs["cost"].sum()) + change * int(paid.sum())
    return Rematch(proposal, before, after, new.assign(code=code), change, points, asked, offered)


def _world(
    children: pd.DataFrame,
    helpers: pd.DataFrame,
    pairings: pd.DataFrame,
    scheme: Scheme,
    on: dates.Day,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """All open children, all helpers with their places, and who has whom now."""
    mine = pairings["scheme"].eq(scheme.code).fillna(False).astype(bool)
    now = mine & active(pairings, on).fillna(False).astype(bool)
    now &= pairings["child_id"].isin(children["child_id"])  # all others keep their places
    asked = waiting(children, pairings[~now], scheme, on)
    offered = offers(helpers, pairings[~now], scheme, on)
    held = pairings[now].sort_values(["since", "pairing_id"])
    held = held.drop_duplicates("child_id", keep="last")
    before = held.loc[held["child_id"].isin(asked["child_id"]), ["child_id", "helper_id"]]
    before = before.astype("string").sort_values("child_id").reset_index(drop=True)
    had = asked["child_id"].isin(before["child_id"])
    return asked.assign(last_helper_id=asked["last_helper_id"].mask(had)), offered, before


def _dearest_toll(offered: pd.DataFrame, weights: Weights) -> int:
    most = offered["places_left"].astype("Int64").fillna(0).max() if len(offered) else 0
    return weights.balance * int(most) + weights.minimum


def present(arrays: Problem, before: pd.DataFrame) -> np.ndarray:
    """For each child the pair it has now, where the rules still allow it, or -1."""
    i = pd.Index(arrays.children).get_indexer(before["child_id"])
    j = pd.Index(arrays.helpers).get_indexer(before["helper_id"])
    wide = len(arrays.helpers) + 1
    eligible = arrays.child.astype(np.int64) * wide + arrays.helper
    wanted = i.astype(np.int64) * wide + j
    at = np.minimum(np.searchsorted(eligible, wanted), max(len(eligible) - 1, 0))
    hit = (j >= 0) & (eligible[at] == wanted) if len(eligible) else np.zeros(len(i), bool)
    has = np.full(len(arrays.children), -1, dtype=np.int64)
    has[i[hit]] = at[hit]
    return has


def _with_change(arrays: Problem, has: np.ndarray, change: int) -> Problem:
    """The same match where every pair but the present one costs `change` more."""
    n = max(len(arrays.children), 1)
    dearest = int(arrays.cost.max(initial=0))
    dearest += 0 if arrays.toll is None else int(arrays.toll.max(initial=0))
    more = np.where((has >= 0)[arrays.child], change, 0)
    more[has[has >= 0]] = 0
    # M (see `penalties`) with the change in it: a changed pair never costs a child. Whoever has
    # a helper does not lose it to another of the same tier for a gain in points either.
    ranks = arrays.penalty // (n * (dearest + 1))
    penalty = ranks * (n * (dearest + change + 1)) + np.where(has >= 0, change, 0)
    return replace(arrays, cost=arrays.cost + more, penalty=penalty)


def solved(
    arrays: Problem,
    start: np.ndarray,
    seeking: np.ndarray | None = None,
    price: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """The best plan and prices that prove it: mended from one that holds for all but a few.

    start: for each child its pair, or -1. seeking: who may want a place; else all without one.
    price: what proves the start, see `mend`. Where many seek, or the start was not the best, it
    is solved.
    """
    if seeking is None:
        seeking = np.flatnonzero(start < 0)
    if len(seeking) <= QUICK:
        from carekit.flow.mend import mend

        mended = mend(arrays, start, seeking, price)
        if mended is not None:
            return mended
    # networkx takes a while to load: only who solves waits for it.
    from carekit.flow.solve import match

    chosen = match(arrays)
    return chosen, prices(arrays, chosen)


def seats(arrays: Problem, has: np.ndarray) -> np.ndarray:
    """The present pairs, as many as each helper has places now."""
    served = np.flatnonzero(has >= 0)
    helper = arrays.helper[has[served]]
    order = np.argsort(helper, kind="stable")
    first = np.searchsorted(helper[order], helper[order])
    over = np.arange(len(order)) - first >= arrays.places[helper[order]]
    start = has.copy()
    start[served[order[over]]] = -1
    return start
