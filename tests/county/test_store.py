"""The county in a store: written as one step, read back the same, taken back whole."""

import pandas as pd
import pytest

from carekit import tasks

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def filled():
    with tasks.practice_store("county") as store:
        yield store


def test_what_is_read_is_what_was_made(filled, county):
    for table, frame in county.items():
        read = filled.read(table).drop(columns="version")
        pd.testing.assert_frame_equal(read, frame)


def test_it_is_one_step(filled, county):
    step = filled.steps().iloc[-1]
    assert step["kind"] == "demo"
    assert step["rows"] == sum(map(len, county.values())) + 2  # the practice day, the name


def test_a_published_proposal_is_accepted_and_taken_back(filled):
    proposal = tasks.propose(filled, on=filled.today())
    step = tasks.publish(filled, proposal)
    active = filled.read("pairings")["until"].isna()
    assert int(active.sum()) == len(proposal.pairs)
    assert tasks.propose(filled, on=filled.today()).pairs.empty
    filled.undo(step)
    assert not filled.read("pairings")["until"].isna().any()
