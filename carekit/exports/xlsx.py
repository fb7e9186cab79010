"""Any frame as a workbook for people."""

import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

import pandas as pd

from carekit import tables
from carekit.exports.layout import (
    A4,
    FONTS,
    UNDATED,
    lines,
    width,
    workbook,
    write_text,
    write_texts,
)
from carekit.exports.target import Target, write
from carekit.exports.wording import headings, plain, spoken

__all__ = ["tables_xlsx", "to_xlsx"]

_NARROWEST, _WIDEST = 6, 42


def to_xlsx(
    frame: pd.DataFrame,
    target: Target,
    language: str,
    title: str | None = None,
    table: str | None = None,
) -> None:
    """Write a frame as XLSX to a path or binary buffer, in the words of ``en`` or ``zh``.

    Headings and choices come from the dictionary (of ``table`` where one is named), else from the
    catalogues (``column_...``); a column nobody describes keeps its name. Texts are always texts,
    numbers numbers, days days. One sheet: A4 landscape, one page wide, heading frozen and
    repeated on each page, columns as wide as their contents. Raises ``BadInput`` as
    :func:`carekit.exports.target.write` does.

    >>> import openpyxl
    >>> target = io.BytesIO()
    >>> to_xlsx(pd.DataFrame({"name": ["=1+1"], "sex": ["male"]}), target, "zh", table="children")
    >>> [cell.value for row in openpyxl.load_workbook(target).active for cell in row]
    ['儿童', '性别', '=1+1', '男']
    """
    data = io.BytesIO()
    with workbook(data, UNDATED) as book:
        _sheet(book.add_worksheet(), _styles(book, language), frame, language, title, table)
    write(target, data.getvalue())


def tables_xlsx(frames: Mapping[str, pd.DataFrame], target: Target, language: str) -> None:
    """Write several tables of the dictionary as one XLSX, a sheet each, as :func:`to_xlsx` does.

    ``version`` is ours and stays out.

    >>> import openpyxl
    >>> target = io.BytesIO()
    >>> tables_xlsx({"children": pd.DataFrame({"name": ["Li"], "version": [1]})}, target, "zh")
    >>> book = openpyxl.load_workbook(target)
    >>> book.sheetnames, [cell.value for row in book.active for cell in row]
    (['留守儿童'], ['留守儿童', '儿童', 'Li'])
    """
    data = io.BytesIO()
    with workbook(data, UNDATED) as book:
        styles = _styles(book, language)
        for table, frame in frames.items():
            title = str(tables.tables().at[table, language])
            shown = frame.drop(columns="version", errors="ignore")
            _sheet(book.add_worksheet(title), styles, shown, language, title, table)
    write(target, data.getvalue())


def _styles(book: Any, language: str) -> dict[str, Any]:
    font = {"font_name": FONTS[language], "font_size": 11, "valign": "top", "text_wrap": True}
    font |= {"align": "left", "indent": 1}
    bold = {"bold": True, "bottom": 1, "bg_color": "#E6F0EE", "valign": "vcenter"}
    return {
        "text": book.add_format(font),
        "day": book.add_format({**font, "num_format": "yyyy-mm-dd"}),
        "head": book.add_format({**font, **bold}),
        "title": book.add_format(
            {**font, "bold": True, "font_size": 16, "text_wrap": False, "indent": 0}
        ),
    }


def _sheet(
    sheet: Any,
    styles: dict[str, Any],
    frame: pd.DataFrame,
    language: str,
    title: str | None,
    table: str | None,
) -> None:
    heads = headings(frame, language, table)
    said = spoken(frame, language, table)
    columns = [[plain(value) for value in said.iloc[:, n]] for n in range(len(heads))]
    top = 0
    if title:
        write_text(sheet, 0, 0, title, styles["title"])
        sheet.set_row(0, 26)
        top = 1
    widths = [_fit(head, column) for head, column in zip(heads, columns, strict=True)]
    write_texts(sheet, top, heads, styles["head"])
    for number, (column, size) in enumerate(zip(columns, widths, strict=True)):
        sheet.set_column(number, number, size)
        for row, value in enumerate(column, start=top + 1):
            _write(sheet, row, number, value, styles)
    for row in range(len(frame)):
        most = max(
            (lines(str(c[row]), w - 3) for c, w in zip(columns, widths, strict=True)), default=1
        )
        sheet.set_row(top + 1 + row, 17 * most)
    sheet.freeze_panes(top + 1, 0)
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    sheet.set_footer("&C&P / &N")
    if heads:
        sheet.autofilter(top, 0, top + len(frame), len(heads) - 1)


def _fit(head: str, column: list[Any]) -> float:
    longest = max((width(str(value)) for value in column if value is not None), default=0)
    # The heading also holds the button of the filter.
    return min(max(longest * 1.15 + 3, width(head) * 1.15 + 5, _NARROWEST), _WIDEST)


def _write(sheet: Any, row: int, column: int, value: Any, styles: dict[str, Any]) -> None:
    if isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, styles["day"])
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        sheet.write_number(row, column, value, styles["text"])
    else:
        write_text(sheet, row, column, value, styles["text"])
