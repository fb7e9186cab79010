"""Shared ``.vue`` pieces, used as tags in any page."""

import re
from functools import cache
from pathlib import Path

from ipyvue import VueComponentRegistry

PIECES = {path.stem: path for path in sorted(Path(__file__).parent.glob("care-*.vue"))}


@cache
def register() -> None:
    """Make the pieces known to the browser, once a kernel."""
    for name, path in PIECES.items():
        # register_component_from_file reads in the computer's own encoding, not UTF-8
        text = path.read_text(encoding="utf-8")
        VueComponentRegistry.register_component_from_string(name, text, source_url=path.name)


@cache
def words_used(view: Path) -> tuple[str, ...]:
    """The codes a view and the shared pieces say, read off their ``words.<code>``."""
    texts = [path.read_text(encoding="utf-8") for path in (view, *PIECES.values())]
    return tuple(sorted({code for text in texts for code in re.findall(r"\bwords\.(\w+)", text)}))
