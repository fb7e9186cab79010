"""Somebody leaves: only what must change changes, in one step that can be taken back."""

import pandas as pd
import pytest

from carekit import pairing, tasks
from carekit.errors import BadInput, Stale
from carekit.pairing import VOLUNTEER


@pytest.fixture(scope="module")
def proposal():
    with tasks.practice_store() as opened:
        return tasks.propose(opened, on=opened.today())


@pytest.fixture
def store(proposal):
    """The practice school with 60 children paired; 62 wait, and there are places left."""
    with tasks.practice_store() as opened:
        rows = pairing.publish(proposal, since=opened.today()).sort_values("child_id").head(60)
        opened.write("pairings", rows)
        yield opened


def now(store):
    """Who has whom: helper by child."""
    pairings = store.read("pairings")
    held = pairings[pairings["scheme"].eq("volunteer") & pairing.active(pairings, store.today())]
    return held.set_index("child_id")["helper_id"]


def busiest(store):
    return str(now(store).value_counts().index[0])


def asked(store, **question):
    return tasks.change_proposal(store, VOLUNTEER, store.today(), **question)


def by_tier(found, pairs):
    tiers = found.waiting.set_index("child_id")["tier"]
    return pairs["child_id"].map(tiers).value_counts().sort_index().to_dict()


def expire(store, helper):
    """The records check of a helper runs out."""
    papers = store.read("trainings").query("helper_id == @helper")
    store.write("trainings", papers.assign(until=papers["day"]))


# -- what must change ----------------------------------------------------------------------------


def test_only_the_leaver_s_children_change_where_there_are_places(store):
    helper = busiest(store)
    before = now(store)
    found = asked(store, leaves=helper)
    mine = set(before[before.eq(helper)].index)
    moved = found.changed.query("code == 'moved_for_another'")
    assert set(found.changed["child_id"]) == mine | set(moved["child_id"])
    assert found.changed["before"].notna().all() and helper not in set(found.after["helper_id"])
    assert found.proposal.certificate.gap == 0
    untouched = found.after[~found.after["child_id"].isin(found.changed["child_id"])]
    for child, kept in untouched.itertuples(index=False):
        assert before[child] == kept


def test_who_waits_keeps_waiting_unless_everybody_is_asked_about(store):
    helper, before = busiest(store), now(store)
    found = asked(store, leaves=helper)
    assert set(found.waiting["child_id"]) <= set(before.index)
    every = asked(store, leaves=helper, everybody=True)
    assert len(every.waiting) == 122
    new = every.changed.query("code == 'now_served'")
    assert len(new) > 30 and not set(new["child_id"]) & set(before.index)
    alone = asked(store)
    assert alone.changed["code"].isin(["now_served", "moved_for_another"]).all()
    free = pairing.propose(alone.waiting, alone.offers, VOLUNTEER, on=store.today())
    assert by_tier(alone, alone.after) == by_tier(alone, free.pairs)


def test_pairs_that_could_be_better_stay(store):
    """Two children exchange helpers: dearer, but nobody asked about them."""
    pairings = store.read("pairings").query("scheme == 'volunteer' and until.isna()")
    helper = busiest(store)
    offers = tasks.frames(store, VOLUNTEER, store.today())[1]
    every = pairing.candidates(
        store.read("children").pipe(pairing.located, store.read("villages")).assign(tier=3),
        offers.assign(places_left=3), VOLUNTEER, on=store.today(),
    ).astype({"child_id": "string", "helper_id": "string"})  # fmt: skip
    able = set(zip(every["child_id"], every["helper_id"], strict=True))
    others = pairings[pairings["helper_id"].ne(helper)]
    one, other = next(
        (a, b)
        for a in others.itertuples()
        for b in others.itertuples()
        if a.helper_id < b.helper_id
        and (a.child_id, b.helper_id) in able
        and (b.child_id, a.helper_id) in able
    )
    rows = pairings[pairings["child_id"].isin([one.child_id, other.child_id])]
    swapped = rows["child_id"].map({one.child_id: other.helper_id, other.child_id: one.helper_id})
    store.write("pairings", rows.assign(helper_id=swapped))
    both = {one.child_id, other.child_id}
    assert not both & set(asked(store, leaves=helper).changed["child_id"])
    assert not both & set(asked(store, places={helper: 1}).changed["child_id"])
    every = asked(store).changed.set_index("child_id")["code"]
    assert set(every.reindex(list(both)).dropna()) <= {"moved_for_another"}  # never for comfort


def test_pairs_of_somebody_else_whose_papers_ran_out_are_another_question(store):
    helper = busiest(store)
    before = now(store)
    other = next(h for h in before.unique() if h != helper)
    expire(store, other)
    theirs = set(before[before.eq(other)].index)
    found = asked(store, leaves=helper)
    assert not theirs & set(found.changed["child_id"])
    assert other not in set(found.changed["after"].dropna())
    every = asked(store)
    told = every.changed.set_index("child_id")
    assert theirs <= set(told.index)
    assert set(told.loc[list(theirs), "code"]) <= {"left_helper", "now_uncovered"}


def test_a_helper_who_is_not_ready_any_more_is_asked_about_in_the_same_way(store):
    helper, before = busiest(store), now(store)
    calm = asked(store, leaves=helper)
    expire(store, helper)
    found = asked(store, leaves=helper)
    pd.testing.assert_frame_equal(found.changed, calm.changed)
    assert set(before[before.eq(helper)].index) <= set(found.changed["child_id"])


def test_children_of_an_overfull_helper_stay(store):
    before = now(store)
    helper = busiest(store)
    other = next(h for h, n in before.value_counts().items() if h != helper and n > 1)
    row = store.read("helpers").query("helper_id == @other")
    store.write("helpers", row.assign(places=1))
    found = asked(store, leaves=helper)
    assert not set(before[before.eq(other)].index) & set(found.changed["child_id"])
    assert other not in set(found.changed["after"].dropna())


@pytest.mark.parametrize("places", [0, 1])
def test_fewer_places(store, places):
    helper = busiest(store)
    had = int(now(store).eq(helper).sum())
    found = asked(store, places={helper: places})
    assert int(found.after["helper_id"].eq(helper).sum()) == places
    gone = found.changed[found.changed["before"].eq(helper)]
    assert len(gone) == had - places
    assert gone["code"].isin(["left_helper", "now_uncovered"]).all()
    with pytest.raises(BadInput, match="places_more"):
        asked(store, places={helper: 9})


def test_a_place_elsewhere_is_no_place_here(store):
    """Somebody who cares for a child of this scheme and one of another keeps the other one."""
    helper = busiest(store)
    child = now(store)[now(store).eq(helper)].index[0]
    row = store.read("helpers").query("helper_id == @helper")
    held = int(now(store).eq(helper).sum())
    store.write("helpers", row.assign(places=held + 1))
    own = (
        'code = "official"\nkinds = ["volunteer"]\nmost = 1\nrules = ["ready", "adult", "reach"]\n'
    )
    tasks.keep_scheme(store, own)
    pair = {"scheme": "official", "child_id": child, "helper_id": helper}
    store.write("pairings", pd.DataFrame([pair | {"since": pd.Timestamp(store.today())}]))
    found = asked(store, places={helper: 1})
    assert int(found.after["helper_id"].eq(helper).sum()) == 1


def test_who_is_unknown_is_refused_and_who_has_nobody_changes_nothing(store):
    with pytest.raises(BadInput, match="helper_unknown"):
        asked(store, leaves="H99999")
    idle = next(h for h in store.read("helpers")["helper_id"] if h not in set(now(store)))
    assert asked(store, leaves=idle).changed.empty


@pytest.mark.parametrize("question", [{}, {"leaves": "H00001"}])
def test_a_branch_without_pairs(question):
    with tasks.practice_store() as store:
        found = asked(store, **question)
        assert found.before.empty and len(found.after) == (0 if question else 110)


def test_another_scheme(store):
    step = tasks.publish(store, tasks.propose(store, on=store.today(), scheme=pairing.TEACHER))
    assert step
    rows = store.read("pairings").query("scheme == 'teacher'")
    helper = rows["helper_id"].iloc[0]
    found = tasks.change_proposal(store, pairing.TEACHER, store.today(), leaves=helper)
    assert set(rows.loc[rows["helper_id"].eq(helper), "child_id"]) <= set(found.changed["child_id"])
    tasks.publish_change(store, found)
    left = store.read("pairings").query("scheme == 'teacher' and until.isna()")
    assert helper not in set(left["helper_id"])
    assert len(now(store)) == 60


# -- decisions -----------------------------------------------------------------------------------


def test_a_lock_on_the_leaver_goes_and_one_on_a_present_helper_holds(store):
    helper, before = busiest(store), now(store)
    child = before[before.eq(helper)].index[0]
    plain = asked(store, leaves=helper)
    on = store.today()
    tasks.decide(store, VOLUNTEER, child, helper, "lock", "they get on", on)
    found = asked(store, leaves=helper)
    assert child in set(found.changed["child_id"])
    forbidden = plain.after.set_index("child_id")["helper_id"].get(child)
    if forbidden is not None:
        tasks.decide(store, VOLUNTEER, child, forbidden, "forbid", "cousins", on)
        again = asked(store, leaves=helper)
        assert again.after.set_index("child_id")["helper_id"].get(child) != forbidden


def test_an_old_lock_on_somebody_else_moves_nobody(store):
    """A child was locked, has moved on since: the word is of the past."""
    before = now(store)
    child = before.index[0]
    other = next(h for h in before.unique() if h != before[child])
    tasks.decide(store, VOLUNTEER, child, other, "lock", "once", store.today())
    assert child not in set(asked(store).changed["child_id"])


def test_a_child_given_to_somebody_gets_that_helper(store):
    helper = busiest(store)
    plain = asked(store, leaves=helper)
    best = pairing.substitutes(plain)
    child = best["child_id"].iloc[0]
    other = best.query("child_id == @child")["helper_id"].iloc[-1]
    found = asked(store, leaves=helper, takes={child: other})
    assert found.after.set_index("child_id")["helper_id"][child] == other
    assert found.proposal.certificate.gap == 0 and found.points >= plain.points
    with pytest.raises(BadInput, match="lock_impossible"):
        asked(store, leaves=helper, takes={child: helper})


# -- carried out ---------------------------------------------------------------------------------


def test_publishing_touches_only_who_changes_and_is_taken_back(store):
    helper, on = busiest(store), pd.Timestamp(store.today())
    before, helpers = store.read("pairings"), store.read("helpers")
    found = asked(store, leaves=helper)
    step = tasks.publish_change(store, found, token="once")
    assert tasks.publish_change(store, found, token="once") == step
    after = store.read("pairings")
    expected = found.after.set_index("child_id")["helper_id"]
    assert now(store).sort_index().astype(str).to_dict() == expected.sort_index().to_dict()
    same = ~before["child_id"].isin(found.changed["child_id"])
    both = after[after["pairing_id"].isin(before.loc[same, "pairing_id"])]
    pd.testing.assert_frame_equal(both.reset_index(drop=True), before[same].reset_index(drop=True))
    ended = after[after["until"].eq(on) & after["child_id"].isin(found.changed["child_id"])]
    assert len(ended) == int(found.changed["before"].notna().sum())
    pd.testing.assert_frame_equal(store.read("helpers"), helpers)
    assert tasks.changed_today(store)["step_id"].tolist() == [step]
    assert tasks.published_today(store).empty
    store.undo(step)
    pd.testing.assert_frame_equal(
        store.read("pairings").drop(columns="version"), before.drop(columns="version")
    )
    assert tasks.changed_today(store).empty


def test_the_file_of_the_leaver_closes_in_the_same_step(store):
    helper = busiest(store)
    before = store.read("pairings")
    found = asked(store, leaves=helper)
    step = tasks.publish_change(store, found, closes=(helper, "moved"))
    row = store.read("helpers").query("helper_id == @helper").iloc[0]
    assert (row["closed_on"], row["closed_reason"]) == (pd.Timestamp(store.today()), "moved")
    pairings = store.read("pairings").query("helper_id == @helper")
    assert not pairing.active(pairings, store.today()).any()
    store.undo(step)
    assert store.read("helpers").query("helper_id == @helper")["closed_on"].isna().all()
    assert store.read("pairings")["until"].isna().equals(before["until"].isna())
    with pytest.raises(BadInput, match="cells_refused"):
        tasks.publish_change(store, found, closes=(helper, "nonsense"))


def test_whoever_has_another_helper_by_now_refuses_it_all(store):
    helper = busiest(store)
    found = asked(store, leaves=helper)
    tasks.publish_change(store, asked(store, leaves=helper))
    before = store.read("pairings")
    with pytest.raises(Stale, match="change_outdated"):
        tasks.publish_change(store, found)
    pd.testing.assert_frame_equal(store.read("pairings"), before)


def test_a_new_helper_who_is_not_ready_any_more_refuses_it_all(store):
    found = asked(store, leaves=busiest(store))
    expire(store, str(found.changed["after"].dropna().iloc[0]))
    before = store.read("pairings")
    with pytest.raises(Stale, match="publish_refused"):
        tasks.publish_change(store, found)
    pd.testing.assert_frame_equal(store.read("pairings"), before)


def test_a_child_who_waited_and_is_served_by_now_refuses_it_all(store):
    found = asked(store)
    child = found.changed.query("code == 'now_served'").iloc[0]
    pair = {"scheme": "volunteer", "child_id": child["child_id"], "helper_id": child["after"]}
    store.write("pairings", pd.DataFrame([pair | {"since": pd.Timestamp(store.today())}]))
    with pytest.raises(Stale, match="change_outdated"):
        tasks.publish_change(store, found)


def test_nothing_is_published_where_nothing_changes(store):
    tasks.publish_change(store, asked(store))
    found = asked(store)
    assert found.changed.empty
    with pytest.raises(BadInput, match="change_nothing"):
        tasks.publish_change(store, found)
