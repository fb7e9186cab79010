"""Questions to the county's match: exact, as a new solve of the whole county says."""

import json
from dataclasses import replace

import numpy as np
import pytest

from carekit import pairing
from carekit.flow.solve import solve

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def cases(proposal):
    """Ten pairs that are not in the plan, half of them of children left uncovered."""
    known = proposal.workings
    rng = np.random.default_rng(20260302)
    counts = np.diff(known.problem.starts)
    served = rng.permutation(np.flatnonzero((known.plan >= 0) & (counts > 1)))[:5]
    left = rng.permutation(np.flatnonzero((known.plan < 0) & (counts > 0)))[:5]
    pairs = []
    for i in [*served, *left]:
        at = np.arange(known.problem.starts[i], known.problem.starts[i + 1])
        pairs.append(int(rng.choice(at[at != known.plan[i]])))
    return pairs


def test_ten_why_nots_are_what_solving_again_finds(proposal, people_of_it, cases):
    known = proposal.workings
    arrays = known.problem
    assert len(cases) == 10
    for pair in cases:
        i = int(arrays.child[pair])
        # Its own penalty above all, and no other pair: then it is served by this one.
        keep = (arrays.child != i) | (np.arange(len(arrays.child)) == pair)
        parts = {n: getattr(arrays, n)[keep] for n in ("child", "helper", "cost", "hashes")}
        penalty = arrays.penalty.copy()
        penalty[i] = 8 * penalty.max()
        forced = replace(arrays, **parts, penalty=penalty)
        plan = solve(forced)
        assert plan[i] >= 0
        who = str(arrays.children[i])
        whom = str(arrays.helpers[arrays.helper[pair]])
        told = pairing.why_not(proposal, who, whom).iloc[0]
        assert told["change"] == forced.objective(plan) - arrays.objective(known.best)
        before, after = (int((p >= 0).sum()) for p in (known.best, plan))
        assert told["served"] == after - before
        moves = json.loads(told["moves"])
        assert sum((t is not None) - (f is not None) for _, f, t in moves) == told["served"] - (
            known.plan[i] < 0
        )


def test_every_helper_is_told_of_and_the_next_best_are_the_least(proposal, people_of_it):
    _, offers = people_of_it
    known = proposal.workings
    who = str(known.problem.children[np.diff(known.problem.starts).argmax()])
    every = pairing.why_not(proposal, who)
    assert sorted(every["helper_id"]) == sorted(offers["helper_id"])
    assert every.loc[~every["eligible"], "code"].notna().all()
    shown = pairing.why(proposal, who)
    assert shown["change"].tolist() == every["change"].tolist()[: len(shown)]


def test_a_swap_by_hand_tells_its_price_as_the_gap(proposal, people_of_it, cases):
    known = proposal.workings
    arrays = known.problem
    who = str(arrays.children[arrays.child[cases[0]]])
    whom = str(arrays.helpers[arrays.helper[cases[0]]])
    price = pairing.why_not(proposal, who, whom)["change"][0]
    other = pairing.swapped(proposal, who, whom)
    assert other.certificate.gap == price
    assert pairing.verify(other, *people_of_it).empty
