"""Who can step in: eligible, with a place, the cheapest first."""

import pytest

from carekit.errors import BadInput
from carekit.pairing import VOLUNTEER, Weights, candidates, price, rematch, stand_ins

from .frames import DAY
from .worlds import settled, world


@pytest.mark.parametrize("weights", [Weights(), Weights(balance=90, minimum=60)])
@pytest.mark.parametrize("seed", range(6))
def test_the_best_three_of_all_who_have_a_place(seed, weights):
    facts = world(seed, 8, 14)
    first = rematch(**facts, scheme=VOLUNTEER, weights=weights, on=DAY)
    facts["pairings"] = settled(first)
    state = rematch(**facts, scheme=VOLUNTEER, weights=weights, on=DAY)
    used = state.after["helper_id"].value_counts()
    places = state.offers.set_index("helper_id")["places_left"]
    every = price(candidates(state.waiting, state.offers, VOLUNTEER, on=DAY), weights)
    for name in state.after["helper_id"].unique()[:3]:
        found = stand_ins(state, helper=name)
        for kid in state.after[state.after["helper_id"] == name]["child_id"]:
            wanted = []
            for row in every[every["child_id"] == kid].itertuples():
                has = int(used.get(row.helper_id, 0))
                if row.helper_id != name and has < places[row.helper_id]:
                    load = weights.balance * has + weights.minimum * (has >= VOLUNTEER.least)
                    wanted.append((row.cost + load, row.helper_id))
            mine = found[found["child_id"] == kid]
            assert list(zip(mine["cost"], mine["helper_id"], strict=True)) == sorted(wanted)[:3]
            assert mine["nth"].tolist() == list(range(1, len(mine) + 1))
            alone = stand_ins(state, child=kid)
            assert alone["helper_id"].tolist() == mine["helper_id"].tolist()


def test_unknown_people_are_refused():
    state = rematch(**world(0), scheme=VOLUNTEER, on=DAY)
    for who in ({"child": "C99999"}, {"helper": "H99999"}):
        with pytest.raises(BadInput, match="unknown"):
            stand_ins(state, **who)
