"""What the store knows of its people, in the columns of a spreadsheet, and where a row differs."""

from collections.abc import Mapping

import pandas as pd

from carekit import tables
from carekit.people.texts import same

DERIVED = "guardian_old_or_ill"  # a circumstance of ours, found at import


def stored_facts(kind: str, stored: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row a person of the store (index: id), one column a field of the spreadsheet.

    ``kind`` is children or helpers, ``stored`` the typed tables. Of several trainings of a kind
    the latest counts.
    """
    described = tables.sheet_columns(kind)
    people = stored[kind].set_index(tables.key(kind))
    out = {}
    for field, rule in described.iterrows():
        table, column = str(rule["table"]), str(rule["column"])
        if table == kind:
            values = people[column]
        elif table in ("guardians", "trainings"):
            values = _part(stored[table], kind, str(rule["part"]), column).reindex(people.index)
        else:
            values = _place(people, stored, table, column)
        out[str(field)] = values
    return pd.DataFrame(out, index=people.index)


def _part(frame: pd.DataFrame, kind: str, part: str, column: str) -> pd.Series:
    owner, role = ("child_id", "role") if kind == "children" else ("helper_id", "kind")
    rows = frame[frame[role].eq(part).fillna(False)]
    if kind == "helpers":
        rows = rows.sort_values("day", kind="stable", ascending=False)
    return rows.drop_duplicates(owner).set_index(owner)[column]


def _place(
    people: pd.DataFrame, stored: Mapping[str, pd.DataFrame], table: str, column: str
) -> pd.Series:
    places = stored[table].set_index(tables.key(table))[column]
    if table == "schools":
        classes = stored["classes"].set_index("class_id")["school_id"]
        ids = people["class_id"].map(classes)
        if "school_id" in people:
            ids = ids.astype("string").fillna(people["school_id"])
    else:
        ids = people[tables.key(table)]
    return ids.map(places).astype(places.dtype)


def differences(said: pd.DataFrame, known: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Where a row says something the other facts do not: boolean, rows and columns of ``said``.

    ``known`` has one row for each row of ``said``, in its order. An empty cell never differs; a
    fact given for the first time does.
    """
    kinds = tables.sheet_columns(kind)["kind"]
    out = {}
    for field in said.columns:
        ours, theirs = said[field], known[field].set_axis(said.index)
        if kinds[field].startswith("choices:"):
            ours, theirs = _ordered(ours), _ordered(theirs)
            if field == "circumstances":
                theirs = theirs.where(_holds(ours), without_derived(theirs))
        elif kinds[field] in ("longitude", "latitude", "number"):
            ours, theirs = ours.round(5), theirs.round(5)  # a metre is the same place
        elif kinds[field] == "text":
            ours, theirs = same(ours), same(theirs)
        out[field] = ours.notna() & (theirs.isna() | ours.ne(theirs).fillna(False))
    return pd.DataFrame(out, index=said.index).astype(bool)


def _ordered(codes: pd.Series) -> pd.Series:
    distinct = {cell: ";".join(sorted(cell.split(";"))) for cell in codes.dropna().unique()}
    return codes.map(distinct).astype("string")


def _holds(codes: pd.Series) -> pd.Series:
    return tables.has_code(codes, DERIVED)


def without_derived(codes: pd.Series) -> pd.Series:
    """Circumstances as a person said them, without the one of ours."""
    left = codes.str.replace(rf"(?:^|;){DERIVED}(?=;|$)", "", regex=True).str.removeprefix(";")
    return left.mask(left.eq(""))
