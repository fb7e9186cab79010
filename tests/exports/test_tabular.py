"""CSV: opened by a spreadsheet program it is text, read back it is the same."""

import datetime as dt
import io

import pandas as pd
import pytest

from carekit import exports, people, tables, words

NASTY = [
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "-2",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    "  =1",
    "　＝1",
    "＋1",
    "－1",
    "＠x",
]
KIND = ["<img src=x onerror=alert(1)>", "a,b", 'say "hi"', "㐀𠮷䶮", "小明=1", "'", "两\n行"]


def written(frame, **how):
    target = io.BytesIO()
    exports.to_csv(frame, target, **how)
    return target.getvalue()


def back(data):
    return pd.read_csv(io.BytesIO(data), dtype="string", keep_default_na=False)


@pytest.mark.parametrize("text", NASTY)
def test_what_would_run_as_a_formula_is_marked(text):
    # Quotes and line ends belong to the CSV, so it is read back before it is looked at.
    read = pd.read_csv(
        io.BytesIO(written(pd.DataFrame({"name": [text]}))), dtype="string", lineterminator=None
    )
    assert read["name"].tolist() == ["'" + text]


@pytest.mark.parametrize("text", KIND)
def test_everything_else_stays_as_it_is(text):
    assert back(written(pd.DataFrame({"name": [text]})))["name"].tolist() == [text]


def test_phones_keep_their_plus_and_only_phones_do():
    frame = pd.DataFrame({"phone": ["+86 100-0000", "+1+cmd"], "note": ["+86 100-0000", "x"]})
    read = back(written(frame, table="children"))
    assert read["phone"].tolist() == ["+86 100-0000", "'+1+cmd"]
    assert read["note"].tolist() == ["'+86 100-0000", "x"]


def test_a_heading_is_made_safe_too():
    assert back(written(pd.DataFrame({"=x": ["1"]}))).columns.tolist() == ["'=x"]


def test_bytes_as_spreadsheet_programs_want_them():
    data = written(pd.DataFrame({"name": ["小明"]}))
    assert data == b"\xef\xbb\xbfname\r\n" + "小明".encode() + b"\r\n"


def test_without_a_language_codes_with_one_words():
    frame = tables.typed(
        "children",
        pd.DataFrame(
            {
                "child_id": ["C00001"],
                "sex": ["female"],
                "languages": ["hakka;gan"],
                "birth_date": [dt.date(2015, 3, 7)],
                "boarding": [True],
            }
        ),
    )[["child_id", "sex", "languages", "birth_date", "boarding", "name"]]
    plain = back(written(frame))
    assert plain.columns.tolist() == list(frame.columns)
    assert plain.iloc[0].tolist() == ["C00001", "female", "hakka;gan", "2015-03-07", "yes", ""]
    said = back(written(frame, language="zh", table="children"))
    assert said.columns.tolist() == [tables.heading("children", c, "zh") for c in frame.columns]
    flag = words.say("flag_yes", "zh")
    assert said.iloc[0].tolist() == ["C00001", "女", "客家话、赣语", "2015-03-07", flag, ""]


def test_numbers_stay_numbers_and_records_become_json():
    frame = pd.DataFrame({"cost": pd.array([-3, None], dtype="Int64"), "km": [1.5, float("nan")]})
    frame["values"] = [{"km": 4, "名": "明"}, {}]
    assert written(frame).decode("utf-8-sig").splitlines() == [
        "cost,km,values",
        '-3,1.5,"{""km"": 4, ""名"": ""明""}"',
        ",,{}",
    ]


def test_an_empty_frame_is_its_headings():
    assert written(pd.DataFrame(columns=["a", "b"])).decode("utf-8-sig") == "a,b\r\n"


def test_the_import_takes_the_marks_away_again():
    frame = pd.DataFrame(
        {"name": ["王小明", "李小红"], "note": ["=1+1", "@家"], "phone": ["10000000001", None]}
    )
    sheet = people.read_sheet(
        written(frame, language="zh", table="children"), "children", filename="c.csv"
    )
    kept = people.register(
        sheet, {t: tables.empty(t) for t in ("children", "guardians")}, on="2026-03-02"
    ).frames["children"]
    assert kept["note"].tolist() == ["=1+1", "@家"]
