"""Rows out of an .xlsx file, after a look inside the zip.

A tiny file can claim a cell in the last row and column; the reader would then ask for more memory
than there is and take the whole process with it. So the parts are streamed first, and a workbook
beyond the limits is refused before anything parses it.
"""

import io
import posixpath
import re
import zipfile
import zlib
from typing import IO
from xml.etree import ElementTree
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from carekit.errors import BadInput
from carekit.people.texts import BROKEN

MAX_UNPACKED = 300 * 2**20  # bytes of all parts
MAX_ROW, MAX_COLUMN = 200_000, 500
MAX_AREA = 6_000_000  # cells of the rectangle the reader allocates

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,  # a part with a password
    UnicodeError,
    ElementTree.ParseError,
)
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# What spreadsheet programs keep beside the sheets.
_NOT_SHEETS = ("/", ".bin", ".vml")
_REFERENCE = re.compile(r"([A-Z]{1,7})(\d{1,9})", re.IGNORECASE)


def workbook_rows(data: bytes) -> list[tuple[str, list[list[object]]]]:
    """The visible sheets of a workbook in order: (title, rows from A1), cells as read.

    A cell merged downwards repeats its value, as a person sees it; a formula error such as #N/A,
    which the reader takes for an empty cell, is ``BROKEN``. Raises BadInput:
    file_not_spreadsheet, file_has_macros, file_too_large, sheet_too_large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            broken = _check(parts)
            files = _files(parts)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = []
        for sheet in workbook.sheets_metadata:
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
                read = workbook.get_sheet_by_name(sheet.name)
                rows = [list[object](row) for row in read.to_python(skip_empty_area=False)]
                for row, column in broken.get(files.get(sheet.name, ""), ()):
                    if row <= len(rows) and column <= len(rows[row - 1]):
                        rows[row - 1][column - 1] = BROKEN
                sheets.append((sheet.name, _unmerged(rows, read.merged_cell_ranges or [])))
    except (*_BROKEN, CalamineError) as error:
        raise BadInput("file_not_spreadsheet") from error
    return sheets


def _check(parts: zipfile.ZipFile) -> dict[str, list[tuple[int, int]]]:
    """Refuse what is not safe to read; give the places of formula errors, part by part."""
    infos = parts.infolist()
    names = [info.filename for info in infos]
    if "xl/workbook.xml" not in names or len(set(names)) < len(names):
        raise BadInput("file_not_spreadsheet")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise BadInput("file_has_macros")
    if sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise BadInput("file_too_large", limit=MAX_UNPACKED // 2**20)
    # Reading a part to its end also proves that its size was told truly.
    broken = {}
    for info in infos:
        if info.filename.endswith(".rels"):
            if b"<!DOCTYPE" in parts.read(info):
                raise BadInput("file_not_spreadsheet")
        elif info.filename.endswith(".xml"):
            with parts.open(info) as part:
                broken[info.filename] = _Cells().read(part)
        elif info.filename.startswith("xl/worksheets/") and not info.filename.endswith(_NOT_SHEETS):
            # The reader would also open a sheet under another ending, unlooked at.
            raise BadInput("file_not_spreadsheet")
    return broken


def _files(parts: zipfile.ZipFile) -> dict[str, str]:
    """Title of each sheet -> its part."""
    book = ElementTree.fromstring(parts.read("xl/workbook.xml"))
    links = ElementTree.fromstring(parts.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    return {
        sheet.get("name", ""): posixpath.join("/xl", targets.get(sheet.get(_LINK), ""))[1:]
        for sheet in book.iterfind("{*}sheets/{*}sheet")
    }


class _Cells:
    """Follows rows and cells as the reader does, and refuses those far out."""

    def __init__(self) -> None:
        self.row = self.column = 0  # where the cell before was, from 1
        self.far_row = self.far_column = 0
        self.broken: list[tuple[int, int]] = []

    def read(self, part: IO[bytes]) -> list[tuple[int, int]]:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self.start
        parser.StartDoctypeDeclHandler = self.doctype
        parser.ParseFile(part)
        return self.broken

    def doctype(self, *_: object) -> None:
        # No spreadsheet program writes one; entities can grow without limit.
        raise BadInput("file_not_spreadsheet")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            if place := _REFERENCE.fullmatch(attributes.get("r", "")):
                self.row, self.column = int(place[2]), _column(place[1])
            else:
                self.column += 1
            if attributes.get("t") == "e":
                self.broken.append((self.row, self.column))
        elif name in ("v", "is", "f", "t"):
            self.check(self.row, self.column)
        elif name == "row":
            row = attributes.get("r", "")
            self.row = int(row) if row.isdecimal() else self.row + 1
            self.column = 0

    def check(self, row: int, column: int) -> None:
        if row > self.far_row or column > self.far_column:
            self.far_row, self.far_column = max(row, self.far_row), max(column, self.far_column)
            far = self.far_row > MAX_ROW or self.far_column > MAX_COLUMN
            if far or self.far_row * self.far_column > MAX_AREA:
                raise BadInput("sheet_too_large", rows=MAX_ROW, columns=MAX_COLUMN)


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _unmerged(
    rows: list[list[object]], merged: list[tuple[tuple[int, int], tuple[int, int]]]
) -> list[list[object]]:
    width = max(map(len, rows), default=0)
    for (top, left), (bottom, right) in merged:
        if top >= len(rows) or left >= width:
            continue
        if left == right:  # sideways only titles are merged: repeated, they would name columns
            for row in rows[top + 1 : bottom + 1]:
                row[left] = rows[top][left]
    return rows
