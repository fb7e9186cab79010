"""Pinyin initials of names, for a search without a Chinese keyboard."""

from functools import cache
from itertools import islice, product

__all__ = ["initials"]

READINGS = 8  # 单, 曾, 解 ... are read in two ways; a name of many such letters in very many


@cache
def _letters(character: str) -> tuple[str, ...]:
    """The first letters of a character in its readings; few characters make many names."""
    from pypinyin import Style, pinyin  # a large table, not needed before the first search

    readings = pinyin(character, style=Style.FIRST_LETTER, heteronym=True)[0]
    return tuple(dict.fromkeys(letter.casefold() for letter in readings))


def initials(name: str) -> str:
    """The first letters of a name in pinyin, every reading of it, with blanks between.

    >>> initials("李思远"), initials("曾晓彤"), initials("Wang Wei")
    ('lsy', 'cxt zxt', 'wang wei')
    """
    readings = islice(product(*map(_letters, name)), READINGS)
    return " ".join(dict.fromkeys("".join(one) for one in readings))
