"""Matching: who may take a child, a proved proposal, publishing it."""

import pandas as pd

from carekit import dates, pairing, people
from carekit.errors import BadInput
from carekit.store import Store
from carekit.tasks.report import Report, silent

__all__ = ["offers", "propose", "publish", "scheme"]


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
    report: Report = silent,
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
