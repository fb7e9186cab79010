"""Pictures of every step at both widths; kept where ``CAREKIT_PICTURES`` says, else only looked
at for what sticks out."""

import os
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import TimeoutError

WIDE, NARROW = 1280, 390

# What a person would have to scroll sideways for; a box that scrolls by itself may.
STICKING_OUT = """width => [...document.querySelectorAll(".care-page *")]
  .filter(one => one.checkVisibility() && !one.closest(".care-skip, thead, .care-views")
    && one.getBoundingClientRect().right > width + 1)
  .map(one => one.outerHTML.slice(0, 120))"""


def take(page, name, language, whole=True):
    """The page as it stands, narrow and wide; at 390 nothing may stick out.

    A dialog lies over the window, not over the ``whole`` page."""
    for width in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(f"window.innerWidth === {width}")
        if width == NARROW:
            # a page that was wide a moment ago may still be folding
            page.wait_for_function(
                f"document.documentElement.scrollWidth <= {NARROW}", timeout=9000
            )
            with suppress(TimeoutError):
                page.wait_for_function(
                    f"width => ({STICKING_OUT})(width).length === 0", arg=NARROW, timeout=9000
                )
            assert page.evaluate(STICKING_OUT, NARROW) == [], name
        if folder := os.environ.get("CAREKIT_PICTURES"):
            path = Path(folder) / f"{name}-{language}-{width}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=path, full_page=whole, animations="disabled")
