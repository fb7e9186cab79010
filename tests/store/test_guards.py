"""Publishing asks the rules again, inside the write."""

import pandas as pd
import pytest

from carekit.errors import Stale
from carekit.store import Store, guards

from .conftest import children, helpers


@pytest.fixture
def asked(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """The pairings each write asked the rules about, and the others; C00002 is refused."""
    store.write({"children": children(3), "helpers": helpers(2)})
    seen: list[tuple] = []

    def violations(new, children, helpers, trainings, pairings, settings):
        assert len(children) >= 3 and len(helpers) == 2 and trainings.empty
        seen.append((new["pairing_id"].tolist(), pairings["pairing_id"].tolist()))
        bad = new[new["child_id"] == "C00002"]
        return pd.DataFrame(
            {
                "row": bad.index,
                "code": "not_ready",
                "child_id": bad["child_id"],
                "helper_id": bad["helper_id"],
            }
        )

    monkeypatch.setattr(guards, "violations", violations)
    return seen


def pair(*numbers: int) -> pd.DataFrame:
    ids = [f"C{number:05d}" for number in numbers]
    return pd.DataFrame(
        {"scheme": "volunteer", "child_id": ids, "helper_id": "H00001", "since": "2026-03-02"}
    )


def test_new_pairings_are_checked_beside_the_others(store: Store, asked: list) -> None:
    store.write("pairings", pair(1))
    store.write("pairings", pair(3))
    assert asked == [(["P000001"], []), (["P000002"], ["P000001"])]


def test_a_refused_pair_stops_the_whole_write(store: Store, asked: list) -> None:
    with pytest.raises(Stale) as refused:
        store.write({"pairings": pair(1, 2), "children": children(1)})
    assert refused.value.code == "publish_refused"
    assert refused.value.values == {
        "count": 1,
        "reason": "not_ready",
        "child_id": "C00002",
        "helper_id": "H00001",
        "found": [{"reason": "not_ready", "child_id": "C00002", "helper_id": "H00001"}],
    }
    assert store.read("pairings").empty and len(store.read("children")) == 3


def test_ending_or_explaining_a_pairing_is_not_asked(store: Store, asked: list) -> None:
    store.write("pairings", pair(1))
    store.write("pairings", store.read("pairings").assign(reason="moved away"))
    store.write("pairings", store.read("pairings").assign(until="2026-05-01"))
    store.write("pairings", store.read("pairings").assign(until="2026-04-01"))
    assert len(asked) == 1


def test_a_pairing_of_the_past_is_not_asked(store: Store, asked: list) -> None:
    past = pair(2).assign(since="2025-03-02", until="2026-03-02")
    store.write("pairings", past)
    assert asked == []
    with pytest.raises(Stale):
        store.write("pairings", store.read("pairings").assign(until="2026-03-03"))


def test_lasting_longer_or_another_child_is_asked(store: Store, asked: list) -> None:
    store.write("pairings", pair(1).assign(until="2026-04-01"))
    store.write("pairings", store.read("pairings").assign(until="2026-05-01"))
    store.write("pairings", store.read("pairings").assign(until=pd.NaT))
    with pytest.raises(Stale):
        store.write("pairings", store.read("pairings").assign(child_id="C00002"))
    assert [new for new, _ in asked] == [["P000001"]] * 4


def test_an_undo_that_brings_a_pairing_back_is_asked(store: Store, asked: list) -> None:
    step = store.write("pairings", pair(1))
    ended = store.write("pairings", store.read("pairings").assign(until="2026-04-01"))
    store.undo(ended)
    assert len(asked) == 2
    with pytest.raises(Stale):
        store.undo(step)  # changed since
    assert store.read("pairings")["until"].isna().all()


def test_taking_a_pairing_back_is_not_asked(store: Store, asked: list) -> None:
    step = store.write("pairings", pair(1))
    undo = store.undo(step)
    assert len(asked) == 1
    store.undo(undo)
    assert len(asked) == 2


def test_the_real_rules_refuse_an_unready_helper(store: Store) -> None:
    store.write({"children": children(1), "helpers": helpers(1)})
    with pytest.raises(Stale) as refused:
        store.write("pairings", pair(1))
    assert refused.value.code == "publish_refused"
    assert "helper_not_ready" in {one["reason"] for one in refused.value.values["found"]}
    assert store.read("pairings").empty


def test_the_real_rules_count_pairings_of_the_same_write(store: Store) -> None:
    papers = pd.DataFrame({"kind": ["records_check", "training", "commitment"]})
    ready = papers.assign(helper_id="H00001", day="2026-02-01", hours=2.0)
    volunteer = helpers(1).assign(birth_date="1990-05-05")
    store.write({"children": children(3), "helpers": volunteer, "trainings": ready})
    with pytest.raises(Stale) as refused:
        store.write("pairings", pair(1, 2, 3))
    assert {one["reason"] for one in refused.value.values["found"]} == {"places_exceeded"}
    store.write("pairings", pair(1, 2))
    with pytest.raises(Stale):
        store.write("pairings", pair(3))
    assert store.read("pairings")["child_id"].tolist() == ["C00001", "C00002"]
