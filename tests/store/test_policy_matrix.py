"""Every role x table x row x column: nothing is read or written that the policy does not list.

What is listed is worked out a second time in ``policy_oracle`` and compared with raw rows.
"""

from pathlib import Path

import pandas as pd
import pytest

from carekit import tables
from carekit.errors import CareError, NotAllowed
from carekit.store import Store, rules, schema, scopes
from carekit.store.connect import transaction
from carekit.store.rows import from_rows
from tests.store import policy_oracle as oracle
from tests.store.branch_of_roles import (
    ADMIN,
    DAY,
    OTHER_HELPER,
    OTHER_TEACHER,
    OTHERS,
    ROLES,
    as_,
    make,
)

TABLES = [str(name) for name in tables.tables().index]
PEOPLE = list(ROLES)
WRITERS = [user for user in PEOPLE if user not in (OTHER_HELPER, OTHER_TEACHER)]


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("roles") / "town.care"
    make(path)
    return path


@pytest.fixture(scope="module")
def raw(branch: Path) -> oracle.Raw:
    """Every stored row with every column, and whether it was taken back."""
    with as_(branch, ADMIN) as store:
        return stored_rows(store)


def stored_rows(store: Store) -> oracle.Raw:
    found = {}
    with transaction(store.engine) as connection:
        for table in TABLES:
            of = schema.stored(table)
            rows = [tuple(row) for row in connection.execute(of.select()).all()]
            found[table] = from_rows(table, of.columns.keys(), rows, {"removed": "flag"})
    return found


def expected(user: str, table: str, raw: oracle.Raw, every: list) -> pd.DataFrame | None:
    """What a person must be given of a table: key, cells, nothing else. None: refused."""
    role, scope = ROLES[user]
    lines = oracle.lines(role, table, "read", every)
    if not lines:
        return None
    frame, key = raw[table], tables.key(table)
    cells: dict[str, pd.Series] = {}
    seen: set[str] = set()
    for line in lines:
        keys = oracle.in_scope(line["rows"], table, raw, user, scope, DAY)
        seen |= keys
        for column, change in line["columns"].items():
            name, values = oracle.changed(table, column, change, raw)
            if values is None:
                values = pd.Series("a pseudonym", index=frame.index).where(frame[column].notna())
            given = values.where(frame[key].isin(keys))
            cells[name] = given if name not in cells else cells[name].fillna(given)
    rows = frame[key].isin(seen) & ~frame["removed"]
    return pd.DataFrame(cells)[rows.astype(bool)]


def wrong_in_reading(
    user: str, table: str, store: Store, raw: oracle.Raw, every: list
) -> list[str]:
    """How what a person is given differs from what is listed."""
    wanted = expected(user, table, raw, every)
    try:
        given = store.read(table)
    except NotAllowed:
        return [] if wanted is None else ["refused"]
    if wanted is None:
        return ["given"]
    key = tables.key(table)
    hidden = {
        name for line in oracle.lines(ROLES[user][0], table, "read", every)
        for name, change in line["columns"].items() if change == "pseudonym"
    }  # fmt: skip
    if hidden and set(given[key]) & set(raw[table][key]):
        return ["an id of ours"]
    extra = set(given) - {"version"} ^ set(wanted)
    if extra or len(given) != len(wanted):
        return [f"columns {sorted(extra)}, rows {len(given)} of {len(wanted)}"]
    if hidden:  # no key to compare by: each column as a bag of values
        plain = [name for name in wanted if name not in hidden]
        bags = [
            one[plain].astype("string").fillna("").to_numpy().tolist() for one in (given, wanted)
        ]
        return [] if sorted(bags[0]) == sorted(bags[1]) else ["values"]
    if set(given[key]) != set(wanted[key]):
        return ["other rows"]
    given, wanted = (one.set_index(key).sort_index() for one in (given, wanted))
    return [
        name
        for name in wanted
        if given[name].astype("string").fillna("").tolist()
        != wanted[name].astype("string").fillna("").tolist()
    ]


@pytest.mark.parametrize("user", PEOPLE)
def test_what_is_read_is_what_is_listed(user, branch, raw) -> None:
    every = oracle.permissions()
    with as_(branch, user) as store:
        wrong = {table: wrong_in_reading(user, table, store, raw, every) for table in TABLES}
    assert {table: what for table, what in wrong.items() if what} == {}


# -- writing -----------------------------------------------------------------------------------


class TakenBackError(Exception):
    """A try is over; nothing of it stays."""


def tried(store: Store, table: str, row: pd.DataFrame) -> bool:
    """Whether the policy lets a row through; what else stands against it is another matter."""

    def over() -> None:
        raise TakenBackError

    try:
        store._do(lambda read: {table: row}, kind="write", after=over)
    except NotAllowed:
        return False
    except (TakenBackError, CareError):
        return True
    raise AssertionError("written")


OTHER = {"text": "another word", "phone": "10012345678", "id_number": "999901201811250032"}
OTHER |= {"whole": 7, "cents": 7, "number": 1.5, "flag": True, "date": "2025-11-11"}
OTHER |= {"time": "10:30", "longitude": 114.5, "latitude": 25.5}


def another(table: str, column: str, now: object, raw: oracle.Raw) -> object:
    """A value the column may hold that is not the one it holds."""
    rule = tables.columns(table).loc[column]
    now = None if pd.isna(now) else now
    if rule["references"]:
        keys = raw[rule["references"]][tables.key(rule["references"])]
        return next(key for key in ["H00002", "C00004", "K0002", *keys] if key in set(keys) - {now})
    if (choices := tables.choice_list(rule["kind"])) is not None:
        return next(code for code in tables.choices(choices).index if code != now)
    value = OTHER[rule["kind"]]
    if rule["kind"] == "flag":
        return not now
    if rule["kind"] == "whole" and now is not None:
        return int(now) + 1
    if rule["kind"] == "whole" and pd.notna(rule["min"]):
        return max(7, int(rule["min"]))
    return pd.Timestamp(value) if rule["kind"] == "date" else value


def listed(
    user: str, table: str, action: str, key: str, columns: set[str], after: oracle.Raw,
    before: oracle.Raw, every: list,
) -> bool:  # fmt: skip
    """Whether the policy lists this change, as the row was and as it becomes."""
    role, scope = ROLES[user]
    lines = oracle.lines(role, table, action, every)
    if not lines:
        return False
    for raw in (after,) if action == "add" else (before, after):
        reach = [
            set(line["columns"])
            for line in lines
            if key in oracle.in_scope(line["rows"], table, raw, user, scope, DAY)
        ]
        if not reach or columns - set().union(*reach):
            return False
    return True


def some_rows(table: str, raw: oracle.Raw) -> list[str]:
    """Rows of which each scope reaches some and not others."""
    frame, key = raw[table], tables.key(table)
    living = frame[~frame["removed"].astype(bool)]
    if "child_id" not in living:
        special = {"users": PEOPLE, "outings": ["O0001", "O0002"]}.get(table, [])
        return [*special, *living[key].head(3)] if table != "users" else special
    known = ["C00001", "C00002", "C00003", OTHERS, "C00005", "C00010", "C00012"]
    mine = living[living["child_id"].isin(known) | living["child_id"].isna()]
    if "helper_id" in living:
        return mine[key].tail(14).tolist()
    return mine.drop_duplicates("child_id")[key].tolist() + mine[key].tail(3).tolist()


def with_row(raw: oracle.Raw, table: str, row: pd.DataFrame) -> oracle.Raw:
    """The store as it would be."""
    key = tables.key(table)
    rest = raw[table][~raw[table][key].isin(row[key])]
    typed = row.astype(rest.dtypes[row.columns].to_dict())
    return raw | {table: pd.concat([rest, typed], ignore_index=True)}


@pytest.mark.parametrize("user", WRITERS)
def test_what_is_changed_is_what_is_listed(user, branch, raw) -> None:
    every = oracle.permissions()
    wrong = []
    with as_(branch, user) as store:
        for table in TABLES:
            key = tables.key(table)
            columns = [str(name) for name in tables.columns(table).index if name != key]
            free = oracle.lines(ROLES[user][0], table, "change", every)
            rows = some_rows(table, raw)
            rows = rows[:1] if not free or free[0]["rows"] == "all" else rows
            for name in dict.fromkeys(rows):
                row = raw[table][raw[table][key].eq(name)]
                for column in columns:
                    value = another(table, column, row[column].iloc[0], raw)
                    new = row[[key, column, "version"]].assign(**{column: value})
                    became = row.assign(**{column: value})
                    may = listed(
                        user,
                        table,
                        "change",
                        name,
                        {column},
                        with_row(raw, table, became),
                        raw,
                        every,
                    )
                    if tried(store, table, new) != may:
                        wrong.append((table, name, column, "refused" if may else "let through"))
    assert wrong == []


@pytest.mark.parametrize("user", WRITERS)
def test_what_is_added_is_what_is_listed(user, branch, raw) -> None:
    every = oracle.permissions()
    wrong = []
    with as_(branch, user) as store:
        for table in TABLES:
            key = tables.key(table)
            described = tables.columns(table)
            must = [str(n) for n in described.index[described["required"]] if n != key]
            more = [str(n) for n in described.index if n not in must and n != key]
            free = oracle.lines(ROLES[user][0], table, "add", every)
            scoped = bool(free) and free[0]["rows"] != "all"
            for pattern in patterns(table, user)[: None if scoped else 1]:
                for column in ["", *more]:
                    names = [*must, *([column] if column else []), *pattern]
                    values = {n: another(table, n, None, raw) for n in names} | pattern
                    new_key = "new"
                    row = pd.DataFrame([{key: new_key, **values}])
                    became = with_row(raw, table, row.assign(version=1, removed=False))
                    may = listed(user, table, "add", new_key, set(values), became, raw, every)
                    if tried(store, table, row) != may:
                        wrong.append((table, column, pattern, "refused" if may else "let through"))
    assert wrong == []


def patterns(table: str, user: str) -> list[dict[str, object]]:
    """New rows in everybody's reach and out of it."""
    columns = set(tables.columns(table).index) - {tables.key(table)}
    day = {"day": pd.Timestamp("2026-02-28")} if table == "contacts" else {}
    if {"child_id", "helper_id"} <= columns:
        pairs = [
            ("C00001", "H00001"),
            ("C00001", "H00002"),
            (OTHERS, "H00001"),
            ("C00003", "H00001"),
        ]
        found: list[dict[str, object]] = [{"child_id": c, "helper_id": h} | day for c, h in pairs]
        if table == "contacts":
            found.append(found[3] | {"day": pd.Timestamp("2026-01-31")})
        if table == "decisions":
            return [one | {"user_id": who} for one in found[:1] for who in (user, "li.na")]
        return found
    if "child_id" in columns:
        return [{"child_id": child} for child in ("C00001", OTHERS)]
    if table == "settings":
        return [{}]
    return [{}]


# -- the policy itself -------------------------------------------------------------------------


def test_every_role_has_lines_or_deeds_and_words() -> None:
    assert set(rules.roles()) == set(tables.choices("role").index)
    assert {line.role for line in rules.every_line()} <= set(rules.roles())
    assert all(line.why for line in rules.every_line())


def test_every_scope_has_a_meaning_where_it_is_used() -> None:
    who = scopes.Who("li.na", "H00001", DAY)
    for line in rules.every_line():
        scopes.condition(line.rows, line.table, who)
    from carekit.pairing.schemes import KEPT

    assert scopes.SCHEMES == KEPT


# every row of the one is a row of the others
WITHIN = {"own_contacts": {"own_children"}, "own_cards": {"own_children", "own_contacts"}}


def test_whoever_writes_a_column_sees_it_in_every_row_or_nowhere() -> None:
    """Else an empty cell that only looks empty would be written back over what is stored."""
    for role in rules.roles():
        for table in TABLES:
            reading = rules.lines(role, table, "read")
            for line in rules.lines(role, table, "change"):
                for column in line.columns:
                    seen = [one for one in reading if column in one.columns]
                    within = {line.rows, "all"} | WITHIN.get(line.rows, set())
                    assert not seen or within & {one.rows for one in seen}, (role, table)


def test_nobody_reads_a_secret_but_who_runs_the_branch() -> None:
    for line in rules.every_line():
        secret = tables.columns(line.table)["sensitivity"].eq("secret")
        if set(line.columns) & set(secret.index[secret]):
            assert line.role in ("administrator", "coordinator"), line


# -- planted holes -----------------------------------------------------------------------------

HOLES = [
    rules.Line("helper", "children", "read", "all", ("child_id", "name")),
    rules.Line("helper", "children", "read", "own_children", ("child_id", "id_number")),
    rules.Line("planner", "guardians", "read", "all", ("guardian_id", "phone")),
    rules.Line("class_teacher", "contacts", "read", "own_class", ("contact_id", "note")),
    rules.Line("county_officer", "schools", "read", "all", ("school_id", "name")),
]


@pytest.mark.parametrize("hole", HOLES, ids=lambda one: f"{one.role}-{one.table}")
def test_a_planted_hole_is_caught(hole, branch, raw, monkeypatch) -> None:
    user = next(name for name, (role, _) in ROLES.items() if role == hole.role)
    place = (hole.role, hole.table, "read")
    known = rules._by_table()
    monkeypatch.setattr(rules, "_by_table", lambda: known | {place: (*known.get(place, ()), hole)})
    with as_(branch, user) as store:
        assert wrong_in_reading(user, hole.table, store, raw, oracle.permissions())


def test_a_planted_hole_in_writing_is_caught(branch, raw, monkeypatch) -> None:
    columns = ("contact_id", "child_id", "helper_id", "day", "kind")
    hole = rules.Line("helper", "contacts", "add", "all", columns)
    place = ("helper", "contacts", "add")
    known = rules._by_table()
    monkeypatch.setattr(rules, "_by_table", lambda: known | {place: (*known[place], hole)})
    with pytest.raises(AssertionError):
        test_what_is_added_is_what_is_listed("wang.wei", branch, raw)
