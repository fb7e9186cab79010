"""CSV that spreadsheet programs open as what it is."""

import re

import pandas as pd

from carekit.exports.target import Target, write
from carekit.exports.wording import headings, kinds, plain, spoken

__all__ = ["to_csv"]

# What a spreadsheet program runs as a formula; also after blanks, also in full width.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠\t\r\n]")
_PHONE = re.compile(r"[+＋]?[0-9][0-9 ()-]*")


def to_csv(
    frame: pd.DataFrame, target: Target, language: str | None = None, table: str | None = None
) -> None:
    """Write a frame as CSV (UTF-8 with a mark, as Excel and WPS want it) to a path or buffer.

    Without a language headings and values are the codes, for programs; with ``en`` or ``zh`` they
    are words, by the dictionary of ``table`` where one is named. Days are 2026-03-02, empty cells
    empty. A text that a spreadsheet program would run as a formula gets ``'`` in front; the import
    takes it away; telephone numbers that start with + stay as they are. The index is not written.
    Raises ``BadInput`` as :func:`carekit.exports.target.write` does.

    >>> import io
    >>> target = io.BytesIO()
    >>> frame = pd.DataFrame({"name": ["@sum", "王小明"], "phone": ["+861000", "10001"]})
    >>> to_csv(frame, target, language="zh", table="children")
    >>> print(target.getvalue().decode("utf-8-sig"))
    儿童,家庭电话
    '@sum,+861000
    王小明,10001
    """
    kind = kinds(frame, table)
    said = spoken(frame, language, table) if language else frame
    cells = {
        number: [_cell(value, kind[str(column)]) for value in said[column]]
        for number, column in enumerate(said.columns)
    }
    heads = headings(frame, language, table) if language else [str(c) for c in frame.columns]
    text = pd.DataFrame(cells, dtype="object").to_csv(
        index=False, header=[_safe(head) for head in heads], lineterminator="\r\n"
    )
    write(target, text.encode("utf-8-sig"))


def _cell(value: object, kind: str) -> object:
    value = plain(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str) or (kind == "phone" and _PHONE.fullmatch(value)):
        return value
    return _safe(value)


def _safe(text: str) -> str:
    return "'" + text if _FORMULA.match(text) else text
