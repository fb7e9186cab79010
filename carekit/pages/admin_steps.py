"""The administrator's long steps, as functions a child process can run (see ``kit.run``)."""

from collections.abc import Callable
from pathlib import Path

from carekit.errors import BadInput
from carekit.pages.kit import Session
from carekit.store import anchor, backup_store, backups, daily_folder, examine, open_store
from carekit.store.backup import fault
from carekit.store.doctor import Health

__all__ = ["look_over", "save"]

Report = Callable[[str, float], None]


def save(report: Report, session: Session) -> str:
    """A backup among those of each day, made by hand; gives its name."""
    report("progress_saving", 0.2)
    with open_store(session.store, actor=session.user) as store:
        folder = daily_folder(store.path)
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise BadInput(fault(error), path=str(folder)) from None
        return backup_store(store, folder)[0].name


def look_over(report: Report, session: Session) -> tuple[Health, str]:
    """What ``carekit doctor`` says, against the newest backup; gives that one's name too."""
    report("progress_checking", 0.2)
    with open_store(session.store, actor=session.user) as store:
        known = backups(store)
        whole = known.loc[known["whole"], "name"]
        name = "" if whole.empty else str(whole.iloc[0])
        head = anchor(Path(daily_folder(store.path), name), store) if name else None
        return examine(store, head), name
