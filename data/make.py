"""Write the fictional school as the two spreadsheets of this folder: python data/make.py

The same bytes on every run: nothing depends on the clock or the machine.
"""

import datetime as dt
import sys
from pathlib import Path

import pandas as pd
import xlsxwriter

from carekit import sample

# A branch puts a title above its heading; a school does not.
SHEETS = {
    "children": ("留守儿童", None),
    "helpers": ("帮扶人", "示例县志愿服务队帮扶人登记表(2026年2月)"),
}
MADE_ON = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def main(folder: Path) -> None:
    """Write children.xlsx and helpers.xlsx into the folder."""
    for sheet, frame in sample.sheets(sample.school()).items():
        name, title = SHEETS[sheet]
        write(frame, folder / f"{sheet}.xlsx", name, title)


def write(frame: pd.DataFrame, target: Path, name: str, title: str | None) -> None:
    """One frame as one sheet: heading frozen, days as days, text as text."""
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False}) as book:
        book.set_properties({"title": name, "created": MADE_ON})
        bold = book.add_format({"bold": True, "bg_color": "#E3EFEA", "bottom": 1})
        large = book.add_format({"bold": True, "font_size": 14})
        day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        page = book.add_worksheet(name)
        top = 0
        if title is not None:
            page.write_string(0, 0, title, large)
            top = 1
        for column, (heading, values) in enumerate(frame.items()):
            page.write_string(top, column, str(heading), bold)
            width = wide(str(heading))
            for row, value in enumerate(values, start=top + 1):
                if pd.isna(value):
                    continue
                if isinstance(value, pd.Timestamp):
                    page.write_datetime(row, column, value.to_pydatetime(), day)
                elif isinstance(value, str):
                    page.write_string(row, column, value)
                else:
                    page.write_number(row, column, value)
                width = max(width, 10 if isinstance(value, pd.Timestamp) else wide(str(value)))
            page.set_column(column, column, min(width + 2, 40))
        page.freeze_panes(top + 1, list(frame.columns).index("姓名") + 1)
        page.set_default_row(18)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.repeat_rows(top)
        page.autofilter(top, 0, top + len(frame), len(frame.columns) - 1)


def wide(text: str) -> int:
    """Width in columns: a Chinese character takes two."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
