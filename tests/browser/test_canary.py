"""What a browser keeps of a name after its person has signed out: nothing, in any of its stores.

The browser has a profile of its own on disk here, as a coordinator's has; all of its files are
looked through once it is closed.
"""

import shutil
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import expect, sync_playwright

from carekit import create_store
from carekit.store import add_user
from tests.browser.branch import DAY, PATIENCE, Person, serving
from tests.browser.conftest import CHROMIUM, FLAGS, NO_FOREIGN_NAMES
from tests.canary import ID_NUMBER, NAME, NEW_PASSWORD, PASSWORD, Canaries, in_files

USER = "chen.jing"
TYPED = "诸葛晓棠"  # typed into forms and searches, never saved
WANTED = Canaries(
    name=NAME, id_number=ID_NUMBER, typed=TYPED, password=PASSWORD, new_password=NEW_PASSWORD
)
# Everything a page can keep on this computer, and what it shows of itself outside the page.
KEPT = """async () => {
  const found = { url: location.href, title: document.title, name: window.name,
    state: JSON.stringify(history.state), cookie: document.cookie,
    local: JSON.stringify(localStorage), session: JSON.stringify(sessionStorage) };
  for (const key of await caches.keys()) {
    const cache = await caches.open(key);
    for (const asked of await cache.keys())
      found["cache " + asked.url] = asked.url + await (await cache.match(asked)).text();
  }
  for (const { name } of await indexedDB.databases()) {
    const open = indexedDB.open(name);
    const db = await new Promise((done) => (open.onsuccess = () => done(open.result)));
    for (const store of db.objectStoreNames) {
      const asked = db.transaction(store).objectStore(store).getAll();
      await new Promise((done) => (asked.onsuccess = done));
      found["database " + name] = JSON.stringify(asked.result);
    }
    db.close();
  }
  const workers = await navigator.serviceWorker.getRegistrations();
  if (workers.length) found.workers = workers.map((one) => one.scope).join();
  return found;
}"""


def kept(page):
    """What a page has on this computer, by place; cookies no script may read too."""
    cookies = {f"cookie {one['name']}": one["value"] for one in page.context.cookies()}
    return page.evaluate(KEPT) | cookies


@contextmanager
def own_browser(profile):
    """A browser with a profile on disk."""
    path = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=path,
            args=[*FLAGS, f"--host-resolver-rules={NO_FOREIGN_NAMES}"],
            locale="zh-CN",
            downloads_path=profile.with_name("downloads"),
        )
        try:
            yield context
        finally:
            context.close()


@pytest.fixture
def served(tmp_path):
    path = tmp_path / "town.care"
    with create_store(path, actor=USER, password=PASSWORD, practice_day=DAY) as store:
        child = {"name": NAME, "id_number": ID_NUMBER, "address": NAME, "note": NAME}
        store.write("children", pd.DataFrame([child]))
        outing = {"title": "园艺园", "day": pd.Timestamp("2026-04-12"), "places": 20}
        store.write("outings", pd.DataFrame([outing]))
        add_user(store, "zhao.min", "赵敏", PASSWORD, "planner")
    with serving(path, tmp_path / "server") as server:
        yield server.address


def sign_in(page, address, user, password):
    page.goto(address + "login")
    page.locator("#user").fill(user)
    page.locator("#password").fill(password)
    page.locator("#sign-in").click()


def sign_out(person):
    person.click("person")
    person.click("sign-out")
    expect(person.page.locator("#password")).to_be_visible(timeout=PATIENCE)


def at_work(person):
    """A search, a card, a form with faults, a list that cannot be read, a new password."""
    person.click("view-register")
    person.find("search-children").fill(NAME)
    person.page.locator("[data-test^=open-children-]").first.click()
    person.reads("card", NAME)
    person.click("correct")
    person.find("field-children-note").fill(TYPED)
    person.find("field-children-address").fill(ID_NUMBER)
    person.find("field-children-name").fill("")
    person.click("save-children")
    person.sees("errors-children")
    person.find("field-children-name").fill(TYPED)
    person.page.locator("[data-test=panel-title]").click()
    assert WANTED.found(kept(person.page)) == []
    person.click("close-children")
    person.click("confirm-yes")
    person.expect(person.find("confirm")).to_have_count(0)
    person.page.keyboard.press("Escape")
    person.expect(person.find("panel")).to_have_count(0)
    person.find("search-children").fill(TYPED)
    person.click("tab-import")
    person.upload("children", (f"{NAME}.csv", f"{NAME},{ID_NUMBER}\n".encode()))
    person.sees("notice")
    person.click("person")
    person.click("change-password")
    for field, text in (("now", PASSWORD), ("new", NEW_PASSWORD), ("again", NEW_PASSWORD)):
        person.find(f"field-password-password_{field}").fill(text)
    person.click("save-password")
    person.reads("notice", person.say("password_changed_everywhere"))


@pytest.mark.timeout(300)
def test_nothing_stays_in_the_browser_of_who_has_signed_out(served, tmp_path):
    profile = tmp_path / "profile"
    with own_browser(profile) as browser:
        page = browser.new_page()
        person = Person(page, "zh")
        # A browser may offer user names again (autocomplete="username"): that is no child's.
        sign_in(page, served, "nobody", ID_NUMBER)
        expect(page.get_by_role("alert")).to_be_visible()
        sign_in(page, served, USER, PASSWORD)
        person.sees("title")
        at_work(person)
        assert WANTED.found(kept(page)) == []
        sign_out(person)
        assert WANTED.found(kept(page)) == []
        page.go_back()
        expect(page.locator("#password")).to_be_visible(timeout=PATIENCE)
        assert NAME not in page.content() and TYPED not in page.content()

        heard = {}
        page.on("websocket", lambda s: s.on("framereceived", lambda said: _hear(heard, said)))
        sign_in(page, served, "zhao.min", PASSWORD)
        person.sees("title")
        page.locator("[data-test^=open-outings-]").first.click()
        person.sees("go-people")
        person.click("go-people")
        person.sees("table-people")
        heard["page"] = page.content()
        assert len(heard) > 5
        assert [one for one in WANTED.found(heard) if one[1] != "name"] == []
        sign_out(person)
        assert WANTED.found(kept(page)) == []
    assert WANTED.found(in_files(profile)) == []


def _hear(heard, said):
    heard[f"message {len(heard)}"] = said


PLANTED = {
    "local": "text => localStorage.setItem('x', text)",
    "session": "text => sessionStorage.setItem('x', text)",
    "cookie": "text => { document.cookie = 'x=' + encodeURIComponent(text) }",
    "url": "text => history.pushState({}, '', '?' + encodeURIComponent(text))",
    "state": "text => history.replaceState({ text }, '')",
    "title": "text => { document.title = text }",
    "cache http": "async (text) => (await caches.open('x')).put('/x', new Response(text))",
    "database": """text => new Promise((done) => {
        const asked = indexedDB.open("x", 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore("x").put(text, 1);
        asked.onsuccess = () => done(asked.result.close());
    })""",
}


def test_what_a_page_would_leave_behind_is_found(served, tmp_path):
    profile = tmp_path / "profile"
    with own_browser(profile) as browser:
        page = browser.new_page()
        page.goto(served + "login")
        assert WANTED.found(kept(page)) == []
        for place, plant in PLANTED.items():
            page.evaluate(plant, NAME)
            found = {where for where, _ in WANTED.found(kept(page))}
            assert any(where.startswith(place) for where in found), place
    files = {where for where, _ in WANTED.found(in_files(profile))}
    for place in ("Local Storage", "IndexedDB", "Service Worker", "History"):
        assert any(place in where for where in files), place
