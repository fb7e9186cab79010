"""What one more helper would be worth: how many children more, and how many points."""

from dataclasses import replace

import numpy as np
import pandas as pd

from carekit.flow.certify import least_prices
from carekit.flow.problem import TIERS, Problem
from carekit.pairing.candidates import candidates
from carekit.pairing.costs import cost
from carekit.pairing.decided import apply
from carekit.pairing.proposal import Proposal, Workings, problem, workings_of

APART = 4  # penalties this much dearer: the points of all pairs are below a quarter of the least
MORE = ["served_more", *(f"served_more_{tier}" for tier in range(1, TIERS + 1)), "saved"]


def recruit_worth(proposal: Proposal, profiles: pd.DataFrame) -> pd.DataFrame:
    """What adding each of some helpers, alone, would change in the best match (M1, P1).

    The weights and decisions are those of the proposal. profiles: rows like those of the offers
    it was made of, with helper_id of their own: a real recruit, or one imagined.

    Gives one row a profile, in their order: helper_id; places; choices (waiting children it may
    care for); served_more (children), of tiers served_more_1 to served_more_3; saved (points of
    all pairs together, less than 0 where serving more children costs points). Exact: one place
    more is worth its least price (see `carekit.flow.least_prices`); only who brings several
    places worth something is solved for.

    Raises BadInput `ids_repeated` when a profile has the id of a helper of the offers, and
    `draft_not_worked_out` for a draft read from text, see `worked_out`.

    >>> waiting = pd.DataFrame({"child_id": ["C00001", "C00002"], "tier": [1, 3],
    ...     "village_id": "V0001", "languages": "hakka", "free_times": "sunday_morning"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001"], "kind": "volunteer", "ready": True,
    ...     "birth_date": "1990-01-01", "places_left": 1, "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning"})
    >>> profiles = pd.concat([offers, offers]).assign(
    ...     helper_id=["one", "other"], languages=["hakka", "gan"])
    >>> from carekit.pairing import VOLUNTEER, propose
    >>> proposal = propose(waiting, offers, VOLUNTEER, on="2026-03-02")
    >>> recruit_worth(proposal, profiles)[
    ...     ["helper_id", "choices", "served_more", "served_more_3", "saved"]]
      helper_id  choices  served_more  served_more_3  saved
    0       one        2            1              1      0
    1     other        0            0              0      0
    """
    known = workings_of(proposal)
    arrays = _arrays(proposal, known, profiles)
    new = np.searchsorted(arrays.helpers, profiles["helper_id"].to_numpy(dtype=object))
    bring = arrays.places[new]
    nobody = arrays.places.copy()
    nobody[new] = 0
    without = replace(arrays, places=nobody)
    plan = _plan_without(without, known, new)
    tier = (
        known.waiting.set_index("child_id")["tier"]
        .reindex(arrays.children)
        .to_numpy(dtype=np.int64)
    )
    # The least price is what a first place gains, and no later one gains more.
    gain = np.maximum(least_prices(without, plan) - without.levels[:, 0], 0)[new]
    rows = []
    for j, places, first in zip(new, bring, gain, strict=True):
        gained = 0 if places == 0 else int(first)
        row = _told(without, plan, tier, gained) if places <= 1 or gained == 0 else None
        rows.append(_solved(without, plan, tier, j, places) if row is None else row)
    choices = np.bincount(arrays.helper, minlength=len(arrays.helpers))[new]
    ids = profiles["helper_id"].astype("string").reset_index(drop=True)
    named = {"helper_id": ids, "places": bring, "choices": choices}
    return pd.DataFrame(named).join(pd.DataFrame(rows, columns=MORE, index=ids.index))


def _arrays(proposal: Proposal, known: Workings, profiles: pd.DataFrame) -> Problem:
    """The match with all profiles in it; penalties stand apart, so that a gain tells its tier."""
    waiting = known.waiting
    everybody = pd.concat([known.offers, profiles], ignore_index=True)
    found = candidates(waiting, everybody, proposal.scheme, on=proposal.on)
    pairs, locks = apply(found, proposal.decisions, everybody)
    points = cost(pairs, proposal.weights)
    made = problem(pairs, points, waiting, everybody, proposal.scheme, proposal.weights, locks)
    return replace(made, penalty=made.penalty * APART)


def _plan_without(without: Problem, known: Workings, new: np.ndarray) -> np.ndarray:
    """The best plan of the proposal among these pairs; solved where it was one of other costs."""
    old = np.flatnonzero(~np.isin(without.helper, new))
    if np.array_equal(without.hashes[old], known.problem.hashes) and np.array_equal(
        without.cost[old], known.problem.cost
    ):
        best = known.best
        return np.where(best >= 0, old[best] if len(old) else -1, -1)
    return _match(without)


def _told(problem: Problem, plan: np.ndarray, tier: np.ndarray, gained: int) -> list[int] | None:
    """What one place gains, told by its price alone; None where the price leaves a tier open.

    A place changes the plan along one path: at most one child more is served and nobody less.
    """
    left = plan < 0
    levels = np.unique(np.append(problem.penalty[left], 0))
    served = int(levels[np.abs(levels - gained).argmin()])
    whose = np.unique(tier[left & (problem.penalty == served) & (served > 0)])
    if len(whose) > 1:
        return None
    more = [int(k in whose) for k in range(1, TIERS + 1)]
    return [sum(more), *more, gained - served]


def _solved(without: Problem, plan: np.ndarray, tier: np.ndarray, j: int, places: int) -> list[int]:
    """What a helper with some places gains, by solving anew."""
    offered = without.places.copy()
    offered[j] = places
    with_one = replace(without, places=offered)
    after = _match(with_one)
    more = [int(((after >= 0) & (tier == k)).sum()) for k in range(1, TIERS + 1)]
    had = [int(((plan >= 0) & (tier == k)).sum()) for k in range(1, TIERS + 1)]
    change = [now - before for now, before in zip(more, had, strict=True)]
    return [sum(change), *change, _points(without, plan) - _points(with_one, after)]


def _points(problem: Problem, plan: np.ndarray) -> int:
    return problem.objective(plan) - int(problem.penalty[plan < 0].sum())


def _match(problem: Problem) -> np.ndarray:
    # networkx takes a while to load: only who solves waits for it.
    from carekit.flow.solve import match

    return match(problem)
