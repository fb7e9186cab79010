"""What a coordinator does with a store, one function a deed.

The command line and the pages both call these, so that neither holds logic of its own. Each
takes an open store, runs the rooms below in order and gives back plain frames and records; a
long one calls ``report(code, share)`` as it goes.

>>> from carekit import tasks
>>> with tasks.practice_store() as store:
...     proposal = tasks.propose(store, on=store.today())
...     len(proposal.pairs) + len(proposal.unmatched) == 122
True
"""

import datetime as dt
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from carekit import dates, outings, pairing, people, sample
from carekit.errors import BadInput, Stale
from carekit.store import Store, create_store

__all__ = [
    "add_outing",
    "fill_with_sample",
    "import_sheet",
    "name_branch",
    "offers",
    "plan_outing",
    "practice_store",
    "propose",
    "publish",
    "roster",
    "scheme",
]

PRACTICE_DAY = dt.date(2026, 3, 2)
BRANCH = "示例县志愿服务队"

# What an import compares with and may add to, all in one transaction.
_IMPORT_TABLES = {
    "children": ("children", "guardians", "villages", "schools", "classes"),
    "helpers": ("helpers", "trainings", "villages", "schools", "classes"),
}

Report = Callable[[str, float], None]


def _silent(code: str, share: float) -> None:
    """Nobody watches this step."""


@contextmanager
def practice_store() -> Iterator[Store]:
    """A store with the fictional school, gone when the block ends (notebooks, doctests)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "practice.care"
        store = create_store(path, actor="practice", password=secrets.token_urlsafe())
        try:
            fill_with_sample(store)
            yield store
        finally:
            store.close()


def fill_with_sample(store: Store, report: Report = _silent) -> str:
    """The fictional school in an empty store, with its practice day; gives the step's id.

    A branch that has a name keeps it. Raises ``BadInput("store_not_empty")`` when the store holds
    anything but users and settings.
    """
    report("progress_sample", 0.1)
    tables = sample.school()

    def build(read: Callable[[str], pd.DataFrame]) -> dict[str, pd.DataFrame]:
        if any(len(read(table)) for table in tables):
            raise BadInput("store_not_empty")
        settings = {"practice_day": PRACTICE_DAY.isoformat()}
        if "branch_name" not in set(read("settings")["setting_id"]):
            settings["branch_name"] = BRANCH
        return {**tables, "settings": _settings(read, settings)}

    report("progress_writing", 0.5)
    return store.change(build, kind="demo")


def name_branch(store: Store, name: str) -> str:
    """The name of the branch, shown in every header; gives the step's id."""
    return store.change(
        lambda read: {"settings": _settings(read, {"branch_name": name})}, kind="setting"
    )


def _settings(read: Callable[[str], pd.DataFrame], values: dict[str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(list(values.items()), columns=["setting_id", "value"])
    known = read("settings").set_index("setting_id")["version"]
    return frame.assign(version=frame["setting_id"].map(known).astype("Int64"))


def import_sheet(
    store: Store,
    source: Path | bytes,
    sheet: str,
    filename: str | None = None,
    token: str | None = None,
    report: Report = _silent,
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


def scheme(code: str) -> pairing.Scheme:
    """The scheme of a code; ``BadInput("scheme_unknown")`` otherwise."""
    if code not in pairing.SCHEMES:
        raise BadInput("scheme_unknown", scheme=code, known=sorted(pairing.SCHEMES))
    return pairing.SCHEMES[code]


def offers(
    store: Store, *, on: dates.Day, scheme: pairing.Scheme = pairing.VOLUNTEER
) -> pd.DataFrame:
    """Every helper with what the day allows: ready, blocked_by, places_left."""
    ready = people.readiness(store.read("helpers"), store.read("trainings"), on=on)
    return pairing.offers(ready, store.read("pairings"), scheme, on=on)


def propose(
    store: Store,
    *,
    on: dates.Day,
    scheme: pairing.Scheme = pairing.VOLUNTEER,
    weights: pairing.Weights | None = None,
    report: Report = _silent,
) -> pairing.Proposal:
    """A proved proposal for everybody who waits on the day; nothing is written."""
    report("progress_reading", 0.0)
    villages = store.read("villages")
    waiting = pairing.waiting(store.read("children"), store.read("pairings"), scheme, on=on)
    return pairing.propose(
        pairing.located(waiting, villages),
        pairing.located(offers(store, on=on, scheme=scheme), villages),
        scheme,
        weights or pairing.Weights(),
        on=on,
        report=report,
    )


def publish(store: Store, proposal: pairing.Proposal, token: str | None = None) -> str:
    """The proposal's pairs from its day on, as one step; Stale if the world has moved on."""
    rows = {"pairings": pairing.publish(proposal, since=proposal.on)}
    return store.change(lambda read: rows, kind="publish", token=token)


def add_outing(
    store: Store,
    title: str,
    day: dates.Day,
    places: int,
    destination: str | None = None,
    token: str | None = None,
) -> str:
    """A new outing; gives its id. ``places`` count children and adults together."""
    outing = outings.Outing(title, on=dates.day(day), places=places, destination=destination)
    row = pd.DataFrame(
        {
            "title": [outing.title],
            "day": [pd.Timestamp(outing.on)],
            "places": [outing.places],
            "destination": [outing.destination],
        }
    )
    made = ""

    def build(read: Callable[[str], pd.DataFrame]) -> dict[str, pd.DataFrame]:
        nonlocal made
        made = store.next_ids()["outings"]  # nobody else can take it inside this transaction
        return {"outings": row.assign(outing_id=made)}

    step = store.change(build, kind="outing", token=token)
    if not made:  # the token was used before
        raise Stale("written_before", step=step)
    return made


def plan_outing(store: Store, outing_id: str) -> outings.Plan:
    """Who goes on an outing and in which group, as registers and consents stand now."""
    known = store.read("outings").set_index("outing_id", drop=False)
    if outing_id not in known.index:
        raise BadInput("outing_unknown", outing=outing_id)
    row: Any = known.loc[outing_id]
    outing = outings.Outing(
        row["title"],
        on=dates.day(row["day"]),
        places=int(row["places"]),
        outing_id=outing_id,
        destination=None if pd.isna(row["destination"]) else row["destination"],
    )
    return outings.plan(
        outing,
        store.read("children"),
        offers(store, on=outing.on),
        store.read("pairings"),
        store.read("consents"),
        outings.RULES,
    )


def roster(store: Store, outing_id: str) -> tuple[outings.Plan, pd.DataFrame]:
    """The plan of an outing and its roster, one row a child who goes."""
    plan = plan_outing(store, outing_id)
    return plan, outings.roster(plan, store.read("guardians"))
