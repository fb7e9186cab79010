"""What only the child processes of long steps need stays out of a person's page."""

import subprocess
import sys

from carekit import tasks

HEAVY = ("networkx", "scipy", "ortools")
OPEN = """
import sys
from carekit.pages.app import App
from carekit.pages.kit import Session

app = App("coordinator", Session(store=sys.argv[1], user="practice", language="zh"))
app.start()
assert not app.message, app.message
for view in app.names:
    app.show(view)
print(*[name for name in sys.argv[2:] if name in sys.modules])
"""


def test_no_view_loads_a_solver():
    with tasks.practice_store() as store:
        command = [sys.executable, "-c", OPEN, str(store.path), *HEAVY]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
