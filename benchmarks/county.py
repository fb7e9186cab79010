"""The county's match: frames in, certified proposal out, beside the bare solver on the same arcs.

Run with `python -m benchmarks.county`. Both sides run in a process of their own, one after the
other. Seconds of the bare side: `SimpleMinCostFlow` takes the arrays of arcs, solves, gives the
flows. Seconds of ours: `pairing.propose` on the frames of who waits and who offers, over all
eligible pairs, ties settled, proved, the unmatched explained. Memory: the peak of the process
(`ru_maxrss`) less that of one which has only made the same imports, so inputs count on both sides.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ON = "2026-03-02"
AT_MOST = 3.0
MIB = 1024  # ru_maxrss is in KiB on Linux


def frames(folder: Path) -> None:
    """The frames of the county sample, as `propose` takes them."""
    from carekit import pairing, people, sample

    tables = sample.county()
    villages, pairings, scheme = tables["villages"], tables["pairings"], pairing.VOLUNTEER
    waiting = pairing.waiting(tables["children"], pairings, scheme, on=ON)
    ready = people.readiness(tables["helpers"], tables["trainings"], on=ON)
    offers = pairing.offers(ready, pairings, scheme, on=ON)
    pairing.located(waiting, villages).to_pickle(folder / "waiting.pkl")
    pairing.located(offers, villages).to_pickle(folder / "offers.pkl")


def arcs(folder: Path) -> None:
    """The arcs of the match, for the bare solver."""
    import numpy as np
    import pandas as pd

    from carekit import pairing
    from carekit.flow import assignment
    from carekit.pairing.costs import cost
    from carekit.pairing.proposal import problem

    waiting, offers = (pd.read_pickle(folder / f"{name}.pkl") for name in ("waiting", "offers"))
    found = pairing.candidates(waiting, offers, pairing.VOLUNTEER, on=ON)
    scheme = pairing.VOLUNTEER
    network = assignment(problem(found, cost(found), waiting, offers, scheme, scheme.weights))
    np.savez(folder / "arcs.npz", tail=network.tail, head=network.head, **network.attributes)


def ours(folder: Path | None) -> dict[str, float]:
    import networkx  # noqa: F401 (loaded either way, so that it is in the baseline)
    import ortools.graph.python.min_cost_flow  # noqa: F401
    import pandas as pd
    import scipy.spatial  # noqa: F401

    from carekit import pairing
    from carekit.flow import solve  # noqa: F401

    if folder is None:
        return {}
    waiting, offers = (pd.read_pickle(folder / f"{name}.pkl") for name in ("waiting", "offers"))
    start = time.perf_counter()
    proposal = pairing.propose(waiting, offers, pairing.VOLUNTEER, on=ON)
    seconds = time.perf_counter() - start
    proof = proposal.certificate
    return {
        "seconds": seconds,
        "objective": proof.objective,
        "gap": proof.gap,
        "children": proof.children,
        "served": proof.served,
        "pairs": proof.pairs,
    }


def bare(folder: Path | None) -> dict[str, float]:
    import numpy as np
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    if folder is None:
        return {}
    with np.load(folder / "arcs.npz") as stored:
        tail, head = stored["tail"], stored["head"]
        capacity, weight = stored["capacity"], stored["weight"]
    nodes = int(head.max()) + 1
    supply = np.zeros(nodes, np.int64)
    supply[0] = int((tail == 0).sum())
    supply[-1] = -supply[0]
    start = time.perf_counter()
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, weight)
    solver.set_nodes_supplies(np.arange(nodes, dtype=np.int32), supply)
    solver.solve()
    flows = solver.flows(np.arange(len(tail), dtype=np.int32))
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "objective": int((flows * weight).sum())}


SIDES = {"ours": ours, "bare": bare}


def apart(side: str, folder: Path | str) -> dict[str, float]:
    """One side in a process of its own: what it tells, and its peak of memory in MiB."""
    command = [sys.executable, "-m", "benchmarks.county", side, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for step in ("frames", "arcs"):
            subprocess.run([sys.executable, "-m", "benchmarks.county", step, name], check=True)
        found = {side: apart(side, folder) for side in ("bare", "ours")}
        empty = {side: apart(side, "") for side in SIDES}
    print(f"{found['ours']['children']} children, {found['ours']['pairs']} eligible pairs")
    print(f"served {found['ours']['served']}, gap {found['ours']['gap']}")
    seconds = found["ours"]["seconds"] / found["bare"]["seconds"]
    peak = {side: found[side]["peak"] - empty[side]["peak"] for side in SIDES}
    memory = peak["ours"] / peak["bare"]
    over = [ratio > AT_MOST for ratio in (seconds, memory)]
    for what, ratio, bad in zip(("time  ", "memory"), (seconds, memory), over, strict=True):
        print(f"{what} proposal / bare solver {ratio:8.2f}   (at most {AT_MOST}) {verdict(bad)}")
    print(
        f"(bare: {found['bare']['seconds']:.1f} s, {peak['bare']:.0f} MiB; "
        f"ours: {found['ours']['seconds']:.1f} s, {peak['ours']:.0f} MiB)"
    )
    right = found["ours"]["objective"] == found["bare"]["objective"] and found["ours"]["gap"] == 0
    return int(any(over) or not right)


def verdict(over: bool) -> str:
    return "over" if over else "OK"


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    part, where = sys.argv[1:]
    if part in SIDES:
        result = SIDES[part](Path(where) if where else None)
        result["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB
        print(json.dumps(result))
    else:
        {"frames": frames, "arcs": arcs}[part](Path(where))
