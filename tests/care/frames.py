"""Small tables of care."""

import pandas as pd

from carekit import tables

DAY = "2026-03-02"


def table(name, *rows):
    return tables.typed(name, pd.DataFrame([*rows])) if rows else tables.empty(name)


def helpers(**hours):
    rows = [{"helper_id": one, "name": one, "hours_a_week": h} for one, h in hours.items()]
    return table("helpers", *rows)


def children(*ids, **closed):
    return table("children", *({"child_id": c, "closed_on": closed.get(c)} for c in ids))


def pairing(child, helper, since="2026-01-05", until=None, **more):
    row = {"child_id": child, "helper_id": helper, "since": since, "until": until}
    return {"pairing_id": f"P-{child}-{helper}-{since}", "scheme": "volunteer"} | row | more


def contact(child, helper, day=DAY, **more):
    row = {"contact_id": f"L-{child}-{day}", "child_id": child, "helper_id": helper, "day": day}
    return row | {"kind": "talk"} | more


def pairings(*rows):
    return table("pairings", *rows)


def contacts(*rows):
    return table("contacts", *rows)
