"""How the policy works on a branch: own steps, rights that end, histories, pseudonyms."""

from pathlib import Path

import pandas as pd
import pytest

from carekit import tasks
from carekit.errors import BadInput, NotAllowed
from carekit.store import change_password, disable_user, open_store, verify
from tests.store.branch_of_roles import (
    ADMIN,
    ALSO_MINE,
    ANALYST,
    HELPER,
    MINE,
    OTHERS,
    PASSWORD,
    PLANNER,
    ROLES,
    TEACHER,
    as_,
    make,
)
from tests.stores import copied


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("roles") / "town.care"
    make(path)
    return path


def contact(**cells: object) -> dict[str, object]:
    row = {"child_id": MINE, "helper_id": "H00001", "day": pd.Timestamp("2026-03-01")}
    return row | {"kind": "talk"} | cells


@pytest.fixture
def own(branch: Path, tmp_path: Path) -> Path:
    return copied(branch, tmp_path / "own.care")


def test_a_helper_takes_back_an_own_step_only(own: Path) -> None:
    with as_(own, HELPER) as store:
        step = tasks.log_contact(store, pd.DataFrame([contact(note="x")]))
    with as_(own, "ma.lin") as other, pytest.raises(NotAllowed):
        other.undo(step)
    with as_(own, PLANNER) as planner, pytest.raises(NotAllowed):
        planner.undo(step)
    with as_(own, HELPER) as store:
        store.undo(step)
        assert "x" not in set(store.read("contacts")["note"].dropna())


def test_an_own_step_on_a_child_that_went_stays(own: Path) -> None:
    with as_(own, HELPER) as store:
        day = pd.Timestamp("2026-02-27")
        step = tasks.log_contact(store, pd.DataFrame([contact(child_id=ALSO_MINE, day=day)]))
    with as_(own, ADMIN) as admin:
        pairs = admin.read("pairings")
        mine = pairs[pairs["child_id"].eq(ALSO_MINE) & pairs["until"].eq("2026-06-01")]
        admin.write("pairings", mine.assign(until=pd.Timestamp("2026-02-01")))
    with as_(own, HELPER) as store, pytest.raises(NotAllowed):
        store.undo(step)


def test_nothing_is_half_written(own: Path) -> None:
    with as_(own, HELPER) as store:
        rows = pd.DataFrame([contact(), contact(child_id=OTHERS)])
        with pytest.raises(NotAllowed) as refused:
            store.write("contacts", rows)
        assert refused.value.values["table"] == "contacts"
        assert OTHERS not in str(refused.value.values)
        with pytest.raises(NotAllowed):
            one = pd.DataFrame([contact()])
            store.write({"contacts": one, "pairings": pd.DataFrame({"child_id": [MINE]})})
    with as_(own, ADMIN) as admin:
        assert len(admin.read("contacts")) == 5


def test_a_right_that_ends_ends_at_once(own: Path) -> None:
    with as_(own, HELPER) as store, as_(own, ADMIN) as admin:
        assert MINE in set(store.read("children")["child_id"])
        before = store.newest()
        pairs = admin.read("pairings")
        mine = pairs[pairs["child_id"].eq(MINE) & pairs["helper_id"].eq("H00001")]
        admin.write("pairings", mine.assign(until=pd.Timestamp("2026-03-02")))
        assert {"children", "guardians", "contacts"} <= store.changed_since(before)
        assert MINE not in set(store.read("children")["child_id"])
        disable_user(admin, HELPER)
        for attempt in (store.policy, store.newest, lambda: store.read("terms")):
            with pytest.raises(NotAllowed):
                attempt()


def test_an_actor_who_is_no_user_may_do_nothing(own: Path) -> None:
    with as_(own, ADMIN) as store:
        store.actor = "nobody"
        for attempt in (
            lambda: store.read("terms"),
            lambda: store.write("terms", pd.DataFrame({"name": ["x"]})),
            lambda: store.undo("S000002"),
            lambda: store.kept("care/form"),
            lambda: store.steps(),
        ):
            with pytest.raises(NotAllowed):
                attempt()
    with pytest.raises(BadInput, match="user_unknown"):
        open_store(own, actor="nobody")


def test_everybody_changes_the_own_password_with_the_old_one(own: Path) -> None:
    for user in ROLES:
        with as_(own, user) as store:
            change_password(store, user, PASSWORD, "green river stone 9")
            assert verify(store, user, "green river stone 9")


def test_a_class_teacher_keeps_the_contact_table(own: Path) -> None:
    with as_(own, TEACHER) as store:
        mine = store.read("children").query("child_id == @MINE")
        step = store.write("children", mine.assign(phone="10012345678"))
        told = store.history("children", MINE).iloc[-1]
        assert (told["user_id"], list(told["changes"])) == (TEACHER, ["phone"])
        store.undo(step)
    with as_(own, ADMIN) as admin:
        child = admin.read("children").set_index("child_id").loc[MINE]
        assert child["id_number"] is not None and child["note"] == f"note of {MINE}"


def test_a_history_begins_where_the_child_came(own: Path) -> None:
    with as_(own, ADMIN) as admin:
        child = admin.read("children").query("child_id == @OTHERS")
        admin.write("children", child.assign(address="of the other class"))
        child = admin.read("children").query("child_id == @OTHERS")
        admin.write("children", child.assign(class_id="K0001", address="moved house"))
        child = admin.read("children").query("child_id == @OTHERS")
        admin.write("children", child.assign(address="moved again"))
    with as_(own, TEACHER) as store:
        told = store.history("children", OTHERS)["changes"].tolist()
    assert told == [{}, {"address": ("moved house", "moved again")}]


def test_pseudonyms_are_the_same_in_every_table_and_others_in_every_store(
    own: Path, tmp_path: Path
) -> None:
    with as_(own, ANALYST) as store:
        children, contacts = store.read("children"), store.read("contacts")
        assert set(contacts["child_id"]) <= set(children["child_id"])
        assert contacts["child_id"].nunique() == 3
        assert children["tier"].notna().all() and "version" not in children
    make(tmp_path / "second.care")
    with as_(tmp_path / "second.care", ANALYST) as store:
        assert not set(store.read("children")["child_id"]) & set(children["child_id"])
