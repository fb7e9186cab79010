import numpy as np
import pandas as pd
import pytest

from carekit import pairing
from carekit.errors import BadInput
from carekit.pairing import Weights

from .frames import DAY, child, children, helper, helpers, town

SCHEME = pairing.VOLUNTEER
TIERS = ["served_1", "served_2", "served_3"]


def propose(waiting, offers, **more):
    return pairing.propose(waiting, offers, SCHEME, on=DAY, **more)


def tiers(proposal) -> list[int]:
    return [int((proposal.pairs["tier"] == tier).sum()) for tier in (1, 2, 3)]


@pytest.mark.parametrize("seed", range(6))
def test_a_row_of_a_sweep_is_the_proposal_at_that_value(seed: int) -> None:
    waiting, offers = town(seed, n=14, h=10)
    rows = pairing.sweep(waiting, offers, SCHEME, "distance", [0, 30, 100], on=DAY)
    assert rows["value"].tolist() == [0, 30, 100]
    for row in rows.itertuples():
        proposal = propose(waiting, offers, weights=Weights(distance=row.value))
        assert row.served == len(proposal.pairs)
        assert [row.served_1, row.served_2, row.served_3] == tiers(proposal)
        assert row.km_total == pytest.approx(proposal.pairs["km"].sum(), abs=0.001)
    # Points are those of the standard weights, at which only their own match is the cheapest.
    assert rows["cost"].min() == rows.loc[1, "cost"] == propose(waiting, offers).pairs["cost"].sum()
    assert rows[["served", *TIERS]].nunique().eq(1).all()
    assert rows["changes"].iloc[0] == 0


@pytest.mark.parametrize("seed", range(6))
def test_a_sweep_trades_kilometres_for_needs(seed: int) -> None:
    waiting, offers = town(seed, n=14, h=10)
    rows = pairing.sweep(waiting, offers, SCHEME, "distance", range(0, 2001, 250), on=DAY)
    # The dearer a kilometre, the fewer of them: the one weight that is swept.
    assert rows["km_total"].is_monotonic_decreasing
    front = rows[rows["frontier"]]
    assert len(front) > 0
    for row in rows.itertuples():
        beaten = (
            (rows["km_total"] <= row.km_total)
            & (rows["needs_missing"] <= row.needs_missing)
            & ((rows["km_total"] < row.km_total) | (rows["needs_missing"] < row.needs_missing))
        )
        assert row.frontier == (not beaten.any())


def test_changes_count_children_whose_helper_is_another() -> None:
    waiting = children(child(1, needs="english"))
    offers = helpers(helper(1), helper(2, subjects="english", latitude=27.1 + 3 / 111.195))
    rows = pairing.sweep(waiting, offers, SCHEME, "subject", [0, 59, 61, 200], on=DAY)
    assert rows["changes"].tolist() == [0, 0, 1, 1]
    assert rows["needs_missing"].tolist() == [1, 1, 0, 0]
    assert rows["frontier"].all()


def test_the_others_weights_are_kept_and_balance_can_be_swept() -> None:
    waiting = children(child(1), child(2))
    near, far = helper(1, places_left=2), helper(2, latitude=27.1 + 4 / 111.195)
    rows = pairing.sweep(
        waiting, helpers(near, far), SCHEME, "balance", [0, 80, 91], on=DAY, weights=Weights()
    )
    assert rows["km_mean"].tolist() == pytest.approx([1.0, 1.0, 2.5], abs=0.001)
    assert rows["cost"].tolist() == [60, 60, 150]


def test_a_sweep_takes_numpy_numbers_and_refuses_what_no_weight_is() -> None:
    waiting, offers = children(child(1)), helpers(helper(1))
    rows = pairing.sweep(waiting, offers, SCHEME, "need", np.arange(0, 3), on=DAY)
    assert rows["value"].tolist() == [0, 1, 2]
    with pytest.raises(BadInput, match="weight_unknown"):
        pairing.sweep(waiting, offers, SCHEME, "luck", [1], on=DAY)
    with pytest.raises(BadInput, match="weight_wrong"):
        pairing.sweep(waiting, offers, SCHEME, "need", [0.5], on=DAY)
    with pytest.raises(BadInput, match="scheme_has_parts"):
        pairing.sweep(waiting, offers, pairing.ONE_TO_ONE, "need", [1], on=DAY)


def test_nobody_waits_nobody_helps_nothing_is_asked() -> None:
    nobody = pairing.sweep(children(), helpers(helper(1)), SCHEME, "need", [1], on=DAY)
    assert nobody["served"].tolist() == [0] and nobody["km_mean"].isna().all()
    alone = pairing.without_share(children(child(1)), helpers(), SCHEME, 0.5, 2, 1, on=DAY)
    assert alone[["gone", "served", "left"]].to_numpy().tolist() == [[0, 0, 1]] * 2
    nothing = pairing.sweep(children(child(1)), helpers(), SCHEME, "need", [], on=DAY)
    assert nothing.empty and "frontier" in nothing


def test_unknown_kilometres_are_not_none() -> None:
    waiting = pd.DataFrame(
        {"child_id": ["C00001"], "tier": 1, "village_id": "V0001", "school_id": "S001"}
    )
    offers = pd.DataFrame(
        {"helper_id": ["H00001"], "kind": "teacher", "ready": True, "birth_date": "1990-01-01",
         "places_left": 1, "village_id": "V0002", "school_id": "S001"}
    )  # fmt: skip
    rows = pairing.sweep(waiting, offers, pairing.TEACHER, "balance", [0, 9], on=DAY)
    assert rows["served"].tolist() == [1, 1] and rows["frontier"].all()
    assert rows[["km_total", "km_mean"]].isna().all(axis=None)


@pytest.mark.parametrize("seed", range(6))
def test_a_share_of_nothing_is_the_proposal_and_of_all_is_nobody(seed: int) -> None:
    waiting, offers = town(seed, n=14, h=10)
    proposal = propose(waiting, offers)
    same = pairing.without_share(waiting, offers, SCHEME, 0, 2, seed, on=DAY)
    for row in same.itertuples():
        assert [row.served_1, row.served_2, row.served_3] == tiers(proposal)
        assert row.cost == proposal.pairs["cost"].sum()
        assert row.left == len(proposal.unmatched) and row.gone == 0
    none = pairing.without_share(waiting, offers, SCHEME, 1, 1, seed, on=DAY)
    assert none["served"].tolist() == [0] and none["left"].tolist() == [len(waiting)]


@pytest.mark.parametrize("seed", range(6))
def test_who_is_served_never_rises_as_more_helpers_leave(seed: int) -> None:
    waiting, offers = town(seed, n=16, h=12)
    shares = [
        pairing.without_share(waiting, offers, SCHEME, share, 4, seed, on=DAY)[TIERS]
        for share in (0, 0.25, 0.5, 0.75)
    ]
    chances = [
        pairing.drop_outs(waiting, offers, SCHEME, chance, 4, seed, on=DAY).rounds[TIERS]
        for chance in (0, 0.25, 0.5, 0.75)
    ]
    for rows in (shares, chances):
        for fewer, more in zip(rows[1:], rows, strict=False):
            # By tiers summed up: tier 2 alone may gain what tier 1 cannot use any more.
            assert (fewer.cumsum(axis=1) <= more.cumsum(axis=1)).all(axis=None)


def test_a_seed_gives_the_same_rows_whatever_the_order_of_the_frames() -> None:
    waiting, offers = town(3, n=14, h=10)
    mixed = [frame.sample(frac=1, random_state=1) for frame in (waiting, offers)]
    one = pairing.without_share(waiting, offers, SCHEME, 0.4, 5, 7, on=DAY)
    pd.testing.assert_frame_equal(one, pairing.without_share(*mixed, SCHEME, 0.4, 5, 7, on=DAY))
    assert not one.equals(pairing.without_share(waiting, offers, SCHEME, 0.4, 5, 8, on=DAY))
    these = pairing.drop_outs(waiting, offers, SCHEME, 0.4, 5, 7, on=DAY)
    those = pairing.drop_outs(*mixed, SCHEME, 0.4, 5, 7, on=DAY)
    pd.testing.assert_frame_equal(these.rounds, those.rounds)
    pd.testing.assert_frame_equal(these.left_often, those.left_often)


def test_who_leaves_is_drawn_by_the_chance_of_each() -> None:
    waiting = children(child(1, tier=1), child(2, tier=2), child(3, languages="gan"))
    offers = helpers(helper(1), helper(2), helper(3)).assign(chance=[1.0, 0.0, 0.0])
    found = pairing.drop_outs(waiting, offers, SCHEME, "chance", 3, 1, on=DAY)
    assert found.rounds["gone"].tolist() == [1, 1, 1]
    assert found.rounds["served"].tolist() == [2, 2, 2]
    assert found.left_often.to_numpy().tolist() == [["C00003", 3, 3, 1.0, True]]
    fewer = offers.assign(chance=[1.0, 1.0, 0.0])
    found = pairing.drop_outs(waiting, fewer, SCHEME, "chance", 3, 1, on=DAY)
    # The most vulnerable child stays served, so the other one is left.
    assert found.left_often["child_id"].tolist() == ["C00002", "C00003"]
    assert found.left_often["left_today"].tolist() == [False, True]
    assert found.rounds["left"].sum() == found.left_often["left"].sum()


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_is_from_nothing_to_all(share: float) -> None:
    waiting, offers = children(child(1)), helpers(helper(1)).assign(chance=share)
    with pytest.raises(BadInput, match="share_wrong"):
        pairing.without_share(waiting, offers, SCHEME, share, 1, 1, on=DAY)
    with pytest.raises(BadInput, match="share_wrong"):
        pairing.drop_outs(waiting, offers, SCHEME, "chance", 1, 1, on=DAY)


def test_a_lock_holds_in_what_ifs_until_its_helper_is_gone() -> None:
    waiting = children(child(1))
    offers = helpers(helper(1), helper(2, latitude=27.1 + 3 / 111.195))
    lock = pd.DataFrame({"child_id": ["C00001"], "helper_id": ["H00002"], "verdict": ["lock"]})
    rows = pairing.sweep(waiting, offers, SCHEME, "distance", [30], on=DAY, decisions=lock)
    assert rows["km_total"].tolist() == pytest.approx([3], abs=0.001)
    found = pairing.drop_outs(
        waiting, offers.assign(p=[0.0, 1.0]), SCHEME, "p", 1, 1, on=DAY, decisions=lock
    )
    assert found.rounds["km_total"].tolist() == pytest.approx([1], abs=0.001)


def profiles(seed: int) -> pd.DataFrame:
    """Recruits to try: helpers of another random town, with ids of their own."""
    others = town(seed + 100, h=6)[1]
    ids = [f"N{k:05d}" for k in range(len(others))]
    return others.assign(helper_id=ids, places_left=[0, 1, 1, 1, 2, 3])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("weights", [None, Weights(balance=60, minimum=90)], ids=["plain", "loads"])
def test_a_recruits_worth_is_what_proposing_with_it_gives(seed: int, weights) -> None:
    waiting, offers = town(seed, n=14, h=8)
    before = propose(waiting, offers, weights=weights)
    recruits = profiles(seed)
    worth = pairing.recruit_worth(before, recruits)
    assert worth["helper_id"].tolist() == recruits["helper_id"].tolist()
    for k, row in enumerate(worth.itertuples()):
        everybody = pd.concat([offers, recruits.iloc[[k]]], ignore_index=True)
        after = propose(waiting, everybody, weights=weights)
        more = np.subtract(tiers(after), tiers(before)).tolist()
        assert [row.served_more_1, row.served_more_2, row.served_more_3] == more
        assert row.served_more == sum(more)
        assert row.saved == before.pairs["cost"].sum() - after.pairs["cost"].sum()
        assert row.choices == after.certificate.pairs - before.certificate.pairs


def test_a_kept_draft_is_worked_out_first_and_a_stranger_has_no_known_id() -> None:
    waiting, offers = town(5, n=14, h=8)
    proposal = propose(waiting, offers)
    kept = pairing.from_json(pairing.to_json(proposal))
    with pytest.raises(BadInput, match="draft_not_worked_out"):
        pairing.recruit_worth(kept, profiles(5))
    again = pairing.worked_out(kept, waiting, offers)
    pd.testing.assert_frame_equal(
        pairing.recruit_worth(again, profiles(5)),
        pairing.recruit_worth(proposal, profiles(5)),
    )
    with pytest.raises(BadInput, match="ids_repeated"):
        pairing.recruit_worth(proposal, offers.head(1))
    nothing = pairing.recruit_worth(proposal, profiles(5).head(0))
    assert nothing.empty and "saved" in nothing
