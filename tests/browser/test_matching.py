"""The matching view in a browser: with the keyboard alone, through reloads, and a lost kernel."""

import re

import pandas as pd
import pytest

from carekit import tasks
from carekit.store import create_store, open_store

from .branch import DAY, PASSWORD, USER, Person, serving

FOCUSED = "document.activeElement.dataset.test || document.activeElement.id"
BOTH = pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.long)])


@pytest.fixture
def store_path(tmp_path):
    path = tmp_path / "town.care"
    with create_store(path, actor=USER, password=PASSWORD, name="陈静") as store:
        tasks.fill_with_sample(store)
    return path


class Typist(Person):
    """Somebody who has no mouse."""

    def click(self, name):
        raise AssertionError("this person has no mouse")

    def sign_in(self, address):
        self.page.goto(address)
        self.page.locator("#user").focus()
        self.page.keyboard.type(USER)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.page.keyboard.press("Enter")
        self.sees("title")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, name, back=False):
        """Tab until the focus is on this; it must be shown, and seen to be focused."""
        seen = []
        for _ in range(120):
            self.press("Shift+Tab" if back else "Tab")
            seen.append(self.page.evaluate(FOCUSED))
            if re.fullmatch(name, seen[-1] or ""):
                here = self.page.locator(":focus")
                self.expect(here).to_be_visible()
                assert here.evaluate("one => getComputedStyle(one).outlineStyle") != "none"
                return here
        raise AssertionError(f"no Tab leads to {name}: {seen}")

    def enter(self, name, back=False):
        self.tab_to(name, back)
        self.press("Enter")


def pairings(path):
    with open_store(path) as store:
        return store.read("pairings")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.long)])
def test_the_keyboard_alone_reaches_every_action(open_page, store_path, tmp_path, language):
    page = open_page(language=language)
    person = Typist(page, language)
    before = pairings(store_path)
    with serving(store_path, tmp_path / "server") as server:
        person.sign_in(server.address)
        person.enter("view-matching")
        person.sees("step-people")
        look_at_people(person)
        move_the_sliders(person)
        look_at_the_proposal(person)

        person.enter("to-publish", back=True)
        person.sees("summary")
        person.enter("publish")
        person.sees("confirm")
        person.press("Escape")
        person.expect(person.find("confirm")).to_have_count(0)
        assert page.evaluate(FOCUSED) == "publish", "the focus is where it was"
        person.press("Enter")
        person.sees("confirm")
        assert page.evaluate(FOCUSED) == "confirm-yes"
        person.enter("confirm-no")
        person.expect(person.find("confirm")).to_have_count(0)
        pd.testing.assert_frame_equal(pairings(store_path), before)
        person.press("Enter")
        person.sees("confirm")
        person.press("Enter")
        person.sees("published")
        assert len(pairings(store_path)) > len(before)

        with page.expect_download() as waiting:
            person.enter("download-published")
        assert waiting.value.suggested_filename.endswith(".xlsx")
        person.enter("undo-S.*")
        person.sees("confirm")
        assert page.evaluate(FOCUSED) == "confirm-no", "taking back is not one Enter away"
        person.enter("confirm-yes", back=True)
        person.sees("proof")
        pd.testing.assert_frame_equal(pairings(store_path), before)
        person.enter("close-notice", back=True)
        person.expect(person.find("notice")).to_have_count(0)
        page.close()


def look_at_people(person):
    person.enter("tile-able")
    person.sees("table-helpers")
    person.enter("filter-helpers-blocked")
    person.sees("blocked")
    person.expect(person.find("filter-helpers-blocked")).to_have_attribute("aria-pressed", "true")
    person.enter("sort-helpers-helper")
    person.enter("next-helpers")
    person.expect(person.find("previous-helpers")).to_be_enabled()
    person.tab_to("open-helpers-H.*", back=True)
    person.enter("tile-waiting", back=True)
    person.sees("table-waiting")
    person.enter("next-rules", back=True)
    person.sees("step-rules")


def move_the_sliders(person):
    """Arrow keys move, the sentence follows; what was moved is set back."""
    points = {"distance": (30, 5), "subject": (200, 50), "need": (100, 50), "continuity": (300, 50)}
    for name, (standard, step) in points.items():
        person.tab_to(f"weight-{name}")
        meaning = person.find(f"meaning-{name}").inner_text()
        person.press("ArrowRight", "ArrowRight", "ArrowLeft")
        said = person.say("weight_points", count=standard + step)
        person.expect(person.find(f"said-{name}")).to_have_text(said)
        person.expect(person.find(f"meaning-{name}")).not_to_have_text(meaning)
    person.enter("standard", back=True)
    for name, (standard, _) in points.items():
        said = person.say("weight_points", count=standard)
        person.expect(person.find(f"said-{name}")).to_have_text(said)
    person.enter("propose", back=True)
    person.enter("cancel")
    person.reads("notice", person.say("work_cancelled"))
    person.sees("step-rules")
    person.enter("propose", back=False)
    person.sees("proof")


def look_at_the_proposal(person):
    rows = person.find("table-pairs").locator("tbody tr")
    person.expect(rows).to_have_count(10)
    person.tab_to("search-pairs")
    child = rows.first.locator("button").inner_text()
    person.page.keyboard.type(child)
    person.expect(rows).to_have_count(1)
    person.press("Control+a", "Delete")
    person.expect(rows).to_have_count(10)
    person.enter("filter-pairs-unmatched")
    person.expect(rows.first).to_contain_text(person.say("unmatched"))
    person.enter("filter-pairs-all", back=True)
    heading = person.find("sort-pairs-way")
    for way in ("ascending", "descending"):
        person.tab_to("sort-pairs-way", back=way == "descending")
        person.press("Enter")
        person.expect(heading.locator("..")).to_have_attribute("aria-sort", way)
        person.tab_to("open-pairs-C.*")
    person.press("Enter")
    person.expect(rows.first).to_have_attribute("aria-current", "true")
    person.reads("why", rows.first.locator("button").inner_text())
    person.enter("next-pairs")
    person.expect(person.find("said-pairs")).to_have_text(
        person.say("rows_of", first=11, last=20, count=122)
    )
    person.tab_to("open-card")
    with person.page.expect_download() as waiting:
        person.enter("download-pairs")
    assert waiting.value.suggested_filename.endswith(".xlsx")
    person.enter("propose-again", back=True)
    person.sees("progress")
    person.expect(person.find("progress")).to_have_count(0)
    person.sees("proof")


@pytest.mark.timeout(600)
@BOTH
def test_a_reload_loses_neither_sliders_nor_proposal_nor_the_way_back(
    open_page, store_path, tmp_path, language
):
    page = open_page(language=language)
    person = Person(page, language)
    with serving(store_path, tmp_path / "server") as server:
        person.sign_in(server.address)
        person.click("view-matching")
        person.click("go-rules")
        person.find("weight-subject").press("End")
        person.reads("said-subject", person.say("weight_points", count=1000))
        person.reads("meaning-subject", person.say("meaning_subject", km=33))
        page.reload()
        person.sees("step-rules")
        person.reads("said-subject", person.say("weight_points", count=1000))
        assert person.find("weight-subject").input_value() == "1000"

        person.click("propose")
        person.sees("proof")
        pairs, left = person.find("paired").inner_text(), person.find("left").inner_text()
        table = person.find("table-pairs").locator("tbody tr")
        person.expect(table.last).to_contain_text(" / ")  # bars are drawn a moment after the texts
        rows = table.all_text_contents()
        page.reload()
        person.sees("proof")
        assert person.find("paired").inner_text() == pairs
        assert person.find("left").inner_text() == left
        person.expect(table).to_have_text(rows)
        person.expect(person.find("outdated")).to_have_count(0)
        person.expect(person.find("other-weights")).to_have_count(0)

        helper_leaves(store_path)
        page.reload()
        person.reads("outdated", person.say("draft_outdated"))
        person.click("propose-again")
        person.expect(person.find("outdated")).to_have_count(0)
        before = pairings(store_path)
        person.click("to-publish")
        person.click("publish")
        person.click("confirm-yes")
        person.sees("published")
        page.reload()
        person.sees("published")
        page.locator("[data-test^=undo-S]").click()
        person.click("confirm-yes")
        person.reads("notice", person.say("publish_undone"))
        pd.testing.assert_frame_equal(pairings(store_path), before)
        page.close()


def helper_leaves(path):
    with open_store(path) as store:
        draft = tasks.kept_draft(open_store(path, actor=USER))
        leaving = draft.proposal.pairs["helper_id"].iloc[0]
        helpers = store.read("helpers")
        gone = helpers[helpers["helper_id"] == leaving].assign(closed_on=pd.Timestamp(DAY))
        store.write("helpers", gone)


@pytest.mark.timeout(600)
def test_on_a_phone_a_row_opens_why(open_page, store_path, tmp_path):
    page = open_page(width=390, language="zh")
    person = Person(page, "zh")
    with serving(store_path, tmp_path / "server") as server:
        person.sign_in(server.address)
        person.click("view-matching")
        person.click("next-rules")
        person.click("propose")
        person.sees("proof")
        child = page.locator("[data-test^=open-pairs-]").first
        name = child.inner_text()
        child.click()
        person.reads("panel-title", name)
        person.reads("panel", person.say("total"))
        person.click("close-panel")
        person.expect(person.find("panel")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.close()
