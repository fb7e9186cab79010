"""The leaving view's model: who leaves, what changes, published, taken back, after a reload."""

import pandas as pd
import pytest

from carekit import pairing, words
from carekit.pages import leaving_asked
from carekit.store import open_store

BOTH = pytest.mark.parametrize("language", words.LANGUAGES)
PAIRED = 70


@pytest.fixture
def matched(filled, proposal):
    """The practice school with 70 children paired: there are places left, and children wait."""
    with open_store(filled, actor="li.na") as store:
        rows = pairing.publish(proposal, since=store.today()).sort_values("child_id")
        store.write("pairings", rows.head(PAIRED))
    return filled


@pytest.fixture
def page(matched, here, open_app):
    return open_app(matched, view="leaving").shown


def choose(page, send, number=0):
    """Open the helper of a row; gives the id."""
    helper = page.tables["helpers"]["rows"][number]["key"]
    send(page, "open_row", {"table": "helpers", "key": helper})
    return helper


def now(read, path):
    pairings = read(path, "pairings").query("scheme == 'volunteer' and until.isna()")
    return pairings.set_index("child_id")["helper_id"].astype(str)


def test_without_pairs_it_says_what_to_do_first(filled, open_app, send):
    page = open_app(filled, view="leaving").shown
    assert (page.known, page.asked, page.summary) == (False, {}, {})
    send(page, "nobody")
    assert page.asked == {}


def test_the_helpers_with_children_and_how_many(page, matched, read):
    counts = now(read, matched).value_counts()
    rows = page._tables["helpers"].found().set_index("helper_id")["count"]
    assert rows.to_dict() == counts.to_dict()
    assert page.tables["helpers"]["said"].endswith(str(len(counts)))


def test_who_leaves_shows_every_child_touched(page, send, matched, read):
    before = now(read, matched)
    helper = choose(page, send)
    mine = set(before[before.eq(helper)].index)
    keys = {row["key"] for row in page.tables["changes"]["rows"]}
    assert mine <= keys and page.summary["count"] == len(page.seen.changes)
    assert page.proof["kind"] == "good" and page.asked["helper"] == helper
    name = read(matched, "helpers").set_index("helper_id")["name"][helper]
    for row in page.tables["changes"]["rows"]:
        if row["key"] in mine:
            assert row["cells"]["before"]["name"] == name
    waits = 122 - PAIRED
    assert page.summary["untouched"] == words.say("leaving_untouched", "en", count=waits)
    total = [one["said"] for one in page.tiers]
    shares = [tuple(int(n) for n in said.replace("→", "/").split("/")) for said in total]
    assert sum(one[0] for one in shares) == PAIRED and sum(one[2] for one in shares) == 122
    uncovered = int(page.seen.changes["after"].isna().sum())
    assert sum(one[1] for one in shares) == PAIRED - uncovered


def test_everybody_who_waits_may_come_too(page, send):
    choose(page, send)
    narrow = page.summary["count"]
    send(page, "everybody", True)
    assert page.summary["count"] > narrow and page.summary["untouched"] == ""
    rows = page.seen.changes
    assert rows["code"].iloc[0] in ("left_helper", "now_uncovered")  # the leaver's come first
    left = page._tables["waiting"].found()
    served = sum(int(one["said"].split("→")[1].split("/")[0]) for one in page.tiers)
    assert served + len(left) == 122
    assert left["nth"].tolist() == list(range(1, len(left) + 1))
    send(page, "everybody", "nonsense")
    assert page.summary["count"] == narrow


def test_nobody_leaves(page, send):
    send(page, "nobody")
    assert (page.asked["helper"], page.asked["everybody"]) == ("", True)
    assert page.closing == {} and page.summary["count"] > 20
    send(page, "choose_again")
    assert page.asked == {} and page.tables.keys() == {"helpers"}


def test_stand_ins_and_the_note_of_a_child(page, send, sent_files, read, matched):
    choose(page, send)
    row = page.seen.changes.query("after.notna()").iloc[0]
    send(page, "open_row", {"table": "changes", "key": row["child_id"]})
    assert page.child["id"] == row["child_id"] and row["child"] in page.note
    assert row["after_name"] in page.note and row["before_name"] in page.note
    best = page.child["stand_ins"]
    assert 0 < len(best) <= 3 and len({one["id"] for one in best}) == len(best)
    known = read(matched, "children").set_index("child_id").loc[row["child_id"]]
    assert row["child_id"] not in page.note and str(known["id_number"]) not in page.note
    files = sent_files(page)
    send(page, "download_note")
    ((name, kind, data),) = files
    assert name.endswith(".txt") and row["child"] in name and kind == "text/plain"
    assert data.decode("utf-8-sig") == page.note
    send(page, "open_row", {"table": "changes", "key": "C99999"})
    assert page.child["id"] == row["child_id"]


def test_another_of_those_who_can_step_in(page, send, matched, open_app, read):
    choose(page, send)
    child = page.child["id"]
    other = next(one for one in page.child["stand_ins"] if not one["taken"])
    send(page, "take", "H99999")
    assert page.takes == {}
    send(page, "take", other["id"])
    told = {one["id"]: (one["taken"], one["own"]) for one in page.child["stand_ins"]}
    assert page.child["id"] == child and told[other["id"]] == (True, True)
    assert page.summary["taken"] and page.proof["kind"] == "good"
    again = open_app(matched, view="leaving").shown
    assert again.takes == {child: other["id"]}
    send(again, "take", other["id"])  # as it was proposed
    assert again.takes == {} and again.summary["taken"] == ""
    send(page, "ask_publish")
    send(page, "answer", True)
    assert now(read, matched)[child] == other["id"]


def test_one_place_cannot_be_given_to_two(page, send, matched, read):
    """The last place of a helper: the second choice is refused, the first stays."""
    counts = page._tables["helpers"].found()
    for number in range(len(counts)):
        if number == 8:
            break
        choose(page, send, number)
        best = page.seen.answer.stand_ins
        offers = page.seen.found.offers.set_index("helper_id")["places_left"]
        used = now(read, matched).value_counts()
        shared = best["helper_id"].value_counts()
        for helper in shared[shared > 1].index:
            if int(offers[helper]) - int(used.get(helper, 0)) == 1:
                one, two = best.loc[best["helper_id"].eq(helper), "child_id"].iloc[:2]
                for child in (one, two):
                    send(page, "open_row", {"table": "changes", "key": child})
                    notice = send(page, "take", helper)
                assert notice["kind"] == "error"
                assert page.takes == {one: helper} and page.summary["count"] > 0
                return
        send(page, "choose_again")
    pytest.fail("nobody has one place for two")


def test_published_after_a_yes_and_taken_back(page, send, matched, read):
    before, helpers = now(read, matched), read(matched, "helpers")
    helper = choose(page, send)
    after = {row["child_id"]: row["after"] for row in page.seen.changes.to_dict("records")}
    send(page, "ask_publish")
    assert page.confirm["text"] and now(read, matched).equals(before)
    send(page, "answer", False)
    assert now(read, matched).equals(before)
    send(page, "ask_publish")
    send(page, "answer", True)
    assert page.summary["published"] and page.notice == {}
    held = now(read, matched)
    for child, whose in after.items():
        assert held.get(child) == (None if pd.isna(whose) else whose)
    others = before.drop(list(after))
    assert held[others.index].equals(others)
    closed = read(matched, "helpers").set_index("helper_id").loc[helper]
    assert closed["closed_reason"] == "withdrew"
    assert len(page.tables["changes"]["rows"]) == len(after)  # it can still be read
    (step,) = page.recent
    send(page, "undo_change", "S999999")
    assert page.confirm == {}
    send(page, "undo_change", step["id"])
    send(page, "answer", True)
    assert now(read, matched).sort_index().equals(before.sort_index())
    assert page.recent == [] and page.summary["published"] == ""
    assert read(matched, "helpers")["closed_on"].equals(helpers["closed_on"])


def test_on_a_new_day_the_changes_are_shown_anew_first(page, send, matched, read):
    choose(page, send)
    before = read(matched, "pairings")
    with open_store(matched, actor="li.na") as store:
        row = store.read("settings").query("setting_id == 'practice_day'")
        store.write("settings", row.assign(value="2026-03-03"))
    send(page, "ask_publish")
    assert page.confirm == {} and page.notice["kind"] == "warning"
    assert str(page.seen.found.proposal.on) == "2026-03-03"
    assert read(matched, "pairings").equals(before)
    send(page, "ask_publish")
    assert page.confirm


def test_the_file_stays_open_where_somebody_says_so(page, send, matched, read):
    helper = choose(page, send)
    send(page, "close_file", {"on": False})
    send(page, "ask_publish")
    send(page, "answer", True)
    assert pd.isna(read(matched, "helpers").set_index("helper_id").loc[helper, "closed_on"])
    assert helper not in set(now(read, matched))


def test_the_reason_is_one_of_the_list(page, send, matched, read):
    helper = choose(page, send)
    for reason in ("nonsense", None, "moved", 3):
        send(page, "close_file", {"reason": reason})
    send(page, "close_file", "nonsense")
    assert page.closing["reason"] == "moved"
    send(page, "ask_publish")
    send(page, "answer", True)
    row = read(matched, "helpers").set_index("helper_id").loc[helper]
    assert row["closed_reason"] == "moved"


def test_what_was_asked_survives_a_reload(page, send, matched, open_app):
    helper = choose(page, send, 2)
    send(page, "everybody", True)
    send(page, "close_file", {"on": False})
    again = open_app(matched, view="leaving").shown
    assert again.asked == page.asked and again.asked["helper"] == helper
    assert again.tables["changes"]["rows"] == page.tables["changes"]["rows"]
    assert again.closing["on"] is False


def test_somebody_else_was_quicker(page, send, matched, read):
    choose(page, send)
    child = str(page.seen.changes["child_id"].iloc[0])
    send(page, "ask_publish")
    with open_store(matched, actor="li.na") as store:
        row = store.read("pairings").query("child_id == @child and until.isna()")
        store.write("pairings", row.assign(until=pd.Timestamp("2026-03-02")))
    before = now(read, matched)
    send(page, "answer", True)
    assert page.notice["kind"] == "error" and now(read, matched).equals(before)
    assert child not in set(page.seen.changes["child_id"])  # what is asked now is of now


def test_a_fault_is_said_with_its_cure(page, send, matched):
    """A child of the leaver is locked to somebody whose file is closed."""
    whose = choose(page, send)
    with open_store(matched, actor="li.na") as store:
        pairs, helpers = store.read("pairings"), store.read("helpers")
        child = pairs.loc[pairs["helper_id"].eq(whose) & pairs["until"].isna(), "child_id"].iloc[0]
        shut = helpers[helpers["helper_id"].ne(whose)].iloc[[0]]
        store.write("helpers", shut.assign(closed_on=pd.Timestamp("2026-03-01")))
        word = {"scheme": "volunteer", "child_id": child, "helper_id": shut["helper_id"].iloc[0]}
        more = {"verdict": "lock", "reason": "x", "user_id": "li.na"}
        frame = pd.DataFrame([word | more | {"decided_on": pd.Timestamp("2026-03-01")}])
        store.write("decisions", frame)
    page.refresh()
    assert page.fault and page.summary == {}
    send(page, "ask_publish")
    assert page.confirm == {}


def test_a_large_branch_is_worked_out_when_asked(page, send, monkeypatch):
    monkeypatch.setattr(leaving_asked, "SMALL", 10)
    choose(page, send)
    assert page.summary == {} and page.asked["ready"] is False
    send(page, "work_out")
    assert page.asked["ready"] is True and page.summary["count"] > 0
    send(page, "everybody", True)
    assert page.summary == {}


def test_the_answer_comes_out_of_a_child_process(matched, open_app, send, monkeypatch):
    monkeypatch.setattr(leaving_asked, "SMALL", 10)
    page = open_app(matched, view="leaving").shown
    choose(page, send)
    assert send(page, "work_out") == {} and page.summary["count"] > 0
    assert page.seen.found.proposal.workings is None and page.note


def test_another_way_of_pairing(page, send):
    choose(page, send)
    send(page, "scheme", "teacher")
    assert page.asked == {} and page.known is False
    send(page, "scheme", "one_to_one")  # made of two: each has its own leavers
    send(page, "scheme", 3)
    assert [one["id"] for one in page.choices if one["here"]] == ["teacher"]


def test_from_a_card_and_from_today(matched, open_app, send, read):
    helper = str(now(read, matched).value_counts().index[0])
    app = open_app(matched, view="register")
    app.show("register", helper=helper)
    assert app.shown.card["leaves"] is True
    send(app.shown, "open_view", {"view": "leaving", "helper": helper})
    assert app.here == "leaving" and app.shown.asked["helper"] == helper
    assert [one["under"] for one in app.views if one["here"]] == ["matching"]
    with open_store(matched, actor="li.na") as store:
        papers = store.read("trainings").query("helper_id == @helper and kind == 'records_check'")
        store.write("trainings", papers.assign(until=pd.Timestamp("2026-02-20")))
    app.show("today")
    page = app.shown
    send(page, "open_tile", "papers")
    send(page, "ask_table", {"id": "papers", "query": ""})
    rows = page._tables["papers"].found()
    key = rows.loc[rows["helper_id"].eq(helper), "key"].iloc[0]
    send(page, "act", {"table": "papers", "key": key, "act": "leaving"})
    assert app.here == "leaving" and app.shown.asked["helper"] == helper
    assert app.shown.closing["on"] is False  # papers can be renewed


def test_an_unknown_helper_from_elsewhere_is_nobody(matched, open_app, send):
    app = open_app(matched)
    send(app.shown, "open_view", {"view": "leaving", "helper": "H99999"})
    assert app.here == "leaving" and app.shown.asked == {}


def test_planners_and_helpers_have_no_such_view(matched, open_app):
    app = open_app(matched, view="leaving", app="planner")
    assert app.here == "outings"
    app.show("leaving")
    assert app.here == "outings"


@BOTH
def test_in_both_languages(matched, open_app, send, language):
    page = open_app(matched, view="leaving", language=language).shown
    choose(page, send)
    other = next(one for one in words.LANGUAGES if one != language)
    first = (page.proof["text"], page.note, page.summary["publish"], page.heading["title"])
    send(page, "set_language", other)
    second = (page.proof["text"], page.note, page.summary["publish"], page.heading["title"])
    assert all(a != b for a, b in zip(first, second, strict=True))
