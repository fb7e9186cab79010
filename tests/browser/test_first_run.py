"""The first run: no store yet, a page that sets up a branch, and then the app."""

import re

import pytest
from playwright.sync_api import expect

from carekit import open_store
from carekit.words import say
from tests.browser import pictures
from tests.browser.branch import PATIENCE, serving
from tests.browser.conftest import Visitor

PASSWORD = "tall bamboo 4"
TYPED = {"branch": "青山县红十字会", "name": "陈静", "user": "chen.jing"}
LANGUAGES = ["en", "zh"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "branch.care"


@pytest.fixture
def new(path, tmp_path):
    with serving(path, tmp_path / "server") as server:
        yield server


def fill(page, **more):
    for name, text in (TYPED | more).items():
        page.locator(f"#{name}").fill(text)


def set_up(page, start):
    page.locator(f"#start-{start}").check()
    page.locator("#set-up").click()
    expect(page.locator("#recovery-code")).to_have_text(re.compile("([A-Z]{4}-){5}[A-Z]{4}"))
    page.locator("#continue").click()
    expect(page.locator("[data-test=person]")).to_contain_text("陈静", timeout=PATIENCE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_nothing_to_the_practice_school(new, open_page, path, language):
    page = open_page(language=language)
    page.goto(new.address)
    expect(page.get_by_role("heading", level=1)).to_have_text(say("first_title", language))
    fill(page, password=PASSWORD, again=PASSWORD)
    set_up(page, "practice")
    with open_store(path, TYPED["user"], PASSWORD) as store:
        assert store.setting("branch_name") == TYPED["branch"]
        assert store.today().isoformat() == "2026-03-02"
        assert len(store.read("children")) == 122
        users = store.read("users")
        assert users[["user_id", "name", "role"]].values.tolist() == [
            ["chen.jing", "陈静", "administrator"]
        ]
    # that this server serves it, and no more
    assert [one.name for one in path.parent.glob(".*")] == [f".{path.name}.server"]
    stranger = open_page(language=language)  # there is a branch now
    stranger.goto(new.address + "first")
    expect(stranger.get_by_role("heading", level=1)).to_have_text(say("signin_title", language))


def test_from_nothing_to_an_empty_register(new, open_page, path):
    page = open_page(language="zh")
    page.goto(new.address)
    fill(page, password=PASSWORD, again=PASSWORD)
    set_up(page, "empty")
    with open_store(path, TYPED["user"], PASSWORD) as store:
        assert store.setting("practice_day") is None
        assert store.read("children").empty
    page.locator("[data-test=person]").click()
    page.locator("[data-test=sign-out]").click()
    page.locator("#user").fill(TYPED["user"])
    page.locator("#password").fill(PASSWORD)
    page.locator("#sign-in").click()
    expect(page.locator("[data-test=person]")).to_contain_text("陈静", timeout=PATIENCE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_faults_stand_beside_the_fields_and_nothing_typed_is_lost(new, open_page, path, language):
    page = open_page(language=language)
    page.goto(new.address)
    pictures.take(page, "first-run", language)
    fill(page, name="", password="bamboo", again="bambus")
    page.locator("#set-up").click()
    said = {
        "name": say("person_missing", language),
        "password": say("password_short", language, least=10),
        "again": say("passwords_differ", language),
        "start": say("first_start_missing", language),
    }
    for field, text in said.items():
        expect(page.locator(f"#{field}-fault")).to_have_text("✕ " + text)
    expect(page.locator("#branch-fault")).to_be_hidden()
    expect(page.locator("#name")).to_be_focused()
    expect(page.locator("#name")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#password")).to_have_value("bamboo")  # the page was never left
    pictures.take(page, "first-run-faults", language)
    assert "422" in page.problems.pop()  # the browser's own note of it
    assert not path.exists()
    page.locator("#start-empty").check()
    page.locator("#name").fill("陈静")
    page.reload()
    for name, text in TYPED.items():
        expect(page.locator(f"#{name}")).to_have_value(text)
    expect(page.locator("#start-empty")).to_be_checked()
    expect(page.locator("#password")).to_have_value("")
    other = {"en": "zh", "zh": "en"}[language]
    page.get_by_role("link", name=say("other_language", language)).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say("first_title", other))
    expect(page.locator("#branch")).to_have_value(TYPED["branch"])
    kept = page.evaluate("JSON.stringify(sessionStorage)")
    assert TYPED["branch"] in kept and "bamb" not in kept


def test_only_the_page_itself_sets_up_and_only_once(new, path):
    visitor, late = Visitor(new.address), Visitor(new.address)
    form = TYPED | {"password": PASSWORD, "again": PASSWORD, "start": "empty"}
    assert visitor.ask("first", "POST", form)[0] == 403
    for somebody in (visitor, late):
        status, _, text = somebody.ask("first")
        assert status == 200 and 'id="first"' in text
    assert visitor.ask("")[1].startswith("/login")
    assert visitor.ask("login")[:2] == (302, "/first")
    assert visitor.post("login", user="a", password="b")[:2] == (302, "/first")
    status, _, text = visitor.post("first", **form | {"branch": "<i>", "start": "other"})
    assert status == 422
    assert 'value="&lt;i&gt;"' in text and PASSWORD not in text
    assert not path.exists()
    status, _, text = visitor.post("first", **form)
    assert status == 200 and 'id="recovery-code"' in text and PASSWORD not in text
    assert visitor.ask("")[0] == 200  # signed in already
    assert late.post("first", **form | {"user": "somebody"})[:2] == (302, "/login")
    assert late.ask("first")[:2] == (302, "/login")
    with open_store(path, TYPED["user"], PASSWORD) as store:
        assert store.read("users")["user_id"].tolist() == ["chen.jing"]
