"""A spreadsheet file -> its cells under the dictionary's names, with the file's own row numbers."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pandas as pd

from carekit.errors import BadInput
from carekit.people.headings import (
    SHEETS,
    columns_of,
    find_headings,
    heading_missing,
    is_other_sheet,
    required_fields,
)
from carekit.people.textfile import text_rows
from carekit.people.texts import texts
from carekit.people.workbook import workbook_rows

MAX_BYTES = 30 * 2**20

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # .xls, and any workbook behind a password
_ENDINGS = ("", ".xlsx", ".csv", ".txt", ".tsv")


SAMPLES = 3  # values of a column that are shown beside its heading


@dataclass(frozen=True)
class Column:
    """One column of a sheet: its letter, its heading as read, the field it was understood as
    (None: not used) and the first values in it, as text."""

    letter: str
    heading: str
    field: str | None
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """Cells of one sheet, as read.

    ``kind``: children or helpers. ``cells``: index = row numbers as the spreadsheet program shows
    them, columns = the fields found, values as read. ``unrecognised``: headings (or letters of
    columns without one) whose cells are not used. ``title``: the sheet's name, None for CSV.
    ``columns``: every column that holds anything, in the sheet's order.
    """

    kind: str
    cells: pd.DataFrame
    unrecognised: tuple[str, ...] = ()
    title: str | None = None
    columns: tuple[Column, ...] = ()


def read_sheet(source: str | Path | bytes, sheet: str, filename: str | None = None) -> Sheet:
    """Read a spreadsheet of ``children`` or ``helpers``.

    ``source`` is a path or the bytes of an .xlsx or CSV file, ``filename`` what the person calls
    it. Headings are found in the first rows, in Chinese or English, by the data dictionary; in a
    workbook the first visible sheet that has them is read. Blank rows and repeated headings are
    passed over.

    Raises BadInput: sheet_unknown, file_missing, file_empty, file_no_rows, file_too_large,
    file_not_spreadsheet, file_old_or_locked, file_has_macros, sheet_too_large,
    heading_missing, heading_twice, sheet_other_kind.

    >>> sheet = read_sheet("姓名,性别,鞋码\\n李小草,女,33\\n".encode(), "children")
    >>> sheet.cells
      name sex
    2  李小草   女
    >>> sheet.unrecognised
    ('鞋码',)
    """
    if sheet not in SHEETS:
        raise BadInput("sheet_unknown", sheet=sheet)
    data, filename = _read(source, filename)
    other = False
    tables_ = _tables(data, filename)
    if not any(_filled(row) for _, rows in tables_ for row in rows):
        raise BadInput("file_empty")
    for title, rows in tables_:
        place = find_headings(rows, sheet)
        if place is None:
            continue
        if is_other_sheet(rows[place], sheet):
            other = True
            continue
        return _sheet(rows, place, sheet, title)
    if other:
        raise BadInput("sheet_other_kind")
    raise heading_missing(sheet, required_fields(sheet))


def _read(source: str | Path | bytes, filename: str | None) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        data = source
    else:
        path = Path(source)
        filename = filename or path.name
        try:
            if path.stat().st_size > MAX_BYTES:
                raise BadInput("file_too_large", limit=MAX_BYTES // 2**20)
            data = path.read_bytes()
        except OSError as error:
            raise BadInput("file_missing", file=filename) from error
    if len(data) > MAX_BYTES:
        raise BadInput("file_too_large", limit=MAX_BYTES // 2**20)
    return data, filename or ""


def _tables(data: bytes, filename: str) -> list[tuple[str | None, list[list[object]]]]:
    ending = Path(filename).suffix.lower()
    if not data.strip():
        raise BadInput("file_empty")
    if ending in (".xlsm", ".xlsb", ".xltm"):
        raise BadInput("file_has_macros")
    if data.startswith(_OLD_OFFICE):
        raise BadInput("file_old_or_locked")
    if data.startswith(_ZIP):
        return list(workbook_rows(data))
    if ending not in _ENDINGS or ending == ".xlsx" or data.startswith((b"%PDF", b"{\\rtf")):
        raise BadInput("file_not_spreadsheet")
    return [(None, text_rows(data))]


def _filled(row: list[object]) -> bool:
    return any(str(cell).strip() for cell in row)


def _sheet(rows: list[list[object]], place: int, kind: str, title: str | None) -> Sheet:
    headings = rows[place]
    columns = columns_of(headings, kind)
    # A long print repeats its headings on every page.
    kept = [
        (number, row)
        for number, row in enumerate(rows[place + 1 :], start=place + 2)
        if _filled(row) and row != headings
    ]
    if not kept:
        raise BadInput("file_no_rows")
    numbers = [number for number, _ in kept]
    cells = pd.DataFrame(
        {
            field: pd.Series(
                [row[at] if at < len(row) else None for _, row in kept],
                index=numbers,
                dtype=object,
            )
            for field, at in columns.items()
        }
    )
    width = max(len(headings), *(len(row) for _, row in kept))
    read = _columns(headings, [row for _, row in kept], columns, width)
    unrecognised = [column.heading or column.letter for column in read if column.field is None]
    return Sheet(kind, cells, tuple(unrecognised), title, read)


def _columns(
    headings: list[object], rows: list[list[object]], fields: dict[str, int], width: int
) -> tuple[Column, ...]:
    """Every column with a heading or a value."""
    understood = {place: field for field, place in fields.items()}
    said = texts(pd.Series([*headings, *[None] * (width - len(headings))], dtype=object))
    out = []
    for at, heading in enumerate(said.fillna("")):
        filled = _first_filled(rows, at)
        if heading or filled:
            samples = tuple(texts(pd.Series(filled, dtype=object)).dropna()[:SAMPLES])
            out.append(Column(_letters(at), str(heading), understood.get(at), samples))
    return tuple(out)


def _first_filled(rows: list[list[object]], at: int) -> list[object]:
    """The first cells of a column that hold something; strokes among them say nothing."""
    return list(islice((row[at] for row in rows if _filled(row[at : at + 1])), 10 * SAMPLES))


def _letters(at: int) -> str:
    """The spreadsheet's name of a column, from 0."""
    return (_letters(at // 26 - 1) if at >= 26 else "") + chr(65 + at % 26)
