"""A child's file given to the family, and erased: nothing is left, and the chain still fits."""

import json
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from carekit.errors import BadInput, Stale
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


def moved(store: Store, key: str, child: str, **said: object) -> str:
    """A guardian who becomes another child's; gives the step."""
    row = store.read("guardians").query("guardian_id == @key")
    return store.write("guardians", row.assign(child_id=child, **said))


def kept(store: Store, key: str) -> list[tuple[int, bool, int]]:
    """Of every step of a guardian: its version, whether it keeps an image, how long its seal is."""
    select = "select version, before is not null, length(seal) from history where row_key = ?"
    with closing(raw(store.path)) as connection:
        found = connection.execute(f"{select} order by version", (key,)).fetchall()
    return [(version, bool(image), length) for version, image, length in found]


def test_what_a_row_said_before_it_was_another_childs_goes_too(
    lived: Store, tmp_path: Path
) -> None:
    """Guardian 2 is the child's until version 2, and was noted once more since."""
    step = moved(lived, "G00002", "C00003", name="Someone Else", phone="13711112222")
    moved(lived, "G00002", "C00003", workplace="later")
    before = lived.read("guardians").set_index("guardian_id")
    saved, _ = backup_store(closed(lived), tmp_path)
    erase_child(lived, "C00002")
    with closing(raw(lived.path)) as connection:
        images = connection.execute("select before from history where row_key = 'G00002'")
        text = " ".join(str(image) for (image,) in images)
    assert "C00002" not in text and CANARY not in text and "13812345678" not in text
    assert kept(lived, "G00002") == [
        (1, False, 16), (2, False, 16), (3, False, 32), (4, True, 32), (5, True, 32),
    ]  # fmt: skip
    after = lived.read("guardians").set_index("guardian_id")
    pd.testing.assert_frame_equal(after.drop(columns="version"), before.drop(columns="version"))
    assert after["version"].tolist() == [2, 5]
    assert examine(lived, anchor(saved, lived)).findings.empty
    with pytest.raises(Stale, match="undo_changed"):  # it would have nothing to bring back
        lived.undo(step)
    assert len(lived.history("guardians", "G00002")) == 5


def test_a_row_that_was_the_childs_for_a_while_alone(lived: Store) -> None:
    """By mistake, and taken back: what it said until then goes, and two erasings fit as well."""
    lived.undo(moved(lived, "G00001", "C00002", workplace=CANARY))
    erase_child(closed(lived), "C00002")
    assert kept(lived, "G00001") == [
        (1, False, 16), (2, False, 16), (3, False, 16), (4, False, 32), (5, True, 32),
    ]  # fmt: skip
    assert lived.read("guardians")["child_id"].tolist() == ["C00001"]
    moved(lived, "G00001", "C00003")
    first = lived.read("children").query("child_id == 'C00001'")
    lived.write("children", first.assign(closed_on="2026-03-02", closed_reason="moved"))
    erase_child(lived, "C00001")
    assert kept(lived, "G00001")[4:] == [(5, False, 16), (6, False, 32), (7, True, 32)]
    assert lived.read("guardians")["child_id"].tolist() == ["C00003"]
    assert examine(lived).findings.empty


@pytest.mark.parametrize(
    "edit",
    [
        "update history set before = json_object('name', 'x') where version = 2",
        "update history set before = json_object('name', 'x') where version = 1",
        "update history set before = null where version = 4",
        "update guardians set name = 'x' where guardian_id = 'G00002'",
    ],
)
def test_the_rest_of_a_row_that_moved_is_still_proved(lived: Store, edit: str) -> None:
    moved(lived, "G00002", "C00003", name="Someone Else")
    erase_child(closed(lived), "C00002")
    assert examine(lived).findings.empty
    with closing(raw(lived.path)) as connection:
        connection.execute("drop trigger history_unchanged")
        mine = "" if "guardian_id" in edit else " and row_key = 'G00002'"
        connection.execute(edit + mine)
        connection.commit()
    with connect.transaction(lived.engine, write=True) as again:
        triggers.make(again)
    found = examine(lived).findings
    assert set(found["code"]) == {"row_edited"} and set(found["row"]) == {"G00002"}


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
