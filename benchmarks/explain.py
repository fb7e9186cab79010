"""The county's match explained: what a question costs beside a solve.

Run with `python -m benchmarks explain`. Ratios of one run on one machine, each the least of some
runs; a solve is `flow.solve.solve`, the bare network without ties settled or anything explained.
Answers are checked on the way: the proof's gap is 0, and the plan of one why-not costs what it
was said to cost.
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.county import ON, frames
from benchmarks.matching import timed
from carekit import pairing
from carekit.flow import Changes, Problem, certificate, prices, tolls
from carekit.flow.solve import solve
from carekit.pairing.costs import cost
from carekit.pairing.proposal import had, problem

WHY_NOT, CHECK, BALANCED = 1 / 50, 1 / 200, 2.0
STEP = 200  # points for each child a helper has already
CHILDREN = 40


def county() -> tuple[Problem, pd.DataFrame, np.ndarray]:
    """The arrays of the county's match, its offers, and what helpers have already."""
    with tempfile.TemporaryDirectory() as name:
        frames(Path(name))
        waiting, offers = (pd.read_pickle(Path(name) / f"{n}.pkl") for n in ("waiting", "offers"))
    scheme = pairing.VOLUNTEER
    found = pairing.candidates(waiting, offers, scheme, on=ON)
    arrays = problem(found, cost(found), waiting, offers, scheme, scheme.weights)
    before = had(offers.set_index("helper_id").reindex(arrays.helpers)).to_numpy()
    return arrays, offers, before


def main() -> int:
    arrays, _, before = county()
    chosen, solving = timed(lambda: solve(arrays), 3)
    most = int(arrays.places.max()) + 1
    even = replace(arrays, toll=tolls(before, most, balance=STEP))
    loads, balancing = timed(lambda: solve(even), 3)
    price = prices(arrays, chosen)
    proof, checking = timed(lambda: certificate(arrays, chosen, price), 7)
    changes, making = timed(lambda: Changes(arrays, chosen, price), 3)

    some = np.random.default_rng(1).permutation(len(arrays.children))[:CHILDREN]
    asking = np.array([timed(lambda i=i: changes.told(int(i)), 1)[1] for i in some])
    i = int(some[0])
    told = changes.of_child(i)
    plan = changes.with_pair(int(arrays.starts[i] + told.argmax()))
    right = proof.gap == 0 and arrays.objective(plan) - proof.objective == told.max()

    print(f"{len(arrays.children)} children, {len(arrays.child)} eligible pairs")
    ratios = (
        ("why not, all candidates of a child", asking.mean() / solving, WHY_NOT),
        ("certificate check, known prices", checking / solving, CHECK),
        ("balanced load", balancing / solving, BALANCED),
    )
    for what, ratio, limit in ratios:
        verdict = "OK" if ratio <= limit else "over"
        print(f"{what:36s} / solve {ratio:8.4f}   (at most {limit:.3f}) {verdict}")
    print(f"dearest why-not / solve {asking.max() / solving:8.4f}")
    print(f"made ready for questions, once / solve {making / solving:8.4f}")
    print(f"(a solve: {solving:.2f} s)")
    used = np.bincount(even.used(loads), minlength=3)
    print(
        f"helpers by children, balanced: {used.tolist()}; not: "
        f"{np.bincount(arrays.used(chosen)).tolist()}"
    )
    return int(not right or any(ratio > limit for _, ratio, limit in ratios))


if __name__ == "__main__":
    sys.exit(main())
