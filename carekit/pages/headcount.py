"""The head count of an outing in words: who is aboard, who is missing, whom to call."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from carekit import outings
from carekit.pages.outings_words import text_of, texts_of

__all__ = ["count_of"]

Say = Callable[..., str]


def count_of(
    plan: outings.Plan, kept: pd.DataFrame, guardians: pd.DataFrame, vehicle: int, say: Say
) -> dict[str, Any]:
    """What the head count shows for one vehicle (0: all of them), the missing first.

    ``kept`` are the rows of outing_people of this outing.
    """
    people = _people(plan, kept, guardians)
    here = people if not vehicle else people[people["vehicle"].eq(vehicle)]
    here = here.sort_values(["present", "group", "adult", "name"], kind="stable")
    present, total = int(here["present"].sum()), len(here)
    missing = total - present
    return {
        "vehicle": vehicle,
        "vehicles": _vehicles(plan, people, vehicle, say),
        "present": present,
        "total": total,
        "share": present / total if total else 0,
        "look": "danger" if missing else "good",
        "state": say("count_missing", count=missing) if missing else say("count_complete"),
        "said": say("count_said", present=present, total=total),
        "rows": [_row(row, say) for row in here.itertuples(index=False)],
    }


def _people(plan: outings.Plan, kept: pd.DataFrame, guardians: pd.DataFrame) -> pd.DataFrame:
    listed = outings.roster(plan, guardians)
    children = pd.DataFrame(
        {
            "id": listed["child_id"],
            "name": listed["child"],
            "group": listed["group"],
            "vehicle": listed["vehicle"],
            "adult": False,
            "helper": listed["helper"],
            "phone": listed["guardian_phone"],
            "whose": listed["guardian"],
            "health": listed["health"],
            "allergies": listed["allergies"],
        }
    )
    adults = plan.adults.rename(columns={"helper_id": "id", "helper": "name"})
    adults = adults[["id", "name", "group", "vehicle", "phone"]].assign(adult=True)
    found = pd.concat([children, adults], ignore_index=True)
    ticked = kept.assign(id=kept["child_id"].fillna(kept["helper_id"]))
    ticks = ticked.drop_duplicates("id").set_index("id")["present"]
    return found.assign(present=found["id"].map(ticks).fillna(False).astype(bool))


def _vehicles(
    plan: outings.Plan, people: pd.DataFrame, chosen: int, say: Say
) -> list[dict[str, Any]]:
    if len(plan.outing.seats) < 2:
        return []
    numbers = range(1, len(plan.outing.seats) + 1)
    found = [(0, say("count_all_vehicles"), people)]
    found += [(n, say("vehicle_number", n=n), people[people["vehicle"].eq(n)]) for n in numbers]
    return [
        {
            "id": number,
            "text": text,
            "count": f"{int(rows['present'].sum())} / {len(rows)}",
            "here": number == chosen,
        }
        for number, text, rows in found
    ]


def _row(row: Any, say: Say) -> dict[str, Any]:
    group = say("group_number", n=int(row.group))
    role = say("count_adult") if row.adult else text_of(row.helper)
    phone = text_of(row.phone)
    whose = text_of(row.whose)
    return {
        "id": row.id,
        "name": str(row.name),
        "soft": " · ".join(texts_of(group, role)),
        "note": " · ".join(texts_of(row.health, row.allergies)),
        "present": bool(row.present),
        "phone": phone,
        "call": say("count_call", name=whose or str(row.name)) if phone else "",
    }
