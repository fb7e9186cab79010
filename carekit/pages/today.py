"""The today view: what the day asks for, each number with the people behind it."""

import datetime as dt
from typing import Any

import pandas as pd
from babel.dates import format_date
from traitlets import Dict, List, Unicode

from carekit.pages import today_rows as rows
from carekit.pages.backup_notice import backup_notice
from carekit.pages.kit import Page, cells
from carekit.words import format_day

__all__ = ["Today"]

# Which register card a row leads to; outings lead to their own view.
CHILDREN = ("waiting", "birthdays", "incomplete", "contacts")
WEEK = 7
WORRYING = ("backup_failed", "backup_old")  # none at all: the first is being made just now


class Today(Page):
    """Tiles with numbers; the list of one of them is open below."""

    view = "today"
    template_file = (__file__, "today.vue")
    tiles = List(Dict()).tag(sync=True)
    opened = Unicode("waiting").tag(sync=True)
    loads = List(Dict()).tag(sync=True)
    empty = Unicode().tag(sync=True)
    backup = Dict().tag(sync=True)

    def load(self) -> None:
        read = self.frames.read
        self.keeps = self.store.policy().may("backup")
        self.known = bool(len(read("children")) or len(read("helpers")))
        self.lists = {name: rows.frame(self.frames, name, self.today) for name in rows.LISTS}
        for name, frame in self.lists.items():
            self.table(name, rows.table(name), frame)

    def speak(self) -> None:
        self.heading = {"title": self._day(), "subtitle": self._subtitle()}
        found = backup_notice(self.store.path, self.language) if self.keeps else {}
        self.backup = found if found.get("code") in WORRYING else {}
        self.empty = "" if self.known else self.say("today_empty")
        looks = self._looks()
        self.tiles = [
            {
                "id": name,
                **self._number(name),
                "look": looks.get(name, ""),
                "sign": cells.SIGNS.get(looks.get(name, ""), ""),
                "opens": True,
                "here": name == self.opened,
            }
            for name in rows.LISTS
        ]
        self.loads = [
            self._load(row)
            for row in rows.busiest(self.frames, self.today).to_dict("records")
        ]  # fmt: skip

    # -- the day ---------------------------------------------------------------------------------

    def _day(self) -> str:
        weekday = format_date(self.today, "EEEE", locale=self.language)
        return self.say("today_title", weekday=weekday, day=format_day(self.today, self.language))

    def _subtitle(self) -> str:
        said = [self._term()]
        if self.store.setting("practice_day"):
            said.append(self.say("practice_day"))
        return " · ".join(filter(None, said))

    def _term(self) -> str:
        """The week of the term, counted by Mondays; in the holidays when the next one begins."""
        terms = self.frames.read("terms").dropna(subset=["since"]).sort_values("since")
        day = pd.Timestamp(self.today)
        now = terms[terms["since"].le(day) & (terms["until"].isna() | terms["until"].ge(day))]
        if len(now):
            since = now["since"].iloc[-1].date()
            monday = since - dt.timedelta(days=since.weekday())
            week = (self.today - monday).days // WEEK + 1
            return self.say("today_term", term=str(now["name"].iloc[-1]), n=week)
        ahead = terms[terms["since"].gt(day)]
        if len(ahead):
            first = ahead.iloc[0]
            return self.say("today_break", term=str(first["name"]), day=first["since"].date())
        return ""

    # -- tiles -----------------------------------------------------------------------------------

    def _looks(self) -> dict[str, str]:
        """Colour and sign of a number: only where something should be done."""
        papers = self.lists["papers"]["code"]
        expired = bool(papers.eq("paper_expired").any())
        return {
            "waiting": "warn" if len(self.lists["waiting"]) else "good",
            "papers": "danger" if expired else "warn" if len(papers) else "good",
        }

    def _number(self, name: str) -> dict[str, str]:
        count = len(self.lists[name])
        if name == "outings":
            return self._next_outing()
        codes = {
            "waiting": "today_tile_waiting",
            "papers": "today_tile_papers",
            "birthdays": "today_tile_birthdays",
            "incomplete": "today_tile_incomplete",
            "contacts": "today_tile_contacts",
        }
        return {"number": self.say("number", n=count), "text": self.say(codes[name], count=count)}

    def _next_outing(self) -> dict[str, str]:
        coming = self.lists["outings"]
        if not len(coming):
            return {"number": "–", "text": self.say("today_tile_outing_none")}
        first = coming.iloc[0]
        going, places = int(first["people"]), int(first["places"])
        text = (
            self.say("today_tile_outing", people=going, places=places)
            if going
            else self.say("today_tile_outing_open", places=places)
        )
        return {"number": rows.short_day(first["day"].date(), self.language), "text": text}

    def _load(self, row: Any) -> dict[str, Any]:
        places = row["places"]
        load, most = int(row["load"]), 0 if pd.isna(places) else int(places)
        look = "danger" if load > most else "warn" if load == most else "good"
        bar = cells.bar(float(row["share"]), f"{load} / {most if most else '–'}", look)
        return {"id": str(row["helper_id"]), "name": str(row["name"]), "bar": bar}

    # -- what a person does ----------------------------------------------------------------------

    def vue_open_tile(self, tile: Any) -> None:
        if tile in rows.LISTS:
            self.opened = str(tile)
            self.speak()

    def vue_open_helper(self, helper: Any) -> None:
        """A name of the load card."""
        if helper in [row["id"] for row in self.loads]:
            self.open_view("register", helper=str(helper))

    def row_opened(self, table: str, key: str) -> None:
        found = self.lists[table]
        row = found[found["key"].eq(key)].iloc[0]
        if table == "outings":
            self.open_view("outings", outing=key)
        elif table in CHILDREN:
            self.open_view("register", child=str(row["child_id"]))
        else:
            self.open_view("register", helper=str(row["helper_id"]))

    def acted(self, table: str, act: str, key: str) -> None:
        """Children of somebody whose papers ran out: who can step in?"""
        found = self.lists[table]
        if act == "leaving" and table == "papers":
            helper = found.loc[found["key"].eq(key), "helper_id"].iloc[0]
            self.open_view("leaving", helper=str(helper))
