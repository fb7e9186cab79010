"""People: who is in the register, how they come in, who is served first, who may help.

A spreadsheet becomes rows of the store in three steps, each of which can be called alone::

    sheet = read_sheet("children.xlsx", "children")        # cells as read, headings recognised
    import_ = register(sheet, existing, on="2026-03-02")   # new rows, refused cells, known people
    report(import_)                                        # what a person or a program reads

Nothing is dropped: a cell that cannot be read is listed with its row, column and a code, a row
that stays out is listed too. Codes become sentences at the edge (``carekit.words``).

``priority`` puts children in tiers with reasons (M7), ``readiness`` says which helpers have their
papers on a day (P2).
"""

from carekit.people.cells import read_row
from carekit.people.priority import LAST_TIER, TIERS, priority
from carekit.people.readiness import BLOCKS, readiness
from carekit.people.register import Import, register, report
from carekit.people.sheets import MAX_BYTES, Sheet, read_sheet

__all__ = [
    "BLOCKS",
    "Import",
    "LAST_TIER",
    "MAX_BYTES",
    "Sheet",
    "TIERS",
    "priority",
    "read_row",
    "read_sheet",
    "readiness",
    "register",
    "report",
]
