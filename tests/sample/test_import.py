"""Importing the two files of data/ gives the sample again: nothing refused, nothing lost."""

from pathlib import Path

import pandas as pd
import pytest

from carekit import people, sample, tables

DATA = Path(__file__).parents[2] / "data"
TODAY = "2026-03-02"


@pytest.fixture(scope="module")
def school():
    return sample.school()


@pytest.fixture(scope="module")
def imported():
    stored = {}
    for sheet in ("children", "helpers"):
        import_ = people.register(
            people.read_sheet(DATA / f"{sheet}.xlsx", sheet), stored, on=TODAY
        )
        assert import_.unrecognised == ()
        assert [len(import_.refused), len(import_.known), len(import_.perhaps_known)] == [0, 0, 0]
        for table, frame in import_.frames.items():
            stored[table] = pd.concat([stored.get(table, tables.empty(table)), frame])
    return stored


@pytest.mark.parametrize("table", ["children", "helpers"])
def test_the_same_people_come_in(school, imported, table):
    own = [c for c in tables.columns(table).index if not c.endswith("_id")]
    there, here = (
        frames[table].sort_values("name", ignore_index=True)[own] for frames in (school, imported)
    )
    pd.testing.assert_frame_equal(there, here)


@pytest.mark.parametrize(("table", "column"), [("guardians", "role"), ("trainings", "kind")])
def test_the_same_adults_and_papers_come_in(school, imported, table, column):
    there, here = (frames[table][column].value_counts().to_dict() for frames in (school, imported))
    assert here == there


def test_the_import_finds_the_same_brothers_and_sisters(school, imported):
    there, here = (
        sorted(frames["children"].groupby("household_id")["name"].agg(sorted))
        for frames in (school, imported)
    )
    assert here == there


@pytest.mark.parametrize("sheet", ["children", "helpers"])
def test_the_demo_knows_everyone_in_the_files(school, sheet):
    import_ = people.register(people.read_sheet(DATA / f"{sheet}.xlsx", sheet), school, on=TODAY)
    assert (import_.rows, len(import_.known)) == (0, len(school[sheet]))
    assert import_.differs.empty
