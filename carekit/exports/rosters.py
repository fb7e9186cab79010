"""The roster of an outing, to print on A4 and to read outdoors."""

import io
from dataclasses import dataclass
from typing import Any

import pandas as pd

from carekit import tables, words
from carekit.exports.layout import A4, FONTS, lines, workbook, write_text, write_texts
from carekit.exports.target import Target, write
from carekit.exports.wording import plain

__all__ = ["Row", "adult_rows", "child_rows", "roster_xlsx", "under_title"]

# Widths in Excel's units, for text of 12 points: together as wide as A4 lying, margins taken off.
CHILDREN = {
    "vehicle": 8.5,
    "group": 6.5,
    "child_id": 7.5,
    "child": 12.5,
    "age": 5.5,
    "helper": 12.5,
    "guardian": 12.0,
    "guardian_phone": 16.5,
    "allergies": 14.5,
    "health": 14.5,
    "consent": 12.5,
    "signature": 11.5,
}
ADULTS = {
    "vehicle": 9.0,
    "group": 9.0,
    "helper_id": 11.0,
    "helper": 22.0,
    "phone": 22.0,
    "children": 12.0,
}
NOT_GOING = {"child_id": 10.0, "child": 18.0, "helper": 18.0, "reason": 42.0}
SMALL = ("child_id", "helper_id")  # ids are for the office, not for reading outdoors
CENTRED = ("vehicle", "group", "age", "children")
PHONES = ("phone", "guardian_phone")  # digits in a font that is everywhere, so that none wraps

_LINE = 17.0  # points a line of 12-point Chinese takes
_ROOM = 8.0  # points above and below together
_TO_SIGN = 14.0  # the same where somebody signs
_EDGE = 2.0  # units the indent and the borders take
_UNITS = 1.15  # units a Latin letter of 12 points takes; a Chinese one takes two


def roster_xlsx(
    roster: pd.DataFrame,
    adults: pd.DataFrame,
    not_going: pd.DataFrame,
    outing: Any,
    target: Target,
    language: str,
) -> None:
    """Write the sheets an outing is led with, to a path or binary buffer (O1, E1).

    Takes ``outings.roster(plan, guardians)``, ``plan.adults``, ``plan.not_going`` and
    ``plan.outing``. Three sheets: the children (A4 landscape, 12 points, heading repeated; vehicle,
    group, id, child, age, helper, guardian with the phone to call, allergies, health, consent as it
    stands, room for a signature), the adults with their phones, and who is not going, with the
    reason as a sentence. Each page says that it is confidential and which of how many it is.
    Equal input gives equal bytes. Raises ``BadInput`` as
    :func:`carekit.exports.target.write` does.

    >>> from carekit import outings
    >>> outing = outings.Outing("Garden", on="2026-04-12", places=44)
    >>> target = io.BytesIO()
    >>> nobody = pd.DataFrame(columns=[*CHILDREN, *ADULTS, "code", "guardian_role", "blocked_by"])
    >>> nobody = nobody.loc[:, ~nobody.columns.duplicated()]
    >>> roster_xlsx(nobody, nobody, nobody, outing, target, "en")
    >>> target.getvalue()[:2]
    b'PK'
    """
    under = under_title(roster, adults, outing, language)
    data = io.BytesIO()
    with workbook(data, outing.on) as book:
        styles = _Styles(book, FONTS[language])
        for name, widths, rows, landscape in (
            ("children", CHILDREN, child_rows(roster, language), True),
            ("adults", ADULTS, adult_rows(adults), False),
            ("not_going", NOT_GOING, _not_going(not_going, language), False),
        ):
            sheet = book.add_worksheet(words.say(f"roster_sheet_{name}", language)[:31])
            _page(sheet, language, landscape=landscape)
            about = words.say(f"roster_sheet_{name}", language)
            _write(sheet, f"{outing.title} · {about}", under, widths, rows, styles, language)
    write(target, data.getvalue())


@dataclass
class _Styles:
    """The few cell formats of a printed sheet, made once a book."""

    book: Any
    font: str

    def __post_init__(self) -> None:
        self.made: dict[tuple[Any, ...], Any] = {}

    def __call__(self, **wanted: Any) -> Any:
        key = tuple(sorted(wanted.items()))
        if key not in self.made:
            base = {"font_name": self.font, "font_size": 12, "valign": "vcenter"}
            self.made[key] = self.book.add_format(base | wanted)
        return self.made[key]


Row = dict[str, str | int]


def _number(value: Any) -> str | int:
    return "" if pd.isna(value) else int(value)


def _text(value: Any) -> str:
    shown = plain(value)
    return "" if shown is None else str(shown)


def under_title(roster: pd.DataFrame, adults: pd.DataFrame, outing: Any, language: str) -> str:
    """Day, times, destination and how many go, in one line."""
    hours = "–".join(time for time in (outing.starts, outing.ends) if time)
    under = [words.format_day(outing.on, language), hours, outing.destination]
    counts = {"children": len(roster), "adults": len(adults)}
    counts["groups"] = int(adults["group"].nunique())
    under.append(words.say("roster_counts", language, places=outing.places, **counts))
    return " · ".join(part for part in under if part)


def child_rows(roster: pd.DataFrame, language: str) -> list[Row]:
    """What stands in each cell of a child's line; also the helper's phone."""
    rows = []
    for child in roster.to_dict("records"):
        row: Row = {str(name): _text(child[name]) for name in (*CHILDREN, "helper_phone")}
        row |= {"group": int(child["group"]), "vehicle": _number(child["vehicle"])}
        unknown = words.say("roster_age_unknown", language)
        row["age"] = unknown if pd.isna(child["age"]) else int(child["age"])
        role = _text(child["guardian_role"])
        if role and role != "guardian":
            said = tables.label("guardian_role", role, language)
            row["guardian"] = f"{row['guardian']}\n({said})".strip()
        state = str(row["consent"])
        consent = tables.label("consent_state", state, language)
        row["consent"] = consent if state == "given" else f"△ {consent}"
        rows.append(row)
    return rows


def adult_rows(adults: pd.DataFrame) -> list[Row]:
    """What stands in each cell of an adult's line."""
    rows = []
    for adult in adults.sort_values(["vehicle", "group", "helper_id"]).to_dict("records"):
        row: Row = {str(name): _text(adult[name]) for name in ADULTS}
        row |= {"group": int(adult["group"]), "children": int(adult["children"])}
        row["vehicle"] = _number(adult["vehicle"])
        rows.append(row)
    return rows


def _not_going(not_going: pd.DataFrame, language: str) -> list[Row]:
    """The reason as a sentence; what blocks a helper who is not ready follows it."""
    colon, comma = (": ", ", ") if language == "en" else ("：", "、")
    rows = []
    for child in not_going.to_dict("records"):
        reason = words.say(f"not_going_{child['code']}", language)
        blocks = [words.say(code, language) for code in _text(child["blocked_by"]).split(";")]
        if child["code"] == "helper_not_ready" and any(blocks):
            reason += colon + comma.join(blocks)
        row: Row = {name: _text(child[name]) for name in ("child_id", "child", "helper")}
        rows.append({**row, "reason": reason})
    return rows


def _page(sheet: Any, language: str, *, landscape: bool) -> None:
    sheet.set_paper(A4)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.35, right=0.35, top=0.45, bottom=0.65)
    sheet.center_horizontally()
    page = words.say("roster_page", language, page="&P", pages="&N")
    sheet.set_footer(
        f"&L&10{words.say('roster_confidential', language)}&R&10{page}", {"margin": 0.3}
    )


def _write(
    sheet: Any,
    title: str,
    under_title: str,
    widths: dict[str, float],
    rows: list[Row],
    styles: _Styles,
    language: str,
) -> None:
    write_text(sheet, 0, 0, title, styles(bold=True, font_size=18))
    write_text(sheet, 1, 0, under_title, styles(font_color="#333333"))
    sheet.set_row(0, 30)
    sheet.set_row(1, 22)
    heads = [words.say(f"roster_{name}", language) for name in widths]
    look = {"bold": True, "border": 1, "bg_color": "#D9E8E5", "text_wrap": True, "align": "center"}
    write_texts(sheet, 2, heads, styles(**look))
    sheet.set_row(2, _height(dict(zip(widths, heads, strict=True)), widths, _ROOM))
    for number, size in enumerate(widths.values()):
        sheet.set_column(number, number, size)
    shaded, group = True, None
    for row, cells in enumerate(rows, start=3):
        first = row == 3 or cells.get("group") != group
        if first:
            shaded, group = not shaded, cells.get("group")
        for column, name in enumerate(widths):
            style = styles(**_look(name, cells, shaded=shaded, first=first))
            if isinstance(cells[name], int):
                sheet.write_number(row, column, cells[name], style)
            else:
                write_text(sheet, row, column, cells[name], style)
        sheet.set_row(row, _height(cells, widths, _TO_SIGN if "signature" in cells else _ROOM))
    if not rows:
        write_text(sheet, 3, 0, words.say("roster_nobody", language), styles())
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(2)
    sheet.print_area(0, 0, max(len(rows) + 2, 3), len(widths) - 1)


def _look(name: str, cells: Row, *, shaded: bool, first: bool) -> dict[str, Any]:
    """How a cell looks: groups alternate in shade, a new group starts under a thick line."""
    look: dict[str, Any] = {"border": 1, "text_wrap": True, "top": 2 if first else 1}
    if shaded:
        look["bg_color"] = "#F0F0F0"
    if name in (*SMALL, *PHONES):
        look["font_name"] = FONTS["en"]
    if name in SMALL:
        look |= {"font_size": 9, "font_color": "#555555"}
    look |= {"align": "center"} if name in CENTRED else {"align": "left", "indent": 1}
    if name == "group" or name == "allergies" or str(cells[name]).startswith("△"):
        look["bold"] = True
    return look


def _height(cells: dict[str, Any], widths: dict[str, float], room: float) -> float:
    """Points a row needs so that nothing in it is cut off."""
    most = max(
        lines(str(cells[name]), (size - (1 if name in CENTRED else _EDGE)) / _UNITS)
        for name, size in widths.items()
        if name not in SMALL
    )
    return _LINE * most + room
