"""The versions of one row: who made them and what each changed."""

import pandas as pd
import pytest

from carekit.errors import BadInput
from carekit.store import Store, add_user, open_store

from .conftest import children


def test_each_version_with_what_it_changed(store: Store) -> None:
    born = pd.Timestamp("2016-05-01")
    first = store.write("children", children(1, birth_date=born, boarding=True))
    add_user(store, "wang.wei", "Wang Wei", None)
    with open_store(store.path, actor="wang.wei") as other:
        second = other.write("children", other.read("children").assign(boarding=pd.NA, phone="110"))
    found = store.history("children", "C00001")
    assert found["version"].tolist() == [1, 2]
    assert found["step_id"].tolist() == [first, second]
    assert found["user_id"].tolist() == ["li.na", "wang.wei"]
    assert found["kind"].tolist() == ["write", "write"]
    assert str(found["done_at"].dtype) == "datetime64[us, UTC]"
    assert found["done_at"].is_monotonic_increasing
    assert found["changes"].tolist() == [
        {"name": (None, "Child 0"), "birth_date": (None, born), "boarding": (None, True)},
        {"boarding": (True, None), "phone": (None, "110")},
    ]


def test_an_undo_is_a_version_too(store: Store) -> None:
    step = store.write("children", children(2))
    back = store.undo(step)
    found = store.history("children", "C00002")
    assert found["kind"].tolist() == ["write", "undo"]
    assert found["step_id"].tolist() == [step, back]
    assert found["changes"][1] == {"removed": (False, True)}
    store.undo(back)
    assert store.history("children", "C00002")["changes"][2] == {"removed": (True, False)}


def test_rows_beside_it_do_not_show(store: Store) -> None:
    store.write("children", children(3))
    one = store.read("children").iloc[[1]]
    store.write("children", one.assign(note="likes to draw"))
    assert len(store.history("children", "C00001")) == 1
    assert len(store.history("children", "C00002")) == 2


def test_an_unknown_key_has_no_history(store: Store) -> None:
    found = store.history("children", "C00009")
    assert found.empty
    assert list(found) == ["version", "step_id", "done_at", "user_id", "kind", "changes"]


def test_an_unknown_table_is_refused(store: Store) -> None:
    with pytest.raises(BadInput) as refused:
        store.history("steps", "S000001")
    assert refused.value.code == "table_unknown"
