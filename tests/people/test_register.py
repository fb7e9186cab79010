import io
import json
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from carekit import people, tables

from .files import csv, id_number, xlsx

DAY = "2026-03-02"


def bring(rows, store=None, kind="children", **options):
    """Register rows (dicts of heading -> cell)."""
    headings = list(dict.fromkeys(key for row in rows for key in row))
    lines = [[row.get(heading, "") for heading in headings] for row in rows]
    if len(headings) == 1:  # a second known heading makes it a list
        headings, lines = [*headings, "备注"], [[*line, ""] for line in lines]
    sheet = people.read_sheet(csv(headings, *lines), kind)
    return people.register(sheet, store or {}, DAY, **options)


def after(import_, store=None):
    """The tables once the import is written."""
    out = dict(store or {})
    for table, rows in import_.frames.items():
        key = tables.key(table)
        kept = out.get(table, tables.empty(table))
        kept = kept[~kept[key].isin(rows[key])]
        out[table] = pd.concat([kept, rows], ignore_index=True) if len(kept) else rows
    return out


@cache
def with_child():
    """The tables with CHILD in them; never changed by an import (a test sees to it)."""
    return after(bring([CHILD]))


def cells(found):
    return list(found[["row", "column", "code", "value"]].itertuples(index=False, name=None))


CHILD = {
    "姓名": "李小草",
    "性别": "女",
    "出生日期": "2015-03-07",
    "学校": "东山小学",
    "班级": "三年级1班",
    "村": "石桥村",
    "乡镇": "东山乡",
    "经度": "113.5",
    "纬度": "25.5",
    "父亲姓名": "李大山",
    "父亲电话": "10000000001",
    "监护人姓名": "王秀兰",
    "监护人与儿童关系": "奶奶",
    "监护人出生年份": "1960",
    "监护人电话": "10000000002",
    "特殊情况": "贫困",
}
HELPER = {
    "姓名": "王小树",
    "类别": "志愿者",
    "出生日期": "1990-01-02",
    "电话": "10000000003",
    "村": "石桥村",
    "可帮扶人数": "2",
    "背景核查日期": "2025-09-01",
    "培训日期": "2025-09-06",
    "培训学时": "2.5",
    "承诺书签订日期": "2025-09-06",
}


def test_a_childs_row_becomes_rows_of_five_tables():
    import_ = bring([CHILD])
    assert list(import_.frames) == ["schools", "classes", "villages", "children", "guardians"]
    assert import_.rows == 1
    child = import_.frames["children"].iloc[0]
    assert child[
        ["child_id", "class_id", "village_id", "supervised", "circumstances"]
    ].tolist() == [
        "C00001",
        "K0001",
        "V0001",
        "yes",
        "very_poor",
    ]
    village = import_.frames["villages"].iloc[0]
    assert village[["name", "township", "longitude", "latitude"]].tolist() == [
        "石桥村",
        "东山乡",
        113.5,
        25.5,
    ]
    guardians = import_.frames["guardians"]
    assert guardians[["role", "name", "relation"]].values.tolist() == [
        ["father", "李大山", "parent"],
        ["guardian", "王秀兰", "grandparent"],
    ]
    assert guardians["child_id"].eq("C00001").all()
    for table, rows in import_.frames.items():
        assert tables.check(table, rows).empty
        assert list(rows.columns) == list(tables.columns(table).index)


def test_a_helpers_row_becomes_trainings():
    import_ = bring([HELPER], kind="helpers")
    trainings = import_.frames["trainings"]
    assert trainings["kind"].tolist() == ["records_check", "training", "commitment"]
    assert trainings["hours"].dropna().tolist() == [2.5]
    assert trainings["helper_id"].eq("H00001").all()
    ready = people.readiness(import_.frames["helpers"], trainings, DAY)
    assert ready["ready"].tolist() == [True]


@pytest.mark.parametrize(("row", "kind"), [(CHILD, "children"), (HELPER, "helpers")])
def test_the_second_import_knows_everybody_and_writes_nothing(row, kind):
    first = bring([row, {**row, "姓名": "第二人"}], kind=kind)
    again = bring([row, {**row, "姓名": "第二人"}], after(first), kind=kind)
    assert (again.rows, again.frames) == (0, {})
    assert again.known["code"].tolist() == ["known", "known"]
    assert again.refused.empty and again.differs.empty and again.perhaps_known.empty


def test_what_is_missing_is_listed_and_stays_out():
    import_ = bring([{**HELPER, "类别": ""}, {**HELPER, "类别": "什么"}, HELPER], kind="helpers")
    assert import_.rows == 1
    assert cells(import_.refused) == [
        (2, "kind", "required_missing", pd.NA),
        (3, "kind", "choice_unknown", "什么"),
        (3, "kind", "required_missing", "什么"),
    ]


def test_a_refused_cell_stays_empty_and_the_row_comes_in():
    import_ = bring([{**CHILD, "出生日期": "2015年3月", "父亲电话": "12"}])
    assert import_.rows == 1
    assert pd.isna(import_.frames["children"]["birth_date"].iloc[0])
    assert [code for _, _, code, _ in cells(import_.refused)] == ["date_no_day", "phone_wrong"]


def test_recognised_by_identity_number_alone():
    row = {"姓名": "李小草", "身份证号": id_number()}
    store = after(bring([row]))
    assert store["children"]["birth_date"].tolist() == [pd.Timestamp("2015-03-07")]
    assert store["children"]["sex"].tolist() == ["female"]
    assert len(bring([row], store).known) == 1
    renamed = bring([{**row, "姓名": "李晓草"}], store)
    assert cells(renamed.differs) == [(2, "name", "differs", "李晓草")]


def test_different_facts_are_listed_cell_by_cell_and_left_alone():
    store = with_child()
    changed = {
        **CHILD,
        "性别": "",
        "班级": "三年级1班",
        "村": "柳树村",
        "父亲电话": "10000000009",
        "监护人出生年份": "1961",
        "过敏": "花生",
    }
    import_ = bring([changed], store)
    assert (import_.rows, import_.frames) == (0, {})
    assert sorted(cells(import_.differs)) == [
        (2, "allergies", "differs", "花生"),
        (2, "father_phone", "differs", "10000000009"),
        (2, "guardian_birth_year", "differs", "1961"),
        (2, "village", "differs", "柳树村"),
    ]


def test_new_papers_of_a_known_helper_differ():
    store = after(bring([HELPER], kind="helpers"))
    import_ = bring([{**HELPER, "背景核查日期": "2026-02-01"}], store, "helpers")
    assert cells(import_.differs) == [(2, "records_check_day", "differs", "2026-02-01")]


def test_a_guardian_who_is_suddenly_nobody_differs():
    store = with_child()
    gone = {k: v for k, v in CHILD.items() if not k.startswith("监护人")} | {"监护人姓名": "无"}
    assert cells(bring([gone], store).differs) == [(2, "guardian_name", "differs", "无")]


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ({"姓名": "李小草"}, "perhaps_known"),
        ({"姓名": "李小草", "性别": "男"}, "perhaps_known"),
        ({"姓名": "李 小草", "出生日期": "2015-03-07"}, "known"),
        ({"姓名": "李小草", "出生日期": "2015-03-07", "班级": "四年级1班"}, "perhaps_known"),
        ({"姓名": "李小草", "出生日期": "2015-03-07", "班级": "三年级1班"}, "known"),
        ({"姓名": "李小草", "班级": "三年级1班"}, "known"),
        ({"姓名": "李小草", "班级": "三年级1班", "性别": "男"}, "perhaps_known"),
        ({"姓名": "李小草", "出生日期": "2016-03-07", "班级": "三年级1班"}, "new"),
        ({"姓名": "李小草", "身份证号": id_number("20160307")}, "new"),
        ({"姓名": "王小树", "出生日期": "2015-03-07", "班级": "三年级1班"}, "new"),
    ],
)
def test_who_is_recognised(row, outcome):
    import_ = bring([row], with_child())
    found = {
        "new": import_.rows,
        "known": len(import_.known),
        "differs": len(import_.differs),
        "perhaps_known": len(import_.perhaps_known),
    }
    assert {name for name, count in found.items() if count} == {outcome}
    if outcome == "perhaps_known":
        assert cells(import_.perhaps_known) == [(2, "name", "perhaps_known", "C00001")]


def test_two_identity_numbers_are_two_people_of_one_name():
    rows = [
        {"姓名": "李小草", "身份证号": id_number(order="002")},
        {"姓名": "李小草", "身份证号": id_number(order="004")},
    ]
    assert bring(rows).rows == 2


def test_the_same_person_twice_in_a_sheet_comes_in_once():
    rows = [CHILD, CHILD, {**CHILD, "性别": "男"}, {"姓名": "李小草"}]
    import_ = bring(rows)
    assert import_.rows == 1
    assert cells(import_.known) == [(3, "name", "row_twice", "2")]
    assert cells(import_.differs) == [(4, "sex", "row_twice", "男")]
    assert cells(import_.perhaps_known) == [(5, "name", "row_twice", "2")]


def test_villages_are_found_by_name_and_township():
    rows = [
        {"姓名": "甲", "村": "石桥村", "乡镇": "东山乡"},
        {"姓名": "乙", "村": "石桥村", "乡镇": "西山乡", "经度": "114", "纬度": "26"},
        {"姓名": "丙", "村": "石桥村", "乡镇": "东山乡", "经度": "113", "纬度": "25"},
        {"姓名": "丁", "村": "石桥村", "乡镇": "东山乡", "经度": "113.1", "纬度": "25"},
        {"姓名": "戊", "村": "石桥村"},
        {"姓名": "己", "村": "柳树村"},
        {"姓名": "庚", "村": "柳树村", "乡镇": "东山乡"},
        {"姓名": "辛", "乡镇": "东山乡", "经度": "113"},
        {"姓名": "壬", "村": "柳树村", "经度": "113"},
    ]
    import_ = bring(rows)
    villages = import_.frames["villages"][["name", "township", "longitude"]]
    assert villages.astype("string").fillna("").values.tolist() == [
        ["石桥村", "东山乡", "113.0"],
        ["石桥村", "西山乡", "114.0"],
        ["柳树村", "东山乡", ""],
    ]
    ids = import_.frames["children"]["village_id"].fillna("").tolist()
    assert ids == ["V0001", "V0002", "V0001", "V0001", "", "V0003", "V0003", "", "V0003"]
    assert cells(import_.refused) == [
        (5, "longitude", "village_elsewhere", "113.1"),
        (6, "village", "village_unclear", "石桥村"),
        (9, "township", "village_missing", "东山乡"),
        (9, "longitude", "village_missing", "113"),
        (10, "longitude", "coordinate_alone", "113"),
    ]


def test_a_village_of_the_store_keeps_its_point_and_receives_one_if_it_has_none():
    place = {"村": "石桥村", "经度": "113", "纬度": "25"}
    store = after(bring([{"姓名": "甲", "村": "石桥村"}]))
    store["villages"] = store["villages"].assign(version=1)
    located = bring([{"姓名": "乙", **place}], store)
    written = located.frames["villages"]
    assert written[["village_id", "longitude", "version"]].values.tolist() == [["V0001", 113.0, 1]]
    other = bring([{"姓名": "丙", **place, "经度": "114"}], after(located, store))
    assert "villages" not in other.frames
    assert cells(other.refused) == [(2, "longitude", "village_elsewhere", "114")]
    assert other.frames["children"]["village_id"].tolist() == ["V0001"]


def test_classes_and_schools_are_found_again():
    store = after(bring([{"姓名": "甲", "学校": "东山小学", "班级": "1班"}]))
    rows = [
        {"姓名": "乙", "班级": "1班"},
        {"姓名": "丙", "学校": "西山小学", "班级": "1班"},
        {"姓名": "丁", "学校": "东山小学", "班级": "1班"},
        {"姓名": "戊", "学校": "东山小学"},
        {"姓名": "己", "班级": "2班"},
    ]
    import_ = bring(rows, store)
    assert import_.frames["schools"]["name"].tolist() == ["西山小学"]
    classes = import_.frames["classes"]
    assert classes[["name", "school_id"]].fillna("").values.tolist() == [
        ["1班", "S002"],
        ["2班", ""],
    ]
    assert import_.frames["children"]["class_id"].fillna("").tolist() == [
        "",
        "K0002",
        "K0001",
        "",
        "K0003",
    ]
    assert cells(import_.refused) == [
        (2, "class", "class_unclear", "1班"),
        (5, "school", "school_without_class", "东山小学"),
    ]


@pytest.mark.parametrize(
    ("facts", "supervised", "guardians", "old_or_ill"),
    [
        ({}, "unknown", 0, False),
        ({"监护人姓名": "王秀兰"}, "yes", 1, False),
        ({"监护人与儿童关系": "祖辈"}, "yes", 1, False),
        ({"监护人姓名": "无"}, "no", 0, False),
        ({"监护人与儿童关系": "无"}, "no", 0, False),
        ({"监护人姓名": "Nobody"}, "no", 0, False),
        ({"监护人姓名": "无", "有无人监护": "有人监护"}, "yes", 0, False),
        ({"监护人姓名": "王秀兰", "有无人监护": "无人监护"}, "no", 1, False),
        ({"父亲姓名": "无", "母亲姓名": "无"}, "unknown", 0, False),
        ({"监护人姓名": "王秀兰", "监护人出生年份": "1956"}, "yes", 1, False),
        ({"监护人姓名": "王秀兰", "监护人出生年份": "1955"}, "yes", 1, True),
        ({"监护人姓名": "王秀兰", "监护人健康状况": "良好"}, "yes", 1, False),
        ({"监护人姓名": "王秀兰", "监护人健康状况": "Healthy"}, "yes", 1, False),
        ({"监护人姓名": "王秀兰", "监护人健康状况": "无"}, "yes", 1, False),
        ({"监护人姓名": "王秀兰", "监护人健康状况": "高血压"}, "yes", 1, True),
    ],
)
def test_who_looks_after_the_child(facts, supervised, guardians, old_or_ill):
    import_ = bring([{"姓名": "甲", "特殊情况": "残疾", **facts}])
    child = import_.frames["children"].iloc[0]
    assert child["supervised"] == supervised
    assert len(import_.frames.get("guardians", ())) == guardians
    assert ("guardian_old_or_ill" in child["circumstances"]) == old_or_ill
    assert "disability" in child["circumstances"]


def test_facts_of_a_guardian_who_is_nobody_are_listed():
    import_ = bring([{"姓名": "甲", "监护人姓名": "无", "监护人电话": "10000000001"}])
    assert cells(import_.refused) == [(2, "guardian_phone", "guardian_nobody", "10000000001")]


def test_hours_need_the_day_of_the_training():
    import_ = bring([{"姓名": "甲", "类别": "志愿者", "培训学时": "2"}], kind="helpers")
    assert cells(import_.refused) == [(2, "training_hours", "training_day_missing", "2")]


def test_siblings_share_a_household_with_those_in_the_store_too():
    father = {"父亲姓名": "李大山", "父亲电话": "10000000001"}
    granny = {"监护人姓名": "王秀兰", "监护人电话": "10000000002"}
    rows = [
        {"姓名": "甲", **father},
        {"姓名": "乙", **father, **granny},
        {"姓名": "丙", **granny},
        {"姓名": "丁", "父亲姓名": "李大山", "父亲电话": "10000000009"},
        {"姓名": "戊", "父亲姓名": "李大山"},
    ]
    store = after(bring(rows))
    homes = store["children"]["household_id"].fillna("").tolist()
    assert homes == ["HH00001", "HH00001", "HH00001", "HH00002", ""]
    later = bring(
        [
            {"姓名": "己", **granny},
            {"姓名": "庚", "父亲姓名": "张三山", **{"父亲电话": "10000000008"}},
        ],
        store,
    )
    assert later.frames["children"]["household_id"].tolist() == ["HH00001", "HH00003"]


def test_ids_follow_what_is_there_or_what_the_store_says():
    store = with_child()
    new = {**CHILD, "姓名": "第二人"}
    assert bring([new], store).frames["children"]["child_id"].tolist() == ["C00002"]
    given = bring([new], store, first_ids={"children": "C00010"})
    assert given.frames["children"]["child_id"].tolist() == ["C00010"]
    assert given.frames["guardians"]["guardian_id"].isna().all()
    assert given.frames["guardians"]["child_id"].eq("C00010").all()


def test_nothing_disappears():
    rows = [CHILD, CHILD, {**CHILD, "性别": "男"}, {"姓名": "李小草"}, {"备注": "合计1人"}]
    import_ = bring(rows)
    listed = [import_.known, import_.differs, import_.perhaps_known, import_.refused]
    told = {row for frame in listed for row in frame["row"]}
    assert import_.rows + len(told) == len(rows)


def test_names_that_look_like_code_stay_text():
    names = ['<img src=x onerror="x">', "=HYPERLINK(1)"]
    import_ = bring([{"姓名": names[0].replace('"', "")}, {"姓名": names[1]}])
    assert import_.frames["children"]["name"].tolist() == ["<img src=x onerror=x>", names[1]]


def test_the_report_is_json_with_the_title_of_the_sheet():
    data = xlsx([["姓名", "身份证号"], ["李小草", 999901201503070020]], titles=("三年级",))
    sheet = people.read_sheet(data, "children")
    told = json.loads(json.dumps(people.report(people.register(sheet, {}, DAY))))
    assert told == {
        "rows": 1,
        "known": 0,
        "refused": [
            {
                "sheet": "三年级",
                "row": 2,
                "column": "id_number",
                "code": "id_number_as_number",
                "value": "999901201503070080",
            }
        ],
        "differs": [],
        "perhaps_known": [],
        "known_rows": [],
        "unrecognised": [],
    }


def test_the_existing_tables_are_not_touched():
    store = with_child()
    before = {table: rows.copy() for table, rows in store.items()}
    bring([{**CHILD, "姓名": "第二人", "村": "柳树村"}], store)
    assert all(store[table].equals(before[table]) for table in store)


@pytest.mark.parametrize("kind", ["children", "helpers"])
def test_the_spreadsheets_of_the_sample_come_in_whole_and_only_once(kind):
    path = Path(__file__).parents[2] / "data" / f"{kind}.xlsx"
    if not path.exists():
        pytest.skip("the sample's spreadsheets are not made yet")
    sheet = people.read_sheet(path, kind)
    first = people.register(sheet, {}, DAY)
    assert first.rows == len(sheet.cells) > 100
    assert first.refused.empty and first.known.empty and not sheet.unrecognised
    for table, rows in first.frames.items():
        assert tables.check(table, rows).empty
    again = people.register(sheet, after(first), DAY)
    assert (again.rows, len(again.known), again.frames) == (0, first.rows, {})


def test_a_county_comes_in_within_seconds():
    import time

    rows = 12_285
    frame = pd.DataFrame(
        {
            "姓名": [f"孩子{number % 4000}" for number in range(rows)],
            "出生日期": pd.date_range("2012-01-01", periods=rows // 4 + 1)
            .strftime("%Y年%m月%d日")
            .repeat(4)[:rows],
            "班级": [f"{number % 300}班" for number in range(rows)],
            "村": [f"村{number % 200}" for number in range(rows)],
            "父亲姓名": [f"父{number % 9000}" for number in range(rows)],
            "父亲电话": [f"1{number % 9000:010d}" for number in range(rows)],
        }
    )
    out = io.BytesIO()
    frame.to_csv(out, index=False)
    start = time.process_time()
    import_ = people.register(people.read_sheet(out.getvalue(), "children"), {}, DAY)
    assert time.process_time() - start < 20
    assert import_.rows == rows
