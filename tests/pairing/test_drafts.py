"""A proposal as text: the same proposal comes back, and nothing else does."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from carekit import pairing, tasks
from carekit.errors import BadInput
from carekit.pairing.drafts import _seal


@pytest.fixture(scope="module")
def proposal():
    with tasks.practice_store() as store:
        return tasks.propose(store, on=store.today(), weights=pairing.Weights(distance=25, need=0))


def same(one, other):
    pd.testing.assert_frame_equal(one.pairs, other.pairs, check_exact=True)
    pd.testing.assert_frame_equal(one.unmatched, other.unmatched, check_exact=True)
    for name in ("scheme", "on", "certificate", "weights"):
        assert getattr(one, name) == getattr(other, name), name
        assert type(getattr(one, name)) is type(getattr(other, name))
    return True


def test_every_value_and_type_comes_back(proposal):
    assert len(proposal.pairs) and len(proposal.unmatched)
    back = pairing.from_json(pairing.to_json(proposal))
    assert same(back, proposal)
    assert all(type(n) is int for n in vars(back.certificate).values())
    assert pairing.to_json(back) == pairing.to_json(proposal)


def test_what_comes_back_still_has_its_proof(proposal):
    with tasks.practice_store() as store:
        day, villages = store.today(), store.read("villages")
        waiting = pairing.waiting(
            store.read("children"), store.read("pairings"), proposal.scheme, on=day
        )
        offers = tasks.offers(store, on=day)
    located = pairing.located(waiting, villages), pairing.located(offers, villages)
    assert pairing.verify(pairing.from_json(pairing.to_json(proposal)), *located).empty


def test_nobody_to_match_is_a_draft_too(proposal):
    nobody = proposal.pairs.iloc[:0], proposal.unmatched.iloc[:0]
    proof = type(proposal.certificate)(*[0] * 8)
    none = replace(proposal, pairs=nobody[0], unmatched=nobody[1], certificate=proof)
    assert same(pairing.from_json(pairing.to_json(none)), none)


def test_a_county_is_kept_whole_and_small(proposal):
    n = 12_285
    ids = [f"C{k:05d}" for k in range(n)]
    rows = proposal.pairs.iloc[np.arange(n) % len(proposal.pairs)].reset_index(drop=True)
    pairs = rows.assign(child_id=pd.array(ids, dtype="string"))
    rest = proposal.unmatched.iloc[:0]
    proof = replace(
        proposal.certificate,
        children=n,
        served=n,
        digest=pairing.proposal.fingerprint(pairs),
    )
    county = replace(proposal, pairs=pairs, unmatched=rest, certificate=proof)
    text = pairing.to_json(county)
    back = pairing.from_json(text)
    assert len(text) < 2**20 * 1.5
    assert same(back, county)


def changed(text, where, value):
    """The text with one value changed, and a seal that fits it."""
    said = json.loads(text)
    place = said
    for step in where[:-1]:
        place = place[step]
    place[where[-1]] = value
    seal = said.pop("seal")
    return {"seal": seal, **said}


CHANGES = [
    (["format"], 1),
    (["format"], 3),
    (["scheme"], "nonsense"),
    (["scheme"], ["volunteer"]),
    (["on"], "someday"),
    (["weights", "distance"], -1),
    (["weights", "distance"], 25.0),
    (["weights", "distance"], True),
    (["weights"], {"distance": 1}),
    (["certificate", "gap"], 1),
    (["certificate", "served"], 1),
    (["certificate", "digest"], 1),
    (["certificate", "bound"], None),
    (["pairs"], []),
    (["pairs", "child_id"], []),
    (["pairs", "child_id", 0], "C99999"),
    (["pairs", "child_id", 1], "C00001"),
    (["pairs", "helper_id", 0], "H99999"),
    (["pairs", "helper_id", 0], None),
    (["pairs", "tier", 0], 4),
    (["pairs", "cost", 0], 1),
    (["pairs", "cost", 0], 1e3),
    (["pairs", "need", 0], 2**70),
    (["pairs", "km", 0], -1.0),
    (["pairs", "km", 0], "near"),
    (["unmatched", "values", 0], "no json"),
    (["unmatched", "values", 0], "[1]"),
    (["unmatched", "more"], []),
]


@pytest.mark.parametrize(("where", "value"), CHANGES)
def test_a_changed_text_is_refused_with_and_without_a_fitting_seal(proposal, where, value):
    said = changed(pairing.to_json(proposal), where, value)
    with pytest.raises(BadInput, match="draft_broken"):
        pairing.from_json(json.dumps(said))
    said.pop("seal")
    with pytest.raises(BadInput, match="draft_broken"):
        pairing.from_json(json.dumps({"seal": _seal(said), **said}))


def test_a_text_sealed_again_unchanged_is_read(proposal):
    said = json.loads(pairing.to_json(proposal))
    said.pop("seal")
    assert same(pairing.from_json(json.dumps({"seal": _seal(said), **said})), proposal)


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", "1", '"x"', "[" * 5000, '{"seal": NaN}'])
def test_what_is_no_draft_is_refused(text):
    with pytest.raises(BadInput, match="draft_broken"):
        pairing.from_json(text)


def test_any_shortened_text_is_refused(proposal):
    text = pairing.to_json(proposal)
    for length in range(0, len(text), 997):
        with pytest.raises(BadInput, match="draft_broken"):
            pairing.from_json(text[:length])


def test_each_weight_has_a_range_around_its_standard():
    ranges = pairing.weight_ranges()
    standard = vars(pairing.Weights())
    assert ranges["standard"].to_dict() == standard
    assert ((ranges["least"] <= ranges["standard"]) & (ranges["standard"] <= ranges["most"])).all()
    assert ((ranges["standard"] - ranges["least"]) % ranges["step"]).eq(0).all()
    assert ((ranges["most"] - ranges["least"]) % ranges["step"]).eq(0).all()
    for edge in ("least", "most"):
        pairing.Weights(**ranges[edge].to_dict())
