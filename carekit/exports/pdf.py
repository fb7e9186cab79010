"""The roster of an outing as PDF: A4 lying, a table for each vehicle, then the adults."""

import datetime as dt
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from carekit import words
from carekit.exports.fonts import families_for, is_sign
from carekit.exports.rosters import Row, adult_rows, child_rows, under_title
from carekit.exports.target import Target, write

__all__ = ["roster_pdf"]

TEMPLATE = Path(__file__).with_name("roster.typ")

# Shares of the width of the page.
CHILDREN = {
    "group": 5,
    "child": 12,
    "age": 5,
    "helper": 14,
    "guardian": 13,
    "guardian_phone": 13,
    "allergies": 11,
    "health": 13,
    "consent": 9,
    "signature": 11,
}
ADULTS = {"vehicle": 6, "group": 6, "helper": 24, "phone": 24, "children": 12, "signature": 28}
CENTRED = ("group", "vehicle", "age", "children")
TO_SIGN = 2.6  # millimetres above and below a line


def roster_pdf(
    roster: pd.DataFrame, adults: pd.DataFrame, outing: Any, target: Target, language: str
) -> None:
    """Write the roster as PDF, to a path or binary buffer (O1, E1).

    Takes ``outings.roster(plan, guardians)``, ``plan.adults`` and ``plan.outing``. A4 landscape,
    10.5 points, one line a child with its helper and the phones of both sides, heading repeated
    on each page, page numbers; each vehicle begins a page, the adults follow at the end. Fonts
    are those of this computer, embedded. Equal input gives equal bytes on one computer.

    Raises ``BadInput``: ``pdf_font_missing``, ``pdf_letters_missing`` (a letter no font here has,
    which would be printed blank), and as :func:`carekit.exports.target.write` does.

    >>> import io
    >>> from carekit import outings
    >>> outing = outings.Outing("Garden", on="2026-04-12", places=44)
    >>> target = io.BytesIO()
    >>> nobody = pd.DataFrame(columns=["vehicle", "group", "helper_id"])
    >>> roster_pdf(nobody, nobody, outing, target, "en")
    >>> target.getvalue()[:4]
    b'%PDF'
    """
    parts = [
        _part(
            _vehicle_title(outing, vehicle, language),
            under_title(here, staff, outing, language),
            CHILDREN,
            _with_phone(child_rows(here, language)),
            language,
        )
        for vehicle, here, staff in _vehicles(roster, adults)
    ]
    about = words.say("roster_sheet_adults", language)
    everybody = under_title(roster, adults, outing, language)
    listed: list[Row] = [{**row, "signature": ""} for row in adult_rows(adults)]
    parts.append(_part(f"{outing.title} · {about}", everybody, ADULTS, listed, language))
    data = {
        "title": outing.title,
        "language": language,
        "confidential": words.say("roster_confidential", language),
        "parts": parts,
    }
    write(target, _compiled(data, outing.on))


def _vehicles(roster: pd.DataFrame, adults: pd.DataFrame) -> Any:
    numbers = sorted({int(number) for number in roster["vehicle"].dropna()})
    for number in numbers or [1]:
        here = roster[roster["vehicle"].eq(number)]
        yield (number if len(numbers) > 1 else 0), here, adults[adults["vehicle"].eq(number)]


def _vehicle_title(outing: Any, vehicle: int, language: str) -> str:
    about = words.say("roster_sheet_children", language)
    if vehicle:
        about = words.say("vehicle_number", language, n=vehicle) + " · " + about
    return f"{outing.title} · {about}"


def _with_phone(rows: list[Row]) -> list[Row]:
    """The helper's phone stands below the name, as there is room for one line a child."""
    return [{**row, "helper": f"{row['helper']}\n{row['helper_phone']}".strip()} for row in rows]


def _part(
    title: str, subtitle: str, widths: dict[str, int], rows: list[Row], language: str
) -> dict[str, Any]:
    groups = [row["group"] for row in rows]
    starts = [n for n, group in enumerate(groups) if n == 0 or group != groups[n - 1]]
    odd = {group: n % 2 for n, group in enumerate(dict.fromkeys(groups))}
    return {
        "title": title,
        "subtitle": subtitle,
        "widths": list(widths.values()),
        "centred": [n for n, name in enumerate(widths) if name in CENTRED],
        "heads": [words.say(f"roster_{name}", language) for name in widths],
        "room": TO_SIGN,
        "starts": starts,
        "groups": [(start, end - start) for start, end in pairwise([*starts, len(rows)])],
        "together": list(widths).index("group"),
        "shaded": [n for n, group in enumerate(groups) if odd[group]],
        "rows": [
            [{"text": _printable(row[name]), "bold": _bold(name, row)} for name in widths]
            for row in rows
        ],
        "nobody": words.say("roster_nobody", language),
    }


def _bold(name: str, row: Row) -> bool:
    return name in ("group", "allergies", "child") or str(row[name]).startswith("△")


def _printable(value: str | int) -> str:
    """Signs that print nothing (a tab, a bell) as blanks."""
    return "".join(c if c == "\n" or not is_sign(c) else " " for c in str(value))


def _texts(value: Any) -> Any:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _compiled(data: dict[str, Any], on: dt.date) -> bytes:
    import typst  # loaded with the first PDF: a page opens sooner without it

    families = families_for(_texts(data))
    given = json.dumps({**data, "fonts": families or ["Libertinus Serif"]}, ensure_ascii=False)
    made = dt.datetime(on.year, on.month, on.day, tzinfo=dt.UTC)
    return typst.compile(str(TEMPLATE), sys_inputs={"data": given}, timestamp=int(made.timestamp()))
