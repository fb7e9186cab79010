"""Random towns and schools with proposals, and the same match with one pair forced."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from carekit import pairing
from carekit.pairing import Proposal, Scheme, Weights

from .frames import DAY, town

EVEN = Weights(balance=40, minimum=90)


def school(seed: int, n: int = 12, h: int = 6) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A random town whose people belong to two schools with classes of three grades."""
    waiting, offers = town(seed, n, h)
    rng = np.random.default_rng(seed + 10**6)

    def enrolled(frame: pd.DataFrame, **more: Any) -> pd.DataFrame:
        count = len(frame)
        grade = rng.integers(1, 3, count)
        where = rng.integers(1, 3, count)
        return frame.assign(
            school_id=[f"S{k:03d}" for k in where],
            grade=pd.array(grade, dtype="Int64"),
            class_id=[f"K{a}{b}" for a, b in zip(where, grade, strict=True)],
            **more,
        )

    return enrolled(waiting), enrolled(
        offers,
        kind=rng.choice(["teacher", "peer"], h),
        ready=True,
        has=rng.integers(0, 2, h),
        places_left=rng.integers(1, 4, h),
    )


def proposals(seeds: range) -> Iterator[tuple[Proposal, pd.DataFrame, pd.DataFrame]]:
    """One proposal a seed: volunteers, with and without balance, teachers, pupils."""
    kinds: list[tuple[Any, Scheme, Weights | None]] = [
        (town, pairing.VOLUNTEER, None),
        (town, pairing.VOLUNTEER, EVEN),
        (school, pairing.TEACHER, None),
        (school, pairing.PEER, None),
    ]
    for seed in seeds:
        make, scheme, weights = kinds[seed % len(kinds)]
        waiting, offers = make(seed)
        yield pairing.propose(waiting, offers, scheme, weights, on=DAY), waiting, offers


def locked(
    proposal: Proposal, child: str, helper: str, waiting: pd.DataFrame, offers: pd.DataFrame
) -> Proposal:
    """The best match in which a person has locked this pair: solved from the beginning."""
    said = pd.DataFrame({"child_id": [child], "helper_id": [helper], "verdict": ["lock"]})
    said = said.astype("string")
    return pairing.propose(
        waiting, offers, proposal.scheme, proposal.weights, on=proposal.on, decisions=said
    )


def points(proposal: Proposal) -> int:
    return int(proposal.pairs["cost"].sum())


def by_tier(proposal: Proposal) -> list[int]:
    return [int(proposal.pairs["tier"].eq(tier).sum()) for tier in (1, 2, 3)]
