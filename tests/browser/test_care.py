"""Contacts logged with real clicks: a helper on a phone, a coordinator at a desk."""

import re

import pytest

from carekit import create_store, open_store, tasks
from carekit.store import add_user
from tests.browser.branch import DAY, PASSWORD, PATIENCE, USER, Person, serving
from tests.browser.pictures import NARROW, WIDE, take
from tests.stores import copied

HELPER = "liu.yang"
NOTE = {"en": "Reads well, misses her mother.", "zh": "阅读有进步，很想妈妈。"}
OTHER = {"en": "zh", "zh": "en"}


@pytest.fixture(scope="module")
def paired(tmp_path_factory):
    """The practice school with a published proposal, and a user who is one of its helpers."""
    path = tmp_path_factory.mktemp("care") / "school.care"
    with create_store(path, actor=USER, password=PASSWORD, practice_day=DAY) as store:
        tasks.fill_with_sample(store)
        tasks.publish(store, tasks.propose(store, on=store.today()))
        now = store.read("pairings").query("until.isna()")
        helper = now["helper_id"].value_counts().index[0]
        add_user(store, HELPER, "刘洋", PASSWORD, "helper", helper)
        own = sorted(now.loc[now["helper_id"].eq(helper), "child_id"])
    return path, helper, own


@pytest.fixture
def served(paired, tmp_path):
    path = tmp_path / "town.care"
    copied(paired[0], path)
    with serving(path, tmp_path / "server") as server:
        yield path, server


def sign_in(person, address, user):
    person.page.goto(address)
    person.page.locator("#user").fill(user)
    person.page.locator("#password").fill(PASSWORD)
    person.page.locator("#sign-in").click()
    person.sees("title")


def contacts(path):
    with open_store(path, actor=USER) as store:
        return store.read("contacts")


def look(person, name, whole=True):
    take(person.page, name, person.language, whole)
    person.page.set_viewport_size({"width": NARROW, "height": 900})


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.long)])
def test_a_helper_logs_contacts_on_a_phone(open_page, served, paired, language):
    path, server = served
    _, helper, own = paired
    page = open_page(width=NARROW, language=language)
    person = Person(page, language)
    sign_in(person, server.address, HELPER)
    contacts_on_a_phone(person, path, helper, own)
    assert page.problems == []
    page.close()


def contacts_on_a_phone(person, path, helper, own):
    before = len(contacts(path))
    person.expect(person.find("cards").locator("> li")).to_have_count(len(own))
    look(person, "mine")

    # Three clicks.
    child = own[0]
    person.click(f"log-{child}")
    person.click("kind-talk")
    person.click("save-contact")
    event = person.find("timeline").locator("> li").first
    person.expect(event).to_contain_text(person.label("contact_kind", "talk"), timeout=PATIENCE)
    person.expect(event).to_contain_text(person.say("event_minutes", count=30))
    row = contacts(path).iloc[-1]
    assert (row["child_id"], row["helper_id"], row["kind"], row["minutes"]) == (
        child, helper, "talk", 30,
    )  # fmt: skip
    assert (str(row["day"].date()), row["partner"], row["reached"]) == (DAY, "child", True)
    look(person, "mine-timeline", whole=False)

    # In the middle of the next one the page goes away.
    person.click("log")
    minutes = person.find("field-contact-minutes")
    for kind, usual in [("letter", "20"), ("other", ""), ("visit", "90")]:
        person.click(f"kind-{kind}")
        person.expect(minutes).to_have_value(usual)
    note = person.find("field-contact-note")
    note.fill(NOTE[person.language])
    note.blur()
    person.sees("kept-contact")
    person.kept(path, "mine/form", NOTE[person.language], HELPER)
    look(person, "mine-form", whole=False)
    person.page.reload()
    person.expect(person.find("field-contact-note")).to_have_value(
        NOTE[person.language], timeout=PATIENCE
    )
    person.expect(person.find("kind-visit")).to_have_attribute("aria-pressed", "true")
    person.expect(person.find("field-contact-minutes")).to_have_value("90")
    assert len(contacts(path)) == before + 1
    person.click("save-contact")
    person.reads("timeline", NOTE[person.language])
    assert contacts(path)["note"].iloc[-1] == NOTE[person.language]
    person.click("undo-contact")
    person.expect(person.find("timeline")).not_to_contain_text(
        NOTE[person.language], timeout=PATIENCE
    )
    assert len(contacts(path)) == before + 1


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.long)])
def test_a_coordinator_sees_load_and_logs_for_a_child(open_page, served, paired, language):
    path, server = served
    _, helper, own = paired
    page = open_page(width=WIDE, language=language)
    person = Person(page, language)
    sign_in(person, server.address, USER)
    person.click("view-care")
    person.reads("title", person.say("care_title"))
    person.sees("table-children")
    look(person, "care-children")
    page.set_viewport_size({"width": WIDE, "height": 900})

    with open_store(path, actor=USER) as store:
        known = store.read("children").set_index("child_id")
        who = store.read("helpers").set_index("helper_id").at[helper, "name"]
    child = own[0]
    person.find("search-children").fill(known.at[child, "name"])
    row = person.find(f"row-children-{child}")
    row.locator("[data-test=act-log]").click()
    person.click("kind-call")
    person.expect(person.find("field-contact-minutes")).to_have_value("10", timeout=PATIENCE)
    look(person, "care-form", whole=False)
    page.set_viewport_size({"width": WIDE, "height": 900})
    # Nothing is written for a day that has not come; what was typed stays.
    day = person.find("field-contact-day")
    day.fill("2026-03-03")
    person.click("save-contact")
    person.reads("panel", person.say("contact_in_future"))
    day.fill(DAY)
    person.click("save-contact")
    person.reads("timeline", person.label("contact_kind", "call"))
    look(person, "care-child", whole=False)
    page.set_viewport_size({"width": WIDE, "height": 900})
    assert contacts(path)[["child_id", "helper_id", "kind"]].values.tolist() == [
        [child, helper, "call"]
    ]
    person.click("close-panel")
    person.expect(row).to_contain_text(person.say("contact_today"))

    # A number leads to its rows.
    person.click("tile-contacts")
    person.reads("table-contacts", known.at[child, "name"])
    look(person, "care-contacts")
    page.set_viewport_size({"width": WIDE, "height": 900})

    person.click("tab-helpers")
    person.sees("table-helpers")
    look(person, "care-helpers")
    page.set_viewport_size({"width": WIDE, "height": 900})
    with open_store(path, actor=USER) as store:
        name = store.read("helpers").set_index("helper_id").at[helper, "name"]
    person.find("search-helpers").fill(name)
    person.find("search-helpers").fill(who)
    person.click(f"open-helpers-{helper}")
    person.sees("helper")
    look(person, "care-helper", whole=False)
    page.set_viewport_size({"width": WIDE, "height": 900})
    person.click(f"log-{own[1]}")
    person.reads("panel-title", known.at[own[1], "name"])
    person.click("close-contact")
    person.sees("helper")

    # Another language in place.
    person.click("close-panel")
    person.click("language")
    other = Person(page, OTHER[language])
    other.reads("title", other.say("care_title"))
    other.expect(other.find("said-helpers")).to_have_text(re.compile(r"\d"))
    assert page.problems == []
    page.close()
