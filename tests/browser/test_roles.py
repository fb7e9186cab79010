"""Each role gets its own app, and no address leads to another one."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from carekit import create_store, open_store, tasks
from carekit.store import add_user, disable_user
from carekit.words import say
from tests.browser.branch import DAY, PATIENCE, serving
from tests.browser.conftest import Visitor
from tests.stores import copied

PASSWORD = "tall bamboo 4"


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    path = tmp_path_factory.mktemp("school") / "school.care"
    with create_store(path, actor="chen.jing", password=PASSWORD, practice_day=DAY) as store:
        tasks.fill_with_sample(store)
        helper = store.read("pairings")["helper_id"].iloc[0]
        add_user(store, "zhao.min", "赵敏", PASSWORD, "planner")
        add_user(store, "liu.yang", "刘洋", PASSWORD, "helper", helper)
    return path


@pytest.fixture
def store(school, tmp_path):
    return copied(school, tmp_path / "town.care")


@pytest.fixture
def server(store, tmp_path):
    with serving(store, tmp_path / "server") as running:
        yield running


ELSEWHERE = [
    "apps/coordinator.ipynb",
    "coordinator.ipynb",
    "coordinator",
    "voila/render/coordinator.ipynb",
    "voila/render/apps/coordinator.ipynb",
    "voila/files/coordinator.ipynb",
    "notebooks/coordinator.ipynb",
    "../apps/coordinator.ipynb",
    "%2e%2e/apps/coordinator.ipynb",
    "first/coordinator.ipynb",
]


def test_no_address_leads_a_helper_to_another_notebook(server):
    helper = Visitor(server.address)
    assert helper.post("login", user="liu.yang", password=PASSWORD)[0] == 403  # no form, no entry
    helper.sign_in("liu.yang", PASSWORD)
    for path in ELSEWHERE:
        status, place, _ = helper.ask(path)
        assert status in (403, 404), (path, status, place)
    helper.opener.close()


VIEWS = {
    "chen.jing": {"today", "register", "matching", "care", "outings", "admin"},
    "zhao.min": {"outings"},
    "liu.yang": {"mine"},
}


def sign_in(page, address, user):
    page.goto(address)
    page.locator("#user").fill(user)
    page.locator("#password").fill(PASSWORD)
    page.locator("#sign-in").click()
    page.wait_for_selector("[data-test=person]", timeout=PATIENCE)


def views(page):
    """The views the header offers, and the one that is open."""
    links = page.locator("[data-test^=view-]").all()
    offered = {link.get_attribute("data-test").removeprefix("view-") for link in links}
    return offered | {parse_qs(urlsplit(page.url).query).get("view", ["?"])[0]}


@pytest.mark.parametrize("user", VIEWS)
def test_everybody_gets_the_app_of_the_role_and_no_query_another(server, open_page, user):
    page = open_page(language="zh")
    sign_in(page, server.address, user)
    page.wait_for_url("**/?view=*")
    assert views(page) == VIEWS[user]
    if user != "chen.jing":
        asked = "?notebook=coordinator&notebook_path=apps/coordinator.ipynb&view=register"
        page.goto(server.address + asked)
        page.wait_for_selector("[data-test=person]", timeout=PATIENCE)
        expect(page.locator("[data-test=view-register]")).to_have_count(0)
        expect(page.locator("[data-test=title]")).not_to_have_text(say("view_register", "zh"))
        assert views(page) - {"register"} <= VIEWS[user]


def test_who_may_no_longer_come_in_is_out_at_the_next_opening(server, store):
    helper = Visitor(server.address)
    helper.sign_in("liu.yang", PASSWORD)
    with open_store(store) as opened:
        disable_user(opened, "liu.yang")
    assert helper.ask("")[:2] == (302, "/login")
    assert helper.sign_in("liu.yang", PASSWORD)[0] == 401
    helper.opener.close()


def test_the_view_asked_for_before_the_sign_in_is_opened_after_it(server):
    person = Visitor(server.address)
    place = person.ask("?view=outings")[1]
    assert place == "/login?next=%2F%3Fview%3Doutings"
    text = person.ask(place[1:])[2]
    assert re.search(r'name="view" value="outings"', text)
    form = {"user": "chen.jing", "password": PASSWORD}
    assert person.post("login", **form, view="outings")[:2] == (302, "/?view=outings")
    for bad in ("//evil.example", "../x", "outings&x=1", "a" * 40):
        stranger = Visitor(server.address)
        stranger.ask("login")
        assert stranger.post("login", **form, view=bad)[:2] == (302, "/")
        stranger.opener.close()
    person.opener.close()


def test_a_wrong_password_is_a_sentence_in_both_languages(server, open_page):
    for language in ("en", "zh"):
        page = open_page(language=language, width=390)
        page.goto(server.address)
        page.locator("#user").fill("liu.yang")
        page.locator("#password").fill("a guess")
        page.locator("#sign-in").click()
        expect(page.get_by_role("alert")).to_contain_text(say("signin_wrong", language))
        assert "401" in page.problems.pop()
