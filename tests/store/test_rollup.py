"""Roll-ups: no count that names a child, and none that can be worked out from the others."""

import numpy as np
import pandas as pd
import pytest

from carekit import people, tasks
from carekit.store.rollup import LEAST, suppressed


def test_the_practice_school_is_counted_by_tier() -> None:
    with tasks.practice_store() as store:
        told = store.rollup()
        known = people.priority(store.read("children"))["tier"].value_counts()
        assert told.set_index("tier")["children"].to_dict() == known.to_dict()
        children = store.read("children")
        closed = children.iloc[:3].assign(closed_on=pd.Timestamp("2026-03-02"))
        store.write("children", closed)
        assert store.rollup()["children"].sum() == 119


@pytest.mark.parametrize("seed", range(30))
def test_nothing_small_is_told_or_worked_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = pd.DataFrame(rng.integers(0, 12, (rng.integers(1, 8), 3)))
    told = suppressed(counts)
    kept = told.notna().to_numpy()
    values = counts.to_numpy()
    assert not ((values > 0) & (values < LEAST) & kept).any()
    assert (told.to_numpy()[kept] == values[kept]).all()
    for cells, seen in ((values, kept), (values.T, kept.T)):
        for row, shown in zip(cells, seen, strict=True):
            hidden = row[~shown]
            # alone, or fewer than five together, only where nothing else is left to hide
            assert shown.all() or not shown.any() or (len(hidden) > 1 and hidden.sum() >= LEAST)


def test_large_counts_stay() -> None:
    counts = pd.DataFrame([[12, 38, 72], [0, 6, 9]])
    assert suppressed(counts).to_numpy().tolist() == counts.to_numpy().tolist()
