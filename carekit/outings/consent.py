"""Where the consent of each child for one outing stands."""

import pandas as pd

from carekit.outings.outing import Outing

__all__ = ["standing"]

NO = ("refused", "withdrawn")


def standing(children: pd.Series, consents: pd.DataFrame, outing: Outing) -> pd.Series:
    """The consent that counts for each child: given, pending, refused or withdrawn.

    Takes the child ids and the table consents. The latest answer for this outing counts, by day,
    then id; no answer, or a yes that ends on or before the day, is ``pending``. A no without an
    outing is a no to all of them, a yes must name the outing. A no without a day counts as the
    latest: nobody knows that it was taken back.

    >>> consents = pd.DataFrame({"consent_id": ["N1", "N2"], "child_id": "C00001",
    ...     "purpose": "outing", "outing_id": "O0001", "state": ["given", "withdrawn"],
    ...     "day": pd.to_datetime(["2026-03-01", "2026-03-20"]), "until": pd.NaT})
    >>> outing = Outing("Old city", on="2026-04-12", places=20, outing_id="O0001")
    >>> standing(pd.Series(["C00001", "C00002"]), consents, outing).tolist()
    ['withdrawn', 'pending']
    """
    no = consents["state"].isin(NO)
    named = consents["outing_id"].eq(outing.outing_id or "").fillna(False).astype(bool)
    about = consents["purpose"].eq("outing").fillna(False).astype(bool)
    answers = consents[about & (named | (no & consents["outing_id"].isna()))]
    days = pd.to_datetime(answers["day"])
    undated_no = days.isna() & answers["state"].isin(NO)
    ordered = answers.assign(undated_no=undated_no, day=days).sort_values(
        ["undated_no", "day", "consent_id"], na_position="first"
    )
    last = ordered.drop_duplicates("child_id", keep="last").set_index("child_id")
    ended = pd.to_datetime(last["until"]).le(pd.Timestamp(outing.on))
    state = last["state"].mask(last["state"].eq("given") & ended, "pending")
    return children.map(state).astype("string").fillna("pending")
