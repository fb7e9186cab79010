"""A draft read from text answers as the proposal it was."""

import numpy as np
import pandas as pd
import pytest

from carekit import pairing
from carekit.errors import BadInput

from .asked import proposals


def test_a_kept_draft_answers_like_the_proposal() -> None:
    for proposal, waiting, offers in proposals(range(8)):
        kept = pairing.from_json(pairing.to_json(proposal))
        with pytest.raises(BadInput, match="draft_not_worked_out"):
            pairing.why(kept, "C00001")
        again = pairing.worked_out(kept, waiting, offers)
        assert again.workings is not None and proposal.workings is not None
        for name in ("best", "price", "plan"):
            one, other = getattr(again.workings, name), getattr(proposal.workings, name)
            np.testing.assert_array_equal(one, other)
        pd.testing.assert_frame_equal(pairing.worth(again), pairing.worth(proposal))
        who = str(waiting["child_id"].iloc[0])
        pd.testing.assert_frame_equal(
            pairing.why_not(again, who),
            pairing.why_not(proposal, who),
        )


def test_a_kept_draft_changed_by_hand_knows_the_best_plan() -> None:
    changed = 0
    for proposal, waiting, offers in proposals(range(8)):
        if proposal.pairs.empty:
            continue
        out = [(proposal.pairs["child_id"][0], None)]
        other = pairing.edited(proposal, out)
        again = pairing.worked_out(
            pairing.from_json(pairing.to_json(other)), waiting, offers
        ).workings
        assert again is not None and proposal.workings is not None
        np.testing.assert_array_equal(again.best, proposal.workings.best)
        assert (again.plan < 0).sum() == (again.best < 0).sum() + 1
        changed += 1
    assert changed > 4


def test_a_draft_the_world_no_longer_allows_is_refused() -> None:
    proposal, waiting, offers = next(p for p in proposals(range(8)) if len(p[0].pairs) > 1)
    kept = pairing.from_json(pairing.to_json(proposal))
    gone = offers["helper_id"].eq(proposal.pairs["helper_id"][0])
    for other in (offers.assign(ready=~gone), offers[~gone]):
        with pytest.raises(BadInput, match="draft_broken"):
            pairing.worked_out(kept, waiting, other)
    with pytest.raises(BadInput, match="draft_broken"):
        less = waiting[~waiting["child_id"].eq(proposal.pairs["child_id"][0])]
        pairing.worked_out(kept, less, offers)


def test_a_draft_with_more_children_than_places_is_refused() -> None:
    for proposal, waiting, offers in proposals(range(8)):
        used = proposal.pairs["helper_id"].value_counts()
        full = used[used == 2]
        if len(full):
            kept = pairing.from_json(pairing.to_json(proposal))
            fewer = offers["places_left"].mask(offers["helper_id"].eq(full.index[0]), 1)
            with pytest.raises(BadInput, match="draft_broken"):
                pairing.worked_out(kept, waiting, offers.assign(places_left=fewer))
            return
    raise AssertionError("no helper with two children")
