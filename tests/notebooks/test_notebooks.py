"""Every story for analysts runs from the first cell to the last."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.name)
def executed(request, tmp_path, monkeypatch):
    """A notebook after it ran in a kernel of its own, in an empty folder."""
    for name in ("CAREKIT_USER", "CAREKIT_PASSWORD", "CAREKIT_STORE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONWARNINGS", "default")
    notebook = nbformat.read(request.param, as_version=4)
    about = {"metadata": {"path": str(tmp_path)}}
    client = NotebookClient(notebook, timeout=180, kernel_name="python3", resources=about)
    client.execute()  # raises on the first cell that fails
    return notebook


def outputs(notebook):
    return [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]


def test_a_notebook_runs_without_an_error_or_a_warning_of_ours(executed, tmp_path):
    found = outputs(executed)
    said = [out["text"] for out in found if out["output_type"] == "stream"]
    assert [out for out in found if out["output_type"] == "error"] == []
    assert not any("Traceback" in text for text in said)
    warned = [line for text in said for line in text.splitlines() if "Warning" in line]
    assert [line for line in warned if str(ROOT / "carekit") in line or "ipykernel_" in line] == []
    assert [*tmp_path.iterdir()] == [], "a story leaves nothing behind"
    pictures = [out for out in found if "image/png" in out.get("data", {})]
    assert len(pictures) >= 2


def test_there_is_a_notebook_to_begin_with():
    assert "01_first_steps.ipynb" in [path.name for path in NOTEBOOKS]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_tells_more_than_it_computes(path):
    cells = nbformat.read(path, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert max(len(cell.source.splitlines()) for cell in code) <= 15
    assert sum(cell.cell_type == "markdown" for cell in cells) >= len(code) / 2
