"""What every view is made of: a base for its model, tables, forms, shared ``.vue`` pieces, a look.

A view is a subclass of :class:`Page` (traits the browser sees, ``vue_<event>`` methods it may
call) with a ``.vue`` file beside it, made of the ``care-...`` pieces in this folder. Codes become
words here and nowhere below: ``self.say``, ``self.tell``, and ``words.<code>`` in the view.

- ``model``   words, and what the browser may do
- ``talk``    notices and questions
- ``page``    frames, tables, forms, long steps, files
- ``frames``  what a session has read, until the store changes
- ``table``   search, filter, sort, paging; ``cells`` what stands in a cell
- ``form``    fields from the data dictionary
- ``work``    a long step in a child process
"""

from carekit.pages.kit.form import Form
from carekit.pages.kit.frames import Frames
from carekit.pages.kit.model import Model, Session, only_ours
from carekit.pages.kit.page import DISCARD, MESSAGE_BYTES, Page
from carekit.pages.kit.table import Column, Table
from carekit.pages.kit.theme import use_theme
from carekit.pages.kit.work import run

__all__ = [
    "DISCARD",
    "MESSAGE_BYTES",
    "Column",
    "Form",
    "Frames",
    "Model",
    "Page",
    "Session",
    "Table",
    "only_ours",
    "run",
    "use_theme",
]
