"""A page on a computer that is slow: it opens late, and nothing goes wrong meanwhile."""

from pathlib import Path

import nbformat
import pytest

from tests.browser.conftest import started

# Longer than Voila waits (10 seconds) before it speaks of its own accord.
LATE = """\
import time
from carekit.pages.app import session_from_environment
from carekit.pages.kit import only_ours, use_theme
from hello import Hello

time.sleep(11)
only_ours()
use_theme()
Hello(session_from_environment())
"""

# The store is read while the browser loads its scripts: its line to the kernel opens somewhere
# between two widgets of which the second is made of the first.
MEANWHILE = """\
import asyncio
from carekit.pages.app import session_from_environment
from carekit.pages.kit import only_ours, use_theme
from IPython.display import display
from ipyvue import Template, VueTemplate
from hello import Hello

async def open_more():
    for n in range(1500):
        more.append(VueTemplate(template=first))
        await asyncio.sleep(0.02)

only_ours()
use_theme()
first, more = Template(template="<p>late</p>"), []
display(Hello(session_from_environment()))
task = asyncio.get_running_loop().create_task(open_more())
"""

# The store is so long in coming that the browser's scripts, after four seconds, ask for one widget
# after the other.
BUSY = """\
import asyncio
import time
from carekit.pages.app import App, session_from_environment
from carekit.pages.kit import only_ours, use_theme
from IPython.display import display
from hello import Hello

def start():
    time.sleep(9)
    app.shown = Hello(session)

only_ours()
use_theme()
session = session_from_environment()
app = App("coordinator", session)
display(app)
timer = asyncio.get_running_loop().call_later(0.02, start)
"""


def serve(code):
    """A server whose only page has this cell; prints the address."""
    from standin import TwoPeople, ready

    from carekit.server import launcher

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    path, store = Path.cwd() / "slow.ipynb", Path.cwd() / "none.care"
    nbformat.write(notebook, path)
    launcher.app_notebook = lambda name: path
    launcher.serve(store, port=0, branch=TwoPeople(store), ready=ready)


@pytest.mark.parametrize("code", [LATE, MEANWHILE, BUSY], ids=["late", "meanwhile", "busy"])
def test_a_slow_start_is_no_fault(code, page, sign_in, tmp_path):
    command = f"from tests.browser.test_slow import serve; serve({code!r})"
    with started(["-c", command], tmp_path / "home") as address:
        sign_in(page, address)
        assert page.locator(".care-message").count() == 0
        page.goto("about:blank")  # the page ends before its server


ASKED = """performance.getEntriesByType("resource").filter(one => /[.](js|css)/.test(one.name))
  .map(one => [one.name, one.transferSize])"""


def test_a_page_opened_again_asks_for_no_script_a_second_time(page, sign_in, address):
    sign_in(page, address)
    page.reload()
    page.wait_for_selector("[data-test=title]")
    asked = page.evaluate(ASKED)
    assert len(asked) > 50
    assert [name for name, size in asked if size] == []
    page.goto("about:blank")
