"""Who answers for a child at school: the class teacher, and one more by the branch's manner."""

import pandas as pd
import pytest

from carekit import pairing, tables, tasks
from carekit.errors import BadInput

from .frames import DAY

CHILDREN = [
    {"child_id": "C00002", "class_id": "K0002"},
    {"child_id": "C00001", "class_id": "K0001"},
    {"child_id": "C00003", "class_id": None},
    {"child_id": "C00004", "class_id": "K0001", "closed_on": DAY},
]
HELPERS = [
    {"helper_id": "H00003", "name": "Wu", "kind": "teacher", "class_id": "K0001"},
    {"helper_id": "H00001", "name": "Li", "kind": "teacher", "class_id": "K0001"},
    {"helper_id": "H00002", "name": "He", "kind": "peer", "class_id": "K0002"},
    {"helper_id": "H00004", "name": "Xu", "kind": "teacher"},
    {"helper_id": "H00005", "name": "Hu", "kind": "teacher", "class_id": "K0002", "closed_on": DAY},
]
GUARDIANS = [
    {"guardian_id": "G00001", "child_id": "C00001", "role": "mother", "name": "Mother"},
    {"guardian_id": "G00002", "child_id": "C00001", "role": "second", "name": "Uncle"},
    {"guardian_id": "G00003", "child_id": "C00001", "role": "guardian", "name": "Grandmother"},
    {"guardian_id": "G00004", "child_id": "C00003", "role": "second", "name": "Aunt"},
]


def paired(number: int, child: str, helper: str, scheme: str = "teacher", until: str | None = None):
    return {
        "pairing_id": f"P{number:06d}",
        "scheme": scheme,
        "child_id": child,
        "helper_id": helper,
        "since": "2025-09-01",
        "until": until,
    }


def asked(*pairings: dict, manner: str = "guardian") -> pd.DataFrame:
    frames = {
        "children": CHILDREN,
        "helpers": HELPERS,
        "guardians": GUARDIANS,
        "classes": [{"class_id": "K0001"}, {"class_id": "K0002"}],
        "pairings": list(pairings),
    }
    typed = {name: tables.typed(name, pd.DataFrame(rows)) for name, rows in frames.items()}
    return pairing.answering(**typed, on=DAY, manner=manner).set_index("child_id")


def test_every_open_file_has_one_row_in_order() -> None:
    assert asked().index.tolist() == ["C00001", "C00002", "C00003"]


def test_the_class_teacher_is_the_teacher_of_the_class() -> None:
    found = asked()
    assert found["class_teacher_name"].fillna("").tolist() == ["Li", "", ""]
    missing = found["missing"].str.split(";").map(lambda codes: codes[0]).tolist()
    assert missing == ["", "class_teacher_missing", "class_unknown"]


def test_the_guardian_stands_beside_and_else_the_second_guardian() -> None:
    found = asked()
    assert found["second_name"].fillna("").tolist() == ["Grandmother", "", "Aunt"]
    assert found["second_kind"].fillna("").tolist() == ["guardian", "", "guardian"]
    assert found["missing"].str.contains("guardian_missing").tolist() == [False, True, False]


def test_or_the_acting_parent_of_the_day() -> None:
    pairs = [
        paired(1, "C00001", "H00004"),
        paired(2, "C00002", "H00004", until=DAY),
        paired(3, "C00003", "H00001", scheme="volunteer"),
    ]
    found = asked(*pairs, manner="acting_parent")
    assert found["second_name"].fillna("").tolist() == ["Xu", "", "Aunt"]
    assert found["second_kind"].fillna("").tolist() == ["acting_parent", "", "guardian"]
    assert found["missing"].str.contains("acting_parent_missing").tolist() == [False, True, True]


def test_the_acting_parent_steps_in_for_a_guardian_nobody_knows() -> None:
    found = asked(paired(1, "C00002", "H00004")).loc["C00002"]
    assert (found["second_kind"], found["second_id"]) == ("acting_parent", "H00004")
    assert found["missing"] == "class_teacher_missing;guardian_missing"


def test_a_teacher_who_left_answers_for_nobody() -> None:
    found = asked(paired(1, "C00002", "H00005"), manner="acting_parent").loc["C00002"]
    assert pd.isna(found["second_id"])


def test_another_manner_is_refused() -> None:
    with pytest.raises(BadInput, match="manner_unknown"):
        asked(manner="father")


def test_at_the_practice_school_every_child_has_a_class_teacher() -> None:
    with tasks.practice_store() as store:
        names = ("children", "helpers", "guardians", "classes", "pairings")
        found = pairing.answering(*(store.read(name) for name in names), on=store.today())
        alone = store.read("children").query("supervised != 'yes'")["child_id"]
    assert len(found) == 122 and found["class_teacher_id"].notna().all()
    assert set(found.loc[found["second_id"].isna(), "child_id"]) == set(alone)
