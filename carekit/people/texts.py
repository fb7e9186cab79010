"""What people type, made comparable: cleaned for keeping, folded for comparing."""

import datetime as dt
import re
import unicodedata

import pandas as pd

# A stroke in a cell is how a form says "left empty".
BLANK = frozenset({"", "-", "--", "---", "—", "——", "–", "/", "\\", "／", "－"})
# Words for "there is none" where a date, number or code is asked for.
NOTHING = frozenset({"无", "没有", "暂无", "none", "nil", "na", "不详", "未知", "unknown"})

# A cell that shows a formula error instead of what somebody meant.
BROKEN = "#ERROR"

_NOT_LETTERS = re.compile(r"[\W_]+")
# A text our own CSV export has marked so that no spreadsheet program runs it as a formula.
_MARKED = re.compile(r"^'(?=\s*[=+\-@＝＋－＠\t\r\n])")
_SPACES = re.compile(r"\s+")


def texts(values: pd.Series) -> pd.Series:
    """Cells as read -> clean text (NFC, one line, no invisible characters), empty where blank.

    >>> texts(pd.Series([" 李  明\\u200b", 13800000000.0, "—", None, "'=1+1"])).tolist()
    ['李 明', '13800000000', <NA>, <NA>, '=1+1']
    """
    cleaned = [_clean(value) for value in values]
    return pd.Series(
        [None if text in BLANK else text for text in cleaned], index=values.index, dtype="string"
    )


def _clean(value: object) -> str:
    if isinstance(value, str):
        if value.isascii() and value.isalnum():
            return value
        text = unicodedata.normalize("NFC", _MARKED.sub("", value))
        # Other (C): controls, invisible marks, direction overrides, half characters.
        if not text.isprintable():
            text = "".join(
                c if c.isspace() else "" if unicodedata.category(c)[0] == "C" else c for c in text
            )
        return _SPACES.sub(" ", text).strip()
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return str(value)


def wide(text: pd.Series) -> pd.Series:
    """Full-width letters and digits as ordinary ones (NFKC): ``２０１５`` is ``2015``."""
    return text.str.normalize("NFKC")


def folded(text: str) -> str:
    """The bare letters of a heading or label: width, case, spaces and punctuation fall away.

    >>> folded("*Father's  name（父亲）：") == folded("FATHERS NAME 父亲")
    True
    """
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())


def same(text: pd.Series) -> pd.Series:
    """Names for comparing: width, case and spaces fall away, signs stay (``1-1`` is not ``11``).

    >>> same(pd.Series(["三年级（1）班", "三年级 (1) 班"], dtype="string")).nunique()
    1
    """
    return wide(text.astype("string")).str.casefold().str.replace(r"\s+", "", regex=True)


def is_nothing(text: pd.Series) -> pd.Series:
    """Cells that say in words that there is none, or that nobody knows."""
    distinct = {word: folded(word) in NOTHING for word in text.dropna().unique()}
    return text.map(distinct).astype("boolean").fillna(False).astype(bool)
