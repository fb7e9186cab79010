"""What must not be possible, said from the field and not from the policy.

A matrix made from the policy cannot find a wrong policy. Each line here is a person, a deed in
words, and the try. It must be refused, or give nothing of what is named; nothing may be written.
"""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from carekit import tables, tasks
from carekit.errors import CareError, NotAllowed
from carekit.store import (
    Store,
    add_user,
    disable_user,
    guards,
    rules,
    set_password,
)
from carekit.store.recovery import new_recovery_code
from tests.store.branch_of_roles import (
    ADMIN,
    ANALYST,
    AT_HOME,
    CLOSED,
    COORDINATOR,
    COUNSELLOR,
    GOING,
    HELPER,
    MINE,
    NO_LONGER,
    OFFICER,
    OTHERS,
    PASSWORD,
    PLANNER,
    ROLES,
    TEACHER,
    as_,
    make,
)

Try = Callable[[Store], object]
MUST_NOTS: list[tuple[str, str, Try]] = []
READ = {"contacts", "children", "guardians", "helpers", "pairings", "consents"}
SHOWN = "shown"  # what a try gives that was let see what it must not


def must_not(user: str, what: str) -> Callable[[Try], Try]:
    def enter(attempt: Try) -> Try:
        MUST_NOTS.append((user, what, attempt))
        return attempt

    return enter


def sees(table: str, **cells: object) -> Try:
    """A try that is caught when a row with these cells is shown; ``column=...``: at all."""

    def look(store: Store) -> object:
        frame = store.read(table)
        for column, value in cells.items():
            if column not in frame:
                return None
            known = frame[column].notna() if value is ... else frame[column].eq(value)
            frame = frame[known.fillna(False).astype(bool)]
        return SHOWN if len(frame) else None

    return look


def writes(table: str, key: str | None = None, **cells: object) -> Try:
    """A try to change a row (of this key), or to add one."""

    def write(store: Store) -> object:
        row = pd.DataFrame([cells])
        if key is not None:
            name = tables.key(table)
            with as_(store.path, ADMIN) as admin:  # the try does not fail for an old version
                version = admin.read(table).set_index(name).at[key, "version"]
            row = row.assign(**{name: key, "version": version})
        return store.write(table, row)

    return write


def contact(**cells: object) -> dict[str, object]:
    row = {"child_id": MINE, "helper_id": "H00001", "day": pd.Timestamp("2026-03-01")}
    return row | {"kind": "talk"} | cells


# -- a helper and other people's children ------------------------------------------------------

H = HELPER
for _user, _what, _attempt in [
    (H, "see another helper's child", sees("children", child_id=OTHERS)),
    (H, "see a child that was the own one until last month", sees("children", child_id=NO_LONGER)),
    (H, "see a child that will be the own one next month", sees("children", child_id=AT_HOME)),
    (H, "see a child whose file is closed", sees("children", child_id=CLOSED)),
    (H, "see the identity number of the own child", sees("children", id_number=...)),
    (H, "see what harm is suspected", sees("children", circumstances=...)),
    (H, "see what was noted about the own child", sees("children", note=...)),
    (H, "see which children share a household", sees("children", household_id=...)),
    (H, "see the phone of another child's grandmother", sees("guardians", child_id=OTHERS)),
    (H, "see that the own child's guardian is ill", sees("guardians", health=...)),
    (H, "see where the father works", sees("guardians", workplace=...)),
    (H, "see another helper's record card", sees("contacts", child_id=OTHERS)),
    (H, "read what the own child told another helper",
     sees("contacts", note="note of another helper")),
    (H, "read what the own child told the helper before",
     sees("contacts", note="note of an earlier helper")),
    (H, "see the phone of another helper", sees("helpers", helper_id="H00002", phone=...)),
    (H, "see the identity number of a helper, even the own", sees("helpers", id_number=...)),
    (H, "see who else works for the branch", sees("helpers", helper_id="H00004")),
    (H, "see whose children others have", sees("pairings", child_id=OTHERS)),
    (H, "see why a pairing ended", sees("pairings", reason=...)),
    (H, "see the records check of anybody", sees("trainings")),
    (H, "see what a family agreed to", sees("consents")),
    (H, "see locked and forbidden pairs", sees("decisions")),
    (H, "see who else goes on the outing", sees("outing_people", child_id=GOING)),
    (H, "see where another child lives", sees("villages", village_id="V0002")),
    (H, "see the users", sees("users")),
    (H, "write a contact for another helper's child",
     writes("contacts", **contact(child_id=OTHERS))),
    (H, "write a contact in another helper's name",
     writes("contacts", **contact(helper_id="H00002"))),
    (H, "write a contact for a day before the pairing",
     writes("contacts", **contact(day=pd.Timestamp("2025-12-24")))),
    (H, "write a contact for a child that is no longer the own one",
     writes("contacts", **contact(child_id=NO_LONGER))),
    (H, "correct another helper's record card", writes("contacts", "L0000002", minutes=1)),
    (H, "guess the minutes on another helper's record card",
     writes("contacts", "L0000002", minutes=10)),
    (H, "guess what the own child told another helper",
     writes("contacts", "L0000002", note="note of another helper")),
    (H, "guess with whom another helper spoke",
     writes("contacts", "L0000002", partner="parent")),
    (H, "take over another helper's record card",
     writes("contacts", "L0000002", helper_id="H00001")),
    (H, "give an own record card to another child",
     writes("contacts", "L0000001", child_id=OTHERS)),
    (H, "date an own record card before the pairing",
     writes("contacts", "L0000001", day=pd.Timestamp("2025-12-24"))),
    (H, "guess what is stored about a child by writing it",
     writes("children", MINE, circumstances="suspected_harm;orphan")),
    (H, "end a pairing", writes("pairings", "P000011", until=pd.Timestamp("2026-03-20"))),
    (H, "pair themselves with a child",
     writes("pairings", scheme="volunteer", child_id=AT_HOME, helper_id="H00001",
            since=pd.Timestamp("2026-03-02"))),
    (H, "correct the own child's name", writes("children", MINE, name="王小明")),
    (H, "close the own child's file",
     writes("children", MINE, closed_on=pd.Timestamp("2026-03-02"))),
    (H, "change the guardian's phone", writes("guardians", "G00001", phone="10000000000")),
    (H, "write an own records check",
     writes("trainings", helper_id="H00001", kind="records_check", day=pd.Timestamp("2026-03-01"))),
    (H, "offer more places in their own register row", writes("helpers", "H00001", places=9)),
    (H, "answer for a family", writes("consents", child_id=MINE, purpose="photo", state="given")),
    (H, "read the history of another child", lambda s: s.history("children", OTHERS)),
    (H, "read the history of the own child", lambda s: s.history("children", MINE)),
    (H, "see what others did in the store",
     lambda s: SHOWN if s.steps()["user_id"].ne(HELPER).any() else None),
    (H, "take back a coordinator's step", lambda s: s.undo("S000005")),
    (H, "match", lambda s: s.change(lambda read: {}, kind="publish")),
    (H, "import a list", lambda s: s.change(lambda read: {}, kind="import_children")),
    (H, "see the branch's proposal", lambda s: s.kept_shared("matching/volunteer")),
    (H, "throw the branch's proposal away",
     lambda s: s.keep_shared("matching/volunteer", None, seen=1)),
    (H, "find what the coordinator was writing",
     lambda s: SHOWN if s.kept("care/form") else None),
    (H, "see who saw a child", lambda s: s.who_saw(MINE)),
    (H, "see the audit", lambda s: s.audit()),
    (H, "read a setting of the branch", lambda s: s.setting("else")),
]:  # fmt: skip
    must_not(_user, _what)(_attempt)

# -- a planner ---------------------------------------------------------------------------------

P = PLANNER
for _user, _what, _attempt in [
    (P, "see the health of a child that stays at home",
     sees("children", child_id=AT_HOME, health=...)),
    (P, "see the allergies of a child that was on last year's outing",
     sees("children", child_id="C00012", allergies=...)),
    (P, "see the health of a child that was taken off the plan",
     sees("children", child_id=MINE, health=...)),
    (P, "see an identity number", sees("children", id_number=...)),
    (P, "see the identity number of a helper", sees("helpers", id_number=...)),
    (P, "see why a child is a key help target", sees("children", circumstances=...)),
    (P, "see whether anybody looks after a child", sees("children", supervised=...)),
    (P, "see where a child lives", sees("children", address=...)),
    (P, "see which village a child is from", sees("children", village_id=...)),
    (P, "see a closed file", sees("children", child_id="C00005", address=...)),
    (P, "see the phone of a family whose child stays at home", sees("guardians", child_id=AT_HOME)),
    (P, "see a guardian's illness", sees("guardians", health=...)),
    (P, "read what a child told its helper", sees("contacts")),
    (P, "read why a family said no", sees("consents", note=...)),
    (P, "see consents to photos or treatment", sees("consents", purpose="photo")),
    (P, "see why a pairing ended", sees("pairings", reason=...)),
    (P, "see notes on a records check", sees("trainings", note=...)),
    (P, "see notes on a helper", sees("helpers", note=...)),
    (P, "see locked and forbidden pairs", sees("decisions")),
    (P, "write consent to treatment",
     writes("consents", child_id=MINE, purpose="treatment", state="given")),
    (P, "turn a refusal of photos into an outing's consent",
     writes("consents", "N000121", purpose="outing", state="given")),
    (P, "pair a child for the day",
     writes("pairings", scheme="volunteer", child_id=MINE, helper_id="H00009",
            since=pd.Timestamp("2026-03-02"))),
    (P, "make a helper ready",
     writes("trainings", helper_id="H00009", kind="training", day=pd.Timestamp("2026-03-01"))),
    (P, "put a child whose file is closed on a list",
     writes("outing_people", outing_id="O0001", child_id=CLOSED, role="child", group=1)),
    (P, "see the family of a child whose file is closed", sees("guardians", child_id=CLOSED)),
    (P, "correct an allergy", writes("children", GOING, allergies="none")),
    (P, "import a list", lambda s: s.change(lambda read: {}, kind="import_children")),
    (P, "take back somebody else's step", lambda s: s.undo("S000005")),
    (P, "read the history of a child", lambda s: s.history("children", GOING)),
    (P, "change the practice day", writes("settings", "practice_day", value="2027-01-01")),
]:  # fmt: skip
    must_not(_user, _what)(_attempt)

# -- a class teacher ---------------------------------------------------------------------------

T = TEACHER
for _user, _what, _attempt in [
    (T, "see a child of another class", sees("children", child_id=OTHERS)),
    (T, "see the family of a child of another class", sees("guardians", child_id=OTHERS)),
    (T, "see an identity number of the own class", sees("children", id_number=...)),
    (T, "read what a child of the class told its helper", sees("contacts", note=...)),
    (T, "see a contact of another class", sees("contacts", child_id=OTHERS)),
    (T, "see a helper who has no child of the class", sees("helpers", helper_id="H00004")),
    (T, "see where a helper lives", sees("helpers", village_id=...)),
    (T, "see another class", sees("classes", class_id="K0002")),
    (T, "see why a pairing ended", sees("pairings", reason=...)),
    (T, "read why a family refuses photos", sees("consents", note=...)),
    (T, "take a child of another class into the own", writes("children", OTHERS, class_id="K0001")),
    (T, "move a child of the own class away", writes("children", MINE, class_id="K0002")),
    (T, "correct a child of another class", writes("children", OTHERS, phone="10000000000")),
    (T, "make a child a key help target", writes("children", MINE, circumstances="orphan")),
    (T, "say that nobody looks after a child", writes("children", MINE, supervised="no")),
    (T, "rename a child", writes("children", MINE, name="王小明")),
    (T, "give a guardian to a child of another class",
     writes("guardians", "G00001", child_id=OTHERS)),
    (T, "enter a child", writes("children", name="王小明", class_id="K0001", phone="10000000000")),
    (T, "write a contact", writes("contacts", **contact())),
    (T, "read the history of a child of another class", lambda s: s.history("children", OTHERS)),
    (T, "find earlier values of a column that is not shown",
     lambda s: SHOWN if any("id_number" in one or "wish_sex" in one
                            for one in s.history("children", MINE)["changes"]) else None),
    (T, "see the branch's proposal", lambda s: s.kept_shared("matching/volunteer")),
]:  # fmt: skip
    must_not(_user, _what)(_attempt)

# -- a counsellor, an analyst, a county officer ------------------------------------------------

C, A, F = COUNSELLOR, ANALYST, OFFICER
for _user, _what, _attempt in [
    (C, "see an identity number", sees("children", id_number=...)),
    (C, "see where a child lives", sees("children", address=...)),
    (C, "read a record card before there is a case", sees("contacts", note=...)),
    (C, "see a closed file", sees("children", child_id=CLOSED)),
    (C, "change a child's file", writes("children", MINE, health="well")),
    (C, "match", lambda s: s.change(lambda read: {}, kind="publish")),
    (A, "see a name", sees("children", name=...)),
    (A, "see an exact birth date", sees("children", birth_date=...)),
    (A, "see a village", sees("children", village_id=...)),
    (A, "see a class", sees("children", class_id=...)),
    (A, "see a school", sees("schools")),
    (A, "see the villages", sees("villages")),
    (A, "see an id of ours", sees("children", child_id=MINE)),
    (A, "see whose contact it is", sees("contacts", child_id=MINE)),
    (A, "see a helper's id", sees("contacts", helper_id="H00001")),
    (A, "see what a child suffers from", sees("children", circumstances=...)),
    (A, "read a note", sees("contacts", note=...)),
    (A, "see the title of an outing", sees("outings", title=...)),
    (A, "see the day of an outing", sees("outings", day=...)),
    (A, "see a guardian's name", sees("guardians", name=...)),
    (A, "see a phone", sees("helpers", phone=...)),
    (A, "tell children apart by the order of their rows",
     lambda s: None if s.read("children")["child_id"].is_monotonic_increasing else SHOWN),
    (A, "read a history", lambda s: s.history("children", MINE)),
    (A, "change anything", writes("children", MINE, sex="male")),
    *[(F, f"see any row of {table}", sees(table)) for table in sorted(READ)],
    (F, "see the schools", sees("schools")),
    (F, "see the outings", sees("outings")),
    (F, "see fewer than five children in a cell",
     lambda s: SHOWN if s.rollup()["children"].between(1, 4).any() else None),
    (F, "read a history", lambda s: s.history("schools", "S001")),
    (F, "write anything", writes("schools", "S001", name="another")),
    (F, "see the steps", lambda s: SHOWN if len(s.steps()) else None),
]:  # fmt: skip
    must_not(_user, _what)(_attempt)

# -- roles, passwords, the store itself --------------------------------------------------------

for name, (role, _) in ROLES.items():
    if role in ("administrator",):
        continue
    for what, attempt in [
        ("make themselves administrator", writes("users", name, role="administrator")),
        ("move themselves to another scope", writes("users", name, scope="H00002")),
        ("let somebody in", lambda s: add_user(s, "new.one", "New", PASSWORD)),
        ("take over the administrator's password", lambda s: set_password(s, ADMIN, "blue sky 77")),
        ("shut a colleague out", lambda s: disable_user(s, "ma.lin")),
        ("print a new recovery code", lambda s: new_recovery_code(s)),
        ("rename the branch", lambda s: tasks.name_branch(s, "Another")),
    ]:
        must_not(name, what)(attempt)

CO = COORDINATOR
for _user, _what, _attempt in [
    (CO, "see roles and scopes", sees("users", role=...)),
    (CO, "decide in the administrator's name",
     writes("decisions", scheme="volunteer", child_id=MINE, helper_id="H00009", verdict="forbid",
            reason="x", decided_on=pd.Timestamp("2026-03-02"), user_id=ADMIN)),
    (CO, "rewrite the reason of a decision", writes("decisions", "D00001", reason="another")),
    (CO, "see the audit", lambda s: s.audit()),
    (CO, "take back that somebody was let in",
     lambda s: s.undo(s.steps().query("kind == 'user'")["step_id"].iloc[0])),
    (CO, "move the practice day", writes("settings", "practice_day", value="2027-01-01")),
    (ADMIN, "decide in a coordinator's name",
     writes("decisions", scheme="volunteer", child_id=MINE, helper_id="H00009", verdict="forbid",
            reason="x", decided_on=pd.Timestamp("2026-03-02"), user_id=COORDINATOR)),
    (ADMIN, "leave the store without an administrator", writes("users", ADMIN, role="planner")),
]:  # fmt: skip
    must_not(_user, _what)(_attempt)


# -- the tests ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("must_not") / "town.care"
    make(path)
    return path


def caught(branch: Path, user: str, attempt: Try) -> str:
    """Empty where a try failed as it must; else what it did."""
    with as_(branch, ADMIN) as admin, as_(branch, user) as store:
        before = admin.newest()
        try:
            given = attempt(store)
        except NotAllowed:
            given = None
        except CareError as refused:  # not the policy's word: another fault came first
            given = None if refused.code in ("user_last", "outing_child_closed") else refused.code
        if admin.newest() != before:
            with pytest.MonkeyPatch.context() as patch:  # back as it was, ready or not
                patch.setattr(guards, "violations", lambda *_: pd.DataFrame())
                admin.undo(admin.newest())
            return "written"
        return "" if given is None else f"let through: {type(given).__name__}"


@pytest.mark.parametrize(
    ("user", "what", "attempt"), MUST_NOTS, ids=[f"{ROLES[u][0]}: {w}" for u, w, _ in MUST_NOTS]
)
def test_must_not(branch: Path, user: str, what: str, attempt: Try) -> None:
    assert caught(branch, user, attempt) == ""


def test_they_are_many_and_each_is_about_somebody() -> None:
    assert len({what for _, what, _ in MUST_NOTS}) >= 40
    assert {user for user, _, _ in MUST_NOTS} <= set(ROLES)


# -- planted holes: a policy line too many is caught by the table above ------------------------

HOLES = [
    ("helper", "children", "read", "all", ("child_id", "name")),
    ("helper", "contacts", "read", "own_children", ("contact_id", "note")),
    ("helper", "pairings", "change", "own_children", ("pairing_id", "until")),
    ("planner", "children", "read", "to_plan", ("child_id", "health")),
    ("planner", "guardians", "read", "all", ("guardian_id", "child_id", "phone")),
    ("planner", "consents", "read", "all", ("consent_id", "purpose", "state")),
    ("class_teacher", "children", "change", "all", ("child_id", "class_id")),
    ("analyst", "villages", "read", "all", ("village_id", "name")),
    ("coordinator", "users", "change", "all", ("user_id", "role")),
    ("county_officer", "children", "read", "all", ("child_id",)),
]


@pytest.mark.parametrize("hole", HOLES, ids=lambda one: f"{one[0]} {one[2]} {one[1]}")
def test_a_line_too_many_is_caught(hole, branch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known, line = rules._by_table(), rules.Line(*hole)
    place = (line.role, line.table, line.action)
    monkeypatch.setattr(rules, "_by_table", lambda: known | {place: (*known.get(place, ()), line)})
    of_role = [(u, attempt) for u, _, attempt in MUST_NOTS if ROLES[u][0] == line.role]
    assert any(caught(branch, user, attempt) for user, attempt in of_role)


def test_a_deed_too_many_is_caught(branch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = rules._deeds()
    for role, deed in (
        ("planner", "import"),
        ("helper", "steps"),
        ("class_teacher", "shared_drafts"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(rules, "_deeds", lambda: known | {role: (*known[role], deed)})  # noqa: B023
            of_role = [(u, attempt) for u, _, attempt in MUST_NOTS if ROLES[u][0] == role]
            assert any(caught(branch, user, attempt) for user, attempt in of_role), (role, deed)
