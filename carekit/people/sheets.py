"""A spreadsheet file -> its cells under the dictionary's names, with the file's own row numbers."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Sheet:
    """Cells of one sheet, as read.

    ``kind``: children or helpers. ``cells``: index = row numbers as the spreadsheet program shows
    them, columns = the fields found, values as read. ``unrecognised``: headings (or letters of
    columns without one) whose cells are not used. ``title``: the sheet's name, None for CSV.
    """

    kind: str
    cells: pd.DataFrame
    unrecognised: tuple[str, ...] = ()
    title: str | None = None


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
    unused = set(range(max(len(row) for _, row in kept))) - set(columns.values())
    unrecognised = []
    for at in sorted(unused | set(range(len(headings))) - set(columns.values())):
        heading = texts(pd.Series(headings[at : at + 1], dtype=object)).dropna()
        if len(heading):
            unrecognised.append(str(heading.iloc[0]))
        elif any(_filled(row[at : at + 1]) for _, row in kept):
            unrecognised.append(_letters(at))
    return Sheet(kind, cells, tuple(unrecognised), title)


def _letters(at: int) -> str:
    """The spreadsheet's name of a column, from 0."""
    return (_letters(at // 26 - 1) if at >= 26 else "") + chr(65 + at % 26)
