"""Plans changed by hand, kept as rows and read back."""

import pandas as pd
import pytest

from carekit import tables as dictionary
from carekit.errors import BadInput
from carekit.outings import (
    Outing,
    add_adult,
    bring_in,
    check,
    from_people,
    leave_out,
    move,
    move_group,
    people_of,
    plan,
    spare_adults,
)
from tests.outings.frames import ON, children, consents, frames, helpers, pairings


@pytest.fixture
def tables():
    ids = [f"C{n}" for n in range(1, 9)]
    return frames(
        children=children(*ids, "C9"),
        offers=helpers(
            *({"helper_id": f"H{n}"} for n in range(1, 9)),
            {"helper_id": "H9", "ready": False},
            {"helper_id": "HA", "birth_date": "2010-01-01"},
            {"helper_id": "HB"},
        ),
        pairings=pairings(*((f"C{n}", f"H{n}") for n in range(1, 9))),
        consents=consents(*((child, "given", "2026-03-01") for child in ids)),
    )


@pytest.fixture
def made(tables):
    outing = Outing("Garden", on=ON, places=20, outing_id="O0001", vehicles=(10, 10))
    return plan(outing, **tables)


def found(changed, tables):
    return sorted(check(changed, **tables)["code"])


def where(frame, key):
    return {row[key]: (row["group"], row["vehicle"]) for row in frame.to_dict("records")}


def test_a_child_moves_alone_and_the_check_speaks(made, tables):
    moved = move(made, "C1", 3)
    assert where(moved.going, "child_id")["C1"] == (3, 2)
    assert where(moved.adults, "helper_id") == where(made.adults, "helper_id")
    assert found(moved, tables) == ["helper_apart"]


def test_a_helper_moves_alone_and_the_check_speaks(made, tables):
    moved = move(made, "H1", 3)
    assert where(moved.adults, "helper_id")["H1"] == (3, 2)
    assert found(moved, tables) == ["helper_apart", "too_few_adults"]


@pytest.mark.parametrize("person", ["C1", "H1"])
def test_a_helper_and_the_own_children_move_together(made, tables, person):
    moved = move(made, person, 3, together=True)
    assert where(moved.going, "child_id")["C1"] == (3, 2)
    assert where(moved.adults, "helper_id")["H1"] == (3, 2)
    assert found(moved, tables) == ["too_few_adults"]
    assert where(move(moved, person, 1, together=True).going, "child_id") == where(
        made.going, "child_id"
    )


def test_the_next_number_makes_a_new_group_in_the_same_vehicle(made, tables):
    moved = move(made, "H8", 5, together=True)
    assert where(moved.going, "child_id")["C8"] == (5, 2)
    assert found(moved, tables) == ["too_few_adults", "too_few_adults"]


def test_a_group_changes_vehicles(made, tables):
    moved = move_group(made, 1, 2)
    assert set(moved.going.query("group == 1")["vehicle"]) == {2}
    assert found(moved, tables) == ["over_seats"]


def test_a_child_is_left_out_and_brought_in_again(made, tables):
    left = leave_out(made, "C1")
    assert "C1" not in set(left.going["child_id"])
    assert left.not_going.set_index("child_id").at["C1", "code"] == "not_chosen"
    assert found(left, tables) == []  # the helper may come along all the same
    back = bring_in(left, "C1", 1)
    pd.testing.assert_frame_equal(back.going, made.going)
    pd.testing.assert_frame_equal(back.adults, made.adults)
    pd.testing.assert_frame_equal(back.not_going, made.not_going)


def test_a_helper_is_left_out_with_the_own_children_and_comes_back_with_them(made, tables):
    left = leave_out(made, "H1")
    assert {"C1"} == set(made.going["child_id"]) - set(left.going["child_id"])
    assert found(left, tables) == ["too_few_adults"]
    back = bring_in(left, "C1", 1)
    pd.testing.assert_frame_equal(back.adults, made.adults)
    assert found(back, tables) == []


def test_a_spare_adult_comes_along(made, tables):
    spare = spare_adults(made, tables["offers"])
    assert spare["helper_id"].tolist() == ["HB"]
    short = leave_out(made, "H1")
    more = add_adult(short, spare.iloc[0], 1)
    assert found(more, tables) == []
    assert more.adults.set_index("helper_id").at["HB", "children"] == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda p: move(p, "C9", 1), "person_not_going"),
        (lambda p: move(p, "nobody", 1), "person_not_going"),
        (lambda p: leave_out(p, "C9"), "person_not_going"),
        (lambda p: move(p, "C1", 6), "group_unknown"),
        (lambda p: move(p, "C1", 0), "group_unknown"),
        (lambda p: move_group(p, 5, 1), "group_unknown"),
        (lambda p: move_group(p, 1, 3), "vehicle_unknown_number"),
        (lambda p: move_group(p, 1, 0), "vehicle_unknown_number"),
        (lambda p: bring_in(p, "C1", 1), "child_goes_or_unknown"),
        (lambda p: add_adult(p, {"helper_id": "H1", "name": "", "phone": ""}, 1),
         "adult_goes_already"),
    ],
)  # fmt: skip
def test_moves_that_make_no_sense(made, change, code):
    with pytest.raises(BadInput) as refused:
        change(made)
    assert refused.value.code == code


def test_a_plan_comes_back_from_its_rows(made, tables):
    rows = people_of(made)
    assert dictionary.check("outing_people", rows.assign(outing_person_id="OP1").head(1)).empty
    back = from_people(made.outing, rows, **tables)
    for name in ("going", "adults", "not_going"):
        pd.testing.assert_frame_equal(getattr(back, name), getattr(made, name), check_dtype=False)
    assert back.kept and not made.kept


def test_rows_without_a_group_do_not_go(made, tables):
    rows = people_of(made)
    rows.loc[rows["child_id"].eq("C1"), ["group", "vehicle"]] = pd.NA
    back = from_people(made.outing, rows, **tables)
    assert back.not_going.set_index("child_id").at["C1", "code"] == "not_chosen"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        *[("closed", "not_open"), ("refused", "no_consent"), ("unpaired", "helper_apart")],
        ("not ready", "not_ready"),
    ],
)
def test_nobody_who_was_planned_disappears_when_the_world_changes(made, tables, change, code):
    rows = people_of(made)
    if change == "closed":
        kids = tables["children"]
        kids["closed_on"] = kids["closed_on"].mask(kids["child_id"].eq("C2"), pd.Timestamp(ON))
    elif change == "refused":
        more = consents(("C2", "refused", "2026-03-20")).assign(consent_id="N9")
        tables["consents"] = pd.concat([tables["consents"], more])
    elif change == "unpaired":
        tables["pairings"] = tables["pairings"].query("child_id != 'C2'")
    else:
        tables["offers"]["ready"] = tables["offers"]["helper_id"].ne("H2")
    back = from_people(made.outing, rows, **tables)
    assert where(back.going, "child_id") == where(made.going, "child_id")
    assert code in found(back, tables)


def test_who_could_go_is_known_before_anything_is_planned(made, tables):
    nobody = from_people(made.outing, people_of(made).head(0), **tables)
    assert nobody.going.empty and nobody.adults.empty
    codes = nobody.not_going.set_index("child_id")["code"]
    assert codes.to_dict() == {**{f"C{n}": "not_chosen" for n in range(1, 9)}, "C9": "no_helper"}
