"""What each helper carries: children of the day, minutes owed, what was really done."""

import pandas as pd
import pytest

from carekit import care, tables
from tests.care.frames import DAY, contact, contacts, helpers, pairing, pairings, table


def load(some, pairs=(), met=(), out=()):
    return care.load(
        some,
        pairings(*pairs),
        contacts(*met),
        table("outing_people", *out),
        care.SCHOOL,
        on=DAY,
    ).set_index("helper_id")


def test_nobody_is_dropped_and_the_order_stays():
    some = helpers(H2=1.0, H1=None, H3=0.0)
    found = load(some, [pairing("C1", "H1")])
    assert found.index.tolist() == ["H2", "H1", "H3"]
    assert found["children"].tolist() == [0, 1, 0]
    assert (
        found.loc["H2", ["minutes_a_week", "outings", "contacts", "minutes", "attempts"]]
        .eq(0)
        .all()
    )


@pytest.mark.parametrize(
    ("since", "until", "children"),
    [
        (DAY, None, 1),
        ("2026-03-03", None, 0),
        ("2026-01-01", "2026-03-03", 1),
        ("2026-01-01", DAY, 0),
    ],
)
def test_a_pairing_counts_from_its_first_day_to_the_day_before_its_end(since, until, children):
    assert load(helpers(H1=4), [pairing("C1", "H1", since, until)])["children"]["H1"] == children


def test_a_child_in_two_schemes_is_one_child():
    pairs = [pairing("C1", "H1"), pairing("C1", "H1", "2026-02-01", scheme="teacher")]
    assert load(helpers(H1=4), pairs)["children"]["H1"] == 1


@pytest.mark.parametrize(("n", "minutes"), [(1, 51), (2, 101), (3, 152), (5, 253), (13, 659)])
def test_minutes_are_rounded_once_for_all_children(n, minutes):
    pairs = [pairing(f"C{i}", "H1") for i in range(n)]
    assert load(helpers(H1=40), pairs)["minutes_a_week"]["H1"] == minutes


def test_share_and_over():
    pairs = [pairing(f"C{h}", h) for h in ("H1", "H2", "H3", "H4")]
    found = load(helpers(H1=2.0, H2=0.5, H3=None, H4=0.0, H5=0.0), pairs)
    assert found["share"]["H1"] == pytest.approx(51 / 120)
    assert found["share"]["H2"] == pytest.approx(51 / 30)
    assert found["share"][["H3", "H4", "H5"]].isna().all()
    assert found["over"].tolist() == [False, True, False, True, False]


def test_exactly_what_is_offered_is_not_over():
    assert not load(helpers(H1=0.85), [pairing("C1", "H1")])["over"]["H1"]  # 51 minutes


def test_thirty_days_back_today_included():
    met = [
        contact("C1", "H1", DAY, minutes=1),
        contact("C2", "H1", "2026-02-01", minutes=2),
        contact("C3", "H1", "2026-01-31", minutes=4),
        contact("C4", "H1", "2026-03-03", minutes=8),
    ]
    found = load(helpers(H1=4), met=met)
    assert (found["contacts"]["H1"], found["minutes"]["H1"]) == (2, 3)


def test_an_attempt_is_no_contact_and_takes_no_minutes():
    met = [
        contact("C1", "H1", minutes=10, reached=False),
        contact("C2", "H1", minutes=20, reached=True),
        contact("C3", "H1", reached=None),
        contact("C4", "H2", minutes=5),
    ]
    found = load(helpers(H1=4, H2=4), met=met)
    assert found.loc["H1", ["contacts", "attempts", "minutes"]].tolist() == [2, 1, 20]
    assert found.loc["H2", ["contacts", "attempts", "minutes"]].tolist() == [1, 0, 5]


def test_an_outing_counts_once_and_only_for_the_adult():
    out = [
        {"outing_id": "O1", "helper_id": "H1", "role": "adult"},
        {"outing_id": "O1", "helper_id": "H1", "role": "adult"},
        {"outing_id": "O2", "helper_id": "H1", "role": "adult"},
        {"outing_id": "O3", "helper_id": "H1", "child_id": "C1", "role": "child"},
        {"outing_id": "O1", "helper_id": None, "child_id": "C2", "role": "child"},
    ]
    assert load(helpers(H1=4, H2=4), out=out)["outings"].tolist() == [2, 0]


def test_nothing_is_changed_in_place_and_empty_tables_do():
    some = helpers(H1=4)
    before = some.copy(deep=True)
    load(some, [pairing("C1", "H1")], [contact("C1", "H1")])
    pd.testing.assert_frame_equal(some, before)
    assert load(tables.empty("helpers")).empty
