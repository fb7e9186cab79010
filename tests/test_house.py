"""The house keeps its own rules: names resolve, notebooks are clean, nothing heavy on import."""

import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import carekit

ROOT = Path(__file__).parent.parent
MODULES = sorted(m.name for m in pkgutil.walk_packages(carekit.__path__, "carekit."))
LIBRARY = (
    "care",
    "dates",
    "exports",
    "flow",
    "outings",
    "pairing",
    "people",
    "sample",
    "store",
    "tables",
    "words",
)
NOTEBOOKS = sorted([*ROOT.glob("apps/*.ipynb"), *ROOT.glob("notebooks/*.ipynb")])


def python(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=ROOT)


@pytest.mark.parametrize("name", ["carekit", *MODULES])
def test_every_name_in_all_resolves(name):
    module = importlib.import_module(name)
    missing = [n for n in getattr(module, "__all__", []) if not hasattr(module, n)]
    assert missing == []


@pytest.mark.parametrize("room", LIBRARY)
def test_every_public_function_of_the_library_rooms_has_a_doctest(room):
    module = importlib.import_module(f"carekit.{room}")
    public = [getattr(module, name) for name in module.__all__]
    functions = [f for f in public if inspect.isfunction(f)]
    assert functions or public, f"{room} offers nothing"
    assert [f.__name__ for f in functions if ">>>" not in (f.__doc__ or "")] == []


def test_importing_carekit_is_light():
    done = python(
        "import carekit, sys; "
        "print([m for m in ('networkx', 'ortools', 'ipywidgets', 'sqlalchemy', 'pandas') "
        "if m in sys.modules])"
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_importing_networkx_is_silent_and_knows_our_backend():
    done = python("import networkx; print('carekit' in networkx.utils.backends.backends)")
    assert (done.stdout.strip(), done.stderr) == ("True", "")


def test_no_module_is_over_300_lines():
    paths = [*ROOT.glob("carekit/**/*.py")]
    assert [p.name for p in paths if len(p.read_text("utf-8").splitlines()) > 300] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_notebooks_carry_no_outputs(path):
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    assert [c for c in cells if c.outputs or c.execution_count] == []


@pytest.mark.parametrize("path", sorted(ROOT.glob("apps/*.ipynb")), ids=lambda p: p.name)
def test_apps_have_one_code_cell_under_ten_lines(path):
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    assert len(cells) == 1
    assert len(cells[0].source.splitlines()) < 10


def test_there_is_an_app_and_a_notebook():
    assert {p.parent.name for p in NOTEBOOKS} == {"apps", "notebooks"}
