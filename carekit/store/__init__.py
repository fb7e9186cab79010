"""The store: children, helpers and what is done for them, in one file that can be trusted.

``read`` gives a table as a frame, ``write`` takes frames back as one step: all of it or nothing,
never over somebody else's change, never deleting. Every step has an id, is written in a person's
name and can be undone exactly. The schema is the data dictionary's; SQLAlchemy stays in here.

>>> import tempfile
>>> import pandas as pd
>>> from carekit.store import create_store, open_store
>>> folder = tempfile.TemporaryDirectory()
>>> create_store(f"{folder.name}/town.care", actor="li.na").close()
>>> with open_store(f"{folder.name}/town.care") as store:
...     step = store.write("schools", pd.DataFrame({"name": ["Ford Primary"]}))
...     store.read("schools")[["school_id", "name", "version"]]
  school_id          name  version
0      S001  Ford Primary        1
>>> folder.cleanup()
"""

from carekit.store.backup import anchor, backup_store
from carekit.store.daily import backup_daily, daily_due, daily_folder, newest_anchor
from carekit.store.doctor import examine
from carekit.store.encrypt import encrypt_store
from carekit.store.erase import about_child, erase_child
from carekit.store.folder import folder_risk
from carekit.store.opening import create_store, open_store
from carekit.store.passwords import PASSWORD_LEAST, made_password, password_fault, user_fault
from carekit.store.recovery import new_recovery_code, recover_store
from carekit.store.restore import restore_store
from carekit.store.shelf import backup_state, backups, note_fault
from carekit.store.standing import with_password
from carekit.store.store import Store
from carekit.store.touched import last_seen, who_touched
from carekit.store.users import (
    add_user,
    change_password,
    change_role,
    disable_user,
    set_password,
    verify,
)

__all__ = [
    "PASSWORD_LEAST",
    "Store",
    "about_child",
    "add_user",
    "anchor",
    "backup_daily",
    "backup_state",
    "backup_store",
    "backups",
    "change_password",
    "change_role",
    "create_store",
    "daily_due",
    "daily_folder",
    "disable_user",
    "encrypt_store",
    "erase_child",
    "examine",
    "folder_risk",
    "last_seen",
    "made_password",
    "new_recovery_code",
    "newest_anchor",
    "note_fault",
    "open_store",
    "password_fault",
    "recover_store",
    "restore_store",
    "set_password",
    "user_fault",
    "verify",
    "who_touched",
    "with_password",
]
