"""People: who is in the register, how they come in, who is served first, who may help.

A spreadsheet becomes rows of the store in three steps, each of which can be called alone::

    sheet = read_sheet("children.xlsx", "children")        # cells as read, headings recognised
    import_ = register(sheet, existing, on="2026-03-02")   # new rows, refused cells, known people
    report(import_)                                        # what a person or a program reads

Nothing is dropped: a cell that cannot be read is listed with its row, column and a code, a row
that stays out is listed too. Codes become sentences at the edge (``carekit.words``).

``completeness`` says what a card lacks, ``birthdays`` and ``expiring`` what the next days bring.
``priority`` puts children in tiers with reasons (M7), ``readiness`` says which helpers have their
papers on a day (P2).
"""

from carekit.people.cells import read_row
from carekit.people.coming import birthdays, expiring, papers_until
from carekit.people.completeness import completeness, helper_completeness
from carekit.people.health import ailments
from carekit.people.persons import check_person, look_alike
from carekit.people.preview import preview
from carekit.people.priority import LAST_TIER, TIERS, priority
from carekit.people.readiness import BLOCKS, readiness
from carekit.people.register import Import, register, report
from carekit.people.sheets import MAX_BYTES, Sheet, read_sheet

__all__ = [
    "ailments",
    "BLOCKS",
    "Import",
    "LAST_TIER",
    "MAX_BYTES",
    "Sheet",
    "TIERS",
    "birthdays",
    "check_person",
    "completeness",
    "expiring",
    "helper_completeness",
    "look_alike",
    "papers_until",
    "preview",
    "priority",
    "read_row",
    "read_sheet",
    "readiness",
    "register",
    "report",
]
