"""Small random matches as arrays: few places, ties, tiers that compete."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from carekit.flow import pair_hash, penalties


@dataclass
class Match:
    children: np.ndarray
    helpers: np.ndarray
    child: np.ndarray
    helper: np.ndarray
    cost: np.ndarray
    places: np.ndarray
    penalty: np.ndarray
    hashes: np.ndarray


def named(children, helpers, child, helper, cost, places, tier) -> Match:
    one, other = pd.util.hash_array(children), pd.util.hash_array(helpers)
    hashes = pair_hash(one[child], other[helper])
    penalty = penalties(tier, int(cost.max(initial=0)))
    return Match(children, helpers, child, helper, cost, places, penalty, hashes)


def random_match(seed: int, costs: int = 4) -> tuple[Match, np.ndarray]:
    rng = np.random.default_rng(seed)
    n, h = int(rng.integers(1, 14)), int(rng.integers(1, 8))
    child, helper = np.nonzero(rng.random((n, h)) < 0.45)
    tier = rng.integers(1, 4, n)
    match = named(
        np.array([f"C{i:05d}" for i in range(n)], dtype=object),
        np.array([f"H{i:05d}" for i in range(h)], dtype=object),
        child,
        helper,
        rng.integers(0, costs, len(child)),
        rng.integers(0, 3, h),
        tier,
    )
    return match, tier
