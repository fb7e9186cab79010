"""From who waits and who offers to a proved proposal."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from carekit import dates
from carekit.errors import BadInput
from carekit.flow.certify import certificate, prices
from carekit.flow.problem import Problem
from carekit.pairing.candidates import candidates
from carekit.pairing.costs import Weights, cost, loaded, price
from carekit.pairing.decided import apply
from carekit.pairing.explain import explain
from carekit.pairing.proposal import (
    DECISION_COLUMNS,
    PAIR_COLUMNS,
    Proposal,
    Workings,
    had,
    named_prices,
    problem,
)
from carekit.pairing.schemes import Scheme

Report = Callable[[str, float], None]
NOTHING = pd.DataFrame(columns=DECISION_COLUMNS, dtype="string")


def propose(
    waiting: pd.DataFrame,
    offers: pd.DataFrame,
    scheme: Scheme,
    weights: Weights | None = None,
    *,
    on: dates.Day,
    decisions: pd.DataFrame | None = None,
    report: Report | None = None,
) -> Proposal:
    """The best match of a scheme on a day: candidates, price, solve, and the proof (M1, M7).

    waiting, offers: as for `candidates`. weights: points a unit; the scheme's own where nobody
    chooses. decisions: pairs that are locked or forbidden (child_id, helper_id, verdict), see
    `decided`. report(code, share) is told each step (progress_candidates, progress_pricing,
    progress_solving, progress_checking, progress_explaining) and the share done before it.

    The most vulnerable are served first (tier 1, then 2, then 3), then the most children,
    then at least cost; among equals always the same pairs, whatever the order of the rows.
    Nobody to match, or nobody to match with, is an answer too.

    Raises BadInput `ids_repeated`, `tier_unknown`, `flow_too_big` and, for a lock that cannot
    hold, `lock_impossible`, `lock_twice` and `lock_overfull`.

    >>> waiting = pd.DataFrame({"child_id": ["C00001", "C00002"], "tier": [3, 1],
    ...     "village_id": "V0001", "languages": "hakka", "free_times": "sunday_morning"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001"], "kind": "volunteer", "ready": True,
    ...     "birth_date": "1990-01-01", "places_left": 1, "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning"})
    >>> from carekit.pairing import VOLUNTEER
    >>> proposal = propose(waiting, offers, VOLUNTEER, on="2026-03-02")
    >>> proposal.pairs[["child_id", "helper_id", "tier", "cost"]]
      child_id helper_id  tier  cost
    0   C00002    H00001     1     0
    >>> proposal.unmatched
      child_id  tier          code        values
    0   C00001     3  places_taken  {"count": 1}
    >>> proposal.certificate.gap
    0
    """
    if scheme.parts:
        raise BadInput("scheme_has_parts", scheme=scheme.code)
    weights = weights or scheme.weights
    said = NOTHING if decisions is None else decisions[list(DECISION_COLUMNS)]
    tell = report or (lambda code, share: None)
    tell("progress_candidates", 0.0)
    found, locks = apply(candidates(waiting, offers, scheme, on=on), said, offers)
    tell("progress_pricing", 0.4)
    arrays = problem(found, cost(found, weights), waiting, offers, scheme, weights, locks)
    tell("progress_solving", 0.5)
    chosen = _match(arrays)
    tell("progress_checking", 0.85)
    price = prices(arrays, chosen)
    proof = certificate(arrays, chosen, price)
    tell("progress_explaining", 0.9)
    pairs = planned(found, chosen, offers, scheme, weights)
    rest = waiting[~waiting["child_id"].isin(pairs["child_id"])]
    unmatched = explain(rest, offers, scheme, found["child_id"].value_counts(), on=on)
    workings = Workings(arrays, chosen, price, chosen, waiting, offers)
    return Proposal(
        scheme,
        dates.day(on),
        pairs,
        unmatched,
        proof,
        weights,
        decisions=said,
        prices=named_prices(arrays, price),
        workings=workings,
    )


def planned(
    found: pd.DataFrame,
    chosen: np.ndarray,
    offers: pd.DataFrame,
    scheme: Scheme,
    weights: Weights,
) -> pd.DataFrame:
    """The pairs of a plan as a proposal shows them: one row a child, points by weight."""
    pairs = price(found.iloc[chosen[chosen >= 0]], weights).reset_index(drop=True)
    if weights.balance or weights.minimum:
        before = had(offers).set_axis(offers["helper_id"])
        pairs = loaded(pairs, weights, before, scheme.least)
    pairs = pairs[list(PAIR_COLUMNS)]
    whole = [name for name in PAIR_COLUMNS if name not in ("child_id", "helper_id", "km")]
    return pairs.astype(
        {"child_id": "string", "helper_id": "string"} | dict.fromkeys(whole, "Int64")
    )


def replanned(
    proposal: Proposal, plan: np.ndarray, moved: np.ndarray, workings: Workings
) -> pd.DataFrame:
    """The pairs of another plan, as `planned`; only those of the children who moved are new.

    moved: their positions. workings: the arrays and frames the plan is of.
    """
    arrays, scheme, weights = workings.problem, proposal.scheme, proposal.weights
    old = proposal.pairs
    stay = old[~old["child_id"].isin(arrays.children[moved])]
    now = moved[plan[moved] >= 0]
    new = pd.DataFrame(
        {"child_id": arrays.children[now], "helper_id": arrays.helpers[arrays.helper[plan[now]]]},
        dtype="string",
    )
    asked, offers = workings.waiting, workings.offers
    found = candidates(
        asked[asked["child_id"].isin(new["child_id"])],
        offers[offers["helper_id"].isin(new["helper_id"])],
        scheme,
        on=proposal.on,
    )
    priced = price(found, weights).astype({"child_id": "string", "helper_id": "string"})
    priced = priced.merge(new, on=["child_id", "helper_id"])[list(PAIR_COLUMNS)]
    pairs = pd.concat([stay, priced.astype(old.dtypes)]).sort_values("child_id", ignore_index=True)
    if weights.balance or weights.minimum:
        before = had(offers).set_axis(offers["helper_id"])
        pairs = loaded(pairs, weights, before, scheme.least).astype(old.dtypes)
    return pairs


def _match(arrays: Problem) -> np.ndarray:
    # networkx takes a while to load: only who solves waits for it.
    from carekit.flow.solve import match

    return match(arrays)
