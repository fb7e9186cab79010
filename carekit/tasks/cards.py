"""Cards: one person added or corrected by hand, the adults and papers around it, a file closed.

Every deed is one step that ``store.undo`` takes back. Rows are never deleted: a guardian or a
paper that was entered by mistake goes with the undo of its step; later it is corrected (a new
guardian takes the row over, a paper ends on its own day), and the history keeps what was there.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from carekit import dates, people, tables
from carekit.errors import BadInput, Stale
from carekit.people import families
from carekit.store import Store

__all__ = [
    "Saved",
    "close_file",
    "closing",
    "ending",
    "reopen_file",
    "save_guardian",
    "save_person",
    "save_training",
]

Read = Callable[[str], pd.DataFrame]

PEOPLE = ("children", "helpers")
# What tells whether somebody new is there already, besides the people themselves.
_COMPARED = {
    "children": ("guardians", "villages", "schools", "classes"),
    "helpers": ("trainings", "villages", "schools", "classes"),
}


@dataclass(frozen=True)
class Saved:
    """The key of the row that was written, and the step ``undo`` takes."""

    key: str
    step: str


def save_person(
    store: Store, table: str, row: pd.DataFrame, *, sure: bool = False, token: str | None = None
) -> Saved:
    """Add or correct one of the ``children`` or ``helpers``.

    ``row`` is a frame of one row. Without its key it is somebody new, whose id the store gives;
    with it a correction of the columns that are there, and ``version`` must be the one the person
    saw (``Stale`` otherwise). An identity number tells birth date and sex where they are empty.

    Raises ``BadInput``: ``cells_refused`` (``wrong``: column -> code), ``person_known`` (somebody
    new who may be there already: ``person`` is whose id, ``how`` same or perhaps; with ``sure``
    a match that is not the same identity number is saved).
    """
    if table not in PEOPLE:
        raise BadInput("table_unknown", table=table)
    key = tables.key(table)
    given = _key(row, key)

    def build(read: Read) -> tuple[str, dict[str, pd.DataFrame]]:
        known = read(table)
        mine = known[key].eq(given or "")
        old = known[mine].drop(columns="version").reset_index(drop=True)
        if given and old.empty:
            raise BadInput("person_unknown", person=given)
        typed = row.reset_index(drop=True)
        whole = typed if old.empty else old.assign(**{str(c): typed[c] for c in typed})
        good, wrong = people.check_person(table, whole, on=store.today())
        number = tables.typed(table, whole)["id_number"].iloc[0]
        taken = pd.notna(number) and known[~mine]["id_number"].eq(number).any()
        if taken and given:
            wrong.setdefault("id_number", "id_number_taken")
        if wrong:
            raise BadInput("cells_refused", wrong=wrong)
        if not given and (taken or not sure):
            others = {name: read(name) for name in _COMPARED[table]}
            if alike := people.look_alike(table, whole, {**others, table: known}):
                raise BadInput("person_known", person=alike[0], how=alike[1])
        written = good[[c for c in good if c in typed or c in ("sex", "birth_date")]]
        if not given:
            made = store.next_ids()[table]  # nobody else can take it inside this transaction
            written = written.assign(**{key: made})
            if table == "children" and written.get("supervised", pd.Series([None])).isna().all():
                written["supervised"] = "unknown"
            return made, {table: written}
        return given, {table: written.assign(version=_version(row))}

    return _saved(store, build, kind=f"save_{table}", token=token)


def save_guardian(store: Store, row: pd.DataFrame, token: str | None = None) -> Saved:
    """Add or correct an adult of a child; ``row`` as for :func:`save_person`.

    The child's own facts follow in the same step: whether somebody looks after it, whether its
    guardian is over 70 or ill, and, where it has none yet, the household it shares with siblings.
    """
    given = _key(row, "guardian_id")

    def build(read: Read) -> tuple[str, dict[str, pd.DataFrame]]:
        before, children = read("guardians"), read("children")
        old = before[before["guardian_id"].eq(given or "")]
        if given and old.empty:
            raise BadInput("guardian_unknown", guardian=given)
        made = given or store.next_ids()["guardians"]
        written, whole = _merged("guardians", row, old, made, owner="child_id")
        owner = str(whole["child_id"].iloc[0])
        child = children[children["child_id"].eq(owner)]
        if child.empty:
            raise BadInput("person_unknown", person=owner)
        if whole[["name", "relation", "phone"]].isna().all(axis=None):
            raise BadInput("cells_refused", wrong={"name": "required_missing"})
        after = pd.concat([before[before["guardian_id"].ne(made)], whole], ignore_index=True)
        child = families.follow(child, before, after, on=store.today())
        child = _housed(child, whole, before, children)
        return made, {"children": child, "guardians": written}  # an equal row is not written

    return _saved(store, build, kind="save_guardians", token=token)


def _housed(
    child: pd.DataFrame, adult: pd.DataFrame, guardians: pd.DataFrame, children: pd.DataFrame
) -> pd.DataFrame:
    """The child with the household of its siblings, where it has none."""
    role = str(adult["role"].iloc[0])
    if child["household_id"].notna().all() or role not in ("father", "guardian"):
        return child
    fields = [f"{one}_{fact}" for one in ("father", "guardian") for fact in ("name", "phone")]
    said = pd.DataFrame({field: pd.Series([pd.NA], dtype="string") for field in fields})
    for fact in ("name", "phone"):
        said[f"{role}_{fact}"] = adult[fact]
    known = {"guardians": guardians, "children": children}
    ids = child["child_id"].reset_index(drop=True)
    house = families.households(said, ids, known)
    return child.assign(household_id=house.to_numpy())


def save_training(store: Store, row: pd.DataFrame, token: str | None = None) -> Saved:
    """Add or correct a dated paper of a helper; ``row`` as for :func:`save_person`.

    A paper that ends on its own first day (``until`` = ``day``) counts on no day: so it is taken
    out of the count without losing what was there.
    """
    given = _key(row, "training_id")

    def build(read: Read) -> tuple[str, dict[str, pd.DataFrame]]:
        stored = read("trainings")
        old = stored[stored["training_id"].eq(given or "")]
        if given and old.empty:
            raise BadInput("training_unknown", training=given)
        made = given or store.next_ids()["trainings"]
        written, whole = _merged("trainings", row, old, made, owner="helper_id")
        if whole["until"].lt(whole["day"]).any():
            raise BadInput("cells_refused", wrong={"until": "until_early"})
        return made, {"trainings": written}

    return _saved(store, build, kind="save_trainings", token=token)


def ending(pairings: pd.DataFrame, table: str, key: str, day: dates.Day) -> pd.DataFrame:
    """The pairings that end with a file on the day: rows of ``pairings`` with their ``until``."""
    last = pd.Timestamp(dates.day(day))
    mine = pairings[pairings[tables.key(table)].eq(key)]
    going = mine[mine["until"].isna() | mine["until"].gt(last)]
    # One that would begin later holds on no day.
    return going.assign(until=going["since"].mask(going["since"].lt(last), last))


def close_file(
    store: Store,
    table: str,
    key: str,
    day: dates.Day,
    reason: str,
    version: int | None = None,
    token: str | None = None,
) -> Saved:
    """Close the file of one of the ``children`` or ``helpers``; the pairings end on that day.

    ``day`` is the first day the file is closed, ``reason`` a code of ``closed_reason``,
    ``version`` the one the person saw. One step: its undo brings the pairings back too. Raises
    ``BadInput`` ``person_unknown``, ``choice_unknown``, ``Stale`` ``stale``.
    """

    def build(read: Read) -> tuple[str, dict[str, pd.DataFrame]]:
        person, ends = closing(read, table, key, day, reason, version)
        return key, {table: person, "pairings": ends}

    return _saved(store, build, kind=f"close_{table}", token=token)


def closing(
    read: Read, table: str, key: str, day: dates.Day, reason: str, version: int | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What closing a file writes: the person's row, and the pairings that end; see `close_file`."""
    first = pd.Timestamp(dates.day(day))
    if reason not in tables.choices("closed_reason").index:
        raise BadInput("cells_refused", wrong={"closed_reason": "choice_unknown"})
    person = _person(read, table, key, version)
    person = person.assign(closed_on=first, closed_reason=reason)
    return person, ending(read("pairings"), table, key, first)


def reopen_file(
    store: Store, table: str, key: str, version: int | None = None, token: str | None = None
) -> Saved:
    """Open a closed file again. The pairings that ended stay over: a new match is made anew."""

    def build(read: Read) -> tuple[str, dict[str, pd.DataFrame]]:
        person = _person(read, table, key, version)
        nothing = pd.Series(pd.NA, index=person.index)
        return key, {table: person.assign(closed_on=nothing, closed_reason=nothing)}

    return _saved(store, build, kind=f"reopen_{table}", token=token)


def _person(read: Read, table: str, key: str, version: int | None) -> pd.DataFrame:
    if table not in PEOPLE:
        raise BadInput("table_unknown", table=table)
    found = read(table)
    name = tables.key(table)
    found = found[found[name].eq(key)][[name, "closed_on", "closed_reason", "version"]]
    if found.empty:
        raise BadInput("person_unknown", person=key)
    if version is not None and int(found["version"].iloc[0]) != version:
        raise Stale("stale", table=table, count=1)
    return found


def _merged(
    table: str, row: pd.DataFrame, old: pd.DataFrame, made: str, owner: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What is written of a row around a person, and the whole row as it will be."""
    written = row.reset_index(drop=True).assign(**{tables.key(table): made})
    if old.empty:
        return written, tables.typed(table, written)
    written = written.drop(columns=owner, errors="ignore").assign(version=_version(row))
    whole = old.reset_index(drop=True).assign(**{str(c): written[c] for c in written})
    return written, tables.typed(table, whole.drop(columns="version"))


def _key(row: pd.DataFrame, key: str) -> str | None:
    if key not in row or pd.isna(row[key].iloc[0]):
        return None
    return str(row[key].iloc[0])


def _version(row: pd.DataFrame) -> int:
    """The version the person saw; a correction without one is nobody's."""
    if "version" not in row or pd.isna(row["version"].iloc[0]):
        raise Stale("stale", count=1)
    return int(row["version"].iloc[0])


def _saved(
    store: Store,
    build: Callable[[Read], tuple[str, dict[str, pd.DataFrame]]],
    *,
    kind: str,
    token: str | None,
) -> Saved:
    key: str | None = None

    def inside(read: Read) -> dict[str, pd.DataFrame]:
        nonlocal key
        key, frames = build(read)
        return {table: frame for table, frame in frames.items() if len(frame)}

    step = store.change(inside, kind=kind, token=token)
    if key is None:  # the token was used before
        raise Stale("written_before", step=step)
    return Saved(key, step)
