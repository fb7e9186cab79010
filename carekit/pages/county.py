"""The county officer's view: how many children each school has in each tier, no rows at all.

The store counts and keeps small numbers back (``store.rollup``); what can be added up here is only
what is shown, so no total gives away what is not.
"""

import io
from typing import Any

import pandas as pd
from traitlets import Dict, List, Unicode

from carekit import exports
from carekit.pages.kit import Column, Page, Table, cells
from carekit.store.rollup import LEAST
from carekit.words import format_day

__all__ = ["Rollup", "table_of"]


class Rollup(Page):
    """Totals, one row a school, and the same as a file."""

    view = "rollup"
    template_file = (__file__, "county.vue")
    tiles = List(Dict()).tag(sync=True)
    why = Unicode().tag(sync=True)
    empty = Unicode().tag(sync=True)

    def load(self) -> None:
        self.schools = table_of(self.store.rollup())
        self.tiers = [int(name) for name in self.schools if isinstance(name, int)]
        self.kept = bool(self.schools[self.tiers].isna().any(axis=None))
        frame = self.schools.rename(columns={tier: f"tier_{tier}" for tier in self.tiers})
        self.table("schools", self._table(), frame)

    def _table(self) -> Table:
        return Table(
            [
                Column("school", ("schools", "name"), "school"),
                *(Column(f"tier_{t}", f"tier_{t}", f"tier_{t}", "number") for t in self.tiers),
                Column("total", "column_total", "total", "number"),
            ],
            self._record,
            key="school_id",
            caption="rollup_schools",
            searched=["school"],
            names=["school"],
            hint="rollup_hint",
        )

    def _record(self, row: dict[str, Any], language: str) -> dict[str, Any]:
        out: dict[str, Any] = {"school": cells.person(self._school(row["school"]))}
        out |= {f"tier_{tier}": self._cell(row[f"tier_{tier}"]) for tier in self.tiers}
        return {**out, "total": self._sum(row["total"], whole=bool(row["whole"]))}

    def _school(self, name: Any) -> str:
        return self.say("rollup_no_school") if pd.isna(name) else str(name)

    def _cell(self, count: Any) -> str:
        return self.say("rollup_kept") if pd.isna(count) else self.say("number", n=int(count))

    def _sum(self, count: Any, *, whole: bool) -> str:
        """The sum of what is shown; ``whole``: of everything there is."""
        if not whole and not count:
            return self.say("rollup_kept")
        return self.say("number" if whole else "rollup_at_least", n=int(count))

    def speak(self) -> None:
        count = self.say("rollup_count", count=len(self.schools))
        day = format_day(self.today, self.language)
        self.heading = {
            "title": self.say("view_rollup"),
            "subtitle": " · ".join([count, day]),
        }
        self.empty = "" if len(self.schools) else self.say("rollup_empty")
        self.why = self.say("rollup_why", least=LEAST) if self.kept else ""
        total, tiers = self.schools["total"].sum(), self.schools[self.tiers]
        self.tiles = [
            self._tile("total", self._sum(total, whole=not self.kept), "column_total"),
            *(
                self._tile(
                    f"tier_{tier}",
                    self._sum(tiers[tier].sum(), whole=bool(tiers[tier].notna().all())),
                    f"tier_{tier}",
                )
                for tier in self.tiers
            ),
        ]

    def _tile(self, name: str, number: str, code: str) -> dict[str, Any]:
        return {"id": name, "number": number, "text": self.say(code), "look": "", "sign": ""}

    def vue_save(self, _: Any = None) -> None:
        """The table as a file, its totals last."""
        heads = [self.say(f"tier_{tier}") for tier in self.tiers]
        shown = self.schools[self.tiers].map(self._cell).set_axis(heads, axis=1)
        ends = [str(tile["number"]) for tile in self.tiles]
        school, total = self.say("rollup_school"), self.say("column_total")
        frame = shown.assign(**{total: list(map(self._total, self.schools.index))})
        frame.insert(0, school, self.schools["school"].map(self._school))
        last = pd.DataFrame([[total, *ends[1:], ends[0]]], columns=frame.columns)
        target = io.BytesIO()
        exports.to_csv(pd.concat([frame, last], ignore_index=True), target)
        self.download(f"{self.say('view_rollup')}-{self.today:%Y-%m-%d}.csv", target.getvalue())

    def _total(self, at: Any) -> str:
        row = self.schools.loc[at]
        return self._sum(row["total"], whole=bool(row["whole"]))


def table_of(told: pd.DataFrame) -> pd.DataFrame:
    """``store.rollup`` with one row a school: school_id, school, the tiers, total, whole.

    ``total`` (Int64) adds up what is shown; ``whole`` says whether that is everybody.

    >>> told = pd.DataFrame({"school_id": "S001", "school": "Ford", "tier": [1, 2, 3],
    ...                      "children": pd.array([None, None, 30], dtype="Int64")})
    >>> table_of(told)[[3, "total", "whole"]]
        3  total  whole
    0  30     30  False
    """
    tiers = sorted(int(tier) for tier in told["tier"].unique())
    names = told.drop_duplicates("school_id")[["school_id", "school"]].reset_index(drop=True)
    for tier in tiers:
        cells_ = told[told["tier"].eq(tier)].set_index("school_id")["children"]
        names[tier] = names["school_id"].map(cells_).astype("Int64")
    return names.assign(
        total=names[tiers].sum(axis=1).astype("Int64"), whole=names[tiers].notna().all(axis=1)
    )
