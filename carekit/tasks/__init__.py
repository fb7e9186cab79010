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
from carekit.tasks.matching import (
    Draft,
    keep_draft,
    kept_draft,
    made_of,
    offers,
    outdated,
    propose,
    publish,
    published_today,
    scheme,
)
from carekit.tasks.outings import add_outing, plan_outing, roster
from carekit.tasks.registers import import_sheet

__all__ = [
    "Draft",
    "add_outing",
    "fill_with_sample",
    "import_sheet",
    "keep_draft",
    "kept_draft",
    "made_of",
    "name_branch",
    "offers",
    "outdated",
    "plan_outing",
    "practice_store",
    "propose",
    "publish",
    "published_today",
    "roster",
    "scheme",
]
