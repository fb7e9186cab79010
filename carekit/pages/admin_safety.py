"""Administration: backups, the check of the store, the recovery code."""

from typing import Any

import pandas as pd
from traitlets import Dict

from carekit import tables
from carekit.pages import admin_steps
from carekit.pages import admin_words as words
from carekit.pages.admin_child import OneChild
from carekit.pages.backup_notice import backup_notice
from carekit.pages.kit import Column, Table, cells
from carekit.store import backups, daily_folder, keyfile, new_recovery_code
from carekit.store.doctor import Health
from carekit.words import say

__all__ = ["Safety"]

CHECKS = ("chain", "steps", "rows", "file", "end")
FINDINGS = ("n", "user", "deed", "step_id", "row")


class Safety(OneChild):
    """Whether the branch would have everything again, and whether somebody tampered with it."""

    safety = Dict().tag(sync=True)
    code = Dict().tag(sync=True)

    _health: tuple[Health, str] | None = None
    _code = ""

    def load_safety(self) -> None:
        self.kept = backups(self.store)
        self.table("backups", _table(), self.kept)

    def speak_safety(self) -> None:
        path = self.store.path
        whole = self.kept[self.kept["whole"]]
        last = whole.iloc[0] if len(whole) else None
        self.safety = {
            "banner": backup_notice(self.store.path, self.language),
            "last": []
            if last is None
            else [
                self._fact("admin_last_when", words.moment(last["made_at"], self.language)),
                self._fact("admin_last_name", str(last["name"])),
                self._fact(
                    "admin_last_holds",
                    self.say(
                        "admin_holds",
                        children=self.say("unit_children_count", count=int(last["children"])),
                        rows=self.say("admin_rows", count=int(last["rows"])),
                    ),
                ),
                self._fact("admin_last_checked", self.say("admin_checked")),
            ],
            "folder": self._fact("admin_folder", str(daily_folder(path))),
            "checks": [self.say(f"check_{one}") for one in CHECKS],
            "health": self._said_health(),
            "files": [
                self._fact("admin_store_file", str(path)),
                self._fact("admin_keys_file", str(keyfile.beside(path))),
            ],
        }
        self.code = (
            {"letters": self._code, "title": self.say("first_code_title")} if self._code else {}
        )

    def _fact(self, code: str, value: str) -> dict[str, str]:
        return {"text": self.say(code), "value": value}

    def _said_health(self) -> dict[str, Any]:
        if self._health is None:
            return {}
        health, against = self._health
        found: list[dict[str, Any]] = health.findings.astype("object").to_dict("records")  # type: ignore[assignment]
        if not found:
            code = "admin_sound_against" if against else "admin_sound"
            said = self.say(code, count=health.head.n, backup=against)
            return {"look": "good", "sign": "✓", "text": said, "findings": []}
        lines = [self._finding(one) for one in found]
        return {
            "look": "danger",
            "sign": "✕",
            "text": self.say("admin_unsound", count=len(lines)),
            "findings": lines,
        }

    def _finding(self, one: dict[str, Any]) -> str:
        """A finding of the doctor in words, as the command line says it."""
        values = {name: "" if pd.isna(one[name]) else str(one[name]) for name in FINDINGS}
        table = "" if pd.isna(one["table"]) else str(one["table"])
        described = tables.tables()
        title = str(described.at[table, self.language]) if table in described.index else table
        return self.say(str(one["code"]), table=title, **values)

    # -- what a person does ----------------------------------------------------------------------

    async def vue_save_now(self, _: Any = None) -> None:
        name = await self.long(admin_steps.save, self.session)
        self.load_safety()
        self.speak_safety()
        self.speak_tables()
        self.tell("admin_saved", name=name)

    async def vue_look_over(self, _: Any = None) -> None:
        self._health = await self.long(admin_steps.look_over, self.session)
        self.speak_safety()
        if not self._health[0].findings.empty:
            self.tell("admin_unsound", "error", count=len(self._health[0].findings))

    def vue_new_code(self, _: Any = None) -> None:
        self.ask(
            "admin_code_ask",
            self._new_code,
            more=("admin_code_ask_more", {}),
            yes="admin_code_yes",
            kind="danger",
        )

    def _new_code(self) -> None:
        self._code = new_recovery_code(self.store)
        self.speak_safety()

    def vue_close_code(self, _: Any = None) -> None:
        self._code = ""
        self.code = {}


def _table() -> Table:
    def record(row: dict[str, Any], language: str) -> dict[str, Any]:
        size = words.bytes_said(int(row["bytes"]), language)
        if not row["whole"]:
            state = cells.chip("danger", say("admin_backup_broken", language))
            return {"at": cells.person(str(row["name"])), "kind": state, "size": size}
        return {
            "at": cells.person(words.moment(row["made_at"], language), str(row["name"])),
            "kind": cells.chip("plain", say(f"kept_{row['kind']}", language)),
            "children": say("number", language, n=int(row["children"])),
            "rows": say("number", language, n=int(row["rows"])),
            "size": size,
        }

    return Table(
        [
            Column("at", "column_when", "made_at"),
            Column("kind", "column_kept_as", "kind"),
            Column("children", "column_children_count", "children", look="number"),
            Column("rows", "column_rows", "rows", look="number"),
            Column("size", "column_size", "bytes", look="number"),
        ],
        record,
        key="name",
        caption="admin_backups",
        empty="admin_backups_none",
        rows_a_page=5,
    )
