"""The rules of an outing, stated a second time: shares no code with what makes plans."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pandas as pd

from carekit.outings.outing import RULES, Plan, Rules

__all__ = ["CODES", "check", "verdict"]

Finding = tuple[str, int | None, int | None, dict[str, Any]]  # code, group, vehicle, values

# Every rule by the code of its breach, in the order a verdict lists them.
CODES = (
    "too_few_adults",
    "ratio_broken",
    "helper_apart",
    "not_ready",
    "adult_under_age",
    "no_consent",
    "consent_wrong",
    "over_places",
    "over_seats",
    "vehicle_too_few_adults",
    "vehicle_unknown",
    "group_split",
    "child_twice",
    "adult_twice",
    "not_open",
    "left_over",
)


def check(
    plan: Plan,
    children: pd.DataFrame,
    offers: pd.DataFrame,
    pairings: pd.DataFrame,
    consents: pd.DataFrame,
    rules: Rules = RULES,
) -> pd.DataFrame:
    """Find everything a plan breaks, also one edited by hand; nothing found is an empty frame.

    Takes the plan and the same frames as :func:`carekit.outings.plan`; of the plan it believes
    only who is in which group and vehicle. Gives ``code``, ``group`` and ``vehicle`` (Int64, empty
    when it concerns neither, 0 for people without one) and ``values`` (a dict for the sentence).
    Codes, after the safeguarding figures (NSPCC) and O1: too_few_adults, ratio_broken,
    no_consent, consent_wrong (goes, but is marked otherwise than the answer on file),
    over_places, over_seats, vehicle_too_few_adults, vehicle_unknown (no such vehicle),
    group_split (in several vehicles), child_twice, adult_twice, helper_apart, not_ready,
    adult_under_age (or of unknown age), not_open (no open file of that id), left_over.

    >>> from carekit.outings import Outing
    >>> outing = Outing("Garden", on="2026-04-12", places=9)
    >>> going = pd.DataFrame({"group": [1], "child_id": ["C00001"], "helper_id": ["H00001"],
    ...                       "consent": ["pending"]})
    >>> adults = pd.DataFrame({"group": [1], "helper_id": ["H00001"]})
    >>> children = pd.DataFrame({"child_id": ["C00001"], "birth_date": pd.to_datetime(
    ...                          ["2015-05-01"]), "closed_on": pd.NaT})
    >>> offers = pd.DataFrame({"helper_id": ["H00001"], "ready": [True],
    ...                        "birth_date": pd.to_datetime(["1990-01-01"])})
    >>> pairings = pd.DataFrame({"child_id": ["C00001"], "helper_id": ["H00001"],
    ...                          "since": pd.to_datetime(["2026-03-02"]), "until": pd.NaT})
    >>> consents = pd.DataFrame(columns=["consent_id", "child_id", "purpose", "outing_id",
    ...                                  "state", "day", "until"])
    >>> alone = Plan(outing, going, adults, going[:0])
    >>> check(alone, children, offers, pairings, consents)
                         code  group  vehicle                      values
    0          too_few_adults      1     <NA>  {'adults': 1, 'needed': 2}
    1  vehicle_too_few_adults   <NA>        1  {'adults': 1, 'needed': 2}
    """
    # People without a group are looked at as a group of their own, number 0.
    plan = replace(plan, going=_placed(plan.going, plan), adults=_placed(plan.adults, plan))
    findings = [
        *_places(plan),
        *_twice(plan),
        *_open_files(plan, children),
        *_adults(plan, offers, rules),
        *_ratios(plan, children, offers, rules),
        *_vehicles(plan, offers, rules),
        *_own_helper(plan, pairings),
        *_answers(plan, consents),
    ]
    frame = pd.DataFrame(findings, columns=["code", "group", "vehicle", "values"])
    whole = {"group": "Int64", "vehicle": "Int64"}
    return frame.astype({"code": "string", **whole, "values": "object"})


def verdict(findings: pd.DataFrame) -> pd.DataFrame:
    """Every rule, kept or broken, in a fixed order.

    Takes what :func:`check` found. Gives ``code`` (the rule, by the code of its breach),
    ``holds`` and ``broken`` (in how many places).

    >>> found = pd.DataFrame({"code": ["over_seats", "over_seats"]})
    >>> verdict(found).query("not holds")
             code  holds  broken
    8  over_seats  False       2
    """
    frame = pd.DataFrame({"code": pd.array(CODES, dtype="string")})
    broken = frame["code"].map(findings["code"].value_counts()).fillna(0).astype("Int64")
    return frame.assign(holds=broken.eq(0), broken=broken)


def _placed(frame: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Group and vehicle as numbers, 0 for none; with one vehicle nobody has to say which."""
    group = frame["group"].astype("Int64").fillna(0).astype("int64")
    said = frame["vehicle"] if "vehicle" in frame else pd.Series(pd.NA, index=frame.index)
    vehicle = said.astype("Int64").fillna(1 if len(plan.outing.seats) == 1 else 0)
    return frame.assign(group=group, vehicle=vehicle.astype("int64"))


def _rows(frame: pd.DataFrame, *names: str) -> list[Any]:
    """The rows with these columns; as plain objects they are read many times faster."""
    return list(frame[list(names)].astype("object").itertuples(index=False))


def _each(frame: pd.DataFrame, place: str, key: str) -> dict[int, list[str]]:
    """Group or vehicle -> who is in it."""
    found: dict[int, list[str]] = {}
    for row in _rows(frame, place, key):
        found.setdefault(int(row[0]), []).append(row[1])
    return found


def _places(plan: Plan) -> Iterator[Finding]:
    count = len(plan.going) + len(plan.adults)
    if count > plan.outing.places:
        yield "over_places", None, None, {"people": count, "places": plan.outing.places}


def _twice(plan: Plan) -> Iterator[Finding]:
    seen = [*plan.going["child_id"], *plan.not_going["child_id"]]
    for child in sorted(str(child) for child, times in Counter(seen).items() if times > 1):
        yield "child_twice", None, None, {"child": child}
    adults = Counter(plan.adults["helper_id"])
    for helper in sorted(str(helper) for helper, times in adults.items() if times > 1):
        yield "adult_twice", None, None, {"helper": helper}


def _open_files(plan: Plan, children: pd.DataFrame) -> Iterator[Finding]:
    closed = {
        row.child_id
        for row in _rows(children, "child_id", "closed_on")
        if pd.notna(row.closed_on) and pd.Timestamp(row.closed_on).date() <= plan.outing.on
    }
    open_ids = set(children["child_id"]) - closed
    going, listed = set(plan.going["child_id"]), set(plan.not_going["child_id"])
    for child in sorted((going | listed) - open_ids):
        yield "not_open", None, None, {"child": child}
    for child in sorted(open_ids - going - listed):
        yield "left_over", None, None, {"child": child}


def _years(born: Any, plan: Plan) -> int | None:
    """Completed years on the day; None when unknown or not born yet."""
    if pd.isna(born):
        return None
    on, first = plan.outing.on, pd.Timestamp(born)
    years = on.year - first.year - ((on.month, on.day) < (first.month, first.day))
    return years if years >= 0 else None


def _grown_up(offers: pd.DataFrame, plan: Plan, rules: Rules) -> set[str]:
    born = _rows(offers, "helper_id", "birth_date")
    ages = {row.helper_id: _years(row.birth_date, plan) for row in born}
    return {str(h) for h, age in ages.items() if age is not None and age >= rules.adult_age}


def _ready(offers: pd.DataFrame) -> set[str]:
    ready = offers["ready"].astype("boolean").fillna(False)
    return {str(helper) for helper in offers.loc[ready, "helper_id"]}


def _adults(plan: Plan, offers: pd.DataFrame, rules: Rules) -> Iterator[Finding]:
    ready, grown_up = _ready(offers), _grown_up(offers, plan, rules)
    for row in _rows(plan.adults, "group", "helper_id"):
        if row.helper_id not in ready:
            yield "not_ready", row.group, None, {"helper": row.helper_id}
        if row.helper_id not in grown_up:
            yield "adult_under_age", row.group, None, {"helper": row.helper_id}


def _ratios(
    plan: Plan, children: pd.DataFrame, offers: pd.DataFrame, rules: Rules
) -> Iterator[Finding]:
    counting = _ready(offers) & _grown_up(offers, plan, rules)
    born = dict(_rows(children, "child_id", "birth_date"))
    going, staff = _each(plan.going, "group", "child_id"), _each(plan.adults, "group", "helper_id")
    for group in sorted(set(going) | set(staff)):
        adults = len(set(staff.get(group, [])) & counting)
        if adults < rules.min_adults:
            values = {"adults": adults, "needed": rules.min_adults}
            yield "too_few_adults", group, None, values
        own = going.get(group, [])
        load = Fraction(0)
        for child in own:
            age = _years(born.get(child), plan)
            ratio = rules.bands[0][1]
            for start, children_per_adult in rules.bands:
                if age is not None and age >= start:
                    ratio = children_per_adult
            load += Fraction(1, ratio)
        if adults < math.ceil(load):
            values = {"adults": adults, "needed": math.ceil(load), "children": len(own)}
            yield "ratio_broken", group, None, values


def _vehicles(plan: Plan, offers: pd.DataFrame, rules: Rules) -> Iterator[Finding]:
    counting = _ready(offers) & _grown_up(offers, plan, rules)
    staff = _each(plan.adults, "vehicle", "helper_id")
    riders = Counter([*plan.going["vehicle"], *plan.adults["vehicle"]])
    seats: dict[int, float] = dict(enumerate(plan.outing.vehicles, start=1)) or {1: math.inf}
    for number in sorted(riders):
        people = riders[number]
        if number not in seats:
            yield "vehicle_unknown", None, number, {"people": people}
        elif people > seats[number]:
            yield "over_seats", None, number, {"people": people, "seats": seats[number]}
        adults = len(set(staff.get(number, [])) & counting)
        if adults < rules.min_adults:
            values = {"adults": adults, "needed": rules.min_adults}
            yield "vehicle_too_few_adults", None, number, values
    used: dict[int, set[int]] = {}
    for frame in (plan.going, plan.adults):
        for row in _rows(frame, "group", "vehicle"):
            used.setdefault(int(row.group), set()).add(int(row.vehicle))
    for group in sorted(used):
        if len(used[group]) > 1:
            yield "group_split", group, None, {"vehicles": sorted(used[group])}


def _own_helper(plan: Plan, pairings: pd.DataFrame) -> Iterator[Finding]:
    """Every child has, in its group, the helper it is paired with on the day."""
    on = plan.outing.on
    own = {
        (row.child_id, row.helper_id)
        for row in _rows(pairings, "child_id", "helper_id", "since", "until")
        if pd.notna(row.since)
        and pd.Timestamp(row.since).date() <= on
        and (pd.isna(row.until) or on < pd.Timestamp(row.until).date())
    }
    present = set(zip(plan.adults["group"], plan.adults["helper_id"], strict=True))
    for row in _rows(plan.going, "group", "child_id", "helper_id"):
        together = (row.group, row.helper_id) in present
        if not together or (row.child_id, row.helper_id) not in own:
            values = {"child": row.child_id, "helper": row.helper_id}
            yield "helper_apart", row.group, None, values


def _answers(plan: Plan, consents: pd.DataFrame) -> Iterator[Finding]:
    files: dict[str, list[Any]] = {}
    columns = ("consent_id", "child_id", "purpose", "outing_id", "state", "day", "until")
    for row in _rows(consents, *columns):
        if row.purpose == "outing":
            files.setdefault(str(row.child_id), []).append(row)
    for row in _rows(plan.going, "group", "child_id", "consent"):
        state = _answer(files.get(str(row.child_id), []), plan)
        if state in ("refused", "withdrawn"):
            yield "no_consent", row.group, None, {"child": row.child_id, "state": state}
        elif state != row.consent:
            yield "consent_wrong", row.group, None, {"child": row.child_id, "state": state}


def _answer(answers: list[Any], plan: Plan) -> str:
    """The last word of a family: a no without a day outweighs all, a no may be to all outings."""
    latest, state = ("", ""), "pending"
    for row in answers:
        no = row.state in ("refused", "withdrawn")
        if pd.isna(row.outing_id):
            if not no:
                continue
        elif row.outing_id != plan.outing.outing_id:
            continue
        undated = "9999" if no else ""
        day = undated if pd.isna(row.day) else pd.Timestamp(row.day).date().isoformat()
        if (day, str(row.consent_id)) >= latest:
            latest, state = (day, str(row.consent_id)), str(row.state)
            over = pd.notna(row.until) and pd.Timestamp(row.until).date() <= plan.outing.on
            if state == "given" and over:
                state = "pending"
    return state
