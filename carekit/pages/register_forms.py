"""The forms of the register: a child, a helper, an adult around a child, a paper, the end."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from carekit import tables
from carekit.pages.kit import Form, Frames
from carekit.pages.register_tables import places

__all__ = ["FORMS", "close", "field_form", "part", "person"]

CHILD = {
    "who": ("name", "sex", "birth_date", "id_number", "class_id"),
    "home": ("village_id", "address", "phone", "parents_away", "boarding"),
    "state": ("supervised", "circumstances", "health", "allergies"),
    "wishes": ("needs", "languages", "free_times", "wish_sex", "note"),
}
HELPER = {
    "who": ("name", "kind", "sex", "birth_date", "id_number", "phone"),
    "place": ("village_id", "class_id"),
    "offers": ("places", "reach_km", "hours_a_week", "subjects", "languages", "free_times", "note"),
}
GUARDIAN = (
    "role", "name", "relation", "phone", "birth_year",
    "occupation", "workplace", "address", "health",
)  # fmt: skip
TRAINING = ("kind", "day", "hours", "until", "note")
FORMS = ("children", "helpers", "guardians", "trainings", "close")
PARTS = {"guardians": GUARDIAN, "trainings": TRAINING}
# What a form is headed when it adds, when it corrects, and the sentence below.
HEADED = {
    "children": ("add_children", "correct_of", "child_form_hint"),
    "helpers": ("add_helpers", "correct_of", "helper_form_hint"),
    "guardians": ("add_guardians", "correct_guardians", "guardians_hint"),
    "trainings": ("add_trainings", "correct_trainings", "trainings_hint"),
}
CLOSING = {"children": "close_children_hint", "helpers": "close_helpers_hint"}
OWNERS = {"guardians": "child_id", "trainings": "helper_id"}


def person(
    frames: Frames, table: str, row: Mapping[str, Any] | None = None, *, may: Collection[str]
) -> Form:
    """The form of a child or helper: a new one, or the row that is corrected.

    may: the columns the person may write; the others are left out.
    """
    sections = {
        name: found
        for name, columns in (CHILD if table == "children" else HELPER).items()
        if (found := [column for column in columns if column in may])
    }
    places = {
        "village_id": lambda: _villages(frames.read("villages")),
        "class_id": lambda: _classes(frames),
    }
    new, corrected, hint = HEADED[table]
    title = new if row is None else corrected
    return Form(
        table,
        table,
        [column for columns in sections.values() for column in columns],
        title,
        title_values={} if row is None else {"name": row["name"]},
        hint=hint if row is None else "",
        sections=sections,
        options={name: options for name, options in places.items() if name in may},
        row=row or {},
    )


def part(
    table: str,
    owner: Mapping[str, Any],
    row: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
    *,
    may: Collection[str],
) -> Form:
    """The form of an adult around a child, or of a helper's paper; ``may`` as for ``person``."""
    key = OWNERS[table]
    new, corrected, hint = HEADED[table]
    return Form(
        table,
        table,
        [column for column in PARTS[table] if column in may],
        new if row is None else corrected,
        title_values={"name": owner["name"]},
        hint=hint,
        fixed={key: owner[key]},
        row=row or {},
        values=dict(values or {}),
    )


def close(table: str, row: Mapping[str, Any], today: Any) -> Form:
    """The day from which a file is closed, and why."""
    key = tables.key(table)
    return Form(
        "close",
        table,
        ("closed_on", "closed_reason"),
        "close_file_of",
        save="close_file",
        title_values={"name": row["name"]},
        hint=CLOSING[table],
        required=("closed_on", "closed_reason"),
        row={key: row[key], "version": row["version"]},
        values={"closed_on": today},
    )


def field_form(table: str, item: str) -> tuple[str, str, str]:
    """Where a missing item of a card is filled in: table, part (a role, else empty), column.

    >>> field_form("children", "father_phone"), field_form("children", "village")
    (('guardians', 'father', 'phone'), ('children', '', 'village_id'))
    """
    rule = tables.sheet_columns(table).loc[item].to_dict()
    if rule["part"]:
        return str(rule["table"]), str(rule["part"]), str(rule["column"])
    home = {"villages": "village_id", "classes": "class_id", "schools": "class_id"}
    return table, "", home.get(str(rule["table"]), str(rule["column"]))


def _villages(villages: pd.DataFrame) -> Sequence[tuple[str, str, str]]:
    townships = villages["township"].fillna("")
    # A long list is found by typing its text: no two places may read alike.
    twice = villages["name"].duplicated(keep=False) | (len(villages) > 60)
    text = villages["name"].mask(twice & townships.ne(""), villages["name"] + " · " + townships)
    group = townships if townships.nunique() > 1 else townships.mask(townships.ne(""), "")
    return list(zip(villages["village_id"], text, group, strict=True))


def _classes(frames: Frames) -> Sequence[tuple[str, str, str]]:
    return [(key, name, "") for key, name in places(frames)["classes"].items()]
