"""Who may write down which contact."""

import pandas as pd
import pytest

from carekit import tasks
from carekit.errors import BadInput, NotAllowed
from carekit.store import add_user, create_store, guards, open_store
from tests.care.frames import DAY
from tests.stores import copied

PASSWORD = "tall bamboo 4"
PAIRINGS = [
    ("C00001", "H00001", "2026-01-05", None),
    ("C00002", "H00002", "2026-01-05", None),
    ("C00003", "H00001", "2025-01-05", "2026-02-01"),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "town.care"
    with create_store(path, actor="li.na", practice_day=DAY) as store:
        tasks.fill_with_sample(store)
        store.write("pairings", store.read("pairings").assign(until=pd.Timestamp("2025-12-01")))
        rows = [
            dict(zip(("child_id", "helper_id", "since", "until"), p, strict=True)) for p in PAIRINGS
        ]
        frame = pd.DataFrame(rows).assign(scheme="volunteer")
        for column in ("since", "until"):
            frame[column] = pd.to_datetime(frame[column])
        known = store.read("helpers").set_index("helper_id")
        assert {"H00001", "H00002"} <= set(known.index)
        _paired(store, frame)
        add_user(store, "wang.wei", "王伟", PASSWORD, "helper", "H00001")
        add_user(store, "zhao.min", "赵敏", PASSWORD, "planner")
    return path


def _paired(store, frame):
    """Pairings as they stand, without asking whether these helpers are ready."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guards, "violations", lambda *_: pd.DataFrame())
        store.write("pairings", frame)


@pytest.fixture
def as_(made, tmp_path):
    path = copied(made, tmp_path / "town.care")
    return lambda user: open_store(path, actor=user)


def row(child="C00001", helper="H00001", day=DAY, **more):
    given = {"child_id": [child], "helper_id": [helper], "day": [pd.Timestamp(day)]}
    return pd.DataFrame(given | {"kind": ["talk"]} | {k: [v] for k, v in more.items()})


def test_a_helper_writes_for_an_own_child_as_one_step_that_can_be_taken_back(as_):
    with as_("wang.wei") as store:
        step = tasks.log_contact(store, row(minutes=30), token="one")
        assert tasks.log_contact(store, row(minutes=30), token="one") == step
        found = store.read("contacts")
        assert found[["child_id", "helper_id", "kind", "minutes"]].values.tolist() == [
            ["C00001", "H00001", "talk", 30]
        ]
        assert store.steps().iloc[-1][["kind", "user_id"]].tolist() == ["contact", "wang.wei"]
        store.undo(step)
        assert store.read("contacts").empty


@pytest.mark.parametrize(
    "wrong",
    [
        row("C00002"),  # another helper's child
        row("C00002", "H00002"),  # in another's name
        row("C00001", "H00002"),
        row("C00003"),  # no longer the own child
        row("C00001", day="2026-01-04"),  # not yet the own child
        row("C99999"),
        row("C00099"),
    ],
)
def test_a_helper_writes_for_nobody_else(as_, wrong):
    with as_("wang.wei") as store:
        with pytest.raises(NotAllowed, match="care_not_yours"):
            tasks.log_contact(store, wrong)
        assert store.read("contacts").empty


def test_a_helper_may_still_write_down_a_day_when_the_child_was_the_own(as_):
    with as_("wang.wei") as store:
        tasks.log_contact(store, row("C00003", day="2026-01-31"))
        assert store.read("contacts").empty  # written, and no longer shown
    with as_("li.na") as store:
        assert store.read("contacts")["child_id"].tolist() == ["C00003"]


def test_a_coordinator_writes_for_every_child(as_):
    with as_("li.na") as store:
        tasks.log_contact(store, row("C00099", "H00002"))
        assert len(store.read("contacts")) == 1


def test_a_planner_writes_nothing(as_):
    with as_("zhao.min") as store, pytest.raises(NotAllowed, match="care_not_yours"):
        tasks.log_contact(store, row())


@pytest.mark.parametrize(
    ("user", "wrong", "code"),
    [
        ("li.na", row("C99999"), "child_unknown"),
        ("li.na", row("C00001", "H99999"), "helper_unknown"),
        ("li.na", row(day="2026-03-03"), "contact_in_future"),
        ("wang.wei", row(day="2026-03-03"), "contact_in_future"),
        ("li.na", row().drop(columns="kind"), "rows_refused"),
        ("li.na", row().drop(columns="day"), "rows_refused"),
    ],
)
def test_what_cannot_be_written(as_, user, wrong, code):
    with as_(user) as store:
        with pytest.raises(BadInput) as caught:
            tasks.log_contact(store, wrong)
        assert caught.value.code == code
        assert store.read("contacts").empty


def test_my_children(as_):
    with as_("wang.wei") as store:
        assert tasks.my_children(store, "H00001")["child_id"].tolist() == ["C00001"]
        with pytest.raises(NotAllowed):
            tasks.my_children(store, "H00002")
    with as_("li.na") as store:
        assert tasks.my_children(store, "H00002")["child_id"].tolist() == ["C00002"]
    with as_("zhao.min") as store, pytest.raises(NotAllowed):
        tasks.my_children(store, "H00001")


@pytest.mark.parametrize(
    ("role", "scope", "disabled", "tied"),
    [
        ("coordinator", None, None, None),
        ("helper", "H00001", False, "H00001"),
        ("helper", None, False, NotAllowed),
        ("helper", "H00001", True, NotAllowed),
        ("planner", None, False, NotAllowed),
    ],
)
def test_whom_a_person_is_tied_to(as_, role, scope, disabled, tied):
    with as_("zhao.min") as planner, as_("li.na") as store:
        mine = store.read("users").query("user_id == 'zhao.min'")
        store.write("users", mine.assign(role=role, scope=scope, disabled=disabled))
        if tied is NotAllowed:
            with pytest.raises(NotAllowed):
                tasks.helper_of(planner)
        else:
            assert tasks.helper_of(planner) == tied
