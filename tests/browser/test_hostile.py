"""Names that want to be code: shown as they are everywhere, on the page and in the files."""

import io

import openpyxl
import pandas as pd
import pytest

from carekit import create_store, open_store, sample
from tests.browser.branch import DAY, PASSWORD, USER, Person, serving
from tests.browser.pictures import take

IMAGE = "<img src=x onerror=window.__hit=1>"
FORMULA = '=HYPERLINK("http://evil.example","x")'
TEMPLATE = "{{constructor.constructor('window.__hit=1')()}}"
HOSTILE = [IMAGE, FORMULA, TEMPLATE]
NAMED = ("children", "helpers", "villages", "classes")
FAULTY = "触发故障"

# A fault of ours in the middle of an import, with a name in its message.
BROKEN = f"""
import carekit.people as people
found = people.register
def register(cells, *rest, **named):
    if {FAULTY!r} in repr(cells):
        raise ValueError({FAULTY!r})
    return found(cells, *rest, **named)
people.register = register
"""


@pytest.fixture
def store_path(tmp_path):
    """The practice school in which every third name is a trap."""
    school = {table: frame.copy() for table, frame in sample.school().items()}
    for table in NAMED:
        named = school[table]
        traps = (HOSTILE * len(named))[: len(named)]
        school[table] = named.assign(name=named["name"].where(named.index % 2 == 1, traps))
    school["guardians"] = school["guardians"].assign(name=IMAGE)
    school["children"] = school["children"].assign(health=TEMPLATE, allergies=FORMULA)
    school["outings"] = school["outings"].assign(title=IMAGE, destination=FORMULA)
    settings = {"practice_day": DAY, "branch_name": IMAGE}
    school["settings"] = pd.DataFrame(list(settings.items()), columns=["setting_id", "value"])
    path = tmp_path / "town.care"
    with create_store(path, actor=USER, password=PASSWORD, name=TEMPLATE) as store:
        store.change(lambda read: school, kind="demo")
    return path


def unharmed(person, *shown):
    """Nothing ran, nothing became an element, and these texts stand there letter by letter."""
    for text in shown:
        person.expect(person.page.get_by_text(text).first).to_be_visible()
    assert person.page.evaluate("window.__hit === undefined")
    assert person.page.locator(".care-page img").count() == 0
    assert person.page.locator(".care-page a[href*=evil]").count() == 0


def only_texts(path):
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    every = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in every if cell.data_type == "f" or cell.hyperlink] == []
    assert FORMULA in {cell.value for cell in every if cell.data_type == "s"}
    return every


def all_names(path):
    with open_store(path) as store:
        names = pd.concat([store.read(table)["name"] for table in ("children", "helpers")])
    return {name for name in names if name not in HOSTILE}


@pytest.mark.timeout(600)
def test_names_stay_text_everywhere_and_out_of_the_log(open_page, store_path, tmp_path):
    page = open_page(language="en")
    person = Person(page, "en")
    (tmp_path / "sitecustomize.py").write_text(BROKEN, encoding="utf-8")
    with serving(store_path, tmp_path / "server", PYTHONPATH=tmp_path) as server:
        person.sign_in(server.address)
        unharmed(person, IMAGE, TEMPLATE)  # the branch and the person
        bad_uploads(person, store_path)
        hostile_sheet(person)
        fault_of_ours(person, store_path)
        through_the_register(person)
        through_the_steps(person)
        through_the_outings(person)
        assert page.problems == []
        page.close()
        said = server.said()
        assert "ValueError at" in said and FAULTY not in said
        assert not [name for name in {*all_names(store_path), *HOSTILE} if name in said]


def bad_uploads(person, store_path):
    """A sentence in the language of the page, and nothing changes."""
    with open_store(store_path) as store:
        before = len(store.steps())
    bad = [
        ("names.xlsx", "刘晓明 is only text".encode(), "file_not_spreadsheet", {}),
        ("empty.csv", b"", "upload_empty", {"name": "empty.csv"}),
        ("other.csv", "颜色,重量\n红,3\n".encode(), "heading_missing", None),
    ]
    person.click("view-register")
    person.click("tab-import")
    for name, data, code, values in bad:
        person.upload("children", (name, data))
        if values is None:
            said = person.say(code, headings_en="*", headings_zh="*").split("*")[0].strip()
        else:
            said = person.say(code, **values)
        person.reads("notice", said)
        unharmed(person)
        person.page.locator("[data-test=notice] button").click()
        person.expect(person.find("notice")).to_have_count(0)
        if person.language == "en" and code == "upload_empty":
            person.click("language")
            person.language = "zh"
            person.reads("title", person.say("view_register"))
    assert person.language == "zh"
    with open_store(store_path) as store:
        assert len(store.steps()) == before


def hostile_sheet(person):
    """Refused cells are listed as they were typed; names of files and headings are text too."""
    sheet = f'姓名,性别,出生日期,身份证号码,"{IMAGE}"\n{IMAGE},{TEMPLATE},"{IMAGE}",{IMAGE},3\n'
    person.upload("children", (f"{TEMPLATE}.csv", sheet.encode()))
    person.sees("preview-children")
    listed = person.find("list-import")
    person.expect(listed).to_contain_text(IMAGE)
    person.expect(listed).to_contain_text(TEMPLATE)
    unharmed(person, f"{TEMPLATE}.csv")
    take(person.page, "hostile-import", person.language)


def fault_of_ours(person, store_path):
    with open_store(store_path) as store:
        before = len(store.steps())
    person.upload("children", ("fault.csv", f"姓名,性别\n{FAULTY},女\n".encode()))
    person.reads("notice", person.say("work_failed", reference="*").split("*")[0])
    assert FAULTY not in person.find("notice").inner_text()
    with open_store(store_path) as store:
        assert len(store.steps()) == before


def through_the_register(person):
    """Lists, a card with adults and health that are traps, and its form."""
    person.click("tab-children")
    for trap in HOSTILE:
        person.find("search-children").fill(trap)
        first = person.find("table-children").locator("tbody tr").first
        person.expect(first).to_contain_text(trap)
        first.locator("button").first.click()
        person.reads("panel-title", trap)
        person.reads("card", IMAGE)
        person.reads("card", FORMULA)
        unharmed(person, trap)
        person.click("correct")
        person.expect(person.find("field-children-name")).to_have_value(trap)
        unharmed(person)
        person.click("close-children")
        person.click("close-panel")
        person.expect(person.find("panel")).to_have_count(0)
    person.find("search-children").fill("")


def through_the_steps(person):
    person.click("view-matching")
    person.sees("step-people")
    unharmed(person)
    person.click("go-rules")
    person.sees("step-rules")
    person.click("propose")
    person.sees("proof")
    table = person.find("table-pairs")
    for trap in HOSTILE:
        person.find("search-pairs").fill(trap)
        person.expect(table.locator("tbody tr").first).to_contain_text(trap)
        table.locator("tbody button").first.click()
        person.sees("why")
        unharmed(person, trap)
    person.find("search-pairs").fill("")
    take(person.page, "hostile-proposal", person.language)
    _, path = person.download("download-pairs")
    only_texts(path)
    person.click("to-publish")
    person.sees("summary")
    person.click("publish")
    person.sees("confirm")
    unharmed(person)
    person.click("confirm-yes")
    person.sees("published")
    unharmed(person)


def through_the_outings(person):
    person.click("to-outings")
    person.reads("table-outings", IMAGE)
    unharmed(person, IMAGE)
    person.find("table-outings").locator("tbody button").first.click()
    person.reads("title", IMAGE)
    person.click("make-groups")
    person.sees("groups")
    person.expect(person.find("groups")).to_contain_text(TEMPLATE)
    unharmed(person, *HOSTILE)
    take(person.page, "hostile-outing", person.language)
    person.click("to-roster")
    person.sees("roster")
    _, path = person.download("download-roster")
    cells = {cell.value for cell in only_texts(path)}
    assert IMAGE in cells and TEMPLATE in cells
    for trap in (TEMPLATE, FORMULA):
        person.click("all-outings")
        person.click("new-outing")
        person.find("field-outing-title").fill(trap)
        person.find("field-outing-day").fill("2026-04-19")
        person.find("field-outing-places").fill("30")
        person.click("save-outing")
        person.reads("title", trap)
        unharmed(person, trap)
