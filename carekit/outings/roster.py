"""The list an outing is led with: each child once, with its helper and a phone at home."""

import pandas as pd

from carekit.outings.outing import Plan

__all__ = ["roster"]

# Who is called first: whoever looks after the child at home, parents far away last.
CALL_ORDER = ("guardian", "second", "emergency", "mother", "father")

COLUMNS = ["vehicle", "group", "child_id", "child", "age", "helper_id", "helper", "helper_phone"]
COLUMNS += ["guardian", "guardian_phone", "guardian_role", "health", "allergies", "consent"]
COLUMNS += ["signature"]


def roster(plan: Plan, guardians: pd.DataFrame) -> pd.DataFrame:
    """One row a child who goes, sorted by vehicle, group, helper, child id (O1, E1).

    Takes a plan and the table guardians. The guardian to call is the first with a phone in the
    order guardian, second guardian, emergency contact, mother, father; when nobody has a phone
    the first of them, without one. Gives vehicle, group, child_id, child, age, helper_id, helper,
    helper_phone, guardian, guardian_phone, guardian_role, health, allergies, consent and an
    empty signature.

    >>> from carekit.outings.outing import Outing
    >>> going = pd.DataFrame({"group": [1], "vehicle": [1], "child_id": ["C00001"],
    ...     "child": ["小明"], "age": [10], "helper_id": ["H00001"], "helper": ["张老师"],
    ...     "health": [None], "allergies": ["花生"], "consent": ["given"]})
    >>> adults = pd.DataFrame({"helper_id": ["H00001"], "phone": ["10000000001"]})
    >>> guardians = pd.DataFrame({"guardian_id": ["G00001", "G00002"], "child_id": "C00001",
    ...     "role": ["mother", "guardian"], "name": ["陈妈妈", "陈奶奶"],
    ...     "phone": ["10000000002", "10000000003"]})
    >>> plan = Plan(Outing("Garden", on="2026-04-12", places=9), going, adults, going[:0])
    >>> roster(plan, guardians)[["child", "helper_phone", "guardian", "guardian_phone"]]
      child helper_phone guardian guardian_phone
    0    小明  10000000001      陈奶奶    10000000003
    """
    called = guardians.assign(
        order=guardians["role"].map({role: i for i, role in enumerate(CALL_ORDER)}),
        silent=guardians["phone"].isna(),
    )
    called = called[called["order"].notna()].sort_values(["silent", "order", "guardian_id"])
    first = called.drop_duplicates("child_id").rename(
        columns={"name": "guardian", "phone": "guardian_phone", "role": "guardian_role"}
    )
    phones = plan.adults.drop_duplicates("helper_id").set_index("helper_id")["phone"]
    rows = plan.going.merge(
        first[["child_id", "guardian", "guardian_phone", "guardian_role"]],
        on="child_id",
        how="left",
    )
    rows = rows.assign(
        helper_phone=rows["helper_id"].map(phones).astype("string"),
        signature=pd.Series(pd.NA, index=rows.index, dtype="string"),
    )
    order = ["vehicle", "group", "helper_id", "child_id"]
    return rows.sort_values(order, ignore_index=True)[COLUMNS]
