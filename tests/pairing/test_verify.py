"""Every tampering with a proposal is refused."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from carekit import pairing
from carekit.pairing import Proposal

from .frames import DAY, child, children, helper, helpers, town


def codes(proposal: Proposal, waiting: pd.DataFrame, offers: pd.DataFrame) -> set[str]:
    return set(pairing.verify(proposal, waiting, offers)["code"])


@cache
def proposals() -> list[tuple[Proposal, pd.DataFrame, pd.DataFrame]]:
    towns = [town(seed) for seed in range(11)]
    made = [(pairing.propose(w, o, pairing.VOLUNTEER, on=DAY), w, o) for w, o in towns]
    return [(p, w, o) for p, w, o in made if len(p.pairs) >= 2]


def test_true_proposals_hold() -> None:
    made = proposals()
    assert len(made) > 6
    for proposal, waiting, offers in made:
        assert pairing.verify(proposal, waiting, offers).empty


def swapped(proposal: Proposal) -> Proposal:
    pairs = proposal.pairs.copy()
    pairs.loc[[0, 1], "helper_id"] = pairs.loc[[1, 0], "helper_id"].to_numpy()
    return replace(proposal, pairs=pairs)


def dropped(proposal: Proposal) -> Proposal:
    return replace(proposal, pairs=proposal.pairs.iloc[1:])


def left_out(proposal: Proposal) -> Proposal:
    """The child is named among the unmatched instead."""
    first = proposal.pairs.iloc[[0]][["child_id", "tier"]]
    row = first.assign(code="places_taken", values='{"count": 1}')
    return replace(
        proposal, pairs=proposal.pairs.iloc[1:], unmatched=pd.concat([proposal.unmatched, row])
    )


def cheaper(proposal: Proposal) -> Proposal:
    pairs = proposal.pairs.assign(cost=proposal.pairs["cost"] - 1)
    return replace(proposal, pairs=pairs)


def other_reason(proposal: Proposal) -> Proposal:
    return replace(proposal, pairs=proposal.pairs.assign(km=proposal.pairs["km"] + 1))


def other_tier(proposal: Proposal) -> Proposal:
    return replace(proposal, pairs=proposal.pairs.assign(tier=proposal.pairs["tier"] % 3 + 1))


def twice(proposal: Proposal) -> Proposal:
    return replace(proposal, pairs=pd.concat([proposal.pairs, proposal.pairs.iloc[[0]]]))


def stranger(proposal: Proposal) -> Proposal:
    pairs = proposal.pairs.copy()
    pairs.loc[0, "child_id"] = "C99999"
    return replace(proposal, pairs=pairs)


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (swapped, "certificate_differs"),
        (dropped, "child_missing"),
        (left_out, "not_best"),
        (cheaper, "pair_differs"),
        (other_reason, "pair_differs"),
        (other_tier, "pair_differs"),
        (twice, "child_twice"),
        (stranger, "child_unknown"),
    ],
)
def test_tampered_rows_are_refused(tamper: Callable[[Proposal], Proposal], code: str) -> None:
    tried = 0
    for proposal, waiting, offers in proposals()[:6]:
        if (
            tamper is swapped
            and proposal.pairs["helper_id"].iloc[0] == (proposal.pairs["helper_id"].iloc[1])
        ):
            continue
        assert code in codes(tamper(proposal), waiting, offers)
        tried += 1
    assert tried >= 4


@pytest.mark.parametrize(
    "field", ["objective", "bound", "gap", "children", "served", "pairs", "asked", "digest"]
)
def test_tampered_numbers_are_refused(field: str) -> None:
    proposal, waiting, offers = proposals()[0]
    number = getattr(proposal.certificate, field)
    changed = replace(proposal.certificate, **{field: number + 1})
    assert codes(replace(proposal, certificate=changed), waiting, offers) == {"certificate_differs"}


def test_a_swap_between_equals_is_refused_too() -> None:
    waiting, offers = children(child(1), child(2)), helpers(helper(1), helper(2))
    proposal = pairing.propose(waiting, offers, pairing.VOLUNTEER, on=DAY)
    assert codes(swapped(proposal), waiting, offers) == {"certificate_differs"}


def test_a_proposal_made_with_an_extra_place_is_refused() -> None:
    waiting, offers = children(child(1), child(2)), helpers(helper(1))
    proposal = pairing.propose(waiting, offers.assign(places_left=2), pairing.VOLUNTEER, on=DAY)
    assert "helper_overfull" in codes(proposal, waiting, offers)


def test_a_proposal_made_without_a_candidate_is_refused() -> None:
    waiting = children(child(1))
    offers = helpers(helper(1), helper(2, latitude=27.1))
    nearest_hidden = pairing.propose(waiting, offers.iloc[:1], pairing.VOLUNTEER, on=DAY)
    assert codes(nearest_hidden, waiting, offers) == {"not_best", "certificate_differs"}
    dearest_hidden = pairing.propose(waiting, offers.iloc[1:], pairing.VOLUNTEER, on=DAY)
    assert codes(dearest_hidden, waiting, offers) == {"certificate_differs"}


def test_an_invented_pair_is_refused() -> None:
    waiting, offers = children(child(1)), helpers(helper(1, languages="gan"))
    proposal = pairing.propose(waiting, offers.assign(languages="hakka"), pairing.VOLUNTEER, on=DAY)
    assert "pair_not_eligible" in codes(proposal, waiting, offers)


def test_an_invented_reason_is_refused() -> None:
    waiting, offers = children(child(1)), helpers(helper(1, languages="gan"))
    proposal = pairing.propose(waiting, offers, pairing.VOLUNTEER, on=DAY)
    changed = proposal.unmatched.assign(code="no_reach")
    assert codes(replace(proposal, unmatched=changed), waiting, offers) == {"reason_differs"}
