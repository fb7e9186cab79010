"""A page that only lies open keeps nobody signed in."""

import os
import sys

import pytest
from playwright.sync_api import expect

from carekit import create_store
from tests.browser.branch import DAY, PASSWORD, PATIENCE, USER, Person, serving
from tests.browser.conftest import SOURCES

# Longer than any beat of Jupyter's own, such as the half minute of its pings; the real one is 15
# minutes.
SECONDS = 40
SOONER = f"""
import sys
if "serve" in sys.orig_argv:
    import carekit.server.idle as idle
    idle.Watch.__init__.__defaults__ = ({SECONDS} / 60,)
    idle.LOOK_SECONDS = 1.0
"""


@pytest.mark.timeout(300)
def test_whose_page_only_lies_open_is_signed_out(open_page, tmp_path):
    path = tmp_path / "town.care"
    create_store(path, actor=USER, password=PASSWORD, practice_day=DAY).close()
    (tmp_path / "sitecustomize.py").write_text(SOONER, encoding="utf-8")
    found = os.pathsep.join([str(tmp_path), SOURCES, *sys.path])
    with serving(path, tmp_path / "server", PYTHONPATH=found) as server:
        person = Person(open_page(language="zh"), "zh")
        person.sign_in(server.address)
        title = person.find("title")
        expect(title).to_be_visible()
        expect(person.page.get_by_role("alert")).to_be_visible(timeout=PATIENCE)
        expect(title).not_to_be_visible()  # what it showed is covered
        person.page.goto(server.address)
        expect(person.page.locator("#sign-in")).to_be_visible()
        person.page.problems.clear()  # the lost connection of the page that has ended
