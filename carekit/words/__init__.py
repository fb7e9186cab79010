"""Words at the edge: codes become sentences in the reader's language.

The catalogues (``catalogues/en.po``, ``catalogues/zh.po``) are gettext files whose message ids
are codes, edited with any gettext editor. Rules, errors and frames carry codes; pages, exports
and the command line call :func:`say`.

>>> from carekit import words
>>> words.say("outing_unknown", "zh", outing="O0009")
'没有编号为 O0009 的外出活动。请查看活动列表中的编号，或先新建活动。'
"""

from carekit.words.catalogue import (
    LANGUAGES,
    codes,
    format_day,
    format_moment,
    format_number,
    preferred,
    say,
    say_error,
)

__all__ = [
    "LANGUAGES",
    "codes",
    "format_day",
    "format_moment",
    "format_number",
    "preferred",
    "say",
    "say_error",
]
