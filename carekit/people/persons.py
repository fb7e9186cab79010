"""One person typed into a form: the same rules as for a row of a spreadsheet."""

from collections.abc import Mapping

import pandas as pd

from carekit import dates, tables
from carekit.people.cells import identity
from carekit.people.facts import stored_facts
from carekit.people.recognise import recognise
from carekit.people.register import from_identity
from carekit.people.texts import same


def check_person(
    kind: str, person: pd.DataFrame, on: dates.Day
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Complete one person from its identity number, and say what contradicts itself.

    Takes ``children`` or ``helpers``, a frame of one row with any columns of that table, and the
    day after which nobody is born yet. Gives the row with birth date and sex filled where the
    identity number tells them, and column -> code: ``date_future``, ``id_number_sex``,
    ``id_number_birth_date``, ``required_missing``. Source: R2.

    >>> import pandas as pd
    >>> typed = pd.DataFrame({"name": ["李小草"], "id_number": ["999901201503070013"]})
    >>> row, wrong = check_person("children", typed, on="2026-03-02")
    >>> row[["sex", "birth_date"]].iloc[0].tolist(), wrong
    (['male', Timestamp('2015-03-07 00:00:00')], {})
    """
    full = tables.typed(kind, person)
    good, found = identity(full, full)
    wrong = dict(zip(found["column"], found["code"], strict=True))
    full = from_identity(good if wrong else full)
    if full["birth_date"].gt(pd.Timestamp(dates.day(on))).any():
        wrong["birth_date"] = "date_future"
    required = tables.columns(kind).query("required and not key").index
    for column in required.intersection(person.columns):
        if full[column].isna().iloc[0]:
            wrong[column] = "required_missing"
    given = [c for c in full if c in person or c in ("sex", "birth_date")]
    return full[given], wrong


def look_alike(
    kind: str, person: pd.DataFrame, stored: Mapping[str, pd.DataFrame]
) -> tuple[str, str] | None:
    """Whom of the register a new person may be.

    Takes ``children`` or ``helpers``, a frame of one row of that table and the tables of the store
    (those that are missing count as empty). Gives the id of the person and ``same`` (equal
    identity number, or name and birth date and class or phone) or ``perhaps`` (equal name, nothing
    contradicts); None for somebody new. The rules are those of an import. Source: R2.

    >>> import pandas as pd
    >>> known = pd.DataFrame({"child_id": ["C00001"], "name": ["李小草"]})
    >>> look_alike("children", pd.DataFrame({"name": ["李 小草"]}), {"children": known})
    ('C00001', 'perhaps')
    """
    key = tables.key(kind)
    row = tables.typed(kind, person)
    known = tables.typed(kind, stored.get(kind, pd.DataFrame()))
    # Only who shares the name or the number can be the same: a county is looked through at once.
    named = same(known["name"]).eq(same(row["name"]).iloc[0])
    numbered = known["id_number"].eq(row["id_number"].iloc[0])
    known = known[(named.fillna(False) | numbered.fillna(False)).astype(bool)]
    if known.empty:
        return None
    row = row.assign(**{key: ""})
    both = pd.concat([known.reindex(columns=row.columns), row], ignore_index=True)
    frames = {t: tables.typed(t, stored.get(t, pd.DataFrame())) for t in _FACTS[kind]}
    facts = stored_facts(kind, {**frames, kind: both})
    found = recognise(facts, known=len(known)).iloc[0]
    if pd.isna(found["how"]):
        return None
    return str(known[key].iloc[found["place"]]), str(found["how"])


_FACTS = {
    "children": ("guardians", "villages", "schools", "classes"),
    "helpers": ("trainings", "villages", "schools", "classes"),
}
