"""How the daily backups stand, as a notice: for the administrator's view and for today's."""

import datetime as dt
from pathlib import Path

from carekit.store import backup_state, daily_folder
from carekit.words import codes, format_day, say

__all__ = ["backup_notice"]


def backup_notice(path: Path, language: str) -> dict[str, str]:
    """``look`` (good, danger), ``sign``, ``text`` and, where something is wrong, the cure."""
    today = dt.date.today()  # noqa: DTZ011 (the day on the clock, also in a practice store)
    state = backup_state(path, today)
    day = format_day(state.day, language) if state.day else say("admin_never", language)
    good = state.code == "backup_fine"
    why = ""
    if state.why in codes(language):
        why = say(state.why, language, path=str(daily_folder(path)))
    return {
        "code": state.code,
        "look": "good" if good else "danger",
        "sign": "✓" if good else "✕",
        "text": say(state.code, language, day=day),
        "more": " ".join(filter(None, [why, "" if good else say("backup_cure", language)])),
    }
