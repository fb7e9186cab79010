"""What a person does with a store, one function a deed.

The command line and the pages both call these, so that neither holds logic of its own. Each
takes an open store, runs the rooms below in order and gives back plain frames and records; a
long one calls ``report(code, share)`` as it goes.

>>> from carekit import tasks
>>> with tasks.practice_store() as store:
...     proposal = tasks.propose(store, on=store.today())
...     len(proposal.pairs) + len(proposal.unmatched) == 122
True
"""

from carekit.tasks.branch import fill_with_sample, name_branch, practice_store
from carekit.tasks.matching import offers, propose, publish, scheme
from carekit.tasks.outings import add_outing, plan_outing, roster
from carekit.tasks.registers import import_sheet

__all__ = [
    "add_outing",
    "fill_with_sample",
    "import_sheet",
    "name_branch",
    "offers",
    "plan_outing",
    "practice_store",
    "propose",
    "publish",
    "roster",
    "scheme",
]
