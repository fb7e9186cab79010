"""Birthdays and papers that end, day by day."""

import pandas as pd
import pytest

from carekit import people

DAY = "2026-03-02"


def born(*days, closed=None):
    ids = [f"C{n:05d}" for n in range(1, len(days) + 1)]
    dates = pd.to_datetime(pd.Series(list(days)))
    return pd.DataFrame({"child_id": ids, "birth_date": dates, "closed_on": pd.to_datetime(closed)})


def found(children, on=DAY, days=7):
    rows = people.birthdays(children, on=on, days=days)
    return [(r.child_id, f"{r.birthday:%Y-%m-%d}", r.turns) for r in rows.itertuples()]


def test_today_and_the_last_day_count_and_the_day_after_does_not():
    children = born("2015-03-01", "2015-03-02", "2014-03-09", "2013-03-10")
    assert found(children) == [("C00002", "2026-03-02", 11), ("C00003", "2026-03-09", 12)]


def test_the_turn_of_the_year_is_crossed():
    children = born("2015-01-02", "2015-12-30")
    expected = [("C00002", "2025-12-30", 10), ("C00001", "2026-01-02", 11)]
    assert found(children, on="2025-12-29") == expected


@pytest.mark.parametrize(
    ("on", "day"), [("2026-02-27", "2026-03-01"), ("2028-02-27", "2028-02-29")]
)
def test_a_child_of_29_february_has_its_day_every_year(on, day):
    assert [row[1] for row in found(born("2016-02-29"), on=on)] == [day]


def test_closed_files_unknown_days_and_newborns_are_left_out():
    assert found(born("2015-03-02", closed="2026-03-02")) == []
    assert found(born(None)) == []
    assert found(born("2026-03-02")) == []
    assert len(found(born("2015-03-02", closed="2026-03-03"))) == 1


def papers(*rows):
    names = ["helper_id", "kind", "day", "hours", "until"]
    frame = pd.DataFrame(list(rows), columns=names)
    return frame.assign(day=pd.to_datetime(frame["day"]), until=pd.to_datetime(frame["until"]))


def ending(trainings, on=DAY, days=30, closed=None):
    ids = sorted(set(trainings["helper_id"]))
    helpers = pd.DataFrame({"helper_id": ids, "closed_on": pd.to_datetime(closed)})
    rows = people.expiring(helpers, trainings, on=on, days=days)
    return [(r.helper_id, r.kind, f"{r.until:%Y-%m-%d}", r.code) for r in rows.itertuples()]


def test_a_records_check_ends_a_year_after_its_day_or_on_its_own():
    trainings = papers(
        ("H00001", "records_check", "2025-03-20", None, None),
        ("H00002", "records_check", "2025-03-20", None, "2026-03-05"),
        ("H00003", "records_check", "2025-03-02", None, "2030-01-01"),
        ("H00004", "records_check", "2025-05-20", None, None),
    )
    assert ending(trainings) == [
        ("H00003", "records_check", "2026-03-02", "paper_expired"),
        ("H00002", "records_check", "2026-03-05", "paper_expires"),
        ("H00001", "records_check", "2026-03-20", "paper_expires"),
    ]


def test_a_newer_check_takes_the_place_of_the_old_one():
    trainings = papers(
        ("H00001", "records_check", "2025-01-20", None, None),
        ("H00001", "records_check", "2026-01-20", None, None),
    )
    assert ending(trainings) == []


def test_a_check_that_lies_ahead_saves_nobody_yet():
    trainings = papers(
        ("H00001", "records_check", "2025-01-20", None, None),
        ("H00001", "records_check", "2026-03-10", None, None),
    )
    assert [row[3] for row in ending(trainings)] == ["paper_expired"]


def test_training_ends_when_less_than_two_hours_are_left():
    trainings = papers(
        ("H00001", "training", "2025-05-01", 1.0, "2026-03-10"),
        ("H00001", "training", "2025-05-01", 1.0, "2026-03-20"),
        ("H00001", "training", "2025-05-01", 1.0, None),
        ("H00002", "training", "2025-05-01", 2.0, None),
        ("H00002", "training", "2025-05-01", 2.0, "2026-03-10"),
        ("H00003", "training", "2025-05-01", 1.5, "2026-03-10"),
    )
    assert ending(trainings) == [("H00001", "training", "2026-03-20", "paper_expires")]


def test_what_ends_agrees_with_readiness_on_the_day_before_and_on_it():
    trainings = papers(
        ("H00001", "records_check", "2025-03-20", None, None),
        ("H00001", "training", "2025-05-01", 2.0, "2026-04-10"),
        ("H00001", "commitment", "2025-05-01", None, "2026-05-10"),
    )
    helpers = pd.DataFrame({"helper_id": ["H00001"], "closed_on": pd.NaT})
    ends = people.expiring(helpers, trainings, on=DAY, days=90)["until"].min()
    for day, ready in ((ends - pd.Timedelta(days=1), True), (ends, False)):
        assert bool(people.readiness(helpers, trainings, on=day)["ready"].iloc[0]) is ready


def test_who_left_is_left_out():
    trainings = papers(("H00001", "records_check", "2025-01-20", None, None))
    assert ending(trainings, closed="2026-03-02") == []
    assert len(ending(trainings, closed="2026-03-03")) == 1


def test_nobody_is_no_fault():
    empty = papers()
    assert ending(empty) == []
