"""The policy worked out a second time, on plain frames, by code that knows nothing of the first.

``policy.csv`` is read by a reader of its own, and every scope is a few lines of pandas over all
rows of the store. ``may_read`` and ``may_write`` say of one cell whether it is listed.
"""

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from carekit import people, store, tables

POLICY = Path(store.__file__).with_name("policy.csv")
LEVELS = ["public", "staff", "private", "secret"]
Raw = dict[str, pd.DataFrame]


def permissions() -> list[dict[str, object]]:
    """role, table, action, rows, columns {name: change}."""
    found = []
    with POLICY.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            described = tables.columns(row["table"])
            columns = {tables.key(row["table"]): ""}
            for word in row["columns"].split():
                if word in LEVELS:
                    below = LEVELS[: LEVELS.index(word) + 1]
                    columns |= dict.fromkeys(
                        described.index[described["sensitivity"].isin(below)], ""
                    )
                elif word.startswith("-"):
                    columns.pop(word[1:], None)
                else:
                    name, _, change = word.partition(">")
                    columns[name] = change
            actions = {"write": ["add", "change"]}
            for action in row["action"].split():
                found += [
                    {**row, "action": one, "columns": columns}
                    for one in actions.get(action, [action])
                ]
    return found


def lines(role: str, table: str, action: str, every: list[dict]) -> list[dict]:
    return [
        one for one in every if (one["role"], one["table"], one["action"]) == (role, table, action)
    ]


def in_scope(rows: str, table: str, raw: Raw, user: str, scope: str | None, day: str) -> set[str]:
    """The keys of a table a scope means."""
    frame, key, today = raw[table], tables.key(table), pd.Timestamp(day)
    if rows == "all":
        return set(frame[key])
    tied = ("own_class", "own_children", "own_contacts", "paired_then", "own", "beside")
    if rows == "own_cards":
        both = (in_scope(one, table, raw, user, scope, day) for one in ("own_contacts", tied[3]))
        return set.intersection(*both)
    if rows in tied and scope is None:
        return set()
    names = ("children", "pairings", "outing_people", "outings", "classes")
    living = {name: raw[name][~raw[name]["removed"].astype(bool)] for name in names}
    children, pairings, going = living["children"], living["pairings"], living["outing_people"]
    is_open = children["closed_on"].isna() | (children["closed_on"] > today)
    now = pairings[
        (pairings["since"] <= today) & (pairings["until"].isna() | (pairings["until"] > today))
    ]
    opened = set(children.loc[is_open, "child_id"])
    mine = opened & set(now.loc[now["helper_id"].eq(scope), "child_id"])
    classmates = opened & set(children.loc[children["class_id"].eq(scope), "child_id"])
    placed = going[going["group"].notna()]
    recent = living["outings"]["day"] >= today - pd.Timedelta(days=1)
    coming = set(living["outings"].loc[recent, "outing_id"])
    travelling = opened & set(placed.loc[placed["outing_id"].isin(coming), "child_id"].dropna())
    them = {"own_class": classmates, "own_children": mine, "own_contacts": mine, "open": opened}
    those = them.get(rows, set())
    homes = children[children["child_id"].isin(those)]

    def where(test: pd.Series) -> set[str]:
        return set(frame.loc[test.fillna(False).astype(bool), key])

    special: dict[tuple[str, str], Callable[[], pd.Series]] = {
        ("mine", "decisions"): lambda: frame["user_id"].eq(user),
        ("own_class", "helpers"): lambda: frame["helper_id"].isin(
            now.loc[now["child_id"].isin(those), "helper_id"]
        ),
        ("open", "helpers"): lambda: frame["closed_on"].isna() | frame["closed_on"].gt(today),
        ("own_class", "classes"): lambda: frame["class_id"].eq(scope),
        ("own_class", "schools"): lambda: frame["school_id"].isin(
            living["classes"].loc[living["classes"]["class_id"].eq(scope), "school_id"]
        ),
        ("own_children", "classes"): lambda: frame["class_id"].isin(homes["class_id"]),
        ("own_children", "schools"): lambda: frame["school_id"].isin(
            living["classes"].loc[
                living["classes"]["class_id"].isin(homes["class_id"]), "school_id"
            ]
        ),
        ("own_children", "outing_people"): lambda: (
            frame["child_id"].isin(those)
            | (frame["helper_id"].eq(scope) & frame["child_id"].isna())
        ),
        ("own_contacts", "contacts"): lambda: (
            frame["helper_id"].eq(scope) & frame["child_id"].isin(those)
        ),
        ("own", "helpers"): lambda: frame["helper_id"].eq(scope),
        ("beside", "helpers"): lambda: frame["helper_id"].isin(
            pairings.loc[pairings["child_id"].isin(mine), "helper_id"]
        ),
        ("to_plan", "children"): lambda: frame["child_id"].isin(
            opened | set(going["child_id"].dropna())
        ),
        ("to_plan", "helpers"): lambda: (
            frame["closed_on"].isna()
            | frame["closed_on"].gt(today)
            | frame["helper_id"].isin(going["helper_id"].dropna())
        ),
        ("going", "children"): lambda: frame["child_id"].isin(travelling),
        ("going", "guardians"): lambda: frame["child_id"].isin(travelling),
        ("for_outings", "consents"): lambda: frame["purpose"].eq("outing"),
        ("schemes", "settings"): lambda: frame["setting_id"].str.startswith("scheme/"),
    }
    if (rows, table) == ("paired_then", "contacts"):
        both = frame.merge(
            pairings[pairings["helper_id"].eq(scope)][["child_id", "helper_id", "since", "until"]],
            on=["child_id", "helper_id"],
        )
        then = (both["since"] <= both["day"]) & (
            both["until"].isna() | (both["until"] > both["day"])
        )
        return set(both.loc[then, key])
    if (rows, table) in special:
        return where(special[rows, table]())
    if table == "villages":
        return where(frame["village_id"].isin(homes["village_id"]))
    if table == "outings":
        there = placed["child_id"].isin(those) | placed["helper_id"].eq(scope)
        return where(frame["outing_id"].isin(placed.loc[there.fillna(False), "outing_id"]))
    assert "child_id" in frame and rows in them, (rows, table)
    return where(frame["child_id"].isin(those))


def changed(table: str, column: str, change: str, raw: Raw) -> tuple[str, pd.Series | None]:
    """Under which name a column is given and as what; no series for a pseudonym."""
    frame = raw[table]
    if change == "year":
        name = {"birth_date": "birth_year", "closed_on": "closed_year", "day": "year"}
        return name.get(column, f"{column}_year"), frame[column].dt.year.astype("Int64")
    if change == "tier":
        return "tier", people.priority(frame)["tier"]
    return column, None if change == "pseudonym" else frame[column]
