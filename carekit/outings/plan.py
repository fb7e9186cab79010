"""Who goes on an outing, in which group and in which vehicle."""

from collections.abc import Sequence

import pandas as pd

from carekit.errors import CareError
from carekit.outings.candidates import GOING, NOT_GOING, candidates, is_open
from carekit.outings.check import check
from carekit.outings.outing import RULES, Outing, Plan, Rules
from carekit.outings.units import Unit, in_order
from carekit.outings.vehicles import room

__all__ = ["plan"]


def plan(
    outing: Outing,
    children: pd.DataFrame,
    offers: pd.DataFrame,
    pairings: pd.DataFrame,
    consents: pd.DataFrame,
    rules: Rules = RULES,
) -> Plan:
    """Choose who goes, by tier, then id, as units of a helper with the own children (O1, M7).

    Takes the tables children, pairings and consents, and ``offers``: helpers with ``ready`` and
    ``blocked_by`` as :func:`carekit.people.readiness` gives them for the outing's day. ``tier``
    is computed when children lack it.

    1. A child goes with its own helper of the day, who is ready and an adult, unless consent is
       refused or withdrawn; pending consent goes, marked.
    2. Units are taken in the order of their best child (tier, id) while places last; one that no
       longer fits is passed over. A unit that leaves too few adults (the last taken of those who
       need more than one, or the largest when there is no second adult) stays at home and the
       places are filled again.
       This is done for one vehicle after the other, with its seats; as few vehicles as hold
       everybody are filled evenly.
    3. Groups are filled in the same order, each within one vehicle, and closed as soon as they
       have enough adults for the ages of their children; a rest that lacks adults joins the last
       groups. So every vehicle too has two adults and more.

    Gives a Plan: ``going`` (group, vehicle, child_id, child, tier, age, age_unknown, helper_id,
    helper, consent, health, allergies), ``adults`` (group, vehicle, helper_id, helper, phone,
    children) and ``not_going`` (what is known of the child as in ``going``, code, blocked_by,
    phone of the helper). Going and not going together are exactly the children whose file is open
    on the day (``closed_on`` empty or later). Codes: consent_refused, consent_withdrawn,
    no_helper, helper_not_ready, helper_under_18, helper_age_unknown, no_places, no_second_adult,
    too_few_adults_for_ages.
    Raises ``CareError("plan_broken")`` should the independent check find anything.

    >>> children = pd.DataFrame({"child_id": ["C00001", "C00002", "C00003"],
    ...     "name": ["小明", "小红", "小刚"], "birth_date": pd.to_datetime(
    ...     ["2015-05-01", "2016-06-01", None]), "closed_on": pd.NaT, "health": None,
    ...     "allergies": None, "tier": [2, 1, 3]})
    >>> offers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "name": ["张老师", "李老师"],
    ...     "phone": None, "birth_date": pd.to_datetime("1990-01-01"), "ready": True,
    ...     "blocked_by": ""})
    >>> pairings = pd.DataFrame({"scheme": "volunteer", "child_id": ["C00001", "C00002"],
    ...     "helper_id": ["H00001", "H00002"], "since": pd.to_datetime("2026-03-02"),
    ...     "until": pd.NaT})
    >>> consents = pd.DataFrame({"consent_id": ["N1"], "child_id": ["C00001"],
    ...     "purpose": ["outing"], "outing_id": ["O0001"], "state": ["given"],
    ...     "day": pd.to_datetime(["2026-03-01"]), "until": pd.NaT})
    >>> outing = Outing("Garden", on="2026-04-12", places=44, outing_id="O0001")
    >>> made = plan(outing, children, offers, pairings, consents)
    >>> made.going[["group", "child_id", "tier", "age", "helper_id", "consent"]]
       group child_id  tier  age helper_id  consent
    0      1   C00001     2   10    H00001    given
    1      1   C00002     1    9    H00002  pending
    >>> made.not_going[["child_id", "code"]]
      child_id       code
    0   C00003  no_helper
    """
    now_open = children[is_open(children, outing)]
    known = candidates(outing, now_open, offers, pairings, consents, rules)
    units = in_order(known[known["code"].eq("")], rules)
    aboard, left = _aboard(units, outing, rules)
    groups = [(vehicle, group) for vehicle, taken in aboard for group in _groups(taken, rules)]
    made = _frames(outing, known, groups, left)
    broken = check(made, children, offers, pairings, consents, rules)
    if len(broken):
        raise CareError("plan_broken", codes=sorted(set(broken["code"])))
    return made


def _aboard(
    units: Sequence[Unit], outing: Outing, rules: Rules
) -> tuple[list[tuple[int, list[Unit]]], dict[str, str]]:
    """The units of each vehicle, and the code of each child whose unit is in none."""
    aboard = []
    waiting, places = list(units), outing.places
    left: dict[str, str] = {}
    for number, _ in enumerate(outing.seats):
        people = min(places, sum(unit.people for unit in waiting))
        taken, left = _take(waiting, room(outing.seats[number:], people), rules)
        aboard.append((number + 1, taken))
        places -= sum(unit.people for unit in taken)
        gone = {unit.helper_id for unit in taken}
        waiting = [unit for unit in waiting if unit.helper_id not in gone]
    return aboard, left


def _take(units: Sequence[Unit], places: int, rules: Rules) -> tuple[list[Unit], dict[str, str]]:
    """The units that go, and the code of each child whose unit does not."""
    home: dict[str, str] = {}
    if len(units) > 1 and sum(sorted(unit.people for unit in units)[:2]) > places:
        home = {unit.helper_id: "no_places" for unit in units}  # no two adults fit in any more
    while True:
        taken = _fill([unit for unit in units if unit.helper_id not in home], places)
        if not taken:
            break
        if len(taken) < rules.min_adults:
            home[max(taken, key=lambda unit: (unit.people, unit.first)).helper_id] = (
                "no_second_adult"
            )
        elif sum(unit.spare for unit in taken) < 0:
            lacking = [unit for unit in taken if unit.spare < 0]
            home[lacking[-1].helper_id] = "too_few_adults_for_ages"
        else:
            break
    gone = {unit.helper_id for unit in taken}
    left = {
        child: home.get(unit.helper_id, "no_places")
        for unit in units
        if unit.helper_id not in gone
        for child in unit.child_ids
    }
    return taken, left


def _fill(units: Sequence[Unit], places: int) -> list[Unit]:
    taken = []
    for unit in units:
        if unit.people <= places:
            taken.append(unit)
            places -= unit.people
    return taken


def _groups(taken: Sequence[Unit], rules: Rules) -> list[list[Unit]]:
    """Small groups, each with enough adults; `_take` has seen to it that all together have."""
    groups: list[list[Unit]] = []
    current: list[Unit] = []
    for unit in taken:
        current.append(unit)
        if _enough(current, rules):
            groups.append(current)
            current = []
    while current and not _enough(current, rules) and groups:
        current = groups.pop() + current
    return groups + ([current] if current else [])


def _enough(group: Sequence[Unit], rules: Rules) -> bool:
    return len(group) >= rules.min_adults and sum(unit.spare for unit in group) >= 0


def _frames(
    outing: Outing,
    known: pd.DataFrame,
    groups: list[tuple[int, list[Unit]]],
    left: dict[str, str],
) -> Plan:
    own = [
        (child, number, vehicle)
        for number, (vehicle, units) in enumerate(groups, start=1)
        for unit in units
        for child in unit.child_ids
    ]
    placed = pd.DataFrame(own, columns=["child_id", "group", "vehicle"])
    placed = placed.astype({"child_id": "string", "group": "Int64", "vehicle": "Int64"})
    goes = known["child_id"].isin(placed["child_id"])
    going = known[goes].merge(placed, on="child_id")
    going = going.sort_values(["group", "helper_id", "child_id"], ignore_index=True)
    adults = going[["group", "vehicle", "helper_id", "helper", "phone"]]
    adults = adults.drop_duplicates(ignore_index=True)
    each = adults["helper_id"].map(going["helper_id"].value_counts()).astype("Int64")
    code = known["code"].mask(known["child_id"].isin(list(left)), other=pd.NA)
    code = code.fillna(known["child_id"].map(left).astype("string"))
    not_going = known.assign(code=code)[~goes].reset_index(drop=True)
    return Plan(outing, going[GOING], adults.assign(children=each), not_going[NOT_GOING])
