"""The helper's view: own children only, whatever the browser says."""

import pandas as pd
import pytest

from carekit import tasks
from carekit.pages.app import App
from carekit.pages.kit import Session
from carekit.store import add_user, open_store
from carekit.words import say
from tests.stores import copied

USER, HELPER = "li.na", "liu.yang"
DAY = "2026-03-02"

WELL = "良好"  # nothing to heed: no chip


@pytest.fixture(scope="module")
def paired_file(filled_file, tmp_path_factory):
    path = tmp_path_factory.mktemp("mine") / "town.care"
    copied(filled_file, path)
    with open_store(path, actor=USER) as store:
        tasks.publish(store, tasks.propose(store, on=store.today()))
        now = store.read("pairings").query("until.isna()")
        helper = now["helper_id"].value_counts().index[0]
        add_user(store, HELPER, "刘洋", "tall bamboo 4", "helper", helper)
    return path


@pytest.fixture
def paired(paired_file, tmp_path):
    path = tmp_path / "paired.care"
    copied(paired_file, path)
    return path


@pytest.fixture
def mine(paired, read):
    """The helper, the own children, and a child of somebody else."""
    users = read(paired, "users").set_index("user_id")
    helper = users.at[HELPER, "scope"]
    now = read(paired, "pairings").query("until.isna()")
    own = sorted(now.loc[now["helper_id"].eq(helper), "child_id"])
    other = now.loc[now["helper_id"].ne(helper), "child_id"].iloc[0]
    return helper, own, other


@pytest.fixture
def view(paired, open_app):
    return open_app(paired, view="mine", app="helper", user=HELPER).shown


def choose(view, send, kind):
    """A click on a kind, as the page sends it."""
    minutes = next(one["minutes"] for one in view.kinds if one["id"] == kind)
    send(view, "type", {"kind": kind, "minutes": minutes})


def everything(view):
    """All that the browser is ever sent of this view."""
    return str({name: getattr(view, name) for name in view.keys})


def test_one_card_for_each_own_child_and_nothing_of_others(view, mine, paired, read):
    _, own, _ = mine
    assert sorted(card["id"] for card in view.cards) == own
    sent = everything(view)
    children = read(paired, "children")
    foreign = children[~children["child_id"].isin(own)]
    assert len(foreign) == 122 - len(own)
    assert [one for one in foreign["child_id"] if one in sent] == []
    assert "tables" not in sent or view.tables == {}


def test_what_a_card_tells(view, mine, paired, read):
    children = read(paired, "children").set_index("child_id")
    guardians = read(paired, "guardians")
    for card in view.cards:
        child = children.loc[card["id"]]
        assert card["name"] == child["name"]
        for column in ("health", "allergies"):
            said = any(str(child[column]) in chip["text"] for chip in card["chips"])
            assert said == (pd.notna(child[column]) and child[column] != WELL)
        phones = guardians.query("child_id == @card['id']")["phone"].dropna()
        assert card["adult"]["tel"] in set(phones)
        assert card["last"]["text"] == say("contact_never", "en")
        born = child["birth_date"]
        assert f"turns {2026 - born.year + ((born.month, born.day) < (3, 2))}" in card["birthday"]


def test_three_messages_log_a_contact(view, mine, send, paired, read):
    helper, own, _ = mine
    send(view, "log", {"child": own[0]})
    choose(view, send, "visit")
    assert send(view, "save_form", {})["kind"] == "success"
    row = read(paired, "contacts").iloc[0]
    assert (row["child_id"], row["helper_id"], row["kind"], row["minutes"]) == (
        own[0], helper, "visit", 90,
    )  # fmt: skip
    assert view.child["events"][0]["kind"] == "contact"
    card = next(card for card in view.cards if card["id"] == own[0])
    assert card["last"]["text"] == say("contact_today", "en")
    with open_store(paired, actor=USER) as store:
        assert store.steps().iloc[-1]["user_id"] == HELPER


@pytest.mark.parametrize("event", ["log", "open_child"])
def test_another_child_is_refused(view, mine, send, event):
    _, _, other = mine
    told = send(view, event, {"child": other} if event == "log" else other)
    assert (told["kind"], told["text"]) == ("error", say("care_not_yours", "en"))
    assert (view.form, view.child) == ({}, {})


def test_a_forged_form_writes_for_the_own_child_and_helper_only(view, mine, send, paired, read):
    helper, own, other = mine
    send(view, "log", {"child": own[0], "helper": "H00001"})
    choose(view, send, "talk")
    send(view, "save_form", {"child_id": other, "helper_id": "H00001", "contact_id": "L0000009"})
    row = read(paired, "contacts").iloc[0]
    assert (row["child_id"], row["helper_id"], row["contact_id"]) == (own[0], helper, "L0000001")


def test_a_pairing_that_ends_takes_the_child_away_at_once(view, mine, send, paired, read):
    _, own, _ = mine
    send(view, "log", {"child": own[0]})
    choose(view, send, "talk")
    with open_store(paired, actor=USER) as store:
        pairing = store.read("pairings").query("child_id == @own[0] and until.isna()")
        store.write("pairings", pairing.assign(until=pd.Timestamp(DAY)))
    told = send(view, "save_form", {})
    assert told["text"] == say("care_not_yours", "en")
    assert own[0] not in [card["id"] for card in view.cards]
    assert read(paired, "contacts").empty


def test_a_kept_form_of_a_child_that_went_is_let_go(view, mine, send, paired, open_app):
    _, own, _ = mine
    send(view, "log", {"child": own[0]})
    send(view, "type", {"note": "half a sentence"})
    with open_store(paired, actor=USER) as store:
        pairing = store.read("pairings").query("child_id == @own[0] and until.isna()")
        store.write("pairings", pairing.assign(until=pd.Timestamp(DAY)))
    again = open_app(paired, view="mine", app="helper", user=HELPER).shown
    assert again.form == {}
    with open_store(paired, actor=HELPER) as store:
        assert store.kept("mine/form") is None


def test_the_form_survives_a_reload(view, mine, send, paired, open_app):
    _, own, _ = mine
    send(view, "log", {"child": own[0]})
    choose(view, send, "call")
    send(view, "type", {"note": "half a sentence", "reached": "no"})
    again = open_app(paired, view="mine", app="helper", user=HELPER).shown
    fields = {f["id"]: f["value"] for s in again.form["sections"] for f in s["fields"]}
    assert (fields["kind"], fields["note"], fields["reached"]) == ("call", "half a sentence", "no")
    send(again, "save_form", {})
    assert again.child["events"][0]["kind"] == "attempt"
    assert again.cards[0]["last"]["text"] == say("contact_never", "en")  # an attempt is none


def test_a_right_that_is_taken_away_empties_the_page(view, mine, send, paired):
    with open_store(paired, actor=USER) as store:
        user = store.read("users").query("user_id == @HELPER")
        store.write("users", user.assign(scope=None))
    told = send(view, "open_child", mine[1][0])
    assert told["text"] == say("care_not_yours", "en")
    assert (view.cards, view.child, view.form) == ([], {}, {})
    assert view.empty == say("care_not_yours", "en")


@pytest.mark.parametrize("app", ["coordinator", "planner"])
def test_a_helper_opens_no_other_app(paired, app):
    opened = App(app, Session(str(paired), HELPER, "en"))
    opened.start()
    assert opened.shown is None
    assert opened.message == say("app_not_yours", "en")


def test_without_a_child_the_page_says_what_comes_next(filled, open_app):
    with open_store(filled, actor=USER) as store:
        helper = store.read("helpers")["helper_id"].iloc[-1]
        add_user(store, HELPER, "刘洋", "tall bamboo 4", "helper", helper)
    view = open_app(filled, view="mine", app="helper", user=HELPER, language="zh").shown
    assert view.empty == say("mine_empty", "zh")
    assert view.cards == []
