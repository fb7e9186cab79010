"""Dated papers out of a helper's row: records check, training, commitment letter, talk."""

import pandas as pd

from carekit import tables

KINDS = ("records_check", "training", "commitment", "coordinator_talk")


def training_rows(said: pd.DataFrame, helper_ids: pd.Series) -> pd.DataFrame:
    """Rows for ``trainings``: one for each day given; hours belong to the training."""
    out = []
    for kind in KINDS:
        rows = pd.DataFrame({"helper_id": helper_ids, "kind": kind, "day": said[f"{kind}_day"]})
        if kind == "training":
            rows["hours"] = said["training_hours"]
        out.append(rows.dropna(subset=["day"]))
    both = pd.concat(out)
    return tables.typed("trainings", both.sort_index(kind="stable"))


def hours_without_day(said: pd.DataFrame) -> pd.Series:
    """Rows with hours of a training that has no day: nothing to write them to."""
    return said["training_hours"].notna() & said["training_day"].isna()
