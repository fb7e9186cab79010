"""Care: what each child is owed, who carries it, what was done.

A *contact* is a talk, call, letter or visit in which somebody was reached; an attempt is written
down too and counted apart. ``SCHOOL`` is the set of obligations carekit ships: a talk of 30
minutes a week and a home visit of 90 a month for each child (C3). ``load`` says what each helper
carries (C5), ``standing`` how each child stands, ``timeline`` what happened around one child.

Frames in, new frames out; the day is an argument::

    load(helpers, pairings, contacts, outing_people, SCHOOL, on="2026-03-02")
    standing(children, pairings, contacts, on="2026-03-02").query("quiet")
"""

from carekit.care.children import QUIET_DAYS, own, standing
from carekit.care.contacts import active, lately, reached
from carekit.care.load import LOAD_DAYS, load
from carekit.care.standards import SCHOOL, Obligation, Standard, standard
from carekit.care.timeline import timeline

__all__ = [
    "LOAD_DAYS",
    "Obligation",
    "QUIET_DAYS",
    "SCHOOL",
    "Standard",
    "active",
    "lately",
    "load",
    "own",
    "reached",
    "standard",
    "standing",
    "timeline",
]
