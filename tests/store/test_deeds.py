"""Every role x deed: what ``deeds.csv`` does not list is refused, and every deed is asked for."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from carekit.errors import CareError, NotAllowed
from carekit.store import (
    Store,
    add_user,
    backup_daily,
    backup_store,
    disable_user,
    erase_child,
    rules,
)
from carekit.store.recovery import new_recovery_code
from tests.store.branch_of_roles import ADMIN, OTHER_HELPER, OTHER_TEACHER, ROLES, as_, make

PEOPLE = [user for user in ROLES if user not in (OTHER_HELPER, OTHER_TEACHER)]


class OverError(Exception):
    """Far enough: nothing of the try stays."""


def step(kind: str) -> Callable[[Store], object]:
    def over() -> None:
        raise OverError

    return lambda store: store._do(lambda read: {}, kind=kind, after=over)


DEEDS: dict[str, Callable[[Store], object]] = {
    "publish": step("publish"),
    "import": step("import_children"),
    "settings": step("setting"),
    "users": step("user"),
    "drafts": lambda store: store.kept("care/form"),
    "shared_drafts": lambda store: store.kept_shared("matching/volunteer"),
    "rollup": lambda store: store.rollup(),
    "audit": lambda store: store.audit(),
    "history": lambda store: store.history("children", "C00001"),
    "recovery": step("recovery"),
    "undo": lambda store: store.undo("S000001"),  # the first step: never, for whoever may ask
    "erase": lambda store: erase_child(store, "C99999"),
    "backup": lambda store: backup_store(store, store.path),  # there is something there already
}
BY_ROWS = {"steps", "undo_own"}  # what they give is tested row by row in test_must_not, test_roles


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("deeds") / "town.care"
    make(path)
    return path


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("user", PEOPLE)
def test_a_deed_is_for_whom_it_is_listed(user: str, deed: str, branch: Path) -> None:
    with as_(branch, user) as store:
        try:
            DEEDS[deed](store)
            done = True
        except NotAllowed:
            done = False
        except (OverError, CareError):  # allowed, and something else stood against it
            done = True
    assert done == (deed in rules.deeds(ROLES[user][0]))


def test_every_deed_that_is_listed_is_tried_or_is_of_the_pages() -> None:
    every = {deed for role in rules.roles() for deed in rules.deeds(role)}
    rest = {deed for deed in every if not deed.startswith(("app_", "view_"))}
    assert rest == DEEDS.keys() | BY_ROWS


def test_who_may_not_let_people_in_is_refused_before_anything_is_looked_up(branch: Path) -> None:
    for user in PEOPLE[1:]:
        with as_(branch, user) as store:
            for attempt in (
                lambda store: add_user(store, ADMIN, "there already", "river stone 77"),
                lambda store: disable_user(store, "nobody there"),
                new_recovery_code,
            ):
                with pytest.raises(NotAllowed):
                    attempt(store)


@pytest.mark.parametrize("user", PEOPLE)
def test_who_may_not_publish_may_not_carry_out_a_rematch(user: str, branch: Path) -> None:
    role, _ = ROLES[user]
    with as_(branch, user) as store:
        if "publish" in rules.deeds(role):
            with pytest.raises(OverError):
                step("rematch")(store)
        else:
            with pytest.raises(NotAllowed):
                step("rematch")(store)


@pytest.mark.parametrize("user", PEOPLE)
def test_the_backup_of_the_day_is_the_servers_own_or_needs_leave(
    user: str, branch: Path, tmp_path: Path
) -> None:
    day = dt.date(2026, 3, 2)
    with as_(branch, user) as store:
        if "backup" in rules.deeds(ROLES[user][0]):
            assert backup_daily(store, day, tmp_path) is not None
        else:
            with pytest.raises(NotAllowed):
                backup_daily(store, day, tmp_path)
            assert not any(tmp_path.iterdir())
            store.actor = ""  # as the server does
            assert backup_daily(store, day, tmp_path) is not None
    with as_(branch, ADMIN) as store:
        last = store.audit().query("deed == 'backup'").fillna({"user": ""}).iloc[-1]
    assert (last["user"] == user) is ("backup" in rules.deeds(ROLES[user][0]))
