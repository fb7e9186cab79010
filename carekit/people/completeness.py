"""What a card still lacks, so that somebody can ask for it."""

import pandas as pd

from carekit import tables
from carekit.people.families import ROLES

# In the order of a contact card; each is a field of the spreadsheet, so it has a heading.
CHILD_ITEMS = (
    "sex",
    "birth_date",
    "class",
    "village",
    "address",
    "parents_away",
    "health",
    *(f"{role}_{fact}" for role in ("father", "mother") for fact in ("name", "phone")),
    *(f"guardian_{fact}" for fact in ("name", "relation", "phone")),
)
HELPER_ITEMS = ("sex", "birth_date", "phone", "village", "languages", "free_times", "places")

_PLACED = {"class": "class_id", "village": "village_id"}


def completeness(children: pd.DataFrame, guardians: pd.DataFrame) -> pd.DataFrame:
    """Say which children's cards are complete, and what the others lack.

    Takes the tables children and guardians. Gives the children in the same order with
    ``complete`` (boolean) and ``missing`` (fields of the spreadsheet joined by ``;`` in the order
    of a card, an empty text when complete; ``tables.sheet_columns("children")`` has their titles).

    Asked for: who and where the child is, who is away, health, and how to reach parents and
    guardian (R2, R3; personality and hobbies are not in the dictionary). Of an orphan or
    abandoned child no parents, of a single parent's child one of the two, of a child nobody
    supervises no guardian.

    >>> import pandas as pd
    >>> children = pd.DataFrame({"child_id": ["C00001"], "sex": ["male"], "health": ["良好"],
    ...     "class_id": ["K0001"], "village_id": ["V0001"], "address": ["石桥村1号"],
    ...     "parents_away": ["both"], "supervised": ["no"], "circumstances": ["single_parent"]})
    >>> guardians = pd.DataFrame({"child_id": ["C00001"], "role": ["mother"], "name": ["李大山"]})
    >>> completeness(children, guardians)[["child_id", "complete", "missing"]]
      child_id  complete                  missing
    0   C00001     False  birth_date;mother_phone
    """
    known, adults = tables.typed("children", children), tables.typed("guardians", guardians)
    circumstances = known["circumstances"]
    orphan = tables.has_code(circumstances, "orphan") | tables.has_code(circumstances, "abandoned")
    single = tables.has_code(circumstances, "single_parent")
    there = {
        f"{role}_{fact}": _said(known["child_id"], adults, role, fact)
        for role in ROLES
        for fact in ("name", "relation", "phone")
    }
    nobody = known["supervised"].eq("no").fillna(False).astype(bool)
    asked = {f"guardian_{fact}": ~nobody for fact in ("name", "relation", "phone")}
    for role, other in (("father", "mother"), ("mother", "father")):
        wanted = ~orphan & ~(single & there[f"{other}_name"])
        asked[f"{role}_name"] = wanted
        asked[f"{role}_phone"] = wanted | there[f"{role}_name"]
    return _judged(children, known, CHILD_ITEMS, there, asked)


def helper_completeness(helpers: pd.DataFrame) -> pd.DataFrame:
    """Say which helpers' cards are complete, and what the others lack.

    Takes the table helpers. Gives its rows with ``complete`` and ``missing`` as ``completeness``
    does. Asked for is what reaching and matching a helper needs; of a teacher or peer with a class
    no village, of a peer no phone. The dated papers are ``readiness``. Source: P1.

    >>> import pandas as pd
    >>> helpers = pd.DataFrame({"helper_id": ["H00001"], "kind": ["teacher"], "places": [2],
    ...     "sex": ["female"], "class_id": ["K0001"], "phone": ["10000000001"],
    ...     "languages": ["hakka"], "free_times": ["saturday_morning"]})
    >>> helper_completeness(helpers)["missing"].tolist()
    ['birth_date']
    """
    known = tables.typed("helpers", helpers)
    peer = known["kind"].eq("peer").fillna(False).astype(bool)
    asked = {"village": known["class_id"].isna(), "phone": ~peer}
    return _judged(helpers, known, HELPER_ITEMS, {}, asked)


def _said(ids: pd.Series, adults: pd.DataFrame, role: str, fact: str) -> pd.Series:
    rows = adults["role"].eq(role).fillna(False) & adults[fact].notna()
    return ids.isin(adults.loc[rows, "child_id"])


def _judged(
    people: pd.DataFrame,
    known: pd.DataFrame,
    items: tuple[str, ...],
    there: dict[str, pd.Series],
    asked: dict[str, pd.Series],
) -> pd.DataFrame:
    missing = pd.Series("", index=people.index, dtype="string")
    for item in items:
        has = there[item] if item in there else known[_PLACED.get(item, item)].notna()
        lacks = ~has & asked[item] if item in asked else ~has
        missing = missing.mask(lacks.astype(bool), missing + ";" + item)
    missing = missing.str.removeprefix(";")
    return people.assign(complete=missing.eq(""), missing=missing)
