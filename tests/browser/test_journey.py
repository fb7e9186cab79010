"""The whole job with real clicks, from an empty store to a roster, in both languages."""

import io
import re

import openpyxl
import pandas as pd
import pytest

from carekit import create_store, open_store
from carekit.words import format_day
from tests.browser.branch import DATA, DAY, PASSWORD, USER, Person, serving
from tests.browser.pictures import take

TITLE = {"en": "Spring day at the botanical garden", "zh": "春日植物园一日"}
OUTING_DAY, PLACES = "2026-04-12", 44
CALLED = ["guardian", "second", "emergency", "mother", "father"]
OTHER = {"en": "zh", "zh": "en"}


@pytest.fixture
def store_path(tmp_path):
    path = tmp_path / "town.care"
    create_store(path, actor=USER, password=PASSWORD, name="陈静", practice_day=DAY).close()
    return path


def cells(path, sheet=0):
    """A downloaded sheet: what stands in it as text, and its rows below the heading."""
    rows = openpyxl.load_workbook(io.BytesIO(path.read_bytes())).worksheets[sheet].values
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.long)])
def test_from_two_spreadsheets_to_a_roster(open_page, store_path, tmp_path, language):
    page = open_page(language=language)
    person = Person(page, language)
    with serving(store_path, tmp_path / "server") as server:
        person.sign_in(server.address)
        import_both(person)
        look_at_the_rules(person)
        propose_and_search(person, store_path)
        change_the_language_and_back(person)
        pairs = publish(person, store_path)
        outing = make_the_outing(person)
        name, path = person.download("download-roster")
        assert name == person.say("roster_file", outing=outing, day=OUTING_DAY) + ".xlsx"
        check_the_roster(path, store_path, language)
        # What another view did is there when this one is shown again.
        person.click("view-matching")
        person.reads("published", person.say("pairs_short", count=pairs))
        assert page.problems == []
        page.close()  # before the server goes: a page left behind complains that it is gone
        assert server.said().count("\n") <= 3  # the address, and nothing that went wrong


def import_both(person):
    """From a matching view without people to the register: look at a list, then bring it in."""
    person.click("view-matching")
    person.reads("title", person.say("matching_title"))
    person.expect(person.find("next-rules")).to_have_count(0)
    take(person.page, "matching-empty", person.language)
    person.click("empty-act")
    person.reads("title", person.say("view_register"))
    person.upload("children", DATA / "children.xlsx")
    person.sees("progress")
    take(person.page, "register-progress", person.language)
    bring_in(person, "children", 122)
    person.upload("helpers", DATA / "helpers.xlsx")
    bring_in(person, "helpers", 121)
    # Once more: nobody is doubled, and there is nothing to bring in.
    person.upload("children", DATA / "children.xlsx")
    person.reads("preview-children", person.say("preview_nothing"))
    person.expect(person.find("tile-known").locator("strong")).to_have_text("122")
    person.expect(person.find("bring-in-children")).to_have_count(0)
    take(person.page, "register-known", person.language)


def bring_in(person, sheet, count):
    person.reads(f"bring-in-{sheet}", person.say("bring_in", count=count))
    person.expect(person.find(f"imported-{sheet}")).to_have_count(0)
    person.click(f"bring-in-{sheet}")
    person.reads(f"imported-{sheet}", person.say("import_done", count=count, known=0))


def look_at_the_rules(person):
    """Who waits and who can help; the rules; a slider that is moved and set back."""
    person.click("view-matching")
    person.sees("step-people")
    person.expect(person.find("tile-waiting").locator("strong")).to_have_text("122")
    person.click("tile-blocked")
    person.reads("blocked", person.say("blocked_training_missing"))
    take(person.page, "matching-people", person.language)
    person.click("next-rules")
    person.sees("step-rules")
    for code in ("rule_ready", "weight_distance", "rule_adult"):
        person.reads("step-rules", person.say(code))
    person.find("weight-distance").press("End")
    person.reads("said-distance", person.say("weight_points", count=100))
    person.reads("meaning-distance", person.say("meaning_distance", count=1000))
    take(person.page, "matching-rules", person.language)
    person.click("standard")
    person.reads("said-distance", person.say("weight_points", count=30))
    person.click("go-people")
    person.sees("step-people")
    person.click("go-rules")
    person.sees("step-rules")


def propose_and_search(person, store_path):
    person.click("propose")
    person.sees("step-proposal")
    person.reads("proof", person.say("proved"))
    person.reads("proof", person.say("proof"))
    take(person.page, "matching-proposal", person.language)
    rows = person.find("table-pairs").locator("tbody tr")
    person.expect(rows).to_have_count(10)

    person.click("filter-pairs-unmatched")
    person.expect(rows.first).to_contain_text(person.say("unmatched"))
    left = int(re.search(r"\d+", person.find("left").inner_text())[0])
    said = person.say("rows_of", first=1, last=min(left, 10), count=left)
    person.expect(person.find("said-pairs")).to_have_text(said)
    take(person.page, "matching-unmatched", person.language)
    person.click("filter-pairs-all")
    everybody(person)
    person.click("next-pairs")
    person.expect(person.find("said-pairs")).to_have_text(
        person.say("rows_of", first=11, last=20, count=122)
    )

    with open_store(store_path) as store:
        wanted = store.read("children").iloc[100]
    person.find("search-pairs").fill(wanted["name"])
    person.expect(rows).to_have_count(1)
    person.sees(f"row-pairs-{wanted['child_id']}")
    person.find("search-pairs").fill("nobody is called that")
    person.expect(rows).to_have_count(0)
    person.expect(person.page.get_by_text(person.say("no_rows"))).to_be_visible()
    person.find("search-pairs").fill("")
    person.expect(rows).to_have_count(10)

    person.click("filter-pairs-paired")
    person.expect(person.find("filter-pairs-paired")).to_have_attribute("aria-pressed", "true")
    chosen = rows.nth(3)
    person.expect(chosen).not_to_contain_text(person.say("unmatched"))
    child = chosen.locator("button").inner_text()
    chosen.locator("button").click()
    person.reads("why", child)
    person.expect(chosen).to_have_attribute("aria-current", "true")
    points = [int(n) for n in person.find("why").locator("dd").all_inner_texts()]
    assert sum(points[:-1]) == points[-1]
    person.click("filter-pairs-all")
    person.expect(person.find("filter-pairs-all")).to_have_attribute("aria-pressed", "true")


def everybody(person):
    person.expect(person.find("said-pairs")).to_have_text(
        person.say("rows_of", first=1, last=10, count=122)
    )


def change_the_language_and_back(person):
    """In place: other words, the same proposal, search and selection."""
    page, here = person.page, person.language
    person.find("search-pairs").fill("河心村")
    person.expect(person.find("said-pairs")).not_to_have_text(
        person.say("rows_of", first=1, last=10, count=122)
    )
    rows = person.find("table-pairs").locator("tbody tr")
    before = rows.evaluate_all(ROWS_SHOWN)
    child = person.find("why").locator("h2").inner_text()
    person.click("language")
    person.language = OTHER[here]
    person.reads("title", person.say("matching_title"))
    person.reads("proof", person.say("proof"))
    person.reads("go-rules", person.say("step_rules"))
    assert page.evaluate("document.documentElement.lang") == person.language
    # No sentence of the other language is left.
    texts = person.find("step-proposal").inner_text()
    for code in ("proof", "column_why", "propose_again", "tiers_title", "loads_title"):
        assert person.say(code) in texts
        assert person.say(code) != (left := Person(page, here).say(code)) and left not in texts
    assert person.find("search-pairs").input_value() == "河心村"
    assert rows.evaluate_all(ROWS_SHOWN) == before
    assert person.find("why").locator("h2").inner_text() == child
    person.click("language")
    person.language = here
    person.reads("title", person.say("matching_title"))
    person.find("search-pairs").fill("")
    everybody(person)


ROWS_SHOWN = "rows => rows.map(row => row.dataset.test)"


def publish(person, store_path):
    """Refuse once, then confirm: the pairs of the page are the pairs of the store."""
    _, path = person.download("download-pairs")
    listed = cells(path)
    assert len(listed) == 123
    person.click("to-publish")
    person.sees("summary")
    take(person.page, "matching-summary", person.language)
    person.click("publish")
    person.sees("confirm")
    take(person.page, "matching-confirm", person.language, whole=False)
    person.find("confirm").get_by_role("button", name=person.say("cancel")).click()
    person.expect(person.find("confirm")).to_have_count(0)
    with open_store(store_path) as store:
        assert store.read("pairings").empty
    person.click("publish")
    person.click("confirm-yes")
    person.sees("published")
    with open_store(store_path) as store:
        pairings, children = store.read("pairings"), store.read("children")
        helpers = store.read("helpers").set_index("helper_id")["name"]
        step = store.steps().iloc[-1]["step_id"]
    said = person.say("published", count=len(pairings), day=pd.Timestamp(DAY).date())
    person.reads("published", said)
    person.sees(f"undo-{step}")
    # The page says it once: no notice repeats it.
    person.expect(person.find("notice")).to_have_count(0)
    take(person.page, "matching-published", person.language)
    assert pairings["child_id"].is_unique and set(pairings["since"]) == {pd.Timestamp(DAY)}
    name = children.set_index("child_id")["name"]
    written = {(name[p.child_id], helpers[p.helper_id]) for p in pairings.itertuples()}
    for child, helper in written:
        assert sum(child in row and helper in row for row in listed) >= 1
    return len(pairings)


def make_the_outing(person):
    person.click("to-outings")
    person.reads("title", person.say("outings_title"))
    take(person.page, "outings-empty", person.language)
    title = TITLE[person.language]
    person.click("new-outing")
    person.find("field-outing-title").fill(title)
    person.click("save-outing")  # not yet: day and places are missing
    person.reads("errors-outing", person.say("field_required"))
    assert person.find("field-outing-title").input_value() == title
    person.find("field-outing-day").fill(OUTING_DAY)
    person.find("field-outing-places").fill(str(PLACES))
    person.click("save-outing")
    person.reads("title", title)
    person.reads("subtitle", format_day(pd.Timestamp(OUTING_DAY), person.language))
    person.reads("notice", person.say("outing_created", outing="O0001", title=title))
    person.click("make-groups")
    person.sees("groups")
    person.reads("verdict-said", person.say("outing_all_hold", kept=16, total=16))
    take(person.page, "outings-outing", person.language)
    person.click("to-roster")
    return "O0001"


def check_the_roster(path, store_path, language):
    """Every child of the outing once, beside its own helper and a phone, as the store has them."""
    with open_store(store_path) as store:
        children = store.read("children").set_index("child_id")
        helpers = store.read("helpers").set_index("helper_id")
        pairings = store.read("pairings").set_index("child_id")["helper_id"]
        guardians = store.read("guardians")
        consents = store.read("consents")
    assert consents.empty  # nothing refused: whoever has a helper may be chosen
    phones = {
        child: dict(zip(rows["role"], rows["phone"], strict=True))
        for child, rows in guardians.dropna(subset=["phone"]).groupby("child_id")
    }
    rows = cells(path)
    top = next(n for n, row in enumerate(rows) if sum(bool(cell) for cell in row) > 6)
    body = [row for row in rows[top + 1 :] if any(row)]
    assert 10 <= len(body) < PLACES
    seen, adults = [], set()
    for row in body:
        (child,) = [cell for cell in row if cell in children.index]
        seen.append(child)
        helper = pairings[child]
        adults.add(helper)
        assert children.at[child, "name"] in row
        assert helpers.at[helper, "name"] in row
        wanted = next((phones[child][r] for r in CALLED if r in phones.get(child, {})), None)
        assert wanted and wanted in row
    assert len(seen) == len(set(seen))
    on_the_bus = [row for row in cells(path, 1)[top + 1 :] if any(row)]
    listed = {cell for row in on_the_bus for cell in row if cell in helpers.index}
    assert adults <= listed and len(on_the_bus) == len(listed)
    assert len(seen) + len(listed) <= PLACES
    stay = {cell for row in cells(path, 2)[top + 1 :] for cell in row if cell in children.index}
    assert not stay & set(seen)
    assert set(pairings.index) <= stay | set(seen)
    assert TITLE[language] in " ".join(rows[0])
