"""Adults who could still come along."""

import pandas as pd

from carekit import dates
from carekit.outings.outing import RULES, Plan, Rules

__all__ = ["spare_adults"]


def spare_adults(plan: Plan, offers: pd.DataFrame, rules: Rules = RULES) -> pd.DataFrame:
    """Ready adults who are not going yet, by name: whom to ask when a group lacks one (O1).

    Takes a plan and ``offers`` as :func:`carekit.outings.plan` does. Gives helper_id, name, phone.

    >>> from carekit.outings import Outing
    >>> nobody = pd.DataFrame(columns=["helper_id"])
    >>> offers = pd.DataFrame({"helper_id": ["H1", "H2"], "name": ["李", "王"], "phone": None,
    ...     "ready": [True, False], "birth_date": pd.to_datetime("1990-01-01")})
    >>> plan = Plan(Outing("Garden", on="2026-04-12", places=9), nobody, nobody, nobody)
    >>> spare_adults(plan, offers)["name"].tolist()
    ['李']
    """
    ready = offers["ready"].astype("boolean").fillna(False)
    grown_up = dates.age(offers["birth_date"], on=plan.outing.on).ge(rules.adult_age)
    free = ~offers["helper_id"].isin(plan.adults["helper_id"])
    found = offers.loc[ready & grown_up.fillna(False) & free, ["helper_id", "name", "phone"]]
    return found.sort_values(["name", "helper_id"], ignore_index=True)
