"""Why a child has this helper, and why not another: every answer exact, nothing solved again."""

import json

import numpy as np
import pandas as pd

from carekit.pairing.candidates import candidates
from carekit.pairing.costs import LOAD_REASONS, REASONS, price
from carekit.pairing.decided import LOCK
from carekit.pairing.hindrance import hindrances
from carekit.pairing.proposal import Proposal, Workings, had, workings_of

NEXT_BEST = 3


def why(proposal: Proposal, child: str) -> pd.DataFrame:
    """A child's pair and the next best three: why this helper (M1, M7).

    Gives helper_id, chosen, one column of points a weight, cost (their sum), and change: what the
    best plan that has this pair costs more, as a whole, than the best plan of all. The child's own
    pair comes first, then the others by change, cost and helper_id; a child without a helper has
    no row that is chosen. A change above all points holds the penalty of a child who would be left
    without a helper (see `why_not`, which tells them apart). balance and minimum of a helper the
    child has not: as if it came last.

    Raises BadInput `child_unknown`, and `draft_not_worked_out` for a draft read from text, see
    `worked_out`.

    >>> from carekit.pairing import VOLUNTEER, propose
    >>> waiting = pd.DataFrame({"child_id": ["C00001"], "tier": [1], "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning", "needs": "english"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "kind": "volunteer",
    ...     "ready": True, "birth_date": "1990-01-01", "places_left": 1, "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning", "subjects": ["english", None]})
    >>> proposal = propose(waiting, offers, VOLUNTEER, on="2026-03-02")
    >>> why(proposal, "C00001")[["helper_id", "chosen", "subject", "change"]]
      helper_id  chosen  subject  change
    0    H00001    True        0       0
    1    H00002   False      200     200
    """
    known = workings_of(proposal)
    i, _ = known.at(child)
    arrays = known.problem
    at = np.arange(arrays.starts[i], arrays.starts[i + 1])
    own = at == known.plan[i]
    change = known.changes.of_child(i)
    first = np.lexsort((arrays.helper[at], arrays.cost[at], change, ~own))
    shown = first[: NEXT_BEST + int(own.any())]
    helpers = arrays.helpers[arrays.helper[at[shown]]]
    points = _points(proposal, known, child, helpers)
    return points.assign(
        chosen=own[shown],
        change=pd.array(change[shown], dtype="Int64"),
    )[["helper_id", "chosen", *REASONS, "cost", "change"]]


def why_not(proposal: Proposal, child: str, helper: str | None = None) -> pd.DataFrame:
    """Why a child does not have another helper: the rule, or exactly what it would cost.

    Gives a row a helper (one only where `helper` is named), the eligible ones first, by change:
    helper_id, eligible, code and values (of those not eligible, see `hindrances`; beside its codes
    `places_locked`: all its places are locked for others), and, where eligible,

    - change: what the best plan with this pair costs more than the best plan, everybody else
      settled anew; points: the same without penalties for the uncovered; served: children served
      more (or less) in it.
    - moves, a JSON list of [child_id, from helper | null, to helper | null] of everybody else who
      would have another helper, none, or one at last, than in the plan shown. Told for a helper
      that is named; else empty.

    Raises BadInput `child_unknown`, `helper_unknown` and `draft_not_worked_out`.

    >>> from carekit.pairing import VOLUNTEER, propose
    >>> waiting = pd.DataFrame({"child_id": ["C00001", "C00002"], "tier": [1, 2],
    ...     "village_id": "V0001", "languages": "hakka", "free_times": "sunday_morning"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "kind": "volunteer",
    ...     "ready": True, "birth_date": "1990-01-01", "places_left": 1, "village_id": "V0001",
    ...     "languages": ["hakka", "miao"], "free_times": "sunday_morning"})
    >>> proposal = propose(waiting, offers, VOLUNTEER, on="2026-03-02")
    >>> asked = why_not(proposal, "C00002")
    >>> asked[["helper_id", "eligible", "code", "points", "served"]]
      helper_id  eligible         code  points  served
    0    H00001      True         <NA>       0       0
    1    H00002     False  no_language    <NA>    <NA>
    >>> why_not(proposal, "C00002", "H00001")["moves"][0]
    '[["C00001", "H00001", null]]'
    """
    known = workings_of(proposal)
    i, j = known.at(child, helper)
    arrays = known.problem
    begin, end = arrays.starts[i], arrays.starts[i + 1]
    change, points, served = known.changes.told(i)
    told = pd.DataFrame(
        {"change": change, "points": points, "served": served},
        index=arrays.helpers[arrays.helper[begin:end]],
        dtype="Int64",
    )
    told["locked"] = pd.array(_breaks_a_lock(proposal, known, i), dtype="boolean")
    asked = None if helper is None else [helper]
    frame = hindrances(proposal, child, asked)
    told = told.reindex(frame["helper_id"]).set_axis(frame.index)
    locked = told["locked"].fillna(False).astype(bool)
    frame = frame.assign(
        eligible=told["change"].notna() & ~locked,
        code=frame["code"].mask(locked, "places_locked"),
        **told[["change", "points", "served"]].mask(locked),
        moves=pd.Series("[]", frame.index, dtype="string"),
    )
    if helper is not None and frame["eligible"].all():
        plan = known.changes.with_pair(known.pair(i, j))
        frame["moves"] = json.dumps(moves(known, plan, but=i))
    frame = frame.sort_values(["eligible", "change", "helper_id"], ascending=[False, True, True])
    columns = ["helper_id", "eligible", "code", "values", "change", "points", "served", "moves"]
    return frame[columns].reset_index(drop=True).astype({"moves": "string"})


def moves(known: Workings, plan: np.ndarray, but: int = -1) -> list[list[str | None]]:
    """Who has another helper in a plan than in the one shown: [child_id, from, to].

    but: a child not to name.
    """
    arrays = known.problem

    def helper(pair: int) -> str | None:
        return None if pair < 0 else str(arrays.helpers[arrays.helper[pair]])

    others = np.flatnonzero(plan != known.plan)
    return [
        [str(arrays.children[k]), helper(int(known.plan[k])), helper(int(plan[k]))]
        for k in others[others != but].tolist()
    ]


def _breaks_a_lock(proposal: Proposal, known: Workings, i: int) -> np.ndarray:
    """For which pairs of a child somebody would be left out whose helper a person has settled."""
    locks = proposal.decisions[proposal.decisions["verdict"].eq(LOCK)]
    settled = np.isin(known.problem.children, locks["child_id"].to_numpy(dtype=object))
    left = known.changes.left_by(i)
    return np.asarray(np.where(left >= 0, settled[left], False), dtype=bool)


def _points(
    proposal: Proposal,
    known: Workings,
    child: str,
    helpers: np.ndarray,
) -> pd.DataFrame:
    """The points of a child with some helpers, in their order."""
    scheme, weights = proposal.scheme, proposal.weights
    one = known.waiting[known.waiting["child_id"].eq(child)]
    some = known.offers[known.offers["helper_id"].isin(helpers)]
    priced = price(candidates(one, some, scheme, on=proposal.on), weights)
    priced = priced.astype({"helper_id": "string"}).set_index("helper_id").reindex(helpers)
    arrays = known.problem
    places = pd.Series(arrays.places, arrays.helpers).reindex(helpers)
    used = pd.Series(arrays.used(known.plan), arrays.helpers).reindex(helpers)
    before = had(some).set_axis(some["helper_id"]).reindex(helpers)
    before = before + np.minimum(used, (places - 1).clip(lower=0))
    priced["balance"] = weights.balance * before
    priced["minimum"] = weights.minimum * (before >= scheme.least)
    own = proposal.pairs[proposal.pairs["child_id"].eq(child)].set_index("helper_id")
    for name in LOAD_REASONS:
        priced.loc[own.index, name] = own[name].astype("int64")
    priced["cost"] = priced[list(REASONS)].sum(axis=1)
    whole = dict.fromkeys([*REASONS, "cost"], "Int64")
    return priced.rename_axis("helper_id").reset_index().astype({"helper_id": "string", **whole})
