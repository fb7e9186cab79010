"""What an import would do, before anything is written."""

from typing import Any

from carekit.people.register import Import, report
from carekit.people.sheets import Sheet


def preview(sheet: Sheet, import_: Import) -> dict[str, Any]:
    """How each heading was understood and what would come in, as plain values for JSON.

    Takes a sheet of ``read_sheet`` and what ``register`` made of it. Gives the ``report`` with
    ``total`` (rows of the sheet), ``title`` and ``columns``: one record a column of the sheet with
    ``letter``, ``heading`` (as read), ``field`` (a field of ``tables.sheet_columns``, None where
    the column is not used) and ``samples`` (up to three values). Source: R1, R2.

    >>> from carekit.people import read_sheet, register
    >>> sheet = read_sheet("姓名,性别,鞋码\\n李小草,女,33\\n".encode(), "children")
    >>> seen = preview(sheet, register(sheet, {}, on="2026-03-02"))
    >>> seen["columns"][2]
    {'letter': 'C', 'heading': '鞋码', 'field': None, 'samples': ['33']}
    >>> seen["rows"], seen["total"]
    (1, 1)
    """
    columns = [
        {
            "letter": column.letter,
            "heading": column.heading,
            "field": column.field,
            "samples": list(column.samples),
        }
        for column in sheet.columns
    ]
    return {
        **report(import_),
        "total": len(sheet.cells),
        "title": sheet.title,
        "columns": columns,
    }
