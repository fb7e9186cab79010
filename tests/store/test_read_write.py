"""What goes in comes out, and nothing else changes."""

import math

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from carekit import tables
from carekit.errors import BadInput, Stale
from carekit.store import Store, open_store

from .conftest import children, helpers

ODD_TEXTS = [
    "李娜",
    "㐀𠮷䶮",
    '=HYPERLINK("http://x")',
    "<img src=x onerror=alert(1)>",
    "'; drop table children; --",
    " leading and trailing ",
    "two\nlines\tand a tab",
    "NA",
    "null",
    "123456789012345678",
]


def same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    assert_frame_equal(left.reset_index(drop=True), right.reset_index(drop=True))


def test_every_table_starts_empty_with_its_dtypes(store: Store) -> None:
    for name in tables.tables().index.difference(["users", "settings"]):
        read, expected = store.read(name), tables.empty(name)
        assert read.empty
        assert list(read.columns) == [*expected.columns, "version"]
        assert read.drop(columns="version").dtypes.equals(expected.dtypes)
        assert str(read["version"].dtype) == "Int64"


def test_round_trip_of_every_kind(store: Store) -> None:
    village = pd.DataFrame(
        {"name": ODD_TEXTS, "longitude": [115.123456789] * 10, "latitude": [-0.1] * 10}
    )
    full = pd.DataFrame(
        {
            "child_id": ["C00001", "C00002", "C00003"],
            "name": ["李娜", "=HYPERLINK(1)", "NA"],
            "birth_date": ["2015-03-02", None, "1999-12-31"],
            "boarding": [True, False, None],
            "languages": ["hakka;mandarin", None, "gan"],
            "sex": ["female", "male", None],
            "id_number": ["999999201503020012", None, None],
            "note": [" x ", None, "y"],
        }
    )
    hours = pd.DataFrame(
        {
            "helper_id": ["H00001"] * 3,
            "kind": ["training"] * 3,
            "day": ["2026-01-05"] * 3,
            "hours": [2.5, math.nan, 0.1],
        }
    )
    places = helpers(1).assign(helper_id="H00001", places=[2])
    store.write({"trainings": hours, "children": full, "helpers": places, "villages": village})
    assert store.read("villages")["name"].tolist() == ODD_TEXTS
    assert store.read("villages")["longitude"].tolist() == [115.123456789] * 10
    same(store.read("children").drop(columns="version"), tables.typed("children", full))
    assert store.read("trainings")["hours"].isna().tolist() == [False, True, False]
    assert store.read("trainings")["hours"].dropna().tolist() == [2.5, 0.1]
    assert store.read("helpers")["places"].tolist() == [2]


def test_what_is_read_can_be_written_back_without_a_new_version(store: Store) -> None:
    store.write("children", children(3, boarding=[True, None, False], birth_date="2015-03-02"))
    before = store.read("children")
    store.write("children", before)
    same(store.read("children"), before)
    assert store.steps()["rows"].tolist() == [2, 3, 0]


def test_reopened_store_holds_the_same(store: Store) -> None:
    store.write("children", children(5, birth_date="2015-03-02"))
    before = store.read("children")
    store.close()
    with open_store(store.path) as again:
        same(again.read("children"), before)
        assert again.actor == "li.na"


def test_empty_keys_get_the_next_ids_in_order(store: Store) -> None:
    store.write("children", children(2))
    store.write("children", children(1).assign(child_id="C00007"))
    mixed = children(2).assign(child_id=[None, "C00020"])
    store.write("children", mixed)
    ids = store.read("children")["child_id"].tolist()
    assert ids == ["C00001", "C00002", "C00007", "C00020", "C00021"]


def test_next_ids_are_those_given_next(store: Store) -> None:
    assert store.next_ids()["children"] == "C00001"
    store.undo(store.write("children", children(2)))
    free = store.next_ids()
    assert free["children"] == "C00003" and "users" not in free
    seen = []

    def build(read):
        seen.append(store.next_ids()["children"])
        return {"children": children(1)}

    store.change(build, kind="import")
    assert store.read("children")["child_id"].tolist() == seen == ["C00003"]


def test_ids_longer_than_their_width_stay_in_order(store: Store) -> None:
    store.write("classes", pd.DataFrame({"class_id": ["K9999"], "name": ["1"]}))
    store.write("classes", pd.DataFrame({"name": ["2"]}))
    assert store.read("classes")["class_id"].tolist() == ["K9999", "K10000"]


def test_an_update_keeps_columns_it_does_not_have(store: Store) -> None:
    store.write("children", children(1, note="careful", birth_date="2015-03-02"))
    store.write("children", store.read("children")[["child_id", "version"]].assign(name="New"))
    row = store.read("children").iloc[0]
    assert (row["name"], row["note"], row["version"]) == ("New", "careful", 2)
    assert row["birth_date"] == pd.Timestamp("2015-03-02")


def test_an_update_can_empty_a_cell(store: Store) -> None:
    store.write("children", children(1, note="careful"))
    store.write("children", store.read("children").assign(note=pd.NA))
    assert store.read("children")["note"].isna().all()


@pytest.mark.parametrize("version", [1, 3, None])
def test_a_version_that_is_not_the_stored_one_is_stale(store: Store, version: int | None) -> None:
    store.write("children", children(3))
    first = store.read("children")
    store.write("children", first.assign(note="mine"))
    kept = store.read("children")
    late = first.assign(note="theirs", version=version)
    with pytest.raises(Stale) as refused:
        store.write("children", late)
    assert refused.value.code == "stale"
    assert refused.value.values == {"table": "children", "count": 3}
    same(store.read("children"), kept)


def test_an_equal_row_of_an_older_version_is_stale_too(store: Store) -> None:
    """Two people who each add one to the same five must not both be told it was saved."""
    store.write("children", children(1, note="5"))
    both = store.read("children").assign(note="6")
    store.write("children", both)
    with pytest.raises(Stale):
        store.write("children", both)
    store.write("children", both.drop(columns="version"))  # says nothing about a version
    assert store.read("children")["version"].tolist() == [2]


def test_one_stale_table_stops_all(store: Store) -> None:
    store.write({"children": children(1), "helpers": helpers(1)})
    stale = store.read("helpers").assign(version=9, note="x")
    with pytest.raises(Stale):
        store.write({"children": children(4), "helpers": stale})
    assert len(store.read("children")) == 1
    assert len(store.steps()) == 2


def test_token_writes_once(store: Store) -> None:
    step = store.write("children", children(2), token="t1")
    assert store.write("children", children(2), token="t1") == step
    assert store.write("children", children(2), token="t2") != step
    assert len(store.read("children")) == 4


def test_change_does_not_build_again_for_a_known_token(store: Store) -> None:
    built = []

    def build(read):
        built.append(len(read("children")))
        return {"children": children(1)}

    first = store.change(build, kind="import", token="t")
    assert store.change(build, kind="import", token="t") == first
    assert built == [0]
    assert store.steps().iloc[-1]["kind"] == "import"


def test_an_error_in_build_leaves_nothing(store: Store) -> None:
    def build(read):
        raise ValueError

    with pytest.raises(ValueError):
        store.change(build, kind="import", token="t")
    assert len(store.steps()) == 1
    assert store.write("children", children(1), token="t") == "S000002"


@pytest.mark.parametrize(
    ("table", "frame", "code"),
    [
        ("children", {"name": ["x"], "nota": ["y"]}, "columns_unknown"),
        ("children", {"name": ["x"], "birth_date": ["soon"]}, "column_wrong"),
        ("classes", {"name": ["x"], "pupils": ["many"]}, "column_wrong"),
        ("classes", {"name": ["x"], "pupils": [-1]}, "rows_refused"),
        ("children", {"name": [None]}, "rows_refused"),
        ("children", {"name": [""]}, "rows_refused"),
        ("children", {"name": ["x"], "sex": ["f"]}, "rows_refused"),
        ("children", {"name": ["x", "y"], "child_id": ["C1", "C1"]}, "key_twice"),
        ("settings", {"setting_id": [None], "value": ["x"]}, "key_missing"),
        ("guardians", {"child_id": ["C00099"], "role": ["father"]}, "reference_unknown"),
        ("persons", {"name": ["x"]}, "table_unknown"),
        ("steps", {"step_id": ["x"]}, "table_unknown"),
        ("children", {"name": ["\ud800"]}, "text_broken"),
    ],
)
def test_bad_frames_are_refused_whole(store: Store, table: str, frame: dict, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        store.write({"villages": pd.DataFrame({"name": ["Ford"]}), table: pd.DataFrame(frame)})
    assert refused.value.code == code
    assert store.read("villages").empty
    assert len(store.steps()) == 1


def test_refused_rows_are_named_without_their_values(store: Store) -> None:
    bad = children(3, note="a secret").assign(sex=["female", "canary", "canary"])
    with pytest.raises(BadInput) as refused:
        store.write("children", bad)
    values = refused.value.values
    assert (values["table"], values["count"]) == ("children", 2)
    assert values["faults"] == [
        {"row": "C00002", "column": "sex", "reason": "choice_unknown"},
        {"row": "C00003", "column": "sex", "reason": "choice_unknown"},
    ]
    assert (
        "canary" not in str(values) and "Child" not in str(values) and "secret" not in str(values)
    )


def test_settings_today_and_steps(store: Store) -> None:
    assert store.today().isoformat() == "2026-03-02"
    assert store.setting("practice_day") == "2026-03-02"
    assert store.setting("nothing") is None
    store.write("settings", store.read("settings").assign(value="2026-04-12"))
    assert store.today().isoformat() == "2026-04-12"
    steps = store.steps()
    assert steps["user_id"].eq("li.na").all()
    assert str(steps["done_at"].dt.tz) == "UTC" and steps["undone_by"].isna().all()


def test_bulk_rows_are_quick(store: Store) -> None:
    """12,000 children in and out; the bound is generous, the work takes about a second.

    The work of this process counts, not how busy the machine is.
    """
    import time

    started = time.process_time()
    store.write("children", children(12_000, birth_date="2015-03-02", boarding=True))
    assert len(store.read("children")) == 12_000
    assert time.process_time() - started < 10
