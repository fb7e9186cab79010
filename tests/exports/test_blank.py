"""The empty list: what is filled in comes in as it is."""

import io

import openpyxl
import pytest

from carekit import exports, tables, tasks
from carekit.store import create_store

FILLED = {
    "children": {"name": "测试小草", "sex": {"zh": "女", "en": "female"}, "phone": "10012345678"},
    "helpers": {
        "name": "测秀兰",
        "kind": {"zh": "志愿者", "en": "volunteer"},
        "places": 2,
        "languages": {"zh": "客家话", "en": "Hakka"},
    },
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("sheet", FILLED)
def test_every_heading_is_understood_and_a_row_comes_in(sheet, language, tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(exports.blank_list(sheet, language)))
    fields = list(tables.sheet_columns(sheet).index)
    for field, value in FILLED[sheet].items():
        said = value[language] if isinstance(value, dict) else value
        book.active.cell(2, fields.index(field) + 1, said)
    data = io.BytesIO()
    book.save(data)
    with create_store(tmp_path / "new.care", actor="li.na") as store:
        found = tasks.import_sheet(store, data.getvalue(), sheet, filename="list.xlsx")
        row = store.read(sheet).iloc[0]
    assert (found["rows"], found["refused"], found["unrecognised"]) == (1, [], [])
    assert row["name"] == FILLED[sheet]["name"]
    assert (row["sex"] == "female") if sheet == "children" else (row["languages"] == "hakka")


def test_what_a_spreadsheet_would_garble_is_text_and_choices_drop_down():
    book = openpyxl.load_workbook(io.BytesIO(exports.blank_list("children", "zh")))
    fields = list(tables.sheet_columns("children").index)
    letter = openpyxl.utils.get_column_letter(fields.index("id_number") + 1)
    assert book.active.column_dimensions[letter].width > 10
    listed = {str(one.sqref): one.formula1 for one in book.active.data_validations.dataValidation}
    sex = openpyxl.utils.get_column_letter(fields.index("sex") + 1)
    assert listed[f"{sex}2:{sex}501"] == '"女,男"'


def test_the_same_list_has_the_same_bytes():
    assert exports.blank_list("helpers", "en") == exports.blank_list("helpers", "en")
