"""Pockets are what they say, and whom to recruit serves exactly the number promised."""

import numpy as np
import pandas as pd
import pytest

from carekit import pairing, people, sample
from carekit.pairing import PEER, TEACHER, VOLUNTEER, propose, recruits, shortages, waiting_list

from .frames import DAY, child, children, helper, helpers, town


def added(proposal, waiting, offers, extra):
    more = propose(waiting, pd.concat([offers, extra]), proposal.scheme, proposal.weights, on=DAY)
    return len(more.pairs) - len(proposal.pairs)


@pytest.mark.parametrize("seed", range(25))
def test_recruits_serve_exactly_the_number_promised(seed):
    waiting, offers = town(seed, 20, 6)
    proposal = propose(waiting, offers, VOLUNTEER, on=DAY)
    wanted, found = recruits(proposal), shortages(proposal)
    assert added(proposal, waiting, offers, wanted) == wanted["promised"].sum()
    assert wanted["promised"].sum() == found["missing"].sum()
    assert wanted["promised"].between(1, VOLUNTEER.most).all()
    some = wanted.iloc[::2]  # any part of them keeps its word too
    assert added(proposal, waiting, offers, some) == some["promised"].sum()


@pytest.mark.parametrize("seed", range(25))
def test_a_pocket_has_as_many_too_few_places_as_children_left(seed):
    waiting, offers = town(seed, 20, 6)
    proposal = propose(waiting, offers, VOLUNTEER, on=DAY)
    found = shortages(proposal)
    shared = found[found["places"] > 0]
    assert (shared["children"] - shared["places"]).tolist() == shared["uncovered"].tolist()
    told = sorted(";".join(found["child_ids"]).split(";"))
    assert told == sorted(proposal.unmatched["child_id"])
    assert found["uncovered"].is_monotonic_decreasing


def school(seed):
    """Classes of two schools; too few teachers or pupils."""
    rng = np.random.default_rng(seed)

    def enrolled():
        return {
            "school_id": [None, "S001", "S002"][rng.choice(3, p=[0.1, 0.5, 0.4])],
            "grade": int(rng.integers(3, 5)),
        }

    wishes = [None, None, "female", "male"]
    kids = [child(i) | enrolled() | {"wish_sex": wishes[rng.integers(4)]} for i in range(15)]
    kinds = ["teacher", "peer"]
    adults = [
        helper(i, kind=kinds[rng.integers(2)], sex=["female", "male"][rng.integers(2)]) | enrolled()
        for i in range(8)
    ]
    return pd.DataFrame(kids), pd.DataFrame(adults)


@pytest.mark.parametrize("scheme", [TEACHER, PEER], ids=lambda scheme: scheme.code)
@pytest.mark.parametrize("seed", range(8))
def test_recruits_of_a_school_keep_their_word_too(seed, scheme):
    waiting, offers = school(seed)
    proposal = propose(waiting, offers, scheme, on=DAY)
    wanted, found = recruits(proposal), shortages(proposal)
    assert added(proposal, waiting, offers, wanted) == wanted["promised"].sum()
    assert wanted["promised"].sum() == found["missing"].sum()


def test_recruits_of_the_practice_school_keep_their_word():
    school = sample.school()
    villages, pairings = school["villages"], school["pairings"]
    ready = people.readiness(school["helpers"], school["trainings"], on=DAY)
    waiting = pairing.waiting(school["children"], pairings, VOLUNTEER, on=DAY)
    offers = pairing.offers(ready, pairings, VOLUNTEER, on=DAY)
    waiting, offers = pairing.located(waiting, villages), pairing.located(offers, villages)
    proposal = propose(waiting, offers, VOLUNTEER, on=DAY)
    wanted = recruits(proposal)
    assert wanted["promised"].sum() > 0
    assert added(proposal, waiting, offers, wanted) == wanted["promised"].sum()


def test_what_a_pocket_has_in_common():
    waiting = children(
        child(1), child(2, languages="hakka;gan"), child(3, wish_sex="female"), child(4)
    ).assign(township="Willow")
    offers = helpers(helper(1))
    found = shortages(propose(waiting, offers, VOLUNTEER, on=DAY))
    [row] = found.to_dict("records")
    assert (row["children"], row["places"], row["uncovered"], row["missing"]) == (4, 1, 3, 3)
    assert (row["languages"], row["languages_share"]) == ("hakka", 1.0)
    assert (row["township"], row["code"]) == ("Willow", "places_taken")


def test_a_card_that_lacks_a_fact_comes_first():
    waiting, offers = (
        children(child(1, languages=None), child(2, languages="miao")),
        helpers(helper(1)),
    )
    proposal = propose(waiting, offers, VOLUNTEER, on=DAY)
    found = shortages(proposal).set_index("code")
    assert found.loc["languages_unknown", ["incomplete", "missing"]].tolist() == [1, 0]
    wanted = recruits(proposal)
    assert wanted["child_ids"].tolist() == ["C00002"]


def test_nobody_missing():
    waiting, offers = children(child(1)), helpers(helper(1))
    proposal = propose(waiting, offers, VOLUNTEER, on=DAY)
    assert shortages(proposal).empty
    assert recruits(proposal).empty


def test_a_draft_kept_as_text_gives_the_same():
    waiting, offers = town(1, 20, 6)
    proposal = propose(waiting, offers, VOLUNTEER, on=DAY)
    kept = pairing.from_json(pairing.to_json(proposal))
    again = pairing.worked_out(kept, waiting, offers)
    one, other = (shortages(each) for each in (proposal, again))
    pd.testing.assert_frame_equal(one, other)


def test_the_waiting_list_is_in_the_order_of_need():
    waiting, offers = town(2, 20, 6)
    proposal = propose(waiting, offers, VOLUNTEER, on=DAY)
    pairings = pd.DataFrame(
        {
            "scheme": "volunteer",
            "child_id": proposal.unmatched["child_id"].iloc[-1:],
            "since": pd.Timestamp("2025-01-01"),
            "until": pd.Timestamp("2026-01-01"),
        }
    )
    listed = waiting_list(proposal, waiting, pairings)
    assert listed["tier"].is_monotonic_increasing
    assert sorted(listed["child_id"]) == sorted(proposal.unmatched["child_id"])
    last = pairings["child_id"].iloc[0]
    tier = listed.set_index("child_id").at[last, "tier"]
    assert listed[listed["tier"] == tier]["child_id"].iloc[0] == last
