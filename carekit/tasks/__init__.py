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

from carekit.tasks.branch import (
    fill_with_sample,
    found_branch,
    name_branch,
    practice_school,
    practice_store,
)
from carekit.tasks.cards import (
    Saved,
    close_file,
    ending,
    reopen_file,
    save_guardian,
    save_person,
    save_training,
)
from carekit.tasks.care import helper_of, log_contact, my_children
from carekit.tasks.corrections import correct
from carekit.tasks.decisions import decide, withdraw
from carekit.tasks.drafts import (
    Draft,
    changed_by_hand,
    draft_changes,
    draft_number,
    drop_draft,
    keep_draft,
    kept_draft,
    made_of,
    outdated,
    stands,
)
from carekit.tasks.leaving import change_proposal, changed_today, publish_change
from carekit.tasks.matching import (
    frames,
    in_force,
    keep_scheme,
    offers,
    propose,
    propose_parts,
    publish,
    published_today,
    scheme,
    schemes,
    weights,
)
from carekit.tasks.outings import (
    add_adult,
    add_outing,
    answer_consent,
    bring_in,
    check_outing,
    correct_outing,
    helpers_on,
    keep_plan,
    kept_plan,
    leave_out,
    move_group,
    move_person,
    plan_outing,
    plan_with,
    replan_outing,
    roster,
    start_count,
    tick,
)
from carekit.tasks.registers import import_sheet, preview_import

__all__ = [
    "Draft",
    "Saved",
    "add_adult",
    "add_outing",
    "answer_consent",
    "bring_in",
    "change_proposal",
    "changed_by_hand",
    "changed_today",
    "check_outing",
    "close_file",
    "correct",
    "correct_outing",
    "decide",
    "draft_changes",
    "draft_number",
    "drop_draft",
    "ending",
    "fill_with_sample",
    "found_branch",
    "frames",
    "helper_of",
    "helpers_on",
    "import_sheet",
    "in_force",
    "keep_draft",
    "keep_plan",
    "keep_scheme",
    "kept_draft",
    "kept_plan",
    "leave_out",
    "log_contact",
    "made_of",
    "my_children",
    "move_group",
    "move_person",
    "name_branch",
    "offers",
    "outdated",
    "plan_outing",
    "plan_with",
    "practice_school",
    "practice_store",
    "preview_import",
    "propose",
    "propose_parts",
    "publish",
    "publish_change",
    "published_today",
    "reopen_file",
    "replan_outing",
    "roster",
    "save_guardian",
    "save_person",
    "save_training",
    "scheme",
    "schemes",
    "stands",
    "start_count",
    "tick",
    "weights",
    "withdraw",
]
