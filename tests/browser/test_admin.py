"""The administrator's view in a browser: somebody is invited, works, is seen and is sent away."""

import pytest

from carekit import tasks
from carekit.store import backups, create_store, open_store

from . import pictures
from .branch import PASSWORD, PATIENCE, USER, Person, serving

CHILD = "C00003"
NEW, NAME = "majun", "马军"


@pytest.fixture
def store_path(tmp_path):
    path = tmp_path / "town.care"
    with create_store(path, actor=USER, password=PASSWORD, name="陈静") as store:
        tasks.fill_with_sample(store)
        row = store.read("children")
        row = row[row["child_id"].eq(CHILD)].assign(closed_on="2026-03-01", closed_reason="moved")
        store.write("children", row)
    return path


def kept(path, table, column):
    with open_store(path) as store:
        return set(store.read(table)[column])


@pytest.mark.timeout(900)
@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.long)])
def test_the_administrator_lets_in_looks_after_and_ends(open_page, store_path, tmp_path, language):
    page, other = open_page(language=language), open_page(language=language)
    admin, invited = Person(page, language), Person(other, language)
    with serving(store_path, tmp_path / "server") as server:
        admin.sign_in(server.address)
        admin.click("view-admin")
        admin.sees("people")
        pictures.take(page, "admin-people", language)

        # somebody is invited, with a password that is shown once
        admin.click("invite")
        admin.find("field-invite-user_id").fill(NEW)
        admin.find("field-invite-name").fill(NAME)
        admin.find("field-invite-role").select_option("coordinator")
        admin.reads("form-invite", admin.say("role_about_coordinator"))
        admin.click("save-invite")
        admin.reads("secret-user", NEW)
        password = admin.find("secret-password").inner_text()
        pictures.take(page, "admin-secret", language, whole=False)
        admin.click("secret-noted")
        admin.expect(admin.find("secret")).to_have_count(0)
        admin.reads(f"row-users-{NEW}", NAME)
        assert password not in page.content()

        # who comes in with it finds no administration, and is seen
        other.goto(server.address + "?view=register")
        other.locator("#user").fill(NEW)
        other.locator("#password").fill(password)
        other.locator("#sign-in").click()
        invited.sees("title")
        admin.expect(invited.find("view-admin")).to_have_count(0)
        invited.sees("table-children")
        admin.click("tab-signed")
        admin.reads("signed", NAME)
        pictures.take(page, "admin-signed", language)

        # the session is ended: the page of the other one is over
        row = page.locator("[data-test^=row-signed-]").filter(has_text=NAME)
        row.locator("[data-test=act-end]").click()
        admin.click("confirm-yes")
        admin.expect(row).to_have_count(0, timeout=PATIENCE)
        other.goto(server.address)
        admin.expect(other.locator("#sign-in")).to_be_visible(timeout=PATIENCE)
        other.problems.clear()  # the lost connection of the page that was ended

        # backups and the check of the store
        admin.click("tab-safety")
        admin.sees("backups")
        admin.click("save-now")
        admin.reads("backups", admin.say("kept_hand"))
        admin.reads("notice", ".carebackup")  # one long step at a time: this one has ended
        admin.click("look-over")
        admin.sees("health")
        pictures.take(page, "admin-safety", language)
        admin.click("new-code")
        admin.click("confirm-yes")
        assert len(admin.find("code-letters").inner_text().strip()) == 29
        admin.click("code-kept")

        # who saw one child, given to the family, erased
        admin.click("tab-child")
        admin.find("search-files").fill(CHILD)
        admin.click(f"open-files-{CHILD}")
        admin.reads("touched", NAME)
        pictures.take(page, "admin-child", language)
        name, saved = admin.download("give")
        assert name == admin.say("admin_give_file", child=CHILD) + ".xlsx"
        assert saved.read_bytes()[:2] == b"PK"
        admin.find("erase-id").fill("C00004")
        admin.click("erase")
        admin.reads("notice", admin.say("admin_erase_other", child=CHILD))
        admin.find("erase-id").fill(CHILD)
        admin.click("erase")
        admin.click("confirm-yes")
        admin.sees("choose-child")

        admin.click("tab-log")
        admin.reads("log", admin.say("deed_erase"))
        pictures.take(page, "admin-log", language)
        admin.find("log-person").select_option(NEW)
        admin.expect(admin.find("log").locator("tbody")).not_to_contain_text("陈静")
        name, saved = admin.download("download-log")
        assert NAME in saved.read_text("utf-8-sig")

        # who is disabled is out by itself
        admin.click("tab-people")
        invited_again(other, server.address, password)
        invited.sees("title")
        admin.find(f"row-users-{NEW}").locator("[data-test=act-disable]").click()
        admin.click("confirm-yes")
        admin.reads(f"row-users-{NEW}", admin.say("admin_state_disabled"))
        other.wait_for_function(
            "fetch('/voila/static/voila.js').then((answer) => answer.redirected)", timeout=PATIENCE
        )
        other.goto("about:blank")  # its page says goodbye, which nobody may do any more
        for one in (other, page):
            one.close()
        other.problems.clear()

    assert CHILD not in kept(store_path, "children", "child_id")
    with open_store(store_path) as store:
        assert "hand" in set(backups(store)["kind"])


def invited_again(page, address, password):
    page.goto(address)
    page.locator("#user").fill(NEW)
    page.locator("#password").fill(password)
    page.locator("#sign-in").click()
