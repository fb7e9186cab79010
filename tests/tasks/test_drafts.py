"""The drafts of a branch: several people on one, changed by hand, never written over unseen."""

import dataclasses

import pytest

from carekit import pairing, tasks
from carekit.errors import Stale
from carekit.store import open_store
from carekit.store.users import add_user


@pytest.fixture
def store():
    with tasks.practice_store() as opened:
        add_user(opened, "wang.wei", "王伟", None)
        yield opened


@pytest.fixture
def draft(store):
    made = tasks.made_of(store.read)
    return tasks.keep_draft(store, tasks.Draft(tasks.propose(store, on=store.today()), made))


def without(store, draft, child):
    """The draft with a child taken out by hand."""
    changed = pairing.edited(draft.proposal, [(child, None)])
    return dataclasses.replace(draft, proposal=changed, best=draft.proposal, deeds=((child, None),))


def test_nobody_writes_over_a_draft_that_was_not_seen(store, draft):
    child = draft.proposal.pairs["child_id"].iloc[0]
    with open_store(store.path, actor="wang.wei") as other:
        newer = tasks.keep_draft(other, without(other, draft, child))
    assert (newer.number, newer.user_id) == (draft.number + 1, "wang.wei")
    for late in (tasks.keep_draft, tasks.drop_draft):
        with pytest.raises(Stale) as told:
            late(store, draft)
        assert (told.value.code, told.value.values["user"]) == ("draft_newer", "wang.wei")
    assert tasks.draft_number(store) == newer.number


def test_a_draft_changed_by_hand_comes_back_with_its_best_plan(store, draft):
    child = draft.proposal.pairs["child_id"].iloc[0]
    tasks.keep_draft(store, without(store, draft, child))
    back = tasks.kept_draft(store)
    assert back.deeds == ((child, None),)
    assert pairing.to_json(back.best) == pairing.to_json(draft.proposal)
    assert back.proposal.certificate.gap > 0
    assert tasks.changed_by_hand(back) == {child}
    assert tasks.changed_by_hand(draft) == set()


def test_what_two_versions_differ_in_is_told_child_by_child(store, draft):
    child, helper = draft.proposal.pairs[["child_id", "helper_id"]].iloc[0]
    other = draft.proposal.pairs["child_id"].iloc[1]
    tasks.decide(store, pairing.VOLUNTEER, child, helper, "lock", "same choir", store.today())
    locked = tasks.Draft(tasks.propose(store, on=store.today()), draft.made_of)
    after = without(store, locked, other)
    found = tasks.draft_changes(draft, after)
    assert sorted(found.itertuples(index=False, name=None)) == [
        (child, "lock_added"),
        (other, "pair_changed"),
    ]
    assert tasks.draft_changes(after, after).empty
    gone = tasks.draft_changes(after, draft)
    assert set(gone["code"]) == {"decision_gone", "pair_changed"}


def test_a_decision_a_draft_does_not_heed_outdates_it(store, draft):
    child, helper = draft.proposal.pairs[["child_id", "helper_id"]].iloc[0]

    def codes(verdict):
        tasks.decide(store, pairing.VOLUNTEER, child, helper, verdict, "kin", store.today())
        said = pairing.decided(store.read("decisions"), pairing.VOLUNTEER, store.today())
        found = tasks.outdated(store.read, draft, on=store.today(), decisions=said)
        return found["code"].tolist()

    assert codes("lock") == []
    assert codes("forbid") == ["draft_decisions_new"]
