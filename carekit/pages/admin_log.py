"""Administration: the whole log, by day and person."""

import datetime as dt
import io
from typing import Any

import pandas as pd
from traitlets import Dict

from carekit import exports
from carekit.pages import admin_words as words
from carekit.pages.admin_sessions import Signed
from carekit.pages.kit import Column, Table, cells

__all__ = ["Log"]

HEADINGS = ("column_when", "column_who", "column_did", "column_on_what", "column_whose")


class Log(Signed):
    """Every row of the audit in words; the newest first."""

    log = Dict().tag(sync=True)

    _log_person = ""
    _log_day = ""

    def load_log(self) -> None:
        audit = self.store.audit()
        children = self.frames.read("children").set_index("child_id")["name"].to_dict()
        self._children = {str(key): str(name) for key, name in children.items()}
        self._names = words.names(self.frames.read("users"))
        self.entries = audit.assign(
            key=audit["n"].astype("string"),
            day=audit["at"].map(lambda at: words.day(at).isoformat()),
            name=audit["user"].map(self._names).fillna(audit["user"]),
        ).iloc[::-1]
        self._choose_log()

    def _choose_log(self) -> None:
        rows = self.entries
        if self._log_person:
            rows = rows[rows["user"].eq(self._log_person).fillna(False)]
        if self._log_day:
            rows = rows[rows["day"].eq(self._log_day)]
        self.shown_log = rows
        self.table("log", _table(self), rows)

    def speak_log(self) -> None:
        users = {str(one) for one in self.entries["user"].dropna()}
        said = sorted((self._names.get(one, one), one) for one in users)
        self.log = {
            "people": [{"id": one, "text": name} for name, one in said],
            "person": self._log_person,
            "day": self._log_day,
            "chosen": bool(self._log_person or self._log_day),
        }

    def vue_choose_log(self, chosen: Any) -> None:
        """A person, a day, or both; empty = all."""
        said = chosen if isinstance(chosen, dict) else {}
        person, day = str(said.get("person") or ""), str(said.get("day") or "")
        known = set(self.entries["user"].dropna())
        self._log_person = person if person in known else ""
        try:
            self._log_day = dt.date.fromisoformat(day).isoformat() if day else ""
        except ValueError:
            self._log_day = ""
        self._choose_log()
        self.ask_table("log", page=1)
        self.speak_log()
        self.speak_tables()

    def vue_download_log(self, _: Any = None) -> None:
        rows: list[dict[str, Any]] = self.shown_log.to_dict("records")  # type: ignore[assignment]
        said = [list(_words(self, row).values()) for row in rows]
        self.download(self.say("admin_log_file") + ".csv", as_csv(self, HEADINGS, said))


def as_csv(page: Signed, headings: tuple[str, ...], rows: list[list[str]]) -> bytes:
    """Rows in words as a CSV for a spreadsheet program."""
    frame = pd.DataFrame(rows, columns=[page.say(code) for code in headings], dtype="string")
    target = io.BytesIO()
    exports.to_csv(frame, target)
    return target.getvalue()


def _words(page: Log, row: dict[str, Any]) -> dict[str, str]:
    language = page.language
    return {
        "at": words.moment(row["at"], language),
        "who": words.named(page._names, row["user"], language),
        "did": words.deed(row["deed"], language),
        "what": words.on_what(row, language),
        "whose": words.whose(row, page._children, language),
    }


def _table(page: Log) -> Table:
    def record(row: dict[str, Any], language: str) -> dict[str, Any]:
        said = _words(page, row)
        rows = "" if pd.isna(row["rows"]) or not row["rows"] else int(row["rows"])
        count = page.say("admin_rows", count=rows) if rows else ""
        soft = " · ".join(filter(None, [said["whose"], count]))
        return {
            "who": cells.person(said["who"], said["at"]),
            "did": said["did"],
            "what": cells.person(said["what"], soft) if said["what"] else soft,
        }

    return Table(
        [
            Column("who", "column_who_when", "at"),
            Column("did", "column_did", "deed"),
            Column("what", "column_on_what"),
        ],
        record,
        key="key",
        caption="admin_log",
        empty="admin_log_none",
    )
