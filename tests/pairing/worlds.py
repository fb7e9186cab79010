"""Small random towns in which some children have a helper already."""

from typing import Any

import numpy as np
import pandas as pd

from carekit import tables

from .frames import town


def world(seed: int, n: int = 14, h: int = 9) -> dict[str, Any]:
    """Tables for `pairing.rematch`: a third of the pairings can stay, others break a rule."""
    rng = np.random.default_rng(seed + 10**6)
    children, helpers = town(seed, n, h)
    helpers = helpers.assign(places=helpers["places_left"] + 1, closed_on=pd.NaT)
    helpers = helpers.drop(columns="places_left")
    children = children.assign(closed_on=pd.NaT).drop(columns="last_helper_id")
    rows = []
    for i in range(n):
        if rng.random() < 0.7:
            rows.append((f"C{i:05d}", f"H{rng.integers(h):05d}", None))
        if rng.random() < 0.3:
            rows.append((f"C{i:05d}", f"H{rng.integers(h):05d}", "2026-01-10"))
    pairings = pd.DataFrame(rows, columns=["child_id", "helper_id", "until"])
    pairings = pairings.assign(
        pairing_id=[f"P{k:06d}" for k in range(len(rows))], scheme="volunteer", since="2025-09-01"
    )
    return {
        "children": children,
        "helpers": helpers,
        "pairings": tables.typed("pairings", pairings),
    }


def settled(state: Any) -> pd.DataFrame:
    """The pairings once a re-match is carried out."""
    pairs = state.after.assign(
        pairing_id=[f"P{k:06d}" for k in range(len(state.after))],
        scheme=state.proposal.scheme.code,
        since="2025-10-01",
    )
    return tables.typed("pairings", pairs)
