"""A plan changed by hand: the rules are kept, and how far it is from the best is proved."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from carekit.errors import BadInput
from carekit.flow.certify import certificate
from carekit.pairing.candidates import candidates
from carekit.pairing.costs import loaded, price
from carekit.pairing.decided import LOCK
from carekit.pairing.explain import explain
from carekit.pairing.hindrance import hindrances
from carekit.pairing.proposal import PAIR_COLUMNS, Proposal, Workings, had
from carekit.pairing.why import why_not
from carekit.pairing.workings import worked_out

TAKEN_OUT = "taken_out"


def edited(
    proposal: Proposal,
    changes: Sequence[tuple[str, str | None]],
    waiting: pd.DataFrame,
    offers: pd.DataFrame,
) -> Proposal:
    """A proposal with some pairs changed by a person; nobody else moves.

    changes: (child, its helper from now on, or None to take it out), all at once, so that two
    children can change places. waiting, offers: the frames the proposal was made from.

    The certificate tells the proved gap: what this plan costs more than any plan must. A child
    taken out is unmatched with the code `taken_out`. `workings.best` stays the best plan.

    Raises BadInput `child_unknown`, `helper_unknown`, `edit_not_allowed` (child, helper, rule: a
    code of `hindrances`, or `locked` for a pair a person has locked) and `edit_overfull` (helper,
    count, places).

    >>> from carekit.pairing import VOLUNTEER, propose
    >>> waiting = pd.DataFrame({"child_id": ["C00001"], "tier": [1], "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning", "needs": "english"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "kind": "volunteer",
    ...     "ready": True, "birth_date": "1990-01-01", "places_left": 1, "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning", "subjects": ["english", None]})
    >>> proposal = propose(waiting, offers, VOLUNTEER, on="2026-03-02")
    >>> other = edited(proposal, [("C00001", "H00002")], waiting, offers)
    >>> other.pairs["helper_id"].tolist(), other.certificate.gap
    (['H00002'], 200)
    >>> edited(proposal, [("C00001", None)], waiting, offers).unmatched[["child_id", "code"]]
      child_id       code
    0   C00001  taken_out
    """
    proposal = worked_out(proposal, waiting, offers)
    known = _workings(proposal)
    locks = proposal.decisions[proposal.decisions["verdict"].eq(LOCK)]
    plan = known.plan.copy()
    for child, helper in changes:
        i, j = known.at(child, helper)
        if helper is None:
            if locks["child_id"].eq(child).any():
                raise BadInput("edit_not_allowed", child=child, helper="", rule="locked")
            plan[i] = -1
            continue
        plan[i] = known.pair(i, j)
        if plan[i] < 0:
            some = offers[offers["helper_id"].eq(helper)]
            rule = hindrances(proposal, child, waiting, some)["code"][0]
            raise BadInput("edit_not_allowed", child=child, helper=helper, rule=rule)
    used = known.problem.used(plan)
    for j in np.flatnonzero(used > known.problem.places).tolist():
        raise BadInput(
            "edit_overfull",
            helper=str(known.problem.helpers[j]),
            count=int(used[j]),
            places=int(known.problem.places[j]),
        )
    out = [child for child, helper in changes if helper is None]
    return _made(proposal, plan, out, waiting, offers)


def swapped(
    proposal: Proposal, child: str, helper: str, waiting: pd.DataFrame, offers: pd.DataFrame
) -> Proposal:
    """The best plan in which this child has this helper: whoever must move moves.

    It starts from the best plan, so other changes made by hand before are gone. What it costs is
    in `why_not` before, and in the certificate's gap after.

    Raises BadInput `child_unknown`, `helper_unknown` and `edit_not_allowed` (child, helper, rule:
    a code of `why_not`).

    >>> from carekit.pairing import VOLUNTEER, propose
    >>> waiting = pd.DataFrame({"child_id": ["C00001", "C00002"], "tier": [1, 2],
    ...     "village_id": "V0001", "languages": "hakka", "free_times": "sunday_morning"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001"], "kind": "volunteer", "ready": True,
    ...     "birth_date": "1990-01-01", "places_left": 1, "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning"})
    >>> proposal = propose(waiting, offers, VOLUNTEER, on="2026-03-02")
    >>> swapped(proposal, "C00002", "H00001", waiting, offers).unmatched[["child_id", "code"]]
      child_id          code
    0   C00001  places_taken
    """
    proposal = worked_out(proposal, waiting, offers)
    known = _workings(proposal)
    i, j = known.at(child, helper)
    asked = why_not(proposal, child, waiting, offers, helper).iloc[0]
    if not asked["eligible"]:
        raise BadInput("edit_not_allowed", child=child, helper=helper, rule=asked["code"])
    return _made(proposal, known.changes.with_pair(known.pair(i, j)), [], waiting, offers)


def _workings(proposal: Proposal) -> Workings:
    assert proposal.workings is not None
    return proposal.workings


def _made(
    proposal: Proposal,
    plan: np.ndarray,
    out: list[str],
    waiting: pd.DataFrame,
    offers: pd.DataFrame,
) -> Proposal:
    """The proposal of another plan; out: children a person has taken out."""
    known = _workings(proposal)
    return replace(
        proposal,
        pairs=_pairs(proposal, plan, waiting, offers),
        unmatched=_unmatched(proposal, plan, out, waiting, offers),
        certificate=certificate(known.problem, plan, known.price),
        workings=known.with_plan(plan),
    )


def _pairs(
    proposal: Proposal, plan: np.ndarray, waiting: pd.DataFrame, offers: pd.DataFrame
) -> pd.DataFrame:
    """The pairs of another plan; only those that are new are looked up again."""
    known, scheme, weights = _workings(proposal), proposal.scheme, proposal.weights
    arrays = known.problem
    moved = np.flatnonzero((plan != known.plan) & (plan >= 0))
    names = arrays.children[(plan != known.plan)]
    stay = proposal.pairs[~proposal.pairs["child_id"].isin(names)]
    new = pd.DataFrame(
        {
            "child_id": arrays.children[moved],
            "helper_id": arrays.helpers[arrays.helper[plan[moved]]],
        },
        dtype="string",
    )
    some = candidates(
        waiting[waiting["child_id"].isin(new["child_id"])],
        offers[offers["helper_id"].isin(new["helper_id"])],
        scheme,
        on=proposal.on,
    )
    priced = price(some, weights).astype({"child_id": "string", "helper_id": "string"})
    new = new.merge(priced, on=["child_id", "helper_id"])[list(PAIR_COLUMNS)]
    pairs = pd.concat([stay, new.astype(stay.dtypes)]).sort_values("child_id", ignore_index=True)
    if weights.balance or weights.minimum:
        before = had(offers).set_axis(offers["helper_id"])
        pairs = loaded(pairs, weights, before, scheme.least).astype(stay.dtypes)
    return pairs


def _unmatched(
    proposal: Proposal,
    plan: np.ndarray,
    out: list[str],
    waiting: pd.DataFrame,
    offers: pd.DataFrame,
) -> pd.DataFrame:
    """Who is left, and why; reasons that were known stay."""
    arrays = _workings(proposal).problem
    left = arrays.children[plan < 0]
    before = proposal.unmatched
    stay = before[before["child_id"].isin(left)]
    new = waiting[waiting["child_id"].isin(left) & ~waiting["child_id"].isin(stay["child_id"])]
    choices = pd.Series(np.diff(arrays.starts), arrays.children)
    told = explain(new, offers, proposal.scheme, choices, on=proposal.on)
    theirs = told["child_id"].isin(out)
    told = told.assign(
        code=told["code"].mask(theirs, TAKEN_OUT), values=told["values"].mask(theirs, "{}")
    )
    both = pd.concat([stay, told.astype(stay.dtypes)])
    return both.sort_values("child_id", ignore_index=True)
