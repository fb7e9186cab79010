"""A coordinator keeps the register: a child comes, is corrected and leaves; a list comes in and is
taken back. In the middle of everything the page is loaded anew, and nothing is lost."""

import pandas as pd
import pytest

from carekit import tables, tasks
from carekit.store import create_store, open_store
from carekit.words import format_day
from tests.browser.branch import DAY, PASSWORD, USER, Person, serving
from tests.browser.pictures import take

LIST = "\n".join(
    [
        "姓名,性别,出生年月日,鞋码,村,班级,父亲姓名,父亲电话",
        "测试甲,女,2015-03-07,33,石桥村,三(1)班,测大山,13800000001",
        "测试乙,?,2015年3月,34,石桥村,三(1)班,测二山,13800000002",
        ",女,2015-03-07,33,石桥村,,,",
    ]
).encode()


@pytest.fixture
def store_path(tmp_path):
    path = tmp_path / "town.care"
    with create_store(path, actor=USER, password=PASSWORD) as store:
        tasks.fill_with_sample(store)
    return path


def stored(path, table="children"):
    with open_store(path, actor=USER) as store:
        return store.read(table)


def fill(person, form, column, text):
    """Type into a field and leave it, as a person does; wait until it is kept."""
    field = person.find(f"field-{form}-{column}")
    field.fill(text)
    field.blur()
    person.reads(f"kept-{form}", person.say("form_kept"))


def reloaded(person, form, column, text):
    """Load the page anew: the form is open, the text is in it."""
    person.page.reload()
    person.sees(f"form-{form}")
    person.expect(person.find(f"field-{form}-{column}")).to_have_value(text)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.long)])
def test_a_child_comes_is_corrected_and_leaves(open_page, store_path, tmp_path, language):
    page = open_page(language=language)
    person = Person(page, language)
    with serving(store_path, tmp_path / "server") as server:
        person.sign_in(server.address)
        person.click("view-register")
        person.reads("title", person.say("view_register"))
        take(page, "register-children", language)
        key = a_child_comes(person, store_path)
        its_guardian_follows(person, store_path, key)
        it_is_corrected(person, store_path, key)
        it_leaves_and_comes_back(person, store_path, key)
        a_helper_gets_a_paper(person, store_path)
        page.close()
        assert server.said().count("\n") <= 3


def a_child_comes(person, path):
    person.click("add-children")
    fill(person, "children", "name", "测试小草")
    reloaded(person, "children", "name", "测试小草")
    take(person.page, "register-new-child", person.language, whole=False)
    # A number that says another sex than the form is named at its field.
    person.find("field-children-sex").select_option("female")
    fill(person, "children", "id_number", "999901201503070013")
    person.click("save-children")
    person.reads("errors-children", tables.heading("children", "id_number", person.language))
    person.find("field-children-sex").select_option("male")
    person.click("save-children")
    person.reads("panel-title", "测试小草")
    child = stored(path).query("name == '测试小草'").iloc[0]
    assert (child["sex"], child["birth_date"]) == ("male", pd.Timestamp("2015-03-07"))
    return child["child_id"]


def its_guardian_follows(person, path, key):
    person.click("missing-guardian_phone")
    person.expect(person.find("field-guardians-phone")).to_be_focused()
    fill(person, "guardians", "phone", "13800000009")
    reloaded(person, "guardians", "phone", "13800000009")
    person.find("field-guardians-name").fill("测秀兰")
    # Refused, Escape, "go on": nothing that was typed is lost on the way.
    person.find("field-guardians-role").select_option("")
    person.click("save-guardians")
    person.sees("errors-guardians")
    person.page.keyboard.press("Escape")
    person.reads("confirm", person.say("form_discard"))
    person.reads("confirm-no", person.say("form_discard_no"))
    person.click("confirm-no")
    person.expect(person.find("confirm")).to_have_count(0)
    person.find("field-guardians-role").select_option("guardian")
    person.find("field-guardians-birth_year").fill("1950")
    person.click("save-guardians")
    person.sees("card")
    person.reads("card", "测秀兰")
    person.expect(person.find("missing-guardian_phone")).to_have_count(0)
    child = stored(path).set_index("child_id").loc[key]
    assert (child["supervised"], child["circumstances"]) == ("yes", "guardian_old_or_ill")


def it_is_corrected(person, path, key):
    person.click("correct")
    fill(person, "children", "address", "石桥村9号")
    reloaded(person, "children", "address", "石桥村9号")
    take(person.page, "register-correct", person.language, whole=False)
    person.click("save-children")
    person.reads("history", "石桥村9号")
    take(person.page, "register-card", person.language, whole=False)
    assert stored(path).set_index("child_id").at[key, "address"] == "石桥村9号"


def it_leaves_and_comes_back(person, path, key):
    person.click("close-file")
    person.find("field-close-closed_reason").select_option("moved")
    fill(person, "close", "closed_on", DAY)
    reloaded(person, "close", "closed_on", DAY)
    person.click("save-close")
    day = format_day(pd.Timestamp(DAY).date(), person.language)
    person.reads("confirm", day)
    take(person.page, "register-close", person.language, whole=False)
    person.click("confirm-no")
    assert pd.isna(stored(path).set_index("child_id").at[key, "closed_on"])
    person.click("save-close")
    person.click("confirm-yes")
    person.sees("reopen-file")
    assert stored(path).set_index("child_id").at[key, "closed_reason"] == "moved"
    person.click("undo")
    person.sees("close-file")
    assert pd.isna(stored(path).set_index("child_id").at[key, "closed_on"])
    person.click("close-panel")
    person.expect(person.find("panel")).to_have_count(0)


def a_helper_gets_a_paper(person, path):
    person.click("tab-helpers")
    person.click("filter-helpers-expiring")
    person.find("table-helpers").locator(".care-open").first.click()
    person.sees("card")
    take(person.page, "register-helper", person.language, whole=False)
    helper = person.find("card").get_attribute("data-key")
    before = stored(path, "trainings")
    person.click("add-part")
    fill(person, "trainings", "note", "新核查")
    reloaded(person, "trainings", "note", "新核查")
    person.click("save-trainings")
    person.reads("card", "新核查")
    after = stored(path, "trainings")
    new = after[~after["training_id"].isin(before["training_id"])].iloc[0]
    assert (new["helper_id"], new["kind"]) == (helper, "records_check")
    assert new["day"] == pd.Timestamp(DAY)
    person.click("close-panel")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.long)])
def test_a_list_is_looked_at_comes_in_and_goes_again(open_page, store_path, tmp_path, language):
    page = open_page(language=language)
    person = Person(page, language)
    with serving(store_path, tmp_path / "server") as server:
        person.sign_in(server.address)
        person.click("view-register")
        person.click("tab-import")
        take(page, "register-import", language)
        a_list_comes_in_and_goes_again(person, store_path)
        page.close()
        assert server.said().count("\n") <= 3


def a_list_comes_in_and_goes_again(person, path):
    page, language, count = person.page, person.language, len(stored(path))
    person.upload("children", ("五月.csv", LIST))
    person.reads("preview-children", "五月.csv")
    person.reads("preview-children", person.say("heading_unused"))
    assert len(stored(path)) == count
    page.reload()  # the file and what was seen of it are still there
    person.reads("preview-children", "五月.csv")
    person.reads("listed-children", "2015年3月")
    take(page, "register-preview", language)
    name, _ = person.download("refusals-children")
    assert name == person.say("refusals_file", name="五月") + ".xlsx"
    person.click("bring-in-children")
    person.reads("imported-children", person.say("import_done", count=2, known=0))
    take(page, "register-imported", language)
    assert set(stored(path)["name"]) >= {"测试甲", "测试乙"}
    page.reload()
    person.click("undo-import-children")
    person.reads("notice", person.say("import_undone"))
    assert len(stored(path)) == count
    person.expect(person.find("imported-children")).to_have_count(0)
