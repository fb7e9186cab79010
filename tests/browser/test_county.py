"""A county in the browser: progress that moves, steps that can be stopped, and the week's work.

The clicks are those of the other modules of this room; what is new here is how many people there
are: 12,285 children and about 8,600 volunteers.
"""

import io
import re
from contextlib import closing

import pandas as pd
import pytest

from carekit import create_store, open_store, tables, tasks
from carekit.pages.kit.initials import initials
from carekit.store import add_user
from tests.browser import test_care, test_outings, test_register
from tests.browser.branch import DAY, PASSWORD, USER, Person, serving
from tests.browser.pictures import NARROW
from tests.browser.repaints import gaps, seconds_to_end, watch
from tests.stores import copied, raw

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
BOTH = pytest.mark.parametrize("language", ["zh", "en"])
A_SECOND, CANCELLED_WITHIN = 1.0, 2.0
MANY = 4_000  # new children in one list


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    path = tmp_path_factory.mktemp("county") / "county.care"
    with create_store(path, actor=USER, password=PASSWORD, name="陈静") as store:
        tasks.fill_with_sample(store, size="county")
    return path


@pytest.fixture(scope="module")
def matched(county, tmp_path_factory):
    """The county with a published proposal, and a user who is one of its helpers."""
    path = tmp_path_factory.mktemp("matched") / "county.care"
    copied(county, path)
    with open_store(path, actor=USER) as store:
        tasks.publish(store, tasks.propose(store, on=store.today()))
        now = store.read("pairings").query("until.isna()")
        helper = now["helper_id"].value_counts().index[0]
        add_user(store, test_care.HELPER, "刘洋", PASSWORD, "helper", helper)
        own = sorted(now.loc[now["helper_id"].eq(helper), "child_id"])
    return path, helper, own


@pytest.fixture
def store_path(county, tmp_path):
    path = tmp_path / "town.care"
    copied(county, path)
    return path


@pytest.fixture
def matched_path(matched, tmp_path):
    path = tmp_path / "town.care"
    copied(matched[0], path)
    return path


def state(path):
    """Everything that could have changed: the newest step, rows, and a sound file."""
    with open_store(path, actor=USER) as store:
        counts = {table: len(store.read(table)) for table in tables.tables().index}
        newest = store.newest()
    with closing(raw(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    return newest, counts


def repainted(person, what):
    """The greatest gap between two repaints is at most a second."""
    found = gaps(person)
    print(what, found[:3])
    assert found[0][0] <= A_SECOND, found[:5]


# -- a long step moves, and is proved, published, taken back -----------------------------------


@BOTH
def test_the_first_match_of_a_county(open_page, store_path, tmp_path, language):
    page = open_page(language=language)
    person = Person(page, language)
    before = state(store_path)
    with serving(store_path, tmp_path / "server") as server:
        person.sign_in(server.address)
        person.click("view-matching")
        waiting = person.find("tile-waiting").locator("strong")
        person.expect(waiting).to_have_text(person.say("number", n=12_285))
        person.click("next-rules")
        watch(person, "propose", "proof")
        person.click("propose")
        person.reads("proof", person.say("proved"))
        repainted(person, "propose")
        assert state(store_path) == before, "a proposal writes nothing"

        pairs, left = (
            int("".join(re.findall(r"\d", person.find(name).inner_text())))
            for name in ("paired", "left")
        )
        assert pairs > 11_000 and pairs + left == 12_285
        person.expect(person.find("table-pairs").locator("tbody tr")).to_have_count(10)
        person.click("to-publish")
        person.click("publish")
        watch(person, "confirm-yes", "published")
        person.click("confirm-yes")
        person.reads("published", person.say("published", count=pairs, day=pd.Timestamp(DAY)))
        repainted(person, "publish")
        assert active(store_path) == pairs

        watch(person, "confirm-yes", "proof")
        page.locator("[data-test^=undo-S]").click()
        person.click("confirm-yes")
        person.sees("proof")
        repainted(person, "undo")
        assert active(store_path) == 0
        assert page.problems == []
        page.close()
        assert server.said().count("\n") <= 3


def active(path):
    with open_store(path) as store:
        return int(store.read("pairings")["until"].isna().sum())


# -- a long step is stopped --------------------------------------------------------------------


def stopped(person, path, before, step):
    """Cancel while this is said; gone within two seconds, and nothing has happened."""
    person.reads("progress", person.say(step))
    watch(person, "cancel", "notice")
    person.click("cancel")
    person.reads("notice", person.say("work_cancelled"))
    seconds = seconds_to_end(person)
    print("cancelled in", step, round(seconds, 2))
    assert seconds <= CANCELLED_WITHIN
    person.expect(person.find("progress")).to_have_count(0)
    assert state(path) == before
    person.click("close-notice")


@BOTH
def test_a_match_is_stopped(open_page, store_path, tmp_path, language):
    page = open_page(language=language)
    person = Person(page, language)
    before = state(store_path)
    with serving(store_path, tmp_path / "server") as server:
        person.sign_in(server.address)
        person.click("view-matching")
        person.click("next-rules")
        for step in ("work_starting", "progress_candidates", "progress_solving"):
            person.click("propose")
            stopped(person, store_path, before, step)
            person.sees("step-rules")
        page.close()


@BOTH
def test_an_import_is_stopped(open_page, store_path, tmp_path, language):
    page = open_page(language=language)
    person = Person(page, language)
    before = state(store_path)
    with serving(store_path, tmp_path / "server") as server:
        person.sign_in(server.address)
        person.click("view-register")
        person.click("tab-import")
        person.upload("children", ("九月.csv", new_children()))
        stopped(person, store_path, before, "progress_comparing")
        person.upload("children", ("九月.csv", new_children()))
        bring = person.say("bring_in", count=MANY)
        person.reads("bring-in-children", bring)
        for step in ("progress_comparing", "progress_writing"):
            person.click("bring-in-children")
            stopped(person, store_path, before, step)
        # The list is still there, and comes in and goes again.
        watch(person, "bring-in-children", "imported-children")
        person.click("bring-in-children")
        person.reads("imported-children", person.say("import_done", count=MANY, known=0))
        repainted(person, "import")
        assert state(store_path)[1]["children"] == before[1]["children"] + MANY
        person.click("close-notice")
        watch(person, "undo-import-children", "notice")
        person.click("undo-import-children")
        person.reads("notice", person.say("import_undone"))
        repainted(person, "undo the import")
        assert state(store_path)[1] == before[1]
        page.close()


def new_children():
    """A list nobody knows: as many as some schools have together."""
    number = pd.Series(range(MANY)).astype(str).str.zfill(4)
    digits = number.replace(dict.fromkeys("0123456789"), regex=False)
    family = digits.map(lambda said: "".join("零一二三四五六七八九"[int(d)] for d in said))
    frame = pd.DataFrame(
        {
            "姓名": "测" + family,
            "性别": "女",
            "出生年月日": "2015-03-07",
            "村": "新石桥村",
            "父亲姓名": "测大" + family,
            "父亲电话": "1380000" + number,
        }
    )
    target = io.BytesIO()
    frame.to_csv(target, index=False)
    return target.getvalue()


@BOTH
def test_planning_an_outing_is_stopped(open_page, matched_path, tmp_path, language):
    page = open_page(language=language)
    person = Person(page, language)
    before = state(matched_path)
    with serving(matched_path, tmp_path / "server") as server:
        person.sign_in(server.address)
        person.click("view-outings")
        person.click("open-outings-O0001")
        for step in ("work_starting", "progress_planning"):
            person.click("make-groups")
            stopped(person, matched_path, before, step)
        watch(person, "make-groups", "groups")
        person.click("make-groups")
        person.sees("groups")
        repainted(person, "plan")
        page.close()


# -- the week's work ---------------------------------------------------------------------------


@BOTH
def test_a_child_comes_is_corrected_and_leaves(open_page, store_path, tmp_path, language):
    page = open_page(language=language)
    person = Person(page, language)
    with serving(store_path, tmp_path / "server") as server:
        person.sign_in(server.address)
        person.click("view-register")
        key = test_register.a_child_comes(person, store_path)
        test_register.its_guardian_follows(person, store_path, key)
        test_register.it_is_corrected(person, store_path, key)
        test_register.it_leaves_and_comes_back(person, store_path, key)
        test_register.a_helper_gets_a_paper(person, store_path)
        person.click("tab-import")
        test_register.a_list_comes_in_and_goes_again(person, store_path)
        page.close()
        assert server.said().count("\n") <= 3


@BOTH
def test_an_outing_is_made_broken_mended_and_printed(open_page, matched_path, tmp_path, language):
    page = open_page(language=language)
    person = Person(page, language)
    with serving(matched_path, tmp_path / "server") as server:
        person.sign_in(server.address)
        person.click("view-outings")
        test_outings.fill_in_the_form_with_a_reload(person, matched_path)
        test_outings.record_an_answer(person, matched_path, "O0005")
        test_outings.make_groups(person)
        test_outings.break_a_rule_and_mend_it(person)
        test_outings.print_both(person, matched_path, "O0005")
        page.close()


@BOTH
def test_contacts_are_logged_on_a_phone(open_page, matched, matched_path, tmp_path, language):
    _, helper, own = matched
    page = open_page(width=NARROW, language=language)
    person = Person(page, language)
    with serving(matched_path, tmp_path / "server") as server:
        test_care.sign_in(person, server.address, test_care.HELPER)
        test_care.contacts_on_a_phone(person, matched_path, helper, own)
        page.close()


# -- search, sort, pages -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def listed(county):
    """The children as the register lists them: the oldest id first."""
    with open_store(county) as store:
        children = store.read("children")
        villages = store.read("villages").set_index("village_id")["name"]
    return children.assign(village=children["village_id"].map(villages))


@BOTH
def test_the_register_answers(open_page, store_path, tmp_path, listed, language):
    page = open_page(language=language)
    person = Person(page, language)
    with serving(store_path, tmp_path / "server") as server:
        person.sign_in(server.address)
        person.click("view-register")
        rows = person.find("table-children").locator("tbody tr")
        said, field = person.find("said-children"), person.find("search-children")

        def count(found):
            last = min(len(found), 20)
            assert last, "nothing to look for"
            text = person.say("rows_of", first=1, last=last, count=len(found))
            person.expect(said).to_have_text(text)
            person.expect(rows).to_have_count(last)

        count(listed)
        wanted = listed.iloc[7_000]
        field.fill(wanted["name"])
        count(listed[listed["name"].eq(wanted["name"])])
        person.sees(f"row-children-{wanted['child_id']}")
        field.fill(wanted["village"])
        count(listed[listed["village"].str.contains(wanted["village"], regex=False)])
        letters = initials(wanted["name"]).split()[0]
        field.fill(letters)
        spelled = (listed["name"].map(initials) + " " + listed["village"].map(initials)).str.lower()
        count(listed[spelled.str.contains(letters.lower(), regex=False)])
        field.fill("")
        count(listed)

        person.click("next-children")
        text = person.say("rows_of", first=21, last=40, count=len(listed))
        person.expect(said).to_have_text(text)
        person.click("sort-children-name")
        count(listed)
        first = listed["name"].sort_values().iloc[0]
        person.expect(rows.first.locator("button").first).to_have_text(first)
        person.click("sort-children-name")
        last = listed["name"].sort_values().iloc[-1]
        person.expect(rows.first.locator("button").first).to_have_text(last)
        assert page.problems == []
        page.close()
