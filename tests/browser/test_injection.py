"""A hundred texts that want to be code, in every text of a store: none runs in any view."""

import html
import re
import sys
from urllib.parse import quote, unquote

import pytest

from tests.browser import payloads
from tests.browser.branch import PASSWORD, PATIENCE, USER, Person, serving
from tests.browser.conftest import started
from tests.browser.holes import TEXTS
from tests.browser.hostile import COLUMNS, COUNT, HELPER, PLANNER, hostile_store, one_of_each, text
from tests.browser.hostile import numbers as numbers_of
from tests.browser.lookout import Lookout
from tests.browser.test_views import (
    account,
    care,
    leaving,
    matching,
    outings,
    register,
    today,
)

# What a page would be that put a text into itself without care: {text} as it is.
CONTEXTS = [
    "<p>{text}</p>",
    '<input value="{text}">',
    "<input value='{text}'>",
    "<input value={text}>",
    '<script>var name = "{text}";</script>',
    "<script>var name = '{text}';</script>",
    "<script>var name = `{text}`;</script>",
    "<textarea>{text}</textarea>",
    "<title>{text}</title>",
    "<!-- {text} -->",
    "<p>{unescaped}</p>",
    "<p>{stripped}</p>",
    '<script>var name = "{quoted}";</script>',
    "{text}<script>document.body.innerHTML = document.body.innerHTML</script>",
    "<script>{filled}</script>",
]
CLICK = """() => document.querySelectorAll("[data-test=hole] a")
  .forEach((link) => link.protocol === "javascript:" && link.click())"""
FRAMES = """async ([pages, wait]) => {
  const frames = pages.map((page) => {
    const frame = document.createElement("iframe");
    frame.srcdoc = page;
    document.body.append(frame);
    return frame;
  });
  await new Promise((done) => setTimeout(done, wait));
  for (const frame of frames)
    for (const one of frame.contentDocument?.querySelectorAll("body *") ?? [])
      for (const kind of ["mouseover", "focus", "click"])
        one.dispatchEvent(new MouseEvent(kind, { bubbles: true, cancelable: true }));
  await new Promise((done) => setTimeout(done, wait));
  frames.forEach((frame) => frame.remove());
}"""


@pytest.fixture(scope="module")
def holes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("holes")
    code = "from tests.browser import holes; holes.serve()"
    with started(["-c", code], folder, PYTHONPATH=":".join(sys.path)) as address:
        yield address


def numbers(lookout, column=0):
    return {mark - payloads.mark(column, 0) for mark in lookout.marks()}


def unguarded(context, text):
    """A page that puts a text into itself without care."""
    parts = {
        "{text}": text,
        "{unescaped}": html.unescape(text),
        "{stripped}": text.replace("<script>", "").replace("</script>", "", 1),
        "{quoted}": text.replace('"', '\\"'),
        "{filled}": "with ({}) " + text.replace("{{", "{").replace("}}", "}"),
    }
    for name, part in parts.items():
        if name in context:
            return context.replace(name, part)
    raise ValueError(context)


@pytest.mark.timeout(600)
def test_a_planted_hole_is_seen_and_every_payload_runs_in_one(browser, holes, sign_in):
    """What does not run in a hole would prove nothing by not running in a view."""
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    lookout = Lookout(page)
    sign_in(page, holes, shown="[data-test=hole]")
    assert lookout.look() == []  # as text they do nothing
    assert all(lookout.shows(text) for text in TEXTS)
    alive = set()
    for hole in ("html", "template", "address"):
        lookout.found.clear()
        page.locator(f"[data-test=show-{hole}]").click()
        page.wait_for_function("hole => document.querySelector('h1').innerText === hole", arg=hole)
        page.evaluate(CLICK)
        page.wait_for_function("() => window.__found.some((one) => one.startsWith('ran'))")
        lookout.look()
        assert hole == "template" or any(one.startswith(("made", "set")) for one in lookout.found)
        alive |= numbers(lookout)
    for kind in CONTEXTS * 3:  # again what a busy machine did not get to
        rest = [text for number, text in enumerate(TEXTS) if number not in alive]
        page.evaluate(FRAMES, [[unguarded(kind, text) for text in rest], 300])
        lookout.look()
        alive |= numbers(lookout)
    context.close()
    assert [text for number, text in enumerate(TEXTS) if number not in alive] == []


@pytest.fixture(scope="module")
def branch(tmp_path_factory):
    return hostile_store(tmp_path_factory.mktemp("hostile") / "town.care")


@pytest.fixture(scope="module")
def served(branch, tmp_path_factory):
    with serving(branch, tmp_path_factory.mktemp("server")) as server:
        yield server.address


class Rounds:
    """Goes through the views as ``test_views`` does, and looks whether a text became code."""

    def __init__(self, page):
        self.page, self.person = page, Person(page, "zh")
        self.lookout = Lookout(page)

    def sign_in(self, address, user=USER):
        self.page.goto(address)
        self.page.locator("#user").fill(user)
        self.page.locator("#password").fill(PASSWORD)
        self.page.locator("#sign-in").click()
        self.person.sees("title")

    def look(self, name, picture=False):
        assert self.lookout.look() == [], name

    def press(self, name):
        self.person.click(name)

    def first(self, table):
        self.page.locator(f"[data-test^=open-{table}-]").first.click()

    def pages(self, table):
        """Every page of a table."""
        said = self.person.find(f"said-{table}")
        self.person.expect(said).to_be_visible()
        # the first table of a page stands before its cells can be drawn
        cells = self.person.find(f"table-{table}").locator("td:not(.first, .bare):empty")
        self.person.expect(cells).to_have_count(0)
        while True:
            self.look(table)
            following = self.person.find(f"next-{table}")
            if not following.count() or following.is_disabled():
                return
            before = said.inner_text()
            following.click()
            self.person.expect(said).not_to_have_text(before)

    def panels(self, table, count):
        """What opens behind the first rows of a table."""
        for button in self.page.locator(f"[data-test^=open-{table}-]").all()[:count]:
            button.click()
            self.person.sees("panel")
            self.look(f"panel of {table}")
            self.page.keyboard.press("Escape")
            self.person.expect(self.person.find("panel")).to_have_count(0)

    def unseen(self, columns):
        """Which of these columns showed too few payloads as text: {column: how many}."""
        shown = {
            (table, column): sum(
                self.lookout.shows(text(table, column, number)) for number in range(COUNT)
            )
            for table, column in columns
        }
        return {f"{t}.{c}": count for (t, c), count in shown.items() if count < columns[t, c]}


def sheet():
    """A list whose headings, names and refused cells are payloads."""
    lines = [f"姓名,性别,出生日期,{quoted(one_of_each('children', 'address'))}"]
    for number in range(COUNT):
        name = text("children", "name", number)
        lines.append(",".join(map(quoted, [name, name, name, name])))
    return "\n".join(lines).replace("\0", "").encode()  # a list with a NUL is no list


def quoted(cell):
    return '"' + cell.replace('"', '""') + '"'


def importing(rounds):
    rounds.press("view-register")
    rounds.press("tab-import")
    name = text("children", "name", 10).replace("/", "") + ".csv"
    rounds.person.upload("children", (name, sheet()))
    rounds.person.sees("preview-children")
    rounds.person.sees("listed-children")
    rounds.look("import")
    assert rounds.lookout.shows(name)
    rounds.press("bring-in-children")
    rounds.person.sees("imported-children")
    rounds.look("imported")


def search(rounds, table, number):
    """The one row whose name holds this payload."""
    wanted = str(payloads.mark(COLUMNS.index((table, "name")) + 1, number))
    rounds.person.find(f"search-{table}").fill(wanted)
    found = rounds.page.locator(f"[data-test^=open-{table}-]").first
    rounds.person.expect(found).to_contain_text(wanted)
    rounds.look("search")
    return found


def first_card(rounds, table):
    """The card whose texts hold every payload, what became of it, and its form."""
    search(rounds, table, numbers_of(table, "name", 200)[0][0]).click()
    rounds.person.sees("card")
    rounds.look("card")
    rounds.press("correct")
    rounds.person.sees(f"field-{table}-name")
    rounds.look("form")
    rounds.person.find(f"field-{table}-note").fill(one_of_each(table, "note"))
    rounds.press(f"save-{table}")
    rounds.person.expect(rounds.person.find(f"field-{table}-name")).to_have_count(0)
    rounds.look("history")
    rounds.page.keyboard.press("Escape")
    rounds.person.expect(rounds.person.find("panel")).to_have_count(0)
    rounds.person.find(f"search-{table}").fill("")


def lists(rounds, count):
    """Each child and helper in the lists, and some behind them."""
    rounds.press("view-register")
    for tab in ("children", "helpers"):
        rounds.press(f"tab-{tab}")
        first_card(rounds, tab)
        rounds.pages(tab)
        rounds.panels(tab, count)
    rounds.press("view-care")
    rounds.person.reads("title", rounds.person.say("view_care"))  # the register has tabs too
    for tab in ("children", "helpers"):
        rounds.press(f"tab-{tab}")
        rounds.press(f"filter-{tab}-all")
        rounds.pages(tab)
        rounds.panels(tab, count // 2)


# Columns of which all hundred payloads stand as text on the coordinator's way.
SHOWN = {
    ("villages", "name"): COUNT,
    ("classes", "name"): COUNT,
    ("children", "name"): COUNT,
    ("children", "address"): COUNT,
    ("children", "health"): COUNT,
    ("children", "allergies"): COUNT,
    ("children", "note"): COUNT,
    ("helpers", "name"): COUNT,
    ("helpers", "note"): COUNT,
    ("outings", "title"): COUNT,
    ("outings", "destination"): COUNT,
}


@pytest.mark.timeout(600)
def test_no_payload_runs_in_the_views_of_a_coordinator(open_page, served):
    rounds = Rounds(open_page(language="zh", unguarded=True))
    rounds.sign_in(served)
    for visit in (today, register, matching, leaving, care, outings, account):
        visit(rounds)
    lists(rounds, 4)
    importing(rounds)
    assert rounds.unseen(SHOWN) == {}, {
        column: sum(rounds.lookout.shows(text(*column, n)) for n in range(COUNT))
        for column in COLUMNS
    }
    assert rounds.page.problems == []


@pytest.mark.timeout(300)
def test_no_payload_runs_in_the_view_of_a_helper(open_page, served):
    rounds = Rounds(open_page(language="zh", width=390, unguarded=True))
    rounds.sign_in(served, HELPER)
    rounds.person.sees("cards")
    rounds.look("mine")
    for kind in ("open", "log"):
        rounds.page.locator(f"[data-test^={kind}-]").first.click()
        rounds.person.sees("panel")
        rounds.look(kind)
        if kind == "log":
            note = rounds.page.locator("[data-test^=field-][data-test$=-note]")
            note.fill(one_of_each("contacts", "note"))
            rounds.look("typed")
        rounds.page.keyboard.press("Escape")
    assert rounds.page.problems == []


@pytest.mark.timeout(300)
def test_no_payload_runs_in_the_view_of_a_planner(open_page, served):
    rounds = Rounds(open_page(language="zh", unguarded=True))
    rounds.sign_in(served, PLANNER)
    rounds.person.sees("new-outing")
    rounds.pages("outings")
    rounds.page.locator("[data-test=open-outings-O0001]").click()  # the one with groups
    for step, place in (("people", "table-people"), ("groups", "groups"), ("roster", "roster")):
        rounds.press(f"go-{step}")
        rounds.person.sees(place)
        rounds.look(step)
    assert rounds.unseen({("outings", "title"): 100, ("outings", "destination"): 100}) == {}
    assert rounds.page.problems == []


def test_no_payload_runs_before_the_sign_in(open_page, served):
    """The sign-in says the name again that was typed; an address is never said again."""
    page = open_page(language="zh", unguarded=True)
    lookout = Lookout(page)
    for number in range(0, COUNT, 4):
        page.goto(f"{served}login?next=/%3Fview={quote(TEXTS[number])}&{quote(TEXTS[number])}")
        lookout.look()
        # A form that waited too long is shown again at once; a wrong one after seconds.
        form = {"user": TEXTS[number], "password": "x", "view": TEXTS[number]}
        answer = page.request.post(f"{served}login", form=form)
        assert answer.status == 403
        page.set_content(answer.text())
        lookout.look()
        assert page.locator("#user").input_value().strip() == plain_input(TEXTS[number])
    for number in range(0, COUNT, 10):
        page.goto(f"{served}{quote(TEXTS[number], safe='')}")
        lookout.look()
    assert lookout.found == []
    page.problems[:] = [one for one in page.problems if "404" not in one]


def plain_input(text):
    """What a field of one line holds of a text."""
    return re.sub("[\r\n]", "", text).replace("\0", "\ufffd").strip()


def test_no_payload_runs_in_the_first_run(open_page, tmp_path):
    page = open_page(language="zh", unguarded=True)
    lookout = Lookout(page)
    with serving(tmp_path / "none.care", tmp_path / "server") as server:
        page.goto(server.address + "first")
        lookout.page.evaluate("() => window.__found.splice(0)")  # its own script
        token = next(one["value"] for one in page.context.cookies() if one["name"] == "_xsrf")
        for number in range(0, COUNT, 4):
            held = TEXTS[number : number + 4]
            form = dict(zip(("branch", "name", "user", "start"), held, strict=True))
            form |= {"password": "x", "again": "y", "_xsrf": unquote(token)}
            answer = page.request.post(server.address + "first", form=form)
            assert answer.status == 422
            # Without the page's own script: it is for the page that was asked for.
            page.set_content(re.sub("<script nonce=.*?</script>", "", answer.text(), flags=re.S))
            assert lookout.look() == []
            assert page.locator("#branch").input_value().strip() == plain_input(held[0])
