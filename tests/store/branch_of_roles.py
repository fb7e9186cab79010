"""A branch with something in every table, and one person of every role in it.

The helper looks after two children of the teacher's class among others; every column of text that
may be empty is filled, so that a column that is left out is told from one that is empty.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from carekit import tables, tasks
from carekit.store import Store, add_user, create_store, guards, open_store

DAY = "2026-03-02"
PASSWORD = "tall bamboo river 4"
ADMIN, COORDINATOR, PLANNER, COUNSELLOR = "li.na", "zhou.yan", "zhao.min", "deng.li"
ANALYST, OFFICER, NOBODY = "chen.jing", "guo.feng", "nobody"
HELPER, OTHER_HELPER, TEACHER, OTHER_TEACHER = "wang.wei", "ma.lin", "he.ping", "luo.qin"
# The helper H00001 has C00001 and C00002 now, and had C00003; H00002 has C00004 and, as another
# kind of helper, C00001. C00001 to C00003 are of class K0001, C00004 of K0002.
MINE, ALSO_MINE, NO_LONGER, OTHERS = "C00001", "C00002", "C00003", "C00004"
CLOSED, GOING, AT_HOME = "C00005", "C00004", "C00010"
ROLES = {
    ADMIN: ("administrator", None),
    COORDINATOR: ("coordinator", None),
    TEACHER: ("class_teacher", "K0001"),
    OTHER_TEACHER: ("class_teacher", "K0002"),
    HELPER: ("helper", "H00001"),
    OTHER_HELPER: ("helper", "H00002"),
    PLANNER: ("planner", None),
    COUNSELLOR: ("counsellor", None),
    ANALYST: ("analyst", None),
    OFFICER: ("county_officer", None),
}


def _frame(columns: str, *rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


def _filled(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Every empty text says whose it is."""
    described = tables.columns(table)
    key = frame[tables.key(table)]
    for name, rule in described.iterrows():
        if rule["kind"] == "text" and not rule["references"] and not rule["key"]:
            frame[name] = frame[name].fillna(f"{name} of " + key)
    return frame


def _tables(store: Store) -> Iterator[tuple[str, pd.DataFrame]]:
    yield (
        "schools",
        _frame("school_id name county township", ("S002", "石桥小学", "示例县", "石桥镇")),
    )
    yield "classes", _frame("class_id school_id name grade", ("K0099", "S002", "三(1)班", 3))
    children = _filled("children", store.read("children"))
    ids = children["child_id"]
    place = {
        MINE: "K0001",
        ALSO_MINE: "K0001",
        NO_LONGER: "K0001",
        OTHERS: "K0002",
        CLOSED: "K0001",
    }
    children["class_id"] = ids.map({**place, "C00020": "K0099"}).fillna(children["class_id"])
    at_home = ids.map({MINE: "V0001", OTHERS: "V0002"})
    children["village_id"] = at_home.fillna(children["village_id"])
    children["circumstances"] = children["circumstances"].fillna("very_poor")
    children.loc[ids.eq(MINE), "circumstances"] = "suspected_harm;orphan"
    children.loc[ids.eq(CLOSED), "closed_on"] = pd.Timestamp("2026-02-01")
    children.loc[ids.eq(CLOSED), "closed_reason"] = "moved"
    children.loc[ids.eq("C00006"), "closed_on"] = pd.Timestamp("2026-05-01")
    yield "children", children
    yield "guardians", _filled("guardians", store.read("guardians"))
    helpers = _filled("helpers", store.read("helpers"))
    helpers.loc[helpers["helper_id"].eq("H00050"), "closed_on"] = pd.Timestamp("2026-01-01")
    yield "helpers", helpers
    yield "trainings", _filled("trainings", store.read("trainings"))
    pairings = store.read("pairings").assign(until=pd.Timestamp("2025-12-01"))
    yield "pairings", pairings
    new = "scheme child_id helper_id since until reason"
    rows = [
        ("volunteer", MINE, "H00001", "2026-01-05", None, "note on a pairing"),
        ("volunteer", ALSO_MINE, "H00001", "2026-01-05", "2026-06-01", "note on a pairing"),
        ("volunteer", NO_LONGER, "H00001", "2025-01-05", "2026-02-01", "fell out with the family"),
        ("volunteer", OTHERS, "H00002", "2026-01-05", None, "note on a pairing"),
        ("peer", MINE, "H00002", "2026-01-05", None, "note on a pairing"),
        ("volunteer", MINE, "H00003", "2025-01-05", "2026-01-05", "moved away"),
        ("volunteer", "C00010", "H00001", "2026-04-01", None, "begins later"),
        ("volunteer", CLOSED, "H00001", "2026-01-05", None, "of a closed file"),
    ]
    frame = _frame(new, *rows)
    frame[["since", "until"]] = frame[["since", "until"]].apply(pd.to_datetime)
    yield "pairings", frame
    said = "child_id helper_id day kind partner minutes reached note"
    days = [pd.Timestamp(day) for day in ("2026-02-20", "2026-02-25", "2026-01-20", "2025-06-01")]
    yield (
        "contacts",
        _frame(
            said,
            (MINE, "H00001", days[0], "talk", "child", 30, True, "own note"),
            (MINE, "H00002", days[1], "call", "parent", 10, True, "note of another helper"),
            (MINE, "H00003", days[3], "visit", "child", 60, True, "note of an earlier helper"),
            (OTHERS, "H00002", days[1], "talk", "child", 20, False, "note on another child"),
            (NO_LONGER, "H00001", days[2], "talk", "child", 20, True, "own note of then"),
        ),
    )
    asked = "child_id purpose outing_id state day until note"
    yield (
        "consents",
        _frame(
            asked,
            (MINE, "photo", None, "refused", days[0], None, "the father does not want it"),
            (OTHERS, "treatment", None, "given", days[0], None, "only at the county hospital"),
            (OTHERS, "outing", "O0001", "given", days[1], None, "the grandmother is ill"),
        ),
    )
    yield (
        "outings",
        _frame(
            "outing_id title day places destination starts ends vehicle_seats note",
            (
                "O0002",
                "旧城一日游",
                pd.Timestamp("2025-10-10"),
                20,
                "旧城",
                "08:00",
                "16:00",
                None,
                "note",
            ),
        ),
    )
    yield (
        "outing_people",
        _frame(
            "outing_id child_id helper_id role group vehicle present",
            ("O0001", GOING, "H00002", "child", 1, 1, False),
            ("O0001", None, "H00002", "adult", 1, 1, False),
            ("O0001", MINE, "H00001", "child", None, None, None),  # was taken off the plan
            ("O0002", "C00012", "H00001", "child", 1, 1, True),  # over
            ("O0002", None, "H00001", "adult", 1, 1, True),
            ("O0002", CLOSED, "H00050", "child", 1, 1, True),
        ),
    )
    peer = 'code = "peer"\nkinds = ["peer"]\nmost = 2\nrules = ["near_class"]'
    yield "settings", _frame("setting_id value", ("scheme/peer", peer), ("else", "1"))


def make(path: Path) -> None:
    """The branch, at a path."""
    with create_store(path, ADMIN, PASSWORD, practice_day=DAY) as store:
        tasks.fill_with_sample(store)
        with pytest.MonkeyPatch.context() as patch:
            # pairings as they stand, without asking whether these helpers are ready
            patch.setattr(guards, "violations", lambda *_: pd.DataFrame())
            # and last year's list as it was made, while every file on it was open
            patch.delitem(guards.GUARDS, "outing_people")
            for table, frame in _tables(store):
                store.write(table, frame)
        for user, (role, scope) in ROLES.items():
            if user != ADMIN:
                add_user(store, user, user.title(), PASSWORD, role, scope)
        scheme = tasks.scheme("volunteer")
        tasks.decide(store, scheme, "C00030", "H00030", "forbid", "kin", DAY)
    with as_(path, COORDINATOR) as store:
        tasks.decide(store, scheme, "C00031", "H00031", "lock", "they know each other", DAY)
        store.keep_shared("matching/volunteer", "C00001 with H00001", seen=0)
        store.keep("care/form", "half a sentence of the coordinator")


@contextmanager
def as_(path: Path, user: str) -> Iterator[Store]:
    """The branch as one of its people sees it."""
    with open_store(path, actor=user) as store:
        yield store
