"""Drafts of proposals in a store, what outdates them, and what can still be taken back."""

import datetime as dt

import pandas as pd
import pytest

from carekit import pairing, tasks
from carekit.errors import Stale
from carekit.store import open_store
from carekit.store.users import add_user


@pytest.fixture
def store():
    with tasks.practice_store() as opened:
        yield opened


def draft_of(store):
    made = tasks.made_of(store.read)
    return tasks.Draft(tasks.propose(store, on=store.today()), made)


def changes(store, draft, on=None):
    found = tasks.outdated(store.read, draft, on=on or store.today())
    return dict(zip(found["code"], found["count"], strict=True))


# -- kept ----------------------------------------------------------------------------------------


def test_a_draft_is_the_branchs_and_no_step(store):
    draft, before = draft_of(store), store.steps()
    assert tasks.kept_draft(store) is None
    kept = tasks.keep_draft(store, draft)
    back = tasks.kept_draft(store)
    assert pairing.to_json(back.proposal) == pairing.to_json(draft.proposal)
    assert back.made_of == draft.made_of
    assert tasks.kept_draft(store, "teacher") is None
    pd.testing.assert_frame_equal(store.steps(), before)
    add_user(store, "wang.wei", "王伟", None)
    with open_store(store.path, actor="wang.wei") as other:
        theirs = tasks.kept_draft(other)
        assert (theirs.user_id, theirs.number) == (store.actor, 1)
        tasks.keep_draft(other, theirs)
    with pytest.raises(Stale, match="draft_newer"):
        tasks.keep_draft(store, kept)
    tasks.drop_draft(store, tasks.kept_draft(store))
    assert tasks.kept_draft(store) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"made_of": {}, "text": ""}', "\x00"])
def test_a_draft_that_cannot_be_read_is_none(store, text):
    store.keep_shared("matching/volunteer", text, seen=0)
    assert tasks.kept_draft(store) is None


# -- outdated ------------------------------------------------------------------------------------


def test_a_fresh_draft_holds_and_other_work_does_not_outdate_it(store):
    draft = draft_of(store)
    tasks.add_outing(store, "春游", "2026-04-12", 44)
    assert changes(store, draft) == {}


def test_a_helper_who_leaves_forbids_the_own_pairs(store):
    draft = draft_of(store)
    helper_id = draft.proposal.pairs["helper_id"].iloc[0]
    mine = int((draft.proposal.pairs["helper_id"] == helper_id).sum())
    helper = store.read("helpers").query("helper_id == @helper_id")
    step = store.write("helpers", helper.assign(closed_on=pd.Timestamp("2026-03-01")))
    assert changes(store, draft) == {"draft_pairs_forbidden": mine, "draft_facts_changed": 1}
    store.undo(step)  # the row has a new version: the match may or may not be the same
    assert changes(store, draft) == {"draft_facts_changed": 1}


def test_children_who_come_and_go_are_counted(store):
    draft = draft_of(store)
    waits = draft.proposal.unmatched["child_id"].iloc[0]
    children = store.read("children")
    child = children[children["child_id"] == waits]
    new = pd.DataFrame({"name": ["新来的"], "supervised": ["no"]})
    store.write("children", child.assign(closed_on=pd.Timestamp("2026-03-01")))
    added = store.write("children", new)
    found = changes(store, draft)
    assert found == {
        "draft_children_new": 1,
        "draft_children_gone": 1,
        "draft_facts_changed": 1,
    }
    store.undo(added)
    assert "draft_children_new" not in changes(store, draft)


def test_another_day_outdates_a_draft(store):
    assert changes(store, draft_of(store), on="2026-03-03") == {"draft_day_passed": 1}


def test_a_publication_outdates_every_draft_until_it_is_taken_back(store):
    draft = draft_of(store)
    step = tasks.publish(store, draft.proposal)
    assert changes(store, draft)["draft_pairs_forbidden"] == len(draft.proposal.pairs)
    store.undo(step)
    assert changes(store, draft) == {}


# -- taken back ----------------------------------------------------------------------------------


def test_a_publication_can_be_taken_back_for_a_day_by_anybody(store):
    assert tasks.published_today(store).empty
    proposal = tasks.propose(store, on=store.today())
    step = tasks.publish(store, proposal)
    add_user(store, "wang.wei", "王伟", None)
    with open_store(store.path, actor="wang.wei") as other:
        found = tasks.published_today(other)
        assert found["step_id"].tolist() == [step]
        assert found["pairs"].tolist() == [len(proposal.pairs)]
        assert found["user_id"].tolist() == [store.actor]
        done = found["done_at"].iloc[0].to_pydatetime()
        for hours, offered in ((23.9, True), (24.1, False)):
            now = done + dt.timedelta(hours=hours)
            assert (len(tasks.published_today(other, now=now)) == 1) is offered
        other.undo(step)
    assert tasks.published_today(store).empty


def test_only_publications_are_offered_the_newest_first(store):
    proposal = tasks.propose(store, on=store.today())
    half = len(proposal.pairs) // 2
    steps = []
    for rows in (proposal.pairs.iloc[:half], proposal.pairs.iloc[half:]):
        part = pairing.Proposal(
            proposal.scheme, proposal.on, rows, proposal.unmatched, proposal.certificate
        )
        steps.append(tasks.publish(store, part))
        tasks.add_outing(store, "春游", "2026-04-12", 44)
    found = tasks.published_today(store)
    assert found["step_id"].tolist() == steps[::-1]
    assert found["pairs"].sum() == len(proposal.pairs)
