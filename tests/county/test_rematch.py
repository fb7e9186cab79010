"""A hundred helpers leave, one at a time, and the county stays calm.

All start from one state: the match as it is once a re-match has been carried out. That a plan is
the best with the price of change is proved by its certificate (gap 0 over all eligible pairs); ten
of the hundred are solved again besides. How many a free optimum serves in each tier is known from
a certificate too: the points of one pair, or of one change, are below M, so a plan of least cost
serves as many in each tier as any. That is checked against a free solve for three.
"""

import numpy as np
import pandas as pd
import pytest

from carekit import pairing, people, tables
from carekit.flow import match

from .conftest import ON

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def state(county):
    scheme, villages = pairing.VOLUNTEER, county["villages"]
    ready = people.readiness(county["helpers"], county["trainings"], on=ON)
    children = pairing.located(county["children"], villages)
    helpers = pairing.located(ready, villages)
    first = pairing.rematch(children, helpers, county["pairings"], scheme, on=ON)
    rows = first.after.assign(scheme=scheme.code, since=ON, pairing_id=first.after["child_id"])
    others = county["pairings"][county["pairings"]["scheme"].ne(scheme.code)]
    done = pd.concat([others, tables.typed("pairings", rows)])
    return pairing.rematch(children, helpers, done, scheme, on=ON, change=first.change)


@pytest.fixture(scope="module")
def leavers(state):
    busy = np.sort(state.after["helper_id"].unique())
    names = np.random.default_rng(20260302).choice(busy, 100, replace=False)
    return [(name, pairing.leaver(state, name)) for name in names]


def served(problem, plan):
    """Children served in each tier; tiers told apart by the size of the penalty."""
    step = problem.penalty.min()  # M; the price of change besides is far below it
    return np.bincount((problem.penalty[plan >= 0] // step).astype(int), minlength=5).tolist()


def test_all_are_proved_best(leavers):
    assert {after.proposal.certificate.gap for _, after in leavers} == {0}


def test_hardly_anybody_else_moves(state, leavers):
    had = state.after.set_index("child_id")["helper_id"]
    others = [int((after.changed["child_id"].map(had) != name).sum()) for name, after in leavers]
    assert sum(count <= 3 for count in others) >= 95


def test_ten_solved_again_cost_the_same(leavers):
    for _, after in leavers[::10]:
        arrays = after.workings.problem
        again = match(arrays)
        assert arrays.objective(again) == after.proposal.certificate.objective
        assert served(arrays, again) == served(arrays, after.workings.plan)


def test_a_free_optimum_serves_no_more(state, leavers):
    for name, after in leavers[::40]:
        gone = state.offers["helper_id"].eq(name).fillna(False)
        offers = state.offers.assign(places_left=state.offers["places_left"].mask(gone, 0))
        free = pairing.propose(state.waiting, offers, state.proposal.scheme, on=ON)
        counts = [each.pairs["tier"].value_counts().to_dict() for each in (free, after.proposal)]
        assert counts[0] == counts[1]


def test_recruits_keep_their_word(state):
    proposal = state.proposal
    wanted = pairing.recruits(proposal)
    missing = pairing.shortages(proposal)["missing"].sum()
    more = pd.concat([state.offers, wanted])
    again = pairing.propose(state.waiting, more, proposal.scheme, on=ON)
    assert len(again.pairs) - len(proposal.pairs) == wanted["promised"].sum() == missing
