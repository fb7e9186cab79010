"""The pieces of the kit, all of them open on one page: faults axe finds, and the keyboard."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import started, watched
from tests.browser.pictures import NARROW, STICKING_OUT, WIDE


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gallery")
    with started(["-c", "import gallery; gallery.serve()"], folder) as address:
        yield address


@pytest.fixture
def opened(open_page, sign_in, gallery):
    """``opened(width, language)``: the gallery, in a language."""

    def make(width=WIDE, language="en"):
        page = open_page(width, language)
        sign_in(page, gallery)
        if language == "zh":
            at(page, "language").click()
            page.wait_for_function("document.documentElement.lang === 'zh'")
        shown(page)
        return page

    return make


@pytest.fixture(scope="module")
def desk(browser, gallery, sign_in):
    """One wide gallery for the tests that leave it as they found it."""
    page = browser.new_page(viewport={"width": WIDE, "height": 900}, locale="en-GB")
    page.set_default_timeout(60_000)
    problems = watched(page)
    sign_in(page, gallery)
    shown(page)
    yield page
    page.close()
    assert problems == []


def shown(page):
    page.wait_for_selector("[data-test=table-children] tbody tr")
    page.wait_for_selector("[data-test=field-contact-note]")


def at(page, name):
    return page.locator(f"[data-test={name}]")


def show(page, what):
    at(page, f"show-{what}").evaluate("button => button.click()")


def faults(page):
    """What axe finds, each as kind, rule and the first piece of the page."""
    answer = Axe().run(page).response
    assert len(answer["passes"]) > 10
    return [
        (one["impact"], one["id"], one["nodes"][0]["html"][:160])
        for one in answer["violations"]
        if one["impact"] in ("serious", "critical")
    ]


def heard(page):
    """What Python was asked, the newest last."""
    return [json.loads(one) for one in at(page, "got").locator("li").all_inner_texts()]


def wait_heard(page, *what):
    page.wait_for_function(
        """what => [...document.querySelectorAll('[data-test=got] li')]
          .some(one => one.innerText === what)""",
        arg=json.dumps(list(what), separators=(",", ":"), ensure_ascii=False),
    )


def focused(page):
    return page.evaluate("document.activeElement.dataset.test || document.activeElement.tagName")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_nothing_serious_is_wrong(opened, width, language):
    page = opened(width, language)
    assert faults(page) == []
    show(page, "error")
    show(page, "progress")
    at(page, "person").click()
    at(page, "notice").wait_for()
    at(page, "progress").wait_for()
    at(page, "save-contact").click()
    at(page, "errors-contact").wait_for()
    assert faults(page) == []
    if width == NARROW:
        assert page.evaluate(STICKING_OUT, NARROW) == []
    at(page, "show-panel").click()
    at(page, "panel").wait_for()
    assert faults(page) == []
    at(page, "panel-confirm").click()
    at(page, "confirm").wait_for()
    assert faults(page) == []


def test_the_phone_has_large_targets(opened):
    page = opened(NARROW)
    small = page.evaluate(
        """() => [...document.querySelectorAll('.care-head button, .care-list button, form button')]
          .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 40)
          .map(one => one.outerHTML.slice(0, 90))"""
    )
    assert small == []


def test_tab_goes_from_the_top_to_the_content(opened):
    page = opened()
    order = []
    for _ in range(10):
        page.keyboard.press("Tab")
        order.append(focused(page))
    views = [f"view-{one}" for one in ("today", "register", "view", "care", "outings")]
    assert order == ["A", *views, "language", "person", "show-panel", "go-s0"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    at(page, "sign-out").wait_for()
    page.keyboard.press("Tab")
    assert focused(page) == "change-password"
    page.keyboard.press("Escape")
    at(page, "sign-out").wait_for(state="hidden")
    assert focused(page) == "person"


def test_skip_link_leads_to_the_content(opened):
    page = opened()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "care-content"


def test_the_panel_takes_the_focus_and_gives_it_back(desk):
    page = desk
    at(page, "show-panel").focus()
    page.keyboard.press("Enter")
    at(page, "panel").wait_for()
    assert focused(page) == "panel-title"
    at(page, "panel-notice").click()
    at(page, "notice").wait_for()  # one only, and in the panel
    assert at(page, "panel").locator("[data-test=notice]").count() == 1
    at(page, "panel-confirm").focus()
    page.keyboard.press("Enter")
    at(page, "confirm").wait_for()
    assert focused(page) == "confirm-yes"
    page.keyboard.press("Escape")
    at(page, "confirm").wait_for(state="detached")
    wait_heard(page, "answer", False)
    assert focused(page) == "panel-confirm"
    page.keyboard.press("Escape")
    at(page, "panel").wait_for(state="detached")
    assert focused(page) == "show-panel"
    at(page, "close-notice").click()


def test_what_is_dangerous_is_not_one_enter_away(desk):
    page = desk
    at(page, "show-danger").click()
    at(page, "confirm").wait_for()
    assert focused(page) == "confirm-no"
    page.keyboard.press("Escape")
    at(page, "confirm").wait_for(state="detached")


def test_a_closed_notice_gives_the_focus_back(desk):
    page = desk
    at(page, "show-notice").focus()
    page.keyboard.press("Enter")
    at(page, "close-notice").click()
    at(page, "notice").wait_for(state="detached")
    assert focused(page) == "show-notice"


def test_a_table_asks_python(desk):
    page = desk
    at(page, "search-children").fill("lyt")
    wait_heard(page, "ask", {"id": "children", "query": "lyt"})
    at(page, "sort-children-distance").click()
    wait_heard(page, "ask", {"id": "children", "sort": "distance"})
    at(page, "filter-children-waiting").click()
    wait_heard(page, "ask", {"id": "children", "filter": "waiting"})
    at(page, "next-children").click()
    wait_heard(page, "ask", {"id": "children", "page": 3})
    at(page, "open-children-C2").focus()
    page.keyboard.press("Enter")
    wait_heard(page, "open", {"table": "children", "key": "C2"})
    at(page, "row-children-C3").click(position={"x": 4, "y": 4})
    wait_heard(page, "open", {"table": "children", "key": "C3"})
    at(page, "row-children-C1").locator("[data-test=act-log]").click()
    wait_heard(page, "act", {"table": "children", "act": "log", "key": "C1"})
    assert ["open", {"table": "children", "key": "C1"}] not in heard(page)
    sorts = page.locator("th[aria-sort]").evaluate_all("all => all.map(one => one.ariaSort)")
    assert sorts == ["none", "ascending", "none"]


def test_a_phone_sorts_too(opened):
    page = opened(NARROW)
    page.locator(".care-sort-phone select").first.select_option("distance/down")
    wait_heard(page, "ask", {"id": "children", "sort": "distance", "down": True})


def test_a_form_is_kept_while_it_is_typed(desk):
    page = desk
    at(page, "field-contact-name").type("Wang")
    at(page, "kept-contact").wait_for()  # nobody left the field
    assert heard(page)[-1][0] == "type"
    assert heard(page)[-1][1]["name"] == "Wang"
    at(page, "field-contact-kind").select_option("visit")
    at(page, "field-contact-needs").get_by_label("reading").check()
    at(page, "field-contact-village").fill("Village 12")
    at(page, "field-contact-village").blur()
    page.wait_for_function(
        """() => document.querySelector('[data-test=got] li:last-child')
          .innerText.includes('"village":"V12"')"""
    )
    kept = heard(page)[-1][1]
    assert (kept["kind"], kept["needs"]) == ("visit", ["math", "reading"])
    assert at(page, "field-contact-name").input_value() == "Wang"


def test_a_refused_form_leads_to_its_fault(desk):
    page = desk
    at(page, "field-contact-name").fill("")
    at(page, "field-contact-phone").fill("12")
    page.keyboard.press("Enter")  # in a field: saves
    at(page, "errors-contact").wait_for()
    page.wait_for_function("document.activeElement.dataset.test === 'errors-contact'")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page) == "field-contact-name"
    name = at(page, "field-contact-name")
    assert name.get_attribute("aria-invalid") == "true"
    borders = [
        at(page, f"field-contact-{one}").evaluate("one => getComputedStyle(one).borderTopColor")
        for one in ("name", "phone")
    ]
    assert borders[0] != borders[1]
    assert borders[0] == "rgb(180, 35, 24)"
    said = name.get_attribute("aria-describedby").split()
    assert [page.locator(f"#{one}").count() for one in said] == [1, 1]


def test_the_address_follows_the_view(desk):
    page = desk
    assert page.url.endswith("?view=view")
    assert page.title().startswith("Matching · ")
    at(page, "view-care").click()
    page.wait_for_url("**/?view=care")
    page.wait_for_function("document.title.startsWith('Care · ')")
    page.go_back()
    page.wait_for_function(
        "document.querySelector('[aria-current=page]').dataset.test === 'view-view'"
    )
    assert page.url.endswith("?view=view")
