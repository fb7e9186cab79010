"""The care view: who carries how much, which child has not been met for long, logging a contact."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from traitlets import Dict, List, Unicode

from carekit import care, tables
from carekit.errors import BadInput
from carekit.pages import care_rows as rows
from carekit.pages import care_tables as lists
from carekit.pages import care_words as words
from carekit.pages import register_tables as register
from carekit.pages.care_log import CareLog, Option
from carekit.pages.kit import Frames, Session, cells
from carekit.words import format_day

__all__ = ["Care"]

TABS = {
    "children": "care_tab_children",
    "helpers": "care_tab_helpers",
    "contacts": "care_tab_contacts",
}
# A number leads to its rows: the list, and how it is asked.
TILES: dict[str, tuple[str, dict[str, Any]]] = {
    "contacts": ("contacts", {"sort": "day", "down": True}),
    "minutes": ("contacts", {"sort": "minutes", "down": True}),
    "over": ("helpers", {"filter": "over"}),
    "quiet": ("children", {"filter": "quiet"}),
}
OWED = {"week": "care_owed_week", "month": "care_owed_month"}


class Care(CareLog):
    """Tiles, the children with their last contact, the helpers with their load."""

    view = "care"
    template_file = (__file__, "care.vue")
    tiles = List(Dict()).tag(sync=True)
    tab = Unicode("children").tag(sync=True)
    tabs = List(Dict()).tag(sync=True)
    helper = Dict().tag(sync=True)
    empty = Dict().tag(sync=True)

    def __init__(self, session: Session, frames: Frames | None = None) -> None:
        self.opened_helper = ""
        super().__init__(session, frames)

    def load(self) -> None:
        self.children = rows.children(self.frames, self.today)
        self.helpers = rows.helpers(self.frames, self.today)
        self.recent = rows.lately(self.frames, self.today)
        self.table("children", lists.children(), self.children)
        self.table("helpers", lists.helpers(), self.helpers)
        self.table("contacts", lists.contacts(), self.recent)

    def mine(self) -> pd.DataFrame:
        return self.children

    def speak(self) -> None:
        comma = "; " if self.language == "en" else "；"
        owed = [
            self.say(OWED[one.every], what=one.label(self.language), minutes=one.minutes)
            for one in care.SCHOOL.obligations
        ]
        day = format_day(self.today, self.language)
        self.heading = {
            "title": self.say("care_title"),
            "subtitle": self.say("care_subtitle", day=day, owed=comma.join(owed)),
        }
        self.empty = self._empty()
        self.tabs = [
            {"id": tab, "text": self.say(code), "here": tab == self.tab}
            for tab, code in TABS.items()
        ]
        self.tiles = self._tiles()
        self.speak_child()
        self._speak_helper()

    def _empty(self) -> dict[str, str]:
        if self.children.empty:
            return {"id": "people", "text": self.say("care_no_people")}
        if self.children["helper_ids"].isna().all():
            return {"id": "pairs", "text": self.say("care_no_pairs")}
        return {}

    def _tiles(self) -> list[dict[str, Any]]:
        over, quiet = int(self.helpers["over"].sum()), int(self.children["quiet"].sum())
        minutes = int(self.recent["minutes"].sum())
        # nobody is looked after yet: nothing is well because nothing is wrong
        look = "danger" if self.children["helper_ids"].notna().any() else ""
        return [
            self._tile("contacts", len(self.recent), "care_tile_contacts"),
            self._tile("minutes", minutes, "care_tile_minutes"),
            self._tile("over", over, "care_tile_over", "warn"),
            self._tile("quiet", quiet, "care_tile_quiet", look, days=care.QUIET_DAYS),
        ]

    def _tile(self, name: str, n: int, code: str, look: str = "", **values: Any) -> dict[str, Any]:
        look = look if n else "good" if look else ""
        return {
            "id": name,
            "number": self.say("number", n=n),
            "text": self.say(code, count=n, **values),
            "look": look,
            "sign": cells.SIGNS.get(look, ""),
            "opens": True,
        }

    # -- what a person does ----------------------------------------------------------------------

    def vue_open_tab(self, tab: Any) -> None:
        if str(tab) in TABS:
            self.tab = str(tab)
            self.speak()

    def vue_open_tile(self, tile: Any) -> None:
        if str(tile) in TILES:
            tab, asked = TILES[str(tile)]
            self.ask_table(tab, query="", **asked)
            self.vue_open_tab(tab)

    def wanted(self, **wanted: Any) -> None:
        if "child" in wanted:
            self.vue_open_child(wanted["child"])
        elif "helper" in wanted:
            self._open_helper(str(wanted["helper"]))

    def row_opened(self, table: str, key: str) -> None:
        if table == "helpers":
            self._open_helper(key)
            return
        child = key if table == "children" else self._child_of(key)
        if self._tables["children"].holds(child):
            self.vue_open_child(child)
        else:  # a file that was closed since
            self.open_view("register", child=child)

    def _child_of(self, contact_id: str) -> str:
        return str(self.recent.set_index("contact_id").at[contact_id, "child_id"])

    def acted(self, table: str, act: str, key: str) -> None:
        if table == "children" and act == "log":
            self.log(key)

    def vue_open_child(self, child: Any) -> None:
        self.opened_helper = ""
        super().vue_open_child(child)
        self._speak_helper()

    def vue_close_panel(self, _: Any = None) -> None:
        if self._form is None:
            self.opened_helper = ""
            self._speak_helper()
        super().vue_close_panel()

    def vue_to_card(self, _: Any = None) -> None:
        if self.opened:
            self.open_view("register", child=self.opened)
        elif self.opened_helper:
            self.open_view("register", helper=self.opened_helper)

    # -- a helper's panel ------------------------------------------------------------------------

    def _open_helper(self, helper_id: str) -> None:
        if not self._tables["helpers"].holds(helper_id):
            raise BadInput("helper_unknown", helper=helper_id)
        self.opened, self.opened_helper = "", helper_id
        self.speak_child()
        self._speak_helper()

    def _speak_helper(self) -> None:
        found = self.helpers[self.helpers["helper_id"].eq(self.opened_helper)]
        if found.empty:
            self.opened_helper, self.helper = "", {}
            return
        row: dict[str, Any] = found.iloc[0].to_dict()  # type: ignore[assignment]
        own = self.children[_listed(self.children["helper_ids"], self.opened_helper)]
        kind = tables.label("helper_kind", str(row["kind"]), self.language)
        self.helper = {
            "id": self.opened_helper,
            "name": str(row["name"]),
            "subtitle": " · ".join(filter(None, [kind, register.soft(row)])),
            "tel": "" if pd.isna(row["phone"]) else str(row["phone"]),
            "bar": words.load_bar(row, self.language),
            "children": [
                {
                    "id": str(one["child_id"]),
                    "name": str(one["name"]),
                    "subtitle": words.place(one, self.language),
                    "last": words.last(one, self.language),
                }
                for one in self._records(own)
            ],
        }

    def _records(self, frame: pd.DataFrame) -> list[dict[str, Any]]:
        return [{str(name): cell for name, cell in row.items()} for row in frame.to_dict("records")]

    # -- whom a contact may be written for -------------------------------------------------------

    def helper_options(self, child_id: str) -> Sequence[Option]:
        """Helpers of now and before, then who is near: a county's list would be too long."""
        child = self.children[self.children["child_id"].eq(child_id)].iloc[0]
        now = [] if pd.isna(child["helper_ids"]) else str(child["helper_ids"]).split(";")
        pairings, known = self.frames.read("pairings"), self.frames.read("helpers")
        ever = pairings.loc[pairings["child_id"].eq(child_id), "helper_id"].unique()
        before = [str(one) for one in ever if one not in now]
        near = pd.Series(False, index=known.index)
        for column in ("class_id", "village_id"):
            if not pd.isna(child[column]):
                near |= known[column].eq(child[column]).fillna(False)
        near &= ~known["closed_on"].le(pd.Timestamp(self.today))
        nearby = [str(one) for one in known.loc[near, "helper_id"]]
        names = known.set_index("helper_id")["name"]
        groups = (("helpers_now", now), ("helpers_before", before), ("helpers_near", nearby))
        out: dict[str, Option] = {}
        for code, ids in groups:
            for one in ids:
                out.setdefault(one, (one, str(names.get(one, one)), self.say(code)))
        return list(out.values())


def _listed(ids: pd.Series, one: str) -> pd.Series:
    return tables.has_code(ids, one)
