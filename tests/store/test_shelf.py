"""The backups beside a store, who touched a child, and who may still sign in."""

import datetime as dt

import pandas as pd
import pytest

from carekit.errors import NotAllowed
from carekit.store import (
    Store,
    add_user,
    backup_daily,
    backup_state,
    backup_store,
    backups,
    daily_folder,
    disable_user,
    erase_child,
    last_seen,
    note_fault,
    open_store,
    who_touched,
    with_password,
)

from .conftest import children

TODAY = dt.date(2026, 3, 2)


def test_backups_say_why_they_are_kept(store: Store) -> None:
    for days in (400, 120, 60, 30, 21, 14, 8, 6, 5, 4, 3, 2, 1, 0):
        backup_daily(store, TODAY - dt.timedelta(days))
    backup_store(store, daily_folder(store.path))
    found = backups(store)
    assert found["whole"].all()
    assert found["kind"].value_counts().to_dict() == {
        "daily": 7,
        "weekly": 2,
        "monthly": 3,
        "hand": 1,
    }
    assert found["made_at"].is_monotonic_decreasing
    assert found["head"].is_monotonic_decreasing


def test_what_is_no_backup_of_this_store_counts_for_nothing(store: Store) -> None:
    made = backup_daily(store, TODAY)
    assert made is not None
    made.write_bytes(b"PK" + made.read_bytes()[2:-100])
    (made.parent / "holiday.carebackup").write_text("of somebody else")
    assert backups(store)[["name", "whole"]].values.tolist() == [[made.name, False]]


def test_the_state_of_the_daily_backups(store: Store) -> None:
    path = store.path
    assert backup_state(path, TODAY).code == "backup_none"
    backup_daily(store, TODAY - dt.timedelta(2))
    assert backup_state(path, TODAY).code == "backup_fine"
    assert backup_state(path, TODAY + dt.timedelta(1)).code == "backup_old"
    note_fault(path, TODAY, "disk_full")
    assert backup_state(path, TODAY)[::2] == ("backup_failed", "disk_full")
    folder = daily_folder(path)
    by_hand, _ = backup_store(store, folder)
    by_hand.rename(folder / "town-2026-03-02-120000.carebackup")
    assert backup_state(path, TODAY) == ("backup_fine", TODAY, "")
    (folder / "town-2026-03-02-120000.carebackup").unlink()
    backup_daily(store, TODAY)  # the disk has room again
    assert backup_state(path, TODAY) == ("backup_fine", TODAY, "")


def test_who_touched_a_child_says_what_was_read_and_what_was_changed(store: Store) -> None:
    store.write("children", children(2))
    add_user(store, "wang.wei", "王伟", "river stone 7")
    with open_store(store.path, "wang.wei") as other:
        row = other.read("children").iloc[[1]]
        other.write("children", row.assign(name="Xiao Mei"))
        other.saw("children", "C00001")
    first, second = (who_touched(store, one) for one in ("C00001", "C00002"))
    assert list(zip(first["user"], first["deed"], strict=True))[:1] == [("wang.wei", "card")]
    changed = second[second["does"].eq("changed")]
    assert changed[["user", "columns"]].values.tolist()[0] == ["wang.wei", "children.name"]
    assert "wang.wei" not in set(first.loc[first["does"].eq("changed"), "user"])
    assert len(who_touched(store, "C99999")) == 0


def test_an_erased_child_leaves_the_step_and_nothing_personal(store: Store) -> None:
    store.write("children", children(1, closed_on=[pd.Timestamp("2026-03-01")]))
    erase_child(store, "C00001")
    found = who_touched(store, "C00001")
    assert found["deed"].iloc[0] == "erase"
    assert "Child 0" not in found.to_csv()


def test_who_may_sign_in_and_was_here(store: Store) -> None:
    add_user(store, "wang.wei", "王伟", "river stone 7")
    add_user(store, "zhao.min", "赵敏", None)
    assert "wang.wei" in with_password(store)
    assert "zhao.min" not in with_password(store)
    assert "wang.wei" not in last_seen(store)
    with open_store(store.path, "wang.wei") as other:
        other.write("children", children(1))
    assert last_seen(store)["wang.wei"] >= last_seen(store)[store.actor]
    disable_user(store, "wang.wei")
    assert "wang.wei" not in with_password(store)


@pytest.mark.parametrize("ask", [backups, last_seen, with_password, lambda s: who_touched(s, "C1")])
def test_these_questions_are_the_administrators(store: Store, ask) -> None:  # type: ignore[no-untyped-def]
    add_user(store, "wang.wei", "王伟", "river stone 7")
    with open_store(store.path, "wang.wei") as other, pytest.raises(NotAllowed):
        ask(other)
