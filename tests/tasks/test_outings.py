"""What a planner does with a store: keep a plan, move people, take moves back, count heads."""

import pytest

from carekit import tasks
from carekit.errors import BadInput, Stale
from carekit.store import create_store, open_store
from tests.stores import copied

USER = "li.na"


@pytest.fixture(scope="module")
def planned_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("planned") / "town.care"
    with create_store(path, actor=USER) as store:
        tasks.fill_with_sample(store)
        tasks.publish(store, tasks.propose(store, on=store.today()))
        tasks.correct_outing(store, "O0001", vehicle_seats="33，19")
        tasks.replan_outing(store, "O0001")
    return path


@pytest.fixture
def store(planned_file, tmp_path):
    path = tmp_path / "town.care"
    copied(planned_file, path)
    with open_store(path, actor=USER) as opened:
        yield opened


def broken(store):
    return set(tasks.check_outing(store.read, tasks.plan_outing(store, "O0001"))["code"])


def rows(store):
    return store.read("outing_people")


def test_a_kept_plan_is_the_one_that_is_read(store):
    plan = tasks.plan_outing(store, "O0001")
    assert plan.kept and broken(store) == set()
    assert len(rows(store)) == len(plan.going) + len(plan.adults)
    fresh = tasks.plan_with(store.read, "O0001", anew=True)
    assert not fresh.kept
    assert fresh.going["child_id"].tolist() == plan.going["child_id"].tolist()


def test_a_move_writes_one_row_and_is_taken_back_by_its_step(store):
    before = rows(store)
    helper = tasks.plan_outing(store, "O0001").adults["helper_id"][0]
    step = tasks.move_person(store, "O0001", helper, 2)
    assert store.steps().iloc[-1][["kind", "rows"]].tolist() == ["outing_move", 1]
    assert {"too_few_adults", "helper_apart"} <= broken(store)
    store.undo(step)
    same = ["outing_person_id", "group", "vehicle"]
    assert rows(store)[same].equals(before[same])
    assert broken(store) == set()


def test_who_leaves_keeps_the_row_and_comes_back_into_it(store):
    before = rows(store)
    child = tasks.plan_outing(store, "O0001").going["child_id"][0]
    tasks.leave_out(store, "O0001", child)
    assert rows(store).set_index("child_id").loc[child, ["group", "vehicle"]].isna().all()
    tasks.bring_in(store, "O0001", child, 1)
    assert len(rows(store)) == len(before)
    assert broken(store) == set()


def test_two_planners_at_once_overwrite_nothing(store):
    plan = tasks.plan_outing(store, "O0001")
    one, two = plan.adults["helper_id"][0], plan.adults["helper_id"][3]
    with open_store(store.path, actor=USER) as other:
        tasks.move_person(store, "O0001", one, 3, together=True)
        tasks.move_person(other, "O0001", two, 4, together=True)
    where = tasks.plan_outing(store, "O0001").adults.set_index("helper_id")["group"]
    assert (where[one], where[two]) == (3, 4)


def test_starting_anew_forgets_what_was_moved(store):
    before = rows(store)
    plan = tasks.plan_outing(store, "O0001")
    tasks.leave_out(store, "O0001", plan.adults["helper_id"][0])
    tasks.move_group(store, "O0001", 3, 2)
    tasks.replan_outing(store, "O0001")
    same = ["outing_person_id", "child_id", "helper_id", "group", "vehicle"]
    assert rows(store)[same].equals(before[same])


def test_heads_are_counted(store):
    person = rows(store)["child_id"].dropna().iloc[0]
    tasks.tick(store, "O0001", person, True)
    assert rows(store).set_index("child_id").at[person, "present"]
    tasks.tick(store, "O0001", person, False)
    assert not rows(store)["present"].fillna(False).any()
    tasks.tick(store, "O0001", person, True)
    tasks.start_count(store, "O0001", vehicle=2)
    assert rows(store)["present"].fillna(False).sum() == 1  # that child rides in the first
    tasks.start_count(store, "O0001")
    assert not rows(store)["present"].any()
    with pytest.raises(BadInput) as refused:
        tasks.tick(store, "O0001", "C99999", True)
    assert refused.value.code == "person_not_going"


def test_nobody_is_counted_before_there_are_groups(store):
    made = tasks.add_outing(store, "Old city", "2026-05-09", 20, vehicle_seats="12+8")
    assert store.read("outings").set_index("outing_id").at[made, "vehicle_seats"] == "12, 8"
    for count in (lambda: tasks.tick(store, made, "C00001", True),
                  lambda: tasks.start_count(store, made)):  # fmt: skip
        with pytest.raises(BadInput) as refused:
            count()
        assert refused.value.code == "plan_not_kept"


def test_an_answer_completes_the_open_one_and_follows_a_dated_one(store):
    consents = store.read("consents")
    waiting = consents[consents["day"].isna()].iloc[0]["child_id"]
    said = consents[consents["state"].eq("given")].iloc[0]["child_id"]
    tasks.answer_consent(store, "O0001", waiting, "given")
    tasks.answer_consent(store, "O0001", said, "withdrawn")
    after = store.read("consents")
    assert len(after) == len(consents) + 1
    assert after.query("child_id == @waiting")["state"].tolist() == ["given"]
    assert sorted(after.query("child_id == @said")["state"]) == ["given", "withdrawn"]
    with pytest.raises(BadInput) as refused:
        tasks.answer_consent(store, "O0001", "C99999", "given")
    assert refused.value.code == "child_unknown"


def test_an_outing_is_corrected_and_its_plan_stays(store):
    tasks.correct_outing(store, "O0001", vehicle_seats="50")
    assert len(tasks.plan_outing(store, "O0001").going) > 20
    assert broken(store) == {"vehicle_unknown"}
    for changes, code in (
        ({"places": 1}, "outing_places_wrong"),
        ({"title": " "}, "outing_title_missing"),
        ({"vehicle_seats": "a bus"}, "vehicle_seats_wrong"),
    ):
        with pytest.raises(BadInput) as refused:
            tasks.correct_outing(store, "O0001", **changes)
        assert refused.value.code == code


def test_the_same_token_makes_one_outing(store):
    tasks.add_outing(store, "Old city", "2026-05-09", 20, token="t" * 8)
    with pytest.raises(Stale):
        tasks.add_outing(store, "Old city", "2026-05-09", 20, token="t" * 8)
    assert len(store.read("outings")) == 2
