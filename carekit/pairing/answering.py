"""Who answers for a child at school: two persons, one of them the class teacher (C6)."""

import pandas as pd

from carekit import dates
from carekit.errors import BadInput
from carekit.pairing.schemes import TEACHER
from carekit.pairing.waiting import active, closed

GUARDIAN, ACTING_PARENT = "guardian", "acting_parent"
MANNERS = (GUARDIAN, ACTING_PARENT)
CARERS = ("guardian", "second")  # roles of guardians who look after the child, the first first
COLUMNS = (
    "child_id",
    "class_teacher_id",
    "class_teacher_name",
    "second_kind",
    "second_id",
    "second_name",
    "missing",
)


def answering(
    children: pd.DataFrame,
    helpers: pd.DataFrame,
    guardians: pd.DataFrame,
    classes: pd.DataFrame,
    pairings: pd.DataFrame,
    on: dates.Day,
    manner: str = GUARDIAN,
) -> pd.DataFrame:
    """The two persons who manage each child together at school on a day (C6).

    The class teacher is a teacher whose class is the child's. Beside stands, by the manner the
    branch works in, the `guardian` [000, 002-1] or the `acting_parent` [004]: the teacher of an
    active pairing of the scheme teacher (P3). Where that one is not known, the other one steps in.

    Takes the tables children (child_id, class_id, closed_on), helpers (helper_id, name, kind,
    class_id, closed_on), guardians (guardian_id, child_id, role, name), classes (class_id) and
    pairings. Of several persons the one with the lowest id is named.

    Gives one row a child with an open file, by child_id: class_teacher_id, class_teacher_name,
    second_kind (guardian, acting_parent; empty = nobody), second_id, second_name, and missing:
    codes joined by ";" of whom the school has to find (class_unknown, class_teacher_missing,
    guardian_missing or acting_parent_missing; the last two also where the other one steps in).

    Raises BadInput `manner_unknown`.

    >>> children = pd.DataFrame({"child_id": ["C00001", "C00002"], "class_id": ["K0001", None],
    ...                          "closed_on": pd.NaT})
    >>> helpers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "name": ["Li", "Wu"],
    ...     "kind": "teacher", "class_id": ["K0001", None], "closed_on": pd.NaT})
    >>> guardians = pd.DataFrame({"guardian_id": ["G00001"], "child_id": ["C00001"],
    ...                           "role": ["guardian"], "name": ["Grandmother"]})
    >>> classes = pd.DataFrame({"class_id": ["K0001"]})
    >>> pairings = pd.DataFrame({"pairing_id": ["P000001"], "scheme": ["teacher"],
    ...     "child_id": ["C00002"], "helper_id": ["H00002"],
    ...     "since": pd.to_datetime(["2025-09-01"]), "until": pd.NaT})
    >>> found = answering(children, helpers, guardians, classes, pairings, on="2026-03-02")
    >>> found[["child_id", "class_teacher_name", "second_kind", "second_name"]]
      child_id class_teacher_name    second_kind  second_name
    0   C00001                 Li       guardian  Grandmother
    1   C00002               <NA>  acting_parent           Wu
    >>> found["missing"].tolist()
    ['', 'class_unknown;guardian_missing']
    """
    if manner not in MANNERS:
        raise BadInput("manner_unknown", manner=manner, known=list(MANNERS))
    here = children[~closed(children, on)].sort_values("child_id")
    there = helpers[~closed(helpers, on)]
    names = there.set_index("helper_id")["name"]
    ids = here["child_id"]
    class_id = here["class_id"].where(here["class_id"].isin(classes["class_id"]))
    class_teacher = class_id.map(_class_teachers(there))

    acting = ids.map(_acting_parents(pairings, there, on))
    guardian = ids.map(_carers(guardians))
    carers = guardians.set_index("guardian_id")["name"]
    persons = {
        GUARDIAN: (guardian, guardian.map(carers)),
        ACTING_PARENT: (acting, acting.map(names)),
    }
    other = next(kind for kind in MANNERS if kind != manner)
    wanted, instead = persons[manner], persons[other]
    lacking = wanted[0].isna()
    kind = pd.Series(manner, here.index, dtype="string")
    kind = kind.mask(lacking, other).mask(lacking & instead[0].isna())
    missing = {
        "class_unknown": class_id.isna(),
        "class_teacher_missing": class_id.notna() & class_teacher.isna(),
        f"{manner}_missing": lacking,
    }
    found = pd.DataFrame(
        {
            "child_id": ids,
            "class_teacher_id": class_teacher,
            "class_teacher_name": class_teacher.map(names),
            "second_kind": kind,
            "second_id": wanted[0].where(~lacking, instead[0]),
            "second_name": wanted[1].where(~lacking, instead[1]),
            "missing": _joined(missing, here.index),
        },
        columns=list(COLUMNS),
    )
    return found.astype("string").reset_index(drop=True)


def _class_teachers(helpers: pd.DataFrame) -> pd.Series:
    """The teacher of each class, by class_id."""
    teachers = helpers[helpers["kind"].eq("teacher").fillna(False).astype(bool)]
    teachers = teachers.dropna(subset="class_id").sort_values("helper_id")
    return teachers.drop_duplicates("class_id").set_index("class_id")["helper_id"]


def _acting_parents(pairings: pd.DataFrame, helpers: pd.DataFrame, on: dates.Day) -> pd.Series:
    """The teacher paired with each child on the day, by child_id."""
    mine = pairings["scheme"].eq(TEACHER.code).fillna(False).astype(bool)
    now = pairings[mine & active(pairings, on) & pairings["helper_id"].isin(helpers["helper_id"])]
    now = now.sort_values(["child_id", "helper_id"])
    return now.drop_duplicates("child_id").set_index("child_id")["helper_id"]


def _carers(guardians: pd.DataFrame) -> pd.Series:
    """Who looks after each child at home, by child_id."""
    carers = guardians[guardians["role"].isin(CARERS)]
    order = carers["role"].map({role: place for place, role in enumerate(CARERS)})
    carers = carers.assign(order=order).sort_values(["child_id", "order", "guardian_id"])
    return carers.drop_duplicates("child_id").set_index("child_id")["guardian_id"]


def _joined(where: dict[str, pd.Series], index: pd.Index) -> pd.Series:
    codes = pd.Series("", index, dtype="string")
    for code, found in where.items():
        codes = codes.mask(found.astype(bool), codes + ";" + code)
    return codes.str.removeprefix(";")
