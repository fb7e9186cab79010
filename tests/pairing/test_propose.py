import json

import pandas as pd
import pytest

from carekit import pairing
from carekit.errors import BadInput
from carekit.pairing.proposal import PAIR_COLUMNS

from .frames import DAY, child, children, helper, helpers, town


@pytest.mark.parametrize("seed", range(20))
def test_pairs_and_unmatched_are_exactly_the_waiting(seed: int) -> None:
    waiting, offers = town(seed)
    proposal = pairing.propose(waiting, offers, pairing.VOLUNTEER, on=DAY)
    named = pd.concat([proposal.pairs["child_id"], proposal.unmatched["child_id"]])
    assert sorted(named) == sorted(waiting["child_id"])
    reasons = proposal.pairs[["distance", "subject", "need", "continuity"]]
    assert (reasons >= 0).all(axis=None)
    assert reasons.sum(axis=1).eq(proposal.pairs["cost"]).all()
    assert proposal.certificate.gap == 0
    assert proposal.certificate.served == len(proposal.pairs)
    assert tuple(proposal.pairs.columns) == PAIR_COLUMNS


@pytest.mark.parametrize("seed", range(20))
def test_shuffled_rows_and_columns_give_the_same_proposal(seed: int) -> None:
    waiting, offers = town(seed)
    one = pairing.propose(waiting, offers, pairing.VOLUNTEER, on=DAY)
    mixed = [
        frame.sample(frac=1, random_state=seed).sample(frac=1, axis=1, random_state=seed)
        for frame in (waiting, offers)
    ]
    other = pairing.propose(*mixed, pairing.VOLUNTEER, on=DAY)
    pd.testing.assert_frame_equal(one.pairs, other.pairs)
    pd.testing.assert_frame_equal(one.unmatched, other.unmatched)
    assert one.certificate == other.certificate


def test_the_most_vulnerable_child_is_served_though_dearer() -> None:
    waiting = children(child(1, tier=2), child(2, tier=1, needs="chinese;english"))
    proposal = pairing.propose(waiting, helpers(helper(1)), pairing.VOLUNTEER, on=DAY)
    assert proposal.pairs["child_id"].tolist() == ["C00002"]
    assert proposal.unmatched[["code", "values"]].to_numpy().tolist() == [
        ["places_taken", '{"count": 1}']
    ]


def test_more_children_come_before_lower_cost() -> None:
    waiting = children(child(1), child(2, languages="gan"))
    offers = helpers(
        helper(1, languages="hakka;gan", village_id="V0001", latitude=27.1),
        helper(2, languages="hakka", latitude=27.1 + 4 / 111.195),
    )
    proposal = pairing.propose(waiting, offers, pairing.VOLUNTEER, on=DAY)
    assert proposal.pairs["helper_id"].tolist() == ["H00002", "H00001"]


def test_values_say_how_many_were_left_and_how_far_the_nearest_is() -> None:
    waiting = children(child(1), child(2, languages="gan"))
    offers = helpers(
        helper(1, latitude=27.1 + 7 / 111.195),
        helper(2, latitude=27.1 + 9 / 111.195),
        helper(3, latitude=None),
        helper(4, ready=False),
    )
    rest = pairing.propose(waiting, offers, pairing.VOLUNTEER, on=DAY).unmatched
    assert rest["code"].tolist() == ["no_reach", "no_language"]
    assert [json.loads(values) for values in rest["values"]] == [
        {"count": 3, "unknown": 1, "nearest_km": 7.0},
        {"count": 3, "languages": "gan"},
    ]


def test_nobody_waits_or_nobody_helps() -> None:
    empty = pairing.propose(children(), helpers(helper(1)), pairing.VOLUNTEER, on=DAY)
    assert empty.pairs.empty and empty.unmatched.empty
    assert empty.certificate.objective == empty.certificate.bound == 0
    lonely = pairing.propose(children(child(1)), helpers(), pairing.VOLUNTEER, on=DAY)
    assert len(lonely.unmatched) == 1 and lonely.certificate.gap == 0
    for proposal in (empty, lonely):
        assert pairing.publish(proposal, since=DAY).empty


def test_progress_is_told_and_never_goes_back() -> None:
    told: list[tuple[str, float]] = []
    pairing.propose(
        children(child(1)),
        helpers(helper(1)),
        pairing.VOLUNTEER,
        on=DAY,
        report=lambda code, share: told.append((code, share)),
    )
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert told[0] == ("progress_candidates", 0.0) and len(told) == 5


def test_a_child_without_a_tier_is_refused() -> None:
    with pytest.raises(BadInput, match="tier_unknown"):
        pairing.propose(children(child(1, tier=None)), helpers(), pairing.VOLUNTEER, on=DAY)
