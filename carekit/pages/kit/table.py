"""A table on a page: search, filter, sort, paging and selection, all in Python.

The browser never holds more than the rows it shows: a county's register stays quick.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from carekit import tables
from carekit.pages.kit.initials import initials
from carekit.words import say

__all__ = ["Column", "Table"]

QUERY_LETTERS = 100
Record = Callable[[dict[str, Any], str], dict[str, Any]]


@dataclass(frozen=True)
class Column:
    """One column: its heading (a word's code, or table and column of the dictionary), and the
    column of the frame it is sorted by, if it can be."""

    id: str
    text: str | tuple[str, str]
    sort: str | None = None
    look: str = "text"

    def heading(self, language: str) -> str:
        if isinstance(self.text, tuple):
            return tables.heading(*self.text, language)
        return say(self.text, language)


@dataclass(frozen=True)
class Asked:
    """What a person asked the table for."""

    query: str = ""
    filter: str = ""
    sort: str = ""
    down: bool = False
    page: int = 1
    selected: str = ""


@dataclass
class Table:
    """Rows of a frame in words, as far as somebody asked for them.

    ``record(row, language)`` gives the cells of one row by column id (see ``cells``). ``key`` is
    the frame's column that names a row; ``searched`` are its text columns, ``names`` those of
    them that are also found by pinyin initials. ``filters``: id -> a mask of the frame, said as
    ``filter_<id>``; the first one holds until another is asked for.
    """

    columns: Sequence[Column]
    record: Record
    key: str
    caption: str
    empty: str = "no_rows"
    hint: str = "search_hint"
    searched: Sequence[str] = ()
    names: Sequence[str] = ()
    filters: Mapping[str, Callable[[pd.DataFrame], pd.Series]] = field(default_factory=dict)
    rows_a_page: int = 20
    opens: bool = False
    asked: Asked = field(default_factory=Asked)

    def __post_init__(self) -> None:
        self.frame = pd.DataFrame({self.key: pd.Series(dtype="string")})

    @property
    def frame(self) -> pd.DataFrame:
        return self._frame

    @frame.setter
    def frame(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self._text: dict[bool, pd.Series] = {}

    def ask(self, wanted: Mapping[str, Any]) -> None:
        """Search, filter, sort, page or selection, as they come from the browser."""
        asked = self.asked
        if "query" in wanted:
            asked = replace(asked, query=str(wanted["query"]).strip()[:QUERY_LETTERS], page=1)
        if wanted.get("filter") in self.filters:
            asked = replace(asked, filter=str(wanted["filter"]), page=1)
        if wanted.get("sort") in [column.id for column in self.columns if column.sort]:
            again = asked.sort == wanted["sort"]
            down = wanted["down"] is True if "down" in wanted else again and not asked.down
            asked = replace(asked, sort=str(wanted["sort"]), down=down, page=1)
        if isinstance(wanted.get("page"), int):
            asked = replace(asked, page=int(wanted["page"]))
        if "selected" in wanted:
            asked = replace(asked, selected=str(wanted["selected"]))
        self.asked = asked

    def holds(self, key: object) -> bool:
        """Is this the key of a row? The browser may name any."""
        return bool(self.frame[self.key].eq(str(key)).fillna(False).any())

    def found(self) -> pd.DataFrame:
        """The rows that pass search and filter, in the order asked for."""
        frame = self._filtered()
        if self.asked.query:
            frame = frame[self._hits(self.asked.query).reindex(frame.index)]
        by = next((c.sort for c in self.columns if c.id == self.asked.sort), None)
        if by is not None:
            frame = frame.sort_values(by, ascending=not self.asked.down, kind="stable")
        return frame

    def _filtered(self) -> pd.DataFrame:
        name = self.asked.filter or next(iter(self.filters), "")
        if not name:
            return self.frame
        return self.frame[self.filters[name](self.frame).fillna(False).astype(bool)]

    def _hits(self, query: str) -> pd.Series:
        latin = query.isascii() and query.isalpha()  # initials are worked out only when needed
        if latin not in self._text:
            parts = [self.frame[name].astype("string").fillna("") for name in self.searched]
            if latin:
                parts += [part.map(initials) for part in (self._part(n) for n in self.names)]
            text = pd.Series("", index=self.frame.index, dtype="string")
            for part in parts:
                text = text + " " + part.astype("string")
            self._text[latin] = text.str.casefold()
        found = pd.Series(True, index=self.frame.index)
        for word in query.casefold().split():
            found &= self._text[latin].str.contains(word, regex=False).astype(bool)
        return found

    def _part(self, name: str) -> pd.Series:
        return self.frame[name].astype("string").fillna("")

    def said(self, name: str, language: str) -> dict[str, Any]:
        """The page that is asked for, in words."""
        found = self.found()
        pages = max(-(-len(found) // self.rows_a_page), 1)
        page = min(max(self.asked.page, 1), pages)
        first = (page - 1) * self.rows_a_page
        shown: list[dict[str, Any]] = found.iloc[first : first + self.rows_a_page].to_dict(
            "records"
        )  # type: ignore[assignment]
        rows = [
            {
                "key": str(row[self.key]),
                "cells": self.record(row, language),
                "here": str(row[self.key]) == self.asked.selected,
            }
            for row in shown
        ]
        here = self.asked.filter or next(iter(self.filters), "")
        span = {"first": first + 1, "last": first + len(rows), "count": len(found)}
        return {
            "id": name,
            "caption": say(self.caption, language),
            "columns": [self._column(column, language) for column in self.columns],
            "rows": rows,
            "query": self.asked.query,
            "searchable": bool(self.searched),
            "hint": say(self.hint, language),
            "filters": [
                {
                    "id": one,
                    "text": say(f"filter_{one}", language),
                    "count": say("number", language, n=int(mask(self.frame).fillna(False).sum())),
                    "here": one == here,
                }
                for one, mask in self.filters.items()
            ],
            "page": page,
            "pages": pages,
            "said": say("rows_of", language, **span) if rows else "",
            "empty": "" if rows else say("no_rows" if self.asked.query else self.empty, language),
            "opens": self.opens,
        }

    def _column(self, column: Column, language: str) -> dict[str, Any]:
        order = ("down" if self.asked.down else "up") if self.asked.sort == column.id else ""
        return {
            "id": column.id,
            "text": column.heading(language),
            "sort": column.sort is not None,
            "sorted": order,
            "look": column.look,
        }
