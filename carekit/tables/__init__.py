"""The data dictionary: every table and column of carekit, described once.

``tables.csv`` says what one row of each table is, ``<table>.csv`` describes its columns,
``choices.csv`` the codes a column may hold, ``sheets.csv`` which further columns a branch's
spreadsheet carries. Everything else about columns (database schema, spreadsheet headings,
validation, forms, headings of exports) is derived from these files.

>>> from carekit import tables
>>> tables.heading("children", "birth_date", "zh")
'出生日期'
>>> tables.label("language", "hakka", "en")
'Hakka'
"""

from carekit.tables.checking import check
from carekit.tables.choices import choices, label, labels
from carekit.tables.dictionary import (
    choice_list,
    columns,
    heading,
    key,
    reading_headings,
    sheet_columns,
    tables,
)
from carekit.tables.frames import empty, has_code, join_codes, typed

__all__ = [
    "check",
    "choice_list",
    "choices",
    "columns",
    "empty",
    "has_code",
    "heading",
    "join_codes",
    "key",
    "label",
    "labels",
    "reading_headings",
    "sheet_columns",
    "tables",
    "typed",
]
