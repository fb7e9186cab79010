"""A server with two people, no store and the page of hello.py: ``standin.py FOLDER``."""

import sys
from pathlib import Path

import nbformat
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from carekit.server import launcher
from carekit.server.branch import Branch

CELL = """\
from carekit.pages.app import session_from_environment
from carekit.pages.kit import only_ours, use_theme
from hello import Hello

only_ours()
use_theme()
Hello(session_from_environment())
"""
HASHER = PasswordHasher(time_cost=1, memory_cost=1024)
PEOPLE = {"li.na": HASHER.hash("green tea 7"), "wang.wei": HASHER.hash("blue boat 9")}


class TwoPeople(Branch):
    def missing(self):
        return False

    def verify(self, user_id, password):
        try:
            HASHER.verify(PEOPLE[user_id], password)
        except (KeyError, VerifyMismatchError):
            return None
        return self.find(user_id)

    def find(self, user_id):
        return {"user_id": user_id, "name": user_id, "language": "en", "role": "coordinator"}


def write_notebook(folder):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    path = Path(folder) / "hello.ipynb"
    nbformat.write(notebook, path)
    return path


def ready(address):
    sys.stdout.write(address + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    path = write_notebook(sys.argv[1])
    launcher.app_notebook = lambda name: path
    store = Path(sys.argv[1]) / "none.care"
    launcher.serve(store, port=0, branch=TwoPeople(store), ready=ready)
