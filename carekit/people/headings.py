"""Which row holds the headings, and which heading is which column of the dictionary."""

import re
from functools import cache

from carekit import tables
from carekit.errors import BadInput
from carekit.people.texts import folded

SEARCHED_ROWS = 10  # titles and remarks stand above the headings
SHEETS = ("children", "helpers")

_REMARK = re.compile(r"[(（][^)）]*[)）]")


@cache
def _fields(sheet: str) -> dict[str, str]:
    said = tables.reading_headings(sheet)
    return {folded(text): field for text, field in zip(said["text"], said["field"], strict=True)}


def field_of(heading: object, sheet: str) -> str | None:
    """The field a heading means; a remark in brackets may follow it.

    >>> field_of("*出生日期（年-月-日）", "children"), field_of("Shoe size", "children")
    ('birth_date', None)
    """
    fields = _fields(sheet)
    text = str(heading)
    return fields.get(folded(text)) or fields.get(folded(_REMARK.sub("", text)))


def required_fields(sheet: str) -> list[str]:
    """The fields without which no row comes in.

    >>> required_fields("helpers")
    ['name', 'kind']
    """
    described = tables.sheet_columns(sheet)
    return [str(field) for field in described.index[described["required"]]]


def find_headings(rows: list[list[object]], sheet: str) -> int | None:
    """The place of the first row with a required heading and at least one more; None without.

    >>> find_headings([["留守儿童名单"], ["姓名", "性别"], ["李小草", "女"]], "children")
    1
    """
    required = set(required_fields(sheet))
    for place, row in enumerate(rows[:SEARCHED_ROWS]):
        known = {field_of(cell, sheet) for cell in row} - {None}
        if len(known) > 1 and known & required:
            return place
    return None


def is_other_sheet(row: list[object], sheet: str) -> bool:
    """Do these headings fit the other kind of sheet better? Both have names and birth dates."""
    fit = {kind: sum(field_of(cell, kind) is not None for cell in row) for kind in SHEETS}
    return max(fit[kind] for kind in SHEETS if kind != sheet) > fit[sheet]


def columns_of(row: list[object], sheet: str) -> dict[str, int]:
    """Field -> place of its column. Raises BadInput heading_twice, heading_missing."""
    found: dict[str, int] = {}
    for place, cell in enumerate(row):
        field = field_of(cell, sheet)
        if field is None:
            continue
        if field in found:
            raise BadInput("heading_twice", first=str(row[found[field]]), second=str(cell))
        found[field] = place
    if missing := [field for field in required_fields(sheet) if field not in found]:
        raise heading_missing(sheet, missing)
    return found


def heading_missing(sheet: str, fields: list[str]) -> BadInput:
    """The error that names missing headings in both languages."""
    described = tables.sheet_columns(sheet)
    said = {}
    for language in ("en", "zh"):
        words = []
        for field in fields:
            # The title in our tables is often not what schools write: 儿童 beside 姓名.
            aliases: list[str] = described["aliases"].to_dict()[field]
            fitting = [alias for alias in aliases if alias.isascii() == (language == "en")]
            words.append(" / ".join([str(described.at[field, language]), *fitting[:1]]))
        said[f"headings_{language}"] = words
    return BadInput("heading_missing", **said)
