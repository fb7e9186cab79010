"""Adjusting a proposal: why, why not, lock, forbid, swap, shortages, and two people at once."""

import json

import pandas as pd
import pytest

from carekit import pairing, tasks, words
from carekit.store import open_store
from carekit.store.users import add_user

BOTH = pytest.mark.parametrize("language", words.LANGUAGES)


def number(text):
    """The points of a price as said: the last number, with its sign."""
    return int(text.split()[-2].replace("−", "-").replace("+", "").replace(",", ""))


def pairs(page):
    return page.draft.proposal.pairs.set_index("child_id")["helper_id"]


def choose(page, send, child):
    send(page, "open_row", {"table": "pairs", "key": child})
    assert page.chosen["id"] == child


def swappable(page, send):
    """A child whose next best helper costs something and takes a helper from nobody."""
    for child in pairs(page).index:
        choose(page, send, child)
        for one in page.others:
            if one["eligible"] and not one["loss"] and number(one["price"]) > 0:
                return child, one
    raise AssertionError("nobody can be swapped")


@pytest.fixture
def two(proposed, filled, open_app):
    """The same draft before two people: li.na made it, wang.wei looks at it."""
    with open_store(filled) as store:
        add_user(store, "wang.wei", "王伟", None)
    return proposed.shown, open_app(filled, user="wang.wei").shown


# -- why and why not -----------------------------------------------------------------------------


def test_the_panel_says_every_point_with_its_unit(proposed, send):
    page = proposed.shown
    far = page.draft.proposal.pairs.query("km > 1 and km < 100").iloc[0]
    choose(page, send, far["child_id"])
    parts = {one["id"]: one for one in page.chosen["points"]}
    assert parts["distance"]["text"] == words.say(
        "points_distance", "en", km=round(far["km"], 1), each=30
    )
    assert "× 30 points" in parts["distance"]["text"]
    assert set(parts) == {"distance", "subject", "need", "continuity"}
    assert sum(one["points"] for one in parts.values()) == page.chosen["cost"] == far["cost"]


def test_the_next_best_are_those_of_the_library_with_who_moves(proposed, send):
    page = proposed.shown
    child, one = swappable(page, send)
    told = pairing.why(page.draft.proposal, child)
    assert [other["id"] for other in page.others] == told.query("not chosen")["helper_id"].tolist()
    asked = pairing.why_not(page.draft.proposal, child, helper=one["id"]).iloc[0]
    assert number(one["price"]) == asked["points"]
    assert len(one["moves"]) == len(json.loads(asked["moves"]))


def test_why_not_names_the_rule_or_the_price(proposed, send):
    page = proposed.shown
    child = page.chosen["id"]
    told = pairing.why_not(page.draft.proposal, child)
    mine = told[told["helper_id"].isin(page.helpers["helper_id"])]
    for row in [mine[mine["eligible"]].iloc[-1], mine[~mine["eligible"]].iloc[0]]:
        send(page, "why_not", row["helper_id"])
        answer = page.asked["answer"]
        assert (answer["id"], answer["eligible"]) == (row["helper_id"], bool(row["eligible"]))
        assert bool(answer.get("rule")) != bool(row["eligible"])
        if row["eligible"]:
            assert number(answer["price"]) == row["points"]


@BOTH
def test_every_rule_against_a_pair_has_words(proposed, send, language):
    page = proposed.shown
    send(page, "set_language", language)
    told = pd.concat(
        pairing.why_not(page.draft.proposal, child) for child in page.shown["child_id"].head(12)
    )
    shown = told[~told["eligible"]].drop_duplicates("code")
    assert len(shown) > 3
    for row in shown.to_dict("records"):
        page._answer = pd.DataFrame([row])
        page.speak_panel()
        assert len(page.asked["answer"]["rule"]) > 3, row
        assert "{" not in page.asked["answer"]["rule"]


def test_a_helper_is_found_by_name_and_initials_and_nobody_else_is(proposed, send, read, filled):
    page = proposed.shown
    helper = page.helpers.iloc[3]
    send(page, "seek", helper["name"])
    assert helper["helper_id"] in [one["id"] for one in page.asked["found"]]
    teacher = read(filled, "helpers").query("kind == 'teacher'").iloc[0]
    send(page, "seek", teacher["name"])
    assert teacher["helper_id"] not in [one["id"] for one in page.asked["found"]]
    before = page.asked
    send(page, "why_not", teacher["helper_id"])
    assert page.asked == before
    send(page, "seek", "…")
    assert page.asked["none"] == words.say("helper_none", "en")


def test_an_unmatched_child_is_told_who_would_lose_a_helper(proposed, send):
    page = proposed.shown
    left = page.draft.proposal.unmatched
    child = left.loc[left["code"].eq("places_taken"), "child_id"].iloc[0]
    choose(page, send, child)
    assert not page.chosen["paired"] and page.chosen["points"] == []
    assert page.others and all(one["moves"] for one in page.others)
    send(page, "decide", "lock")
    assert page.form == {}, "there is no pair to lock"


# -- by hand ---------------------------------------------------------------------------------------


@BOTH
def test_a_swap_costs_what_was_said_and_is_kept_and_can_be_taken_back(
    proposed, filled, open_app, send, language
):
    page = proposed.shown
    send(page, "set_language", "en")
    best = page.draft.proposal
    child, one = swappable(page, send)
    price = number(one["price"])
    send(page, "set_language", language)
    send(page, "take", one["id"])
    assert pairs(page)[child] == one["id"]
    now = page.draft.proposal
    assert now.certificate.gap == now.pairs["cost"].sum() - best.pairs["cost"].sum() == price
    share = round(100 * price / int(best.pairs["cost"].sum()), 1)
    said = words.say("hand_points_share", language, points=f"+{price}", share=share)
    assert page.hand["text"].endswith(said)
    assert page.proof["strong"] == words.say("proved", language)
    marked = [row for row in page.shown.to_dict("records") if row["mark"] == "by_hand"]
    assert child in [row["child_id"] for row in marked]
    again = open_app(filled, language=language).shown
    assert again.hand == page.hand
    assert pairing.to_json(again.draft.proposal) == pairing.to_json(now)
    send(again, "alternatives")
    send(again, "best_plan")
    assert again.draft.proposal.workings is not None
    assert again.hand == {} and again.draft.best is None
    assert pairing.to_json(again.draft.proposal) == pairing.to_json(best)


def test_a_child_taken_out_waits_and_the_plan_can_still_be_published(proposed, send, read, filled):
    page = proposed.shown
    child, count = page.chosen["id"], len(pairs(page))
    send(page, "take_out")
    assert not page.chosen["paired"]
    assert page.chosen["why"] == words.say("unmatched_taken_out", "en")
    assert words.say("hand_fewer", "en", count=1) in page.hand["text"]
    before = len(read(filled, "pairings"))
    send(page, "ask_publish")
    assert send(page, "answer", True) == {}
    new = read(filled, "pairings").iloc[before:]
    assert len(new) == count - 1 and child not in set(new["child_id"])
    for event, data in (("take_out", {}), ("take", page.others[0]["id"] if page.others else ""),
                        ("best_plan", {}), ("decide", "lock")):  # fmt: skip
        send(page, event, data)
    assert len(pairs(page)) == count - 1 and page.form == {}, "what is published stays as it is"


def test_a_second_change_keeps_the_first_or_asks(proposed, send):
    page = proposed.shown
    first = page.chosen["id"]
    send(page, "take_out")
    second = pairs(page).index[0]
    choose(page, send, second)
    send(page, "take_out")
    assert not {first, second} & set(pairs(page).index)
    assert page.hand["text"].startswith(words.say("hand_count", "en", count=2))


@pytest.mark.parametrize("data", ["H99999", "", None, 3, {}, [], "C00001"])
def test_nobody_unknown_is_taken(proposed, send, data):
    page = proposed.shown
    before = page.draft
    for event in ("take", "why_not", "withdraw", "decide", "call_for", "scheme", "part"):
        assert send(page, event, data) == {}
    assert page.draft.deeds == before.deeds == ()


# -- decisions -------------------------------------------------------------------------------------


def settle(page, send, verdict, reason="They are cousins."):
    send(page, "decide", verdict)
    assert page.form["id"] == "decide"
    send(page, "type", {"reason": reason})
    return send(page, "save_form", {"reason": reason})


@BOTH
def test_a_lock_says_who_and_why_and_the_next_proposal_keeps_it(
    filled, here, open_app, send, language
):
    page = open_app(filled, language=language).shown
    send(page, "propose")
    child, one = swappable_in(page, send, language)
    send(page, "take", one["id"])
    assert settle(page, send, "lock")["kind"] == "success"
    assert page.form == {}
    decided = page.chosen["decided"][0]
    assert (decided["reason"], page.chosen["locked"]) == ("They are cousins.", True)
    assert "li.na" in decided["text"] and one["helper"] in decided["text"]
    send(page, "propose")
    assert pairs(page)[child] == one["id"]
    assert page.hand == {}
    row = page.shown.set_index("child_id").loc[child]
    assert row["mark"] == "locked"
    choose(page, send, child)
    send(page, "withdraw", page.chosen["decided"][0]["id"])
    assert (page.chosen["decided"], page.chosen["locked"]) == ([], False)


def swappable_in(page, send, language):
    send(page, "set_language", "en")
    found = swappable(page, send)
    send(page, "set_language", language)
    return found


def test_a_pair_nobody_wants_does_not_come_back(filled, here, open_app, send):
    page = open_app(filled).shown
    send(page, "propose")
    child, helper = page.chosen["id"], pairs(page)[page.chosen["id"]]
    settle(page, send, "forbid")
    assert page.doubts["changes"] == [words.say("draft_decisions_new", "en", count=1)]
    assert page.shown.set_index("child_id").loc[child, "mark"] == "unwanted"
    send(page, "propose")
    assert pairs(page).get(child) != helper
    assert page.doubts["outdated"] == ""
    choose(page, send, child)
    send(page, "why_not", helper)
    assert page.asked["answer"]["rule"] == words.say("against_forbidden", "en")


def test_a_decision_needs_a_reason_and_a_half_written_one_survives_a_reload(
    proposed, filled, open_app, send, read
):
    page = proposed.shown
    child = page.chosen["id"]
    send(page, "decide", "lock")
    send(page, "save_form", {"reason": " "})
    assert page.form["errors"] and len(read(filled, "decisions")) == 0
    send(page, "type", {"reason": "same choir"})
    again = open_app(filled).shown
    assert again.form["id"] == "decide"
    assert again.form["sections"][0]["fields"][0]["value"] == "same choir"
    assert again.chosen["id"] == child
    send(again, "save_form", {"reason": "same choir"})
    assert read(filled, "decisions")["reason"].tolist() == ["same choir"]


# -- shortages -------------------------------------------------------------------------------------


@BOTH
def test_shortages_say_whom_to_recruit_and_write_a_call_that_names_nobody(
    proposed, send, read, filled, language
):
    page = proposed.shown
    send(page, "set_language", language)
    send(page, "find_shortages")
    left = page.draft.proposal.unmatched
    told = pairing.shortages(page.draft.proposal)
    assert told["uncovered"].sum() == len(left)
    send(page, "all_shortages")
    assert [one["id"] for one in page.shortages] == told["pocket"].tolist()
    assert page.smaller == ""
    card = next(one for one in page.shortages if one["count"])
    assert card["recruits"] and all("{" not in text for text in card["recruits"])
    send(page, "call_for", card["id"])
    text = page.call["text"]
    assert len(text) > 40
    children = read(filled, "children")
    assert not any(name in text for name in [*children["name"], *children["child_id"]])
    send(page, "call_for", 999)
    assert page.call["id"] == card["id"]
    send(page, "close_call")
    assert page.call == {}


# -- two people ------------------------------------------------------------------------------------


def test_the_second_who_saves_sees_the_newer_draft_and_what_changed(two, send):
    first, second = two
    child, one = swappable(first, send)
    send(first, "take", one["id"])
    mine = second.chosen["id"]
    notice = send(second, "take_out")
    assert (notice["kind"], notice["text"]) == ("warning", words.say("draft_not_saved", "en"))
    assert pairs(second)[child] == one["id"], "the newer one is shown"
    assert "li.na" in second.other["text"] and second.other["mine"]
    moved = len(tasks.changed_by_hand(first.draft))
    assert words.say("draft_pair_changed", "en", count=moved) in second.other["text"]
    marked = second.shown.query("mark != ''")["child_id"]
    assert child in set(marked)
    send(second, "keep_mine")
    assert mine not in pairs(second) and second.other == {}
    first.refresh()
    assert mine not in pairs(first)
    assert "王伟" in first.other["text"] and not first.other["mine"]
    send(first, "seen_changes")
    assert "王伟" in first.other["quiet"]


def test_what_another_does_is_seen_when_the_view_is_opened_again(two, send):
    first, second = two
    send(first, "take_out")
    child = next(iter(tasks.changed_by_hand(first.draft)))
    second.refresh()
    assert child not in pairs(second)
    assert not second.other["mine"]


# -- schemes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["volunteer", "teacher", "peer"])
def test_each_scheme_has_its_people_weights_and_draft(filled, here, open_app, send, code):
    page = open_app(filled).shown
    assert [one["id"] for one in page.choices] == [*pairing.SCHEMES]
    send(page, "scheme", code)
    assert [one["id"] for one in page.choices if one["here"]] == [code]
    assert page.points == pairing.SCHEMES[code].weights
    assert set(page.helpers["kind"]) <= set(pairing.SCHEMES[code].kinds)
    assert [rule["code"] for rule in page.rules] == list(pairing.SCHEMES[code].every_rule)
    assert all(weight["usual"] for weight in page.weights)
    send(page, "propose")
    assert page.draft.proposal.scheme.code == code
    assert sum(part["points"] for part in page.chosen["points"]) == page.chosen["cost"]
    again = open_app(filled).shown
    assert (again.scheme.code, again.step) == (code, "proposal")
    other = "peer" if code == "volunteer" else "volunteer"
    send(again, "scheme", other)
    assert (again.draft, again.proof) == (None, {})
    send(again, "scheme", code)
    assert again.draft is not None


def test_one_to_one_shows_two_proposals_and_publishes_both_in_one_step(
    filled, here, open_app, send, read
):
    page = open_app(filled).shown
    send(page, "scheme", "one_to_one")
    assert [one["id"] for one in page.halves] == ["teacher", "peer"]
    send(page, "propose")
    teachers = set(page.draft.proposal.pairs["helper_id"])
    send(page, "part", "peer")
    assert page.draft.proposal.scheme.code == "peer"
    assert not teachers & set(page.draft.proposal.pairs["helper_id"])
    count = sum(len(draft.proposal.pairs) for draft in page.drafts.values())
    numbers = {one["id"]: one["number"] for one in page.summary["numbers"]}
    assert {"teacher", "peer"} < set(numbers) and page.summary["tiers"] == []
    before, steps = len(read(filled, "pairings")), len(page.store.steps())
    send(page, "ask_publish")
    assert page.confirm["text"] == words.say("publish_question", "en", count=count)
    assert send(page, "answer", True) == {}
    new = read(filled, "pairings").iloc[before:]
    assert (len(new), set(new["scheme"])) == (count, {"teacher", "peer"})
    assert len(page.store.steps()) == steps + 1
    send(page, "undo_publish", page.published)
    send(page, "answer", True)
    assert len(read(filled, "pairings")) == before
    assert all(draft.published == "" for draft in page.drafts.values())


def test_a_scheme_of_the_branchs_own_can_be_chosen(filled, here, open_app, send):
    file = 'code = "official"\nkinds = ["volunteer"]\nmost = 1\nrules = ["ready", "adult", "reach"]'
    with open_store(filled) as store:
        tasks.keep_scheme(store, file)
    page = open_app(filled).shown
    send(page, "scheme", "official")
    send(page, "propose")
    assert page.draft.proposal.pairs["helper_id"].is_unique
    again = open_app(filled).shown
    assert again.draft.proposal.scheme.code == "official"
