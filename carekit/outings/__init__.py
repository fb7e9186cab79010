"""Outings: who goes, in which groups, with which adults; and who does not go, and why.

Helpers accompany their own children (O1). A plan takes children by tier, as units of a helper
with the helper's own children, until the places are full; every group has at least two adults
and enough for the ages of its children. ``check`` states every rule a second time, shares no code
with ``plan`` and runs on each plan, also on one edited by hand. ``roster`` is the list to print.

Ratios never decide alone: an outing also wants a risk assessment and a plan for an adult who
falls ill.

>>> from carekit import outings
>>> outings.Outing("Garden exposition", on="2026-04-12", places=44).on
datetime.date(2026, 4, 12)
>>> outings.RULES.children_per_adult(5), outings.RULES.children_per_adult(None)
(6, 3)
"""

from carekit.outings.check import check
from carekit.outings.outing import RULES, Outing, Plan, Rules
from carekit.outings.plan import plan
from carekit.outings.roster import roster

__all__ = ["RULES", "Outing", "Plan", "Rules", "check", "plan", "roster"]
