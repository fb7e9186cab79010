"""What became of a spreadsheet's cells, in words: row, column, value and what to do."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from carekit import tables, words

LISTS = ("refused", "differs", "perhaps_known")
TWICE = "row_twice"  # known by a row higher up: the only known rows a person should look at


def refusals(result: Mapping[str, Any], sheet: str, language: str) -> pd.DataFrame:
    """The findings of an import (see ``people.report``) for a person to work through.

    Gives one row a finding: ``row`` (the sheet's own number), ``column`` (its title), ``value``
    and ``cure`` (a sentence in ``en`` or ``zh``), in the order of the sheet.

    >>> cell = {"sheet": None, "row": 12, "column": "sex", "code": "choice_unknown", "value": "?"}
    >>> listed = refusals({"refused": [cell]}, "children", "en")
    >>> listed[["row", "column", "value"]]
       row column value
    0   12    Sex     ?
    >>> listed["cure"].tolist()
    ['This word is not one carekit knows. Use one of: female, male.']
    """
    found = [cell for name in LISTS for cell in result.get(name, [])]
    found += [cell for cell in result.get("known_rows", []) if cell["code"] == TWICE]
    rows = [
        (cell["row"], _title(cell, sheet, language), cell["value"], _cure(cell, sheet, language))
        for cell in sorted(found, key=lambda cell: int(cell["row"]))
    ]
    return pd.DataFrame(rows, columns=["row", "column", "value", "cure"])


def _title(cell: Mapping[str, Any], sheet: str, language: str) -> str:
    described = tables.sheet_columns(sheet)
    column = str(cell["column"])
    return str(described.at[column, language]) if column in described.index else column


def cure(table: str, column: str, code: str, language: str) -> str:
    """What is wrong with a cell of a column, and what to do, as a sentence.

    >>> cure("children", "sex", "choice_unknown", "en")
    'This word is not one carekit knows. Use one of: female, male.'
    """
    rule = tables.columns(table).loc[column]
    values: dict[str, Any] = {}
    if (choices := tables.choice_list(str(rule["kind"]))) is not None:
        values["allowed"] = [str(word) for word in tables.choices(choices)[language]]
    values |= {
        str(bound): float(str(value)) for bound, value in rule[["min", "max"]].dropna().items()
    }
    return words.say(code, language, **values)


def _cure(cell: Mapping[str, Any], sheet: str, language: str) -> str:
    field = tables.sheet_columns(sheet).loc[str(cell["column"])]
    return cure(str(field["table"]), str(field["column"]), str(cell["code"]), language)
