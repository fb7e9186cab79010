"""The analyst's view: the tables without names, how large they are, and a file of each.

Which tables, columns and rows these are the store's policy says; ids come as pseudonyms, the same
in every table of this store and others in every other store.
"""

import io
from typing import Any

from traitlets import Dict, List, Unicode

from carekit import exports, tables
from carekit.errors import BadInput
from carekit.pages.kit import Page
from carekit.store import Store
from carekit.words import codes, format_day

__all__ = ["Analysis"]


class Analysis(Page):
    """One row a table that may be read."""

    view = "analysis"
    template_file = (__file__, "analysis.vue")
    rows = List(Dict()).tag(sync=True)
    handle = Unicode().tag(sync=True)

    def load(self) -> None:
        names = [str(name) for name in tables.tables().index if self.policy.scopes(str(name))]
        self.found = {name: self.frames.read(name) for name in names}

    def speak(self) -> None:
        day = format_day(self.today, self.language)
        self.heading = {"title": self.say("view_analysis"), "subtitle": day}
        comma = ", " if self.language == "en" else "、"
        known = tables.tables()
        self.rows = [
            {
                "id": name,
                "title": str(known.at[name, self.language]),
                "count": self.say("analysis_rows", count=len(frame)),
                "columns": comma.join(
                    self._heading(name, str(column)) for column in frame if column != "version"
                ),
                "save": self.say("analysis_save", table=str(known.at[name, self.language])),
            }
            for name, frame in self.found.items()
        ]

    def _heading(self, table: str, column: str) -> str:
        ours = f"column_{column}"
        if column not in tables.columns(table).index and ours in codes(self.language):
            return self.say(ours)
        return tables.heading(table, column, self.language)

    def vue_save(self, table: Any) -> None:
        """A file of one table, as it stands now."""
        if table not in self.found:
            raise BadInput("table_unknown", table=str(table))
        frame = taken(self.store, table)
        target = io.BytesIO()
        exports.to_csv(frame, target, self.language, table)
        title = str(tables.tables().at[table, self.language])
        self.download(f"{title}-{self.today:%Y-%m-%d}.csv", target.getvalue())


def taken(store: Store, table: str) -> Any:
    """A table read anew: every file that is taken away is a row of the audit."""
    return store.read(table).drop(columns="version", errors="ignore")
