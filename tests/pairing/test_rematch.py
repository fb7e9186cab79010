"""A re-match serves as many as a match made anew, and moves nobody for comfort."""

from functools import cache

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from carekit.errors import BadInput
from carekit.flow import assignment, match
from carekit.pairing import VOLUNTEER, Weights, fewer_places, leaver, propose, rematch

from .frames import DAY, child, children, helper, helpers
from .worlds import settled, world

LOADS = Weights(balance=40, minimum=70)
SEEDS = range(12)


@cache
def first_state(seed, weights=None):
    return rematch(**world(seed), scheme=VOLUNTEER, weights=weights, on=DAY)


def again(state, **facts):
    return rematch(**facts, scheme=VOLUNTEER, on=DAY, change=state.change)


def by_tier(proposal):
    return proposal.pairs["tier"].value_counts().sort_index().to_dict()


@pytest.mark.parametrize("weights", [None, LOADS], ids=["plain", "loads"])
@pytest.mark.parametrize("seed", SEEDS)
def test_as_many_are_served_in_each_tier_as_when_matched_freely(seed, weights):
    state = first_state(seed, weights)
    free = propose(state.waiting, state.offers, VOLUNTEER, weights, on=DAY)
    assert by_tier(state.proposal) == by_tier(free)
    assert state.proposal.certificate.gap == 0


@pytest.mark.parametrize("weights", [None, LOADS], ids=["plain", "loads"])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_plan_is_the_best_with_the_price_of_change(seed, weights):
    """Mended or solved: the objective is that of plain networkx."""
    state = first_state(seed, weights)
    graph = assignment(state.workings.problem).to_networkx()
    flow = nx.max_flow_min_cost(graph, "source", "sink", backend="networkx")
    assert state.proposal.certificate.objective == nx.cost_of_flow(graph, flow)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_changes_once_it_is_carried_out(seed):
    facts, state = world(seed), first_state(seed)
    after = again(state, **(facts | {"pairings": settled(state)}))
    assert after.changed.empty
    pd.testing.assert_frame_equal(after.after, state.after)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_child_is_moved_only_for_another(seed):
    """As many as are moved from a helper who could stay, at most, are served by it."""
    state = first_state(seed)
    moved = state.changed[state.changed["code"].eq("moved_for_another")]
    others = state.changed[~state.changed["code"].isin(["moved_for_another", "now_uncovered"])]
    assert moved.empty or len(others) > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_points_are_pairs_and_changes(seed):
    state = first_state(seed, LOADS)
    arrays, plan = state.workings.problem, state.workings.plan
    step = len(plan) * int(arrays.penalty.min() // len(plan))  # M, the change left out
    tiers = arrays.penalty[plan < 0] // step
    assert state.points == state.proposal.certificate.objective - int(tiers.sum()) * step


@pytest.mark.parametrize("weights", [None, LOADS], ids=["plain", "loads"])
@pytest.mark.parametrize("seed", range(10))
def test_a_leaver_costs_what_matching_again_costs(seed, weights):
    facts, first = world(seed), first_state(seed, weights)
    facts["pairings"] = settled(first)
    state = rematch(**facts, scheme=VOLUNTEER, weights=weights, on=DAY, change=first.change)
    for name in state.after["helper_id"].unique()[:2]:
        quick = leaver(state, name)
        gone = facts["helpers"].assign(
            closed_on=pd.Series(pd.NaT, facts["helpers"].index).mask(
                facts["helpers"]["helper_id"].eq(name), pd.Timestamp("2026-03-01")
            )
        )
        full = rematch(
            **(facts | {"helpers": gone}),
            scheme=VOLUNTEER,
            weights=weights,
            on=DAY,
            change=first.change,
        )
        assert quick.points == full.points
        assert by_tier(quick.proposal) == by_tier(full.proposal)
        assert quick.proposal.certificate.gap == 0
        assert len(quick.changed) == len(full.changed)
        arrays = quick.workings.problem
        assert arrays.objective(match(arrays)) == quick.proposal.certificate.objective
        everybody = [*quick.proposal.pairs["child_id"], *quick.proposal.unmatched["child_id"]]
        assert sorted(everybody) == sorted(state.waiting["child_id"])
        assert name not in set(quick.after["helper_id"])
        both = quick.proposal.unmatched.merge(full.proposal.unmatched, on="child_id")
        assert both["tier_x"].equals(both["tier_y"].rename("tier_x"))


@pytest.mark.parametrize("seed", range(10))
def test_a_helper_who_is_full_costs_what_matching_again_costs(seed):
    facts, first = world(seed), first_state(seed)
    facts["pairings"] = settled(first)
    state = again(first, **facts)
    busy = state.after["helper_id"].value_counts()
    for name in busy[busy > 1].index[:2]:
        quick = fewer_places(state, name, 1)
        here = facts["helpers"]["helper_id"].eq(name)
        full = again(
            first,
            **(
                facts
                | {
                    "helpers": facts["helpers"].assign(
                        places=facts["helpers"]["places"].mask(here, 1)
                    )
                }
            ),
        )
        assert (quick.points, len(quick.changed)) == (full.points, len(full.changed))
        assert by_tier(quick.proposal) == by_tier(full.proposal)


def two(**facts):
    """Two children, two helpers; the first child has the far one."""
    kids = children(child(1), child(2)).assign(closed_on=pd.NaT)
    kids = kids.drop(columns="last_helper_id")
    adults = helpers(helper(1), helper(2, latitude=27.1 + 4 / 111.195)).assign(
        places=1, closed_on=pd.NaT
    )
    adults = adults.drop(columns="places_left")
    pairs = world(0)["pairings"].iloc[:1].assign(child_id="C00001", helper_id="H00002")
    return {"children": kids, "helpers": adults, "pairings": pairs.assign(until=pd.NaT)} | facts


def test_nobody_is_moved_for_comfort():
    state = rematch(**two(children=two()["children"].iloc[:1]), scheme=VOLUNTEER, on=DAY)
    assert state.changed.empty
    near = rematch(**two(children=two()["children"].iloc[:1]), scheme=VOLUNTEER, on=DAY, change=0)
    assert near.changed["code"].tolist() == ["moved_for_another"]


def test_codes_of_all_changes():
    shut = two()["helpers"]
    shut = shut.assign(ready=[True, False])
    state = rematch(**two(helpers=shut), scheme=VOLUNTEER, on=DAY)
    assert sorted(state.changed["code"]) == ["left_helper"]
    nobody = rematch(**two(helpers=shut.assign(ready=False)), scheme=VOLUNTEER, on=DAY)
    assert nobody.changed[["child_id", "code"]].to_numpy().tolist() == [["C00001", "now_uncovered"]]
    fine = rematch(**two(), scheme=VOLUNTEER, on=DAY)
    assert fine.changed[["child_id", "before", "after", "code"]].fillna("").to_numpy().tolist() == [
        ["C00002", "", "H00001", "now_served"]
    ]


def test_a_file_that_is_closed_frees_its_place():
    kids = two()["children"].assign(closed_on=[pd.Timestamp("2026-03-01"), pd.NaT])
    state = rematch(**two(children=kids), scheme=VOLUNTEER, on=DAY)
    assert state.after["child_id"].tolist() == ["C00002"]
    assert state.before.empty


def test_continuity_is_never_charged_beside_a_change():
    shut = two()["helpers"].assign(ready=[True, False])
    state = rematch(**two(helpers=shut), scheme=VOLUNTEER, on=DAY)
    assert state.proposal.pairs["continuity"].eq(0).all()
    ended = two()["pairings"].assign(until=pd.Timestamp("2026-02-01"))
    state = rematch(**two(helpers=shut, pairings=ended), scheme=VOLUNTEER, on=DAY)
    assert state.waiting.set_index("child_id")["last_helper_id"]["C00001"] == "H00002"


def test_decisions_are_obeyed():
    said = pd.DataFrame({"child_id": ["C00001"], "helper_id": ["H00002"], "verdict": ["forbid"]})
    state = rematch(**two(), scheme=VOLUNTEER, on=DAY, decisions=said)
    assert not (
        (state.after["child_id"] == "C00001") & (state.after["helper_id"] == "H00002")
    ).any()


def test_nobody_at_all():
    state = rematch(**two(children=two()["children"].iloc[:0]), scheme=VOLUNTEER, on=DAY)
    assert state.changed.empty and state.after.empty
    assert np.array_equal(state.workings.plan, [])


@pytest.mark.parametrize("change", [-1, 2.5, "3"])
def test_a_wrong_price_is_refused(change):
    with pytest.raises(BadInput, match="change_wrong"):
        rematch(**two(), scheme=VOLUNTEER, on=DAY, change=change)


def test_leaver_refuses():
    state = rematch(**two(), scheme=VOLUNTEER, on=DAY)
    with pytest.raises(BadInput, match="rematch_open"):
        leaver(state, "H00001")
    now = rematch(**two(pairings=settled(state)), scheme=VOLUNTEER, on=DAY)
    with pytest.raises(BadInput, match="helper_unknown"):
        leaver(now, "H00009")
    with pytest.raises(BadInput, match="places_more"):
        fewer_places(now, "H00001", 2)
