"""Who goes, stated as facts: tiers, units, consents, places, adults."""

from functools import cache
from importlib import import_module

import pandas as pd
import pytest

from carekit.errors import BadInput, CareError
from carekit.outings import RULES, Outing, Rules, check, plan
from tests.outings.frames import ON, children, consents, frames, helpers, outing, pairings, random


def made(places=44, rules=RULES, **tables):
    return plan(outing(places), **frames(**tables), rules=rules)


def two_helpers():
    return helpers({"helper_id": "H1"}, {"helper_id": "H2"})


def codes(result):
    return dict(zip(result.not_going["child_id"], result.not_going["code"], strict=True))


def test_children_go_with_their_own_helpers_in_one_group_of_two_adults():
    result = made(
        children=children("C1", "C2", "C3"),
        offers=two_helpers(),
        pairings=pairings(("C1", "H1"), ("C2", "H1"), ("C3", "H2")),
    )
    assert dict(zip(result.going["child_id"], result.going["helper_id"], strict=True)) == {
        "C1": "H1",
        "C2": "H1",
        "C3": "H2",
    }
    assert result.going["group"].tolist() == [1, 1, 1]
    assert result.adults[["group", "helper_id", "children"]].to_numpy().tolist() == [
        [1, "H1", 2],
        [1, "H2", 1],
    ]
    assert result.not_going.empty


@pytest.mark.parametrize(
    ("state", "goes", "shown"),
    [("given", True, "given"), ("pending", True, "pending"), (None, True, "pending")]
    + [(no, False, f"consent_{no}") for no in ("refused", "withdrawn")],
)
def test_consent(state, goes, shown):
    result = made(
        children=children("C1", "C2", "C3"),
        offers=two_helpers(),
        pairings=pairings(("C1", "H1"), ("C2", "H1"), ("C3", "H2")),
        consents=consents(("C1", state, "2026-03-01")) if state else None,
    )
    if goes:
        assert result.going.set_index("child_id").at["C1", "consent"] == shown
    else:
        assert codes(result) == {"C1": shown}
        assert set(result.going["child_id"]) == {"C2", "C3"}


@pytest.mark.parametrize(
    ("answers", "shown"),
    [
        ([("given", "2026-03-02"), ("withdrawn", "2026-03-05")], "consent_withdrawn"),
        ([("withdrawn", "2026-03-05"), ("given", "2026-03-06")], "given"),
        ([("refused", "2026-03-02"), ("given", "2026-03-02")], "given"),  # same day: the later id
        ([("pending", None), ("given", "2026-03-02")], "given"),
        ([("refused", None), ("given", "2026-03-02")], "consent_refused"),  # may be the later one
    ],
)
def test_the_last_answer_counts(answers, shown):
    result = made(
        children=children("C1", "C2"),
        offers=two_helpers(),
        pairings=pairings(("C1", "H1"), ("C2", "H2")),
        consents=consents(*[("C1", *answer) for answer in answers]),
    )
    said = {
        **codes(result),
        **dict(zip(result.going["child_id"], result.going["consent"], strict=True)),
    }
    assert said["C1"] == shown


def test_answers_for_other_purposes_and_outings_do_not_count():
    answers = consents(("C1", "refused", "2026-03-01"), ("C2", "given", "2026-03-01"))
    answers["purpose"] = ["photo", "outing"]
    answers["outing_id"] = ["O0001", "O0002"]
    result = made(
        children=children("C1", "C2"),
        offers=two_helpers(),
        pairings=pairings(("C1", "H1"), ("C2", "H2")),
        consents=answers,
    )
    assert result.going["consent"].tolist() == ["pending", "pending"]


def test_a_no_to_all_outings_is_a_no_and_a_yes_to_all_is_none():
    answers = consents(("C1", "refused", "2026-03-01"), ("C2", "given", "2026-03-01"))
    answers["outing_id"] = pd.NA
    result = made(
        children=children("C1", "C2", "C3"),
        offers=two_helpers(),
        pairings=pairings(("C1", "H1"), ("C2", "H2"), ("C3", "H1")),
        consents=answers,
    )
    assert codes(result) == {"C1": "consent_refused"}
    assert result.going.set_index("child_id").at["C2", "consent"] == "pending"


def test_a_yes_that_ends_before_the_day_is_pending():
    answers = consents(("C1", "given", "2026-03-01"))
    answers["until"] = pd.Timestamp(ON)
    result = made(
        children=children("C1", "C2"),
        offers=two_helpers(),
        pairings=pairings(("C1", "H1"), ("C2", "H2")),
        consents=answers,
    )
    assert result.going.set_index("child_id").at["C1", "consent"] == "pending"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ready": False, "blocked_by": "training_missing"}, "helper_not_ready"),
        ({"birth_date": "2008-04-13"}, "helper_under_18"),  # 18 on the day after
        ({"birth_date": None}, "helper_age_unknown"),
    ],
)
def test_a_helper_who_may_not_go_stays_at_home_with_the_children(change, code):
    offers = helpers({"helper_id": "H1", **change}, {"helper_id": "H2"}, {"helper_id": "H3"})
    result = made(
        children=children("C1", "C2", "C3"),
        offers=offers,
        pairings=pairings(("C1", "H1"), ("C2", "H2"), ("C3", "H3")),
    )
    assert codes(result) == {"C1": code}
    assert set(result.adults["helper_id"]) == {"H2", "H3"}


def test_who_is_eighteen_on_the_day_counts():
    offers = helpers({"helper_id": "H1", "birth_date": "2008-04-12"}, {"helper_id": "H2"})
    result = made(
        children=children("C1", "C2"), offers=offers, pairings=pairings(("C1", "H1"), ("C2", "H2"))
    )
    assert len(result.adults) == 2


def test_pairings_hold_from_since_to_the_day_before_until():
    pairs = pairings(("C1", "H1"), ("C2", "H2"), ("C3", "H2"), ("C4", "H1"))
    pairs["since"] = pd.to_datetime([ON, "2026-01-01", "2026-04-13", "2026-01-01"])
    pairs["until"] = pd.to_datetime([None, "2026-04-13", None, ON])
    result = made(children=children("C1", "C2", "C3", "C4"), offers=two_helpers(), pairings=pairs)
    assert set(result.going["child_id"]) == {"C1", "C2"}
    assert codes(result) == {"C3": "no_helper", "C4": "no_helper"}


def test_of_several_helpers_one_who_may_go_then_the_volunteer_then_the_id():
    offers = helpers({"helper_id": "H1"}, {"helper_id": "H2"}, {"helper_id": "H3", "ready": False})
    pairs = pairings(
        ("C1", "H1", "teacher"),
        ("C1", "H2", "volunteer"),
        ("C2", "H3", "volunteer"),
        ("C2", "H1", "teacher"),
        ("C3", "H2", "teacher"),
        ("C3", "H1", "teacher"),
    )
    result = made(children=children("C1", "C2", "C3"), offers=offers, pairings=pairs)
    assert dict(zip(result.going["child_id"], result.going["helper_id"], strict=True)) == {
        "C1": "H2",
        "C2": "H1",
        "C3": "H1",
    }


def test_the_most_urgent_go_first_and_a_unit_that_does_not_fit_is_passed_over():
    kids = children("C1", "C2", "C3", "C4", "C5", tier=[3, 2, 2, 1, 3])
    offers = helpers(*({"helper_id": h} for h in ("H1", "H2", "H3", "H4")))
    pairs = pairings(("C1", "H1"), ("C2", "H2"), ("C3", "H2"), ("C4", "H3"), ("C5", "H4"))
    result = made(places=4, children=kids, offers=offers, pairings=pairs)
    # H3 with C4 takes two places; H2 with C2 and C3 would need three of the two left.
    assert set(result.going["child_id"]) == {"C4", "C1"}
    assert codes(result) == {"C2": "no_places", "C3": "no_places", "C5": "no_places"}


def test_the_tier_is_computed_when_children_have_none():
    kids = children("C1", "C2", "C3").drop(columns="tier")
    kids["supervised"] = ["yes", "yes", "no"]
    kids["circumstances"] = [None, "very_poor", None]
    offers = helpers(*({"helper_id": h} for h in ("H1", "H2", "H3")))
    result = made(
        places=4,
        children=kids,
        offers=offers,
        pairings=pairings(("C1", "H1"), ("C2", "H2"), ("C3", "H3")),
    )
    assert dict(zip(result.going["child_id"], result.going["tier"], strict=True)) == {
        "C2": 2,
        "C3": 1,
    }


def test_a_unit_without_a_second_adult_gives_way_to_two_that_fit():
    kids = children("C1", "C2", "C3", "C4", tier=[1, 1, 2, 3])
    offers = helpers(*({"helper_id": h} for h in ("H1", "H2", "H3")))
    pairs = pairings(("C1", "H1"), ("C2", "H1"), ("C3", "H2"), ("C4", "H3"))
    result = made(places=4, children=kids, offers=offers, pairings=pairs)
    assert set(result.going["child_id"]) == {"C3", "C4"}
    assert codes(result) == {"C1": "no_second_adult", "C2": "no_second_adult"}


def test_nobody_goes_with_one_adult_alone():
    result = made(children=children("C1"), offers=two_helpers(), pairings=pairings(("C1", "H1")))
    assert (len(result.going), len(result.adults)) == (0, 0)
    assert codes(result) == {"C1": "no_second_adult"}


def test_small_children_need_more_adults():
    kids = children(*(f"C{n}" for n in range(8)), birth_date="2025-01-01")  # 1:3
    offers = helpers(*({"helper_id": h} for h in ("H1", "H2", "H3")))
    pairs = pairings(*((f"C{n}", "H1") for n in range(7)), ("C7", "H2"))
    result = made(children=kids, offers=offers, pairings=pairs)
    assert set(codes(result).values()) == {"too_few_adults_for_ages", "no_second_adult"}
    pairs = pairings(*((f"C{n}", "H1") for n in range(6)), ("C6", "H2"), ("C7", "H3"))
    result = made(children=kids, offers=offers, pairings=pairs)
    # 8 / 3 children need three adults, so all stand in one group.
    assert result.going["group"].tolist() == [1] * 8
    assert len(result.adults) == 3


def test_unknown_and_impossible_ages_count_as_the_youngest():
    kids = children("C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", birth_date=None)
    kids.loc[0, "birth_date"] = pd.Timestamp("2027-01-01")
    pairs = pairings(*((f"C{n}", "H1") for n in range(1, 5)), *((f"C{n}", "H2") for n in (5, 6)))
    result = made(children=kids, offers=two_helpers(), pairings=pairs)
    assert len(result.going) == 6
    assert result.going["age_unknown"].all()
    assert result.going["age"].isna().all()
    assert codes(result) == {"C7": "no_helper", "C8": "no_helper"}


def test_closed_files_are_left_out_and_open_ones_are_all_there():
    kids = children("C1", "C2", "C3", "C4")
    kids["closed_on"] = pd.to_datetime([None, ON, "2026-04-13", None])
    result = made(
        children=kids,
        offers=two_helpers(),
        pairings=pairings(("C1", "H1"), ("C2", "H2"), ("C3", "H2")),
    )
    assert set(result.going["child_id"]) == {"C1", "C3"}
    assert codes(result) == {"C4": "no_helper"}


def test_nothing_to_plan_gives_empty_frames():
    result = made()
    assert [len(f) for f in (result.going, result.adults, result.not_going)] == [0, 0, 0]
    assert "signature" not in result.going and "allergies" in result.going


@cache
def instance(seed):
    given, tables = random(seed)
    return given, tables, plan(given, **tables)


@pytest.mark.parametrize("seed", range(200))
def test_random_outings_list_every_open_child_once_within_the_places(seed):
    given, tables, result = instance(seed)
    open_now = ~(tables["children"]["closed_on"] <= pd.Timestamp(given.on))
    everyone = sorted(tables["children"].loc[open_now, "child_id"])
    assert sorted([*result.going["child_id"], *result.not_going["child_id"]]) == everyone
    assert len(result.going) + len(result.adults) <= given.places
    assert result.not_going["code"].notna().all()
    assert not result.going["consent"].isin(["refused", "withdrawn"]).any()
    if len(result.adults):
        assert result.adults.groupby("group").size().min() >= 2


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_rows_and_columns_changes_nothing(seed):
    given, tables, result = instance(seed)
    assert check(result, **tables).empty
    shuffled = {
        name: frame.sample(frac=1, random_state=seed).sample(frac=1, axis=1, random_state=seed)
        for name, frame in tables.items()
    }
    again = plan(given, **shuffled)
    pd.testing.assert_frame_equal(result.going, again.going)
    pd.testing.assert_frame_equal(result.adults, again.adults)
    pd.testing.assert_frame_equal(result.not_going, again.not_going)


def test_random_outings_are_worth_their_name():
    plans = [instance(seed)[2] for seed in range(200)]
    met = pd.concat([p.not_going["code"] for p in plans]).value_counts()
    assert set(met.index) == {
        "consent_refused",
        "consent_withdrawn",
        "no_helper",
        "helper_not_ready",
        "helper_under_18",
        "helper_age_unknown",
        "no_places",
        "no_second_adult",
        "too_few_adults_for_ages",
    }
    assert sum(len(p.going) > 0 for p in plans) > 100


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"title": "  "}, "outing_title_missing"),
        ({"title": pd.NA}, "outing_title_missing"),
        ({"places": 2}, "outing_places_wrong"),
        ({"places": 2001}, "outing_places_wrong"),
        ({"places": 4.5}, "outing_places_wrong"),
        ({"places": True}, "outing_places_wrong"),
        ({"on": "soon"}, "day_wrong"),
    ],
)
def test_an_outing_that_makes_no_sense_is_refused(values, code):
    with pytest.raises(BadInput) as refused:
        Outing(**{"title": "Garden", "on": ON, "places": 44, **values})
    assert refused.value.code == code


@pytest.mark.parametrize(
    "values",
    [
        {"bands": ()},
        {"bands": ((1, 3),)},
        {"bands": ((0, 3), (0, 4))},
        {"bands": ((0, 0),)},
        {"min_adults": 0},
    ],
)
def test_rules_that_make_no_sense_are_refused(values):
    with pytest.raises(BadInput) as refused:
        Rules(**values)
    assert refused.value.code == "rules_wrong"


@pytest.mark.parametrize(
    ("age", "children_per_adult"),
    [
        *[(None, 3), (-1, 3), (0, 3), (1, 3), (2, 4), (3, 4)],
        *[(4, 6), (8, 6), (9, 8), (12, 8), (13, 10), (18, 10)],
    ],
)
def test_the_safeguarding_figures(age, children_per_adult):
    assert RULES.children_per_adult(age) == children_per_adult


def test_a_broken_plan_is_never_given_out(monkeypatch):
    module = import_module("carekit.outings.plan")
    monkeypatch.setattr(module, "_enough", lambda group, rules: True)
    with pytest.raises(CareError) as fault:
        made(
            children=children("C1", "C2"),
            offers=two_helpers(),
            pairings=pairings(("C1", "H1"), ("C2", "H2")),
        )
    assert fault.value.code == "plan_broken"
    assert fault.value.values["codes"] == ["too_few_adults"]
