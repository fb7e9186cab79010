"""Why and why not: every number is the one a new solve finds."""

import json

import pandas as pd
import pytest

from carekit import pairing
from carekit.errors import BadInput
from carekit.pairing.costs import REASONS

from .asked import by_tier, locked, points, proposals
from .frames import DAY, child, children, helper, helpers


def test_why_nots_of_frames_are_what_solving_again_finds() -> None:
    asked = {"same": 0, "dearer": 0, "fewer": 0, "uncovered": 0, "moved": 0}
    cases = 0
    for proposal, waiting, offers in proposals(range(16)):
        known = proposal.workings
        assert known is not None
        pairs = range(0, len(known.problem.child), max(len(known.problem.child) // 4, 1))
        for at in pairs:
            who = str(known.problem.children[known.problem.child[at]])
            whom = str(known.problem.helpers[known.problem.helper[at]])
            told = pairing.why_not(proposal, who, whom).iloc[0]
            again = locked(proposal, who, whom, waiting, offers)
            assert told["eligible"] and pd.isna(told["code"])
            assert told["points"] == points(again) - points(proposal)
            assert told["served"] == len(again.pairs) - len(proposal.pairs)
            penalty = known.problem.penalty
            place = dict(zip(known.problem.children, penalty, strict=True))
            left = [sum(place[c] for c in p.unmatched["child_id"]) for p in (again, proposal)]
            assert told["change"] == told["points"] + left[0] - left[1]

            plan = pairing.swapped(proposal, who, whom)
            assert (points(plan), by_tier(plan)) == (points(again), by_tier(again))
            assert json.loads(told["moves"]) == moved(proposal, plan, but=who)
            cases += 1
            asked["same"] += told["change"] == 0
            asked["dearer"] += told["points"] > 0
            asked["fewer"] += told["served"] < 0 or by_tier(again) != by_tier(proposal)
            asked["uncovered"] += who in set(proposal.unmatched["child_id"])
            asked["moved"] += told["moves"] != "[]"
    assert cases >= 50 and all(count >= 4 for count in asked.values()), (cases, asked)


def moved(one, other, but: str) -> list[list[str | None]]:
    before, after = (p.pairs.set_index("child_id")["helper_id"].to_dict() for p in (one, other))
    names = sorted(before.keys() | after.keys())
    return [
        [c, before.get(c), after.get(c)]
        for c in names
        if c != but and before.get(c) != after.get(c)
    ]


def test_all_helpers_at_once_tell_the_same_as_one_by_one() -> None:
    for proposal, waiting, offers in proposals(range(4)):
        for who in waiting["child_id"][:2]:
            every = pairing.why_not(proposal, who)
            assert sorted(every["helper_id"]) == sorted(offers["helper_id"])
            assert every["eligible"].is_monotonic_decreasing
            for row in every.itertuples(index=False):
                one = pairing.why_not(proposal, who, row.helper_id).iloc[0]
                assert one.drop("moves").equals(pd.Series(row._asdict()).drop("moves"))


def test_the_code_is_the_first_rule_that_fails_in_the_order_of_the_scheme() -> None:
    waiting = children(child(1, wish_sex="female"))
    offers = helpers(
        helper(1),
        helper(2, languages="gan", sex="male"),
        helper(3, free_times=None),
        helper(4, sex="male"),
        helper(5, latitude=28.0),
        helper(6, reach_km=None),
        helper(7, ready=False, languages="gan"),
        helper(8, kind="teacher"),
        helper(9, places_left=0),
    )
    proposal = pairing.propose(waiting, offers, pairing.VOLUNTEER, on=DAY)
    told = pairing.why_not(proposal, "C00001").set_index("helper_id")
    codes = told["code"].to_dict()
    assert pd.isna(codes.pop("H00001"))
    assert list(codes.values()) == [
        "no_language",
        "free_times_unknown",
        "no_wish",
        "no_reach",
        "reach_unknown",
        "no_ready",
        "no_kind",
        "no_place",
    ]
    assert json.loads(told["values"]["H00002"]) == {"languages": "hakka", "theirs": "gan"}
    assert json.loads(told["values"]["H00005"]) == {"km": 100.1, "reach_km": 5}
    assert told["change"].isna().sum() == 8


def test_decisions_of_persons_are_reasons_too() -> None:
    waiting = children(child(1), child(2, tier=1), child(3))
    offers = helpers(helper(1), helper(2), helper(3))
    said = pd.DataFrame(
        [("C00001", "H00001", "lock"), ("C00002", "H00002", "forbid")],
        columns=["child_id", "helper_id", "verdict"],
    ).astype("string")
    proposal = pairing.propose(waiting, offers, pairing.VOLUNTEER, on=DAY, decisions=said)

    def code(who: str, whom: str) -> object:
        return pairing.why_not(proposal, who, whom)["code"][0]

    assert code("C00001", "H00002") == "locked_elsewhere"
    assert code("C00002", "H00002") == "forbidden"
    assert code("C00003", "H00001") == "places_locked"
    assert pd.isna(code("C00003", "H00003"))
    with pytest.raises(BadInput, match="edit_not_allowed") as refused:
        pairing.swapped(proposal, "C00003", "H00001")
    assert refused.value.values["rule"] == "places_locked"


def test_why_shows_the_own_pair_and_the_next_best() -> None:
    rows = 0
    for proposal, waiting, _ in proposals(range(4)):
        for who in waiting["child_id"][:6]:
            shown = pairing.why(proposal, who)
            own = proposal.pairs[proposal.pairs["child_id"].eq(who)]
            assert shown["chosen"].tolist() == [k < len(own) for k in range(len(shown))]
            others = shown[~shown["chosen"]]
            assert len(others) <= 3 and others["change"].is_monotonic_increasing
            assert (shown[list(REASONS)].sum(axis=1) == shown["cost"]).all()
            names = ["helper_id", *REASONS, "cost"]
            if len(own):
                assert shown.iloc[0][names].tolist() == own.iloc[0][names].tolist()
                assert shown["change"][0] == 0
            every = pairing.why_not(proposal, who)
            best = every[every["eligible"] & ~every["helper_id"].isin(own["helper_id"])]
            assert others["change"].tolist() == best["change"].tolist()[:3]
            rows += len(others)
    assert rows > 5


def test_strangers_are_refused() -> None:
    waiting, offers = children(child(1)), helpers(helper(1))
    proposal = pairing.propose(waiting, offers, pairing.VOLUNTEER, on=DAY)
    with pytest.raises(BadInput, match="child_unknown"):
        pairing.why(proposal, "C00009")
    with pytest.raises(BadInput, match="helper_unknown"):
        pairing.why_not(proposal, "C00001", "H00009")
