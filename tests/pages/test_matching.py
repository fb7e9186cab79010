"""The matching view's model: people, weights, a proposal that lasts, and one publication."""

import asyncio
import io
import re

import openpyxl
import pandas as pd
import pytest

from carekit import pairing, words
from carekit.pages import long_steps
from carekit.store import open_store
from carekit.store.users import add_user

BOTH = pytest.mark.parametrize("language", words.LANGUAGES)


def test_an_empty_store_says_what_to_do_first(empty, open_app, send):
    app = open_app(empty)
    page = app.shown
    assert (page.step, page.listed, page.proof, page.summary) == ("people", {}, {}, {})
    assert [step["id"] for step in page.steps if step["open"]] == ["people"]
    for step in ("rules", "proposal", "publish", "nonsense", None, 3):
        send(page, "go", step)
        assert page.step == "people"
    send(page, "open_view", {"view": "register", "tab": "import"})
    assert app.here == "register"


def test_a_proposal_comes_out_of_a_child_process(filled, open_app, send):
    page = open_app(filled).shown
    seen = []
    page.observe(lambda change: seen.append(change["new"].get("text")), "progress")
    assert send(page, "propose") == {}
    assert len({text for text in seen if text}) > 1, "no progress was shown"
    assert page.progress == {}
    proposal = page.draft.proposal
    pairs, left = len(proposal.pairs), len(proposal.unmatched)
    assert pairs + left == 122
    assert page.proof["pairs"] == words.say("pairs_short", "en", count=pairs)
    assert (page.step, page.proof["kind"]) == ("proposal", "good")
    assert [tier["said"] for tier in page.tiers if tier["served"] > tier["all"]] == []
    assert sum(tier["served"] for tier in page.tiers) == pairs
    assert sum(tier["all"] for tier in page.tiers) == 122
    assert sum(why["count"] for why in page.waiting_why) == left
    each = {words.say("children_each", "en", count=n): n for n in range(5)}
    assert sum(each[bar["text"]] * bar["helpers"] for bar in page.loads) == pairs


# -- people ------------------------------------------------------------------------------------


def test_the_tiles_count_what_their_lists_hold(filled, open_app, send, read):
    page = open_app(filled).shown
    volunteers = read(filled, "helpers")["kind"].isin(["volunteer", "caring_parent"]).sum()
    number = {tile["id"]: int(tile["number"]) for tile in page.tiles}
    assert number["waiting"] == 122
    assert number["blocked"] > 0 and number["able"] + number["blocked"] <= volunteers
    assert number["urgent"] == (page.waiting["tier"] == 1).sum()
    free = page.helpers.loc[page.helpers["state"] == "able", "places_left"]
    assert number["places"] == free.sum() and (free > 0).all()
    for tile, table in (("urgent", "waiting"), ("blocked", "helpers"), ("able", "helpers")):
        send(page, "tile", tile)
        assert page.listed == {"id": table}
        assert [one["id"] for one in page.tiles if one["here"]] == [tile]
        assert len(page._tables[table].found()) == number[tile]
    assert sum(int(paper["count"]) for paper in page.blocked) >= number["blocked"]
    send(page, "tile", "nonsense")
    assert page.listed == {"id": "helpers"}


def test_who_is_not_ready_says_why(filled, open_app, send):
    page = open_app(filled).shown
    send(page, "tile", "blocked")
    known = {paper["text"] for paper in page.blocked}
    for row in page.tables["helpers"]["rows"]:
        state = row["cells"]["state"]
        assert state["look"] == "warn"
        assert any(state["text"].lower().startswith(text[:8].lower()) for text in known)
        assert row["cells"]["places"] == ""


def test_a_person_of_the_lists_opens_the_card(filled, open_app, send, monkeypatch):
    page, asked = open_app(filled).shown, []
    monkeypatch.setattr(page, "open_view", lambda view, **wanted: asked.append((view, wanted)))
    child = page.tables["waiting"]["rows"][0]["key"]
    send(page, "open_row", {"table": "waiting", "key": child})
    send(page, "tile", "able")
    helper = page.tables["helpers"]["rows"][0]["key"]
    send(page, "open_row", {"table": "helpers", "key": helper})
    send(page, "open_row", {"table": "waiting", "key": helper})  # not one of that table
    assert asked == [("register", {"child": child}), ("register", {"helper": helper})]


def test_another_view_sends_somebody_to_the_people_behind_a_number(filled, open_app):
    app = open_app(filled, view="outings")
    app.show("matching", tile="blocked")
    assert (app.shown.step, app.shown.listed) == ("people", {"id": "helpers"})
    app.show("matching", step="rules", tile="nonsense")
    assert app.shown.step == "rules"


# -- weights -----------------------------------------------------------------------------------


def slider(page, name):
    return next(weight for weight in page.weights if weight["id"] == name)


def test_a_slider_says_what_its_value_means(filled, open_app, send):
    page = open_app(filled).shown
    assert all(weight["usual"] for weight in page.weights)
    said = slider(page, "subject")["meaning"]
    send(page, "weigh", {"subject": 600})
    assert slider(page, "subject")["meaning"] == said.replace("6.7", "20")
    send(page, "weigh", {"distance": 0})
    assert slider(page, "subject")["meaning"] == words.say("meaning_subject_alone", "en", count=600)
    send(page, "weigh", {"subject": 0})
    assert slider(page, "subject")["meaning"] == words.say("meaning_subject_zero", "en")
    send(page, "standard_weights")
    assert page.points == pairing.Weights()


@pytest.mark.parametrize(
    "wanted",
    [{"distance": 33}, {"distance": -5}, {"distance": 105}, {"distance": 25.0}, {"need": True},
     {"nonsense": 5}, {"distance": "25"}, {"distance": None}, [], None, "distance", 5],
)  # fmt: skip
def test_what_no_slider_can_show_moves_nothing(filled, open_app, send, wanted):
    page = open_app(filled).shown
    assert send(page, "weigh", wanted) == {}
    assert page.points == pairing.Weights()


def test_the_sliders_decide_the_proposal_and_a_reload_keeps_them(filled, here, open_app, send):
    page = open_app(filled).shown
    send(page, "go", "rules")
    send(page, "weigh", {"distance": 5})
    send(page, "weigh", {"subject": 1000})
    again = open_app(filled).shown
    assert (again.step, again.points) == ("rules", pairing.Weights(distance=5, subject=1000))
    usual = page.points
    send(again, "propose")
    proposal = again.draft.proposal
    assert proposal.weights == usual
    with open_store(filled) as store:
        other = {"volunteer": pairing.Weights()}
        what = (again.session, "volunteer", store.today(), other)
        made = long_steps.propose(lambda *_: None, *what)["volunteer"]
    assert made.certificate.digest != proposal.certificate.digest


def test_a_proposal_of_other_weights_is_marked_until_they_agree(proposed, send):
    page = proposed.shown
    assert page.doubts["weights"] == ""
    send(page, "weigh", {"distance": 50})
    assert page.doubts["weights"] == words.say("draft_other_weights", "en")
    send(page, "weights_of_draft")
    assert page.doubts["weights"] == ""
    assert slider(page, "distance")["value"] == 30


# -- a draft lasts -----------------------------------------------------------------------------


def test_a_reload_in_the_middle_of_a_proposal_loses_nothing(proposed, filled, open_app, send):
    page = proposed.shown
    send(page, "weigh", {"need": 150})
    again = open_app(filled).shown
    assert again.step == "proposal"
    for name in ("proof", "doubts", "tiers", "loads", "waiting_why", "summary", "weights"):
        assert getattr(again, name) == getattr(page, name), name
    assert again.tables["pairs"]["rows"] == page.tables["pairs"]["rows"]
    assert pairing.to_json(again.draft.proposal) == pairing.to_json(page.draft.proposal)
    send(again, "go", "publish")
    assert open_app(filled).shown.step == "publish"


def test_a_draft_is_the_branchs_and_the_sliders_are_the_persons(proposed, filled, open_app, send):
    send(proposed.shown, "weigh", {"distance": 50})
    with open_store(filled) as store:
        add_user(store, "wang.wei", "王伟", None)
    page = open_app(filled, user="wang.wei").shown
    assert (page.step, page.points) == ("people", pairing.Weights())
    assert pairing.to_json(page.draft.proposal) == pairing.to_json(proposed.shown.draft.proposal)
    assert page.other["quiet"].startswith("This draft is by")


@pytest.mark.parametrize(
    "text", ["{}", '{"step": "nonsense", "points": 7}', '{"points": {"x": 1}}']
)
def test_work_that_was_kept_by_an_older_version_does_no_harm(filled, open_app, text):
    with open_store(filled) as store:
        store.keep("matching/work", text)
        store.keep_shared("matching/volunteer", text, seen=0)
    page = open_app(filled).shown
    assert (page.step, page.draft, page.points) == ("people", None, pairing.Weights())


@BOTH
def test_what_changed_since_a_proposal_is_said(proposed, filled, send, language):
    page = proposed.shown
    send(page, "set_language", language)
    assert page.doubts["outdated"] == ""
    helper_id = page.draft.proposal.pairs["helper_id"].iloc[0]
    with open_store(filled) as other:
        helper = other.read("helpers").query("helper_id == @helper_id")
        other.write("helpers", helper.assign(closed_on=pd.Timestamp("2026-03-01")))
    page.refresh()
    mine = int((page.draft.proposal.pairs["helper_id"] == helper_id).sum())
    assert page.doubts["outdated"] == words.say("draft_outdated", language)
    assert page.doubts["changes"] == [words.say("draft_pairs_forbidden", language, count=mine)]


def test_a_change_that_forbids_no_pair_is_said_too(proposed, filled):
    page = proposed.shown
    with open_store(filled) as other:
        child = other.read("children").head(1)
        other.write("children", child.assign(note="…"))
    page.refresh()
    assert page.doubts["changes"] == [words.say("draft_facts_changed", "en", count=1)]


def test_everybody_can_leave_and_the_proposal_still_shows(proposed, filled, send):
    page = proposed.shown
    with open_store(filled) as store:
        store.undo(next(s for s in store.steps().query("kind == 'demo'")["step_id"]))
    page.refresh()
    assert (page.step, page.listed) == ("people", {})
    send(page, "go", "publish")
    assert page.summary["any"]
    send(page, "ask_publish")
    notice = send(page, "answer", True)
    assert (notice["kind"], page.published) == ("error", "")


# -- the table ---------------------------------------------------------------------------------


def rows(page):
    return page.tables["pairs"]["rows"]


def ask(view, send, **wanted):
    send(view, "ask_table", {"id": "pairs", **wanted})


def cells(page):
    return [row["cells"] for row in rows(page)]


def test_the_table_shows_everybody_page_by_page(proposed, send, read, filled):
    page = proposed.shown
    seen = []
    for number in range(1, page.tables["pairs"]["pages"] + 1):
        ask(page, send, page=number)
        assert len(rows(page)) <= 10
        seen += [row["key"] for row in rows(page)]
    assert sorted(seen) == sorted(read(filled, "children")["child_id"])


def test_the_filters_part_pairs_from_unmatched_and_tiers(proposed, send):
    page = proposed.shown
    counts = {}
    for name in ("all", "paired", "unmatched", "tier_1", "tier_2", "tier_3"):
        ask(page, send, filter=name)
        counts[name] = len(page._tables["pairs"].found())
        if name in ("paired", "unmatched"):
            assert {bool(row["way"]) for row in cells(page)} == {name == "paired"}
    assert counts["paired"] == len(page.draft.proposal.pairs)
    assert counts["all"] == counts["paired"] + counts["unmatched"] == 122
    assert counts["tier_1"] + counts["tier_2"] + counts["tier_3"] == 122
    assert [tier["all"] for tier in page.tiers] == [counts[f"tier_{n}"] for n in (1, 2, 3)]


def test_the_table_is_sorted_by_each_column_that_offers_it(proposed, send):
    page = proposed.shown
    offered = {one["id"] for one in page.tables["pairs"]["columns"] if one["sort"]}
    assert offered == {"child", "tier", "helper", "load", "way"}
    frame = page._tables["pairs"]
    for column, name in (("way", "km"), ("load", "load"), ("tier", "tier"), ("child", "child")):
        for down in (False, True):
            ask(page, send, sort=column, down=down)
            values = frame.found()[name].dropna()
            assert values.is_monotonic_decreasing if down else values.is_monotonic_increasing


def test_an_unmatched_child_says_why(proposed, send):
    page = proposed.shown
    ask(page, send, filter="unmatched")
    for row in rows(page):
        assert row["cells"]["helper"]["text"] == words.say("unmatched", "en")
        assert len(row["cells"]["why"]) > 10
    send(page, "open_row", {"table": "pairs", "key": rows(page)[0]["key"]})
    assert (page.chosen["paired"], page.chosen["points"]) == (False, [])
    assert page.chosen["why"] == rows(page)[0]["cells"]["why"]


def test_the_search_finds_child_helper_village_class_and_initials(proposed, send):
    page = proposed.shown
    pair = next(row for row in rows(page) if row["cells"]["way"])
    child = pair["cells"]["child"]
    for text in (child["name"], pair["cells"]["helper"], *child["soft"].split(" · ")):
        ask(page, send, query=text)
        found = page._tables["pairs"].found()
        assert pair["key"] in found["child_id"].tolist()
        shown = found[["child", "helper", "village", "class"]].fillna("")
        assert shown.agg(" ".join, axis=1).str.contains(text, regex=False).all()
    initials = "".join(word[0] for word in pinyin(child["name"]))
    ask(page, send, query=initials)
    assert pair["key"] in page._tables["pairs"].found()["child_id"].tolist()
    ask(page, send, query=".*(")
    assert rows(page) == []
    assert page.tables["pairs"]["empty"] == words.say("no_rows", "en")


def pinyin(name):
    from pypinyin import lazy_pinyin

    return lazy_pinyin(name)


def test_a_chosen_pair_shows_points_that_sum_to_its_cost(proposed, send):
    page = proposed.shown
    first = page.chosen["id"]
    assert [row["key"] for row in rows(page) if row["here"]] == [first]
    ask(page, send, filter="paired")
    last = rows(page)[-1]["key"]
    send(page, "open_row", {"table": "pairs", "key": last})
    assert page.chosen["id"] == last
    assert [row["key"] for row in rows(page) if row["here"]] == [last]
    stored = page.draft.proposal.pairs.set_index("child_id").loc[last]
    assert sum(part["points"] for part in page.chosen["points"]) == page.chosen["cost"]
    assert page.chosen["cost"] == stored["cost"]
    send(page, "open_row", {"table": "pairs", "key": "C99999"})
    assert page.chosen["id"] == last


def test_the_load_of_a_helper_is_what_the_proposal_gives_it(proposed, send):
    page = proposed.shown
    ask(page, send, filter="paired")
    loads = page.draft.proposal.pairs["helper_id"].value_counts()
    helper = page.draft.proposal.pairs.set_index("child_id")["helper_id"]
    for row in rows(page):
        load, places = map(int, row["cells"]["load"]["text"].split(" / "))
        assert load == loads[helper[row["key"]]] <= places


def test_the_table_asked_for_before_there_is_one_stays_away(filled, open_app, send):
    page = open_app(filled).shown
    assert send(page, "ask_table", {"id": "pairs", "page": 2}) == {}
    assert "pairs" not in page.tables


# -- publishing --------------------------------------------------------------------------------


def publish(page, send):
    send(page, "ask_publish")
    return send(page, "answer", True)


def test_the_summary_says_what_publishing_means(proposed):
    page = proposed.shown
    pairs, left = page.draft.proposal.pairs, page.draft.proposal.unmatched
    number = {one["id"]: int(one["number"]) for one in page.summary["numbers"]}
    assert (number["pairs"], number["left"]) == (len(pairs), len(left))
    assert number["ones"] + 2 * number["more"] == len(pairs)
    assert number["ones"] + number["more"] == pairs["helper_id"].nunique()
    assert "2 March 2026" in page.summary["from"]


@BOTH
def test_nothing_is_published_without_a_yes(proposed, filled, send, read, language):
    page = proposed.shown
    send(page, "set_language", language)
    before = read(filled, "pairings")
    send(page, "answer", True)
    send(page, "ask_publish")
    count, left = len(page.draft.proposal.pairs), len(page.draft.proposal.unmatched)
    assert page.confirm["text"] == words.say("publish_question", language, count=count)
    assert str(left) in page.confirm["more"]
    send(page, "answer", False)
    send(page, "answer", True)
    for nonsense in ("yes", 1, {}, None):
        send(page, "ask_publish")
        send(page, "answer", nonsense)
    pd.testing.assert_frame_equal(read(filled, "pairings"), before)
    assert (page.published, page.confirm) == ("", {})


def test_a_yes_given_twice_publishes_once(proposed, filled, send, read):
    page = proposed.shown
    before = len(read(filled, "pairings"))
    assert publish(page, send) == {}  # the page says it, not a notice besides
    send(page, "answer", True)
    publish(page, send)
    new = read(filled, "pairings").iloc[before:]
    assert sorted(new["child_id"]) == sorted(page.draft.proposal.pairs["child_id"])
    assert page.step == "publish"
    assert [step["done"] for step in page.steps] == [True] * 4
    count = len(new)
    assert page.summary["published"].startswith(words.say("pairs_short", "en", count=count))
    assert (page.doubts, page.heading["chip"]["look"]) == ({}, "good")


def test_a_publication_is_taken_back_and_can_be_made_again(proposed, filled, send, read):
    page = proposed.shown
    before = read(filled, "pairings")
    publish(page, send)
    send(page, "undo_publish", page.recent[0]["id"])
    assert page.confirm["kind"] == "danger"
    assert send(page, "answer", False) == {}
    assert len(read(filled, "pairings")) > len(before)
    send(page, "undo_publish", page.recent[0]["id"])
    assert send(page, "answer", True)["kind"] == "info"
    pd.testing.assert_frame_equal(read(filled, "pairings"), before)
    assert (page.step, page.published, page.recent) == ("proposal", "", [])
    assert page.doubts == {"outdated": "", "changes": [], "weights": ""}
    assert publish(page, send) == {}
    assert len(read(filled, "pairings")) == len(before) + len(page.draft.proposal.pairs)


def test_a_publication_can_be_taken_back_after_a_reload_and_by_somebody_else(
    proposed, filled, open_app, send, read
):
    before = read(filled, "pairings")
    publish(proposed.shown, send)
    with open_store(filled) as store:
        add_user(store, "wang.wei", "王伟", None)
    mine = open_app(filled).shown
    assert (mine.step, mine.published) == ("publish", proposed.shown.published)
    other = open_app(filled, user="wang.wei").shown
    assert other.published == mine.published
    send(other, "go", "publish")
    send(other, "undo_publish", mine.published)
    assert send(other, "answer", True)["kind"] == "info"
    pd.testing.assert_frame_equal(read(filled, "pairings"), before)
    mine.refresh()
    assert (mine.published, mine.summary["published"]) == ("", "")
    assert mine.heading["chip"]["look"] == "warn"


def test_only_publications_of_the_day_can_be_taken_back(proposed, filled, send, read):
    page = proposed.shown
    for step in ("S000001", "S000002", "nonsense", None, {}):
        send(page, "undo_publish", step)
        assert page.confirm == {}
        send(page, "answer", True)
    assert len(read(filled, "children")) == 122


@BOTH
def test_a_proposal_the_world_no_longer_allows_is_told_and_not_written(
    proposed, filled, send, read, language
):
    page = proposed.shown
    send(page, "set_language", language)
    before = read(filled, "pairings")
    helper_id = page.draft.proposal.pairs["helper_id"].iloc[0]
    with open_store(filled, actor="li.na") as other:
        helper = other.read("helpers").query("helper_id == @helper_id")
        other.write("helpers", helper.assign(closed_on=pd.Timestamp("2026-03-01")))
    notice = publish(page, send)
    assert notice["kind"] == "error"
    assert helper_id in notice["text"]
    assert bool(re.search("[\u4e00-\u9fff]", notice["text"])) == (language == "zh")
    pd.testing.assert_frame_equal(read(filled, "pairings"), before)
    assert (page.published, page.confirm) == ("", {})
    assert page.doubts["outdated"], "what has changed is shown without another click"


def test_the_second_of_two_people_who_publish_is_told(filled, here, open_app, send, read):
    with open_store(filled) as store:
        add_user(store, "wang.wei", "王伟", None)
    first, second = open_app(filled).shown, open_app(filled, user="wang.wei").shown
    assert send(first, "propose") == {}
    assert send(second, "propose")["text"] == words.say("draft_not_saved", "en")
    send(second, "ask_publish")
    assert publish(first, send) == {}
    after = read(filled, "pairings")
    assert publish(second, send)["text"] == words.say("draft_not_published", "en")
    send(second, "close_notice")
    assert publish(second, send) == {}, "the draft is published: there is nothing to do"
    pd.testing.assert_frame_equal(read(filled, "pairings"), after)
    assert [one["id"] for one in second.recent] == [first.published]


def test_numbers_are_those_after_publishing(proposed, send):
    page = proposed.shown
    publish(page, send)
    left = len(page.draft.proposal.unmatched)
    number = {tile["id"]: int(tile["number"]) for tile in page.tiles}
    assert number["waiting"] == left
    each = {words.say("children_each", "en", count=n): n for n in range(5)}
    assert sum(each[bar["text"]] * bar["helpers"] for bar in page.loads) == 122 - left


def test_a_second_click_on_propose_does_no_harm(proposed):
    page = proposed.shown

    async def twice():
        for _ in range(2):
            data = {"method": "custom", "content": {"event": "propose", "data": {}}}
            page._handle_msg({"content": {"data": data}, "buffers": []})
        while page._running:
            await asyncio.sleep(0.01)

    asyncio.run(twice())
    assert page.draft is not None
    assert page.notice["text"] == words.say("work_running", "en")


def test_a_cancelled_proposal_leaves_everything_as_it_was(filled, open_app, send):
    page = open_app(filled).shown
    with open_store(filled) as store:
        before = store.steps()

    async def cancelled():
        for event in ("propose", "cancel"):
            data = {"method": "custom", "content": {"event": event, "data": {}}}
            page._handle_msg({"content": {"data": data}, "buffers": []})
            while event == "propose" and not page.progress:
                await asyncio.sleep(0.01)
        while page._running:
            await asyncio.sleep(0.01)

    asyncio.run(cancelled())
    assert page.notice["text"] == words.say("work_cancelled", "en")
    assert (page.draft, page.progress, page.step) == (None, {}, "people")
    with open_store(filled) as store:
        pd.testing.assert_frame_equal(store.steps(), before)
        assert store.kept("matching/draft") is None


# -- files out ---------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("many", [1000, 10])
def test_the_pairs_are_a_workbook_of_everybody(
    proposed, send, sent_files, read, filled, monkeypatch, language, many
):
    monkeypatch.setattr("carekit.pages.matching.MANY", many)  # 10: in a child process
    page = proposed.shown
    send(page, "set_language", language)
    files = sent_files(page)
    send(page, "download_pairs")
    [(name, _, data)] = files
    assert name == words.say("pairs_file", language, day="2026-03-02") + ".xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    ids = [value for row in cells for value in row if re.fullmatch(r"C\d{5}", str(value))]
    assert sorted(ids) == sorted(read(filled, "children")["child_id"])


def test_without_a_proposal_there_is_nothing_to_download(filled, open_app, send, sent_files):
    page = open_app(filled).shown
    files = sent_files(page)
    send(page, "download_pairs")
    assert files == []
