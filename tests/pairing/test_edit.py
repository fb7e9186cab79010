"""Plans changed by hand: rules and places hold, the gap is the true one, tampering shows."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from carekit import pairing
from carekit.errors import BadInput

from .asked import points, proposals
from .frames import DAY, child, children, helper, helpers


def some_edits(proposal, rng) -> list[tuple[str, str | None]]:
    """Up to three children changed: taken out, or to a helper with a free place."""
    known = proposal.workings
    arrays, plan = known.problem, known.plan.copy()
    changes: list[tuple[str, str | None]] = []
    for i in rng.permutation(len(arrays.children))[:3].tolist():
        at = np.arange(arrays.starts[i], arrays.starts[i + 1])
        old, plan[i] = plan[i], -1
        free = arrays.used(plan) < arrays.places
        at = at[free[arrays.helper[at]] & (at != old)]
        if len(at) and rng.random() < 0.7:
            plan[i] = rng.choice(at)
            changes.append((arrays.children[i], arrays.helpers[arrays.helper[plan[i]]]))
        elif old >= 0:
            changes.append((arrays.children[i], None))
    return changes


def test_the_gap_is_how_far_the_plan_is_from_the_best() -> None:
    rng = np.random.default_rng(4)
    seen = {"gap": 0, "out": 0, "moved": 0, "equal": 0}
    for proposal, waiting, offers in proposals(range(24)):
        changes = some_edits(proposal, rng)
        if not changes:
            continue
        other = pairing.edited(proposal, changes)
        now = other.pairs.set_index("child_id")["helper_id"]
        assert [now.get(who) for who, _ in changes] == [whom for _, whom in changes]
        proof = other.certificate
        assert proof.bound == proposal.certificate.objective
        assert proof.gap == proof.objective - proof.bound >= 0
        known = proposal.workings
        place = dict(zip(known.problem.children, known.problem.penalty, strict=True))
        left = sum(place[who] for who in other.unmatched["child_id"])
        assert proof.objective == points(other) + left
        assert pairing.verify(other, waiting, offers).to_dict("records") == []
        kept = pairing.from_json(pairing.to_json(other))
        assert pairing.verify(kept, waiting, offers).empty
        codes = other.unmatched.set_index("child_id")["code"]
        served = set(proposal.pairs["child_id"])
        for who, whom in changes:
            if whom is None and who in served:
                assert codes[who] == "taken_out"
                seen["out"] += 1
            seen["moved"] += whom is not None
        seen["gap" if proof.gap else "equal"] += 1
        back = [(c, proposal.pairs.set_index("child_id")["helper_id"].get(c)) for c, _ in changes]
        again = pairing.edited(other, back)
        pd.testing.assert_frame_equal(again.pairs, proposal.pairs)
        assert again.certificate == proposal.certificate
    assert seen["gap"] > 12 and seen["out"] > 8 and seen["moved"] > 8, seen


def test_two_children_change_places_at_once() -> None:
    waiting, offers = children(child(1), child(2)), helpers(helper(1), helper(2))
    proposal = pairing.propose(waiting, offers, pairing.VOLUNTEER, on=DAY)
    one, two = proposal.pairs["helper_id"]
    other = pairing.edited(proposal, [("C00001", two), ("C00002", one)])
    assert other.pairs["helper_id"].tolist() == [two, one]
    assert other.certificate.gap == 0
    assert pairing.verify(other, waiting, offers).empty
    with pytest.raises(BadInput, match="edit_overfull") as refused:
        pairing.edited(proposal, [("C00001", two)])
    assert refused.value.values == {"helper": two, "count": 2, "places": 1}


def test_rules_and_locks_are_kept() -> None:
    waiting = children(child(1), child(2))
    offers = helpers(helper(1), helper(2, languages="gan"))
    said = pd.DataFrame(
        [("C00001", "H00001", "lock")], columns=["child_id", "helper_id", "verdict"]
    ).astype("string")
    proposal = pairing.propose(waiting, offers, pairing.VOLUNTEER, on=DAY, decisions=said)
    for change, rule in (
        (("C00002", "H00002"), "no_language"),
        (("C00001", None), "locked"),
    ):
        with pytest.raises(BadInput, match="edit_not_allowed") as refused:
            pairing.edited(proposal, [change])
        assert refused.value.values["rule"] == rule
    with pytest.raises(BadInput, match="child_unknown"):
        pairing.edited(proposal, [("C00009", None)])


def hand_made():
    for proposal, waiting, offers in proposals(range(8)):
        if len(proposal.pairs):
            out = [(proposal.pairs["child_id"][0], None)]
            yield pairing.edited(proposal, out), waiting, offers


def test_a_tampered_plan_is_refused() -> None:
    tried = 0
    for other, waiting, offers in hand_made():
        proof = other.certificate
        lie = replace(proof, bound=proof.objective, gap=0)
        codes = set(pairing.verify(replace(other, certificate=lie), waiting, offers)["code"])
        assert codes >= {"not_best", "certificate_differs"}
        for step in (-1, 1):
            lie = replace(proof, bound=proof.bound - step, gap=proof.gap + step)
            codes = set(pairing.verify(replace(other, certificate=lie), waiting, offers)["code"])
            assert codes == {"certificate_differs"} or (lie.gap == 0 and "not_best" in codes)
        least = other.unmatched.assign(code="no_helper")
        codes = set(pairing.verify(replace(other, unmatched=least), waiting, offers)["code"])
        assert codes == {"reason_differs"}
        tried += 1
    assert tried > 4


def test_taken_out_is_no_reason_for_a_child_nobody_could_serve() -> None:
    waiting, offers = children(child(1), child(2, languages="gan")), helpers(helper(1))
    proposal = pairing.propose(waiting, offers, pairing.VOLUNTEER, on=DAY)
    other = pairing.edited(proposal, [("C00001", None), ("C00002", None)])
    assert other.unmatched["code"].tolist() == ["taken_out", "no_language"]
    lie = other.unmatched.assign(code="taken_out", values="{}")
    found = pairing.verify(replace(other, unmatched=lie), waiting, offers)
    assert found[["code", "child_id"]].values.tolist() == [["reason_differs", "C00002"]]
