"""What the next days bring: birthdays, and papers that end."""

import pandas as pd

from carekit import dates
from carekit.people.readiness import CHECK_YEARS, TRAINING_HOURS

KINDS = ("records_check", "training", "commitment")


def birthdays(children: pd.DataFrame, on: dates.Day, days: int = 7) -> pd.DataFrame:
    """Whose birthday is on the day or within the ``days`` after it, soonest first.

    Takes the table children. Gives ``child_id``, ``birthday`` (date) and ``turns`` (age in years
    from that day on). A child born on 29 February has its birthday on 1 March of a common year,
    the day ``dates.age`` counts from. Closed files and empty birth dates are left out. Source: C1.

    >>> import pandas as pd
    >>> children = pd.DataFrame({"child_id": ["C00001", "C00002"], "closed_on": pd.NaT,
    ...                          "birth_date": pd.to_datetime(["2016-02-29", "2015-05-01"])})
    >>> birthdays(children, on="2026-02-27", days=7)
      child_id   birthday  turns
    0   C00001 2026-03-01     10
    """
    today = pd.Timestamp(dates.day(on))
    born = pd.to_datetime(children["birth_date"])
    here = born.notna() & ~pd.to_datetime(children["closed_on"]).le(today)
    known = children[here & born.lt(today)]
    born = born[known.index]
    # Months and days are added as days to the first of the year: 29 February runs over by itself.
    years = range(today.year, (today + pd.Timedelta(days=days)).year + 1)
    found = [
        pd.DataFrame({"child_id": known["child_id"], "birthday": _in(year, born), "born": born})
        for year in years
    ]
    all_ = pd.concat(found)
    soon = all_["birthday"].between(today, today + pd.Timedelta(days=days))
    all_ = all_[soon].sort_values(["birthday", "child_id"], ignore_index=True)
    turns = (all_["birthday"].dt.year - all_["born"].dt.year).astype("Int64")
    return all_[["child_id", "birthday"]].assign(turns=turns)


def _in(year: int, born: pd.Series) -> pd.Series:
    first = pd.to_datetime({"year": year, "month": born.dt.month, "day": 1})
    return first + pd.to_timedelta(born.dt.day - 1, unit="D")


def papers_until(trainings: pd.DataFrame, on: dates.Day) -> pd.DataFrame:
    """The first day on which each helper's papers no longer hold.

    Takes the table trainings. Gives ``helper_id``, ``kind`` (records_check, training,
    commitment) and ``until`` (empty: without end) for every paper that began by the day, in force
    or not. The latest of a kind counts; training holds while at least two hours of it are in
    force, and who never had two hours is not in it. Sources: P2, as ``readiness``.

    >>> import pandas as pd
    >>> trainings = pd.DataFrame({"helper_id": "H00001", "kind": ["records_check", "commitment"],
    ...     "day": pd.to_datetime(["2025-03-10", "2025-03-10"]), "hours": None, "until": pd.NaT})
    >>> papers_until(trainings, on="2026-03-02")
      helper_id           kind      until
    0    H00001     commitment        NaT
    1    H00001  records_check 2026-03-10
    """
    today = pd.Timestamp(dates.day(on))
    day = pd.to_datetime(trainings["day"])
    until = pd.to_datetime(trainings["until"]).astype("datetime64[us]")
    yearly = (day + pd.DateOffset(years=CHECK_YEARS)).astype("datetime64[us]")
    check = trainings["kind"].eq("records_check").fillna(False).astype(bool)
    until = until.mask(check & (until.isna() | until.gt(yearly)), yearly)
    held = trainings[["helper_id", "kind"]].assign(
        until=until, hours=pd.to_numeric(trainings["hours"]).astype("Float64").fillna(0.0)
    )
    held = held[day.le(today) & held["kind"].isin(KINDS)]
    # The longest first: without end before every day.
    held = held.sort_values(
        ["helper_id", "kind", "until"], ascending=[True, True, False], na_position="first"
    )
    summed = held.groupby(["helper_id", "kind"])["hours"].cumsum()
    held = held[held["kind"].ne("training") | summed.ge(TRAINING_HOURS)]
    last = held.drop_duplicates(["helper_id", "kind"])
    return last[["helper_id", "kind", "until"]].reset_index(drop=True)


def expiring(
    helpers: pd.DataFrame, trainings: pd.DataFrame, on: dates.Day, days: int = 30
) -> pd.DataFrame:
    """Which helpers' papers have ended, or end within the ``days`` after the day.

    Takes the tables helpers and trainings. Gives ``helper_id``, ``kind`` (records_check, training,
    commitment), ``until`` (the first day it no longer holds) and ``code``: ``paper_expired`` or
    ``paper_expires``; the earliest first. Helpers who left are left out, papers a helper never had
    are ``readiness``. Sources: P2, the Law on the Protection of Minors (art. 62).

    >>> import pandas as pd
    >>> helpers = pd.DataFrame({"helper_id": ["H00001"], "closed_on": pd.NaT})
    >>> trainings = pd.DataFrame({"helper_id": ["H00001"], "kind": ["records_check"],
    ...     "day": pd.to_datetime(["2025-03-10"]), "hours": None, "until": pd.NaT})
    >>> expiring(helpers, trainings, on="2026-03-02", days=30)
      helper_id           kind      until           code
    0    H00001  records_check 2026-03-10  paper_expires
    """
    today = pd.Timestamp(dates.day(on))
    left = pd.to_datetime(helpers["closed_on"]).le(today)
    papers = papers_until(trainings, on)
    papers = papers[papers["helper_id"].isin(helpers.loc[~left, "helper_id"])]
    papers = papers[papers["until"].le(today + pd.Timedelta(days=days))]
    papers = papers.sort_values(["until", "helper_id", "kind"], ignore_index=True)
    code = pd.Series("paper_expires", index=papers.index, dtype="string")
    return papers.assign(code=code.mask(papers["until"].le(today), "paper_expired"))
