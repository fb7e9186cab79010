"""Two ways round the policy that are shut: guessing a cell, and listing a closed file."""

from pathlib import Path

import pandas as pd
import pytest

from carekit.errors import NotAllowed, Stale
from carekit.store import Store
from tests.store.branch_of_roles import (
    ADMIN,
    AT_HOME,
    CLOSED,
    COORDINATOR,
    HELPER,
    PLANNER,
    TEACHER,
    as_,
    make,
)
from tests.stores import copied

OWN_CARD, CARD_OF_ANOTHER, OWN_OF_THEN = "L0000001", "L0000002", "L0000005"
STORED = {"minutes": 10, "note": "note of another helper", "partner": "parent"}
WRONG = {"minutes": 11, "note": "note of nobody", "partner": "child"}


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("out_of_reach") / "town.care"
    make(path)
    return path


@pytest.fixture
def own(branch: Path, tmp_path: Path) -> Path:
    return copied(branch, tmp_path / "own.care")


def refusal(store: Store, table: str, row: dict[str, object]) -> tuple[str, dict[str, object]]:
    with pytest.raises(NotAllowed) as refused:
        store.write(table, pd.DataFrame([row]))
    return refused.value.code, refused.value.values


# -- guessing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [None, 1, 7])
@pytest.mark.parametrize("column", list(STORED))
def test_a_right_guess_is_refused_as_a_wrong_one(branch, column: str, version) -> None:
    with as_(branch, ADMIN) as admin:
        cards = admin.read("contacts").set_index("contact_id")
        assert cards.at[CARD_OF_ANOTHER, column] == STORED[column]
        before = admin.newest()
        with as_(branch, HELPER) as store:
            row = {"contact_id": CARD_OF_ANOTHER, "version": version}
            right = refusal(store, "contacts", row | {column: STORED[column]})
            wrong = refusal(store, "contacts", row | {column: WRONG[column]})
        assert right == wrong
        assert right[1] == {"table": "contacts", "action": "write", "column": column}
        assert admin.newest() == before


def test_a_guess_beside_own_cards_is_refused_too(branch) -> None:
    with as_(branch, HELPER) as store:
        cards = store.read("contacts")
        guess = cards.assign(note=cards["note"].fillna(STORED["note"]))
        with pytest.raises(NotAllowed):
            store.write("contacts", guess)


def test_an_own_card_out_of_sight_is_not_guessed(branch) -> None:
    """The child is no longer the helper's: what was written then is not shown either."""
    with as_(branch, HELPER) as store:
        assert OWN_OF_THEN not in set(store.read("contacts")["contact_id"])
        right = refusal(store, "contacts", {"contact_id": OWN_OF_THEN, "note": "own note of then"})
        wrong = refusal(store, "contacts", {"contact_id": OWN_OF_THEN, "note": "another"})
    assert right == wrong


@pytest.mark.parametrize("emptied", [False, True])
def test_a_cell_that_was_not_seen_comes_back_empty_and_stays(own, emptied: bool) -> None:
    """Whether anything is stored in it makes no difference."""
    with as_(own, ADMIN) as admin:
        if emptied:
            cards = admin.read("contacts").set_index("contact_id", drop=False)
            admin.write("contacts", cards.loc[[CARD_OF_ANOTHER]].assign(note=pd.NA))
        stored = admin.read("contacts").set_index("contact_id").loc[CARD_OF_ANOTHER]
        with as_(own, HELPER) as store:
            cards = store.read("contacts")
            assert CARD_OF_ANOTHER in set(cards["contact_id"])
            own_note = cards["note"].mask(cards["contact_id"].eq(OWN_CARD), "put right")
            store.write("contacts", cards.assign(note=own_note))
        after = admin.read("contacts").set_index("contact_id")
        pd.testing.assert_series_equal(after.loc[CARD_OF_ANOTHER], stored)
        assert after.at[OWN_CARD, "note"] == "put right"


def test_own_rows_are_saved_whole_as_they_were_read(own) -> None:
    with as_(own, HELPER) as store:
        cards = store.read("contacts")
        store.write("contacts", cards[cards["contact_id"].eq(OWN_CARD)].assign(minutes=45))
        assert store.read("contacts").set_index("contact_id").at[OWN_CARD, "minutes"] == 45
    with as_(own, TEACHER) as store:
        for table in ("children", "guardians"):
            store.write(table, store.read(table).assign(phone="10012345678"))
            assert store.read(table)["phone"].eq("10012345678").all()
    with as_(own, PLANNER) as store:
        store.write("outing_people", store.read("outing_people").assign(present=True))
        assert store.read("outing_people")["present"].all()
    with as_(own, COORDINATOR) as store:
        store.write("contacts", store.read("contacts").assign(minutes=5))
        assert store.read("contacts")["minutes"].eq(5).all()


# -- closed files ------------------------------------------------------------------------------


@pytest.mark.parametrize("user", [PLANNER, COORDINATOR, ADMIN])
def test_nobody_puts_a_closed_file_on_a_list(branch, user: str) -> None:
    with as_(branch, user) as store:
        before = store.newest() if user == ADMIN else None
        people = store.read("outing_people")
        at = people[people["outing_id"].eq("O0001") & people["role"].eq("child")].iloc[[0]]
        new = pd.DataFrame([{"outing_id": "O0001", "child_id": CLOSED, "role": "child"}])
        for row in (new, new.assign(group=1), at.assign(child_id=CLOSED)):
            with pytest.raises(Stale) as refused:
                store.write("outing_people", row)
            assert refused.value.code == "outing_child_closed"
            assert refused.value.values == {"count": 1, "child_id": CLOSED}
        assert user != ADMIN or store.newest() == before
        pd.testing.assert_frame_equal(store.read("outing_people"), people)


def test_an_open_file_goes_on_a_list(own) -> None:
    with as_(own, PLANNER) as store:
        row = {"outing_id": "O0001", "child_id": AT_HOME, "role": "child", "group": 1}
        store.write("outing_people", pd.DataFrame([row]))
        children = store.read("children").set_index("child_id")
        assert pd.notna(children.at[AT_HOME, "health"])


def test_a_past_list_with_a_closed_file_is_read_and_kept(own) -> None:
    with as_(own, PLANNER) as store:
        people = store.read("outing_people")
        listed = people[people["child_id"].eq(CLOSED)]
        assert listed["outing_id"].tolist() == ["O0002"]
        assert pd.notna(store.read("children").set_index("child_id").at[CLOSED, "name"])
        store.write("outing_people", listed.assign(present=False))


def test_a_past_outing_made_to_come_again_shows_no_closed_file(own) -> None:
    """The health and the family of the child on it whose file is open are shown."""
    with as_(own, PLANNER) as store:
        outings = store.read("outings")
        past = outings[outings["outing_id"].eq("O0002")]
        store.write("outings", past.assign(day=pd.Timestamp("2026-03-03")))
        health = store.read("children").set_index("child_id")["health"]
        assert pd.isna(health[CLOSED]) and pd.notna(health["C00012"])
        families = set(store.read("guardians")["child_id"])
        assert CLOSED not in families and "C00012" in families
