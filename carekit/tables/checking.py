"""Does a frame keep the dictionary's rules? Vectorised, one finding a cell."""

import pandas as pd

from carekit.tables.choices import choices
from carekit.tables.dictionary import choice_list, columns
from carekit.tables.frames import typed

__all__ = ["check"]

# Digits, with an optional country code before them; extension numbers are not phones.
PHONE = r"\+?\d{3,15}"
TIME = r"([01]\d|2[0-3]):[0-5]\d"


def check(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """What breaks the dictionary: one row a finding with ``row`` (index), column, code, value.

    Codes: ``required_missing``, ``key_twice``, ``choice_unknown``, ``too_small``, ``too_large``,
    ``phone_wrong``, ``time_wrong``. Keys may be empty: the store fills them.

    >>> check("villages", pd.DataFrame({"village_id": ["V0001"], "longitude": [200.0]}))
       row     column              code  value
    0    0       name  required_missing   <NA>
    1    0  longitude         too_large  200.0
    """
    frame = typed(table, frame)
    found = []
    for name, rule in columns(table).iterrows():
        values = frame[str(name)]
        kind = str(rule["kind"])
        if rule["key"]:
            repeated = values.notna() & values.duplicated(keep="first")
            found.append(_findings(values, repeated, str(name), "key_twice"))
            continue
        if rule["required"]:
            found.append(_findings(values, values.isna(), str(name), "required_missing"))
        if (codes := choice_list(kind)) is not None:
            wrong = _outside(values, codes, several=kind.startswith("choices:"))
            found.append(_findings(values, wrong, str(name), "choice_unknown"))
        if kind in ("phone", "time"):
            wrong = ~values.str.fullmatch(PHONE if kind == "phone" else TIME).fillna(True)
            found.append(_findings(values, wrong, str(name), f"{kind}_wrong"))
        if pd.notna(rule["min"]):
            found.append(_findings(values, values < rule["min"], str(name), "too_small"))
        if pd.notna(rule["max"]):
            found.append(_findings(values, values > rule["max"], str(name), "too_large"))
    return pd.concat(found, ignore_index=True).sort_values("row", kind="stable", ignore_index=True)


def _outside(values: pd.Series, codes: str, *, several: bool) -> pd.Series:
    known = set(choices(codes).index)
    distinct = values.dropna().unique()
    wrong = {v for v in distinct if not known.issuperset(v.split(";") if several else [v])}
    return values.isin(wrong)


def _findings(values: pd.Series, wrong: pd.Series, column: str, code: str) -> pd.DataFrame:
    at = values[wrong.fillna(False).astype("bool")]
    return pd.DataFrame(
        {
            "row": at.index,
            "column": column,
            "code": code,
            "value": at.astype("string").to_numpy(),
        }
    )
