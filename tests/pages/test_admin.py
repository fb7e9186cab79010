"""The administrator's view without a browser."""

import datetime as dt
import io

import openpyxl
import pandas as pd
import pytest

from carekit import tables
from carekit.pages import account, admin_steps
from carekit.pages.app import App
from carekit.pages.kit import Session
from carekit.store import add_user, backup_daily, note_fault, open_store, password_fault
from carekit.words import say
from tests.pages.conftest import USER

CHILD = "C00003"


def clock_day():
    """The day on the clock of this computer."""
    return dt.datetime.now().astimezone().date()


PASSWORD = "tall bamboo 4"


@pytest.fixture
def admin(filled, open_app):
    """The view on the practice school, with some people; ``admin("zh")``."""
    with open_store(filled, actor=USER) as store:
        add_user(store, "zhao.min", "赵敏", PASSWORD, "planner")
        add_user(store, "wu.lei", "吴磊", PASSWORD, "class_teacher", "K0001")

    def opened(language="en", tab=""):
        page = open_app(filled, language, view="admin").shown
        if tab:
            page.vue_open_tab(tab)
        return page

    return opened


def people(page):
    return {row["key"]: row["cells"] for row in page.tables["users"]["rows"]}


def person(store, user, password):
    with open_store(store, user, password) as opened:
        return opened.verify(user, password)


def act(send, page, table, act, key, yes=True):
    send(page, "act", {"table": table, "key": key, "act": act})
    if page.confirm and yes:
        send(page, "answer", True)


# -- people ------------------------------------------------------------------------------------


def test_people_say_role_scope_and_state(admin, filled, read):
    found = people(admin("zh"))
    assert found["wu.lei"]["role"]["name"] == "班主任"
    classes = read(filled, "classes").set_index("class_id")["name"]
    assert classes["K0001"] in found["wu.lei"]["role"]["soft"]
    assert found["zhao.min"]["state"]["text"] == say("admin_state_never", "zh")
    assert found[USER]["acts"] == say("admin_own_row", "zh")


@pytest.mark.parametrize(
    ("role", "scope"), [("planner", ""), ("class_teacher", "K0002"), ("helper", "H00001")]
)
def test_whoever_is_invited_can_sign_in_with_the_password_that_was_shown(
    admin, filled, send, role, scope
):
    page = admin()
    send(page, "invite")
    typed = {"user_id": "ma.jun", "name": "马军", "role": role, "scope": scope}
    send(page, "type", typed)
    fields = [one["id"] for part in page.form["sections"] for one in part["fields"]]
    assert ("scope" in fields) == bool(scope)
    assert page.form["hint"] == say(f"role_about_{role}", "en")
    assert send(page, "save_form", typed) == {}
    secret = page.secret["password"]
    assert password_fault(secret) is None
    who = person(filled, "ma.jun", secret)
    assert (who["role"], who["scope"]) == (role, scope or None)
    send(page, "close_secret")
    assert secret not in str(page.get_state())


def test_a_role_that_is_tied_to_something_asks_what(admin, send):
    page = admin("zh")
    send(page, "invite")
    typed = {"user_id": "ma.jun", "name": "马军", "role": "class_teacher", "scope": ""}
    send(page, "save_form", typed)
    assert [one["id"] for one in page.form["errors"]] == ["scope"]
    assert page.form["errors"][0]["text"].startswith(say("admin_scope_class_teacher", "zh"))
    send(page, "save_form", typed | {"scope": "H00001"})  # of another role
    assert [one["id"] for one in page.form["errors"]] == ["scope"]


def test_an_error_goes_when_it_is_mended_and_stays_in_its_tab(admin, send):
    page = admin()
    typed = {"user_id": "zhao.min", "name": "马军", "role": "planner", "scope": ""}
    for over in ("save_form", "open_tab"):
        send(page, "invite")
        send(page, "save_form", typed)  # somebody has this name already
        assert page.notice["kind"] == "error"
        send(page, over, typed | {"user_id": "ma.jun"} if over == "save_form" else "log")
        assert page.notice == {}


def test_faults_are_listed_as_the_fields_stand(admin, send):
    page = admin()
    send(page, "invite")
    send(page, "save_form", {"user_id": "", "name": "", "role": "helper", "scope": ""})
    fields = [one["id"] for part in page.form["sections"] for one in part["fields"]]
    wrong = [one["id"] for one in page.form["errors"]]
    assert wrong == [one for one in fields if one in wrong] and len(wrong) == 3


def test_another_password_can_be_typed_but_no_common_one(admin, filled, send):
    page = admin()
    act(send, page, "users", "password", "zhao.min")
    made = page.secret["password"]
    send(page, "give_password", {"password_new": "woaini5201314"})
    assert page.notice["text"] == say("password_common", "en")
    assert page.secret["password"] == made
    send(page, "give_password", {"password_new": "grey heron river"})
    assert page.secret == {}
    assert person(filled, "zhao.min", "grey heron river")
    send(page, "give_password", {"password_new": "nobody asked now"})  # nothing is open
    assert person(filled, "zhao.min", "grey heron river")


def test_a_role_is_changed(admin, filled, send, read):
    page = admin()
    act(send, page, "users", "role", "wu.lei")
    assert page.form["title"] == say("admin_role_of", "en", name="吴磊")
    send(page, "save_form", {"role": "coordinator", "scope": "K0001"})
    assert page.notice["text"] == say("admin_role_changed", "en", name="吴磊")
    row = read(filled, "users").set_index("user_id").loc["wu.lei"]
    assert (row["role"], pd.isna(row["scope"])) == ("coordinator", True)


def test_a_role_form_comes_back_after_a_reload(admin, send):
    page = admin()
    act(send, page, "users", "role", "wu.lei")
    send(page, "type", {"role": "helper", "scope": "H00002"})
    form = admin().form
    values = {one["id"]: one["value"] for part in form["sections"] for one in part["fields"]}
    assert values == {"role": "helper", "scope": "H00002"}


def test_disabled_and_let_in_again(admin, filled, send):
    page = admin("zh")
    act(send, page, "users", "disable", "zhao.min")
    assert people(page)["zhao.min"]["state"]["text"] == say("admin_state_disabled", "zh")
    act(send, page, "users", "enable", "zhao.min")
    assert person(filled, "zhao.min", page.secret["password"])


def test_nothing_happens_before_the_question_is_answered(admin, send):
    page = admin()
    act(send, page, "users", "disable", "zhao.min", yes=False)
    assert page.confirm["kind"] == "danger"
    send(page, "answer", False)
    assert people(page)["zhao.min"]["state"]["look"] == "plain"


@pytest.mark.parametrize("what", ["role", "password", "disable", "enable"])
def test_nobody_changes_the_own_row_here(admin, send, what):
    page = admin()
    act(send, page, "users", what, USER)
    assert page.notice["text"] == say("admin_not_oneself", "en")
    assert (page.form, page.secret) == ({}, {})


# -- who else may open it ------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["coordinator", "class_teacher"])
def test_the_view_is_for_administrators(filled, role):
    with open_store(filled, actor=USER) as store:
        add_user(store, "sun.li", "孙丽", PASSWORD, role, "K0001" if "class" in role else None)
    app = App("coordinator", Session(str(filled), "sun.li", "en"))
    app.start("admin")
    assert "admin" not in app.names
    app.show("admin")
    assert app.here != "admin"


# -- sessions ------------------------------------------------------------------------------------


BEGAN = "2026-03-02T08:00:00+00:00"
SESSIONS = [
    {"id": "a1", "user": USER, "since": BEGAN, "idle": 1, "pages": 1, "own": True},
    {"id": "b2", "user": "zhao.min", "since": BEGAN, "idle": 900, "pages": 0},
]


def test_sessions_are_shown_as_the_server_says(admin, send):
    page = admin("en")
    send(page, "sessions", {"sessions": SESSIONS})
    assert people(page)["zhao.min"]["state"]["look"] == "good"
    send(page, "open_tab", "signed")
    rows = {row["key"]: row["cells"] for row in page.tables["signed"]["rows"]}
    assert rows["a1"]["acts"] == say("admin_own_session", "en")
    assert rows["b2"]["name"] == {"kind": "person", "name": "赵敏", "soft": "zhao.min"}
    assert rows["b2"]["idle"]["text"] == "15 minutes ago"


@pytest.mark.parametrize("said", [None, {}, {"sessions": 3}, {"sessions": [3, {"idle": "x"}]}])
def test_whatever_the_browser_says_is_no_fault(admin, send, said):
    page = admin(tab="signed")
    send(page, "sessions", said)
    assert page.notice == {}


def test_a_session_is_ended_by_the_server_after_a_question(admin, send, monkeypatch):
    page = admin(tab="signed")
    send(page, "sessions", {"sessions": SESSIONS})
    sent = []
    monkeypatch.setattr(page, "send", lambda content, buffers=None: sent.append(content))
    act(send, page, "signed", "end", "a1")
    act(send, page, "signed", "end", "b2", yes=False)
    assert sent == []
    send(page, "answer", True)
    assert sent == [{"method": "end_session", "args": ["b2"]}]


# -- one child -----------------------------------------------------------------------------------


@pytest.fixture
def child(admin, send):
    """The file of one child, open."""

    def opened(language="en", child=CHILD):
        page = admin(language, tab="child")
        send(page, "open_row", {"table": "files", "key": child})
        return page

    return opened


def close(filled, child=CHILD):
    with open_store(filled, actor=USER) as store:
        row = store.read("children")
        row = row[row["child_id"].eq(child)].assign(closed_on="2026-03-01", closed_reason="moved")
        store.write("children", row)


def test_who_saw_and_changed_a_child(child, filled, send):
    close(filled)
    with open_store(filled, actor="wu.lei") as store:
        store.saw("children", CHILD)
    page = child("en")
    rows = [row["cells"] for row in page.tables["touched"]["rows"]]
    changed = next(one for one in rows if one["does"]["text"] == "changed")
    assert tables.heading("children", "closed_on", "en") in changed["what"]["soft"]
    cards = [one["who"] for one in rows if one["who"]["soft"] == say("deed_card", "en")]
    assert [one["name"] for one in cards] == ["吴磊"]
    assert page.child["said"].count(page.child["name"]) == 1
    everybody = len(page.shown_touched)
    send(page, "choose_toucher", USER)
    assert 0 < len(page.shown_touched) <= everybody
    assert set(page.shown_touched["user"]) == {USER}
    send(page, "choose_toucher", "nobody")
    assert len(page.shown_touched) == everybody


def test_what_is_shown_of_a_child_can_be_taken_along(child, sent_files, send):
    page = child("zh")
    files = sent_files(page)
    send(page, "download_touched")
    name, kind, data = files[0]
    assert (name, kind) == (f"{CHILD}查阅记录.csv", "text/csv")
    lines = data.decode("utf-8-sig").splitlines()
    assert lines[0] == "时间,谁,做了什么,涉及内容,具体内容"
    assert len(lines) == len(page.shown_touched) + 1


def test_the_family_gets_everything_and_the_log_knows(child, sent_files, send):
    page = child("zh")
    files = sent_files(page)
    send(page, "give")
    book = openpyxl.load_workbook(io.BytesIO(files[0][2]))
    assert "留守儿童" in book.sheetnames
    given = [row["cells"]["who"]["soft"] for row in page.tables["touched"]["rows"]]
    assert say("deed_given", "zh") in given


def test_only_a_closed_file_is_erased_and_only_by_its_number(child, filled, send, read):
    page = child()
    send(page, "erase", CHILD)
    send(page, "answer", True)
    assert page.notice["text"] == say("erase_open", "en", child=CHILD)
    close(filled)
    page = child()
    assert page.child["closed"]
    send(page, "erase", "C00004")
    assert page.notice["text"] == say("admin_erase_other", "en", child=CHILD)
    assert page.confirm == {}
    send(page, "erase", CHILD.lower())
    assert page.confirm["kind"] == "danger"
    send(page, "answer", True)
    assert CHILD in page.notice["text"]
    assert CHILD not in set(read(filled, "children")["child_id"])
    assert page.child == {}


# -- the log -------------------------------------------------------------------------------------


def test_the_log_by_person_and_day(admin, send, sent_files):
    page = admin("en", tab="log")
    assert page.tables["log"]["rows"][0]["key"] == str(page.entries["n"].max())
    today = clock_day().isoformat()
    send(page, "choose_log", {"person": USER, "day": today})
    assert set(page.shown_log["user"]) == {USER}
    send(page, "choose_log", {"person": "", "day": "1999-01-01"})
    assert page.tables["log"]["rows"] == []
    send(page, "choose_log", {"person": "nobody", "day": "not a day"})
    assert len(page.shown_log) == len(page.entries)
    files = sent_files(page)
    send(page, "download_log")
    assert len(files[0][2].decode("utf-8-sig").splitlines()) == len(page.entries) + 1


# -- safety --------------------------------------------------------------------------------------


def test_backups_are_listed_and_made(admin, send, here, filled):
    today = clock_day()
    page = admin("en", tab="safety")
    assert page.safety["banner"]["look"] == "danger"
    assert page.safety["last"] == []
    with open_store(filled, actor=USER) as store:
        for days in range(12):
            backup_daily(store, today - dt.timedelta(days))
    send(page, "save_now")
    kinds = page.kept.sort_values("name")["kind"].value_counts()
    assert (kinds["daily"], kinds["hand"]) == (7, 1)
    assert page.kept["whole"].all()
    assert page.safety["banner"]["look"] == "good"


def test_one_made_by_hand_is_a_backup_of_the_day_too(admin, send, here):
    page = admin("en", tab="safety")
    assert page.safety["banner"]["code"] == "backup_none"
    send(page, "save_now")
    assert page.safety["banner"]["code"] == "backup_fine"


def test_a_broken_backup_and_a_failed_day_are_said(admin, filled):
    today = clock_day()
    with open_store(filled, actor=USER) as store:
        path = backup_daily(store, today - dt.timedelta(1))
    note_fault(filled, today, "disk_full")
    page = admin("zh", tab="safety")
    assert page.safety["banner"]["look"] == "danger"
    assert say("disk_full", "zh") in page.safety["banner"]["more"]
    path.write_bytes(path.read_bytes()[:2000])
    page.vue_open_tab("safety")
    row = page.tables["backups"]["rows"][0]["cells"]
    assert row["kind"]["look"] == "danger"


def test_the_store_is_looked_over(admin, send, here):
    page = admin("en", tab="safety")
    send(page, "look_over")
    assert page.safety["health"]["look"] == "good"


def test_what_the_doctor_finds_is_named(admin, send, here, monkeypatch):
    page = admin("zh", tab="safety")
    whole = admin_steps.look_over

    def broken(report, session):
        health, name = whole(report, session)
        one = {"code": "audit_deleted", "n": 3}
        return health._replace(findings=pd.DataFrame([one], columns=health.findings.columns)), name

    monkeypatch.setattr(admin_steps, "look_over", broken)
    send(page, "look_over")
    assert page.safety["health"]["findings"] == [say("audit_deleted", "zh", n="3")]
    assert page.notice["kind"] == "error"


def test_a_new_recovery_code_is_shown_once(admin, send):
    page = admin("zh", tab="safety")
    send(page, "new_code")
    assert (page.confirm["kind"], page.code) == ("danger", {})
    send(page, "answer", True)
    letters = page.code["letters"]
    assert len(letters) == 29
    send(page, "close_code")
    assert letters not in str(page.get_state())


def test_a_worry_about_backups_stands_in_the_today_view(filled, open_app):
    assert open_app(filled, view="today").shown.backup == {}  # the first one is being made
    note_fault(filled, clock_day(), "disk_full")
    assert say("disk_full", "zh") in open_app(filled, "zh", view="today").shown.backup["more"]
    with open_store(filled, actor=USER) as store:
        add_user(store, "sun.li", "孙丽", PASSWORD, "coordinator")
    assert open_app(filled, view="today", user="sun.li").shown.backup == {}


# -- the own password ----------------------------------------------------------------------------


def test_guessing_the_old_password_takes_longer_each_time(filled, open_app, send, monkeypatch):
    with open_store(filled, actor=USER) as store:
        add_user(store, "zhao.min", "赵敏", PASSWORD, "coordinator")
    app = open_app(filled, user="zhao.min")
    app.show("account")
    page = app.shown
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    monkeypatch.setattr(account, "asyncio", type("Clock", (), {"sleep": staticmethod(sleep)}))
    new = {"password_new": "grey heron river", "password_again": "grey heron river"}
    for guess in ("one", "two", "three", "four", "five"):
        told = send(page, "change_password", new | {"password_now": guess})
        assert told["text"] == say("password_old_wrong", "en")
    assert waits == [0.0, 0.0, 0.0, 0.5, 1.0]
    assert send(page, "change_password", new | {"password_now": PASSWORD})["kind"] == "success"
    assert send(page, "change_password", new | {"password_now": "six"})["kind"] == "error"
    assert waits[-2:] == [2.0, 0.0]
