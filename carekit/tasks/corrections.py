"""Corrections by somebody who may change a part of a row only."""

import pandas as pd

from carekit import tables
from carekit.errors import BadInput
from carekit.store import Store
from carekit.tasks.cards import Saved

__all__ = ["correct"]


def correct(store: Store, table: str, row: pd.DataFrame, token: str | None = None) -> Saved:
    """Correct some columns of one row that is there; all others, and other tables, stay.

    ``row`` is a frame of one row with its key, the ``version`` the person saw and the columns that
    change. Nothing is derived from it: what follows from an adult's facts for the child (who looks
    after it, M7) is for whoever may see all of them (:func:`carekit.tasks.save_guardian`). Which
    columns are somebody's to change the store's policy says. Raises ``Stale`` (``stale``),
    ``NotAllowed``, ``BadInput`` (``person_unknown``: no key).

    >>> from carekit import tasks
    >>> with tasks.practice_store() as store:
    ...     child = store.read("children").iloc[[0]][["child_id", "version"]]
    ...     saved = correct(store, "children", child.assign(address="河东 3 组"))
    ...     saved.key, store.read("children").at[0, "address"]
    ('C00001', '河东 3 组')
    """
    key = tables.key(table)
    if key not in row or "version" not in row or row[[key, "version"]].isna().any(axis=None):
        raise BadInput("person_unknown", person="")
    one = str(row[key].iloc[0])
    return Saved(one, store.change(lambda read: {table: row}, kind=f"save_{table}", token=token))
