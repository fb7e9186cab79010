"""Administration: who is signed in. The server knows; the page asks it and shows what it says."""

from typing import Any

import pandas as pd
from traitlets import Dict

from carekit.pages import admin_words as words
from carekit.pages.admin_people import People
from carekit.pages.kit import Column, Table, cells

__all__ = ["Signed"]

MOST = 500  # sessions taken over from the browser
NEW = 120  # seconds in which somebody counts as being there


class Signed(People):
    """Sessions live in the server's memory, out of reach of this process.

    The browser of who may fetches ``/sessions`` and hands the list over; whoever alters it on
    the way fools only themselves, and the server asks again who may before it ends one.
    """

    signed = Dict().tag(sync=True)

    _sessions: list[dict[str, Any]] = []  # noqa: RUF012 (replaced, never changed in place)

    def load_signed(self) -> None:
        known = words.names(self.frames.read("users"))
        rows = [
            {**one, "name": known.get(str(one["user"]), str(one["user"]))} for one in self._sessions
        ]
        columns = ["id", "user", "name", "since", "idle", "pages", "own"]
        frame = pd.DataFrame(rows, columns=columns)
        since = pd.to_datetime(frame["since"], format="ISO8601", utc=True, errors="coerce")
        self.table("signed", _table(self), frame.assign(since=since))

    def ask_sessions(self) -> None:
        """Let the page ask the server."""
        self.send({"method": "ask_sessions", "args": []})

    def vue_ask_sessions(self, _: Any = None) -> None:
        self.ask_sessions()

    def vue_sessions(self, said: Any) -> None:
        """What the server answered."""
        rows = said.get("sessions") if isinstance(said, dict) else None
        self._sessions = [taken(one) for one in rows[:MOST]] if isinstance(rows, list) else []
        self.here = {str(one["user"]): int(one["pages"]) for one in self._sessions}
        self.signed = {} if isinstance(rows, list) else {"fault": self.say("admin_no_sessions")}
        self.load_signed()
        self.speak_tables()

    def acted_signed(self, act: str, key: str) -> None:
        """End a session, once the person has said so: the page posts it to the server."""
        one = next((one for one in self._sessions if one["id"] == key), None)
        if act == "end" and one is not None and not one["own"]:
            name = words.names(self.frames.read("users")).get(str(one["user"]), str(one["user"]))
            self.ask(
                "admin_end_ask",
                lambda: self.send({"method": "end_session", "args": [key]}),
                more=("admin_end_ask_more", {}),
                yes="admin_end",
                name=name,
            )

    def vue_ended(self, done: Any) -> None:
        """Whether the server has ended it."""
        self.tell(*(["admin_ended"] if done is True else ["admin_not_ended", "error"]))
        self.ask_sessions()


def taken(one: Any) -> dict[str, Any]:
    """A session as the browser hands it over, in the types it should have."""
    said = one if isinstance(one, dict) else {}
    whole = {name: said.get(name) for name in ("idle", "pages")}
    return {
        **{name: str(said.get(name) or "")[:100] for name in ("id", "user", "since")},
        **{name: min(n, 10**9) if isinstance(n, int) else 0 for name, n in whole.items()},
        "own": said.get("own") is True,
    }


def _table(page: Signed) -> Table:
    def record(row: dict[str, Any], language: str) -> dict[str, Any]:
        return {
            "name": cells.person(str(row["name"]), str(row["user"])),
            "since": words.moment(row["since"], language),
            "idle": _idle(page, int(row["idle"]), int(row["pages"])),
            "pages": page.say("number", n=int(row["pages"])),
            "acts": page.say("admin_own_session")
            if row["own"]
            else cells.actions([("end", page.say("admin_end"))]),
        }

    return Table(
        [
            Column("name", ("users", "name"), "name"),
            Column("since", "column_since", "since"),
            Column("idle", "column_last_sign", "idle"),
            Column("pages", "column_pages", "pages", look="number"),
            Column("acts", "column_acts"),
        ],
        record,
        key="id",
        caption="admin_signed",
        empty="admin_signed_none",
    )


def _idle(page: Signed, idle: int, pages: int) -> dict[str, Any]:
    if pages:
        return cells.chip("good", page.say("admin_page_open"))
    if idle < NEW:
        return cells.chip("good", page.say("admin_just_now"))
    return cells.chip("plain", page.say("admin_minutes_ago", count=idle // 60))
