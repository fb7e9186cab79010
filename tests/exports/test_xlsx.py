"""Workbooks read back by another library: text is text, the page is set up for print."""

import datetime as dt
import io
import zipfile

import openpyxl
import pandas as pd
import pytest

from carekit import exports, tables, words
from carekit.exports.layout import lines, width

NASTY = [
    '=HYPERLINK("http://x","y")',
    "<img src=x onerror=alert(1)>",
    "http://example.org",
    "{=1+1}",
    "+1",
    "001234",
    "㐀𠮷䶮",
    "a\x0bb",
]


def written(frame, language="zh", **how):
    target = io.BytesIO()
    exports.to_xlsx(frame, target, language, **how)
    return target


def sheet(target):
    return openpyxl.load_workbook(target).active


@pytest.mark.parametrize("text", NASTY)
def test_text_stays_text(text):
    target = written(pd.DataFrame({"name": [text]}))
    cell = sheet(target)["A2"]
    assert cell.data_type == "s"
    assert openpyxl.utils.escape.unescape(cell.value) == text
    assert cell.hyperlink is None
    with zipfile.ZipFile(target) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
        assert [n for n in parts.namelist() if n.endswith(".rels") and "worksheets" in n] == []


def test_a_text_too_long_for_a_cell_is_cut_visibly():
    cell = sheet(written(pd.DataFrame({"name": ["字" * 40000]})))["A2"]
    assert (len(cell.value), cell.value[-1]) == (32767, "…")


def test_days_numbers_and_empty_cells():
    frame = pd.DataFrame({"birth_date": [pd.Timestamp("2015-03-07"), pd.NaT]})
    frame["places"] = pd.array([2, None], dtype="Int64")
    frame["ready"] = pd.array([True, None], dtype="boolean")
    page = sheet(written(frame, "en"))
    assert page["A2"].value.date() == dt.date(2015, 3, 7)
    assert page["A2"].number_format == "yyyy-mm-dd"
    assert (page["B2"].value, page["C2"].value) == (2, words.say("flag_yes", "en"))
    assert [cell.value for cell in page[3]] == [None, None, None]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_headings_and_choices_in_both_languages(language):
    frame = pd.DataFrame({"name": ["明"], "sex": ["male"], "consent": ["pending"]}, dtype="string")
    page = sheet(written(frame, language))
    assert [page["A1"].value, page["B1"].value] == [
        tables.heading("children", "name", language),
        tables.heading("children", "sex", language),
    ]
    assert [page["B2"].value, page["C2"].value] == [
        tables.label("sex", "male", language),
        tables.label("consent_state", "pending", language),
    ]


def test_codes_are_said():
    page = sheet(written(pd.DataFrame({"code": ["day_wrong"]}), "zh"))
    assert page["A2"].value == words.say("day_wrong", "zh")


def test_the_page():
    page = sheet(written(pd.DataFrame({"name": ["明"], "own": [1]}), title="Pairs"))
    assert page["A1"].value == "Pairs"
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")
    assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.print_title_rows, page.freeze_panes) == ("$2:$2", "A3")
    assert page.auto_filter.ref == "A2:B3"


def test_columns_fit_chinese():
    page = sheet(written(pd.DataFrame({"a": ["先天性心脏病"], "b": ["x"], "c": ["长" * 99]})))
    sizes = [page.column_dimensions[letter].width for letter in "ABC"]
    assert sizes[0] >= 12 > sizes[1]
    assert sizes[2] < 50
    assert page.row_dimensions[2].height >= 17 * 5


def test_equal_frames_give_equal_bytes():
    frame = pd.DataFrame({"name": ["明"]})
    assert written(frame).getvalue() == written(frame).getvalue()


def test_an_empty_frame_and_one_without_columns_open():
    assert [c.value for c in sheet(written(pd.DataFrame(columns=["own"])))[1]] == ["own"]
    assert sheet(written(pd.DataFrame())).max_row == 1


@pytest.mark.parametrize(
    ("text", "columns", "count"),
    [
        ("", 5, 1),
        ("abc", 3, 1),
        ("先天性", 6, 1),
        ("先天性", 5, 2),
        ("one two", 4, 2),
        ("one two", 7, 1),
        ("abcdefgh", 3, 3),
        ("a\n\nb", 9, 3),
    ],
)
def test_lines(text, columns, count):
    assert lines(text, columns) == count


def test_width_counts_chinese_twice():
    assert [width(text) for text in ("", "ab", "小明", "𠮷", "，")] == [0, 2, 4, 2, 2]
