"""An empty list to fill in: the headings an import understands, and the words it takes."""

import io

from carekit import tables, words
from carekit.exports.layout import FONTS, UNDATED, workbook, write_texts

ROWS = 500  # as many rows have their drop-downs


def blank_list(sheet: str, language: str) -> bytes:
    """A workbook with nothing but the headings of ``children`` or ``helpers``.

    Numbers that a spreadsheet would garble (identity numbers, phones) are set to text, columns of
    one choice have a drop-down, columns of several say their words on the heading. What is filled
    in is understood by the import as it is.

    >>> import openpyxl
    >>> book = openpyxl.load_workbook(io.BytesIO(blank_list("helpers", "zh")))
    >>> [cell.value for cell in book.active[1]][:3]
    ['姓名', '类别', '性别']
    """
    described = tables.sheet_columns(sheet)
    data = io.BytesIO()
    with workbook(data, UNDATED) as book:
        font = {"font_name": FONTS[language], "font_size": 11}
        head = book.add_format({**font, "bold": True, "bottom": 1, "bg_color": "#E6F0EE"})
        text = book.add_format({**font, "num_format": "@"})
        page = book.add_worksheet()
        fields = [str(field) for field in described.index]
        write_texts(page, 0, [sheet_heading(sheet, field, language) for field in fields], head)
        for number, (kind, required) in enumerate(described[["kind", "required"]].to_numpy()):
            page.set_column(number, number, 16, text if kind != "date" else None)
            choices = tables.choice_list(kind)
            said = [] if choices is None else list(tables.choices(choices)[language])
            if kind == "flag":
                said = [words.say(f"flag_{code}", language) for code in ("yes", "no")]
            if said and not kind.startswith("choices:"):
                listed = {"validate": "list", "source": said, "error_type": "warning"}
                page.data_validation(1, number, ROWS, number, listed)
            hint = words.say("required", language) if required else ""
            if kind.startswith("choices:"):
                hint = words.say("blank_several", language, allowed=said)
            if hint:
                page.write_comment(0, number, hint, {"x_scale": 2})
        page.freeze_panes(1, 1)
    return data.getvalue()


def sheet_heading(sheet: str, field: str, language: str) -> str:
    """What a field is called in a spreadsheet: a list of children says 姓名, our tables 儿童.

    >>> sheet_heading("children", "name", "zh"), sheet_heading("children", "name", "en")
    ('姓名', 'Name')
    """
    rule = tables.sheet_columns(sheet).loc[field].to_dict()
    if field != "name":
        return str(rule[language])
    fitting = [alias for alias in rule["aliases"] if alias.isascii() == (language == "en")]
    return str(fitting[0]).capitalize()
