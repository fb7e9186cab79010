"""The obligations that are shipped, and what they cost in a week."""

from fractions import Fraction

import pytest

from carekit import care, tables


def test_the_school_set_says_what_the_domain_says():
    said = [
        (one.code, one.kind, one.partner, one.minutes, one.every) for one in care.SCHOOL.obligations
    ]
    assert said == [
        ("weekly_talk", "talk", "child", 30, "week"),
        ("monthly_visit", "visit", "guardian", 90, "month"),
    ]
    assert all(one.source and one.en and one.zh for one in care.SCHOOL.obligations)


def test_its_kinds_and_partners_are_those_of_the_dictionary():
    assert {o.kind for o in care.SCHOOL.obligations} <= set(tables.choices("contact_kind").index)
    partners = set(tables.choices("contact_partner").index)
    assert {o.partner for o in care.SCHOOL.obligations} <= partners


def test_twelve_months_are_a_year_of_365_and_a_quarter_days():
    talk, visit = care.SCHOOL.obligations
    assert talk.minutes_a_week == 30
    assert visit.minutes_a_week * Fraction(1461, 4) == 90 * 12 * 7
    assert care.SCHOOL.minutes_a_week == 30 + Fraction(10080, 487)


def test_a_number_is_a_period_of_days():
    every = care.Obligation("x", "call", "parent", 10, "14", "Call", "电话", "test")
    assert (every.weeks, every.minutes_a_week) == (2, 5)


def test_an_unknown_set_is_an_error():
    with pytest.raises(KeyError):
        care.standard("moon")
