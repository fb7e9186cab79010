"""Outings: who goes, in which groups and vehicles, with which adults; who does not go, and why.

Helpers accompany their own children (O1). A plan takes children by tier, as units of a helper
with the helper's own children, until places and seats are full; every group and every vehicle has
at least two adults and enough for the ages of its children. ``check`` states every rule a second
time, shares no code with ``plan`` and runs on each plan, also on one edited by hand (``move`` and
its kin); ``verdict`` lists every rule, kept or broken. ``people_of`` and ``from_people`` take a
plan to the table outing_people and back. ``roster`` is the list to print.

Ratios never decide alone: an outing also wants a risk assessment and a plan for an adult who
falls ill.

>>> from carekit import outings
>>> outings.Outing("Garden exposition", on="2026-04-12", places=44, vehicles=(33, 19)).seats
(33, 19)
>>> outings.RULES.children_per_adult(5), outings.RULES.children_per_adult(None)
(6, 3)
"""

from carekit.outings.check import check, verdict
from carekit.outings.kept import from_people, people_of
from carekit.outings.moves import add_adult, bring_in, leave_out, move, move_group
from carekit.outings.outing import RULES, Outing, Plan, Rules, from_row
from carekit.outings.plan import plan
from carekit.outings.roster import roster
from carekit.outings.spare import spare_adults
from carekit.outings.vehicles import seats

__all__ = [
    "RULES",
    "Outing",
    "Plan",
    "Rules",
    "add_adult",
    "bring_in",
    "check",
    "from_people",
    "from_row",
    "leave_out",
    "move",
    "move_group",
    "people_of",
    "plan",
    "roster",
    "seats",
    "spare_adults",
    "verdict",
]
