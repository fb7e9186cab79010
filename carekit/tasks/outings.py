"""Outings: a new one, who goes in which group and vehicle, moves by hand, the head count."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from carekit import dates, outings, people
from carekit.errors import BadInput, Stale
from carekit.store import Store
from carekit.tasks.report import Report, silent

__all__ = [
    "add_adult",
    "add_outing",
    "answer_consent",
    "bring_in",
    "check_outing",
    "correct_outing",
    "helpers_on",
    "keep_plan",
    "kept_plan",
    "leave_out",
    "move_group",
    "move_person",
    "plan_outing",
    "plan_with",
    "replan_outing",
    "roster",
    "start_count",
    "tick",
]

Read = Callable[[str], pd.DataFrame]
Edit = Callable[[outings.Plan], outings.Plan]


# -- the outing itself --------------------------------------------------------------------------


def add_outing(
    store: Store,
    title: str,
    day: dates.Day,
    places: int,
    destination: str | None = None,
    token: str | None = None,
    **more: str | None,
) -> str:
    """A new outing; gives its id. ``places`` count children and adults together.

    ``more``: starts, ends, vehicle_seats (``33, 19``), note. Raises as ``outings.Outing`` does.
    """
    row = {"title": title, "day": day, "places": places, "destination": destination, **more}
    made = ""

    def build(read: Read) -> dict[str, pd.DataFrame]:
        nonlocal made
        made = store.next_ids()["outings"]  # nobody else can take it inside this transaction
        return {"outings": _row({**row, "outing_id": made})}

    step = store.change(build, kind="outing", token=token)
    if not made:  # the token was used before
        raise Stale("written_before", step=step)
    return made


def correct_outing(store: Store, outing_id: str, token: str | None = None, **changes: Any) -> str:
    """Correct columns of an outing; gives the step. The plan stays: the check speaks."""

    def build(read: Read) -> dict[str, pd.DataFrame]:
        known = _known(read, outing_id)
        return {"outings": _row({**known, **changes}).assign(version=known["version"])}

    return store.change(build, kind="outing", token=token)


def _row(values: dict[str, Any]) -> pd.DataFrame:
    outing = outings.from_row(values)
    seats = ", ".join(str(seats) for seats in outing.vehicles) or None
    row = {**values, "title": outing.title, "day": pd.Timestamp(outing.on)}
    row |= {"places": outing.places, "vehicle_seats": seats, "destination": outing.destination}
    return pd.DataFrame([row])


def _known(read: Read, outing_id: str) -> dict[str, Any]:
    known = read("outings")
    rows = known[known["outing_id"].eq(outing_id)].to_dict("records")
    if not rows:
        raise BadInput("outing_unknown", outing=outing_id)
    return {str(name): value for name, value in rows[0].items()}


# -- the plan -----------------------------------------------------------------------------------


def plan_outing(store: Store, outing_id: str) -> outings.Plan:
    """Who goes on an outing, in which group and vehicle: the kept plan, else one made anew.

    In a kept plan everybody stands where people put them, with the facts of today; what these
    break is for :func:`check_outing` to say.
    """
    return plan_with(store.read, outing_id)


def plan_with(read: Read, outing_id: str, *, anew: bool = False) -> outings.Plan:
    """:func:`plan_outing` on any way of reading tables; ``anew`` passes over the kept plan."""
    if not anew and _kept(read, outing_id)["group"].notna().any():
        return kept_plan(read, outing_id)
    outing = outings.from_row(_known(read, outing_id))
    tables = (read("children"), helpers_on(read, outing.on), read("pairings"), read("consents"))
    return outings.plan(outing, *tables, outings.RULES)


def kept_plan(read: Read, outing_id: str) -> outings.Plan:
    """The kept plan alone; where none is kept nobody goes yet, and it says who could."""
    outing = outings.from_row(_known(read, outing_id))
    tables = (read("children"), helpers_on(read, outing.on), read("pairings"), read("consents"))
    return outings.from_people(outing, _kept(read, outing_id), *tables, outings.RULES)


def helpers_on(read: Read, on: dates.Day) -> pd.DataFrame:
    """Every helper with ``ready`` and ``blocked_by`` on a day."""
    return people.readiness(read("helpers"), read("trainings"), on=on)


def check_outing(read: Read, plan: outings.Plan) -> pd.DataFrame:
    """Everything the plan breaks as registers and consents stand: ``outings.check``."""
    helpers = helpers_on(read, plan.outing.on)
    return outings.check(
        plan, read("children"), helpers, read("pairings"), read("consents"), outings.RULES
    )


def replan_outing(
    store: Store, outing_id: str, token: str | None = None, report: Report = silent
) -> str:
    """Start anew: plan from the registers of today and keep that; gives the step."""
    report("progress_reading", 0.0)
    _known(store.read, outing_id)
    report("progress_planning", 0.2)
    plan = plan_with(store.read, outing_id, anew=True)
    report("progress_writing", 0.8)
    return keep_plan(store, plan, token=token)


def keep_plan(store: Store, plan: outings.Plan, token: str | None = None) -> str:
    """Keep a plan in the place of the one kept before; gives the step."""
    return store.change(
        lambda read: {"outing_people": _people(read, plan)}, kind="outing_plan", token=token
    )


def move_person(
    store: Store, outing_id: str, person_id: str, group: int, *, together: bool = False
) -> str:
    """Put one person, or a helper with the own children, into a group; gives the step."""
    return _edit(
        store, outing_id, lambda plan: outings.move(plan, person_id, group, together=together)
    )


def move_group(store: Store, outing_id: str, group: int, vehicle: int) -> str:
    """Put a group into another vehicle; gives the step."""
    return _edit(store, outing_id, lambda plan: outings.move_group(plan, group, vehicle))


def leave_out(store: Store, outing_id: str, person_id: str) -> str:
    """Take a child off the plan, or an adult with the own children; gives the step."""
    return _edit(store, outing_id, lambda plan: outings.leave_out(plan, person_id))


def bring_in(store: Store, outing_id: str, child_id: str, group: int) -> str:
    """Let a child, and its helper, go after all; gives the step."""
    return _edit(store, outing_id, lambda plan: outings.bring_in(plan, child_id, group))


def add_adult(store: Store, outing_id: str, helper_id: str, group: int) -> str:
    """Let one more adult go in a group; gives the step."""
    helpers = store.read("helpers").set_index("helper_id", drop=False)
    if helper_id not in helpers.index:
        raise BadInput("helper_unknown", helper=helper_id)
    helper = helpers.loc[helper_id]
    return _edit(store, outing_id, lambda plan: outings.add_adult(plan, helper, group))


def _edit(store: Store, outing_id: str, edit: Edit) -> str:
    """Change the plan as it is inside the transaction: of two people at it none is overwritten."""

    def build(read: Read) -> dict[str, pd.DataFrame]:
        return {"outing_people": _people(read, edit(plan_with(read, outing_id)))}

    return store.change(build, kind="outing_move")


def _kept(read: Read, outing_id: str) -> pd.DataFrame:
    kept = read("outing_people")
    return kept[kept["outing_id"].eq(outing_id)]


def _people(read: Read, plan: outings.Plan) -> pd.DataFrame:
    """A plan as rows to write: who is there already keeps the row, who left has no group."""
    assert plan.outing.outing_id is not None
    stored = _with_person(_kept(read, plan.outing.outing_id))
    own = ["outing_person_id", "present", "version"]
    wanted = _with_person(outings.people_of(plan)).drop(columns=own[:2])
    wanted = wanted.merge(stored[["person", *own]], on="person", how="left")
    gone = stored[~stored["person"].isin(wanted["person"])]
    gone[["group", "vehicle", "present"]] = pd.NA
    rows = pd.concat([wanted, gone.astype(wanted.dtypes[gone.columns])], ignore_index=True)
    return rows.drop(columns="person")


def _with_person(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(person=rows["child_id"].fillna(rows["helper_id"]))


# -- consents, head count, roster ---------------------------------------------------------------


def answer_consent(store: Store, outing_id: str, child_id: str, state: str) -> str:
    """What the family answered today: given, refused, withdrawn, or pending again; the step.

    An answer without a day is completed, a dated one stays and a newer one follows it.
    """

    def build(read: Read) -> dict[str, pd.DataFrame]:
        _known(read, outing_id)
        if child_id not in set(read("children")["child_id"]):
            raise BadInput("child_unknown", child=child_id)
        row: dict[str, Any] = {"child_id": child_id, "purpose": "outing", "state": state}
        row["outing_id"] = outing_id
        row["day"] = pd.Timestamp(store.today())
        known = read("consents")
        open_ones = known[
            known["child_id"].eq(child_id)
            & known["outing_id"].eq(outing_id)
            & known["purpose"].eq("outing")
            & known["day"].isna()
        ]
        if open_ones.empty:
            return {"consents": pd.DataFrame([row])}
        return {"consents": open_ones.assign(**row)}

    return store.change(build, kind="consent")


def tick(store: Store, outing_id: str, person_id: str, present: bool) -> str:
    """Note at the head count that somebody is aboard, or not after all; gives the step."""

    def build(read: Read) -> dict[str, pd.DataFrame]:
        rows = _with_person(_counted(read, outing_id))
        rows = rows[rows["person"].eq(person_id)]
        if rows.empty:
            raise BadInput("person_not_going", person=person_id)
        return {"outing_people": rows.drop(columns="person").assign(present=present)}

    return store.change(build, kind="head_count")


def start_count(store: Store, outing_id: str, vehicle: int | None = None) -> str:
    """A new head count: nobody is aboard yet (in one vehicle, else in all); gives the step."""

    def build(read: Read) -> dict[str, pd.DataFrame]:
        rows = _counted(read, outing_id)
        here = rows if vehicle is None else rows[rows["vehicle"].eq(vehicle)]
        return {"outing_people": here.assign(present=False)}

    return store.change(build, kind="head_count")


def _counted(read: Read, outing_id: str) -> pd.DataFrame:
    rows = _kept(read, outing_id)
    _known(read, outing_id)
    if not rows["group"].notna().any():
        raise BadInput("plan_not_kept")
    return rows[rows["group"].notna()]


def roster(store: Store, outing_id: str) -> tuple[outings.Plan, pd.DataFrame]:
    """The plan of an outing and its roster, one row a child who goes."""
    plan = plan_outing(store, outing_id)
    return plan, outings.roster(plan, store.read("guardians"))
