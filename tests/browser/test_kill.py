"""Server, kernel and long step killed during import and publishing, driven by real clicks: all or
nothing, and what the page had acknowledged is there."""

import os
import random
import time
from contextlib import closing

import pytest

from carekit import create_store, open_store
from tests.browser.branch import DATA, DAY, PASSWORD, PATIENCE, USER, Person, Server
from tests.stores import raw

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills processes as only POSIX can")

# Every Python of the server: at one place of a transaction say so in a file, and wait for the end.
STOPPING = """
import json, os, pathlib, signal
import sqlalchemy as sa
stop = json.loads(os.environ["STOP_AT"])
inside = pathlib.Path(os.environ["STOP_FILE"])
began = inserts = 0

def wait():
    inside.touch()
    signal.pause()

@sa.event.listens_for(sa.Engine, "after_cursor_execute")
def executed(connection, cursor, statement, *_):
    global began, inserts
    began += statement == "BEGIN IMMEDIATE"
    # A draft that is kept, of one person or shared, is no part of a deed.
    inserts += bool(began) and statement.startswith("INSERT") and "drafts" not in statement
    if inserts == stop.get("insert"):
        wait()

@sa.event.listens_for(sa.Engine, "commit")
def commit(connection):
    if stop.get("commit") and inserts:
        wait()
"""
ROWS = {"children": 122, "helpers": 121}
AT_ONCE = "acknowledged"  # as soon as the page says that it is done

# What is done, and where it is killed: inside its transaction, or after this many seconds.
DRAW = random.Random(11)
INSIDE = [
    *(("children", {"insert": insert}) for insert in (1, 4, 6)),
    ("children", {"commit": True}),
    ("helpers", {"insert": 3}),
    ("helpers", {"commit": True}),
    *(("publish", {"insert": insert}) for insert in (1, 2)),
    ("publish", {"commit": True}),
]
RANDOM = [
    *(("children", DRAW.uniform(0.5, 6.0)) for _ in range(3)),
    *(("helpers", DRAW.uniform(0.5, 6.0)) for _ in range(2)),
    *(("publish", DRAW.uniform(0.0, 0.8)) for _ in range(3)),
]
DONE = [("children", AT_ONCE), ("helpers", AT_ONCE), ("publish", AT_ONCE)]
PLACES = [*INSIDE, *RANDOM, *DONE]
ORDER = {"children": 0, "helpers": 1, "publish": 2}


class Branch:
    """One store through all its accidents, and a browser that stays."""

    def __init__(self, browser, folder):
        self.path, self.folder, self.browser = folder / "town.care", folder, browser
        create_store(self.path, actor=USER, password=PASSWORD, practice_day=DAY).close()
        (folder / "sitecustomize.py").write_text(STOPPING, encoding="utf-8")
        self.inside = folder / "inside"
        self.stopped = 0

    def counts(self):
        with open_store(self.path) as store:
            return {table: len(store.read(table)) for table in ("children", "helpers", "pairings")}

    def done(self, deed):
        return self.counts()["pairings" if deed == "publish" else deed] > 0

    def take_back(self, deed):
        """So that it can be done, and killed, once more."""
        with open_store(self.path) as store:
            kind = deed if deed == "publish" else f"import_{deed}"
            steps = store.steps()
            steps = steps[(steps["kind"] == kind) & steps["undone_by"].isna()]
            store.undo(steps["step_id"].iloc[-1])

    def accident(self, number, deed, place):
        """Start, do the deed with real clicks, kill everything; gives if the page had said so."""
        self.inside.unlink(missing_ok=True)
        environment = {}
        if isinstance(place, dict):
            stop = "{" + ", ".join(f'"{k}": {str(v).lower()}' for k, v in place.items()) + "}"
            environment = {"STOP_AT": stop, "STOP_FILE": self.inside, "PYTHONPATH": self.folder}
        server = Server(self.path, self.folder / f"server{number}", **environment)
        page = self.browser.new_context(locale="en-GB").new_page()
        try:
            person = Person(page, "en")
            person.sign_in(server.address)
            self.still_there(person)
            said = self.do(person, deed)
            if place == AT_ONCE:
                person.expect(said).to_be_visible(timeout=PATIENCE)
            elif isinstance(place, dict):
                self.until_inside()
            else:
                time.sleep(place)  # a random moment, not a wait for something
            server.kill()
            return said.is_visible()
        finally:
            server.kill()
            page.context.close()

    def still_there(self, person):
        """The page of the restarted server shows what the store has."""
        counts = self.counts()
        person.click("view-register")
        person.reads("subtitle", person.say("unit_children_count", count=counts["children"]))
        person.reads("subtitle", person.say("unit_helpers_count", count=counts["helpers"]))
        person.click("tab-children")
        if counts["children"]:
            waiting = counts["children"] - counts["pairings"]
            shown = person.find("filter-children-unpaired").locator("span")
            person.expect(shown).to_have_text(str(waiting))

    def do(self, person, deed):
        """Up to the last click; gives where the page says that it is done."""
        if deed != "publish":
            person.click("tab-import")
            person.sees("list-import")
            # A list that was looked at before a kill is still there to be brought in.
            if person.find(f"bring-in-{deed}").count() == 0:
                person.upload(deed, DATA / f"{deed}.xlsx")
            person.click(f"bring-in-{deed}")
            return person.find(f"imported-{deed}")
        person.click("view-matching")
        person.click("go-people")  # a draft of the last time opens at the proposal
        person.click("next-rules")
        person.click("propose")
        person.click("to-publish")
        person.click("publish")
        person.click("confirm-yes")
        return person.find("published")

    def until_inside(self):
        end = time.monotonic() + PATIENCE / 1000
        while not self.inside.exists():
            assert time.monotonic() < end, "the transaction was never reached"
            time.sleep(0.02)
        self.stopped += 1

    def check(self, deed, place, acknowledged, before):
        with closing(raw(self.path)) as opened:
            assert opened.execute("pragma integrity_check").fetchall() == [("ok",)]
            assert opened.execute("pragma foreign_key_check").fetchall() == []
        counts = self.counts()
        for table, count in ROWS.items():
            assert counts[table] in (0, count)
        self.nothing_by_halves(counts)
        if acknowledged:
            assert self.done(deed)
        if isinstance(place, dict):  # before the commit: nothing of it is there
            assert not acknowledged
            assert counts == before
        others = {"pairings" if name == "publish" else name for name in ORDER if name != deed}
        assert {name: counts[name] for name in others} == {name: before[name] for name in others}

    def nothing_by_halves(self, counts):
        with open_store(self.path) as store:
            children, guardians = store.read("children"), store.read("guardians")
            helpers, trainings = store.read("helpers"), store.read("trainings")
            pairings, steps = store.read("pairings"), store.steps()
        assert set(guardians["child_id"]) <= set(children["child_id"])
        assert bool(len(guardians)) == bool(len(children))
        assert set(trainings["helper_id"]) <= set(helpers["helper_id"])
        assert bool(len(trainings)) == bool(len(helpers))
        # A publishing is one step: all its pairings stand, or none.
        alive = steps[(steps["kind"] == "publish") & steps["undone_by"].isna()]
        assert counts["pairings"] == alive["rows"].sum() == len(pairings)
        assert counts["pairings"] in (0, PAIRS)


PAIRS = 110  # of the practice school (its optimum is one number)


def through(branch, places):
    """Do each deed in its turn; what came through is taken back when it is wanted again."""
    for number, (deed, place) in enumerate(places):
        if branch.done(deed):
            branch.take_back(deed)
        before = branch.counts()
        acknowledged = branch.accident(number, deed, place)
        branch.check(deed, place, acknowledged, before)
        assert place != AT_ONCE or acknowledged


def in_order(places):
    """All of one deed, its acknowledged one last, before the next deed, which builds on it."""
    return sorted(places, key=lambda place: (ORDER[place[0]], place[1] == AT_ONCE))


@pytest.mark.long
@pytest.mark.timeout(300)
def test_an_import_killed_in_the_middle_and_one_that_was_acknowledged(browser, tmp_path):
    branch = Branch(browser, tmp_path)
    through(branch, [("children", {"insert": 4}), ("children", AT_ONCE)])
    assert branch.stopped == 1


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_twenty_kills(browser, tmp_path):
    assert len(PLACES) == 20
    branch = Branch(browser, tmp_path)
    through(branch, in_order(PLACES))
    assert branch.stopped == len(INSIDE)
    assert branch.counts() == {**ROWS, "pairings": PAIRS}
    # And it still works: one more start shows all of it.
    server = Server(branch.path, tmp_path / "last")
    page = browser.new_context(locale="en-GB").new_page()
    try:
        person = Person(page, "en")
        person.sign_in(server.address)
        branch.still_there(person)
    finally:
        page.context.close()
        server.stop()
