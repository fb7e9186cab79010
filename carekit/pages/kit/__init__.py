"""What every page is made of.

- ``Page``: the base of every page's model: words, notices, guarded events, files out
- ``Session``: who looks at it, in which language, on which store
- ``run``: a long step in a child process, with progress and cancel
- ``use_theme``: the colours; ``only_ours``: closes the kernel to widgets the browser makes up
- shared ``.vue`` pieces, registered on first use: ``care-shell``, ``care-upload``
"""

from carekit.pages.kit.components import register
from carekit.pages.kit.page import Page, Session, only_ours
from carekit.pages.kit.theme import use_theme
from carekit.pages.kit.work import run

__all__ = ["Page", "Session", "only_ours", "register", "run", "use_theme"]
