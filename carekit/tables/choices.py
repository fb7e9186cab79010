"""The codes a column may hold, and their words."""

from functools import cache

import pandas as pd

from carekit.tables.dictionary import read

__all__ = ["choices", "label", "labels"]


@cache
def _choices(name: str) -> pd.DataFrame:
    frame = read("choices.csv").query("list == @name").set_index("code").drop(columns="list")
    frame["aliases"] = [text.split("|") if text else [] for text in frame["aliases"]]
    return frame


def choices(name: str) -> pd.DataFrame:
    """The codes of a list: index ``code``; en, zh, aliases (list). Empty for an unknown list.

    >>> choices("sex")["zh"].tolist()
    ['女', '男']
    """
    return _choices(name).copy()


def label(name: str, code: str, language: str) -> str:
    """The word for one code; a code that is not in the list stays itself.

    >>> label("consent_state", "pending", "zh")
    '待回收'
    """
    words = _choices(name)
    return str(words.at[code, language]) if code in words.index else code


def labels(name: str, codes: pd.Series, language: str) -> pd.Series:
    """The words for a column of codes, or of several codes joined by ``;``.

    >>> labels("language", pd.Series(["hakka;mandarin", None], dtype="string"), "en").tolist()
    ['Hakka, Mandarin', <NA>]
    """
    comma = ", " if language == "en" else "、"
    said = {
        codes_: comma.join(label(name, code, language) for code in str(codes_).split(";"))
        for codes_ in codes.dropna().unique()
    }
    return codes.map(said).astype("string")
