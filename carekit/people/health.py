"""What somebody writes under health or allergies, and whether it is a remark at all."""

import re

import pandas as pd

from carekit.people.texts import folded

__all__ = ["ailments"]

# Said of people who are well, or of whom nothing is known: nothing a helper must heed.
WELL = frozenset(
    {
        *("良好", "健康", "好", "很好", "较好", "正常", "无", "身体健康", "身体良好", "健康良好"),
        *("良好健康", "无病", "无疾病", "good", "healthy", "well", "fine", "normal", "none"),
        *(
            "无特殊病史",
            "无病史",
            "无过敏",
            "无过敏史",
            "无特殊情况",
            "无异常",
            "无特殊",
            "一切正常",
        ),
        *("ingoodhealth", "goodhealth", "na", "unknown", "不详", "未知"),
    }
)


def ailments(said: pd.Series) -> pd.Series:
    """The texts that a helper must heed; "in good health", "none" and the like become empty.

    Takes and gives the texts of ``health`` or ``allergies`` (R2). Whether health is known at all is
    asked by :func:`carekit.people.completeness`.

    >>> ailments(pd.Series(["健康，无特殊病史", "哮喘", None, "无"], dtype="string")).tolist()
    [<NA>, '哮喘', <NA>, <NA>]
    """
    well = {text: _is_well(str(text)) for text in said.dropna().unique()}
    return said.mask(said.map(well).astype("boolean").fillna(False)).astype("string")


def _is_well(text: str) -> bool:
    parts = [folded(part) for part in re.split(r"[,，;；、。]", text)]
    return all(part in WELL for part in parts if part)
