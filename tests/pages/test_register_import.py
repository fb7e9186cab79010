"""The import of the register view: looked at first, brought in once, taken back; kept meanwhile."""

import io

import openpyxl
import pytest

LIST = (
    "姓名,性别,出生年月日,鞋码,村\n"
    "测试甲,女,2015-03-07,33,石桥村\n"
    "测试乙,?,2015年3月,34,石桥村\n"
    ",女,2015-03-07,33,石桥村\n"
).encode()


@pytest.fixture
def page(empty, open_app, here):
    return open_app(empty, view="register").shown


def look(page, send, data=LIST, sheet="children", name="五月.csv"):
    return send(page, "upload", {"sheet": sheet, "name": name, "size": len(data)}, data)


def seen(page, sheet="children"):
    return page.imports[sheet]["seen"]


def tiles(page):
    return {tile["id"]: tile["number"] for tile in seen(page)["tiles"]}


def test_a_look_shows_headings_and_counts_and_writes_nothing(page, send):
    before = page.store.newest()
    assert look(page, send) == {}
    assert page.store.newest() == before
    assert tiles(page) == {"new": "2", "known": "0", "perhaps": "0", "differs": "0", "refused": "3"}
    columns = {c["heading"]: c["understood"]["text"] for c in seen(page)["columns"]}
    assert columns == {
        "姓名": "Name",
        "性别": "Sex",
        "出生年月日": "Birth date",
        "鞋码": "not used",
        "村": "Village",
    }
    assert "五月.csv" in seen(page)["title"]
    page.language = "zh"
    columns = {c["heading"]: c["understood"]["text"] for c in seen(page)["columns"]}
    assert (columns["姓名"], columns["鞋码"]) == ("姓名", "未使用")


def test_what_was_looked_at_comes_in_and_can_be_taken_back(page, send, read, empty):
    look(page, send)
    assert send(page, "bring_in", "children")["kind"] == "success"
    assert read(empty, "children")["name"].tolist() == ["测试甲", "测试乙"]
    assert seen(page) == {} and page.imports["children"]["done"]["undo"]
    assert page.tables["children"]["said"]
    send(page, "undo_import", "children")
    assert len(read(empty, "children")) == 0
    assert page.imports["children"]["done"] == {}


def test_the_file_and_its_preview_survive_a_reload(page, send, empty, open_app, read):
    look(page, send)
    page.vue_open_tab("import")
    again = open_app(empty, view="register").shown
    assert again.tab == "import" and seen(again) == seen(page)
    send(again, "bring_in", "children")
    assert len(read(empty, "children")) == 2
    third = open_app(empty, view="register").shown
    assert seen(third) == {} and third.imports["children"]["done"]["undo"]


def test_the_same_file_comes_in_once(page, send, read, empty, open_app):
    look(page, send)
    other = open_app(empty, view="register").shown  # a second window with the same file
    send(page, "bring_in", "children")
    assert send(other, "bring_in", "children")["kind"] == "error"
    assert len(read(empty, "children")) == 2
    look(page, send)
    assert seen(page)["bring"] == "" and seen(page)["nothing"]
    assert tiles(page)["known"] == "2"


def test_an_import_that_brings_nothing_leaves_the_first_ones_undo(page, send, read, empty):
    look(page, send)
    send(page, "bring_in", "children")
    look(page, send)
    send(page, "bring_in", "children")
    assert page.imports["children"]["done"]["undo"]
    send(page, "undo_import", "children")
    assert len(read(empty, "children")) == 0


def test_an_import_taken_back_elsewhere_is_not_offered_again(page, send, empty, open_app):
    look(page, send)
    send(page, "bring_in", "children")
    page.store.undo(page.store.newest())
    assert open_app(empty, view="register").shown.imports["children"]["done"] == {}
    page.refresh()
    assert page.imports["children"]["done"] == {}


def test_a_changed_register_is_said_beside_an_old_preview(page, send, empty, open_app):
    look(page, send)
    assert seen(page)["stale"] == ""
    page.vue_add("helpers")
    values = {f["id"]: f["value"] for s in page.form["sections"] for f in s["fields"]}
    page.vue_save_form(values | {"name": "测试丙", "kind": "volunteer"})
    assert seen(page)["stale"]


def test_what_cannot_be_read_is_said_and_the_file_before_stays(page, send):
    look(page, send)
    assert look(page, send, b"%PDF-1.4 no sheet", name="x.pdf")["kind"] == "error"
    assert "五月.csv" in seen(page)["title"]
    assert look(page, send, sheet="users")["kind"] == "error"


def test_a_file_can_be_put_away(page, send, empty, open_app):
    look(page, send)
    page.vue_forget_import("children")
    assert seen(page) == {}
    assert seen(open_app(empty, view="register").shown) == {}
    assert send(page, "bring_in", "children")["kind"] == "error"


def test_everything_to_look_at_is_a_spreadsheet(page, send, sent_files):
    look(page, send)
    files = sent_files(page)
    page.vue_refusals("children")
    ((name, _, data),) = files
    rows = list(openpyxl.load_workbook(io.BytesIO(data)).active.values)
    assert name.endswith("五月.xlsx")
    assert [(row[0], row[2]) for row in rows[1:]] == [(3, "?"), (3, "2015年3月"), (4, None)]


def test_the_practice_lists_come_in_whole(page, send, sheets, read, empty):
    for sheet, count in (("children", 122), ("helpers", 121)):
        look(page, send, sheets[sheet], sheet, f"{sheet}.xlsx")
        assert {tile["id"]: tile["number"] for tile in seen(page, sheet)["tiles"]}["new"] == str(
            count
        )
        assert all(c["understood"]["look"] == "good" for c in seen(page, sheet)["columns"])
        send(page, "bring_in", sheet)
        assert len(read(empty, sheet)) == count


@pytest.mark.parametrize("data", [b"", b"\0\0\0"])
def test_an_empty_or_broken_upload_is_a_sentence(page, send, data):
    info = {"sheet": "children", "name": "x.csv", "size": len(data)}
    notice = send(page, "upload", info, *([data] if data else []))
    assert notice["kind"] == "error" and seen(page) == {}
