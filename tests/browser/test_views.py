"""Every view with data in it, panels, forms, faults and questions open: what axe finds, what sticks
out, and the pictures of the guide. Both languages, both widths."""

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe

from carekit import pairing, tasks
from carekit.store import add_user, create_store, open_store
from tests.browser.branch import DAY, PASSWORD, USER, Person, serving
from tests.browser.pictures import NARROW, STICKING_OUT, WIDE, take

LANGUAGES = ("zh", "en")
HELPER = "lin.he"
PAIRED, CONTACTS = 60, 40
GRAVE = ("serious", "critical")
# A frame of Jupyter's page that is not ours and that nobody sees is still ours to answer for:
# nothing is left out of what axe looks at.


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory):
    """A branch some weeks on: pairs, contacts, an outing with its groups, a helper who signs in."""
    path = tmp_path_factory.mktemp("lived") / "town.care"
    with create_store(path, actor=USER, password=PASSWORD, name="陈静") as store:
        tasks.fill_with_sample(store)
        proposal = tasks.propose(store, on=store.today())
        rows = pairing.publish(proposal, since=store.today())
        store.write("pairings", rows.sort_values("child_id").head(PAIRED))  # the rest still waits
        pairs = rows.sort_values("child_id")[["child_id", "helper_id"]].head(CONTACTS)
        said = {"kind": "talk", "partner": "child", "minutes": 30, "note": "谈了学习和家里的事"}
        store.write("contacts", pairs.assign(day=pd.Timestamp(DAY), **said))
        tasks.replan_outing(store, "O0001")
        own = str(rows.sort_values("child_id").head(PAIRED)["helper_id"].value_counts().index[0])
        add_user(store, HELPER, "帮扶人", PASSWORD, "helper", own)
    return path


@pytest.fixture(scope="module")
def served(lived_in, tmp_path_factory):
    with serving(lived_in, tmp_path_factory.mktemp("server")) as server:
        yield server.address


def sign_in(person, address, user):
    person.page.goto(address)
    person.page.locator("#user").fill(user)
    person.page.locator("#password").fill(PASSWORD)
    person.page.locator("#sign-in").click()
    person.sees("title")


class Tour:
    """Looks hard at the page wherever it is taken."""

    def __init__(self, person):
        self.person, self.page, self.found = person, person.page, []

    def look(self, name, picture=False):
        """Axe and what sticks out, at both widths; a picture where the guide has one."""
        for width in (NARROW, WIDE):
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.wait_for_function(f"window.innerWidth === {width}")
            answer = Axe().run(self.page).response
            assert len(answer["passes"]) > 10
            self.found += [
                (name, width, one["impact"], one["id"], one["nodes"][0]["html"][:160])
                for one in answer["violations"]
                if one["impact"] in GRAVE
            ]
            if width == NARROW:
                out = self.page.evaluate(STICKING_OUT, NARROW)
                self.found += [(name, width, "sticks out", "", html) for html in out]
        place = name if picture else f"states/{name}"
        take(self.page, place, self.person.language, whole=picture)

    def first(self, table):
        """Open the first row of a table."""
        self.page.locator(f"[data-test^=open-{table}-]").first.click()

    def press(self, name):
        self.person.click(name)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_of_the_coordinator(open_page, served, language):
    page = open_page(language=language)
    tour = Tour(Person(page, language))
    sign_in(tour.person, served, USER)
    for visit in (today, register, matching, leaving, care, outings, account):
        visit(tour)
    assert tour.found == []
    assert page.problems == []
    page.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_helper_s_own_view(open_page, served, language):
    page = open_page(language=language)
    tour = Tour(Person(page, language))
    sign_in(tour.person, served, HELPER)
    tour.person.sees("cards")
    tour.look("mine", picture=True)
    page.locator("[data-test^=log-]").first.click()
    tour.person.sees("kinds")
    tour.look("mine-log")
    page.keyboard.press("Escape")
    assert tour.found == []
    assert page.problems == []
    page.close()


def today(tour):
    tour.press("view-today")
    tour.person.sees("today-rows")
    tour.look("today", picture=True)
    tour.press("person")
    tour.look("today-menu")
    tour.page.keyboard.press("Escape")


def register(tour):
    tour.press("view-register")
    tour.press("tab-children")
    tour.person.sees("list-children")
    tour.look("register", picture=True)
    tour.first("children")
    tour.person.sees("card")
    tour.look("register-card")
    tour.press("correct")
    tour.person.find("field-children-name").fill("")
    tour.press("save-children")  # refused: what is wrong stands beside the field
    tour.person.sees("errors-children")
    tour.look("register-refused")
    tour.press("close-children")
    tour.person.sees("confirm")
    tour.look("register-question")
    tour.press("confirm-yes")
    tour.person.expect(tour.person.find("confirm")).to_have_count(0)
    tour.page.keyboard.press("Escape")
    tour.person.expect(tour.person.find("panel")).to_have_count(0)
    tour.press("tab-import")
    tour.person.sees("list-import")
    tour.look("register-import")


def matching(tour):
    tour.press("view-matching")
    tour.press("go-people")  # a draft of the last visit opens at the proposal
    tour.person.sees("step-people")
    tour.look("matching-people")
    tour.press("go-rules")
    tour.person.sees("step-rules")
    tour.look("matching-rules", picture=True)
    tour.press("propose")
    tour.person.sees("step-proposal")
    tour.look("matching", picture=True)


def leaving(tour):
    tour.press("view-matching")
    tour.press("go-people")
    tour.press("leaving")
    who, asked = tour.person.find("leaving-who"), tour.person.find("leaving-asked")
    tour.person.expect(who.or_(asked)).to_be_visible()
    if asked.count():  # the last visit ended at somebody
        tour.press("choose-again")
    tour.person.sees("leaving-who")
    tour.look("leaving-who")
    tour.first("helpers")
    tour.person.sees("changes")
    tour.look("leaving")
    tour.press("wide")
    tour.person.sees("waiting-after")
    tour.look("leaving-wide")
    tour.press("publish")
    tour.person.sees("confirm")
    tour.look("leaving-question")
    tour.press("confirm-no")
    tour.page.set_viewport_size({"width": NARROW, "height": 900})
    tour.first("changes")
    tour.person.sees("panel")
    tour.look("leaving-child")
    tour.page.keyboard.press("Escape")


def care(tour):
    tour.press("view-care")
    tour.person.sees("list-children")
    tour.look("care", picture=True)
    tour.first("children")
    tour.person.sees("panel")
    tour.look("care-child")
    tour.page.keyboard.press("Escape")
    tour.press("tab-helpers")
    tour.look("care-helpers")


def outings(tour):
    tour.press("view-outings")
    listed, back = tour.person.find("new-outing"), tour.person.find("all-outings")
    tour.person.expect(listed.or_(back)).to_be_visible()
    if back.count():  # the last visit ended at one of them
        tour.press("all-outings")
    tour.person.sees("new-outing")
    tour.look("outings-list")
    tour.press("new-outing")
    tour.person.sees("form-outing")
    tour.look("outings-new")
    tour.press("close-outing")
    tour.first("outings")
    tour.press("go-people")
    tour.person.sees("verdict")
    tour.look("outings-people")
    tour.press("go-groups")
    tour.person.sees("groups")
    tour.look("outings", picture=True)
    tour.press("go-roster")
    tour.person.sees("roster")
    tour.look("outings-roster")
    tour.press("go-day")
    tour.person.sees("count")
    tour.look("headcount", picture=True)


def account(tour):
    tour.press("person")
    tour.press("change-password")
    tour.person.sees("form-password")
    tour.look("account")


def test_the_branch_of_these_pictures_is_lived_in(lived_in):
    with open_store(lived_in, actor=USER) as store:
        assert len(store.read("pairings")) > PAIRED
        assert len(store.read("contacts")) == CONTACTS
