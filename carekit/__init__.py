"""carekit looks after left-behind children: register, proved matching, outings, care load.

Importing this package is cheap: rooms (``carekit.pairing``, ``carekit.outings`` ...) and
``open_store`` load when they are first used, so that neither widgets nor a solver nor networkx
come along with ``import carekit``.

>>> import carekit
>>> carekit.pairing.VOLUNTEER.most
2
"""

from importlib import import_module
from importlib.metadata import version
from typing import Any

__version__ = version("carekit")

_ROOMS = (
    "dates",
    "errors",
    "exports",
    "flow",
    "outings",
    "pages",
    "pairing",
    "people",
    "sample",
    "store",
    "tables",
    "words",
)

__all__ = ["__version__", "create_store", "open_store", *_ROOMS]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"carekit.{name}")
    if name in ("open_store", "create_store"):
        return getattr(import_module("carekit.store"), name)
    raise AttributeError(f"module 'carekit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
