"""The workings of a draft that was kept as text: what questions to it are answered from."""

from dataclasses import replace

import numpy as np
import pandas as pd

from carekit.errors import BadInput
from carekit.flow.certify import certificate, prices
from carekit.flow.problem import Problem
from carekit.pairing.candidates import candidates
from carekit.pairing.costs import cost
from carekit.pairing.decided import apply
from carekit.pairing.proposal import Proposal, Workings, price_array, problem


def worked_out(proposal: Proposal, waiting: pd.DataFrame, offers: pd.DataFrame) -> Proposal:
    """A proposal with its workings, which a draft read from text has not (see `from_json`).

    waiting, offers: the frames it was made from. A proposal that has its workings comes back as
    it is. A plan that proves itself is not solved again; one made by hand is, for its gap is
    measured from the best.

    Raises BadInput `draft_broken` when a pair is not eligible in these frames, or a helper has
    more children than places.

    >>> from carekit.pairing import VOLUNTEER, from_json, propose, to_json
    >>> waiting = pd.DataFrame({"child_id": ["C00001"], "tier": [1], "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001"], "kind": "volunteer", "ready": True,
    ...     "birth_date": "1990-01-01", "places_left": 1, "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning"})
    >>> kept = from_json(to_json(propose(waiting, offers, VOLUNTEER, on="2026-03-02")))
    >>> worked_out(kept, waiting, offers).workings.plan
    array([0])
    """
    if proposal.workings is not None:
        return proposal
    scheme, weights = proposal.scheme, proposal.weights
    every = candidates(waiting, offers, scheme, on=proposal.on)
    found, locks = apply(every, proposal.decisions, offers)
    arrays = problem(found, cost(found, weights), waiting, offers, scheme, weights, locks)
    plan = _plan(arrays, proposal.pairs)
    best, price = plan, plan
    proved = proposal.certificate.gap == 0
    if proved:
        price = price_array(arrays, proposal.prices)
        proved = certificate(arrays, plan, price).gap == 0
    if not proved:
        # networkx takes a while to load: only who solves waits for it.
        from carekit.flow.solve import match

        best = match(arrays)
        price = prices(arrays, best)
    return replace(proposal, workings=Workings(arrays, best, price, plan, waiting, offers))


def _plan(arrays: Problem, pairs: pd.DataFrame) -> np.ndarray:
    """The position of each child's pair, or -1."""
    children = pd.Index(arrays.children).get_indexer(pairs["child_id"])
    helpers = pd.Index(arrays.helpers).get_indexer(pairs["helper_id"])
    known = (children >= 0) & (helpers >= 0)
    width = max(len(arrays.helpers), 1)
    eligible = arrays.child.astype(np.int64) * width + arrays.helper  # in order, for pairs are
    wanted = children * width + helpers
    at = np.searchsorted(eligible, wanted)
    if not known.all() or (at >= len(eligible)).any() or (eligible[at] != wanted).any():
        raise BadInput("draft_broken")
    plan = np.full(len(arrays.children), -1, dtype=np.int64)
    plan[children] = at
    if (arrays.used(plan) > arrays.places).any():
        raise BadInput("draft_broken")
    return plan
