"""The today view: every number is the number of rows behind it, and each row leads on."""

import datetime as dt

import pandas as pd
import pytest

from carekit import pairing, people, tables
from carekit.pages.today_rows import LISTS
from carekit.store import open_store
from carekit.words import say

DAY = pd.Timestamp("2026-03-02")


@pytest.fixture
def today(filled, open_app):
    return open_app(filled, view="today").shown


@pytest.fixture
def led(monkeypatch):
    """Where a page sends the person."""

    def watch(page):
        places = []
        page.open_view = lambda view, **wanted: places.append((view, wanted))
        return places

    return watch


def tile(page, name):
    return next(one for one in page.tiles if one["id"] == name)


def write(path, name, rows):
    with open_store(path, actor="li.na") as store:
        frame = tables.typed(name, pd.DataFrame(rows))
        store.write(name, frame)


def test_the_first_view_of_a_coordinator(filled, open_app):
    app = open_app(filled, view="")
    assert app.views[0] == {"id": "today", "text": "Today", "here": True}
    assert app.shown.heading["title"] == "Monday, 2 March 2026"
    assert "week 2" in app.shown.heading["subtitle"]
    app.language = "zh"
    assert app.shown.heading["title"] == "2026年3月2日 星期一"
    assert "第 2 周" in app.shown.heading["subtitle"]


def test_numbers_are_those_of_the_library(today, filled, read):
    children, helpers = read(filled, "children"), read(filled, "helpers")
    left = pairing.waiting(children, read(filled, "pairings"), pairing.VOLUNTEER, on=DAY)
    ending = people.expiring(helpers, read(filled, "trainings"), on=DAY, days=30)
    soon = people.birthdays(children, on=DAY, days=7)
    cards = people.completeness(children, read(filled, "guardians"))
    known = {"waiting": left, "papers": ending, "birthdays": soon}
    known |= {"incomplete": cards[~cards["complete"]]}
    for name, frame in known.items():
        assert tile(today, name)["number"] == say("number", "en", n=len(frame))
        assert len(today.lists[name]) == len(frame)
    assert min(len(frame) for frame in known.values()) > 0


@pytest.mark.parametrize("name", LISTS)
def test_a_tile_opens_its_rows(today, send, name):
    send(today, "open_tile", name)
    assert [one["id"] for one in today.tiles if one["here"]] == [name]
    assert today.opened == name
    table = today.tables[name]
    assert bool(table["rows"]) != bool(table["empty"])
    for row in table["rows"]:
        assert list(row["cells"]) == [column["id"] for column in table["columns"]]


def test_a_tile_nobody_has_opens_nothing(today, send):
    assert send(today, "open_tile", "secrets") == {}
    assert today.opened == "waiting"


@pytest.mark.parametrize(
    ("name", "view", "wanted"),
    [
        ("waiting", "register", "child"),
        ("incomplete", "register", "child"),
        ("birthdays", "register", "child"),
        ("papers", "register", "helper"),
        ("outings", "outings", "outing"),
    ],
)
def test_a_row_leads_to_where_it_is_mended(today, send, led, name, view, wanted):
    places = led(today)
    row = today.lists[name].iloc[0]
    send(today, "open_row", {"table": name, "key": row["key"]})
    assert places == [(view, {wanted: row[f"{wanted}_id"]})]


def test_a_row_of_nobody_leads_nowhere(today, send, led):
    places = led(today)
    assert send(today, "open_row", {"table": "waiting", "key": "C99999"}) == {}
    assert send(today, "open_helper", "H99999") == {}
    assert places == []


def test_expired_papers_are_danger_and_say_so(today):
    assert (tile(today, "papers")["look"], tile(today, "papers")["sign"]) == ("danger", "●")
    states = [row["cells"]["state"]["text"] for row in today.tables["papers"]["rows"]]
    assert states[0] == "expired" and states[-1] == "expires soon"


def test_the_next_outing_and_who_goes(filled, open_app):
    outing = {"outing_id": "O0001", "role": "child", "present": None}
    rows = [
        outing | {"outing_person_id": f"OP{n}", "child_id": f"C0000{n}", "group": group}
        for n, group in ((1, 1), (2, 1), (3, None))
    ]
    write(filled, "outing_people", rows)
    page = open_app(filled, view="today").shown
    assert tile(page, "outings")["number"] == "12 Apr"
    assert (
        tile(page, "outings")["text"] == "next outing, 2 of 44 places taken"
    )  # the third stays at home
    assert page.tables["outings"]["rows"][0]["cells"]["people"]["text"] == "2 / 44"


def test_contacts_of_seven_days(filled, open_app, send, led):
    days = ["2026-03-02", "2026-02-24", "2026-02-23", "2026-03-03"]
    rows = [
        {"contact_id": f"CT{n}", "child_id": "C00001", "helper_id": "H00001", "day": day}
        | {"kind": "call", "reached": True}
        for n, day in enumerate(days)
    ]
    write(filled, "contacts", rows)
    page = open_app(filled, view="today").shown
    assert tile(page, "contacts")["number"] == "2"  # not a week ago, not tomorrow
    assert [row["key"] for row in page.tables["contacts"]["rows"]] == ["CT0", "CT1"]
    places = led(page)
    send(page, "open_row", {"table": "contacts", "key": "CT1"})
    assert places == [("register", {"child": "C00001"})]


def test_what_another_view_does_is_seen(filled, open_app, read):
    app = open_app(filled, view="today")
    page = app.shown
    assert page.loads == []
    helper = read(filled, "helpers").query("places == 2")["helper_id"].iloc[0]
    rows = [
        {"pairing_id": f"P90000{n}", "scheme": "volunteer", "child_id": child}
        | {"helper_id": helper, "since": DAY}
        for n, child in enumerate(("C00001", "C00002"))
    ]
    write(filled, "pairings", rows)
    before = len(page.lists["waiting"])
    page.refresh()
    assert len(page.lists["waiting"]) == before - 2
    assert page.loads[0]["id"] == helper
    assert page.loads[0]["bar"]["text"] == "2 / 2"
    assert page.loads[0]["bar"]["look"] == "warn"


def test_search_by_pinyin_initials(today, send):
    name = today.lists["waiting"]["name"].iloc[0]
    from carekit.pages.kit.initials import initials

    send(today, "ask_table", {"id": "waiting", "query": initials(name)})
    shown = [row["cells"]["child"]["name"] for row in today.tables["waiting"]["rows"]]
    assert name in shown


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2026-02-01", "Holidays; 2025-2026学年第二学期 begins on 23 February 2026"),
        ("2026-02-23", "2025-2026学年第二学期, week 1"),
        ("2026-03-01", "2025-2026学年第二学期, week 1"),
        ("2026-07-04", "2025-2026学年第二学期, week 19"),
        ("2026-08-01", ""),
    ],
)
def test_week_of_the_term(today, on, said):
    today.today = dt.date.fromisoformat(on)
    assert today._term() == said


def test_an_empty_store_says_what_to_do_first(empty, open_app):
    page = open_app(empty, language="zh", view="today").shown
    assert "导入" in page.empty
    assert all(one["number"] in ("0", "–") for one in page.tiles)
    assert page.loads == []


@pytest.mark.parametrize("missing", ["children", "helpers"])
def test_one_register_is_enough(empty, open_app, filled, read, missing):
    table = {"children": "helpers", "helpers": "children"}[missing]
    rows = read(filled, table)
    places = [c for c in ("class_id", "village_id", "school_id") if c in rows]
    rows = rows.assign(**dict.fromkeys(places, pd.NA))
    write(empty, table, rows.drop(columns="version"))
    page = open_app(empty, view="today").shown
    assert page.empty == ""
    assert (tile(page, "waiting")["number"] == "0") == (missing == "children")
