"""Schemes of a branch, locked and forbidden pairs, and two matches shown together, in a store."""

import pandas as pd
import pytest

from carekit import pairing, tasks
from carekit.errors import BadInput, Stale
from carekit.pairing import ONE_TO_ONE, PEER, TEACHER, VOLUNTEER

DAY = "2026-03-02"
OWN = """
code = "official"
kinds = ["teacher"]
most = 1
rules = ["ready", "adult", "same_school"]
"""


@pytest.fixture
def store():
    with tasks.practice_store() as opened:
        yield opened


def pairs(proposal):
    return dict(zip(proposal.pairs["child_id"], proposal.pairs["helper_id"], strict=True))


def decide(store, verdict, child, helper, scheme=VOLUNTEER, on=DAY):
    return tasks.decide(store, scheme, child, helper, verdict, "kin", on)


def holding(store, scheme=VOLUNTEER, on=DAY):
    found = pairing.decided(store.read("decisions"), scheme, on)
    return [*found.itertuples(index=False, name=None)]


# -- decisions -----------------------------------------------------------------------------------


def test_locked_and_forbidden_pairs_are_heeded_until_they_are_withdrawn(store):
    free = pairs(tasks.propose(store, on=DAY))
    (child, helper), (other, his) = list(free.items())[:2]
    decide(store, "forbid", child, helper)
    decide(store, "lock", other, his)
    proposal = tasks.propose(store, on=DAY)
    now = pairs(proposal)
    assert now.get(child) != helper and now[other] == his
    assert len(proposal.decisions) == 2
    tasks.withdraw(store, "D00001", DAY)
    tasks.withdraw(store, "D00002", DAY)
    assert pairs(tasks.propose(store, on=DAY)) == free
    kept = store.read("decisions")
    assert kept["until"].notna().all() and set(kept["user_id"]) == {store.actor}
    assert set(kept["reason"]) == {"kin"}


def test_a_later_word_ends_the_earlier_one_and_a_child_has_one_lock(store):
    decide(store, "lock", "C00001", "H00001")
    decide(store, "forbid", "C00001", "H00001")
    assert holding(store) == [("C00001", "H00001", "forbid")]
    decide(store, "lock", "C00001", "H00002")
    decide(store, "lock", "C00001", "H00003")
    decide(store, "lock", "C00001", "H00100", scheme=TEACHER)
    assert holding(store) == [("C00001", "H00001", "forbid"), ("C00001", "H00003", "lock")]
    assert holding(store, TEACHER) == [("C00001", "H00100", "lock")]


def test_a_lock_of_a_child_who_has_the_helper_by_now_is_in_nobodys_way(store):
    child, helper = next(iter(pairs(tasks.propose(store, on=DAY)).items()))
    decide(store, "lock", child, helper)
    step = tasks.publish(store, tasks.propose(store, on=DAY))
    assert tasks.propose(store, on=DAY).decisions.empty
    store.undo(step)
    assert pairs(tasks.propose(store, on=DAY))[child] == helper


def test_an_undo_takes_a_decision_back(store):
    store.undo(decide(store, "forbid", "C00001", "H00001"))
    assert holding(store) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"scheme": ONE_TO_ONE}, "scheme_has_parts"),
        ({"verdict": "perhaps"}, "verdict_unknown"),
        ({"reason": "  "}, "reason_needed"),
        ({"child": "C99999"}, "child_unknown"),
        ({"helper": "H99999"}, "helper_unknown"),
    ],
)
def test_what_cannot_be_decided(store, change, code):
    usual = {"scheme": VOLUNTEER, "child": "C00001", "helper": "H00001"}
    usual |= {"verdict": "lock", "reason": "kin", "on": DAY}
    with pytest.raises(BadInput, match=code):
        tasks.decide(store, **(usual | change))
    assert store.read("decisions").empty


def test_what_cannot_be_withdrawn(store):
    decide(store, "forbid", "C00001", "H00001")
    tasks.withdraw(store, "D00001", DAY)
    for decision in ("D00001", "D00009"):
        with pytest.raises(BadInput, match="decision_unknown"):
            tasks.withdraw(store, decision, DAY)


# -- schemes -------------------------------------------------------------------------------------


def test_a_teacher_and_a_pupil_for_each_child_in_one_step(store):
    both = tasks.propose_parts(store, on=DAY, scheme=ONE_TO_ONE)
    assert list(both) == ["teacher", "peer"]
    for code, proposal in both.items():
        alone = tasks.propose(store, on=DAY, scheme=pairing.SCHEMES[code])
        assert pairs(proposal) == pairs(alone)
        frames = tasks.frames(store, proposal.scheme, DAY)
        assert pairing.verify(proposal, *frames).empty and proposal.certificate.gap == 0
    assert len(both["teacher"].pairs) > 50 and len(both["peer"].pairs) == 12
    before = set(store.read("pairings")["pairing_id"])
    step = tasks.publish(store, both)
    new = store.read("pairings").query("pairing_id not in @before")
    assert new["scheme"].value_counts().to_dict() == {
        code: len(proposal.pairs) for code, proposal in both.items()
    }
    again = tasks.propose_parts(store, on=DAY, scheme=ONE_TO_ONE)
    assert sum(len(proposal.pairs) for proposal in again.values()) == 0
    store.undo(step)
    assert set(store.read("pairings")["pairing_id"]) == before


def test_children_nobody_supervises_have_a_teacher_first(store):
    served = pairs(tasks.propose(store, on=DAY, scheme=TEACHER))
    alone = store.read("children").query("supervised == 'no'")["child_id"]
    assert set(alone) <= set(served)


def test_the_store_refuses_rows_of_a_scheme_of_parts(store):
    row = pairing.publish(tasks.propose(store, on=DAY, scheme=PEER), since=DAY).iloc[:1]
    with pytest.raises(Stale, match="publish_refused") as caught:
        store.write("pairings", row.assign(scheme="one_to_one"))
    assert caught.value.values["reason"] == "scheme_not_open"


def test_a_scheme_of_the_branch_is_kept_used_and_changed(store):
    own = pairing.read_scheme(OWN)
    proposal = tasks.propose(store, on=DAY, scheme=own)
    with pytest.raises(Stale) as caught:
        tasks.publish(store, proposal)
    assert caught.value.values["reason"] == "scheme_not_open"
    tasks.keep_scheme(store, OWN)
    assert tasks.schemes(store)["official"] == own
    tasks.publish(store, proposal)
    assert store.read("pairings")["scheme"].eq("official").sum() == len(proposal.pairs) == 30
    tasks.keep_scheme(store, OWN.replace("most = 1", "most = 2"))
    assert tasks.schemes(store)["official"].most == 2
    assert len(tasks.propose(store, on=DAY, scheme=tasks.schemes(store)["official"]).pairs) > 0
    with pytest.raises(BadInput, match="scheme_wrong"):
        tasks.keep_scheme(store, OWN + "most = 3")


def test_two_parts_never_share_a_place(store):
    tasks.keep_scheme(store, OWN.replace("most = 1", "most = 3"))
    parts = pairing.Scheme("one_to_one", parts=("teacher", "official"))
    both = tasks.propose_parts(store, on=DAY, scheme=parts)
    used = pd.concat([proposal.pairs["helper_id"] for proposal in both.values()]).value_counts()
    places = store.read("helpers").set_index("helper_id")["places"]
    assert (used <= places.reindex(used.index)).all()
    tasks.publish(store, both)


def test_an_unknown_scheme_or_part_is_refused(store):
    with pytest.raises(BadInput, match="scheme_unknown"):
        tasks.scheme("friends")
    parts = pairing.Scheme("one_to_one", parts=("teacher", "official"))
    with pytest.raises(BadInput, match="scheme_unknown"):
        tasks.propose_parts(store, on=DAY, scheme=parts)


def test_weights_that_nobody_chooses_are_those_of_the_scheme(store):
    assert tasks.propose(store, on=DAY, scheme=PEER).weights == PEER.weights
    assert tasks.weights({"need": "7"}, TEACHER).minimum == TEACHER.weights.minimum
