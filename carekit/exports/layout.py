"""How wide and how high text is on paper; what every sheet of ours has in common."""

import io
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

__all__ = ["A4", "FONTS", "lines", "workbook", "write_text", "write_texts", "width"]

A4 = 9  # Excel's number of the paper
FONTS = {"en": "Arial", "zh": "Microsoft YaHei"}
UNDATED = date(2000, 1, 1)  # for what has no day of its own: equal content gives equal bytes
# Column widths count digits of the book's own font. Arial, or a twin of the same widths, is on
# nearly every machine; where Calibri is missing columns grew by a third and the print shrank.
_BOOK_FONT = {"font_name": "Arial", "font_size": 10}
_LONGEST = 32767  # letters a cell holds; XlsxWriter would silently leave a longer one empty


def width(text: str) -> int:
    """Columns a text takes when a Chinese character takes two.

    >>> width("小明 abc")
    8
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def lines(text: str, columns: float) -> int:
    """Lines a text takes in a cell of that many columns, broken as spreadsheet programs do.

    >>> lines("one two three", 8), lines("先天性心脏病", 8), lines("a\\nb", 8)
    (2, 2, 2)
    """
    return sum(_wrapped(part, columns) for part in text.split("\n"))


def _wrapped(text: str, columns: float) -> int:
    count, used = 1, 0
    for piece in _pieces(text):
        size = width(piece)
        if used and used + width(piece.rstrip()) > columns:
            count, used = count + 1, 0
        if size > columns:  # a word longer than the line is broken inside
            count += int((size - 1) // columns)
            used = int(size % columns)
        else:
            used += size
    return count


def _pieces(text: str) -> Iterator[str]:
    """Latin words with the blank after them; every wide character is a piece of its own."""
    word = ""
    for c in text:
        wide = width(c) == 2
        if wide and word:
            yield word
            word = ""
        word += c
        if wide or c.isspace():
            yield word
            word = ""
    if word:
        yield word


@contextmanager
def workbook(data: io.BytesIO, created: date) -> Iterator[Any]:
    """A workbook in memory where text stays text; the same content gives the same bytes."""
    import xlsxwriter  # loaded with the first file: a page opens sooner without it

    book = xlsxwriter.Workbook(
        data,
        {
            "in_memory": True,
            "default_format_properties": _BOOK_FONT,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"created": datetime(created.year, created.month, created.day)})  # noqa: DTZ001
    try:
        yield book
    finally:
        book.close()


def write_text(sheet: Any, row: int, column: int, text: object, style: Any) -> None:
    """Write one cell as text, whatever it begins with."""
    shown = "" if text is None else str(text)
    if not shown:
        sheet.write_blank(row, column, None, style)
        return
    if len(shown) > _LONGEST:
        shown = shown[: _LONGEST - 1] + "…"
    sheet.write_string(row, column, shown, style)


def write_texts(sheet: Any, row: int, texts: list[str], style: Any) -> None:
    """Write a row of texts from the first column on."""
    for column, text in enumerate(texts):
        write_text(sheet, row, column, text, style)
