"""A plan changed by hand: the rules are kept, and how far it is from the best is proved."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from carekit.errors import BadInput
from carekit.flow.certify import certificate
from carekit.pairing.decided import LOCK
from carekit.pairing.explain import explain
from carekit.pairing.hindrance import hindrances
from carekit.pairing.proposal import Proposal, workings_of
from carekit.pairing.propose import replanned
from carekit.pairing.why import why_not

TAKEN_OUT = "taken_out"


def edited(proposal: Proposal, changes: Sequence[tuple[str, str | None]]) -> Proposal:
    """A proposal with some pairs changed by a person; nobody else moves.

    changes: (child, its helper from now on, or None to take it out), all at once, so that two
    children can change places.

    The certificate tells the proved gap: what this plan costs more than any plan must. A child
    taken out is unmatched with the code `taken_out`. `workings.best` stays the best plan.

    Raises BadInput `child_unknown`, `helper_unknown`, `edit_not_allowed` (child, helper, rule: a
    code of `hindrances`, or `locked` for a pair a person has locked) and `edit_overfull` (helper,
    count, places), and `draft_not_worked_out` for a draft read from text, see `worked_out`.

    >>> from carekit.pairing import VOLUNTEER, propose
    >>> waiting = pd.DataFrame({"child_id": ["C00001"], "tier": [1], "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning", "needs": "english"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "kind": "volunteer",
    ...     "ready": True, "birth_date": "1990-01-01", "places_left": 1, "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning", "subjects": ["english", None]})
    >>> proposal = propose(waiting, offers, VOLUNTEER, on="2026-03-02")
    >>> other = edited(proposal, [("C00001", "H00002")])
    >>> other.pairs["helper_id"].tolist(), other.certificate.gap
    (['H00002'], 200)
    >>> edited(proposal, [("C00001", None)]).unmatched[["child_id", "code"]]
      child_id       code
    0   C00001  taken_out
    """
    known = workings_of(proposal)
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
            rule = hindrances(proposal, child, [helper])["code"][0]
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
    return _made(proposal, plan, out)


def swapped(proposal: Proposal, child: str, helper: str) -> Proposal:
    """The best plan in which this child has this helper: whoever must move moves.

    It starts from the best plan, so other changes made by hand before are gone. What it costs is
    in `why_not` before, and in the certificate's gap after.

    Raises BadInput `child_unknown`, `helper_unknown` and `edit_not_allowed` (child, helper, rule:
    a code of `why_not`), and `draft_not_worked_out`.

    >>> from carekit.pairing import VOLUNTEER, propose
    >>> waiting = pd.DataFrame({"child_id": ["C00001", "C00002"], "tier": [1, 2],
    ...     "village_id": "V0001", "languages": "hakka", "free_times": "sunday_morning"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001"], "kind": "volunteer", "ready": True,
    ...     "birth_date": "1990-01-01", "places_left": 1, "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning"})
    >>> proposal = propose(waiting, offers, VOLUNTEER, on="2026-03-02")
    >>> swapped(proposal, "C00002", "H00001").unmatched[["child_id", "code"]]
      child_id          code
    0   C00001  places_taken
    """
    known = workings_of(proposal)
    i, j = known.at(child, helper)
    asked = why_not(proposal, child, helper).iloc[0]
    if not asked["eligible"]:
        raise BadInput("edit_not_allowed", child=child, helper=helper, rule=asked["code"])
    return _made(proposal, known.changes.with_pair(known.pair(i, j)), [])


def _made(proposal: Proposal, plan: np.ndarray, out: list[str]) -> Proposal:
    """The proposal of another plan; out: children a person has taken out."""
    known = workings_of(proposal)
    return replace(
        proposal,
        pairs=replanned(proposal, plan, np.flatnonzero(plan != known.plan), known),
        unmatched=_unmatched(proposal, plan, out),
        certificate=certificate(known.problem, plan, known.price),
        workings=known.with_plan(plan),
    )


def _unmatched(proposal: Proposal, plan: np.ndarray, out: list[str]) -> pd.DataFrame:
    """Who is left, and why; reasons that were known stay."""
    known = workings_of(proposal)
    arrays, waiting = known.problem, known.waiting
    left = arrays.children[plan < 0]
    before = proposal.unmatched
    stay = before[before["child_id"].isin(left)]
    new = waiting[waiting["child_id"].isin(left) & ~waiting["child_id"].isin(stay["child_id"])]
    choices = pd.Series(np.diff(arrays.starts), arrays.children)
    told = explain(new, known.offers, proposal.scheme, choices, on=proposal.on)
    theirs = told["child_id"].isin(out)
    told = told.assign(
        code=told["code"].mask(theirs, TAKEN_OUT), values=told["values"].mask(theirs, "{}")
    )
    both = pd.concat([stay, told.astype(stay.dtypes)])
    return both.sort_values("child_id", ignore_index=True)
