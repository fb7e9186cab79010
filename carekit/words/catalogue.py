"""gettext catalogues read by Babel; plural forms, days and numbers as each language writes them."""

import datetime as dt
import io
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations
from importlib.resources import files
from typing import Any

from babel.core import Locale, negotiate_locale
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from carekit.errors import CareError

__all__ = [
    "LANGUAGES",
    "codes",
    "format_day",
    "format_number",
    "preferred",
    "say",
    "say_error",
]

LANGUAGES = ("en", "zh")
_LOCALES = {"en": Locale("en"), "zh": Locale.parse("zh_CN")}


@cache
def _catalogue(language: str) -> Catalog:
    path = files("carekit.words").joinpath(f"catalogues/{language}.po")
    with path.open("rb") as file:
        return read_po(file, locale=str(_LOCALES[language]), abort_invalid=True)


@cache
def _translations(language: str) -> GNUTranslations:
    # Compiled in memory: no binary catalogue to build, commit or forget.
    compiled = io.BytesIO()
    write_mo(compiled, _catalogue(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def codes(language: str) -> frozenset[str]:
    """Every code the catalogue of a language has a sentence for.

    >>> codes("en") == codes("zh")
    True
    """
    messages = (message for message in _catalogue(language) if message.id)
    return frozenset(m.id if isinstance(m.id, str) else m.id[0] for m in messages if m.string)


def say(code: str, language: str, **values: Any) -> str:
    """The sentence for a code in ``en`` or ``zh``.

    Values fill its placeholders: whole numbers and days as the language writes them, everything
    else as it is. ``count`` chooses the plural form; a ``reason`` that is a code is said in its
    turn. An unknown code is said as itself, so that a
    missing translation never hides a message (a test refuses it).

    >>> say("children_waiting", "en", count=1), say("children_waiting", "en", count=1200)
    ('1 child is waiting', '1,200 children are waiting')
    """
    translations = _translations(language)
    if "reason" in values and values["reason"] in codes(language):
        values["reason"] = say(values.pop("reason"), language, **values)
    count = values.get("count")
    sentence = code
    if isinstance(count, int) and not isinstance(count, bool):
        sentence = translations.ngettext(code, code, count)
    if sentence == code:  # without a number, or the same for every number
        sentence = translations.gettext(code)
    return sentence.format_map(_Written(values, language))


def say_error(error: CareError, language: str) -> str:
    """The sentence of an error.

    >>> from carekit.errors import BadInput
    >>> say_error(BadInput("day_wrong", value="soon"), "en")
    '“soon” is not a day. Write days as 2026-03-02.'
    """
    return say(error.code, language, **error.values)


class _Written(dict[str, str]):
    """Placeholders, written; one without a value stays visible as …, instead of an error."""

    def __init__(self, values: Mapping[str, Any], language: str) -> None:
        super().__init__({name: _write(value, language) for name, value in values.items()})

    def __missing__(self, name: str) -> str:
        return "…"


def _write(value: Any, language: str) -> str:
    if isinstance(value, dt.datetime):
        return format_moment(value, language)
    if isinstance(value, dt.date):
        return format_day(value, language)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return format_number(value, language)
    if isinstance(value, (list, tuple)):
        comma = ", " if language == "en" else "、"
        return comma.join(_write(part, language) for part in value)
    return str(value)


def format_day(day: dt.date, language: str) -> str:
    """A day as people write it.

    >>> day = dt.date(2026, 3, 2)
    >>> format_day(day, "en"), format_day(day, "zh")
    ('2 March 2026', '2026年3月2日')
    """
    pattern = "d MMMM y" if language == "en" else "long"
    return format_date(day, pattern, locale=_LOCALES[language])


def format_moment(at: dt.datetime, language: str) -> str:
    """A moment as people write it, on the clock of this computer as it stood then.

    >>> format_moment(dt.datetime(2026, 3, 2, 9, 5).astimezone(), "en")
    '2 March 2026 09:05'
    """
    here = at.astimezone()
    return f"{format_day(here.date(), language)} {here:%H:%M}"


def format_number(number: float, language: str) -> str:
    """A number with the language's separators.

    >>> format_number(12285, "en"), format_number(2.5, "zh")
    ('12,285', '2.5')
    """
    return format_decimal(number, locale=_LOCALES[language])


def preferred(wanted: str | None) -> str:
    """The language of ours nearest to what a person or system asks for; English if none is.

    >>> preferred("zh_CN.UTF-8"), preferred("zh-TW,en;q=0.5"), preferred("fr"), preferred(None)
    ('zh', 'zh', 'en', 'en')
    """
    asked = [part.split(";")[0].split(".")[0].strip() for part in (wanted or "").split(",")]
    tags = [tag.replace("-", "_").split("_")[0] for tag in asked if tag]
    return negotiate_locale(tags, LANGUAGES) or "en"
