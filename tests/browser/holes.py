"""A page with planted holes: what a view would be that trusted its texts."""

from pathlib import Path

import nbformat
from traitlets import List, Unicode

from carekit.pages.kit import Model
from tests.browser import payloads

CELL = """\
from IPython.display import display
from carekit.pages.app import session_from_environment
from carekit.pages.kit import only_ours, use_theme
from tests.browser.holes import Holes

only_ours()
use_theme()
display(Holes(session_from_environment()))
"""
TEXTS = [payloads.text(n, payloads.mark(0, n)) for n in range(len(payloads.TEMPLATES))]


class Holes(Model):
    """The payloads, as text and through one hole after the other."""

    template_file = (__file__, "holes.vue")
    person = Unicode("li.na").tag(sync=True)
    hole = Unicode("none").tag(sync=True)
    texts = List(TEXTS).tag(sync=True)

    def vue_show(self, hole):
        self.hole = hole


def serve():
    """The page on a port of its own; prints the address."""
    from carekit.server import launcher
    from tests.browser.standin import TwoPeople, ready

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    path, store = Path.cwd() / "holes.ipynb", Path.cwd() / "none.care"
    nbformat.write(notebook, path)
    launcher.app_notebook = lambda name: path
    launcher.serve(store, port=0, branch=TwoPeople(store), ready=ready)
