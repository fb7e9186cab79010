"""Whether the fonts of this computer have every letter a page needs."""

import io
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from carekit.errors import BadInput

__all__ = ["families_for", "installed", "is_sign"]

# The fonts Windows, macOS and Linux bring for Chinese, the better to read outdoors first.
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "DengXian",
    "SimHei",
    "SimSun",
)
_LATIN = 0x250  # letters below are in the font typst itself brings
_SHOWN = 12


@cache
def installed() -> tuple[Any, ...]:
    """The fonts of this computer that have a file, the preferred families first."""
    import typst  # loaded with the first PDF: a page opens sooner without it

    found = [font for font in typst.Fonts().fonts() if font.path is not None]
    rank = {family: number for number, family in enumerate(CHINESE)}
    plain = {"normal": 0}
    return tuple(
        sorted(
            found,
            key=lambda font: (
                rank.get(font.family, len(rank)),
                plain.get(font.style, 1),
                abs(font.weight - 400),
                str(font.path),
            ),
        )
    )


def families_for(texts: Iterable[str]) -> list[str]:
    """The font families to set these texts in, the preferred one first.

    Raises ``BadInput``: ``pdf_font_missing`` when no font here knows Chinese, else
    ``pdf_letters_missing`` with the letters no font here has: printed, they would be blank.
    """
    fonts = installed()
    letters = {letter for text in texts for letter in text if ord(letter) >= _LATIN}
    letters = {letter for letter in letters if not is_sign(letter)}
    missing = set(letters)
    for font in fonts:
        if not missing:
            break
        known = _letters(str(font.path), font.index)
        missing = {letter for letter in missing if ord(letter) not in known}
    if missing:
        han = {letter for letter in letters if "\u4e00" <= letter <= "\u9fff"}
        if han and han <= missing:
            raise BadInput("pdf_font_missing")
        raise BadInput("pdf_letters_missing", letters=" ".join(sorted(missing)[:_SHOWN]))
    here = {font.family for font in fonts}
    return [family for family in CHINESE if family in here][:1]


def is_sign(letter: str) -> bool:
    """A character that prints nothing itself: a tab, a joiner, a sign for the one before it.

    Letters too new for this computer's tables are letters all the same.
    """
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Mn", "Zs", "Zl", "Zp")


@cache
def _letters(path: str, index: int) -> frozenset[int]:
    from fontTools.ttLib import TTFont, TTLibError

    try:
        data = io.BytesIO(Path(path).read_bytes())
        with TTFont(data, fontNumber=index, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError):  # a broken font file is no font
        return frozenset()
