"""Plans as rows of the table outing_people, and back: so a plan edited by hand is kept."""

import pandas as pd

from carekit import tables
from carekit.outings.candidates import GOING, NOT_GOING, candidates, is_open
from carekit.outings.outing import RULES, Outing, Plan, Rules

__all__ = ["from_people", "people_of"]

ADULTS = ["group", "vehicle", "helper_id", "helper", "phone", "children"]


def people_of(plan: Plan) -> pd.DataFrame:
    """A plan as rows of outing_people: everybody who goes, once.

    Gives outing_id, child_id, helper_id (of a child: the helper it goes with), role, group and
    vehicle; ``outing_person_id`` is empty. Source: O1.

    >>> going = pd.DataFrame({"group": [1], "vehicle": [1], "child_id": ["C00001"],
    ...                       "helper_id": ["H00001"]})
    >>> adults = pd.DataFrame({"group": [1], "vehicle": [1], "helper_id": ["H00001"]})
    >>> outing = Outing("Garden", on="2026-04-12", places=9, outing_id="O0001")
    >>> people_of(Plan(outing, going, adults, going[:0]))[["child_id", "helper_id", "role"]]
      child_id helper_id   role
    0   C00001    H00001  child
    1     <NA>    H00001  adult
    """
    placed = ["group", "vehicle", "helper_id"]
    rows = pd.concat(
        [
            plan.going[[*placed, "child_id"]].assign(role="child"),
            plan.adults[placed].assign(role="adult"),
        ],
        ignore_index=True,
    )
    return tables.typed("outing_people", rows.assign(outing_id=plan.outing.outing_id))


def from_people(
    outing: Outing,
    kept: pd.DataFrame,
    children: pd.DataFrame,
    offers: pd.DataFrame,
    pairings: pd.DataFrame,
    consents: pd.DataFrame,
    rules: Rules = RULES,
) -> Plan:
    """The plan that rows of outing_people hold, with the facts as registers know them now.

    Takes the rows of this outing (rows without a group do not go) and the frames of
    :func:`carekit.outings.plan`. Nobody who was planned disappears: a child whose file closed,
    whose family said no or who lost its helper still stands where it was put, and
    :func:`carekit.outings.check` says so. Open files that are not in the rows are ``not_going``,
    with the reason of the registers, else ``no_places`` or ``not_chosen``.

    >>> from carekit import tables
    >>> from carekit.outings import Outing
    >>> kept = tables.typed("outing_people", pd.DataFrame({"outing_id": "O0001", "group": [1, 1],
    ...     "vehicle": 1, "child_id": ["C00001", None], "helper_id": "H00001",
    ...     "role": ["child", "adult"]}))
    >>> children = pd.DataFrame({"child_id": ["C00001", "C00002"], "name": ["小明", "小红"],
    ...     "birth_date": pd.to_datetime("2015-05-01"), "closed_on": pd.NaT, "health": None,
    ...     "allergies": None, "tier": 1})
    >>> offers = pd.DataFrame({"helper_id": ["H00001"], "name": ["张老师"], "phone": None,
    ...     "birth_date": pd.to_datetime(["1990-01-01"]), "ready": True, "blocked_by": ""})
    >>> outing = Outing("Garden", on="2026-04-12", places=9, outing_id="O0001")
    >>> plan = from_people(outing, kept, children, offers, tables.empty("pairings"),
    ...                    tables.empty("consents"))
    >>> plan.going[["group", "child", "helper"]], plan.not_going[["child", "code"]]
    (   group child helper
    0      1    小明    张老师,   child       code
    0    小红  no_helper)
    """
    here = kept[kept["group"].notna()]
    planned = here[here["role"].eq("child")]
    named = children["child_id"].isin(planned["child_id"])
    open_now = is_open(children, outing)
    asked = children[open_now | named]
    known = candidates(outing, asked, offers, pairings, consents, rules)
    goes = known["child_id"].isin(planned["child_id"])
    facts = known[goes].drop(columns=["helper_id", "helper"])
    names = offers.drop_duplicates("helper_id").set_index("helper_id")
    going = planned[["child_id", "helper_id", "group", "vehicle"]].merge(facts, on="child_id")
    going["helper"] = going["helper_id"].map(names["name"]).fillna(going["helper_id"])
    adults = here.loc[here["role"].eq("adult"), ["group", "vehicle", "helper_id"]]
    adults = adults.assign(
        helper=adults["helper_id"].map(names["name"]).fillna(adults["helper_id"]),
        phone=adults["helper_id"].map(names["phone"]).astype("string"),
        children=0,
    )
    plan = Plan(outing, going[GOING], adults[ADULTS], known[~goes][NOT_GOING], kept=True)
    return settled(plan)


def settled(plan: Plan) -> Plan:
    """The same plan with everything that follows from who is where: order, counts, reasons."""
    going = plan.going.sort_values(["group", "helper_id", "child_id"], ignore_index=True)
    adults = plan.adults.sort_values(["group", "helper_id"], ignore_index=True)
    own = adults["helper_id"].map(going["helper_id"].value_counts()).fillna(0).astype("Int64")
    full = len(going) + len(adults) >= plan.outing.places
    not_going = plan.not_going.sort_values("child_id", ignore_index=True)
    silent = not_going["code"].isin(["", "no_places", "not_chosen"])
    code = not_going["code"].mask(silent, "no_places" if full else "not_chosen")
    return Plan(
        plan.outing,
        going,
        adults.assign(children=own),
        not_going.assign(code=code.astype("string")),
        plan.kept,
    )
