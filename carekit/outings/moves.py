"""A plan changed by hand: each move gives a new plan, and the check says what it broke."""

from dataclasses import replace
from typing import Any

import pandas as pd

from carekit.errors import BadInput
from carekit.outings.candidates import NOT_GOING
from carekit.outings.kept import ADULTS, settled
from carekit.outings.outing import Plan

__all__ = ["add_adult", "bring_in", "leave_out", "move", "move_group"]

MOST_GROUPS = 500  # the dictionary's bound


def move(plan: Plan, person_id: str, group: int, *, together: bool = False) -> Plan:
    """Put one person into another group, and so into its vehicle (O1).

    A child or an adult moves alone; with ``together`` a child brings its helper, and a helper
    the own children. ``group`` is one there is or the next number, which makes a new group in the
    same vehicle. Nothing is refused because of a rule: :func:`carekit.outings.check` speaks.
    Raises ``BadInput``: ``person_not_going``, ``group_unknown``.

    >>> going = pd.DataFrame({"group": [1, 1], "vehicle": 1, "child_id": ["C00001", "C00002"],
    ...                       "helper_id": ["H00001", "H00002"]})
    >>> adults = pd.DataFrame({"group": [1, 1], "vehicle": 1, "helper_id": ["H00001", "H00002"]})
    >>> from carekit.outings import Outing
    >>> nobody = pd.DataFrame(columns=["child_id", "code"])
    >>> plan = Plan(Outing("Garden", on="2026-04-12", places=9), going, adults, nobody)
    >>> moved = move(plan, "H00002", 2, together=True)
    >>> moved.going[["group", "child_id"]].to_numpy().tolist(), moved.adults["group"].tolist()
    ([[1, 'C00001'], [2, 'C00002']], [1, 2])
    """
    vehicle = _vehicle_of(plan, group, person_id)
    there = {"group": group, "vehicle": vehicle}
    children, helpers = _who(plan, person_id, together=together)
    return settled(
        replace(
            plan,
            going=_put(plan.going, plan.going["child_id"].isin(children), **there),
            adults=_put(plan.adults, plan.adults["helper_id"].isin(helpers), **there),
        )
    )


def move_group(plan: Plan, group: int, vehicle: int) -> Plan:
    """Put a whole group into another vehicle.

    Raises ``BadInput``: ``group_unknown``, ``vehicle_unknown_number``.

    >>> from carekit.outings import Outing
    >>> outing = Outing("Garden", on="2026-04-12", places=9, vehicles=(5, 5))
    >>> going = pd.DataFrame({"group": [1], "vehicle": 1, "child_id": "C1", "helper_id": "H1"})
    >>> adults = pd.DataFrame({"group": [1], "vehicle": 1, "helper_id": "H1"})
    >>> plan = Plan(outing, going, adults, pd.DataFrame(columns=["child_id", "code"]))
    >>> move_group(plan, 1, 2).going["vehicle"].tolist()
    [2]
    """
    if group not in _groups(plan):
        raise BadInput("group_unknown", group=str(group))
    if not 1 <= vehicle <= len(plan.outing.seats):
        raise BadInput("vehicle_unknown_number", vehicle=str(vehicle))
    return settled(
        replace(
            plan,
            going=_put(plan.going, plan.going["group"].eq(group), vehicle=vehicle),
            adults=_put(plan.adults, plan.adults["group"].eq(group), vehicle=vehicle),
        )
    )


def leave_out(plan: Plan, person_id: str) -> Plan:
    """Take a child off the plan, or an adult together with the own children.

    Left out children stand in ``not_going`` as ``not_chosen``. Raises
    ``BadInput("person_not_going")``.

    >>> from carekit.outings import Outing
    >>> going = pd.DataFrame({"group": [1], "vehicle": 1, "child_id": "C1", "helper_id": "H1"})
    >>> adults = pd.DataFrame({"group": [1], "vehicle": 1, "helper_id": "H1"})
    >>> outing = Outing("Garden", on="2026-04-12", places=9)
    >>> plan = Plan(outing, going, adults, pd.DataFrame(columns=["child_id", "code"]))
    >>> left = leave_out(plan, "H1")
    >>> len(left.going), len(left.adults), left.not_going["code"].tolist()
    (0, 0, ['not_chosen'])
    """
    is_adult = person_id in set(plan.adults["helper_id"])
    children, helpers = _who(plan, person_id, together=is_adult)
    out = plan.going["child_id"].isin(children)
    phones = plan.adults.drop_duplicates("helper_id").set_index("helper_id").get("phone")
    gone = plan.going[out].assign(code="not_chosen", blocked_by="")
    gone["phone"] = None if phones is None else gone["helper_id"].map(phones)
    stays_home = _joined(plan.not_going, gone.reindex(columns=NOT_GOING))
    return settled(
        replace(
            plan,
            going=plan.going[~out],
            adults=plan.adults[~plan.adults["helper_id"].isin(helpers)],
            not_going=stays_home,
        )
    )


def bring_in(plan: Plan, child_id: str, group: int) -> Plan:
    """Let a child go after all, in this group; its helper comes along when not going yet.

    Raises ``BadInput``: ``child_goes_or_unknown``, ``group_unknown``. What stands against the
    child (consent, helper) is for the check to say.

    >>> from carekit.outings import Outing
    >>> outing = Outing("Garden", on="2026-04-12", places=9)
    >>> home = pd.DataFrame({"child_id": ["C1"], "helper_id": "H1", "helper": "L", "phone": "1",
    ...                      "code": "not_chosen"})
    >>> nobody = pd.DataFrame(columns=["group", "vehicle", "helper_id", "child_id"])
    >>> came = bring_in(Plan(outing, nobody, nobody, home), "C1", 1)
    >>> came.going["child_id"].tolist(), came.adults["helper_id"].tolist(), len(came.not_going)
    (['C1'], ['H1'], 0)
    """
    comes = plan.not_going["child_id"].eq(child_id)
    if not comes.any():
        raise BadInput("child_goes_or_unknown", child=child_id)
    there = {"group": group, "vehicle": _vehicle_of(plan, group)}
    child = plan.not_going[comes].assign(**there)
    adults = plan.adults
    helper = child.iloc[0]["helper_id"]
    if pd.notna(helper) and helper not in set(adults["helper_id"]):
        adults = _joined(adults, child.reindex(columns=ADULTS))
    going = _joined(plan.going, child.reindex(columns=plan.going.columns))
    return settled(replace(plan, going=going, adults=adults, not_going=plan.not_going[~comes]))


def add_adult(plan: Plan, helper: Any, group: int) -> Plan:
    """Let one more adult go in this group, also one without own children on the outing.

    ``helper`` is a row of the table helpers (helper_id, name, phone). Raises ``BadInput``:
    ``adult_goes_already``, ``group_unknown``.

    >>> from carekit.outings import Outing
    >>> outing = Outing("Garden", on="2026-04-12", places=9)
    >>> nobody = pd.DataFrame(columns=["group", "vehicle", "helper_id", "child_id", "code"])
    >>> helper = {"helper_id": "H7", "name": "吴老师", "phone": None}
    >>> add_adult(Plan(outing, nobody, nobody, nobody), helper, 1).adults["helper"].tolist()
    ['吴老师']
    """
    if helper["helper_id"] in set(plan.adults["helper_id"]):
        raise BadInput("adult_goes_already", helper=helper["helper_id"])
    row = {"group": group, "vehicle": _vehicle_of(plan, group), "children": 0}
    row |= {"helper_id": helper["helper_id"], "helper": helper["name"], "phone": helper["phone"]}
    return settled(replace(plan, adults=_joined(plan.adults, pd.DataFrame([row]))))


def _who(plan: Plan, person_id: str, *, together: bool) -> tuple[set[str], set[str]]:
    """The children and the helpers who move when this person does."""
    own = plan.going["child_id"].eq(person_id)
    is_adult = plan.adults["helper_id"].eq(person_id).any()
    if not own.any() and not is_adult:
        raise BadInput("person_not_going", person=person_id)
    helpers = {person_id} if is_adult else set()
    if together:
        helpers |= set(plan.going.loc[own, "helper_id"])
        own |= plan.going["helper_id"].isin(helpers)
    return set(plan.going.loc[own, "child_id"]), helpers


def _groups(plan: Plan) -> set[int]:
    both = pd.concat([plan.going["group"], plan.adults["group"]]).dropna()
    return {int(group) for group in both}


def _vehicle_of(plan: Plan, group: int, person_id: str | None = None) -> int:
    """The vehicle of a group; a new group rides where the person rides."""
    there = _groups(plan)
    if (group not in there and group != max(there, default=0) + 1) or group > MOST_GROUPS:
        raise BadInput("group_unknown", group=str(group))
    riders = pd.concat(
        [plan.going.assign(person=plan.going["child_id"]),
         plan.adults.assign(person=plan.adults["helper_id"])]
    )  # fmt: skip
    there_now, own = riders["group"].eq(group), riders["person"].isin([person_id])
    here = riders[there_now if group in there else own]
    vehicles = here["vehicle"].dropna()
    return int(vehicles.mode().iloc[0]) if len(vehicles) else 1


def _put(frame: pd.DataFrame, rows: pd.Series, **values: int) -> pd.DataFrame:
    changed = {
        name: frame[name].astype("Int64").mask(rows, value) for name, value in values.items()
    }
    return frame.assign(**changed)


def _joined(frame: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """Two frames in the columns and dtypes of the first."""
    if frame.empty:
        return more.reset_index(drop=True)
    kinds = {name: frame[name].dtype for name in more.columns if name in frame}
    return pd.concat([frame, more.astype(kinds)], ignore_index=True)
