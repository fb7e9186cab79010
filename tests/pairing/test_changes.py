"""A re-match side by side and as rows: what it says is what the frames say, and no more."""

import pandas as pd
import pytest

from carekit.pairing import (
    VOLUNTEER,
    Weights,
    active,
    candidates,
    given,
    price,
    publish_changes,
    rematch,
    side_by_side,
    substitutes,
)

from .frames import DAY
from .worlds import world

SEEDS = range(8)
LOADS = Weights(balance=90, minimum=60)


def found_in(seed, weights=None, **more):
    facts = world(seed, 12, 16) | more
    return facts, rematch(**facts, scheme=VOLUNTEER, weights=weights, on=DAY)


@pytest.mark.parametrize("seed", SEEDS)
def test_given_says_of_every_pair_what_candidates_says(seed):
    """Eligible are exactly the pairs `candidates` finds, with the same facts."""
    _, found = found_in(seed)
    every = found.waiting[["child_id"]].merge(found.offers[["helper_id"]], how="cross")
    asked = every.sample(frac=1, random_state=seed)
    told = given(asked, found.waiting, found.offers, VOLUNTEER, on=DAY)
    assert told.index.tolist() == asked.index.tolist()
    index = candidates(found.waiting, found.offers, VOLUNTEER, on=DAY)
    index = index.astype({"child_id": "string", "helper_id": "string"})
    passed = told[told["eligible"]].drop(columns="eligible")
    passed = passed.sort_values(["child_id", "helper_id"]).reset_index(drop=True)
    assert 0 < len(passed) < len(told)
    pd.testing.assert_frame_equal(passed, index.reset_index(drop=True))


def test_whoever_is_in_neither_frame_is_left_out():
    _, found = found_in(0)
    pairs = found.before.assign(helper_id="H99999")
    assert given(pairs, found.waiting, found.offers, VOLUNTEER, on=DAY).empty


@pytest.mark.parametrize("weights", [None, LOADS], ids=["plain", "loads"])
@pytest.mark.parametrize("seed", SEEDS)
def test_side_by_side_holds_every_change_with_its_points(seed, weights):
    facts, found = found_in(seed, weights)
    told = side_by_side(found).set_index("child_id")
    assert told.index.tolist() == found.changed["child_id"].tolist()
    pairs = found.proposal.pairs.set_index("child_id")
    tiers = facts["children"].set_index("child_id")["tier"]
    for child, row in told.iterrows():
        assert row["tier"] == tiers[child]
        assert pd.isna(row["after"]) == (row["code"] == "now_uncovered")
        if pd.notna(row["after"]):
            assert row["after_cost"] == pairs.at[child, "cost"]
            assert row["after_km"] == pairs.at[child, "km"]
        if pd.notna(row["before"]) and weights is None:
            one = found.before[found.before["child_id"].eq(child)]
            bare = price(given(one, found.waiting, found.offers, VOLUNTEER, on=DAY))
            assert row["before_cost"] == bare["cost"].iloc[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_rows_turn_what_was_into_what_is_proposed(seed):
    """Written over the table, they give exactly the pairs after; nobody else's row is there."""
    facts, found = found_in(seed)
    pairings = facts["pairings"].assign(version=3)
    rows = publish_changes(found, pairings)
    assert set(rows["child_id"]) == set(found.changed["child_id"])
    new = rows["pairing_id"].isna()
    assert (
        rows.loc[new, "since"].eq(pd.Timestamp(DAY)).all() and rows.loc[new, "until"].isna().all()
    )
    assert rows.loc[~new, "until"].eq(pd.Timestamp(DAY)).all()
    assert rows.loc[~new, "version"].eq(3).all() and rows.loc[new, "version"].isna().all()
    kept = pairings[~pairings["pairing_id"].isin(rows["pairing_id"])]
    after = pd.concat([kept, rows])
    now = after[active(after, DAY)].sort_values("child_id")[["child_id", "helper_id"]]
    expected = found.after.sort_values("child_id").reset_index(drop=True)
    pd.testing.assert_frame_equal(
        now.astype("string").reset_index(drop=True), expected.astype("string")
    )
    old = rows[~new].merge(pairings, on="pairing_id", suffixes=("", "_was"))
    assert old["since"].equals(old["since_was"]) and old["helper_id"].equals(old["helper_id_was"])


@pytest.mark.parametrize("seed", SEEDS)
def test_another_scheme_s_pairs_and_those_of_the_past_stay(seed):
    facts, found = found_in(seed)
    others = facts["pairings"].assign(
        pairing_id=[f"P9{n:05d}" for n in range(len(facts["pairings"]))], scheme="teacher"
    )
    rows = publish_changes(found, pd.concat([facts["pairings"], others]))
    ended = rows["pairing_id"].dropna()
    assert not ended.str.startswith("P9").any()
    past = facts["pairings"].loc[facts["pairings"]["until"].notna(), "pairing_id"]
    assert not ended.isin(past).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_is_not_asked_about_keeps_helper_and_place(seed):
    """Children left out of the frame: their pairings are no part of it, their places are taken."""
    facts = world(seed, 12, 10)
    _, every = facts, rematch(**facts, scheme=VOLUNTEER, on=DAY)
    some = facts["children"]["child_id"].iloc[::2]
    part = rematch(
        **(facts | {"children": facts["children"][facts["children"]["child_id"].isin(some)]}),
        scheme=VOLUNTEER,
        on=DAY,
    )
    assert set(part.before["child_id"]) <= set(some)
    assert set(part.after["child_id"]) <= set(some)
    others = every.before[~every.before["child_id"].isin(some)]["helper_id"].value_counts()
    given_ = part.after["helper_id"].value_counts()
    places = facts["helpers"].set_index("helper_id")["places"].clip(upper=VOLUNTEER.most)
    for helper, count in given_.items():
        assert count + others.get(helper, 0) <= places[helper]


@pytest.mark.parametrize("weights", [None, LOADS], ids=["plain", "loads"])
@pytest.mark.parametrize("seed", SEEDS)
def test_substitutes_are_free_now_and_the_cheapest_of_them(seed, weights):
    _, found = found_in(seed, weights)
    told = substitutes(found)
    every = price(candidates(found.waiting, found.offers, VOLUNTEER, on=DAY), weights)
    every = every.astype({"child_id": "string", "helper_id": "string"})
    stays = found.before.merge(every[["child_id", "helper_id"]])  # by the rules; then by places
    places = found.offers.set_index("helper_id")["places_left"]
    nth = stays.groupby("helper_id").cumcount()
    stays = stays[nth < stays["helper_id"].map(places).astype("int64")]
    lost = found.before[~found.before["child_id"].isin(stays["child_id"])]["child_id"]
    assert set(told["child_id"]) <= set(lost)
    used = stays["helper_id"].value_counts()
    own = weights or Weights()
    for child in lost:
        wanted = []
        for row in every[every["child_id"].eq(child)].itertuples():
            has = int(used.get(row.helper_id, 0))
            if has < places[row.helper_id]:
                load = own.balance * has + own.minimum * (has >= VOLUNTEER.least)
                wanted.append((row.cost + load, row.helper_id))
        mine = told[told["child_id"].eq(child)]
        assert list(zip(mine["cost"], mine["helper_id"], strict=True)) == sorted(wanted)[:3]


def test_there_are_substitutes_at_all():
    assert any(len(substitutes(found_in(seed)[1])) for seed in SEEDS)
