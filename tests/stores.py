"""Stores in tests: copying one with its keys, and looking into one past the library."""

import shutil
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from carekit.store import keyfile, unlocked


def copied(store, to):
    """A store and its keys under another name; gives the path of the copy."""
    shutil.copy(keyfile.beside(Path(store)), keyfile.beside(Path(to)))
    return Path(shutil.copy(store, to))


def raw(path):
    """A plain connection to a store this process has unlocked."""
    keys = unlocked.held(keyfile.read(Path(path)).store)
    connection = sqlcipher.connect(str(path))
    connection.execute(f'pragma key = "{keys.pragma()}"')
    return connection
