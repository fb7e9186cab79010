"""The two spreadsheets: headings the import knows, the same people, the files of data/."""

import importlib.util
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from carekit import sample, tables

DATA = Path(__file__).parents[2] / "data"
SHEETS = ("children", "helpers")


@pytest.fixture(scope="module")
def school():
    return sample.school()


@pytest.fixture(scope="module")
def sheets(school):
    return sample.sheets(school)


@pytest.fixture(scope="module")
def make():
    spec = importlib.util.spec_from_file_location("make", DATA / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cells(path):
    page = openpyxl.load_workbook(path).active
    return [[(cell.value, cell.number_format) for cell in row] for row in page.iter_rows()]


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_heading_is_one_the_import_knows(sheets, sheet):
    known = tables.reading_headings(sheet).set_index("text")["field"]
    fields = [known[heading] for heading in sheets[sheet].columns]
    # Each heading means one field, and no field but the derived one is missing.
    assert len(set(fields)) == len(fields)
    assert set(tables.sheet_columns(sheet).index) - set(fields) <= {"supervised"}


def test_nobody_left_out(school, sheets):
    for sheet in SHEETS:
        assert sheets[sheet]["姓名"].tolist() == school[sheet]["name"].tolist()


def test_papers_and_adults_are_carried_whole(school, sheets):
    helpers, children = sheets["helpers"], sheets["children"]
    days = ["背景核查日期", "培训日期", "承诺书签订日期", "与协调员谈话日期"]
    assert int(helpers[days].notna().sum().sum()) == len(school["trainings"])
    names = children[["父亲姓名", "母亲姓名", "监护人姓名"]]
    assert int((names.notna() & (names != "无")).sum().sum()) == len(school["guardians"])


def test_a_child_nobody_looks_after_has_the_guardian_wu(school, sheets):
    nobody = school["children"]["supervised"] == "no"
    assert (sheets["children"]["监护人姓名"] == "无").fillna(False).tolist() == nobody.tolist()


def test_words_are_chinese_and_joined_by_a_comma(sheets):
    said = set("、".join(sheets["children"]["语言/方言"]).split("、"))
    assert said <= set(tables.choices("language")["zh"])
    assert set(sheets["children"]["是否寄宿"]) == {"是", "否"}


@pytest.mark.parametrize("sheet", SHEETS)
def test_the_files_of_data_are_what_make_writes(make, tmp_path, sheet):
    make.main(tmp_path)
    first = (tmp_path / f"{sheet}.xlsx").read_bytes()
    make.main(tmp_path)
    assert (tmp_path / f"{sheet}.xlsx").read_bytes() == first
    assert cells(DATA / f"{sheet}.xlsx") == cells(tmp_path / f"{sheet}.xlsx")


@pytest.mark.parametrize(("sheet", "title_rows"), [("children", 0), ("helpers", 1)])
def test_cells_are_days_and_text(sheets, sheet, title_rows):
    rows = list(openpyxl.load_workbook(DATA / f"{sheet}.xlsx").active.iter_rows())[title_rows:]
    headings = [cell.value for cell in rows[0]]
    assert headings == sheets[sheet].columns.tolist()
    assert len(rows) - 1 == len(sheets[sheet])
    by_heading = {h: [row[i] for row in rows[1:]] for i, h in enumerate(headings)}
    born = [cell for cell in by_heading["出生日期"] if cell.value is not None]
    assert {(cell.is_date, cell.number_format) for cell in born} == {(True, "yyyy-mm-dd")}
    assert [pd.Timestamp(cell.value) for cell in born] == sheets[sheet][
        "出生日期"
    ].dropna().tolist()
    ids = [cell.value for cell in by_heading["身份证号码"] if cell.value is not None]
    assert all(isinstance(value, str) and len(value) == 18 for value in ids)
