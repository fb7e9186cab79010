"""A form for one row of a table, derived from the data dictionary.

What is typed is read exactly as a cell of a spreadsheet: the same dates, numbers and words are
understood, the same faults are named.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from carekit import exports, people, tables
from carekit.words import say

__all__ = ["Form", "Options"]

# value, text, group (a heading over several options, may be empty)
Options = Callable[[], Sequence[tuple[str, str, str]]]

LONG = ("note", "health", "address")  # texts that want more than one line
LETTERS = 4000  # the most one field takes
FORM_FAULTS = {"required_missing": "field_required", "option_unknown": "option_unknown"}
INPUTS = {"whole": "number", "number": "number", "date": "date", "time": "time", "phone": "phone"}


@dataclass
class Form:
    """The columns of one row that a person fills in.

    ``title`` and ``save`` are codes of words (``title_values`` goes into the first). ``sections``
    lay the columns out under headings (codes of ``section_<name>``); without them they stand in
    one. ``options`` gives the choices of columns that refer to other tables. ``labels`` and
    ``helps`` are codes of words for columns the dictionary words otherwise. ``row`` is the row
    that is corrected (with its key and version), ``fixed`` what the row holds besides what is
    typed.
    """

    id: str
    table: str
    columns: Sequence[str]
    title: str
    save: str = "form_save"
    title_values: Mapping[str, Any] = field(default_factory=dict)
    hint: str = ""
    sections: Mapping[str, Sequence[str]] = field(default_factory=dict)
    options: Mapping[str, Options] = field(default_factory=dict)
    required: Sequence[str] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    helps: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    row: Mapping[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    turn: int = 0
    heard: int = 0  # how often something was typed: the same words twice are an answer too

    def __post_init__(self) -> None:
        described = tables.columns(self.table)
        started = {name: self.row.get(name, self.fixed.get(name)) for name in self.columns}
        started |= {name: value for name, value in self.values.items() if name in started}
        self.values = {
            name: as_typed(value, str(described.at[name, "kind"]))
            for name, value in started.items()
        }

    def type(self, values: Any) -> None:
        """Take over what was typed, as it comes from the browser."""
        if not isinstance(values, dict):
            return
        for name in self.columns:
            if name in values:
                value = values[name]
                several = isinstance(value, list)
                self.values[name] = (
                    [str(one)[:LETTERS] for one in value[:100]]
                    if several
                    else "" if value is None else str(value)[:LETTERS]
                )  # fmt: skip
        self.heard += 1

    @property
    def typed(self) -> bool:
        return self.heard > 0

    def read(self) -> pd.DataFrame | None:
        """The row as typed, with key and version of a corrected one; None when it has errors."""
        said = {
            name: ";".join(value) if isinstance(value, list) else value
            for name, value in self.values.items()
        }
        frame, self.errors = people.read_row(self.table, said)
        for name in self.required:
            if frame[name].isna().iloc[0]:
                self.errors.setdefault(name, "required_missing")
        for name, options in self.options.items():
            value = self.values.get(name)
            if value and value not in {one for one, _, _ in options()}:
                self.errors[name] = "option_unknown"
        self.turn += 1
        if self.errors:
            return None
        more = {name: value for name, value in self.fixed.items() if name not in frame}
        for name in (tables.key(self.table), "version"):
            if name in self.row:
                more[name] = self.row[name]
        return frame.assign(**more)

    # -- in words --------------------------------------------------------------------------------

    def said(self, language: str) -> dict[str, Any]:
        """What ``care-form`` shows."""
        laid = self.sections or {"": self.columns}
        order = [name for columns in laid.values() for name in columns]
        sections = [
            {
                "title": say(f"section_{name}", language) if name else "",
                "fields": [self._field(column, language) for column in columns],
            }
            for name, columns in laid.items()
        ]
        return {
            "id": self.id,
            "title": say(self.title, language, **self.title_values),
            "hint": say(self.hint, language) if self.hint else "",
            "sections": sections,
            "save": say(self.save, language),
            "kept": say("form_kept", language) if self.typed else "",
            "turn": self.turn,
            "heard": self.heard,
            "errors": [
                {
                    "id": name,
                    "text": f"{self._label(name, language)} · {self._error(name, language)}",
                }
                for name in dict.fromkeys([*order, *self.errors])  # as the fields stand
                if name in self.errors
            ],
        }

    def _field(self, name: str, language: str) -> dict[str, Any]:
        rule = tables.columns(self.table).loc[name]
        kind = str(rule["kind"])
        unit = str(rule["unit"] or "")
        return {
            "id": name,
            "text": self._label(name, language),
            "kind": self._input(name, kind),
            "required": bool(rule["required"]) or name in self.required,
            "unit": say(f"unit_{unit}", language) if unit else "",
            "help": (
                say(self.helps[name], language)
                if name in self.helps
                else str(rule[f"help_{language}"] or "")
            ),
            "min": None if pd.isna(rule["min"]) else float(rule["min"]),
            "max": None if pd.isna(rule["max"]) else float(rule["max"]),
            "options": self._options(name, kind, language),
            "value": self.values[name],
            "error": self._error(name, language) if name in self.errors else "",
        }

    def _label(self, name: str, language: str) -> str:
        if name in self.labels:
            return say(self.labels[name], language)
        if name == "name":  # the heading of a list says whose it is; in a form that is known
            return say("form_name", language)
        return tables.heading(self.table, name, language)

    def _input(self, name: str, kind: str) -> str:
        if name in self.options or kind.startswith("choice:") or kind == "flag":
            return "choice"
        if kind.startswith("choices:"):
            return "choices"
        if name in LONG:
            return "long"
        return INPUTS.get(kind, "text")

    def _options(self, name: str, kind: str, language: str) -> list[dict[str, str]]:
        if name in self.options:
            found = list(self.options[name]())
        elif kind == "flag":
            found = [(code, say(f"flag_{code}", language), "") for code in ("yes", "no")]
        elif (choices := tables.choice_list(kind)) is not None:
            named = tables.choices(choices)[language]
            found = [(str(code), str(text), "") for code, text in named.items()]
        else:
            return []
        return [{"value": value, "text": text, "group": group} for value, text, group in found]

    def _error(self, name: str, language: str) -> str:
        code = self.errors[name]
        if code in FORM_FAULTS:  # said otherwise than of a cell in a spreadsheet
            return say(FORM_FAULTS[code], language)
        return exports.cure(self.table, name, code, language)

    # -- kept while it is typed ------------------------------------------------------------------

    def draft(self) -> dict[str, Any]:
        """What brings this form back after a reload."""
        return {"values": self.values, "errors": self.errors}

    def take_up(self, draft: Mapping[str, Any]) -> None:
        """Go on where a kept draft ends."""
        self.type(draft.get("values"))
        known = dict(draft.get("errors") or {})
        self.errors = {str(n): str(code) for n, code in known.items() if n in self.columns}
        self.turn += 1


def as_typed(value: Any, kind: str) -> Any:
    """A stored value as a person would type it.

    >>> as_typed(pd.Timestamp("2026-03-02"), "date"), as_typed("gan;hakka", "choices:language")
    ('2026-03-02', ['gan', 'hakka'])
    >>> as_typed(True, "flag"), as_typed(pd.NA, "whole"), as_typed(3, "whole")
    ('yes', '', '3')
    """
    if isinstance(value, list):
        return value
    if value is None or pd.isna(value) or value == "":
        return [] if kind.startswith("choices:") else ""
    if kind.startswith("choices:"):
        return str(value).split(";")
    if kind == "date":
        return str(pd.Timestamp(value).date())
    if kind == "flag" and not isinstance(value, str):
        return "yes" if value else "no"
    return str(value)
