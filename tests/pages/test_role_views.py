"""The views of a class teacher, a counsellor, an analyst and a county officer."""

import json

import pandas as pd
import pytest

from carekit import tasks
from carekit.pages.county import Rollup, table_of
from carekit.pages.kit import Page
from carekit.store import add_user, open_store
from carekit.store.policy import Policy
from carekit.store.scopes import Who
from carekit.words import say
from tests.stores import copied

USER, TEACHER, COUNSELLOR, ANALYST, OFFICER = "li.na", "he.ping", "deng.li", "wu.an", "guo.feng"
CLASS = "K0015"
NOTE = "what the child said"
ROLES = {
    TEACHER: ("class_teacher", CLASS),
    COUNSELLOR: ("counsellor", None),
    ANALYST: ("analyst", None),
    OFFICER: ("county_officer", None),
}


@pytest.fixture(scope="module")
def school_file(filled_file, tmp_path_factory):
    """Paired, with an outing that is planned, contacts in one class, and a person of each role."""
    path = copied(filled_file, tmp_path_factory.mktemp("roles") / "town.care")
    with open_store(path, actor=USER) as store:
        tasks.publish(store, tasks.propose(store, on=store.today()))
        tasks.keep_plan(store, tasks.plan_outing(store, "O0001"))
        own = store.read("children").query("class_id == @CLASS")["child_id"]
        now = store.read("pairings").query("until.isna()")
        now = now[now["child_id"].isin(own)].head(2)
        met = now[["child_id", "helper_id"]].assign(
            day=pd.to_datetime(["2026-03-01", "2026-02-20"]), kind="talk", note=NOTE
        )
        store.write("contacts", met)
        for user, (role, scope) in ROLES.items():
            add_user(store, user, user, None, role, scope)
    return path


@pytest.fixture
def school(school_file, tmp_path):
    return copied(school_file, tmp_path / "school.care")


@pytest.fixture
def view(school, open_app):
    def opened(user, language="zh"):
        name = {
            TEACHER: "my_class",
            COUNSELLOR: "counselling",
            ANALYST: "analysis",
            OFFICER: "rollup",
        }[user]
        shown = open_app(school, view="", user=user, language=language).shown
        assert shown.view == name
        return shown

    return opened


def keys(page, table):
    return [row["key"] for row in page.tables[table]["rows"]]


def everything(page):
    """All that a page sends to the browser."""
    return json.dumps(page.get_state(), ensure_ascii=False, default=str)


# -- class teacher ---------------------------------------------------------------------------------


def test_a_class_teacher_sees_the_own_class_and_nobody_else(school, view, read, send):
    page = view(TEACHER)
    children = read(school, "children")
    own = children[children["class_id"].eq(CLASS)]
    assert set(keys(page, "children")) == set(own["child_id"]) == set(keys(page, "contacts"))
    other = children[~children["class_id"].eq(CLASS)].iloc[0]
    for event in ("open_row", "act"):
        send(page, event, {"table": "children", "key": other["child_id"], "act": "correct"})
        assert page.child == {}
    said = everything(page)
    elsewhere = children[~children["name"].isin(own["name"])]
    assert not [name for name in elsewhere["name"] if name in said]
    for child in own["child_id"]:
        send(page, "open_row", {"table": "children", "key": child})
        assert page.child["id"] == child
        assert NOTE not in everything(page)


def test_the_contact_table_has_every_phone_of_the_parents(school, view, read):
    page = view(TEACHER)
    guardians = read(school, "guardians")
    for row in page.tables["contacts"]["rows"]:
        cells = [row["cells"][name] for name in ("parents", "others")]
        shown = {one["tel"] for cell in cells if cell for one in cell["people"]}
        known = guardians[guardians["child_id"].eq(row["key"])]["phone"].dropna()
        assert set(known) == shown - {""}


def test_helpers_and_last_contact_stand_beside_the_child(school, view, read):
    page = view(TEACHER)
    told = read(school, "contacts").query("note == @NOTE").sort_values("day")
    row = next(r for r in page.tables["children"]["rows"] if r["key"] == told["child_id"].iloc[-1])
    helpers = read(school, "helpers").set_index("helper_id")
    helper = helpers.loc[told["helper_id"].iloc[-1]]
    assert [(one["name"], one["tel"]) for one in row["cells"]["helper"]["people"]] == [
        (helper["name"], helper["phone"])
    ]
    assert row["cells"]["last"]["text"] == say("contact_days_ago", "zh", count=1)


def test_forms_that_are_out_come_first_and_outings_name_the_children(school, view, read):
    page = view(TEACHER)
    people = read(school, "outing_people").dropna(subset=["child_id", "group"])
    own = read(school, "children").query("class_id == @CLASS").set_index("child_id")["name"]
    going = people[people["child_id"].isin(own.index)]["child_id"]
    assert len(going) > 0
    (trip,) = page.tables["away"]["rows"]
    assert set(trip["cells"]["names"]["soft"].split("、")) == {own[child] for child in going}
    with open_store(school, actor=USER) as store:
        consents = store.read("consents")
        mine = consents[consents["child_id"].isin(own.index)]
        out = set(mine[mine["state"].eq("pending")]["child_id"])
    assert {key.partition("/")[0] for key in keys(page, "forms")} == out


def test_a_teacher_corrects_what_the_policy_lets_and_nothing_else(school, view, read, send):
    page = view(TEACHER)
    child = keys(page, "children")[0]
    send(page, "open_row", {"table": "children", "key": child})
    send(page, "correct")
    fields = {field["id"] for part in page.form["sections"] for field in part["fields"]}
    allowed = Policy("class_teacher", Who(TEACHER, CLASS, "2026-03-02"))
    assert fields == set(allowed.writable("children")) - {"child_id"}
    assert not fields & {"name", "birth_date", "class_id", "supervised", "circumstances"}
    send(page, "save_form", {"phone": "10012345678", "name": "Somebody else"})
    assert page.notice["kind"] == "success"
    stored = read(school, "children").set_index("child_id")
    assert stored.at[child, "phone"] == "10012345678"
    assert stored.at[child, "name"] != "Somebody else"
    send(page, "undo")
    assert read(school, "children").set_index("child_id")["phone"].isna()[child]


def test_a_teacher_corrects_a_parents_number(school, view, read, send):
    page = view(TEACHER)
    child = keys(page, "children")[0]
    send(page, "open_row", {"table": "children", "key": child})
    adult = page.child["adults"][0]["id"]
    send(page, "correct", adult)
    fields = {field["id"] for part in page.form["sections"] for field in part["fields"]}
    assert fields == {"phone", "address", "workplace", "occupation"}
    send(page, "save_form", {"phone": "not a number"})
    assert page.form["errors"]
    send(page, "save_form", {"phone": "10012345679"})
    known = read(school, "guardians").set_index("guardian_id")
    assert known.at[adult, "phone"] == "10012345679"
    assert any(one["tel"] == "10012345679" for one in page.child["adults"])
    other = known[~known["child_id"].isin(keys(page, "children"))].index[0]
    notice = send(page, "correct", str(other))
    assert (notice["kind"], page.form) == ("error", {})


def test_what_was_typed_comes_back_and_a_row_that_changed_is_said(school, view, send, open_app):
    page = view(TEACHER)
    child = keys(page, "children")[0]
    send(page, "open_row", {"table": "children", "key": child})
    send(page, "correct")
    send(page, "type", {"address": "typed, not saved"})
    again = view(TEACHER)
    fields = {f["id"]: f["value"] for part in again.form["sections"] for f in part["fields"]}
    assert fields["address"] == "typed, not saved"
    with open_store(school, actor=USER) as store:
        row = store.read("children").query("child_id == @child")
        store.write("children", row.assign(phone="10099999999"))
    send(again, "save_form", {"address": "typed, not saved"})
    assert again.notice["text"] == say("form_row_changed", "zh")
    send(again, "save_form", {"address": "typed, not saved"})
    assert again.notice["kind"] == "success"


def test_a_teacher_without_a_class_is_told_so(school, open_app):
    with open_store(school, actor=USER) as store:
        teacher = store.read("users").query("user_id == @TEACHER")
        store.change(lambda read: {"users": teacher.assign(scope="K9999")}, kind="user")
    page = open_app(school, view="", user=TEACHER, language="zh").shown
    assert page.empty == say("myclass_empty", "zh")


# -- counsellor ------------------------------------------------------------------------------------


def test_a_counsellor_finds_a_child_and_whom_to_call(school, view, read, send):
    page = view(COUNSELLOR)
    assert page.heading["title"] == "心理辅导"
    told = read(school, "contacts").query("note == @NOTE").iloc[0]
    child = read(school, "children").set_index("child_id").loc[told["child_id"]]
    send(page, "ask_table", {"id": "children", "query": child["name"]})
    assert told["child_id"] in keys(page, "children")
    send(page, "open_row", {"table": "children", "key": told["child_id"]})
    guardians = read(school, "guardians").query("child_id == @told['child_id']")
    tels = {one["tel"] for one in page.child["adults"]} - {""}
    assert tels == set(guardians["phone"].dropna())
    assert page.child["helpers"][0]["id"] == told["helper_id"]
    assert len(page.child["lately"]) == 1
    said = everything(page)
    for hidden in (NOTE, child["address"], child["id_number"]):
        assert pd.isna(hidden) or str(hidden) not in said
    assert not [right for right in page.rights if right.startswith(("add_", "change_"))]


def test_opening_a_card_is_a_row_of_the_audit(school, view, send):
    page = view(COUNSELLOR)
    child = keys(page, "children")[0]
    send(page, "open_row", {"table": "children", "key": child})
    with open_store(school, actor=USER) as store:
        seen = store.audit().query("user == @COUNSELLOR and deed == 'card'")
    assert seen["child"].tolist() == [child]


# -- analyst ---------------------------------------------------------------------------------------


def test_an_analyst_takes_tables_without_names(school, view, read, send, sent_files):
    page = view(ANALYST)
    files = sent_files(page)
    names = {
        name
        for table in ("children", "guardians", "helpers")
        for column in ("name", "phone", "child_id", "guardian_id", "helper_id")
        if column in read(school, table)
        for name in read(school, table)[column].dropna()
    }
    for row in page.rows:
        send(page, "save", row["id"])
    assert [name for name, _, _ in files] == [f"{row['title']}-2026-03-02.csv" for row in page.rows]
    for row, (_, kind, data) in zip(page.rows, files, strict=True):
        assert (data[:3], kind) == (b"\xef\xbb\xbf", "text/csv")
        lines = data.decode("utf-8-sig").splitlines()
        assert say("analysis_rows", "zh", count=len(lines) - 1) == row["count"]
        assert lines[0].replace(",", "、") == row["columns"]
        cells = {cell for line in lines for cell in line.split(",")}
        assert not cells & names
    taken = {row["id"] for row in page.rows}
    assert not taken & {"villages", "users", "settings", "decisions"}
    assert send(page, "save", "users")["kind"] == "error"
    with open_store(school, actor=USER) as store:
        shown = store.audit().query("user == @ANALYST and table == 'children'")
    assert len(shown) >= 2  # the page, and the file


# -- county officer --------------------------------------------------------------------------------


def test_an_officer_sees_counts_and_no_rows(school, view, send, sent_files):
    page = view(OFFICER)
    assert [tile["number"] for tile in page.tiles] == ["122", "12", "38", "72"]
    assert page.why == ""
    files = sent_files(page)
    send(page, "save")
    lines = files[0][2].decode("utf-8-sig").splitlines()
    assert lines == [
        "学校,重点,优先,一般,合计",
        "河心镇中心小学,12,38,72,122",
        "合计,12,38,72,122",
    ]


def test_small_numbers_are_kept_back_and_no_total_tells_them(school, monkeypatch, view, sent_files):
    told = pd.DataFrame(
        {
            "school_id": ["S001"] * 3 + ["S002"] * 3,
            "school": ["石桥小学"] * 3 + [None] * 3,
            "tier": [1, 2, 3] * 2,
            "children": pd.array([None, None, 30, None, None, 40], dtype="Int64"),
        }
    )
    monkeypatch.setattr("carekit.store.Store.rollup", lambda store: told)
    page = view(OFFICER)
    hidden, least = say("rollup_kept", "zh"), say("rollup_at_least", "zh", n=30)
    cells = page.tables["schools"]["rows"][0]["cells"]
    assert (cells["tier_1"], cells["tier_3"], cells["total"]) == (hidden, "30", least)
    assert page.why == say("rollup_why", "zh", least=5)
    assert [tile["number"] for tile in page.tiles] == ["至少 70", hidden, hidden, "70"]
    assert table_of(told)["whole"].tolist() == [False, False]
    files = sent_files(page)
    assert isinstance(page, Rollup)
    page.vue_save()
    lines = files[0][2].decode("utf-8-sig").splitlines()
    assert lines[1] == f"石桥小学,{hidden},{hidden},30,{least}"
    assert lines[2].startswith(say("rollup_no_school", "zh"))


# -- buttons follow the policy ---------------------------------------------------------------------


def test_rights_are_what_the_policy_gives(school, open_app):
    with open_store(school, actor=USER) as store:
        add_user(store, "zhou.yan", "周妍", None, "coordinator")
        add_user(store, "zhao.min", "赵敏", None, "planner")
    head = open_app(school, view="register").shown
    coordinator = open_app(school, view="register", user="zhou.yan").shown
    assert {"users", "backup", "audit", "settings"} <= set(head.rights)
    assert not {"users", "backup", "audit", "settings"} & set(coordinator.rights)
    assert {"import", "publish", "add_children", "change_guardians"} <= set(coordinator.rights)
    planner = open_app(school, view="outings", app="planner", user="zhao.min").shown
    assert {"add_outings", "change_consents"} <= set(planner.rights)
    assert not {"publish", "import", "change_children"} & set(planner.rights)


def test_the_register_offers_no_deed_the_policy_refuses(school, open_app, monkeypatch):
    refused = {"import", "undo"}
    may, writable = Policy.may, Policy.writable
    monkeypatch.setattr(Policy, "may", lambda p, deed: deed not in refused and may(p, deed))
    monkeypatch.setattr(
        Policy,
        "writable",
        lambda p, table: tuple(c for c in writable(p, table) if c != "closed_on"),
    )
    page = open_app(school, view="register").shown
    assert isinstance(page, Page)
    assert [tab["id"] for tab in page.tabs] == ["children", "helpers"]
    page.row_opened("children", "C00001")
    assert page.card["closes"] is False
    assert not refused & set(page.rights)
