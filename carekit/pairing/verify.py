"""Check a proposal from the frames alone; nothing here imports a solver."""

from dataclasses import fields

import numpy as np
import pandas as pd

from carekit.errors import BadInput
from carekit.flow.certify import Certificate, certificate
from carekit.flow.problem import Problem
from carekit.pairing.candidates import candidates
from carekit.pairing.costs import loaded, price
from carekit.pairing.decided import apply
from carekit.pairing.explain import explain
from carekit.pairing.proposal import PAIR_COLUMNS, Proposal, had, price_array, problem

COLUMNS = ("code", "child_id", "helper_id")


def verify(proposal: Proposal, waiting: pd.DataFrame, offers: pd.DataFrame) -> pd.DataFrame:
    """What is wrong with a proposal: code, child_id, helper_id; empty = the proof holds.

    waiting, offers: the frames it was made from. Eligible pairs, prices and the bound are
    worked out again and compared.

    Codes: child_unknown (does not wait), child_missing (waits, but is nowhere), child_twice,
    pair_not_eligible, helper_overfull, pair_differs (km, tier or points are others),
    reason_differs (of an unmatched child), not_best (the plan is said to be the best, gap 0, but
    the bound is below the objective), certificate_differs (a number is not the one found), and
    lock_impossible, lock_twice, lock_overfull where its decisions cannot hold (see `propose`:
    nothing else can be judged then).

    A plan made by hand tells its gap: its distance from the bound. The bound comes from the prices
    the proposal carries; whoever gave them, no plan can cost less.

    >>> from carekit.pairing import VOLUNTEER, propose
    >>> waiting = pd.DataFrame({"child_id": ["C00001"], "tier": [1], "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001"], "kind": "volunteer", "ready": True,
    ...     "birth_date": "1990-01-01", "places_left": 1, "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning"})
    >>> proposal = propose(waiting, offers, VOLUNTEER, on="2026-03-02")
    >>> verify(proposal, waiting, offers).empty
    True
    >>> verify(proposal, waiting, offers.assign(ready=False))[["code", "child_id"]]
                      code child_id
    0    pair_not_eligible   C00001
    1             not_best     <NA>
    2  certificate_differs     <NA>
    """
    scheme, weights = proposal.scheme, proposal.weights
    every = candidates(waiting, offers, scheme, on=proposal.on)
    try:
        found, locks = apply(every, proposal.decisions, offers)
    except BadInput as fault:
        said = [(fault.code, fault.values.get("child"), fault.values.get("helper"))]
        return pd.DataFrame(said, columns=list(COLUMNS)).astype("string")
    priced = price(found, weights)
    arrays = problem(found, priced["cost"].to_numpy(), waiting, offers, scheme, weights, locks)
    pairs = proposal.pairs.reset_index(drop=True)
    children = pd.Index(arrays.children).get_indexer(pairs["child_id"])
    helpers = pd.Index(arrays.helpers).get_indexer(pairs["helper_id"])
    position = _positions(arrays, children, helpers)

    faults = [
        *_children(proposal, arrays),
        *_rows("pair_not_eligible", pairs[(position < 0) & (children >= 0)]),
        *_rows("pair_differs", pairs[_differs(proposal, pairs, priced, position, offers)]),
        *_overfull(pairs, offers),
        *_reasons(proposal, priced, waiting, offers),
        *_proof(proposal, arrays, children, position),
    ]
    return pd.DataFrame(faults, columns=list(COLUMNS)).astype("string")


def _positions(arrays: Problem, children: np.ndarray, helpers: np.ndarray) -> np.ndarray:
    """Where each pair stands among the eligible ones, or -1."""
    width = max(len(arrays.helpers), 1)
    eligible = arrays.child.astype(np.int64) * width + arrays.helper  # in order, for pairs are
    wanted = np.where((children >= 0) & (helpers >= 0), children * width + helpers, -1)
    at = np.searchsorted(eligible, wanted)
    hit = at < len(eligible)
    hit[hit] = eligible[at[hit]] == wanted[hit]
    return np.where(hit, at, -1)


def _children(proposal: Proposal, arrays: Problem) -> list[tuple[str, object, object]]:
    named = pd.concat([proposal.pairs["child_id"], proposal.unmatched["child_id"]])
    waits = pd.Series(arrays.children)
    return [
        *(("child_unknown", c, None) for c in named[~named.isin(waits)].unique()),
        *(("child_missing", c, None) for c in waits[~waits.isin(named)]),
        *(("child_twice", c, None) for c in named[named.duplicated()].unique()),
    ]


def _rows(code: str, pairs: pd.DataFrame) -> list[tuple[str, object, object]]:
    return [(code, c, h) for c, h in zip(pairs["child_id"], pairs["helper_id"], strict=True)]


def _differs(
    proposal: Proposal,
    pairs: pd.DataFrame,
    priced: pd.DataFrame,
    position: np.ndarray,
    offers: pd.DataFrame,
) -> np.ndarray:
    known = position >= 0
    wrong = np.zeros(len(pairs), dtype=bool)
    if not known.any():
        return wrong
    true = priced.iloc[position[known]].reset_index(drop=True)
    before = had(offers).set_axis(offers["helper_id"])
    true = loaded(true, proposal.weights, before, proposal.scheme.least)
    claimed = pairs[known]
    for name in PAIR_COLUMNS[2:]:
        ours = claimed[name].to_numpy(dtype=float, na_value=np.nan)
        theirs = true[name].to_numpy(dtype=float)
        # A kilometre may have gone through a file; points may not differ at all.
        km = np.isclose(ours, theirs, rtol=0, atol=1e-6, equal_nan=True)
        near = km if name == "km" else ours == theirs
        wrong[known] |= ~near
    return wrong


def _overfull(pairs: pd.DataFrame, offers: pd.DataFrame) -> list[tuple[str, object, object]]:
    used = pairs["helper_id"].value_counts()
    places = offers.set_index("helper_id")["places_left"].reindex(used.index)
    over = used.to_numpy() > places.astype("Int64").fillna(0).to_numpy(dtype=np.int64)
    return [("helper_overfull", None, helper) for helper in sorted(used.index[over])]


def _reasons(
    proposal: Proposal, priced: pd.DataFrame, waiting: pd.DataFrame, offers: pd.DataFrame
) -> list[tuple[str, object, object]]:
    ours = proposal.unmatched.drop_duplicates("child_id").set_index("child_id")
    rest = waiting[waiting["child_id"].isin(ours.index)]
    choices = priced["child_id"].value_counts()
    theirs = explain(rest, offers, proposal.scheme, choices, on=proposal.on).set_index("child_id")
    same = ours.reindex(theirs.index).eq(theirs).fillna(False).all(axis=1)
    # A person may take out whoever could have had a helper; it is never the best plan.
    if proposal.certificate.gap > 0:
        out = theirs.assign(code="taken_out", values="{}").eq(ours.reindex(theirs.index))
        same |= out.fillna(False).all(axis=1) & theirs["code"].eq("places_taken")
    return [("reason_differs", child, None) for child in same.index[~same]]


def _proof(
    proposal: Proposal, arrays: Problem, children: np.ndarray, position: np.ndarray
) -> list[tuple[str, object, object]]:
    claimed = proposal.certificate
    chosen = np.full(len(arrays.children), -1, dtype=np.int64)
    chosen[children[position >= 0]] = position[position >= 0]
    true = certificate(arrays, chosen, price_array(arrays, proposal.prices))
    faults: list[tuple[str, object, object]] = []
    if claimed.gap <= 0 and true.gap != 0:
        faults.append(("not_best", None, None))
    if any(getattr(claimed, f.name) != getattr(true, f.name) for f in fields(Certificate)):
        faults.append(("certificate_differs", None, None))
    return faults
