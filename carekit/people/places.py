"""Villages, schools and classes: found by name, created when new."""

from dataclasses import dataclass

import pandas as pd

from carekit import tables
from carekit.people.cells import findings, joined
from carekit.people.ids import next_ids
from carekit.people.texts import same

POINT = ("longitude", "latitude")


@dataclass(frozen=True)
class Placed:
    """An id for each row, rows to write, refused cells."""

    ids: pd.Series
    rows: pd.DataFrame
    refused: pd.DataFrame


def villages(said: pd.DataFrame, stored: pd.DataFrame, first: str | None = None) -> Placed:
    """The village of each row, by name and township.

    Without a township the name decides, if only one village bears it (else village_unclear).
    Coordinates come from the first row that has both; a village of the store without any receives
    them. Other cells refused: village_missing (a township or point without a village),
    coordinate_alone, village_elsewhere.
    """
    key, unclear = _keys(said["village"], said["township"], stored["name"], stored["township"])
    refused = [findings(said["village"], _codes(unclear, "village_unclear"), "village")]
    alone = said["longitude"].isna() ^ said["latitude"].isna()
    for field in ("township", *POINT):
        lost = said["village"].isna() & said[field].notna()
        refused.append(findings(said[field], _codes(lost, "village_missing"), field))
        if field in POINT:
            half = alone & said[field].notna() & ~lost
            refused.append(findings(said[field], _codes(half, "coordinate_alone"), field))

    known = stored.set_axis(_own_keys(stored["name"], stored["township"]))
    known = known[~known.index.duplicated()]
    whole = said[key.notna() & said[list(POINT)].notna().all(axis=1)]
    points = whole[list(POINT)].set_axis(key[whole.index])
    first_points = points[~points.index.duplicated()]
    settled = known[list(POINT)].dropna()
    first_points = pd.concat([settled, first_points.drop(settled.index, errors="ignore")])
    for field in POINT:
        there = key[whole.index].map(first_points[field])
        other = whole[field].round(5).ne(there.round(5)).fillna(False)
        refused.append(findings(whole[field], _codes(other, "village_elsewhere"), field))

    new = said[key.notna() & ~key.isin(known.index)]
    # The first name and township said of a key: its first row may lack the township.
    named = new[["village", "township"]].groupby(key[new.index], sort=False).first()
    fresh = named.rename(columns={"village": "name"}).join(first_points)
    fresh["village_id"] = next_ids("villages", len(fresh), stored["village_id"], first)
    bare = known[known[list(POINT)].isna().all(axis=1) & known.index.isin(first_points.index)]
    located = bare.assign(**{field: first_points[field].reindex(bare.index) for field in POINT})
    rows = pd.concat([fresh, located]) if len(located) else fresh
    ids = key.map(pd.concat([known["village_id"], fresh["village_id"]])).astype("string")
    return Placed(ids, tables.typed("villages", rows.reset_index(drop=True)), joined(refused))


def schools(
    said: pd.DataFrame, stored: pd.DataFrame, first: str | None = None, *, alone: bool = False
) -> Placed:
    """The school of each row, by name.

    A school without a class is refused (school_without_class), for it has no place; not where it
    may stand ``alone``: a teacher of subjects belongs to a school and to none of its classes.
    """
    lost = said["school"].notna() & said["class"].isna() & (not alone)
    refused = findings(said["school"], _codes(lost, "school_without_class"), "school")
    key = same(said["school"]).mask(lost)
    known = stored["school_id"].set_axis(same(stored["name"]))
    known = known[~known.index.duplicated()]
    new = said["school"][key.notna() & ~key.isin(known.index)]
    names = new.set_axis(key[new.index])
    names = names[~names.index.duplicated()]
    fresh = pd.DataFrame({"name": names})
    fresh["school_id"] = next_ids("schools", len(fresh), stored["school_id"], first)
    ids = key.map(pd.concat([known, fresh["school_id"]])).astype("string")
    return Placed(ids, tables.typed("schools", fresh.reset_index(drop=True)), refused)


def classes(
    said: pd.DataFrame, school_ids: pd.Series, stored: pd.DataFrame, first: str | None = None
) -> Placed:
    """The class of each row, by name and school; without a school as villages without township."""
    key, unclear = _keys(said["class"], school_ids, stored["name"], stored["school_id"])
    refused = findings(said["class"], _codes(unclear, "class_unclear"), "class")
    known = stored["class_id"].set_axis(_own_keys(stored["name"], stored["school_id"]))
    known = known[~known.index.duplicated()]
    at = key.index[key.notna() & ~key.isin(known.index)]
    fresh = pd.DataFrame({"name": said.loc[at, "class"], "school_id": school_ids[at]})
    fresh = fresh.set_axis(key[at])
    fresh = fresh[~fresh.index.duplicated()]
    fresh["class_id"] = next_ids("classes", len(fresh), stored["class_id"], first)
    ids = key.map(pd.concat([known, fresh["class_id"]])).astype("string")
    return Placed(ids, tables.typed("classes", fresh.reset_index(drop=True)), refused)


def _own_keys(names: pd.Series, within: pd.Series) -> pd.Series:
    return same(names) + "|" + same(within).fillna("")


def _keys(
    names: pd.Series, within: pd.Series, known_names: pd.Series, known_within: pd.Series
) -> tuple[pd.Series, pd.Series]:
    """One key a place, and the rows whose name alone does not say which place is meant."""
    key = _own_keys(names, within)
    known = _own_keys(known_names, known_within)
    full = pd.concat([known, key[within.notna()]]).dropna().drop_duplicates()
    choices = full.groupby(full.str.split("|").str[0]).agg(list).to_dict()
    bare = key[within.isna() & key.notna()]
    decided = {}
    for text in bare.unique():
        places = choices.get(text.removesuffix("|"), [text])
        decided[text] = text if text in places else places[0] if len(places) == 1 else None
    chosen = bare.map(decided).astype("string")
    unclear = pd.Series(False, index=key.index)
    unclear[chosen.index] = chosen.isna()
    return key.where(~key.index.isin(bare.index), chosen.reindex(key.index)), unclear


def _codes(where: pd.Series, code: str) -> pd.Series:
    return pd.Series(pd.NA, index=where.index, dtype="string").mask(where.astype(bool), code)
