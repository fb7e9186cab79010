"""The first view of each role, looked at by a person of that role: own rows, room enough, words."""

import pytest
from playwright.sync_api import expect

from carekit import create_store, open_store, tables, tasks
from carekit.store import add_user
from carekit.words import say
from tests.browser.branch import DAY, PATIENCE, serving

PASSWORD = "tall bamboo 4"
CLASS = "K0015"
# user: role, scope, view, where its rows stand
PEOPLE = {
    "li.na": ("coordinator", None, "today", "table-waiting"),
    "he.ping": ("class_teacher", CLASS, "my_class", "table-children"),
    "liu.yang": ("helper", "", "mine", "cards"),
    "zhao.min": ("planner", None, "outings", "table-outings"),
    "deng.li": ("counsellor", None, "counselling", "table-children"),
    "wu.an": ("analyst", None, "analysis", "analysis-tables"),
    "guo.feng": ("county_officer", None, "rollup", "table-schools"),
}


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    path = tmp_path_factory.mktemp("roles") / "school.care"
    with create_store(path, actor="chen.jing", password=PASSWORD, practice_day=DAY) as store:
        tasks.fill_with_sample(store)
        tasks.publish(store, tasks.propose(store, on=store.today()))
        tasks.keep_plan(store, tasks.plan_outing(store, "O0001"))
        now = store.read("pairings").query("until.isna()")
        helper = now["helper_id"].value_counts().index[0]
        for user, (role, scope, *_) in PEOPLE.items():
            add_user(store, user, user, PASSWORD, role, helper if scope == "" else scope)
    return path


@pytest.fixture(scope="module")
def server(school, tmp_path_factory):
    with serving(school, tmp_path_factory.mktemp("server") / "server") as running:
        yield running


@pytest.fixture(scope="module")
def scope(school):
    """Whose names each role may meet in its first view, and all names there are."""
    with open_store(school, actor="chen.jing", password=PASSWORD) as store:
        children = store.read("children").set_index("child_id")
        now = store.read("pairings").query("until.isna()")
        helper = store.read("users").set_index("user_id").at["liu.yang", "scope"]
    names = set(children["name"])
    own = set(now.loc[now["helper_id"].eq(helper), "child_id"])
    return {
        "he.ping": set(children.loc[children["class_id"].eq(CLASS), "name"]),
        "liu.yang": set(children.loc[children.index.isin(own), "name"]),
        "wu.an": set(),
        "guo.feng": set(),
    }, names


def sign_in(page, address, user):
    page.goto(address)
    page.locator("#user").fill(user)
    page.locator("#password").fill(PASSWORD)
    page.locator("#sign-in").click()
    page.wait_for_selector("[data-test=title]", timeout=PATIENCE)


@pytest.mark.parametrize("user", PEOPLE)
def test_the_first_view_of_each_role(user, server, scope, open_page):
    role, _, view, rows = PEOPLE[user]
    page = open_page(language="zh")
    sign_in(page, server.address, user)
    page.wait_for_url(f"**/?view={view}")
    if view != "today":  # its title is the day
        expect(page.locator("[data-test=title]")).to_contain_text(title(view))
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        expect(page.locator(f"[data-test={rows}]")).to_be_visible()
        text = page.locator("main, .care-content").first.inner_text()
        own, everybody = scope
        if user in own:
            met = {name for name in everybody if name in text}
            assert met == own[user], role
        sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(sideways) == 0


def title(view):
    return {"mine": say("mine_title", "zh"), "outings": "外出"}.get(view, say(f"view_{view}", "zh"))


def test_a_class_teacher_calls_and_corrects_on_a_phone(server, school, open_page):
    page = open_page(width=390, language="zh")
    sign_in(page, server.address, "he.ping")
    page.locator("[data-test=tab-contacts]").click()
    calls = page.locator("[data-test=table-contacts] a[href^='tel:']")
    expect(calls.first).to_be_visible()
    assert calls.first.bounding_box()["height"] >= 44
    page.locator("[data-test^=open-contacts-]").first.click()
    child = page.locator("[data-test=near]").get_attribute("data-child")
    page.locator("[data-test=correct]").click()
    expect(page.locator("[data-test=field-children-name]")).to_have_count(0)
    page.locator("#care-children-phone").fill("10012345678")
    page.locator("[data-test=save-children]").click()
    expect(page.locator("[data-test=near-facts]")).to_contain_text("10012345678")
    with open_store(school, actor="chen.jing", password=PASSWORD) as store:
        stored = store.read("children").set_index("child_id")
    assert stored.at[child, "phone"] == "10012345678"


def test_who_changes_the_own_password_is_signed_out_elsewhere(server, school, open_page):
    with open_store(school, actor="chen.jing", password=PASSWORD) as store:
        add_user(store, "xu.lan", "xu.lan", PASSWORD, "planner")
    pages = here, elsewhere, other = [open_page(language="zh") for _ in range(3)]
    for page, user in zip(pages, ("xu.lan", "xu.lan", "zhao.min"), strict=True):
        sign_in(page, server.address, user)
    form = here.locator("[data-test=form-password]")
    for left in (True, False):  # what a view that was left still hears is not done twice
        here.locator("[data-test=person]").click()
        here.locator("[data-test=change-password]").click()
        expect(form).to_be_visible()
        if left:
            here.locator("[data-test=close-password]").click()
            expect(here.locator("[data-test=table-outings]")).to_be_visible()
    for field, text in (("now", PASSWORD), ("new", "calm lake 9"), ("again", "calm lake 9")):
        here.locator(f"[data-test=field-password-password_{field}]").fill(text)
    here.locator("[data-test=save-password]").click()
    expect(here.locator("[data-test=notice]")).to_contain_text(
        say("password_changed_everywhere", "zh")
    )
    expect(elsewhere.get_by_role("alert")).to_be_visible()  # this page has ended
    expect(elsewhere.locator("[data-test=title]")).not_to_be_visible()
    elsewhere.goto(server.address)
    expect(elsewhere.locator("#password")).to_be_visible()
    elsewhere.problems.clear()  # the lost connection of the page that was ended
    for page in (here, other):
        page.reload()
        page.wait_for_selector("[data-test=title]", timeout=PATIENCE)


def test_an_analyst_and_an_officer_take_files_away(server, open_page):
    for user, button, starts in (
        ("wu.an", "save-children", tables.heading("children", "child_id", "zh")),
        ("guo.feng", "save-rollup", say("rollup_school", "zh")),
    ):
        page = open_page(language="zh")
        sign_in(page, server.address, user)
        with page.expect_download(timeout=PATIENCE) as waiting:
            page.locator(f"[data-test={button}]").click()
        assert waiting.value.suggested_filename.endswith(".csv")
        assert waiting.value.path().read_text("utf-8-sig").startswith(starts)
