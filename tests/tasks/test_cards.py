"""People added and corrected by hand: facts that follow, versions, files that close."""

import pandas as pd
import pytest

from carekit import pairing, people, tasks
from carekit.errors import BadInput, Stale
from carekit.store import create_store, open_store
from tests.stores import copied

DAY = pd.Timestamp("2026-03-02")


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    path = tmp_path_factory.mktemp("school") / "school.care"
    with create_store(path, actor="li.na") as store:
        tasks.fill_with_sample(store)
    return path


@pytest.fixture(scope="module")
def matched_school(school, tmp_path_factory):
    path = copied(school, tmp_path_factory.mktemp("matched") / "matched.care")
    with open_store(path, actor="li.na") as store:
        tasks.publish(store, tasks.propose(store, on=store.today()))
    return path


@pytest.fixture
def store(school, tmp_path):
    with open_store(copied(school, tmp_path / "town.care"), actor="li.na") as store:
        yield store


@pytest.fixture
def matched(matched_school, tmp_path):
    with open_store(copied(matched_school, tmp_path / "town.care"), actor="li.na") as store:
        yield store


def row(**cells):
    return pd.DataFrame({name: [value] for name, value in cells.items()})


def person(store, key, table="children"):
    return store.read(table).set_index(f"{key_name(table)}").loc[key]


def key_name(table):
    return {"children": "child_id", "helpers": "helper_id", "guardians": "guardian_id"}[table]


def test_a_new_child_gets_the_next_id_and_facts_from_its_number(store):
    before = store.read("children")["child_id"]
    typed = row(name="测试小草", id_number="999901201503070013", village_id="V0001")
    saved = tasks.save_person(store, "children", typed)
    assert saved.key not in set(before)
    child = person(store, saved.key)
    assert (child["sex"], child["birth_date"]) == ("male", pd.Timestamp("2015-03-07"))
    assert child["supervised"] == "unknown"
    store.undo(saved.step)
    assert len(store.read("children")) == len(before)


def test_a_number_that_contradicts_the_row_is_refused_with_its_column(store):
    typed = row(name="测试小草", id_number="999901201503070013", sex="female")
    with pytest.raises(BadInput) as refused:
        tasks.save_person(store, "children", typed)
    assert refused.value.values["wrong"] == {"id_number": "id_number_sex"}


def test_nobody_is_born_tomorrow(store):
    typed = row(name="测试小草", birth_date=pd.Timestamp("2026-03-03"))
    with pytest.raises(BadInput) as refused:
        tasks.save_person(store, "children", typed)
    assert refused.value.values["wrong"] == {"birth_date": "date_future"}


def test_a_name_that_is_there_is_asked_about_and_saved_when_sure(store):
    known = store.read("children").iloc[0]
    typed = row(name=known["name"])
    with pytest.raises(BadInput) as refused:
        tasks.save_person(store, "children", typed)
    assert refused.value.code == "person_known"
    assert refused.value.values == {"person": known["child_id"], "how": "perhaps"}
    count = len(store.read("children"))
    tasks.save_person(store, "children", typed, sure=True)
    assert len(store.read("children")) == count + 1


def test_an_identity_number_is_one_persons_even_when_sure(store):
    children = store.read("children").dropna(subset=["id_number"])
    one, two = children.iloc[0], children.iloc[1]
    with pytest.raises(BadInput) as refused:
        new = row(name="测试小草", id_number=one["id_number"])
        tasks.save_person(store, "children", new, sure=True)
    assert refused.value.code == "person_known"
    typed = row(
        child_id=two["child_id"],
        version=two["version"],
        id_number=one["id_number"],
        birth_date=one["birth_date"],
        sex=one["sex"],
    )
    with pytest.raises(BadInput) as refused:
        tasks.save_person(store, "children", typed)
    assert refused.value.values["wrong"] == {"id_number": "id_number_taken"}


def test_a_correction_changes_its_columns_and_no_other(store):
    before = person(store, "C00001")
    typed = row(child_id="C00001", version=before["version"], health="哮喘")
    tasks.save_person(store, "children", typed)
    after = person(store, "C00001")
    assert after["health"] == "哮喘"
    kept = before.index.difference(["health", "version"])
    assert after[kept].equals(before[kept])


def test_a_correction_of_what_somebody_else_changed_is_stale(store):
    version = person(store, "C00001")["version"]
    tasks.save_person(store, "children", row(child_id="C00001", version=version, note="一"))
    for seen in (version, None):
        with pytest.raises(Stale):
            typed = row(child_id="C00001", version=seen, note="二")
            tasks.save_person(store, "children", typed)
    assert person(store, "C00001")["note"] == "一"


def test_an_id_that_is_nobodys_is_refused(store):
    for typed in (row(child_id="C99999", version=1, name="某"), row(child_id="H00001", version=1)):
        with pytest.raises(BadInput) as refused:
            tasks.save_person(store, "children", typed)
        assert refused.value.code == "person_unknown"
    with pytest.raises(BadInput):
        tasks.save_person(store, "users", row(user_id="x"))
    with pytest.raises(BadInput):
        tasks.save_guardian(store, row(child_id="C99999", role="father", name="某"))


def alone(store):
    """A child without guardian, whom nobody supervises."""
    children = store.read("children")
    return children[children["supervised"].eq("no")].iloc[0]


def test_a_guardian_makes_a_child_supervised_and_its_age_a_circumstance(store):
    child = alone(store)
    saved = tasks.save_guardian(
        store,
        row(child_id=child["child_id"], role="guardian", name="王秀兰", birth_year=1950),
    )
    after = person(store, child["child_id"])
    assert after["supervised"] == "yes"
    assert "guardian_old_or_ill" in after["circumstances"]
    guardian = person(store, saved.key, "guardians")
    younger = row(guardian_id=saved.key, version=guardian["version"], birth_year=1980)
    tasks.save_guardian(store, younger)
    after = person(store, child["child_id"])
    assert pd.isna(after["circumstances"]) or "old_or_ill" not in after["circumstances"]
    assert after["supervised"] == "yes"


def test_the_undo_of_a_guardian_brings_the_childs_facts_back(store):
    child = alone(store)
    cells = row(child_id=child["child_id"], role="guardian", name="王秀兰", health="风湿")
    step = tasks.save_guardian(store, cells).step
    store.undo(step)
    after = person(store, child["child_id"])
    assert after["supervised"] == "no"
    same = ["circumstances", "household_id"]
    assert after[same].fillna("").equals(child[same].fillna(""))


def test_what_a_person_said_of_a_child_stays_when_a_phone_is_corrected(store):
    guardians = store.read("guardians")
    guardian = guardians[guardians["role"].eq("guardian") & guardians["birth_year"].gt(1970)]
    guardian = guardian[guardian["health"].isna()].iloc[0]
    child = person(store, guardian["child_id"])
    said = row(
        child_id=guardian["child_id"],
        version=child["version"],
        circumstances="guardian_old_or_ill",
        supervised="no",
    )
    tasks.save_person(store, "children", said)
    cells = row(
        guardian_id=guardian["guardian_id"], version=guardian["version"], phone="13800000000"
    )
    tasks.save_guardian(store, cells)
    after = person(store, guardian["child_id"])
    assert (after["circumstances"], after["supervised"]) == ("guardian_old_or_ill", "no")


def test_a_father_joins_a_new_child_to_its_siblings(store):
    guardians = store.read("guardians").dropna(subset=["name", "phone"])
    father = guardians[guardians["role"].eq("father")].iloc[0]
    new = tasks.save_person(store, "children", row(name="测试小草")).key
    cells = row(child_id=new, role="father", name=father["name"], phone=father["phone"])
    tasks.save_guardian(store, cells)
    sibling = person(store, father["child_id"])
    assert person(store, new)["household_id"] == sibling["household_id"]


def test_an_adult_without_name_relation_or_phone_is_nobody(store):
    with pytest.raises(BadInput) as refused:
        tasks.save_guardian(store, row(child_id="C00001", role="second", birth_year=1950))
    assert refused.value.values["wrong"] == {"name": "required_missing"}


def test_a_guardian_cannot_be_moved_to_another_child(store):
    guardian = store.read("guardians").iloc[0]
    cells = row(
        guardian_id=guardian["guardian_id"],
        version=guardian["version"],
        child_id="C00099",
        occupation="司机",
    )
    tasks.save_guardian(store, cells)
    after = person(store, guardian["guardian_id"], "guardians")
    assert (after["child_id"], after["occupation"]) == (guardian["child_id"], "司机")


def test_a_new_paper_makes_a_helper_ready_and_its_last_day_ends_it(store):
    def ready(helper):
        found = people.readiness(store.read("helpers"), store.read("trainings"), on=DAY)
        return bool(found.set_index("helper_id").at[helper, "ready"])

    found = people.readiness(store.read("helpers"), store.read("trainings"), on=DAY)
    lacking = found[found["blocked_by"].eq("records_check_expired")].iloc[0]["helper_id"]
    cells = row(helper_id=lacking, kind="records_check", day=DAY)
    saved = tasks.save_training(store, cells)
    assert ready(lacking)
    version = store.read("trainings").set_index("training_id").at[saved.key, "version"]
    tasks.save_training(store, row(training_id=saved.key, version=version, until=DAY))
    assert not ready(lacking)


def test_a_paper_cannot_end_before_it_begins(store):
    with pytest.raises(BadInput) as refused:
        cells = row(helper_id="H00001", kind="training", day=DAY, until=DAY - pd.Timedelta(days=1))
        tasks.save_training(store, cells)
    assert refused.value.values["wrong"] == {"until": "until_early"}


def paired(store):
    pairings = store.read("pairings")
    return pairings[pairing.active(pairings, DAY)].iloc[0]


@pytest.mark.parametrize("table", ["children", "helpers"])
def test_closing_a_file_ends_its_pairings_that_day_and_undo_brings_all_back(matched, table):
    key = paired(matched)[key_name(table)]
    before = matched.read("pairings")
    saved = tasks.close_file(matched, table, key, DAY, "moved")
    mine = matched.read("pairings").query(f"{key_name(table)} == @key")
    assert not pairing.active(mine, DAY).any()
    assert mine["until"].isna().sum() == 0
    others = matched.read("pairings").query(f"{key_name(table)} != @key")
    assert (
        pairing.active(others, DAY).sum()
        == pairing.active(before.query(f"{key_name(table)} != @key"), DAY).sum()
    )
    closed = person(matched, key, table)
    assert (closed["closed_on"], closed["closed_reason"]) == (DAY, "moved")
    matched.undo(saved.step)
    assert pd.isna(person(matched, key, table)["closed_on"])
    back = matched.read("pairings").drop(columns="version")
    assert back.equals(before.drop(columns="version"))


def test_a_pairing_that_would_begin_later_holds_on_no_day(store):
    pairings = pd.DataFrame(
        {"pairing_id": ["P1"], "child_id": ["C1"], "since": [DAY], "until": [pd.NaT]}
    )
    earlier = DAY - pd.Timedelta(days=9)
    ended = tasks.ending(pairings, "children", "C1", earlier)
    assert ended["until"].tolist() == [DAY]


def test_a_reopened_file_is_open_and_its_pairings_stay_over(matched):
    key = paired(matched)["child_id"]
    tasks.close_file(matched, "children", key, DAY, "moved")
    tasks.reopen_file(matched, "children", key)
    child = person(matched, key)
    assert pd.isna(child["closed_on"]) and pd.isna(child["closed_reason"])
    mine = matched.read("pairings").query("child_id == @key")
    assert not pairing.active(mine, DAY).any()


def test_closing_needs_a_reason_a_person_and_the_version_seen(store):
    version = int(person(store, "C00001")["version"])
    with pytest.raises(BadInput):
        tasks.close_file(store, "children", "C00001", DAY, "because")
    with pytest.raises(BadInput):
        tasks.close_file(store, "children", "C99999", DAY, "moved")
    with pytest.raises(BadInput):
        tasks.close_file(store, "users", "li.na", DAY, "moved")
    with pytest.raises(Stale):
        tasks.close_file(store, "children", "C00001", DAY, "moved", version=version + 1)
    assert pd.isna(person(store, "C00001")["closed_on"])


def test_the_same_token_saves_once(store):
    tasks.save_person(store, "children", row(name="测试小草"), token="once")
    count = len(store.read("children"))
    with pytest.raises(Stale):
        tasks.save_person(store, "children", row(name="测试大树"), token="once")
    assert len(store.read("children")) == count
