"""Words for codes: a cell may hold the code, the English or Chinese word, or an alias."""

import re
from collections.abc import Callable
from functools import cache

import pandas as pd

from carekit import tables
from carekit.people.texts import folded

YES = frozenset({"yes", "y", "true", "t", "1", "是", "有", "对", "√", "✓", "住校", "寄宿", "住宿"})
NO = frozenset({"no", "n", "false", "f", "0", "否", "不是", "不", "×", "✗", "走读", "不住校"})

_SEPARATORS = re.compile(r"[、,，;；/／|]+")


@cache
def _lookup(name: str) -> dict[str, str]:
    """Folded word -> code; a code or title goes before another code's alias."""
    words = tables.choices(name)
    said = [(text, code) for column in ("en", "zh") for code, text in words[column].items()]
    said += [(alias, code) for code, aliases in words["aliases"].items() for alias in aliases]
    out = {folded(str(code)): str(code) for code in words.index}
    for text, code in said:
        out.setdefault(folded(str(text)), str(code))
    return out


def choice(text: pd.Series, name: str) -> tuple[pd.Series, pd.Series]:
    """Text -> (one code, codes of refusal). Code: choice_unknown.

    >>> choice(pd.Series(["女", "Male", "?"], dtype="string"), "sex")[0].tolist()
    ['female', 'male', <NA>]
    """
    lookup = _lookup(name)
    return _translated(text, lambda cell: lookup.get(folded(cell)))


def several(text: pd.Series, name: str) -> tuple[pd.Series, pd.Series]:
    """Text -> (codes joined by ``;`` in the order of the list, codes of refusal).

    Words are separated by 、 , ; / or spaces. One unknown word refuses the whole cell: half of
    what was said would look like all of it. Code: choice_unknown.

    >>> cells = pd.Series(["客家话、普通话", "Hakka; Klingon"], dtype="string")
    >>> several(cells, "language")[0].tolist()
    ['mandarin;hakka', <NA>]
    """
    lookup = _lookup(name)
    order = {str(code): place for place, code in enumerate(tables.choices(name).index)}

    def codes(cell: str) -> str | None:
        if one := lookup.get(folded(cell)):
            return one
        found: list[str | None] = []
        for part in _SEPARATORS.split(cell):
            if not folded(part):
                continue
            one = lookup.get(folded(part))
            found += [one] if one else [lookup.get(folded(word)) for word in part.split()]
        known = [code for code in found if code is not None]
        if not known or len(known) < len(found):
            return None
        return ";".join(sorted(set(known), key=order.__getitem__))

    return _translated(text, codes)


def flags(text: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Text -> (boolean, codes of refusal). Code: flag_wrong.

    >>> flags(pd.Series(["是", "No", "perhaps"], dtype="string"))[0].tolist()
    [True, False, <NA>]
    """
    lookup = dict.fromkeys(YES, "yes") | dict.fromkeys(NO, "no")
    said, codes = _translated(text, lambda cell: lookup.get(cell.strip().casefold()))
    good = said.eq("yes")
    return good, codes.mask(codes.notna(), "flag_wrong")


def _translated(
    text: pd.Series, translate: Callable[[str], str | None]
) -> tuple[pd.Series, pd.Series]:
    # Few distinct cells however many rows: each is looked up once.
    found = {cell: translate(cell) for cell in text.dropna().unique()}
    good = text.map(found).astype("string")
    codes = pd.Series(pd.NA, index=text.index, dtype="string")
    return good, codes.mask(text.notna() & good.isna(), "choice_unknown")
