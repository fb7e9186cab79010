"""The printed roster, read back cell by cell."""

import io
import re

import openpyxl
import pandas as pd
import pytest

from carekit import exports, outings, tables, words
from carekit.exports.rosters import ADULTS, CHILDREN, NOT_GOING, SMALL

SHEETS = ("children", "adults", "not_going")
GROUPS = [1, 1, 2, 2]


@pytest.fixture
def parts():
    ids = [f"C{n:05d}" for n in range(1, 5)]
    listed = pd.DataFrame(
        {
            "vehicle": [1, 1, 2, 2],
            "group": GROUPS,
            "child_id": ids,
            "child": ["王小明", '=HYPERLINK("x")', "<img src=x onerror=alert(1)>", "㐀𠮷䶮"],
            "age": pd.array([9, 10, None, 12], dtype="Int64"),
            "helper_id": ["H00001", "H00002", "H00003", "H00004"],
            "helper": ["林老师", "谢老师", "@范", "邓"],
            "helper_phone": ["10000000001", "+86100", None, "10000000004"],
            "guardian": ["王奶奶", None, "赵妈妈", "钱爷爷"],
            "guardian_phone": ["10000000011", None, "10000000013", "010-100"],
            "guardian_role": ["guardian", None, "mother", "guardian"],
            "health": ["先天性心脏病术后，避免剧烈运动，随身带药" * 3, None, "易晕车", None],
            "allergies": ["花生过敏", None, None, None],
            "consent": ["given", "pending", "given", "given"],
            "signature": None,
        }
    )
    adults = pd.DataFrame(
        {
            "vehicle": [1, 1, 2, 2],
            "group": GROUPS,
            "helper_id": listed["helper_id"],
            "helper": listed["helper"],
            "phone": listed["helper_phone"],
            "children": 1,
        }
    )
    not_going = pd.DataFrame(
        {
            "child_id": ["C00008", "C00009"],
            "child": ["周小强", "=1"],
            "code": ["consent_refused", "helper_not_ready"],
            "helper_id": [None, "H00009"],
            "helper": [None, "吴"],
            "blocked_by": [None, "records_check_expired;training_missing"],
        }
    )
    outing = outings.Outing(
        "园艺 & 博览园", on="2026-04-12", places=44, outing_id="O0001", destination="示例园"
    )
    return listed, adults, not_going, outing


def written(parts, language):
    target = io.BytesIO()
    exports.roster_xlsx(*parts, target, language)
    return target


@pytest.fixture(params=words.LANGUAGES)
def language(request):
    return request.param


@pytest.fixture
def book(parts, language):
    return openpyxl.load_workbook(written(parts, language))


def rows(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]


def test_sheets_and_headings(book, language):
    assert book.sheetnames == [words.say(f"roster_sheet_{name}", language) for name in SHEETS]
    for sheet, columns in zip(book.worksheets, (CHILDREN, ADULTS, NOT_GOING), strict=True):
        heads = [cell.value for cell in sheet[3]]
        assert heads == [words.say(f"roster_{column}", language) for column in columns]


def test_title_and_day(book, language, parts):
    sheet = book.worksheets[0]
    assert sheet["A1"].value.startswith("园艺 & 博览园")
    under = sheet["A2"].value
    assert words.format_day(parts[3].on, language) in under
    assert "示例园" in under
    counts = words.say("roster_counts", language, children=4, adults=4, groups=2, places=44)
    assert under.endswith(counts)


def test_every_child_once_with_its_own_helper_and_the_phone(book, parts):
    listed = parts[0]
    found = pd.DataFrame(rows(book.worksheets[0]), columns=list(CHILDREN))
    for column in ("vehicle", "group", "child_id", "child", "helper"):
        assert found[column].tolist() == listed[column].tolist()
    assert (
        found["guardian_phone"].fillna("").tolist() == listed["guardian_phone"].fillna("").tolist()
    )
    assert found["signature"].isna().all()
    adults = pd.DataFrame(rows(book.worksheets[1]), columns=list(ADULTS))
    assert adults["helper_id"].tolist() == listed["helper_id"].tolist()
    assert adults["phone"].fillna("").tolist() == listed["helper_phone"].fillna("").tolist()


def test_consent_age_and_role_in_words(book, language):
    found = pd.DataFrame(rows(book.worksheets[0]), columns=list(CHILDREN))
    given, pending = (tables.label("consent_state", s, language) for s in ("given", "pending"))
    assert found["consent"].tolist() == [given, f"△ {pending}", given, given]
    assert found["age"].tolist() == [9, 10, words.say("roster_age_unknown", language), 12]
    mother = tables.label("guardian_role", "mother", language)
    assert found["guardian"].fillna("").tolist() == ["王奶奶", "", f"赵妈妈\n({mother})", "钱爷爷"]


def test_who_is_not_going_and_why(book, language):
    found = rows(book.worksheets[2])
    assert [row[:3] for row in found] == [["C00008", "周小强", None], ["C00009", "=1", "吴"]]
    assert found[0][3] == words.say("not_going_consent_refused", language)
    reason = found[1][3]
    assert reason.startswith(words.say("not_going_helper_not_ready", language))
    for code in ("records_check_expired", "training_missing"):
        assert words.say(code, language) in reason


def test_no_cell_is_a_formula_or_a_link(book):
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert [cell for cell in cells if cell.hyperlink] == []
    written_numbers = [c.value for c in cells if c.data_type == "n" and c.value is not None]
    assert all(isinstance(value, int) for value in written_numbers)


def test_the_printed_page(book, language):
    for sheet, orientation in zip(
        book.worksheets, ("landscape", "portrait", "portrait"), strict=True
    ):
        assert sheet.page_setup.paperSize == 9
        assert (sheet.page_setup.orientation or "portrait") == orientation
        assert (sheet.print_title_rows, sheet.freeze_panes) == ("$3:$3", "A4")
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        footer = sheet.oddFooter
        assert words.say("roster_confidential", language) in footer.left.text
        assert re.search(r"&P.*&N", footer.right.text)


def test_twelve_points_at_full_size(book):
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(min_row=3):
        for cell, name in zip(row, CHILDREN, strict=True):
            if cell.row == 3 or name not in SMALL:
                assert cell.font.sz >= 12
    # Wider than the paper would print smaller: 7 pixels a unit and 5 of padding, 96 to the inch.
    pixels = sum(int(size * 7 + 5) for size in CHILDREN.values())
    margins = sheet.page_margins.left + sheet.page_margins.right
    assert pixels / 96 <= 297 / 25.4 - margins


def test_rows_are_high_enough_and_groups_alternate(book):
    sheet = book.worksheets[0]
    heights = [sheet.row_dimensions[row].height for row in range(4, 8)]
    assert heights[0] >= 17 * 8 > heights[1] >= 30
    shades = [sheet.cell(row, 3).fill.fgColor.rgb for row in range(4, 8)]
    assert shades[0] == shades[1] != shades[2] == shades[3]
    tops = [sheet.cell(row, 3).border.top.style for row in range(4, 8)]
    assert tops == ["medium", "thin", "medium", "thin"]


def test_equal_rosters_give_equal_bytes(parts, language):
    assert written(parts, language).getvalue() == written(parts, language).getvalue()


def test_a_roster_of_nobody(parts, language):
    nobody = [part.head(0) for part in parts[:3]]
    book = openpyxl.load_workbook(written((*nobody, parts[3]), language))
    assert [sheet["A4"].value for sheet in book.worksheets] == [
        words.say("roster_nobody", language)
    ] * 3


def test_the_plain_roster_too(parts, language):
    target = io.BytesIO()
    exports.to_xlsx(parts[0], target, language)
    sheet = openpyxl.load_workbook(target).active
    heads = [cell.value for cell in sheet[1]]
    assert heads[2] == tables.heading("children", "child_id", language)
    assert sheet.cell(2, heads.index(tables.heading("children", "health", language)) + 1).value
    assert sheet.max_row == 5
