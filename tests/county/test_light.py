"""What only the child processes of long steps need stays out of a person's page."""

import os
import subprocess
import sys

from carekit import tasks
from carekit.store import set_password

PASSWORD = "calm lake 5"
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
        set_password(store, "practice", PASSWORD)
        who = {"CAREKIT_USER": "practice", "CAREKIT_PASSWORD": PASSWORD}
        command = [sys.executable, "-c", OPEN, str(store.path), *HEAVY]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env=os.environ | who
        )
    assert done.stdout.split() == []
