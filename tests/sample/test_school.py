"""The sample is what it says it is: its figures, its people, its references."""

import re

import pandas as pd
import pytest

from carekit import dates, people, sample, tables

TODAY = "2026-03-02"
OUTING = "2026-04-12"


@pytest.fixture(scope="module")
def school():
    return sample.school()


@pytest.fixture(scope="module")
def helpers(school):
    ready = people.readiness(school["helpers"], school["trainings"], on=TODAY)
    return ready.assign(age=dates.age(ready["birth_date"], on=TODAY))


@pytest.fixture(scope="module")
def volunteers(helpers):
    return helpers[helpers["kind"].isin(["volunteer", "caring_parent"])]


def test_the_figures_of_the_documented_school(school):
    classes, children = school["classes"], school["children"]
    assert (len(school["schools"]), len(classes), int(classes["pupils"].sum())) == (1, 18, 743)
    assert classes["grade"].value_counts().to_dict() == dict.fromkeys(range(1, 7), 3)
    assert len(children) == 122
    in_class = children["class_id"].value_counts().sort_index()
    assert in_class.index.tolist() == classes["class_id"].tolist()
    assert (in_class.to_numpy() < classes["pupils"]).all()


def test_the_published_proportions(school):
    children, guardians = school["children"], school["guardians"]
    assert children["parents_away"].value_counts().to_dict() == {"one": 70, "both": 52}
    cared_for = guardians[guardians["role"] == "guardian"]["relation"].value_counts()
    assert cared_for["grandparent"] == 97
    assert cared_for["relative"] + cared_for["friend"] == 16
    nobody = children[children["supervised"] != "yes"]
    assert sorted(nobody["supervised"].unique()) == ["no", "unknown"]
    assert len(nobody) == 9
    assert not guardians.query("role == 'guardian'")["child_id"].isin(nobody["child_id"]).any()


def test_brothers_and_sisters_share_home_and_parents(school):
    children, guardians = school["children"], school["guardians"]
    sizes = children["household_id"].value_counts().value_counts()
    assert sizes.to_dict() == {1: 100, 2: 8, 3: 2}
    shared = ["village_id", "address", "parents_away", "languages", "supervised"]
    assert (children.groupby("household_id")[shared].nunique() == 1).all(axis=None)
    mothers = guardians[guardians["role"] == "mother"].merge(children, on="child_id")
    assert (mothers.groupby("household_id")["name_x"].nunique() == 1).all()


def test_every_tier_has_children(school):
    share = people.priority(school["children"])["tier"].value_counts(normalize=True)
    assert share[1] == pytest.approx(0.10, abs=0.03)
    assert share[2] == pytest.approx(0.30, abs=0.05)


def test_an_old_guardian_is_marked_and_only_then(school):
    guardians = school["guardians"].query("role == 'guardian'")
    frail = guardians[(2026 - guardians["birth_year"] > 70) | guardians["health"].notna()]
    marked = tables.has_code(school["children"]["circumstances"], "guardian_old_or_ill")
    assert set(school["children"][marked]["child_id"]) == set(frail["child_id"])


def test_parents_match_who_is_away(school):
    parents = school["guardians"].query("role in ['father', 'mother']")
    away = parents[parents["workplace"] != "本村"].groupby("child_id").size()
    both = school["children"].set_index("child_id")["parents_away"] == "both"
    assert away.reindex(both.index).tolist() == [2 if b else 1 for b in both]


def test_every_child_can_be_reached_by_phone(school):
    reachable = school["guardians"].dropna(subset="phone")["child_id"]
    assert set(reachable) == set(school["children"]["child_id"])


def test_children_have_the_age_of_their_grade(school):
    children = school["children"].merge(school["classes"], on="class_id")
    in_autumn = dates.age(children["birth_date"], on="2025-08-31")
    assert (in_autumn - children["grade"]).between(5, 6).all()


def test_places_for_nine_of_ten_children(volunteers):
    ready = volunteers[volunteers["ready"] & (volunteers["age"] >= 18)]
    places = int(ready["places"].clip(upper=2).sum())
    assert 0.85 <= places / 122 <= 0.95
    assert ready["reach_km"].between(5, 15).all()


def test_some_volunteers_are_not_ready(volunteers):
    blocked = volunteers[~volunteers["ready"]]["blocked_by"].value_counts().to_dict()
    assert blocked == {
        "records_check_expired": 5,
        "training_missing": 4,
        "commitment_missing": 3,
        "training_short": 1,
    }
    assert int((volunteers["age"] < 18).sum()) == 3
    assert int(volunteers["age"].isna().sum()) == 1


def test_two_checks_run_out_before_the_outing(school, volunteers):
    then = people.readiness(volunteers.drop(columns="ready"), school["trainings"], on=OUTING)
    assert int((volunteers["ready"] & ~then["ready"]).sum()) == 2


def test_one_pupil_helps_in_each_class_of_the_upper_grades(school, helpers):
    peers = helpers[helpers["kind"] == "peer"].merge(school["classes"], on="class_id")
    assert peers["grade"].value_counts().to_dict() == dict.fromkeys(range(3, 7), 3)
    assert not peers["class_id"].duplicated().any()
    assert (peers["places"] == 1).all()
    in_autumn = dates.age(peers["birth_date"], on="2025-08-31")
    assert (in_autumn - peers["grade"]).between(5, 6).all()


def test_every_teacher_belongs_to_the_school(school, helpers):
    teachers = helpers[helpers["kind"] == "teacher"]
    assert set(teachers["school_id"]) == set(school["schools"]["school_id"])
    assert int(teachers["class_id"].isna().sum()) == 12


def test_every_class_has_its_teacher(school, helpers):
    teachers = helpers[helpers["kind"] == "teacher"]
    assert sorted(teachers["class_id"].dropna()) == sorted(school["classes"]["class_id"])
    assert (len(teachers), bool(teachers["ready"].all())) == (30, True)


def test_last_year_has_ended_and_its_helpers_are_still_there(school, helpers):
    past = school["pairings"]
    assert len(past) == 10
    assert not past["child_id"].duplicated().any()
    assert (past["until"] == pd.Timestamp("2026-01-15")).all()
    assert past["helper_id"].isin(helpers[helpers["closed_on"].isna()]["helper_id"]).all()


def test_the_outing_and_its_answers(school):
    outing = school["outings"].iloc[0]
    assert (outing["outing_id"], outing["places"]) == ("O0001", 44)
    assert outing["day"] == pd.Timestamp(OUTING)
    states = school["consents"]["state"].value_counts().to_dict()
    assert states == {"given": 92, "pending": 18, "refused": 7, "withdrawn": 3}
    assert not school["consents"]["child_id"].duplicated().any()


@pytest.mark.parametrize("table", sample.school())
def test_the_dictionary_finds_nothing_to_say(school, table):
    assert tables.check(table, school[table]).to_dict("records") == []


@pytest.mark.parametrize("table", sample.school())
def test_references_resolve_and_ids_are_ours(school, table):
    frame, described = school[table], tables.tables().loc[table]
    form = rf"{described['prefix']}\d{{{described['width']}}}"
    assert frame[tables.key(table)].str.fullmatch(form).all()
    for column, other in tables.columns(table)["references"].items():
        if other:
            known = school[other][tables.key(other)]
            assert frame[column].dropna().isin(known).all(), column


def test_nothing_lies_in_the_future(school):
    today = pd.Timestamp(TODAY)
    for table in ("trainings", "consents"):
        assert (school[table]["day"].dropna() <= today).all()


def test_identity_numbers_are_valid_and_of_no_real_region(school):
    people_ = pd.concat([school["children"], school["helpers"]]).dropna(subset="id_number")
    assert len(people_) > 200
    assert not people_["id_number"].duplicated().any()
    for number, sex, born in zip(
        people_["id_number"], people_["sex"], people_["birth_date"], strict=True
    ):
        # ISO 7064 mod 11-2, written another way than in the package.
        digits = [10 if letter == "X" else int(letter) for letter in number]
        remainder = 0
        for digit in digits:
            remainder = (remainder * 2 + digit) % 11
        assert (len(number), remainder) == (18, 1)
        assert not 11 <= int(number[:2]) <= 82
        assert number[6:14] == f"{born:%Y%m%d}"
        assert int(number[16]) % 2 == (sex == "male")


def test_telephones_belong_to_nobody(school):
    phones = pd.concat([school[t]["phone"] for t in ("children", "guardians", "helpers")])
    assert all(re.fullmatch(r"100\d{8}", phone) for phone in phones.dropna())


def test_people_are_told_apart_by_name(school):
    names = pd.concat([school["children"]["name"], school["helpers"]["name"]])
    assert not names.duplicated().any()


def test_villages_lie_within_a_day_trip(school):
    villages = school["villages"]
    east = (villages["longitude"] - villages["longitude"].iloc[0]) * 99.9
    north = (villages["latitude"] - villages["latitude"].iloc[0]) * 110.8
    assert ((east**2 + north**2) ** 0.5).between(0, 25).all()


def test_no_ready_volunteer_serves_the_far_village_or_speaks_xiang(school, volunteers):
    ready = volunteers[volunteers["ready"]]
    villages = school["villages"].set_index("village_id")
    far = villages.index[villages["name"] == "云岭村"][0]
    east = (villages["longitude"] - villages.at[far, "longitude"]) * 99.9
    north = (villages["latitude"] - villages.at[far, "latitude"]) * 110.8
    km = ready["village_id"].map((east**2 + north**2) ** 0.5)
    assert (km > ready["reach_km"] + 0.1).all()
    assert not tables.has_code(ready["languages"], "xiang").any()
    children = school["children"]
    assert int((children["village_id"] == far).sum()) == 5
    assert int((children["languages"] == "xiang").sum()) == 3
