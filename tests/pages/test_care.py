"""The care view's model: load, children, a contact logged in three messages."""

import pandas as pd
import pytest

from carekit import care, tasks
from carekit.store import open_store
from carekit.words import say
from tests.stores import copied

USER = "li.na"
DAY = "2026-03-02"


@pytest.fixture(scope="module")
def paired_file(filled_file, tmp_path_factory):
    """The practice school, its proposal published, two contacts of some weeks ago."""
    path = tmp_path_factory.mktemp("paired") / "town.care"
    copied(filled_file, path)
    with open_store(path, actor=USER) as store:
        tasks.publish(store, tasks.propose(store, on=store.today()))
    return path


@pytest.fixture
def paired(paired_file, tmp_path):
    path = tmp_path / "paired.care"
    copied(paired_file, path)
    return path


@pytest.fixture
def pairs(paired, read):
    """Helper -> children, the fullest first."""
    now = read(paired, "pairings").query("until.isna()")
    own = now.groupby("helper_id")["child_id"].agg(sorted)
    return own.loc[own.map(len).sort_values(ascending=False).index]


@pytest.fixture
def view(paired, open_app):
    return open_app(paired, view="care").shown


def choose(view, send, kind):
    """A click on a kind, as the page sends it."""
    minutes = next(one["minutes"] for one in view.kinds if one["id"] == kind)
    send(view, "type", {"kind": kind, "minutes": minutes})


def values(form):
    return {f["id"]: f["value"] for section in form["sections"] for f in section["fields"]}


def number(view, tile):
    return next(one["number"] for one in view.tiles if one["id"] == tile)


def test_three_messages_log_a_contact(view, send, pairs, paired, read):
    helper, (child, *_) = next(iter(pairs.items()))
    assert send(view, "act", {"table": "children", "act": "log", "key": child}) == {}
    assert values(view.form)["day"] == DAY
    choose(view, send, "talk")
    told = send(view, "save_form", {})
    assert told["kind"] == "success"
    row = read(paired, "contacts").iloc[0]
    assert (row["child_id"], row["helper_id"], row["kind"]) == (child, helper, "talk")
    assert (row["minutes"], row["partner"], row["reached"]) == (30, "child", True)
    assert (row["day"], view.form) == (pd.Timestamp(DAY), {})
    assert (view.child["id"], view.child["events"][0]["kind"]) == (child, "contact")
    assert (number(view, "contacts"), number(view, "minutes")) == ("1", "30")


def test_without_a_kind_nothing_is_written_and_the_field_says_so(view, send, pairs, paired, read):
    send(view, "log", {"child": pairs.iloc[0][0]})
    send(view, "save_form", {"note": "called twice"})
    wrong = {f["id"]: f["error"] for s in view.form["sections"] for f in s["fields"] if f["error"]}
    assert wrong == {"kind": say("field_required", "en")}
    assert read(paired, "contacts").empty
    choose(view, send, "call")
    assert values(view.form)["note"] == "called twice"


def test_each_kind_says_how_long_one_takes(view, send, pairs):
    send(view, "log", {"child": pairs.iloc[0][0]})
    assert {one["id"]: one["minutes"] for one in view.kinds} == {
        "talk": "30", "call": "10", "letter": "20", "visit": "90", "other": "",
    }  # fmt: skip


def test_the_form_survives_a_reload(view, send, pairs, paired, open_app, read):
    child = pairs.iloc[0][0]
    send(view, "log", {"child": child})
    choose(view, send, "visit")
    send(view, "type", {"note": "夜里下雨"})
    again = open_app(paired, language="zh", view="care").shown
    assert again.form["id"] == "contact"
    found = values(again.form)
    assert (found["kind"], found["minutes"], found["note"]) == ("visit", "90", "夜里下雨")
    send(again, "save_form", {})
    assert read(paired, "contacts")[["child_id", "note"]].values.tolist() == [[child, "夜里下雨"]]
    assert open_app(paired, view="care").shown.form == {}


def test_a_day_to_come_is_refused_and_what_was_typed_stays(view, send, pairs, paired, read):
    send(view, "log", {"child": pairs.iloc[0][0]})
    choose(view, send, "talk")
    told = send(view, "save_form", {"day": "2026-03-03"})
    assert (told["kind"], told["text"]) == ("error", say("contact_in_future", "en"))
    assert values(view.form)["day"] == "2026-03-03"
    assert read(paired, "contacts").empty


@pytest.mark.parametrize("event", ["log", "open_child"])
@pytest.mark.parametrize("forged", ["C99999", "", None, "H00001", ["C00001"]])
def test_only_children_of_the_register(view, send, event, forged):
    told = send(view, event, {"child": forged} if event == "log" else forged)
    assert told["text"] == say("care_not_yours", "en")
    assert (view.form, view.child) == ({}, {})


def test_a_helper_that_is_not_offered_cannot_be_written_for(view, send, pairs, paired, read):
    send(view, "log", {"child": pairs.iloc[0][0], "helper": "H99999"})
    choose(view, send, "talk")
    if "helper_id" in values(view.form):
        send(view, "save_form", {"helper_id": "H99999"})
        assert read(paired, "contacts").empty


def test_an_entry_is_taken_back(view, send, pairs, paired, read):
    send(view, "log", {"child": pairs.iloc[0][0]})
    choose(view, send, "talk")
    send(view, "save_form", {})
    assert view.child["undo"]
    send(view, "undo_contact")
    assert read(paired, "contacts").empty
    assert view.child["events"][0]["kind"] != "contact"
    assert not view.child["undo"]
    send(view, "undo_contact")  # once
    assert read(paired, "contacts").empty


def test_tiles_lead_to_their_rows(paired, open_app, send, pairs):
    with open_store(paired, actor=USER) as store:
        store.write("settings", store.read("settings").assign(
            value=lambda f: f["value"].mask(f["setting_id"].eq("practice_day"), "2026-03-16")
        ))  # fmt: skip
        helper = pairs.index[0]
        known = store.read("helpers").query("helper_id == @helper")
        store.write("helpers", known.assign(hours_a_week=0.5))
    view = open_app(paired, view="care").shown
    everybody = sum(len(own) for own in pairs)
    assert (number(view, "quiet"), number(view, "over")) == (str(everybody), "1")
    send(view, "open_tile", "over")
    assert view.tab == "helpers"
    assert [row["key"] for row in view.tables["helpers"]["rows"]] == [helper]
    assert view.tables["helpers"]["rows"][0]["cells"]["load"]["look"] == "danger"
    send(view, "open_tile", "quiet")
    assert view.tab == "children"
    assert str(everybody) in view.tables["children"]["said"]
    send(view, "open_tile", "moon")
    send(view, "open_tab", "nowhere")
    assert view.tab == "children"


def test_the_numbers_of_the_week_open_the_contacts_behind_them(view, send, pairs, paired, read):
    first, second = pairs.iloc[0][0], pairs.iloc[1][0]
    for child, kind, day in [(first, "visit", "2026-02-24"), (second, "call", DAY)]:
        send(view, "log", {"child": child})
        choose(view, send, kind)
        send(view, "save_form", {"day": day})
    send(view, "log", {"child": first})
    choose(view, send, "talk")
    send(view, "save_form", {"day": "2026-02-23"})  # eight days back: not of this week
    send(view, "log", {"child": first})
    choose(view, send, "letter")
    send(view, "save_form", {"reached": "no"})  # an attempt is no contact
    assert (number(view, "contacts"), number(view, "minutes")) == ("2", "100")
    for tile, order in [("contacts", [second, first]), ("minutes", [first, second])]:
        send(view, "open_tile", tile)
        assert view.tab == "contacts"
        rows = view.tables["contacts"]["rows"]
        names = read(paired, "children").set_index("child_id")["name"]
        assert [row["cells"]["child"]["name"] for row in rows] == [names[one] for one in order]
    assert [row["cells"]["minutes"] for row in rows] == ["90", "10"]
    send(view, "open_row", {"table": "contacts", "key": rows[0]["key"]})
    assert view.child["id"] == first


def test_a_contact_of_a_closed_file_leads_to_the_card(view, send, pairs, paired):
    child = pairs.iloc[0][0]
    send(view, "log", {"child": child})
    choose(view, send, "talk")
    send(view, "save_form", {})
    with open_store(paired, actor=USER) as store:
        tasks.close_file(store, "children", child, DAY, "moved")
    view.refresh()
    asked = []
    view.open_view = lambda view, **wanted: asked.append((view, wanted))
    row = view.tables["contacts"]["rows"][0]
    send(view, "open_row", {"table": "contacts", "key": row["key"]})
    assert asked == [("register", {"child": child})]


def test_load_stands_beside_what_is_offered(view, paired, read, pairs):
    helper, own = next(iter(pairs.items()))
    hours = read(paired, "helpers").set_index("helper_id").at[helper, "hours_a_week"]
    view.ask_table(
        "helpers", query=helper and view.helpers.set_index("helper_id").at[helper, "name"]
    )
    row = next(r for r in view.tables["helpers"]["rows"] if r["key"] == helper)
    owed = {1: 51, 2: 101, 3: 152}[len(own)]
    assert row["cells"]["load"]["text"] == f"{owed} / {round(hours * 60)}"
    assert row["cells"]["children"] == str(len(own))


def test_a_helper_s_panel_lists_the_children_and_logs_for_one(view, send, pairs, paired, read):
    helper, own = next(iter(pairs.items()))
    send(view, "open_row", {"table": "helpers", "key": helper})
    assert [one["id"] for one in view.helper["children"]] == own
    send(view, "log", {"child": own[-1], "helper": helper})
    send(view, "close_form")
    assert (view.form, view.helper["id"]) == ({}, helper)
    send(view, "close_panel")
    assert view.helper == {}


def test_from_other_views_and_to_them(paired, open_app, send, pairs):
    app = open_app(paired, view="care")
    app.show("care", child=pairs.iloc[0][0])
    assert app.shown.child["id"] == pairs.iloc[0][0]
    app.show("care", helper=pairs.index[0])
    assert (app.shown.helper["id"], app.shown.child) == (pairs.index[0], {})
    asked = []
    app.shown.open_view = lambda view, **wanted: asked.append((view, wanted))
    send(app.shown, "to_card")
    assert asked == [("register", {"helper": pairs.index[0]})]


def test_an_empty_store_says_what_to_do_first(empty, filled, open_app):
    assert open_app(empty, view="care").shown.empty["id"] == "people"
    view = open_app(filled, view="care", language="zh").shown
    assert view.empty == {"id": "pairs", "text": say("care_no_pairs", "zh")}
    assert open_app(empty, view="care").shown.tiles[0]["number"] == "0"


def test_both_languages_and_the_obligations_in_the_subtitle(view):
    assert "30 minutes a week" in view.heading["subtitle"]
    view.language = "zh"
    assert "谈心 30 分钟" in view.heading["subtitle"]
    assert view.tables["children"]["caption"] == say("care_children", "zh")


def test_who_waits_has_helpers_near_to_choose_from(view, send):
    child = view.children.loc[view.children["helper_ids"].isna(), "child_id"].iloc[0]
    send(view, "log", {"child": child})
    assert view.form["id"] == "contact"
    row = view.children.set_index("child_id").loc[child]
    known = view.frames.read("helpers").set_index("helper_id")
    near = [
        one for one, _, group in view.helper_options(child) if group == say("helpers_near", "en")
    ]
    assert near
    same = known.loc[near, "village_id"].eq(row["village_id"]) | known.loc[near, "class_id"].eq(
        row["class_id"]
    )
    assert same.fillna(False).all()
    assert care.QUIET_DAYS == 14
