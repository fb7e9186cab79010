"""Prices foretell what a place less and a place more changes, through the whole of a proposal."""

from dataclasses import replace

import pytest

from carekit import pairing
from carekit.errors import BadInput

from .asked import points, proposals


def test_prices_foretell_fifty_losses_and_fifty_gains() -> None:
    seen = {"loss": 0, "gain": 0, "loss_children": 0, "gain_children": 0, "nothing": 0}
    for proposal, waiting, offers in proposals(range(60)):
        for row in pairing.worth(proposal).itertuples():
            for step, name in ((-1, "loss"), (1, "gain")):
                worth_it = getattr(row, name) > 0
                if seen[name if worth_it else "nothing"] >= (50 if worth_it else 20):
                    continue
                places = offers["places_left"] + step * offers["helper_id"].eq(row.helper_id)
                again = pairing.propose(
                    waiting,
                    offers.assign(places_left=places),
                    proposal.scheme,
                    proposal.weights,
                    on=proposal.on,
                )
                served = len(again.pairs) - len(proposal.pairs)
                assert served == step * getattr(row, f"{name}_children")
                change = points(again) - points(proposal)
                assert change == -step * getattr(row, f"{name}_points")
                seen[name] += worth_it
                seen[f"{name}_children"] += served != 0
                seen["nothing"] += not worth_it
    assert seen["loss"] >= 50 and seen["gain"] >= 50, seen
    assert all(count >= 10 for count in seen.values()), seen


def test_a_draft_without_workings_is_refused() -> None:
    proposal, _, _ = next(proposals(range(1)))
    with pytest.raises(BadInput, match="draft_not_worked_out"):
        pairing.worth(replace(proposal, workings=None))
