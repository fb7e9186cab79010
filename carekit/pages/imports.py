"""Spreadsheets on their way into the register: looked at first, then brought in, or taken back.

The file and what would come of it are kept for the person in the store: a reload loses neither.
"""

import base64
import io
import json
import secrets
from typing import Any

import pandas as pd

from carekit import exports
from carekit.errors import BadInput
from carekit.pages import long_steps
from carekit.pages.kit import Page, cells
from carekit.words import say

__all__ = ["SHEETS", "Imports", "said_done", "said_seen"]

SHEETS = ("children", "helpers")
TITLES = {
    "children": ("sheet_children", "sheet_children_hint"),
    "helpers": ("sheet_helpers", "sheet_helpers_hint"),
}
SHOWN = 50  # findings on the page; the file holds all
LOOKS = {"good": "success", "warn": "warning", "plain": "info"}


class Imports:
    """The two lists of one page: what was looked at (``seen``) and what came in (``done``)."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.seen = {sheet: self._kept(f"seen_{sheet}") for sheet in SHEETS}
        self.done = {sheet: self._kept(f"done_{sheet}") for sheet in SHEETS}

    def check(self) -> None:
        """An import that was taken back elsewhere is nothing to take back any more."""
        made = {sheet: one["result"]["step"] for sheet, one in self.done.items() if one}
        if any(made.values()):
            steps = self.page.store.steps().set_index("step_id")["undone_by"]
            for sheet, step in made.items():
                if step and pd.notna(steps.get(step)):
                    self._keep("done", sheet, None)

    async def look(self, sheet: str, data: bytes, name: str) -> None:
        """Read a file and keep what would come of it; nothing comes in yet."""
        self._known(sheet)
        found = await self.page.long(
            long_steps.preview_import, self.page.session, data, sheet, name
        )
        self._keep("seen", sheet, {
            "name": name,
            "data": base64.b64encode(data).decode(),
            "found": found,
            "step": self.page.store.newest(),
            "token": secrets.token_hex(16),  # the same file brought in twice comes in once
        })  # fmt: skip

    async def bring_in(self, sheet: str) -> dict[str, Any]:
        """Bring in the file that was looked at; gives the report of the import."""
        seen = self.seen[self._known(sheet)]
        if not seen:
            raise BadInput("import_nothing")
        result: dict[str, Any] = await self.page.long(
            long_steps.import_sheet, self.page.session, base64.b64decode(seen["data"]),
            sheet, seen["name"], seen["token"],
        )  # fmt: skip
        # An import that changed nothing leaves the undo of the one before in its place.
        before = (self.done[sheet] or {}).get("result", {}).get("step")
        result = {**result, "step": result["step"] or before}
        self._keep("done", sheet, {"name": seen["name"], "result": result})
        self._keep("seen", sheet, None)
        return result

    def forget(self, sheet: str) -> None:
        """Let go of a file that was looked at."""
        self._keep("seen", self._known(sheet), None)

    async def undo(self, sheet: str) -> None:
        """Take back what came in."""
        done = self.done[self._known(sheet)]
        if not done or not done["result"]["step"]:
            raise BadInput("import_nothing")
        await self.page.long(long_steps.undo, self.page.session, done["result"]["step"])
        self._keep("done", sheet, None)

    def refusals(self, sheet: str, language: str) -> tuple[str, bytes]:
        """Everything to look at in the list as a spreadsheet: name and bytes."""
        found = self.seen[self._known(sheet)] or self.done[sheet]
        if not found:
            raise BadInput("import_nothing")
        listed = exports.refusals(found.get("found") or found["result"], sheet, language)
        data = io.BytesIO()
        exports.to_xlsx(listed, data, language)
        return say("refusals_file", language, name=_stem(found["name"])) + ".xlsx", data.getvalue()

    def blank(self, sheet: str, language: str) -> tuple[str, bytes]:
        """An empty list to fill in: name and bytes."""
        name = say(f"blank_file_{self._known(sheet)}", language)
        return f"{name}.xlsx", exports.blank_list(sheet, language)

    def said(self, language: str) -> dict[str, Any]:
        """What the page shows of both lists."""
        newest = self.page.store.newest()
        return {
            sheet: {
                "title": say(TITLES[sheet][0], language),
                "hint": say(TITLES[sheet][1], language),
                "done": said_done(self.done[sheet], sheet, language),
                "seen": said_seen(self.seen[sheet], sheet, language, newest),
            }
            for sheet in SHEETS
        }

    def _known(self, sheet: str) -> str:
        if sheet not in SHEETS:
            raise BadInput("sheet_unknown", sheet=sheet)
        return sheet

    def _kept(self, place: str) -> dict[str, Any] | None:
        body = self.page.store.kept(f"import/{place}")
        return json.loads(body) if body else None

    def _keep(self, what: str, sheet: str, value: dict[str, Any] | None) -> None:
        self.page.store.keep(f"import/{what}_{sheet}", json.dumps(value) if value else None)
        getattr(self, what)[sheet] = value


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def said_done(done: dict[str, Any] | None, sheet: str, language: str) -> dict[str, Any]:
    """What came of an import: a chip, what is to be looked at, whether it can be taken back."""
    if not done:
        return {}
    result = done["result"]
    listed = _listed(result, sheet, language)
    look = "good" if result["rows"] else "warn" if listed else "plain"
    said = say("import_done", language, count=result["rows"], known=result["known"])
    return {
        "chip": cells.chip(look, said),
        "kind": LOOKS[look],
        "name": done["name"],
        "undo": bool(result["step"]),
        "see": say(f"import_see_{sheet}", language),
        "left_out": say("unrecognised", language, columns=result["unrecognised"])
        if result["unrecognised"]
        else "",
        "listed": listed,
    }


def said_seen(
    seen: dict[str, Any] | None, sheet: str, language: str, newest: str
) -> dict[str, Any]:
    """What would come of a file: counts, how each heading was understood, what to look at."""
    if not seen:
        return {}
    found = seen["found"]
    rows = found["rows"]
    return {
        "title": say("preview_of", language, name=seen["name"], count=found["total"]),
        "tiles": [
            _tile("new", rows, "good" if rows else "plain", language),
            _tile("known", found["known"], "plain", language),
            _tile("perhaps", len(found["perhaps_known"]), "warn", language),
            _tile("differs", len(found["differs"]), "warn", language),
            _tile("refused", len(found["refused"]), "warn", language),
        ],
        "columns": [_column(column, sheet, language) for column in found["columns"]],
        "listed": _listed(found, sheet, language),
        "bring": say("bring_in", language, count=rows) if rows else "",
        "nothing": "" if rows else say("preview_nothing", language),
        "stale": say("preview_stale", language) if seen["step"] != newest else "",
    }


def _tile(name: str, count: int, look: str, language: str) -> dict[str, Any]:
    look = look if count else "plain"
    return {
        "id": name,
        "number": say("number", language, n=count),
        "text": say(f"section_import_{name}", language),
        "look": look,
        "sign": "" if look == "plain" else cells.SIGNS[look],
        "opens": False,
    }


def _column(column: dict[str, Any], sheet: str, language: str) -> dict[str, Any]:
    field = column["field"]
    if field is None:
        understood = cells.chip("warn", say("heading_unused", language))
    else:
        understood = cells.chip("good", exports.sheet_heading(sheet, field, language))
    return {
        "letter": column["letter"],
        "heading": column["heading"] or say("heading_none", language),
        "understood": understood,
        "samples": " · ".join(column["samples"]),
    }


def _listed(result: dict[str, Any], sheet: str, language: str) -> dict[str, Any]:
    """Findings in words, as many as a page holds."""
    listed = exports.refusals(result, sheet, language)
    if listed.empty:
        return {}
    more = len(listed) - SHOWN
    rows = listed.head(SHOWN).astype(object)
    return {
        "title": say("import_listed", language, count=len(listed)),
        "rows": rows.where(rows.notna(), "").to_dict("records"),
        "more": say("more_rows", language, count=more) if more > 0 else "",
    }
