"""Guardians out of a child's row: who looks after the child, and which children are siblings."""

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from carekit import dates, tables
from carekit.people.facts import DERIVED, without_derived
from carekit.people.health import ailments
from carekit.people.texts import folded, same, texts

OLD = 70  # M7: a guardian over 70
ROLES = ("father", "mother", "guardian")

# Words for "nobody" in a name or relation; for a parent they mean there is no such parent.
NOBODY = frozenset(
    {"无", "没有", "暂无", "无人", "无人监护", "none", "nobody", "noone", "nil", "na"}
)


def says_nobody(cells: pd.DataFrame, *fields: str) -> pd.Series:
    """Rows in which one of the cells as read says that there is nobody."""
    out = pd.Series(False, index=cells.index)
    for field in fields:
        if field in cells:
            text = texts(cells[field])
            words = {word: folded(word) in NOBODY for word in text.dropna().unique()}
            out |= text.map(words).astype("boolean").fillna(False).astype(bool)
    return out


def without_nobodies(said: pd.DataFrame, cells: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Names that mean nobody become empty; which rows have no guardian."""
    nobody = says_nobody(cells, "guardian_name", "guardian_relation")
    own_name = says_nobody(cells, "guardian_name")
    cleared = {
        "guardian_name": said["guardian_name"].mask(own_name),
        "father_name": said["father_name"].mask(says_nobody(cells, "father_name")),
        "mother_name": said["mother_name"].mask(says_nobody(cells, "mother_name")),
    }
    # A name beside the relation 无 is a person after all: somebody wrote it there.
    return said.assign(**cleared), nobody & cleared["guardian_name"].isna()


def supervision(said: pd.DataFrame, nobody: pd.Series) -> pd.Series:
    """yes, no or unknown: the sheet's own word, else nobody -> no, a guardian -> yes."""
    somebody = said[["guardian_name", "guardian_relation", "guardian_phone"]].notna().any(axis=1)
    derived = pd.Series("unknown", index=said.index, dtype="string")
    derived = derived.mask(somebody, "yes").mask(nobody, "no")
    return said["supervised"].fillna(derived)


def circumstances(said: pd.DataFrame, nobody: pd.Series, on: str | dt.date) -> pd.Series:
    """The child's circumstances, with ``guardian_old_or_ill`` where the guardian is (M7)."""
    weak = old_or_ill(said["guardian_birth_year"], said["guardian_health"], on)
    codes = said["circumstances"]
    return codes.mask(weak & ~nobody, _with_derived(codes))


def old_or_ill(birth_years: pd.Series, health: pd.Series, on: dates.Day) -> pd.Series:
    """Which guardians are over 70 or not well (M7); unknown is neither."""
    ill = ailments(health).notna()
    old = (dates.day(on).year - birth_years).gt(OLD).fillna(False)
    return (ill | old).astype(bool)


def follow(
    children: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame, on: dates.Day
) -> pd.DataFrame:
    """The children with ``supervised`` and ``circumstances`` as a change of guardians leaves them.

    Only a change is followed: what a person said of a child (nobody looks after it, its guardian
    is ill) stays until the guardians say something new. Takes rows of children and their guardians
    before and after.
    """
    ids = children["child_id"]
    was, now = (_looked_after(ids, guardians, on) for guardians in (before, after))
    supervised = children["supervised"]
    supervised = supervised.mask(now["somebody"] & ~was["somebody"], "yes")
    supervised = supervised.mask(was["somebody"] & ~now["somebody"], "unknown")
    codes = children["circumstances"]
    codes = codes.mask(now["weak"] & ~was["weak"], _with_derived(codes))
    codes = codes.mask(was["weak"] & ~now["weak"], without_derived(codes))
    return children.assign(supervised=supervised, circumstances=codes)


def _looked_after(ids: pd.Series, guardians: pd.DataFrame, on: dates.Day) -> pd.DataFrame:
    known = tables.typed("guardians", guardians)
    known = known[known["role"].eq("guardian").fillna(False)]
    there = known[["name", "relation", "phone"]].notna().any(axis=1)
    weak = old_or_ill(known["birth_year"], known["health"], on)
    return pd.DataFrame(
        {
            "somebody": ids.isin(known.loc[there, "child_id"]),
            "weak": ids.isin(known.loc[weak, "child_id"]),
        }
    )


def _with_derived(codes: pd.Series) -> pd.Series:
    joined = (codes.fillna("") + ";" + DERIVED).str.removeprefix(";")
    return codes.mask(~tables.has_code(codes, DERIVED), joined)


def guardian_rows(said: pd.DataFrame, nobody: pd.Series, child_ids: pd.Series) -> pd.DataFrame:
    """Rows for ``guardians``: every adult of whom the row says anything."""
    described = tables.sheet_columns("children")
    out = []
    for role in ROLES:
        fields = described.index[described["part"].eq(role)]
        rows = said[fields].rename(columns=described.loc[fields, "column"].to_dict())
        anything = rows.notna().any(axis=1)
        if role == "guardian":
            anything &= ~nobody
        else:
            rows = rows.assign(relation="parent")
        out.append(rows.assign(child_id=child_ids, role=role)[anything])
    both = pd.concat(out)
    return tables.typed("guardians", both.sort_index(kind="stable"))


def idle_cells(said: pd.DataFrame, nobody: pd.Series) -> pd.DataFrame:
    """Cells about a guardian who is nobody: boolean, the fields that would be lost."""
    fields = ["guardian_birth_year", "guardian_phone", "guardian_address"]
    return said[fields].notna() & nobody.to_numpy()[:, None]


def households(
    new: pd.DataFrame, child_ids: pd.Series, stored: Mapping[str, pd.DataFrame]
) -> pd.Series:
    """A household id for each new child; siblings share it, with those in the store too.

    Siblings are children with the same father (name and phone) or the same guardian (name and
    phone). A child without either stays empty. A single child has an id of its own, so that a
    brother who comes later can join without a change to its row.
    """
    rows = [stored["guardians"][["child_id", "role", "name", "phone"]]]
    for role in ("father", "guardian"):
        adults = {"child_id": child_ids, "name": new[f"{role}_name"], "phone": new[f"{role}_phone"]}
        rows.append(pd.DataFrame(adults).assign(role=role))
    adults_ = pd.concat(rows, ignore_index=True)
    adults_ = adults_[adults_["role"].isin(["father", "guardian"])].dropna(subset=["name", "phone"])
    person = same(adults_["name"]) + "|" + adults_["phone"]
    group = _components(adults_["child_id"], person)

    houses = stored["children"].set_index("child_id")["household_id"].dropna()
    settled = group.index.to_series().map(houses).dropna()
    known = settled.groupby(group[settled.index]).min()
    groups = child_ids.map(group)
    fresh = groups[~groups.isin(known.index)].dropna().drop_duplicates()
    last = houses.str.extract(r"^HH(\d+)$")[0].dropna().astype("int64").max()
    start = 1 if pd.isna(last) else int(last) + 1
    names = {name: f"HH{start + n:05d}" for n, name in enumerate(fresh)}
    return groups.map({**known.to_dict(), **names}).astype("string")


def _components(children: pd.Series, adults: pd.Series) -> pd.Series:
    """Child -> the first child it is joined to through adults."""
    pairs = pd.DataFrame({"child": children.astype(object), "adult": adults.astype(object)})
    label = pairs["child"]
    while True:
        through = label.groupby(pairs["adult"]).transform("min")
        joined = through.groupby(pairs["child"]).transform("min")
        if joined.equals(label):
            return pd.Series(joined.to_numpy(), index=pairs["child"]).groupby(level=0).first()
        label = joined
