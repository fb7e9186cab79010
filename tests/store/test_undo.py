"""An undo takes back exactly one step, or nothing."""

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from carekit.errors import BadInput, Stale
from carekit.store import Store

from .conftest import children, helpers


def refused(store: Store, step: str) -> Stale:
    tables = ["children", "guardians", "helpers"]
    before = {table: store.read(table) for table in tables}
    count = len(store.steps())
    with pytest.raises(Stale) as error:
        store.undo(step)
    for table, frame in before.items():
        assert_frame_equal(store.read(table), frame)
    assert len(store.steps()) == count
    return error.value


def test_inserted_rows_go_and_their_ids_are_not_given_again(store: Store) -> None:
    step = store.write("children", children(3))
    undo = store.undo(step)
    assert store.read("children").empty
    steps = store.steps().set_index("step_id")
    assert steps.at[step, "undone_by"] == undo and steps.at[undo, "kind"] == "undo"
    store.write("children", children(1))
    assert store.read("children")["child_id"].tolist() == ["C00004"]


def test_updated_rows_are_as_before_with_a_new_version(store: Store) -> None:
    store.write("children", children(3, note="old", boarding=True, birth_date="2015-03-02"))
    before = store.read("children")
    step = store.write("children", before.iloc[:2].assign(note="new", boarding=pd.NA, name="X"))
    store.undo(step)
    after = store.read("children")
    assert_frame_equal(after.drop(columns="version"), before.drop(columns="version"))
    assert after["version"].tolist() == [3, 3, 1]


def test_a_step_over_several_tables(store: Store) -> None:
    store.write("helpers", helpers(1))
    kept = store.read("helpers")
    step = store.write(
        {
            "children": children(2).assign(child_id=["C00001", "C00002"]),
            "guardians": pd.DataFrame({"child_id": ["C00001"], "role": ["father"]}),
            "helpers": pd.concat([kept.assign(places=9), helpers(1)]),
        }
    )
    store.undo(step)
    assert store.read("children").empty and store.read("guardians").empty
    assert_frame_equal(store.read("helpers").drop(columns="version"), kept.drop(columns="version"))


def test_an_undo_can_be_undone(store: Store) -> None:
    step = store.write("children", children(2, note="x"))
    before = store.read("children")
    store.undo(store.undo(step))
    after = store.read("children")
    assert_frame_equal(after.drop(columns="version"), before.drop(columns="version"))
    assert after["version"].tolist() == [3, 3]


def test_rows_taken_back_are_imported_again_under_new_ids(store: Store) -> None:
    """A caller who counts ids from the rows it sees meets those of rows that were taken back."""

    def sheet() -> dict[str, pd.DataFrame]:
        return {
            "guardians": pd.DataFrame({"child_id": ["C00002"], "role": ["father"]}),
            "children": children(2).assign(child_id=["C00001", "C00002"]),
        }

    store.undo(store.write(sheet()))
    store.write(sheet())
    assert store.read("children")["child_id"].tolist() == ["C00003", "C00004"]
    assert store.read("guardians")["child_id"].tolist() == ["C00004"]


def test_a_changed_row_refuses(store: Store) -> None:
    step = store.write("children", children(3))
    store.write("children", store.read("children").iloc[:2].assign(note="since"))
    error = refused(store, step)
    assert error.code == "undo_changed"
    assert error.values == {"table": "children", "count": 2}


def test_a_row_in_use_by_a_later_step_refuses(store: Store) -> None:
    step = store.write("children", children(2))
    guardian = pd.DataFrame({"child_id": ["C00001", "C00002"], "role": ["father", "mother"]})
    later = store.write("guardians", guardian)
    error = refused(store, step)
    assert error.code == "undo_in_use"
    assert error.values == {"table": "guardians", "count": 2}
    store.undo(later)
    store.undo(step)
    assert store.read("children").empty


def test_a_row_that_would_refer_to_one_taken_back_refuses(store: Store) -> None:
    first = store.write("villages", pd.DataFrame({"name": ["Ford"]}))
    store.write("children", children(1, village_id="V0001"))
    moved = store.write("children", store.read("children").assign(village_id=pd.NA))
    store.undo(first)
    error = refused(store, moved)
    assert error.code == "undo_in_use" and error.values["table"] == "children"


def test_twice_unknown_and_first_step(store: Store) -> None:
    step = store.write("children", children(1))
    undo = store.undo(step)
    error = refused(store, step)
    assert (error.code, error.values) == ("undo_twice", {"step": step, "by_step": undo})
    for name, code in (("S999999", "step_unknown"), ("S000001", "undo_never")):
        with pytest.raises(BadInput) as bad:
            store.undo(name)
        assert (bad.value.code, bad.value.values) == (code, {"step": name})


def test_a_row_may_not_refer_to_one_taken_back(store: Store) -> None:
    store.undo(store.write("villages", pd.DataFrame({"name": ["Ford"]})))
    with pytest.raises(BadInput) as bad:
        store.write("children", children(1, village_id="V0001"))
    assert bad.value.code == "reference_unknown"
    assert bad.value.values == {
        "table": "children",
        "column": "village_id",
        "target": "villages",
        "count": 1,
    }


def test_a_setting_taken_back_can_be_set_again(store: Store) -> None:
    setting = pd.DataFrame({"setting_id": ["branch"], "value": ["Ford"]})
    store.undo(store.write("settings", setting))
    assert store.setting("branch") is None
    step = store.write("settings", setting.assign(value="Hill"))
    assert store.setting("branch") == "Hill"
    store.undo(step)
    assert store.setting("branch") is None
