"""Reading the dictionary's own files."""

from functools import cache
from importlib.resources import files

import pandas as pd

from carekit.errors import BadInput

__all__ = [
    "choice_list",
    "columns",
    "heading",
    "key",
    "read",
    "reading_headings",
    "sheet_columns",
    "tables",
]

# Ours, never a spreadsheet's: ids are given by the store, a file is closed in the app.
_NOT_IN_SHEETS = ("household_id", "closed_on", "closed_reason")


def read(name: str) -> pd.DataFrame:
    """One file of the dictionary as text; empty cells are empty strings."""
    with files("carekit.tables").joinpath(name).open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype="string", keep_default_na=False)


@cache
def _tables() -> pd.DataFrame:
    frame = read("tables.csv").set_index("table")
    frame["width"] = frame["width"].astype("int64")
    return frame


def tables() -> pd.DataFrame:
    """Every table: index ``table``; ``prefix`` and ``width`` of its ids, ``row``, ``en``, ``zh``.

    >>> tables().loc["children", ["prefix", "zh"]].tolist()
    ['C', '留守儿童']
    """
    return _tables().copy()


@cache
def _columns(table: str) -> pd.DataFrame:
    if table not in _tables().index:
        raise BadInput("table_unknown", table=table)
    frame = read(f"{table}.csv").set_index("name")
    for flag in ("required", "key"):
        frame[flag] = frame[flag] == "yes"
    for bound in ("min", "max"):
        frame[bound] = pd.to_numeric(frame[bound]).astype("Float64")
    frame["aliases"] = [text.split("|") if text else [] for text in frame["aliases"]]
    return frame


def columns(table: str) -> pd.DataFrame:
    """The columns of a table: index ``name``; kind, unit, required, key, references, min, max,
    sensitivity, en, zh, aliases (list), help_en, help_zh. ``BadInput("table_unknown")`` otherwise.

    >>> columns("helpers").loc["reach_km", ["kind", "unit"]].tolist()
    ['whole', 'km']
    """
    return _columns(table).copy()


@cache
def key(table: str) -> str:
    """The name of the key column.

    >>> key("children")
    'child_id'
    """
    described = _columns(table)
    return str(described.index[described["key"]][0])


def choice_list(kind: str) -> str | None:
    """The list a choice kind takes its codes from.

    >>> choice_list("choices:language"), choice_list("text")
    ('language', None)
    """
    head, _, name = kind.partition(":")
    return name if head in ("choice", "choices") else None


def heading(table: str, column: str, language: str) -> str:
    """The title of a column for people (``en`` or ``zh``); an unknown column is its own title.

    >>> heading("helpers", "reach_km", "en")
    'Reach'
    """
    described = _columns(table)
    return str(described.at[column, language]) if column in described.index else column


@cache
def _sheet_columns(sheet: str) -> pd.DataFrame:
    if sheet not in ("children", "helpers"):
        raise BadInput("sheet_unknown", sheet=sheet)
    own = _columns(sheet)
    own = own[~own.index.str.endswith("_id") & ~own.index.isin(_NOT_IN_SHEETS)]
    own = own.assign(table=sheet, column=own.index, part="")
    foreign = read("sheets.csv").query("sheet == @sheet").set_index("field")
    foreign["aliases"] = [text.split("|") if text else [] for text in foreign["aliases"]]
    foreign["kind"] = [
        str(_columns(table).at[column, "kind"])
        for table, column in zip(foreign["table"], foreign["column"], strict=True)
    ]
    foreign["required"] = False
    wanted = ["table", "column", "part", "kind", "required", "en", "zh", "aliases"]
    both = pd.concat([own[wanted], foreign[wanted]])
    both.index.name = "field"
    return both


def sheet_columns(sheet: str) -> pd.DataFrame:
    """The columns a spreadsheet of ``children`` or ``helpers`` may have.

    Index ``field``; ``table`` and ``column`` it fills, ``part`` (the guardian's role or the kind
    of training), kind, required, en, zh, aliases (headings met in real spreadsheets).

    >>> sheet_columns("children").loc["father_phone", ["table", "column", "part"]].tolist()
    ['guardians', 'phone', 'father']
    """
    return _sheet_columns(sheet).copy()


def reading_headings(sheet: str) -> pd.DataFrame:
    """Every heading a spreadsheet may use: columns ``text`` (as people write it) and ``field``.

    >>> reading_headings("helpers").query("text == '服务半径'")["field"].tolist()
    ['reach_km']
    """
    described = _sheet_columns(sheet)
    said = [
        (text, field)
        for field, row in described.iterrows()
        for text in [field, row["en"], row["zh"], *row["aliases"]]
    ]
    return pd.DataFrame(said, columns=["text", "field"], dtype="string").drop_duplicates(
        ignore_index=True
    )
