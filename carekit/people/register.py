"""Rows of a spreadsheet -> rows of the store. Nobody is doubled, nothing is overwritten."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from carekit import tables
from carekit.people import families, papers, places
from carekit.people.cells import FINDING, findings, joined, read_cells
from carekit.people.facts import differences, stored_facts
from carekit.people.headings import required_fields
from carekit.people.ids import next_ids
from carekit.people.numbers import birth_dates, sexes
from carekit.people.recognise import PERHAPS, SAME, recognise
from carekit.people.sheets import Sheet

# In the order of writing: what is referred to comes first.
TABLES = ("schools", "classes", "villages", "children", "guardians", "helpers", "trainings")
# With one of these equal beside the name, and nothing different, it is no match by name only.
CONFIRMING = ("birth_date", "phone", "class", "village")


@dataclass(frozen=True)
class Import:
    """What became of a sheet.

    ``frames``: table -> rows to write, tables referred to first (empty: nothing to write).
    ``rows``: how many rows came in. The other frames have ``row``, ``column``, ``code``,
    ``value``: ``refused`` cells, rows that are ``known`` (value: the person's id, or the row of
    the same sheet where the code is row_twice), cells that ``differs`` (value: the sheet's; left
    alone), rows ``perhaps_known`` (not added). ``title`` and ``unrecognised`` are the sheet's.
    """

    frames: dict[str, pd.DataFrame]
    rows: int
    known: pd.DataFrame
    refused: pd.DataFrame
    differs: pd.DataFrame
    perhaps_known: pd.DataFrame
    title: str | None = None
    unrecognised: tuple[str, ...] = field(default=())


def register(
    sheet: Sheet,
    existing: Mapping[str, pd.DataFrame],
    on: str | dt.date,
    first_ids: Mapping[str, str] | None = None,
) -> Import:
    """Bring the rows of a sheet into the register.

    Takes a sheet of ``read_sheet``, the tables of the store (those that are missing count as
    empty), the day (nobody is born after it, guardians' ages are counted on it) and, where the
    store knows of removed rows, the first free id of each table. Without ``first_ids`` ids follow
    the greatest one in ``existing``; with it, a table that is not in it and that nothing refers to
    (guardians, trainings) keeps an empty key, which the store fills.

    A row comes in when its required cells are good; a refused cell stays empty and is listed. A
    person already there, in the store or higher up in the sheet, is not doubled: equal facts are
    ``known``, others ``differs``; a match by name only is ``perhaps_known``. Never fails on data.
    Sources: R1, R2, M7, P2.

    >>> from carekit.people import read_sheet
    >>> lines = "姓名,出生日期,班级\\n李小草,2015年3月7日,三年级1班\\n"
    >>> sheet = read_sheet(lines.encode(), "children")
    >>> import_ = register(sheet, {}, on="2026-03-02")
    >>> import_.frames["children"][["child_id", "name", "birth_date", "class_id", "supervised"]]
      child_id name birth_date class_id supervised
    0   C00001  李小草 2015-03-07    K0001    unknown
    >>> len(register(sheet, import_.frames, on="2026-03-02").known)
    1
    """
    stored = {table: tables.typed(table, existing.get(table, _nothing())) for table in TABLES}
    said, refused = read_cells(sheet.cells, sheet.kind, on)
    nobody = pd.Series(False, index=said.index)
    if sheet.kind == "children":
        said, nobody = families.without_nobodies(said, sheet.cells)
    full = from_identity(said)
    missing = full[required_fields(sheet.kind)].isna()
    lists = [refused, *_marked(missing, sheet.cells, "required_missing")]
    good = ~missing.any(axis=1)

    known = stored_facts(sheet.kind, stored)
    matched = _matched(full[good], said[good], nobody[good], known, sheet)
    new = full[good & ~full.index.isin(matched["row"])]
    frames, more = _written(sheet, new, nobody[new.index], stored, on, first_ids)
    order = {name: place for place, name in enumerate(full.columns)}
    return Import(
        frames=frames,
        rows=len(new),
        known=_list(matched[matched["list"].eq("known")]),
        refused=_list(joined([*lists, *more]), order),
        differs=_list(matched[matched["list"].eq("differs")], order),
        perhaps_known=_list(matched[matched["list"].eq("perhaps_known")]),
        title=sheet.title,
        unrecognised=sheet.unrecognised,
    )


def report(import_: Import) -> dict[str, object]:
    """The outcome as plain values for JSON: counts, and rows of sheet, row, column, code, value.

    >>> from carekit.people import read_sheet
    >>> sheet = read_sheet("name,sex\\nAn Example,?\\n".encode(), "children")
    >>> report(register(sheet, {}, on="2026-03-02"))["refused"]
    [{'sheet': None, 'row': 2, 'column': 'sex', 'code': 'choice_unknown', 'value': '?'}]
    """

    def plain(found: pd.DataFrame) -> list[dict[str, object]]:
        cells = found.astype(object).where(found.notna(), None)
        return [
            {"sheet": import_.title, "row": row, "column": column, "code": code, "value": value}
            for row, column, code, value in cells[list(FINDING)].itertuples(index=False)
        ]

    return {
        "rows": import_.rows,
        "known": len(import_.known),
        "refused": plain(import_.refused),
        "differs": plain(import_.differs),
        "perhaps_known": plain(import_.perhaps_known),
        "known_rows": plain(import_.known),
        "unrecognised": list(import_.unrecognised),
    }


def _nothing() -> pd.DataFrame:
    return pd.DataFrame()


def from_identity(said: pd.DataFrame) -> pd.DataFrame:
    """A good identity number tells birth date and sex where the row does not."""
    ids = said["id_number"]
    return said.assign(
        birth_date=said["birth_date"].fillna(birth_dates(ids)), sex=said["sex"].fillna(sexes(ids))
    )


def _matched(
    full: pd.DataFrame,
    said: pd.DataFrame,
    nobody: pd.Series,
    known: pd.DataFrame,
    sheet: Sheet,
) -> pd.DataFrame:
    """Findings for the rows of people we know, with ``list``: known, differs or perhaps_known."""
    people = pd.concat([known, full]) if len(known) else full
    found = recognise(people, known=len(known)).set_axis(full.index)
    found = found[found["how"].notna()]
    ours = said.loc[found.index]
    theirs = people.iloc[found["place"]].set_axis(found.index)
    other = differences(ours, theirs, sheet.kind)
    if sheet.kind == "children":  # 无 is an empty name, but not an empty statement
        contrary = nobody[found.index] & theirs["guardian_name"].notna()
        other["guardian_name"] |= contrary
    agreeing = ours.notna() & ~other & theirs.notna()
    confirmed = ~other.any(axis=1) & agreeing[list(CONFIRMING)].any(axis=1)

    within = found["place"].ge(len(known))
    names = [*known.index.astype(str), *full.index.astype(str)]
    whom = pd.Series([names[place] for place in found["place"]], index=found.index, dtype="string")
    same = found["how"].eq(SAME)
    differing = same & other.any(axis=1)
    lists = {
        "known": (same & ~differing) | (found["how"].eq(PERHAPS) & confirmed),
        "differs": differing,
        "perhaps_known": found["how"].eq(PERHAPS) & ~confirmed,
    }
    out = []
    for name, where in lists.items():
        if name == "differs":
            rows = joined(_marked(other[where], sheet.cells, "differs"))
        else:
            row = found.index[where]
            rows = pd.DataFrame({"row": row, "column": "name", "code": name, "value": whom[where]})
        twice = within.reindex(rows["row"]).to_numpy(dtype=bool)
        out.append(rows.assign(code=rows["code"].mask(twice, "row_twice"), list=name))
    return pd.concat(out, ignore_index=True)


def _marked(where: pd.DataFrame, cells: pd.DataFrame, code: str) -> list[pd.DataFrame]:
    """Findings for the cells of a boolean frame, with the text as read."""
    out = []
    for column in where.columns[where.any()]:
        codes = pd.Series(pd.NA, index=where.index, dtype="string").mask(where[column], code)
        raw = cells[column] if column in cells else pd.Series(None, index=cells.index, dtype=object)
        out.append(findings(raw, codes, str(column)))
    return out


def _written(
    sheet: Sheet,
    new: pd.DataFrame,
    nobody: pd.Series,
    stored: Mapping[str, pd.DataFrame],
    on: str | dt.date,
    first_ids: Mapping[str, str] | None,
) -> tuple[dict[str, pd.DataFrame], list[pd.DataFrame]]:
    """The rows to write for new people, and the cells refused on the way."""
    if new.empty:
        return {}, []
    first = first_ids or {}
    village = places.villages(new, stored["villages"], first.get("villages"))
    grown_up = sheet.kind == "helpers"
    school = places.schools(new, stored["schools"], first.get("schools"), alone=grown_up)
    class_ = places.classes(new, school.ids, stored["classes"], first.get("classes"))
    frames = {"schools": school.rows, "classes": class_.rows, "villages": village.rows}
    key = tables.key(sheet.kind)
    taken = stored[sheet.kind][key]
    ids = next_ids(sheet.kind, len(new), taken, first.get(sheet.kind))
    ids_ = pd.Series(ids, index=new.index, dtype="string")
    people = new.assign(**{key: ids_, "village_id": village.ids, "class_id": class_.ids})
    people["school_id"] = school.ids  # children have none of their own: their class says it
    refused = [village.refused, school.refused, class_.refused]
    if sheet.kind == "children":
        people["supervised"] = families.supervision(new, nobody)
        people["circumstances"] = families.circumstances(new, nobody, on)
        people["household_id"] = families.households(new, ids_, stored)
        frames["guardians"] = families.guardian_rows(new, nobody, ids_)
        refused += _marked(families.idle_cells(new, nobody), sheet.cells, "guardian_nobody")
    else:
        frames["trainings"] = papers.training_rows(new, ids_)
        idle = papers.hours_without_day(new).to_frame("training_hours")
        refused += _marked(idle, sheet.cells, "training_day_missing")
    own = [name for name in tables.columns(sheet.kind).index if name in people]
    frames[sheet.kind] = tables.typed(sheet.kind, people[own])
    for table in ("guardians", "trainings"):
        if table in frames and (first_ids is None or table in first_ids):
            rows = frames[table]
            taken = stored[table][tables.key(table)]
            rows[tables.key(table)] = next_ids(table, len(rows), taken, first.get(table))
    written = {t: frames[t].reset_index(drop=True) for t in TABLES if len(frames.get(t, ()))}
    return written, refused


def _list(found: pd.DataFrame, order: dict[str, int] | None = None) -> pd.DataFrame:
    """Findings in the order of the sheet."""
    found = found[list(FINDING)]
    place = found["column"].map(order or {})
    found = found.assign(place=place).sort_values(["row", "place"], kind="stable")
    return found[list(FINDING)].reset_index(drop=True).astype(FINDING)
