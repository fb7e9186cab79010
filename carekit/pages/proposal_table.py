"""The table of a proposal: search, filter, paging and selection, all in Python."""

from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from carekit.pages.pair_words import row_records
from carekit.words import say

__all__ = ["Asked", "ProposalTable"]

ROWS_A_PAGE = 10
FILTERS = ("all", "paired", "unmatched")
SEARCHED = ["child", "helper", "village", "class"]


@dataclass(frozen=True)
class Asked:
    """What a person asked the table for."""

    query: str = ""
    filter: str = "all"
    page: int = 1
    selected: str = ""


@dataclass
class ProposalTable:
    """Rows of ``pair_words.shown`` and what is asked of them."""

    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    asked: Asked = field(default_factory=Asked)

    def ask(self, wanted: dict[str, Any]) -> None:
        """Search, filter, page or selection, as they come from the browser."""
        asked = self.asked
        if "query" in wanted or wanted.get("filter") in FILTERS:
            asked = replace(asked, page=1)
        if "query" in wanted:
            asked = replace(asked, query=str(wanted["query"]).strip()[:100])
        if wanted.get("filter") in FILTERS:
            asked = replace(asked, filter=str(wanted["filter"]))
        if isinstance(wanted.get("page"), int):
            asked = replace(asked, page=wanted["page"])
        if "selected" in wanted:
            asked = replace(asked, selected=str(wanted["selected"]))
        self.asked = asked

    def found(self) -> pd.DataFrame:
        """The rows that pass search and filter."""
        frame = self.frame
        if self.asked.filter != "all":
            paired = frame["helper_id"].notna()
            frame = frame[paired if self.asked.filter == "paired" else ~paired]
        if self.asked.query:
            text = frame[SEARCHED].astype("string").fillna("").agg(" ".join, axis=1)
            hit = text.astype("string").str.contains(self.asked.query, case=False, regex=False)
            frame = frame[hit.astype("bool")]
        return frame

    def said(self, language: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The page that is asked for, and the chosen pair, in words."""
        found = self.found()
        pages = max(-(-len(found) // ROWS_A_PAGE), 1)
        page = min(max(self.asked.page, 1), pages)
        first = (page - 1) * ROWS_A_PAGE
        rows = row_records(found.iloc[first : first + ROWS_A_PAGE], language)
        span = {"first": first + 1, "last": first + len(rows), "count": len(found)}
        table = {
            "rows": rows,
            "page": page,
            "pages": pages,
            "filter": self.asked.filter,
            "said": say("rows_of", language, **span) if rows else "",
        }
        paired = [row for row in rows if row["paired"]]
        chosen = [row for row in paired if row["id"] == self.asked.selected] or paired[:1]
        return table, chosen[0] if chosen else {}
