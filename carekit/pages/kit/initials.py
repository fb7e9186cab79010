"""Pinyin initials of names, for a search without a Chinese keyboard."""

from functools import lru_cache
from itertools import islice, product

__all__ = ["initials"]

READINGS = 8  # 单, 曾, 解 ... are read in two ways; a name of many such letters in very many


@lru_cache(maxsize=100_000)
def initials(name: str) -> str:
    """The first letters of a name in pinyin, every reading of it, with blanks between.

    >>> initials("李思远"), initials("曾晓彤"), initials("Wang Wei")
    ('lsy', 'zxt cxt', 'wang wei')
    """
    from pypinyin import Style, pinyin  # a large table, not needed before the first search

    letters = [one for one in pinyin(name, style=Style.FIRST_LETTER, heteronym=True) if one]
    readings = islice(product(*letters), READINGS)
    return " ".join(dict.fromkeys("".join(one).casefold() for one in readings))
