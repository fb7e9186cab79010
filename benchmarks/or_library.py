"""Assignment problems of J. E. Beasley's OR-Library, solved to their known optima.

Run with `CAREKIT_INSTANCES=folder python -m benchmarks.or_library`; without the variable nothing
is solved, and it says so. A file: n, then n * n costs row by row. Row i is a child, column j a
helper with one place, and everybody may go everywhere; with penalties above all costs the best
match is the least assignment. Nothing but the match and its certificate is used.
"""

import os
import sys
from pathlib import Path

import numpy as np

from carekit.flow import Problem, certificate, match, pair_hash, penalties

OPTIMA = {"assign100": 305, "assign500": 991}


def instance(text: str) -> Problem:
    """The match of a file of the library."""
    numbers = np.array(text.split(), dtype=np.int64)
    n, cost = int(numbers[0]), numbers[1:]
    if len(cost) != n * n:
        raise ValueError(f"{n} rows need {n * n} costs, not {len(cost)}")
    child, helper = (side.ravel().astype(np.int32) for side in np.indices((n, n)))
    return Problem(
        children=np.array([f"C{k:05d}" for k in range(n)], dtype=object),
        helpers=np.array([f"H{k:05d}" for k in range(n)], dtype=object),
        child=child,
        helper=helper,
        cost=cost,
        places=np.ones(n, dtype=np.int64),
        penalty=penalties(np.full(n, 3), int(cost.max())),
        hashes=pair_hash(child.astype(np.uint64), helper.astype(np.uint64)),
    )


def main() -> int:
    folder = os.environ.get("CAREKIT_INSTANCES")
    if not folder:
        print("skipped: CAREKIT_INSTANCES names no folder with assign100.txt and assign500.txt")
        return 0
    wrong = 0
    for name, optimum in OPTIMA.items():
        problem = instance((Path(folder) / f"{name}.txt").read_text("ascii"))
        proof = certificate(problem, match(problem))
        wrong += not (proof.objective == proof.bound == optimum)
        wrong += proof.served != proof.children
        print(f"{name}: {proof.objective}, bound {proof.bound}   (known optimum {optimum})")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
