"""The county's proposal: proved over all eligible pairs, every child in it, always the same."""

import pandas as pd
import pytest

from carekit import pairing

pytestmark = pytest.mark.long


def test_proved_over_all_eligible_pairs(proposal):
    proof = proposal.certificate
    assert (proof.gap, proof.children, proof.served) == (0, 12_285, len(proposal.pairs))
    assert 3_500_000 < proof.pairs < 4_200_000


def test_the_proof_holds_when_it_is_worked_out_again(proposal, people_of_it):
    assert pairing.verify(proposal, *people_of_it).to_dict("records") == []


def test_everybody_is_in_it_once(proposal, people_of_it):
    waiting, _ = people_of_it
    named = pd.concat([proposal.pairs["child_id"], proposal.unmatched["child_id"]])
    assert sorted(named) == sorted(waiting["child_id"])


def test_some_stay_without_a_helper_and_know_why(proposal):
    why = proposal.unmatched["code"].value_counts()
    assert 100 < len(proposal.unmatched) < 1_500
    assert set(why.index) >= {"places_taken", "no_reach"}


def test_the_most_vulnerable_are_served_first(proposal):
    """Nobody of a later tier has the helper whom one of an earlier tier could have had alone."""
    left = proposal.unmatched.query("code == 'places_taken'")["tier"].value_counts()
    assert left.get(1, 0) <= left.get(2, 0) <= left.get(3, 0)


def test_another_order_of_rows_gives_the_same_pairs(proposal, people_of_it):
    waiting, offers = (frame.sample(frac=1, random_state=7) for frame in people_of_it)
    again = pairing.propose(waiting, offers, pairing.VOLUNTEER, on=proposal.on)
    assert again.certificate == proposal.certificate
    pd.testing.assert_frame_equal(again.pairs, proposal.pairs)
    pd.testing.assert_frame_equal(again.unmatched, proposal.unmatched)
