"""Rows out of a CSV file, whatever program wrote it."""

import csv
import io

from carekit.errors import BadInput

_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}


def text_rows(data: bytes) -> list[list[object]]:
    """The rows of a CSV file, row n of the answer being row n + 1 of the sheet.

    Encoding: the byte order mark, then strict UTF-8, then GB18030. Separator: comma, tab or
    semicolon, whichever the first lines hold most of. Raises BadInput file_not_spreadsheet.

    >>> text_rows("姓名,性别\\n李小草,女\\n".encode("gb18030"))
    [['姓名', '性别'], ['李小草', '女']]
    """
    text = _decoded(data)
    # Other programs' files, read by chance as text, are full of control characters.
    if "\0" in text or sum(not c.isprintable() and c not in "\r\n\t" for c in text[:4096]) > 8:
        raise BadInput("file_not_spreadsheet")
    head = "\n".join(text.splitlines()[:10])
    separator = max(",\t;", key=head.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        return [list(row) for row in reader]
    except csv.Error as error:
        raise BadInput("file_not_spreadsheet") from error


def _decoded(data: bytes) -> str:
    marked = [encoding for mark, encoding in _MARKS.items() if data.startswith(mark)]
    for encoding in marked or ["utf-8", "gb18030"]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput("file_not_spreadsheet")
