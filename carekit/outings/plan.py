"""Who goes on an outing, and in which group."""

from collections.abc import Sequence

import pandas as pd

from carekit import dates, people
from carekit.errors import CareError
from carekit.outings.check import check
from carekit.outings.consent import standing
from carekit.outings.outing import RULES, Outing, Plan, Rules
from carekit.outings.units import Unit, in_order, with_helper

__all__ = ["plan"]

GOING = ["group", "child_id", "child", "tier", "age", "age_unknown", "helper_id", "helper"]
GOING += ["consent", "health", "allergies"]
NOT_GOING = ["child_id", "child", "tier", "age", "code", "helper_id", "helper", "blocked_by"]


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
    3. Groups are filled in the same order and closed as soon as they have enough adults for the
       ages of their children; a rest that lacks adults joins the last groups.

    Gives a Plan: ``going`` (group, child_id, child, tier, age, age_unknown, helper_id, helper,
    consent, health, allergies), ``adults`` (group, helper_id, helper, phone, children) and
    ``not_going`` (child_id, child, tier, age, code, helper_id, helper, blocked_by). Going and not
    going together are exactly the children whose file is open on the day (``closed_on`` empty or
    later). Codes: consent_refused, consent_withdrawn, no_helper, helper_not_ready,
    helper_under_18, helper_age_unknown, no_places, no_second_adult, too_few_adults_for_ages.
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
    candidates = with_helper(_open(children, outing), offers, pairings, outing.on, rules)
    candidates["consent"] = standing(candidates["child_id"], consents, outing)
    candidates["code"] = _code(candidates)
    units = in_order(candidates[candidates["code"].eq("")], rules)
    taken, left = _take(units, outing.places, rules)
    made = _frames(outing, candidates, _groups(taken, rules), left)
    broken = check(made, children, offers, pairings, consents, rules)
    if len(broken):
        raise CareError("plan_broken", codes=sorted(set(broken["code"])))
    return made


def _open(children: pd.DataFrame, outing: Outing) -> pd.DataFrame:
    """The children whose file is open on the day, by id, with tier and age on the day."""
    closed = pd.to_datetime(children["closed_on"]).le(pd.Timestamp(outing.on))
    found = children[~closed].rename(columns={"name": "child"}).sort_values("child_id")
    if "tier" not in found:
        found = people.priority(found)
    age = dates.age(found["birth_date"], on=outing.on)
    age = age.mask(age.lt(0).fillna(False))  # born after the outing: a slip, so unknown
    found = found.assign(tier=found["tier"].astype("Int64"), age=age, age_unknown=age.isna())
    return found.reset_index(drop=True)


def _code(candidates: pd.DataFrame) -> pd.Series:
    """Why a child cannot go at all; the family's word comes before the helper's papers."""
    consent = candidates["consent"]
    no = consent.isin(["refused", "withdrawn"])
    return candidates["helper_code"].mask(no, "consent_" + consent).astype("string")


def _take(units: Sequence[Unit], places: int, rules: Rules) -> tuple[list[Unit], dict[str, str]]:
    """The units that go, and the code of each child whose unit does not."""
    home: dict[str, str] = {}
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
    outing: Outing, candidates: pd.DataFrame, groups: list[list[Unit]], left: dict[str, str]
) -> Plan:
    group_of = {
        child: number
        for number, units in enumerate(groups, start=1)
        for unit in units
        for child in unit.child_ids
    }
    group = candidates["child_id"].map(group_of).astype("Int64")
    goes = group.notna()
    going = candidates.assign(group=group)[goes]
    going = going.sort_values(["group", "helper_id", "child_id"], ignore_index=True)
    adults = going[["group", "helper_id", "helper", "phone"]].drop_duplicates(ignore_index=True)
    own = adults["helper_id"].map(going["helper_id"].value_counts()).astype("Int64")
    code = candidates["code"].mask(candidates["child_id"].isin(list(left)), other=pd.NA)
    code = code.fillna(candidates["child_id"].map(left).astype("string"))
    not_going = candidates.assign(code=code)[~goes].reset_index(drop=True)
    return Plan(
        outing,
        going[GOING],
        adults.assign(children=own),
        not_going.reindex(columns=NOT_GOING),
    )
