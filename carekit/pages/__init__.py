"""The pages people work in: the only room that knows widgets.

A page is one widget. Its model is a :class:`carekit.pages.kit.Page` subclass (traits go out to
the view, ``vue_<event>`` methods come in); its view is one ``.vue`` file beside it. A notebook of
``apps/`` opens a whole app with one line, :func:`open_app`.
"""

from typing import Any

__all__ = ["open_app"]


def __getattr__(name: str) -> Any:
    if name == "open_app":  # widgets load with the first page, not in the server or a child process
        from carekit.pages.app import open_app

        return open_app
    raise AttributeError(f"module 'carekit.pages' has no attribute {name!r}")
