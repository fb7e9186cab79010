"""Units: a helper with the helper's own children who may go."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from carekit import dates
from carekit.outings.outing import Rules

__all__ = ["Unit", "in_order", "with_helper"]


@dataclass(frozen=True)
class Unit:
    """A helper and the own children who go along; ``adults_needed`` is a sum of 1 / ratio."""

    helper_id: str
    child_ids: tuple[str, ...]
    first: tuple[int, str]
    adults_needed: Fraction

    @property
    def people(self) -> int:
        return 1 + len(self.child_ids)

    @property
    def spare(self) -> Fraction:
        """How much of an adult the unit leaves for others; negative when it needs another."""
        return 1 - self.adults_needed


def with_helper(
    children: pd.DataFrame, offers: pd.DataFrame, pairings: pd.DataFrame, on: dt.date, rules: Rules
) -> pd.DataFrame:
    """The children with the helper each would go with, and what stands against that helper.

    Of several helpers on the day (since <= day < until, any scheme) one who may go comes first,
    then the volunteer scheme, then the id. Adds helper_id, helper, phone, blocked_by and
    ``helper_code``: empty, ``no_helper``, ``helper_not_ready``, ``helper_under_18`` or
    ``helper_age_unknown``.
    """
    day = pd.Timestamp(on)
    begun = pd.to_datetime(pairings["since"]).le(day)
    active = pairings[begun & ~pd.to_datetime(pairings["until"]).le(day)]
    active = active[active["child_id"].isin(children["child_id"])]
    helpers = offers[["helper_id", "name", "phone", "ready", "blocked_by", "birth_date"]]
    helpers = helpers.rename(columns={"name": "helper"})
    helpers = helpers.assign(helper_age=dates.age(helpers["birth_date"], on=on))
    found = active[["child_id", "helper_id", "scheme"]].merge(helpers, on="helper_id", how="left")
    ready = found["ready"].astype("boolean").fillna(False)
    found["helper_code"] = _code(ready, found["helper_age"].astype("Int64"), rules)
    found = found.assign(
        may_not=found["helper_code"].ne(""), other=found["scheme"].ne("volunteer").fillna(True)
    ).sort_values(["may_not", "other", "helper_id"])
    first = found.drop_duplicates("child_id")
    columns = ["child_id", "helper_id", "helper", "phone", "blocked_by", "helper_code"]
    out = children.drop(columns=[*columns[1:]], errors="ignore")
    out = out.merge(first[columns], on="child_id", how="left")
    return out.assign(helper_code=out["helper_code"].fillna("no_helper"))


def _code(ready: pd.Series, age: pd.Series, rules: Rules) -> pd.Series:
    code = pd.Series("", index=ready.index, dtype="string")
    code = code.mask(age.lt(rules.adult_age).fillna(False), "helper_under_18")
    code = code.mask(age.isna(), "helper_age_unknown")
    return code.mask(~ready, "helper_not_ready")


def in_order(able: pd.DataFrame, rules: Rules) -> list[Unit]:
    """The units of the children who may go, the most urgent child first (M7).

    Takes child_id, tier, age (Int64, empty when unknown) and helper_id; units are ordered by
    their best child: tier, then id.
    """
    units = []
    for helper_id, own in able.sort_values(["tier", "child_id"]).groupby("helper_id"):
        ages = [None if pd.isna(age) else int(age) for age in own["age"]]
        needed = sum((Fraction(1, rules.children_per_adult(age)) for age in ages), Fraction(0))
        first = (int(own["tier"].iloc[0]), str(own["child_id"].iloc[0]))
        units.append(Unit(str(helper_id), tuple(own["child_id"]), first, needed))
    return sorted(units, key=lambda unit: unit.first)
