"""Every child an outing could be for, with the facts of the day and what stands against it."""

import pandas as pd

from carekit import dates, people
from carekit.outings.consent import standing
from carekit.outings.outing import Outing, Rules
from carekit.outings.units import with_helper

__all__ = ["GOING", "NOT_GOING", "candidates", "is_open"]

FACTS = ["child_id", "child", "tier", "age", "age_unknown", "helper_id", "helper"]
FACTS += ["consent", "health", "allergies"]
GOING = ["group", "vehicle", *FACTS]
NOT_GOING = [*FACTS, "code", "blocked_by", "phone"]


def is_open(children: pd.DataFrame, outing: Outing) -> pd.Series:
    """Whose file is open on the day."""
    return ~pd.to_datetime(children["closed_on"]).le(pd.Timestamp(outing.on))


def candidates(
    outing: Outing,
    children: pd.DataFrame,
    offers: pd.DataFrame,
    pairings: pd.DataFrame,
    consents: pd.DataFrame,
    rules: Rules,
) -> pd.DataFrame:
    """These children by id, with tier and age on the day, helper, consent.

    Columns: those of ``NOT_GOING``; ``code`` is why the child cannot go at all, empty when it can.
    The family's word comes before the helper's papers.
    """
    found = children.rename(columns={"name": "child"}).sort_values("child_id")
    if "tier" not in found:
        found = people.priority(found)
    age = dates.age(found["birth_date"], on=outing.on)
    age = age.mask(age.lt(0).fillna(False))  # born after the outing: a slip, so unknown
    found = found.assign(tier=found["tier"].astype("Int64"), age=age, age_unknown=age.isna())
    found = with_helper(found.reset_index(drop=True), offers, pairings, outing.on, rules)
    consent = standing(found["child_id"], consents, outing)
    no = consent.isin(["refused", "withdrawn"])
    code = found["helper_code"].mask(no, "consent_" + consent).astype("string")
    heed = {name: people.ailments(found[name]) for name in ("health", "allergies") if name in found}
    return found.assign(consent=consent, code=code, **heed).reindex(columns=NOT_GOING)
