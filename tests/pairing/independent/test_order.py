"""Equal inputs give equal answers, in whatever order rows, columns and codes come."""

from random import Random

import pytest
from pandas.testing import assert_frame_equal

from carekit import pairing
from tests.pairing.independent import best, instances, worlds
from tests.pairing.independent.worlds import child, helper, village

TIED = [1, 3, 5, 9, 20, 24]


def shuffled(frame, draw):
    """The same rows and columns in another order, the index with them."""
    rows = draw.sample(range(len(frame)), len(frame))
    return frame.iloc[rows][draw.sample(list(frame.columns), len(frame.columns))]


def turned(cells):
    """Cells of several codes, the other way round."""
    return cells.map(lambda cell: ";".join(reversed(cell.split(";"))), na_action="ignore")


def all_alike(children, helpers):
    """Everybody in two villages at one spot, all costs equal, too few places."""
    return worlds.world(
        [child(n, village_id=f"V000{1 + n % 2}") for n in range(1, children + 1)],
        [helper(n, village_id=f"V000{1 + n % 2}") for n in range(1, helpers + 1)],
        [village(1), village(2)],
    )


WORLDS = {
    "twins": lambda: all_alike(12, 9),
    "more helpers": lambda: all_alike(6, 10),
    **{f"seed {n}": lambda n=n: worlds.random_world(n) for n in TIED},
}


def assert_same(one, other):
    assert_frame_equal(one.pairs.reset_index(drop=True), other.pairs.reset_index(drop=True))
    assert_frame_equal(one.unmatched.reset_index(drop=True), other.unmatched.reset_index(drop=True))
    assert one.certificate == other.certificate


def test_the_worlds_have_ties():
    assert all(best.has_tie(best.Problem(make())) for make in WORLDS.values())


@pytest.mark.parametrize("name", WORLDS)
def test_order_changes_nothing(name):
    world, draw = WORLDS[name](), Random(name)
    first = instances.solve(world)
    for _ in range(2):
        tables = {k: shuffled(frame, draw) for k, frame in instances.frames(world).items()}
        for table, columns in {
            "children": ("languages", "free_times", "needs"),
            "helpers": ("languages", "free_times", "subjects"),
        }.items():
            turning = {column: turned(tables[table][column]) for column in columns}
            tables[table] = tables[table].assign(**turning)
        waiting, offers = instances.inputs(world, tables)
        waiting, offers = shuffled(waiting, draw), shuffled(offers, draw)
        again = instances.propose(world, waiting, offers)
        assert_same(first.proposal, again)
        assert pairing.verify(first.proposal, waiting, offers).empty
        assert pairing.verify(again, first.waiting, first.offers).empty


def test_inputs_stay_as_they_were():
    world = worlds.random_world(TIED[0])
    given = instances.frames(world)
    waiting, offers = instances.inputs(world, given)
    copies = waiting.copy(), offers.copy()
    instances.propose(world, waiting, offers)
    for frame, copy in zip((waiting, offers), copies, strict=True):
        assert_frame_equal(frame, copy)
    for table, frame in instances.frames(world).items():
        assert_frame_equal(given[table], frame)
