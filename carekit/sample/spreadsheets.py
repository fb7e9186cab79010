"""The school as two spreadsheets with Chinese headings."""

import pandas as pd

from carekit import tables

__all__ = ["sheets"]

# What a school's own sheet calls some columns; the others bear the dictionary's title.
HEADINGS = {
    "children": {
        "name": "姓名",
        "id_number": "身份证号码",
        "languages": "语言/方言",
        "needs": "帮扶需求",
        "parents_away": "父母外出务工情况",
        "allergies": "过敏史",
        "father_workplace": "父亲务工地点",
        "mother_workplace": "母亲务工地点",
        "guardian_relation": "与监护人关系",
    },
    "helpers": {
        "name": "姓名",
        "kind": "人员类别",
        "id_number": "身份证号码",
        "phone": "手机号码",
        "subjects": "擅长",
        "places": "愿意帮扶人数",
        "reach_km": "服务半径(公里)",
    },
}
# Columns people look at first; the others follow as the dictionary has them.
FIRST = {
    "children": ["school", "class", "name", "sex", "birth_date", "id_number"],
    "helpers": ["name", "kind", "sex", "birth_date", "id_number", "phone", "school", "class"],
}
PLACE = ["township", "village", "longitude", "latitude"]
NOBODY = "无"


def sheets(school: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The same school as the sheets ``children`` and ``helpers`` of a school and a branch.

    Headings are Chinese titles or aliases of ``tables.sheet_columns``, choices Chinese words
    joined by ``、``, flags 是 and 否; days stay days, phones and identity numbers text. A child
    nobody looks after has the guardian 无. Ids are ours and stay at home.

    >>> from carekit import sample
    >>> frames = sheets(sample.school())
    >>> frames["helpers"][["姓名", "人员类别", "语言", "愿意帮扶人数"]].head(2)
        姓名 人员类别       语言  愿意帮扶人数
    0  林家辉  志愿者      普通话       2
    1  谢晓琴  志愿者  普通话、客家话       1
    """
    children = _with_places(school["children"], school)
    for role in ("father", "mother", "guardian"):
        children = _with_part(children, school["guardians"], "children", "role", role)
    nobody = children["supervised"] == "no"
    children["guardian_name"] = children["guardian_name"].mask(nobody, NOBODY)

    helpers = _with_places(school["helpers"], school)
    for kind in ("records_check", "training", "commitment", "coordinator_talk"):
        helpers = _with_part(helpers, school["trainings"], "helpers", "kind", kind)
    return {"children": _said("children", children), "helpers": _said("helpers", helpers)}


def _with_places(people: pd.DataFrame, school: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The people with the columns school, class, village, township, longitude, latitude."""
    classes = school["classes"].merge(school["schools"], on="school_id", suffixes=("", "_school"))
    classes = classes.set_index("class_id")
    villages = school["villages"].set_index("village_id")
    out = people.copy()
    out["class"] = people["class_id"].map(classes["name"])
    out["school"] = people["class_id"].map(classes["name_school"])
    if "school_id" in people:  # teachers of subjects have a school and no class
        schools = school["schools"].set_index("school_id")["name"]
        out["school"] = out["school"].fillna(people["school_id"].map(schools))
    out["village"] = people["village_id"].map(villages["name"])
    for column in ("township", "longitude", "latitude"):
        out[column] = people["village_id"].map(villages[column])
    return out


def _with_part(
    people: pd.DataFrame, facts: pd.DataFrame, sheet: str, column: str, part: str
) -> pd.DataFrame:
    """The people with the sheet's columns of one part: a guardian's role, a kind of training."""
    key = tables.key(sheet)
    described = tables.sheet_columns(sheet).query("part == @part")
    found = facts[facts[column] == part].set_index(key)
    columns = described["column"].items()
    return people.assign(**{str(field): people[key].map(found[name]) for field, name in columns})


def _said(sheet: str, people: pd.DataFrame) -> pd.DataFrame:
    """The columns of the sheet in an order people use, with headings and words in Chinese."""
    described = tables.sheet_columns(sheet)
    first = FIRST[sheet] + PLACE
    fields = first + [field for field in described.index if field not in first]
    if sheet == "children":  # the import derives it from the guardian
        fields.remove("supervised")
    out = {}
    for field in fields:
        kind = str(described.at[field, "kind"])
        values = pd.Series(people[field])
        if (codes := tables.choice_list(kind)) is not None:
            values = tables.labels(codes, values, "zh")
        elif kind == "flag":
            values = values.map({True: "是", False: "否"}).astype("string")
        out[HEADINGS[sheet].get(field, str(described.at[field, "zh"]))] = values
    return pd.DataFrame(out)
