"""A name nobody else has, and everywhere it could have been left behind.

What must show nowhere is looked for in every shape a program may write it in; what was found is
told by its label, so that the list can be asserted empty.
"""

import json
from pathlib import Path
from urllib.parse import quote

import psutil

NAME = "欧阳雪莺"
ID_NUMBER = "990101201505129876"
PASSWORD = "seventeen quiet herons"
NEW_PASSWORD = "eighteen quiet herons"
BINARY = 2**26  # bytes of a file that are looked at

__all__ = ["ID_NUMBER", "NAME", "NEW_PASSWORD", "PASSWORD", "Canaries", "in_files", "in_processes"]


def shapes(text):
    """A text as it may stand in a file, a log, an address or a message."""
    if isinstance(text, bytes):
        return {text, text.hex().encode(), text.hex().upper().encode()}
    found = {text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")}
    found |= {json.dumps(text)[1:-1].encode(), quote(text).encode(), quote(text, safe="").encode()}
    found |= {quote(text).lower().encode(), text.replace(" ", "+").encode(), ascii(text).encode()}
    found.add("".join(f"&#{ord(c)};" for c in text).encode())
    found.add(repr(text.encode())[2:-1].encode())  # b'\xe6...' as Python writes it
    return found


class Canaries:
    """Texts and keys that must show nowhere, by their labels."""

    def __init__(self, **secrets):
        self.shapes = {label: shapes(secret) for label, secret in secrets.items()}

    def found(self, places):
        """Where (a dict of bytes or texts by place) which of them shows: ``[(place, label)]``."""
        return [
            (place, label)
            for place, said in places.items()
            for label, wanted in self.shapes.items()
            if any(one in (said.encode() if isinstance(said, str) else said) for one in wanted)
        ]


def in_files(*folders):
    """The content and the names of all files below some folders."""
    found = {}
    for folder in map(Path, folders):
        for path in folder.rglob("*"):
            found[f"name of {path}"] = str(path.relative_to(folder)).encode()
            try:
                if path.is_file():
                    with path.open("rb") as file:
                        found[str(path)] = file.read(BINARY)
            except OSError:  # gone meanwhile, or a socket
                continue
    return found


def in_processes(pid):
    """Command line and environment of a process and of all it started."""
    found = {}
    main = psutil.Process(pid)
    for one in [main, *main.children(recursive=True)]:
        for name in ("cmdline", "environ"):
            try:
                found[f"{name} of {one.pid}"] = Path(f"/proc/{one.pid}/{name}").read_bytes()
            except OSError:
                continue
    return found
