"""Counts for who may see no row: children of each school in each tier, small cells suppressed.

A small count names a child to whoever knows the school. Counts of 1 to 4 are left out, and as much
beside them, in the same school and in the same tier, as it takes that no total gives them back:
never one cell alone, and never cells that hold fewer than five children together.

>>> counts = pd.DataFrame([[2, 9, 30], [7, 8, 40], [0, 6, 12]], index=["S001", "S002", "S003"])
>>> suppressed(counts).to_numpy(dtype=object).tolist()
[[<NA>, <NA>, 30], [<NA>, <NA>, 40], [0, 6, 12]]
"""

import numpy as np
import pandas as pd
import sqlalchemy as sa

from carekit import people
from carekit.store import schema
from carekit.store.sight import tier_of

__all__ = ["LEAST", "rollup", "suppressed"]

LEAST = 5  # children in a cell that may be told


def rollup(connection: sa.Connection, today: str) -> pd.DataFrame:
    """Children with an open file: school_id, school (name), tier, children (Int64).

    One row a school and tier, also where nobody is; ``children`` is empty where it is suppressed.
    Children without a school come as one school without a name.
    """
    child, one = schema.stored("children").c, schema.stored("classes").c
    school, tier = schema.stored("schools").c, tier_of()
    counted = connection.execute(
        sa.select(one.school_id, tier.label("tier"), sa.func.count().label("children"))
        .select_from(schema.stored("children"))
        .outerjoin(schema.stored("classes"), one.class_id == child.class_id)
        .where(child.removed == 0, sa.or_(child.closed_on.is_(None), child.closed_on > today))
        .group_by(one.school_id, "tier")
    ).all()
    known = connection.execute(
        sa.select(school.school_id, school.name)
        .where(school.removed == 0)
        .order_by(school.school_id)
    ).all()
    names = {str(row.school_id): str(row.name) for row in known}
    rows = [*names, *({""} if any(key is None for key, *_ in counted) else ())]
    tiers = sorted([*people.TIERS, people.LAST_TIER])
    table = pd.DataFrame(0, index=rows, columns=tiers)
    for key, number, count in counted:
        table.loc[key or "", number] = count
    told = (
        suppressed(table)
        .rename_axis("school_id")
        .melt(ignore_index=False, var_name="tier", value_name="children")
    )
    told = told.reset_index().sort_values(["school_id", "tier"], ignore_index=True)
    return pd.DataFrame(
        {
            "school_id": told["school_id"].astype("string"),
            "school": told["school_id"].map(names).astype("string"),
            "tier": told["tier"].astype("Int64"),
            "children": told["children"].astype("Int64"),
        }
    )


def suppressed(counts: pd.DataFrame) -> pd.DataFrame:
    """The counts (Int64) without small cells and without what would give them back.

    Of several cells that would do, one beside others that are hidden goes, then the smallest; where
    a whole school or tier is not enough, all of it goes.
    """
    values = counts.to_numpy()
    hidden = (values > 0) & (values < LEAST)
    while True:
        before = int(hidden.sum())
        for cells, gone in ((values, hidden), (values.T, hidden.T)):  # schools, then tiers
            for row, seen in zip(cells, gone, strict=True):  # ``seen`` is a view of ``hidden``
                if seen.any() and (seen.sum() < 2 or row[seen].sum() < LEAST):
                    beside = gone.sum(axis=0)
                    # A zero hides nothing: it goes only where nothing else is left.
                    left = [(row[n] == 0, beside[n] == 0, row[n], n) for n in np.flatnonzero(~seen)]
                    if left:
                        seen[min(left)[-1]] = True
        if int(hidden.sum()) == before:
            return counts.astype("Int64").mask(hidden)
