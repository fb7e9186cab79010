"""1,000 children: the backend against plain networkx, and what the proof costs beside it.

Run with `python benchmarks/matching.py`. Ratios of one run on one machine; the objectives
must be equal and the backend at least 50 times faster, else it ends with 1.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from carekit.flow import (
    Problem,
    assignment,
    certificate,
    lower_bound,
    match,
    pair_hash,
    penalties,
    prices,
)

CHILDREN, HELPERS, NEAREST = 1000, 600, 48
AT_LEAST = 50


def instance(seed: int = 20260302) -> Problem:
    """Children and helpers on a square; each child may have its nearest helpers."""
    rng = np.random.default_rng(seed)
    here, there = rng.random((CHILDREN, 2)), rng.random((HELPERS, 2))
    km = 30 * np.sqrt(((here[:, None] - there[None]) ** 2).sum(axis=2))
    near = np.sort(np.argsort(km, axis=1)[:, :NEAREST], axis=1)
    child, helper = np.repeat(np.arange(CHILDREN), NEAREST), near.ravel()
    cost = np.rint(30 * km[child, helper]).astype(np.int64) + 100 * rng.integers(0, 5, len(child))
    children = np.array([f"C{i:05d}" for i in range(CHILDREN)], dtype=object)
    helpers = np.array([f"H{i:05d}" for i in range(HELPERS)], dtype=object)
    names, others = (pd.util.hash_array(ids) for ids in (children, helpers))
    return Problem(
        children=children,
        helpers=helpers,
        child=child,
        helper=helper,
        cost=cost,
        places=rng.integers(1, 3, HELPERS),
        penalty=penalties(rng.integers(1, 4, CHILDREN), int(cost.max())),
        hashes=pair_hash(names[child], others[helper]),
    )


def timed(work: Callable[[], Any], times: int) -> tuple[Any, float]:
    """The result, and the least seconds of some runs."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return result, min(seconds)


def main() -> int:
    problem = instance()
    network = assignment(problem)
    graph = network.to_networkx()

    ours, quick = timed(lambda: nx.max_flow_min_cost(network, "source", "sink"), 5)
    plain, slow = timed(
        lambda: nx.max_flow_min_cost(graph, "source", "sink", backend="networkx"), 1
    )
    chosen, whole = timed(lambda: match(problem), 3)
    proof, proving = timed(lambda: certificate(problem, chosen), 5)

    price = prices(problem, chosen)
    _, bounding = timed(lambda: lower_bound(problem, price), 5)

    objective, oracle = nx.cost_of_flow(graph, ours), nx.cost_of_flow(graph, plain)
    print(f"{CHILDREN} children, {HELPERS} helpers, {len(problem.child)} pairs")
    print(f"objective: backend {objective}, plain networkx {oracle}, bound {proof.bound}")
    print(f"plain networkx / backend         {slow / quick:8.1f}   (at least {AT_LEAST})")
    print(f"plain networkx / with ties settled {slow / whole:6.1f}")
    print(f"certificate / backend            {proving / quick:8.2f}")
    print(f"its bound alone / backend        {bounding / quick:8.3f}")
    right = objective == oracle == proof.objective == proof.bound
    return 0 if right and slow / quick >= AT_LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
