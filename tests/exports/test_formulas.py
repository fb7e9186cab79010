"""Whatever a text of a store begins with, in a file it is a text: no formula and no link."""

import csv
import io

import openpyxl
import pandas as pd
import pytest

from carekit import exports, people, tables

STARTS = [
    "=",
    "+",
    "-",
    "@",
    "＝",
    "＋",
    "－",
    "＠",
    "\t=",
    "\r=",
    "\n=",
    " =",
    "\u3000=",
    "\u00a0@",
]
BODIES = ["cmd|' /C calc'!A0", 'HYPERLINK("http://evil.example","x")', "SUM(1,2)", "1;2", '1"2']
FORMULAS = [start + body for start in STARTS for body in BODIES]
RUN = tuple("=+-@＝＋－＠\t\r\n")


def texts(table):
    """The columns of a table that take any text."""
    described = tables.columns(table)
    free = described["kind"].isin(["text", "id_number"]) & described["references"].eq("")
    return list(described.index[free])


TABLES = [table for table in tables.tables().index if texts(table)]


def filled(table):
    return pd.DataFrame(dict.fromkeys(texts(table), FORMULAS), dtype="string")


def runs(cell):
    """Whether a spreadsheet program could take a cell for more than a text."""
    return cell.lstrip().startswith(RUN) or cell.startswith(RUN)


@pytest.mark.parametrize("language", [None, "en", "zh"])
@pytest.mark.parametrize("table", TABLES)
def test_a_csv_holds_no_formula_in_any_text(table, language):
    target = io.BytesIO()
    exports.to_csv(filled(table), target, language=language, table=table)
    rows = list(csv.reader(io.StringIO(target.getvalue().decode("utf-8-sig"), newline="")))
    assert len(rows) == len(FORMULAS) + 1
    assert [cell for row in rows for cell in row if runs(cell)] == []
    for row, text in zip(rows[1:], FORMULAS, strict=True):
        assert row == ["'" + text] * len(texts(table))


def test_the_import_takes_the_mark_of_the_export_away():
    marked = pd.Series(["'" + text for text in FORMULAS])
    assert people.texts.texts(marked).tolist() == people.texts.texts(pd.Series(FORMULAS)).tolist()


def test_a_heading_that_is_a_formula_is_a_text_too():
    target = io.BytesIO()
    exports.to_csv(pd.DataFrame([range(len(FORMULAS))], columns=FORMULAS), target)
    heads = next(csv.reader(io.StringIO(target.getvalue().decode("utf-8-sig"), newline="")))
    assert [head for head in heads if runs(head)] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_workbook_holds_no_formula_and_no_link_in_any_text(language):
    target = io.BytesIO()
    exports.tables_xlsx({table: filled(table) for table in TABLES}, target, language)
    book = openpyxl.load_workbook(target)
    assert len(book.worksheets) == len(TABLES)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    cells = [cell for cell in cells if cell.value is not None]  # beside a title
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    wanted = {text.replace("\r", "\n") for text in FORMULAS}
    assert wanted <= {cell.value.replace("_x000D_", "\n").replace("\r", "\n") for cell in cells}


def test_an_unguarded_file_would_be_seen():
    plain = filled("children").to_csv(index=False)
    rows = list(csv.reader(io.StringIO(plain, newline="")))
    assert sum(runs(cell) for row in rows for cell in row) >= len(FORMULAS)
