"""Adjusting in a browser: why, why not, lock, forbid, swap, a shortage, publish, undo."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from carekit import pairing, tasks
from carekit.store import create_store, open_store
from carekit.store.users import add_user

from .branch import PASSWORD, USER, Person, serving

BOTH = pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.long)])


@pytest.fixture
def store_path(tmp_path):
    path = tmp_path / "town.care"
    with create_store(path, actor=USER, password=PASSWORD, name="陈静") as store:
        tasks.fill_with_sample(store)
        add_user(store, "wang.wei", "王伟", None)
    return path


def pairings(path):
    with open_store(path) as store:
        return store.read("pairings")


def helper_of(path, child):
    with open_store(path) as store:
        pairs = tasks.kept_draft(store).proposal.pairs.set_index("child_id")["helper_id"]
    return pairs.get(child)


def settle(person, verdict, reason):
    person.click(verdict)
    person.sees("form-decide")
    person.find("field-decide-reason").fill(reason)
    person.click("save-decide")
    person.reads("decided", reason)
    person.reads("decided", person.say(f"decided_{verdict}"))


def open_child(person, number):
    """Open a row of the list; gives the child."""
    button = person.page.locator("[data-test^=open-pairs-C]").nth(number)
    child = button.get_attribute("data-test").removeprefix("open-pairs-")
    button.click()
    person.reads("why", button.inner_text())
    return child


@pytest.mark.timeout(600)
@BOTH
def test_a_proposal_is_explained_adjusted_and_published(open_page, store_path, tmp_path, language):
    page = open_page(language=language)
    person = Person(page, language)
    before = pairings(store_path)
    with serving(store_path, tmp_path / "server") as server:
        person.sign_in(server.address)
        person.click("view-matching")
        person.expect(person.find("scheme-volunteer")).to_have_attribute("aria-pressed", "true")
        person.click("next-rules")
        person.click("propose")
        person.reads("proof", person.say("proved"))
        person.click("filter-pairs-paired")

        # why this helper, and why not another one
        open_child(person, 1)
        person.reads("points", person.say("total"))
        person.reads("why", person.say("points_hint"))
        person.sees("others")
        page.locator("[data-test=seek]").fill("王")
        found = page.locator("[data-test^=why-not-H]")
        found.first.click()
        person.sees("answer")

        # by hand: the price is said, and the best plan is one click away
        child = changed_by_hand(person)
        person.reads("hand", person.say("hand_count", count=1))
        taken = helper_of(store_path, child)
        settle(person, "lock", "same choir")
        page.reload()
        person.reads("hand", person.say("hand_count", count=1))
        person.reads("why", person.say("others_title"))

        # not wanted: the next proposal heeds both
        person.click("filter-pairs-paired")
        other = open_child(person, 0 if child != first(page) else 1)
        unwanted = helper_of(store_path, other)
        settle(person, "forbid", "cousins")
        person.reads("outdated", person.say("draft_decisions_new", count=1))
        person.click("propose-again")
        person.expect(person.find("outdated")).to_have_count(0)
        assert helper_of(store_path, child) == taken
        assert helper_of(store_path, other) != unwanted
        person.click("filter-pairs-marked")
        person.reads("table-pairs", person.say("mark_locked"))

        # a shortage, and whom to recruit
        shortage = page.locator("[data-test^=shortage-]").first
        person.expect(shortage).to_be_visible()
        page.locator("[data-test^=call-]").first.click()
        person.sees("call-text")
        assert len(person.find("call-text").input_value()) > 40
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        person.click("copy-call")
        person.reads("copy-call", person.say("copied"))
        person.click("close-call")

        person.click("to-publish")
        person.click("publish")
        person.click("confirm-yes")
        person.sees("published")
        new = pairings(store_path).iloc[len(before) :].set_index("child_id")["helper_id"]
        assert new[child] == taken and new.get(other) != unwanted
        page.locator("[data-test^=undo-S]").click()
        person.click("confirm-yes")
        person.reads("notice", person.say("publish_undone"))
        pd.testing.assert_frame_equal(pairings(store_path), before)
        page.close()


def first(page):
    name = page.locator("[data-test^=open-pairs-C]").first.get_attribute("data-test")
    return name.removeprefix("open-pairs-")


def changed_by_hand(person):
    """Take the next best helper of some child whose change costs something."""
    for number in range(10):
        child = open_child(person, number)
        person.expect(person.find("others").or_(person.find("others-none"))).to_be_visible()
        for one in person.page.locator("[data-test^=other-H]").all():
            price = one.locator("[data-test=price]")
            take = one.locator("[data-test^=take-H]")
            if re.match(r"\+[1-9]", price.inner_text()) and take.count():
                take.click()
                person.sees("hand")
                return child
    raise AssertionError("nobody can be swapped")


@pytest.mark.timeout(600)
def test_the_second_of_two_people_sees_what_changed(open_page, store_path, tmp_path):
    page = open_page(language="zh")
    person = Person(page, "zh")
    with open_store(store_path, actor=USER) as store:
        made = tasks.made_of(store.read)
        draft = tasks.keep_draft(store, tasks.Draft(tasks.propose(store, on=store.today()), made))
    with serving(store_path, tmp_path / "server") as server:
        person.sign_in(server.address)
        person.click("view-matching")
        person.click("go-proposal")
        person.sees("proof")
        with open_store(store_path, actor="wang.wei") as other:
            lost = draft.proposal.pairs["child_id"].iloc[5]
            changed = pairing.edited(draft.proposal, [(lost, None)])
            deeds = ((lost, None),)
            theirs = replace(draft, proposal=changed, best=draft.proposal, deeds=deeds)
            tasks.keep_draft(other, theirs)
        child = open_child(person, 2)
        person.click("take-out")
        person.reads("notice", person.say("draft_not_saved"))
        person.reads("other", "王伟")
        person.reads("other", person.say("draft_pair_changed", count=1))
        assert helper_of(store_path, child) is not None
        person.click("keep-mine")
        person.expect(person.find("other")).to_have_count(0)
        assert helper_of(store_path, child) is None
        page.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("width", [390])
def test_on_a_phone_the_panel_holds_everything(open_page, store_path, tmp_path, width):
    page = open_page(width=width, language="zh")
    person = Person(page, "zh")
    with serving(store_path, tmp_path / "server") as server:
        person.sign_in(server.address)
        person.click("view-matching")
        person.click("next-rules")
        person.click("propose")
        person.sees("proof")
        page.locator("[data-test^=open-pairs-C]").nth(1).click()
        person.sees("panel")
        person.sees("others")
        person.click("lock")
        person.find("field-decide-reason").fill("同班好友")
        person.click("save-decide")
        person.reads("panel", "同班好友")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        person.click("close-panel")
        page.close()
