"""The register: what comes in from spreadsheets."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from carekit import people
from carekit.errors import Stale
from carekit.store import Store
from carekit.tasks.report import Report, silent

__all__ = ["import_sheet", "preview_import"]

# What an import compares with and may add to, all in one transaction.
_IMPORT_TABLES = {
    "children": ("children", "guardians", "villages", "schools", "classes"),
    "helpers": ("helpers", "trainings", "villages", "schools", "classes"),
}


def preview_import(
    store: Store,
    source: Path | bytes,
    sheet: str,
    filename: str | None = None,
    report: Report = silent,
) -> dict[str, Any]:
    """What :func:`import_sheet` would do with a spreadsheet; nothing is written.

    Gives the report of the import with ``total`` rows and ``columns``, how each heading was
    understood (see :func:`carekit.people.preview`).
    """
    report("progress_reading", 0.1)
    cells = people.read_sheet(source, sheet, filename=filename)
    report("progress_comparing", 0.4)
    existing = {table: store.read(table) for table in _IMPORT_TABLES[sheet]}
    return people.preview(cells, people.register(cells, existing, on=store.today()))


def import_sheet(
    store: Store,
    source: Path | bytes,
    sheet: str,
    filename: str | None = None,
    token: str | None = None,
    report: Report = silent,
) -> dict[str, Any]:
    """One spreadsheet of ``children`` or ``helpers`` into the store, as one step.

    Gives the report of the import (``rows``, ``known``, ``refused`` ...; see
    :func:`carekit.people.report`) and ``step``, the id ``undo`` takes; None when nothing was new.
    """
    report("progress_reading", 0.1)
    cells = people.read_sheet(source, sheet, filename=filename)
    result: people.Import | None = None

    def build(read: Callable[[str], pd.DataFrame]) -> dict[str, pd.DataFrame]:
        # Compared and numbered inside the transaction: two imports at once cannot double anybody.
        nonlocal result
        report("progress_comparing", 0.4)
        existing = {table: read(table) for table in _IMPORT_TABLES[sheet]}
        result = people.register(cells, existing, on=store.today(), first_ids=store.next_ids())
        report("progress_writing", 0.7)
        return result.frames

    step = store.change(build, kind=f"import_{sheet}", token=token)
    if result is None:  # the token was used before
        raise Stale("written_before", step=step)
    return {**people.report(result), "step": step if result.frames else None}
