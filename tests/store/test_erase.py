"""A child's file given to the family, and erased: nothing is left, and the chain still fits."""

import json
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from carekit.errors import BadInput
from carekit.store import (
    Store,
    about_child,
    anchor,
    backup_store,
    connect,
    erase_child,
    examine,
    triggers,
)

from ..stores import raw
from .conftest import children, helpers

CANARY = "Xiao Canary"
CHILD = {"child_id": "C00002"}


@pytest.fixture
def lived(store: Store) -> Store:
    """A child with a row in every table, changed and taken back, beside another child."""
    store.write({"children": children(3), "helpers": helpers(1)})
    named = store.read("children").iloc[[1]].assign(
        name=CANARY, note=CANARY, health=CANARY, id_number=None, birth_date="2016-05-01",
        boarding=True,
    )  # fmt: skip
    store.write("children", named)
    outing = pd.DataFrame({"title": ["Garden"], "day": ["2026-04-12"], "places": [44]})
    store.write("outings", outing)
    for other in ("C00001", "C00002"):
        row = {"child_id": other}
        contact = {"helper_id": "H00001", "day": "2026-03-01", "kind": "talk", "note": CANARY}
        store.write(
            {
                "guardians": pd.DataFrame([{**row, "role": "father", "name": CANARY}]),
                "contacts": pd.DataFrame([{**row, **contact}]),
                "outing_people": pd.DataFrame([{**row, "outing_id": "O0001", "role": "child"}]),
                "consents": pd.DataFrame([{**row, "purpose": "outing", "state": "given"}]),
            }
        )
    step = store.write("children", store.read("children").iloc[[1]].assign(note=f"{CANARY} 2"))
    store.undo(step)
    store.write("guardians", store.read("guardians").assign(phone="13812345678"))
    store.keep("care/contact", json.dumps({"child": "C00002", "note": CANARY}))
    store.keep("care/other", json.dumps({"child": "C00001"}))
    store.keep_shared("matching/volunteer", json.dumps({"pairs": ["C00002"]}), seen=0)
    return store


def closed(store: Store) -> Store:
    child = store.read("children").query("child_id == 'C00002'")
    store.write("children", child.assign(closed_on="2026-03-02", closed_reason="moved"))
    return store


def test_nothing_of_the_child_is_left(lived: Store) -> None:
    closed(lived)
    others = lived.read("guardians").query("child_id == 'C00001'")
    step = erase_child(lived, "C00002")
    pd.testing.assert_frame_equal(lived.read("guardians"), others)
    assert lived.read("children")["child_id"].tolist() == ["C00001", "C00003"]
    with closing(raw(lived.path)) as connection:
        for table in ("children", "history", "drafts", "shared_drafts", "audit"):
            for row in connection.execute(f"select * from {table}").fetchall():
                text = " ".join(map(str, row))
                assert CANARY not in text or "C00001" in text, table
        row = connection.execute("select * from children where child_id = 'C00002'").fetchone()
        assert [value for value in row if value not in (None, "")] == ["C00002", 6, 1]
        kept = "select before, length(seal) from history where row_key = 'C00002'"
        assert connection.execute(kept).fetchall() == [(None, 16)] * 5 + [(None, 32)]
    (row,) = lived.audit().query("deed == 'erase'")[["child", "step_id"]].to_numpy().tolist()
    assert row == ["C00002", step]
    assert lived.kept("care/contact") is None
    assert lived.kept("care/other") is not None
    assert lived.kept_shared("matching/volunteer").body is None
    assert lived.kept_shared("matching/volunteer").number == 2


def test_the_chain_still_fits_and_still_finds_everything(lived: Store, tmp_path: Path) -> None:
    saved, _ = backup_store(closed(lived), tmp_path)
    erase_child(lived, "C00002")
    assert examine(lived, anchor(saved, lived)).findings.empty
    with closing(raw(lived.path)) as connection:
        for name in ("history_unchanged", "children_kept"):
            connection.execute(f"drop trigger {name}")
        connection.execute(
            "update history set seal = zeroblob(16) where row_key = 'C00002' and version = 1"
        )
        connection.commit()
    with connect.transaction(lived.engine, write=True) as again:
        triggers.make(again)
    assert examine(lived).findings["code"].tolist() == ["history_edited"]


def test_it_can_be_saved_looked_at_and_written_on(lived: Store, tmp_path: Path) -> None:
    erase_child(closed(lived), "C00002")
    backup_store(lived, tmp_path)
    assert len(lived.history("children", "C00002")) == 6
    lived.write("children", children(1))
    assert lived.read("children")["child_id"].tolist() == ["C00001", "C00003", "C00004"]
    assert not lived.who_saw("C00002").empty
    assert examine(lived).findings.empty


def test_it_cannot_be_taken_back(lived: Store) -> None:
    step = erase_child(closed(lived), "C00002")
    with pytest.raises(BadInput, match="undo_erased"):
        lived.undo(step)


@pytest.mark.parametrize(("child", "code"), [("C00002", "erase_open"), ("C9", "child_unknown")])
def test_what_is_not_erased(lived: Store, child: str, code: str) -> None:
    before = lived.newest()
    with pytest.raises(BadInput, match=code):
        erase_child(lived, child)
    assert lived.newest() == before


def test_the_family_gets_everything_about_its_child_alone(lived: Store) -> None:
    found = about_child(lived, "C00002")
    assert {table: len(rows) for table, rows in found.items()} == {
        "guardians": 1,
        "contacts": 1,
        "outing_people": 1,
        "consents": 1,
        "children": 1,
    }
    assert all(rows["child_id"].eq("C00002").all() for rows in found.values())
    last = lived.who_saw("C00002").iloc[-1]
    assert (last["deed"], last["rows"], last["child"]) == ("given", 5, "C00002")
    with pytest.raises(BadInput, match="child_unknown"):
        about_child(lived, "C09999")
