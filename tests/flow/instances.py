"""Small random matches as arrays: few places, ties, tiers that compete."""

import numpy as np
import pandas as pd

from carekit.flow import Problem, pair_hash, penalties, tolls


def named(children, helpers, child, helper, cost, places, tier, toll=None) -> Problem:
    one, other = pd.util.hash_array(children), pd.util.hash_array(helpers)
    hashes = pair_hash(one[child], other[helper])
    steepest = 0 if toll is None else int(toll.max(initial=0))
    penalty = penalties(tier, int(cost.max(initial=0)) + steepest)
    return Problem(children, helpers, child, helper, cost, places, penalty, hashes, toll)


def random_match(seed: int, costs: int = 4) -> tuple[Problem, np.ndarray]:
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


def random_loads(seed: int) -> tuple[Problem, np.ndarray]:
    """The same with a price for each further child and for places below a minimum."""
    match, tier = random_match(seed)
    rng = np.random.default_rng(seed + 10**6)
    h = len(match.helpers)
    toll = tolls(
        rng.integers(0, 3, h),
        most=int(match.places.max(initial=0)) + 1,
        balance=int(rng.integers(0, 4)),
        minimum=int(rng.integers(0, 6)),
        least=int(rng.integers(0, 4)),
    )
    parts = (match.children, match.helpers, match.child, match.helper, match.cost, match.places)
    return named(*parts, tier, toll), tier
