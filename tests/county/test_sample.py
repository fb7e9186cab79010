"""The county is what it says it is: its figures, its people, its references."""

import hashlib

import pandas as pd
import pytest

from carekit import dates, people, tables

from .conftest import ON

pytestmark = pytest.mark.long

# Changes only when the sample is meant to change. Columns it does not fill do not count.
DIGEST = "a8498dd6a380093b9271a972d7ec456ce5347aa4cab97a3ab6dd5307ae03a774"
TABLES = (
    "villages",
    "schools",
    "classes",
    "terms",
    "children",
    "guardians",
    "helpers",
    "trainings",
    "pairings",
    "contacts",
    "outings",
    "consents",
)


@pytest.fixture(scope="module")
def volunteers(county):
    ready = people.readiness(county["helpers"], county["trainings"], on=ON)
    ready = ready.assign(age=dates.age(ready["birth_date"], on=ON))
    return ready[ready["kind"].isin(["volunteer", "caring_parent"])]


def test_it_is_the_pinned_one(county):
    digest = hashlib.sha256()
    for frame in county.values():
        filled = frame.dropna(axis="columns", how="all")
        digest.update(filled.to_csv(index=False, lineterminator="\n").encode())
    assert digest.hexdigest() == DIGEST


def test_the_figures_of_the_documented_district(county):
    assert tuple(county) == TABLES or set(county) == set(TABLES)
    assert len(county["schools"]) == 31
    assert int(county["classes"]["pupils"].sum()) == 16_856
    assert len(county["children"]) == 12_285
    in_class = county["children"]["class_id"].value_counts()
    pupils = county["classes"].set_index("class_id")["pupils"]
    assert (in_class <= pupils.reindex(in_class.index)).all()
    grades = county["classes"].groupby("school_id")["grade"].agg(set)
    assert (grades == set(range(1, 7))).all()


def test_the_published_proportions(county):
    children, guardians = county["children"], county["guardians"]
    away = children["parents_away"].value_counts(normalize=True)
    assert away["both"] == pytest.approx(0.428, abs=0.001)
    cared_for = guardians[guardians["role"] == "guardian"]["relation"].value_counts()
    assert cared_for["grandparent"] / len(children) == pytest.approx(0.797, abs=0.001)
    friends = cared_for["relative"] + cared_for["friend"]
    assert friends / len(children) == pytest.approx(0.13, abs=0.001)
    nobody = children["supervised"] != "yes"
    assert nobody.mean() == pytest.approx(0.073, abs=0.002)


def test_every_tier_has_children(county):
    share = people.priority(county["children"])["tier"].value_counts(normalize=True)
    assert share[1] == pytest.approx(0.10, abs=0.03)
    assert share[2] == pytest.approx(0.30, abs=0.05)


def test_places_are_short_but_not_everywhere(volunteers):
    assert len(volunteers) == 8_599
    fit = volunteers[volunteers["ready"] & (volunteers["age"] >= 18).fillna(False)]
    places = int(fit["places"].clip(upper=2).sum())
    assert 0.9 <= places / 12_285 < 1
    blocked = volunteers["blocked_by"].dropna().value_counts()
    assert set(blocked.index) >= {"records_check_expired", "training_missing"}


def test_every_class_has_its_teacher(county):
    teachers = county["helpers"].query("kind == 'teacher'")
    assert set(county["classes"]["class_id"]) == set(teachers["class_id"].dropna())


def test_every_teacher_has_a_school_and_every_upper_class_a_pupil_who_helps(county):
    helpers, classes = county["helpers"], county["classes"].set_index("class_id")
    teachers, peers = (helpers[helpers["kind"] == kind] for kind in ("teacher", "peer"))
    own = teachers["class_id"].map(classes["school_id"])
    assert teachers["school_id"].notna().all()
    assert (own.isna() | own.eq(teachers["school_id"])).all()
    assert sorted(peers["class_id"]) == sorted(classes.index[classes["grade"] >= 3])


def test_names_are_many(county):
    children, helpers = county["children"], county["helpers"]
    assert children["name"].nunique() > 0.9 * len(children)
    assert children["name"].str[0].nunique() > 60
    both = pd.concat([children[["class_id", "name"]], helpers[["class_id", "name"]].dropna()])
    assert not both.duplicated().any()  # nobody has a namesake in the class


def test_last_year_and_its_contacts(county):
    past, contacts = county["pairings"], county["contacts"]
    assert (past["until"] < pd.Timestamp(ON)).all()
    assert not past["helper_id"].duplicated().any()
    assert len(contacts) > 20_000
    inside = contacts.merge(past, on=["child_id", "helper_id"])
    assert len(inside) == len(contacts)
    assert ((inside["since"] <= inside["day"]) & (inside["day"] < inside["until"])).all()
    assert contacts.loc[~contacts["reached"], "minutes"].isna().all()


@pytest.mark.parametrize("table", TABLES)
def test_the_dictionary_finds_nothing_to_say(county, table):
    assert tables.check(table, county[table]).to_dict("records") == []


@pytest.mark.parametrize("table", TABLES)
def test_references_resolve_and_ids_are_ours(county, table):
    frame, described = county[table], tables.tables().loc[table]
    form = rf"{described['prefix']}\d{{{described['width']}}}"
    assert frame[tables.key(table)].str.fullmatch(form).all()
    assert not frame[tables.key(table)].duplicated().any()
    for column, other in tables.columns(table)["references"].items():
        if other:
            known = county[other][tables.key(other)]
            assert frame[column].dropna().isin(known).all(), column


def test_numbers_belong_to_nobody_and_to_one_only(county):
    people_ = pd.concat([county["children"], county["helpers"]])
    numbers = people_["id_number"].dropna()
    assert not numbers.duplicated().any()
    assert numbers.str.startswith("9999").all()
    phones = pd.concat([county[t]["phone"] for t in ("children", "guardians", "helpers")])
    assert phones.dropna().str.fullmatch(r"100\d{8}").all()
