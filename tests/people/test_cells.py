import datetime as dt

import pandas as pd
import pytest

from carekit.people.cells import read_cells

from .files import id_number

DAY = "2026-03-02"


def read(column, value, sheet="children", **others):
    """The typed value and the code of one cell."""
    cells = pd.DataFrame({column: [value], **{k: [v] for k, v in others.items()}}, dtype=object)
    cells.index = [7]
    good, refused = read_cells(cells, sheet, DAY)
    found = refused[refused["column"].eq(column)]
    assert refused["row"].eq(7).all()
    typed = good.at[7, column]
    code = found["code"].iloc[0] if len(found) else None
    assert len(found) <= 1
    assert code is None or pd.isna(typed)
    return (None if pd.isna(typed) else typed), code


@pytest.mark.parametrize(
    "value",
    [
        dt.date(2015, 3, 7),
        pd.Timestamp(2015, 3, 7, 12),
        "2015-03-07",
        "2015-3-7",
        "2015/3/7",
        "2015.3.7",
        "2015年3月7日",
        "2015 年 3 月 7 日",
        "２０１５年３月７日",
        "20150307",
        20150307.0,
        42070.0,
        "2015-03-07 00:00:00",
        " 2015-03-07\n",
    ],
)
def test_days_are_read(value):
    assert read("birth_date", value) == (pd.Timestamp("2015-03-07"), None)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2015年3月", "date_no_day"),
        ("2015-03", "date_no_day"),
        ("2015", "date_no_day"),
        (201503.0, "date_no_day"),
        ("03/07/2015", "date_ambiguous"),
        ("7.3.15", "date_ambiguous"),
        ("2015-02-30", "date_wrong"),
        ("0015-02-03", "date_wrong"),
        ("soon", "date_wrong"),
        ("2026-03-03", "date_future"),
        ("2026-03-02", None),
        ("", None),
        ("无", None),
        ("—", None),
    ],
)
def test_days_are_refused_or_empty(value, code):
    assert read("birth_date", value)[1] == code


def test_a_paper_may_be_dated_ahead():
    assert read("commitment_day", "2026-04-01", "helpers")[1] is None


@pytest.mark.parametrize(
    ("column", "value", "typed", "code"),
    [
        ("places", 2.0, 2, None),
        ("places", "２", 2, None),
        ("places", "2.5", None, "number_not_whole"),
        ("places", "two", None, "number_wrong"),
        ("places", -1.0, None, "too_small"),
        ("places", "51", None, "too_large"),
        ("hours_a_week", "2.5", 2.5, None),
        ("reach_km", "1,000", None, "too_large"),
        ("longitude", 113.5, 113.5, None),
        ("longitude", "181", None, "too_large"),
        ("latitude", "-91", None, "too_small"),
        ("latitude", "25°30'", None, "number_wrong"),
    ],
)
def test_numbers(column, value, typed, code):
    assert read(column, value, "helpers") == (typed, code)


@pytest.mark.parametrize(
    ("value", "typed"),
    [
        (10000000001.0, "10000000001"),
        ("10000000001.0", "10000000001"),
        ("100-0000 0001", "10000000001"),
        ("+86 10000000001", "10000000001"),
        ("0086-10000000001", "10000000001"),
        ("８６１００００００００１１", "10000000011"),
        ("(0000)1234567", "00001234567"),
        ("+852 1234 5678", "+85212345678"),
        ("1000000000", None),
        ("10000000001 / 10000000002", None),
        ("1.00E+10", None),
        ("call me", None),
    ],
)
def test_phones(value, typed):
    assert read("phone", value) == (typed, None if typed else "phone_wrong")


def test_identity_numbers():
    good = id_number()
    assert read("id_number", good) == (good, None)
    assert read("id_number", good.lower() + " ") == (good, None)
    assert read("id_number", float(good[:17]) * 10)[1] == "id_number_as_number"
    assert read("id_number", "9.99901E+17")[1] == "id_number_as_number"
    assert read("id_number", good[:15])[1] == "id_number_wrong"
    assert read("id_number", id_number("20151307"))[1] == "id_number_wrong"
    wrong = good[:17] + ("1" if good[17] != "1" else "2")
    assert read("id_number", wrong)[1] == "id_number_check"


def test_an_identity_number_against_its_own_row():
    good = id_number("20150307", "002")
    assert read("id_number", good, birth_date="2015-03-07", sex="女") == (good, None)
    assert read("id_number", good, birth_date="2015-03-08")[1] == "id_number_birth_date"
    assert read("id_number", good, sex="男")[1] == "id_number_sex"
    assert read("id_number", good, sex="男", birth_date="2015-03-08")[1] == "id_number_birth_date"


@pytest.mark.parametrize(
    ("column", "value", "typed", "code"),
    [
        ("sex", "女", "female", None),
        ("sex", "MALE", "male", None),
        ("sex", "其他", None, "choice_unknown"),
        ("languages", "客家话", "hakka", None),
        ("languages", "普通话、客家话", "mandarin;hakka", None),
        ("languages", "hakka;mandarin", "mandarin;hakka", None),
        ("languages", "客家话 普通话", "mandarin;hakka", None),
        ("languages", "客家话；普通话/赣语,", "mandarin;hakka;gan", None),
        ("languages", "Southern Min, Hakka", "hakka;southern_min", None),
        ("languages", "客家话、火星话", None, "choice_unknown"),
        ("free_times", "周六上午、星期天下午", "saturday_morning;sunday_afternoon", None),
        ("needs", "daily life / Safety", "daily_life;safety", None),
        ("circumstances", "无", None, None),
        ("supervised", "不详", "unknown", None),
        ("supervised", "无", "no", None),
        ("boarding", "是", True, None),
        ("boarding", "no", False, None),
        ("boarding", True, True, None),
        ("boarding", "sometimes", None, "flag_wrong"),
    ],
)
def test_choices_and_flags(column, value, typed, code):
    assert read(column, value) == (typed, code)


@pytest.mark.parametrize(
    ("value", "typed"),
    [
        ("  李小草　", "李小草"),
        ("李\u200b小\x00草\ufeff", "李小草"),
        ("e\u0301", "é"),
        ("'=1+1", "=1+1"),
        ("' +86", "+86"),
        ("'quoted'", "'quoted'"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("一\n二", "一 二"),
        (33.0, "33"),
        ("㐀𠮷䶮", "㐀𠮷䶮"),
        ("/", None),
    ],
)
def test_text(value, typed):
    assert read("name", value) == (typed, None)


def test_a_formula_error_is_refused_not_lost():
    import io

    import openpyxl

    from carekit import people

    book = openpyxl.Workbook()
    book.active.append(["姓名", "备注", "性别"])
    book.active.append(["李小草", "#N/A", "女"])
    book.active["B2"].data_type = "e"
    out = io.BytesIO()
    book.save(out)
    import_ = people.register(people.read_sheet(out.getvalue(), "children"), {}, DAY)
    assert import_.rows == 1
    assert people.report(import_)["refused"] == [
        {"sheet": "Sheet", "row": 2, "column": "note", "code": "cell_error", "value": "#ERROR"}
    ]
