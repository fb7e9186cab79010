"""Somebody leaves, in a browser: seen side by side, a note, published, taken back."""

import pandas as pd
import pytest

from carekit import pairing, tasks
from carekit.store import create_store, open_store

from .branch import PASSWORD, USER, Person, serving

PAIRED = 80


@pytest.fixture
def store_path(tmp_path):
    """The practice school, matched and published: 80 children; the others wait."""
    path = tmp_path / "town.care"
    with create_store(path, actor=USER, password=PASSWORD, name="陈静") as store:
        tasks.fill_with_sample(store)
        rows = pairing.publish(tasks.propose(store, on=store.today()), since=store.today())
        store.write("pairings", rows.sort_values("child_id").head(PAIRED))
    return path


def tables(path):
    with open_store(path) as store:
        return store.read("pairings"), store.read("helpers").set_index("helper_id")


def now(path):
    pairings, _ = tables(path)
    held = pairings[pairings["scheme"].eq("volunteer") & pairings["until"].isna()]
    return held.set_index("child_id")["helper_id"].astype(str).sort_index()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.long)])
def test_a_helper_leaves_and_the_children_go_to_others(open_page, store_path, tmp_path, language):
    page = open_page(language=language)
    person = Person(page, language)
    before, helpers = now(store_path), tables(store_path)[1]
    helper = str(before.value_counts().index[0])
    name = helpers["name"][helper]
    mine = before[before.eq(helper)].index
    with serving(store_path, tmp_path / "server") as server:
        person.sign_in(server.address)
        person.click("view-matching")
        person.click("leaving")
        person.sees("leaving-who")
        assert page.url.endswith("?view=leaving")

        # found by name, opened from the keyboard
        person.find("search-helpers").fill(name)
        row = person.find(f"open-helpers-{helper}")
        row.focus()
        page.keyboard.press("Enter")
        person.reads("leaving-asked", person.say("leaving_of", helper=name, count=len(mine)))
        person.reads("proof", person.say("proved"))
        for child in mine:
            person.reads(f"row-changes-{child}", name)
        untouched = person.say("leaving_untouched", count=122 - PAIRED)
        person.reads("untouched", untouched)

        # a reload loses nothing
        page.reload()
        person.reads("leaving-asked", name)

        # who could step in, and the note for whoever does
        page.locator("[data-test^=open-changes-]").first.click()
        person.reads("child", person.say("substitutes_title"))
        note = person.find("note").input_value()
        assert name in note and "C0" not in note
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        person.click("copy-note")
        person.reads("copy-note", person.say("copied"))
        assert page.evaluate("navigator.clipboard.readText()") == note
        file, path = person.download("download-note")
        assert file.endswith(".txt") and path.read_text(encoding="utf-8-sig") == note

        # another of those who could step in; and back
        take = page.locator("[data-test^=take-H]").first
        take.click()
        person.reads("proof", person.say("leaving_taken", count=1))
        person.reads("child", person.say("substitute_own"))
        page.locator("[data-test^=take-H]", has_text=person.say("substitute_back")).click()
        person.expect(person.find("proof")).not_to_contain_text(
            person.say("leaving_taken", count=1)
        )

        # whoever waits may come too; back to what must
        person.click("wide")
        person.sees("waiting-after")
        person.click("narrow")
        person.reads("untouched", untouched)

        person.click("publish")
        person.reads("confirm", name)
        person.click("confirm-yes")
        person.sees("published")
        after, closed = now(store_path), tables(store_path)[1]["closed_on"]
        assert helper not in set(after) and pd.notna(closed[helper])
        changed = {c for c in before.index if before[c] != after.get(c)}
        assert set(mine) <= changed and set(after.index) <= set(before.index)
        assert page.locator("[data-test^=row-changes-]").count() == len(changed)

        page.locator("[data-test^=undo-S]").click()
        person.click("confirm-yes")
        person.reads("notice", person.say("change_undone"))
        assert now(store_path).equals(before)
        assert pd.isna(tables(store_path)[1]["closed_on"][helper])
        person.click("leaving-back")
        person.sees("step-people")
        page.go_back()
        person.sees("changes")
        page.close()


@pytest.mark.timeout(600)
def test_from_the_card_on_a_phone(open_page, store_path, tmp_path):
    page = open_page(width=390, language="zh")
    person = Person(page, "zh")
    helper = str(now(store_path).value_counts().index[0])
    with serving(store_path, tmp_path / "server") as server:
        person.sign_in(server.address)
        person.click("view-register")
        person.click("tab-helpers")
        person.find("search-helpers").fill(tables(store_path)[1]["name"][helper])
        person.find(f"open-helpers-{helper}").click()
        person.click("leaving")
        person.sees("changes")
        page.locator("[data-test^=open-changes-]").first.click()
        person.sees("panel")
        person.sees("note")
        person.expect(page.locator("[data-test^=take-H]").first).to_be_visible()
        page.keyboard.press("Escape")
        person.expect(person.find("panel")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.close()
