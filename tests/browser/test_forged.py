"""Whoever is signed in may send the own kernel any message: it reads and writes no more by it.

Every event of every view is called, with the ids of other people's children, helpers and outings
and with what nobody expects; the whole store is compared before and after, and all that came to
the browser is searched for what the person's role may not read.
"""

import os
from importlib import import_module

import pandas as pd
import pytest

from carekit import open_store, tables
from carekit.pages import app
from carekit.store import guards
from tests.browser.branch import serving
from tests.browser.conftest import SOURCES, Visitor
from tests.browser.forging import Forger, harmless
from tests.store import policy_oracle as oracle
from tests.store.branch_of_roles import (
    ADMIN,
    ANALYST,
    COORDINATOR,
    COUNSELLOR,
    HELPER,
    OFFICER,
    PASSWORD,
    PLANNER,
    ROLES,
    TEACHER,
    make,
)
from tests.store.test_policy_matrix import expected, listed, stored_rows
from tests.stores import copied

TABLES = [str(name) for name in tables.tables().index]
MARKED = {
    "name", "address", "health", "allergies", "note", "workplace", "occupation", "reason", "title",
    "destination",
}  # fmt: skip
PERSONAL = ("id_number", "phone")

# Planted when the view is imported: not before there is a kernel for its widgets.
PLANT = """
import importlib.abc
import importlib.util
import sys
class After(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != "carekit.pages.mine":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        run = spec.loader.exec_module
        def exec_module(module):
            run(module)
            plant(module)
        spec.loader.exec_module = exec_module
        return spec
sys.meta_path.insert(0, After())
"""
# Handlers somebody might add in good faith: one asks the tables, not the store, and one opens the
# store again, as somebody who may more.
HOLES = """
def plant(mine):
    from carekit.store import open_store, schema
    from carekit.store.connect import transaction
    def vue_peek(self, child):
        of = schema.stored("children")
        with transaction(self.store.engine) as connection:
            for row in connection.execute(of.select().where(of.c.child_id == str(child))).all():
                self.tell("outing_unknown", "error", outing=str(row.note))
    def vue_poke(self, child):
        with open_store(self.session.store, actor="zhou.yan") as store:
            rows = store.read("children")
            rows = rows[rows["child_id"].eq(str(child))]
            new = rows[["child_id", "version"]].assign(note="past the policy")
            store.write("children", new)
    mine.Mine.vue_peek, mine.Mine.vue_poke = vue_peek, vue_poke
"""


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """The branch of roles, in which every text says in which cell it stands."""
    path = tmp_path_factory.mktemp("forged") / "town.care"
    make(path)
    with open_store(path, actor=ADMIN) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(guards, "violations", lambda *_: pd.DataFrame())
        for table in TABLES:
            if table in ("users", "settings", "decisions"):
                continue
            frame, key = store.read(table), tables.key(table)
            for column in MARKED & set(frame):
                frame[column] = f"zz-{table}-{column}-" + frame[key].astype(str) + "-zz"
            store.write(table, frame)
    return path


def names():
    """Every event of every view, and what is a method but no event."""
    found = set()
    for place in [*app.VIEWS.values(), "carekit.pages.app:App"]:
        module, kind = place.split(":")
        made = getattr(import_module(module), kind)
        found |= {name.removeprefix("vue_") for name in dir(made) if name.startswith("vue_")}
        found |= {name for name in dir(made) if not name.startswith("__") and name in vars(made)}
    return sorted(found | {"__init__", "__class__", "store", "frames", "set_trait", "close", "ask"})


def raw_of(path):
    with open_store(path, actor=ADMIN) as store:
        return stored_rows(store)


def cells(frame, key):
    """(key, column) -> text, of the cells that would be known again anywhere."""
    found = {}
    for column in frame:
        if column in MARKED or column in PERSONAL:
            told = frame[[key, column]].dropna().astype(str)
            told = told[told[column].str.len().ge(8)]
            found |= {(k, column): v for k, v in told.itertuples(index=False)}
    return found


def forbidden(user, raw):
    """text -> where it stands, of every cell the policy does not give this person."""
    users = raw["users"].set_index("user_id")["name"]
    every, secret, given = oracle.permissions(), {}, {str(users[user])}  # the own, in the header
    if ROLES[user][0] == "county_officer":  # whose deed is the roll-up: counts beside these names
        given |= set(raw["schools"]["name"])
    for table in TABLES:
        key = tables.key(table)
        mine = expected(user, table, raw, every)
        may = {} if mine is None or key not in mine else cells(mine, key)
        given |= set(may.values())
        for place, text in cells(raw[table], key).items():
            if place not in may:
                secret[text] = (table, *place)
    return {text: place for text, place in secret.items() if text not in given}


def unlisted(user, before, after):
    """The changes of a store the policy does not let this person make."""
    every, wrong = oracle.permissions(), []
    for table in TABLES:
        key = tables.key(table)
        old, new = (one[table].set_index(key) for one in (before, after))
        for name in new.index.difference(old.index):
            row = new.loc[name].drop(["version", "removed"]).dropna()
            columns = {key, *map(str, row.index)}
            if not listed(user, table, "add", name, columns, after, before, every):
                wrong.append((table, name, "added"))
        both = new.index.intersection(old.index)
        left, right = (one.loc[both].astype("string").fillna("") for one in (old, new))
        differs = left.ne(right)
        for name in both[differs.any(axis=1)]:
            columns = {str(c) for c in differs.columns[differs.loc[name]]} - {"version"}
            if not listed(user, table, "change", name, columns, after, before, every):
                wrong.append((table, name, *sorted(columns)))
        wrong += [(table, name, "gone") for name in old.index.difference(new.index)]
    return wrong


def attacked(open_page, store, folder, user, **environment):
    """What a person read and wrote past the policy by forging."""
    before = raw_of(store)
    with serving(store, folder, **{"PYTHONPATH": SOURCES} | environment) as server:
        page = open_page()
        forger = Forger(page, server.address, user, PASSWORD)
        sent = forger.forge(names())
        text = "\n".join([page.content(), *map(harmless, forger.heard)])
        page.problems.clear()  # what the page itself makes of all that is no matter
        page.close()
        log = server.said()
        again = Visitor(server.address)
        assert again.sign_in(user, PASSWORD)[0] == 302  # the password is what it was
        again.opener.close()
    after = raw_of(store)
    assert "IOPub" not in text, "the server dropped something: send slower"
    secret = forbidden(user, before) | forbidden(user, after)
    read = [place for told, place in secret.items() if told in text]
    logged = [place for told, place in secret.items() if told in log]
    return sent, read, unlisted(user, before, after), logged


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "user",
    [
        HELPER,
        PLANNER,
        TEACHER,
        pytest.param(COUNSELLOR, marks=pytest.mark.long),
        pytest.param(ANALYST, marks=pytest.mark.long),
        pytest.param(OFFICER, marks=pytest.mark.long),
        pytest.param(COORDINATOR, marks=pytest.mark.long),
    ],
    ids=lambda user: ROLES[user][0],
)
def test_forged_messages_read_and_write_nothing_more(open_page, marked, tmp_path, user):
    store = copied(marked, tmp_path / "town.care")
    assert len(forbidden(user, raw_of(store))) > 20 or user == COORDINATOR
    sent, read, written, logged = attacked(open_page, store, tmp_path / "server", user)
    assert sent > 400
    assert (read, written, logged) == ([], [], [])


@pytest.mark.timeout(400)
def test_planted_holes_are_caught(open_page, marked, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(PLANT + HOLES, encoding="utf-8")
    store = copied(marked, tmp_path / "town.care")
    path = os.pathsep.join([str(tmp_path), SOURCES])
    _, *found, _ = attacked(open_page, store, tmp_path / "server", HELPER, PYTHONPATH=path)
    assert [{place[0] for place in places} for places in found] == [{"children"}, {"children"}]
