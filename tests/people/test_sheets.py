import datetime
import io
import zipfile

import openpyxl
import pytest

from carekit import people
from carekit.errors import BadInput

from .files import csv, xlsx

HEAD = ["姓名", "性别", "出生日期"]
ROW = ["李小草", "女", "2015-03-07"]


def refused(source, sheet="children", filename=None):
    with pytest.raises(BadInput) as caught:
        people.read_sheet(source, sheet, filename)
    return caught.value


def test_chinese_and_english_headings_mean_the_same():
    chinese = people.read_sheet(csv(HEAD, ROW), "children").cells
    english = people.read_sheet(csv(["Name", "SEX", "Birth date*"], ROW), "children").cells
    assert chinese.equals(english)
    assert list(chinese.columns) == ["name", "sex", "birth_date"]


def test_title_rows_and_blank_rows_keep_the_files_row_numbers():
    data = xlsx([["某校留守儿童名单"], [], HEAD, ROW, [], ROW])
    sheet = people.read_sheet(data, "children")
    assert sheet.cells.index.tolist() == [4, 6]
    assert sheet.title == "表1"


def test_csv_has_no_title_and_counts_a_quoted_line_break_as_one_row():
    data = '姓名,备注\r\n李小草,"一\n二"\r\n\r\n王小树,三\r\n'.encode()
    sheet = people.read_sheet(data, "children")
    assert sheet.title is None
    assert sheet.cells.index.tolist() == [2, 4]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(encoding):
    cells = people.read_sheet(csv(HEAD, ROW, encoding=encoding), "children").cells
    assert cells["name"].tolist() == ["李小草"]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_separators(separator):
    data = (separator.join(HEAD) + "\n" + separator.join(ROW) + "\n").encode()
    assert people.read_sheet(data, "children").cells["sex"].tolist() == ["女"]


def test_unknown_headings_are_listed_not_lost():
    data = xlsx([[*HEAD, "鞋码", None], [*ROW, 33, "没有表头的内容"]])
    assert people.read_sheet(data, "children").unrecognised == ("鞋码", "E")


def test_the_first_sheet_with_the_headings_is_read():
    helpers = [["姓名", "类别", "可帮扶人数"], ["王小树", "志愿者", 2]]
    data = xlsx([["说明"]], helpers, [HEAD, ROW], titles=("封面", "志愿者", "儿童"))
    assert people.read_sheet(data, "children").title == "儿童"
    assert people.read_sheet(data, "helpers").title == "志愿者"


def test_hidden_sheets_are_passed_over():
    book = openpyxl.load_workbook(io.BytesIO(xlsx([HEAD, ["旧", "女", ""]], [HEAD, ROW])))
    book.worksheets[0].sheet_state = "hidden"
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    assert people.read_sheet(out.getvalue(), "children").cells["name"].tolist() == ["李小草"]


def test_merged_cells_repeat_downwards():
    book = openpyxl.load_workbook(
        io.BytesIO(xlsx([["姓名", "班级"], ["李小草", "1班"], ["王小树", None]]))
    )
    book.active.merge_cells("B2:B3")
    out = io.BytesIO()
    book.save(out)
    cells = people.read_sheet(out.getvalue(), "children").cells
    assert cells["class"].tolist() == ["1班", "1班"]


def test_repeated_headings_are_no_child():
    cells = people.read_sheet(csv(HEAD, ROW, HEAD, ["王小树", "男", ""]), "children").cells
    assert cells["name"].tolist() == ["李小草", "王小树"]


def test_paths_and_excel_dates(tmp_path):
    path = tmp_path / "名单.xlsx"
    path.write_bytes(xlsx([HEAD, ["李小草", "女", datetime.date(2015, 3, 7)]]))
    cells = people.read_sheet(path, "children").cells
    assert cells["birth_date"].tolist() == [datetime.date(2015, 3, 7)]


@pytest.mark.parametrize("data", [b"", b"  \r\n", b"\xef\xbb\xbf", b",,\r\n,,\r\n"])
def test_empty_files(data):
    assert refused(data).code == "file_empty"


def test_an_empty_workbook():
    assert refused(xlsx([])).code == "file_empty"


def test_headings_without_rows():
    assert refused(csv(HEAD)).code == "file_no_rows"


@pytest.mark.parametrize(
    ("data", "filename", "code"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "picture.csv", "file_not_spreadsheet"),
        (b"%PDF-1.7 ...", "list.pdf", "file_not_spreadsheet"),
        (b"just text", "list.xlsx", "file_not_spreadsheet"),
        (b"name,sex\nA,f\n", "list.docx", "file_not_spreadsheet"),
        (b"PK\x03\x04 broken", "list.xlsx", "file_not_spreadsheet"),
        (bytes(range(128, 256)), "list.csv", "file_not_spreadsheet"),
        (b"\xd0\xcf\x11\xe0 old", "list.xls", "file_old_or_locked"),
        (xlsx([HEAD, ROW]), "list.xlsm", "file_has_macros"),
        (b"some words\nwithout headings\n", None, "heading_missing"),
    ],
)
def test_files_that_are_refused(data, filename, code):
    assert refused(data, filename=filename).code == code


def test_a_missing_file(tmp_path):
    error = refused(tmp_path / "none.xlsx")
    assert (error.code, error.values) == ("file_missing", {"file": "none.xlsx"})


def test_too_many_bytes(monkeypatch):
    monkeypatch.setattr("carekit.people.sheets.MAX_BYTES", 10)
    assert refused(csv(HEAD, ROW)).code == "file_too_large"


def test_missing_headings_are_named_in_both_languages():
    error = refused(csv(["姓名", "电话"], ["王小树", "10000000001"]), "helpers")
    assert error.code == "heading_missing"
    assert error.values == {"headings_en": ["Kind / type"], "headings_zh": ["类别 / 人员类别"]}


def test_two_columns_for_one_field():
    error = refused(csv(["姓名", "学生姓名", "性别"], ["a", "b", "女"]))
    assert (error.code, error.values) == ("heading_twice", {"first": "姓名", "second": "学生姓名"})


def test_helpers_are_not_taken_for_children():
    data = csv(["姓名", "性别", "类别", "可帮扶人数"], ["王小树", "女", "志愿者", "2"])
    assert refused(data, "children").code == "sheet_other_kind"


def test_an_unknown_sheet():
    assert refused(csv(HEAD, ROW), "parents").code == "sheet_unknown"


def rebuilt(data, change):
    """The workbook with its parts changed by ``change(name, bytes)``."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


@pytest.mark.parametrize("reference", [b"XFD1048576", b"A1048576", b"XFD2", b"SF190000"])
def test_a_cell_far_out_is_refused_before_anything_reads_it(reference):
    def change(name, part):
        return part.replace(b'r="C2"', b'r="' + reference + b'"')

    assert refused(rebuilt(xlsx([HEAD, ROW]), change)).code == "sheet_too_large"


def test_a_far_row_whose_cells_have_no_reference():
    def change(name, part):
        part = part.replace(b'<row r="2"', b'<row r="1048576"')
        return part.replace(b' r="A2"', b"").replace(b' r="B2"', b"").replace(b' r="C2"', b"")

    assert refused(rebuilt(xlsx([HEAD, ROW]), change)).code == "sheet_too_large"


def test_far_cells_that_only_carry_a_format_do_no_harm():
    book = openpyxl.load_workbook(io.BytesIO(xlsx([HEAD, ROW])))
    book.active["A1048576"].font = openpyxl.styles.Font(bold=True)
    out = io.BytesIO()
    book.save(out)
    assert len(people.read_sheet(out.getvalue(), "children").cells) == 1


def test_entities_and_macros_and_much_unpacked(monkeypatch):
    data = xlsx([HEAD, ROW])

    def entity(name, part):
        return part.replace(b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet', 1)

    assert refused(rebuilt(data, entity)).code == "file_not_spreadsheet"
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as book:
        book.writestr("xl/vbaProject.bin", b"macro")
    assert refused(out.getvalue()).code == "file_has_macros"
    monkeypatch.setattr("carekit.people.workbook.MAX_UNPACKED", 1000)
    assert refused(data).code == "file_too_large"


def test_no_heading_names_two_fields():
    from carekit import tables
    from carekit.people.texts import folded

    for sheet in ("children", "helpers"):
        said = tables.reading_headings(sheet)
        said = said.assign(text=said["text"].map(folded)).drop_duplicates()
        assert said["text"].is_unique
