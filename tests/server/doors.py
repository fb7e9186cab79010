"""The real server with its list of addresses written down, and some holes: ``doors.py FOLDER``."""

import json
import sys
from pathlib import Path

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from tornado import web, websocket
from tornado.routing import PathMatches

from carekit.server import launcher
from tests.browser.standin import TwoPeople, write_notebook


class Open(web.RequestHandler):
    """A handler that knows nothing of who is signed in."""

    def get(self):
        self.write("a child's file")


class Allowed(JupyterHandler):
    """One that was let through by hand, for one method."""

    @allow_unauthenticated
    def put(self):
        self.write("a child's file")


class Talking(websocket.WebSocketHandler):
    def open(self):
        self.write_message("a child's file")


class Telling(web.RequestHandler):
    """Nothing but a header too much."""

    def get(self):
        self.set_header("X-Last-Child", "C00001")
        self.set_status(403)


HOLES = [
    (r"/report", Open),
    (r"/planned", Allowed),
    (r"/talk", Talking),
    (r"/tell", Telling),
]


def patterns(router):
    for rule in router.rules:
        if isinstance(rule.matcher, PathMatches):
            yield rule.matcher.regex.pattern, rule.target.__name__
        elif hasattr(rule.target, "rules"):
            yield from patterns(rule.target)


def ready(address):
    app = launcher.CareVoila.instance().app
    Path(sys.argv[1], "patterns.json").write_text(json.dumps(list(patterns(app.default_router))))
    sys.stdout.write(address + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    path = write_notebook(sys.argv[1])
    launcher.app_notebook = lambda name: path
    found = launcher.CareVoila.init_handlers
    launcher.CareVoila.init_handlers = lambda self: HOLES + found(self)
    store = Path(sys.argv[1]) / "none.care"
    launcher.serve(store, port=0, branch=TwoPeople(store), ready=ready)
