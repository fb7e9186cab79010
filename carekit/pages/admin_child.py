"""Administration: one child's file. Who had to do with it, given to the family, erased."""

import io
from typing import Any

from traitlets import Dict

from carekit import exports
from carekit.errors import BadInput
from carekit.pages import admin_words as words
from carekit.pages import register_tables as register
from carekit.pages.admin_log import Log, as_csv
from carekit.pages.kit import Column, Table, cells
from carekit.store import about_child, erase_child, who_touched

__all__ = ["OneChild"]

HEADINGS = ("column_when", "column_who", "column_did", "column_on_what", "column_columns")


class OneChild(Log):
    """A child is found as in the register; everything about its file stands below."""

    child = Dict().tag(sync=True)

    _child = ""
    _toucher = ""

    def load_child(self) -> None:
        self.files = register.children(self.frames, self.today)
        self.table("files", _files(), self.files)
        if self._child not in set(self.files["child_id"]):
            self._child = ""
        if self._child:
            known = words.names(self.frames.read("users"))
            found = who_touched(self.store, self._child)
            self.touched = found.assign(
                key=found.index.astype("string"),
                name=found["user"].map(known).fillna(found["user"]),
            )
            self._choose_toucher()

    def _choose_toucher(self) -> None:
        rows = self.touched
        if self._toucher:
            rows = rows[rows["user"].eq(self._toucher).fillna(False)]
        self.shown_touched = rows
        self.table("touched", _touched(), words.gathered(rows))

    def _row(self) -> dict[str, Any]:
        found = self.files[self.files["child_id"].eq(self._child)]
        if found.empty:
            raise BadInput("child_unknown", child=self._child)
        return {str(name): value for name, value in found.iloc[0].to_dict().items()}

    def open_child(self, child: str) -> None:
        """Show what the log knows of one child, and what may be done with its file."""
        self._child, self._toucher = child, ""
        self.load_child()
        self.speak_child()
        self.speak_tables()

    def speak_child(self) -> None:
        if not self._child:
            self.child = {}
            return
        row, rows = self._row(), self.touched
        readers = rows.loc[rows["does"].eq("read"), "user"].nunique()
        writers = rows.loc[rows["does"].eq("changed"), "user"].nunique()
        people = rows.dropna(subset="user").drop_duplicates("user")
        last = rows.iloc[0] if len(rows) else None
        said = (
            self.say(
                "admin_child_said",
                name=row["name"],
                readers=self.say("admin_people_count", count=readers),
                writers=self.say("admin_people_count", count=writers),
                who=last["name"],
                at=words.moment(last["at"], self.language),
            )
            if last is not None
            else self.say("admin_child_untouched", name=row["name"])
        )
        self.child = {
            "id": self._child,
            "name": str(row["name"]),
            "soft": " · ".join(filter(None, [self._child, register.soft(row)])),
            "said": said,
            "people": [
                {"id": str(one["user"]), "text": str(one["name"])}
                for one in people.sort_values("name").to_dict("records")
            ],
            "person": self._toucher,
            "closed": bool(row["closed"]),
            "erase_label": self.say("admin_erase_label", child=self._child),
        }

    def vue_choose_toucher(self, person: Any) -> None:
        known = set(self.touched["user"].dropna()) if self._child else set()
        self._toucher = str(person) if str(person) in known else ""
        if self._child:
            self._choose_toucher()
            self.ask_table("touched", page=1)
            self.speak_child()
            self.speak_tables()

    def vue_close_child(self, _: Any = None) -> None:
        self._child = ""
        self.child = {}

    def vue_child_card(self, _: Any = None) -> None:
        if self._child:
            self.open_view("register", child=self._child)

    # -- what may be done ------------------------------------------------------------------------

    def vue_download_touched(self, _: Any = None) -> None:
        if not self._child:
            return
        rows: list[dict[str, Any]] = self.shown_touched.to_dict("records")  # type: ignore[assignment]
        said = []
        for row in rows:
            cell = words.record(row, self.language)
            who, what = cell["who"], cell["what"]
            said.append([cell["at"], who["name"], who["soft"], what["name"], what["soft"]])
        name = self.say("admin_touched_file", child=self._child)
        self.download(f"{name}.csv", as_csv(self, HEADINGS, said))

    def vue_give(self, _: Any = None) -> None:
        """Everything kept about the child, for its family."""
        if not self._child:
            return
        found = about_child(self.store, self._child)
        target = io.BytesIO()
        exports.tables_xlsx(found, target, self.language)
        self.download(self.say("admin_give_file", child=self._child) + ".xlsx", target.getvalue())
        self.load_child()
        self.speak_child()
        self.speak_tables()
        count = sum(len(frame) for frame in found.values())
        self.tell("admin_given", name=self._row()["name"], count=count)

    def vue_erase(self, typed: Any) -> None:
        """Erase the file, once the child's id was typed: this cannot be taken back."""
        if not self._child:
            return
        child, row = self._child, self._row()
        if str(typed).strip().upper() != child:
            raise BadInput("admin_erase_other", child=child)
        self.ask(
            "admin_erase_ask",
            lambda: self._erase(child),
            more=("admin_erase_ask_more", {}),
            yes="admin_erase_yes",
            kind="danger",
            name=row["name"],
        )

    def _erase(self, child: str) -> None:
        step = erase_child(self.store, child)
        self.vue_close_child()
        self.changed()
        self.tell("admin_erased", child=child, step=step)


def _files() -> Table:
    def record(row: dict[str, Any], language: str) -> dict[str, Any]:
        return {"child": cells.person(str(row["name"]), register.soft(row)), "id": row["child_id"]}

    return Table(
        [
            Column("child", ("children", "name"), "name"),
            Column("id", ("children", "child_id"), "child_id"),
        ],
        record,
        key="child_id",
        caption="admin_choose_child",
        empty="children_none",
        searched=["name", "child_id", "village", "class_name"],
        names=["name", "village"],
        filters={
            "files_all": lambda frame: frame["child_id"].notna(),
            "files_closed": lambda frame: frame["closed"],
        },
        rows_a_page=8,
        opens=True,
    )


def _touched() -> Table:
    return Table(
        [
            Column("who", "column_who", "name"),
            Column("at", "column_when", "at"),
            Column("does", "column_saw_or_changed", "does"),
            Column("what", "column_on_what"),
        ],
        words.record,
        key="key",
        caption="admin_touched",
        empty="admin_touched_none",
        filters={
            "touched_all": lambda frame: frame["does"].notna(),
            "touched_read": lambda frame: frame["does"].eq("read"),
            "touched_changed": lambda frame: frame["does"].eq("changed"),
        },
        rows_a_page=8,
    )
