"""The county: a helper leaves, and where places are too few, beside one solve.

Run with `python -m benchmarks rematch`. Everything in one process, seconds of one run: a *solve*
is `flow.match` over all eligible pairs of everybody (as a re-match needs it). A *leaver* is
`pairing.leaver` from the asking to the proved plan with its pairs, the median of some helpers who
have children; *shortages* is `pairing.shortages` of the proposal. Ends with 1 when one is over its
share, or the plan after a leaver is not proved best.
"""

import statistics
import sys

import numpy as np
import pandas as pd

from benchmarks.matching import timed
from carekit.pairing import Rematch

ON = "2026-03-02"
LEAVERS = 15
AT_MOST = {"a leaver": 1 / 10, "shortages": 1 / 50}


def settled_county() -> Rematch:
    """The county's re-match once all that it changes has been done, so that nothing is open."""
    from carekit import pairing, people, sample, tables

    county = sample.county()
    children = pairing.located(county["children"], county["villages"])
    ready = people.readiness(county["helpers"], county["trainings"], on=ON)
    helpers = pairing.located(ready, county["villages"])
    state = pairing.rematch(children, helpers, county["pairings"], pairing.VOLUNTEER, on=ON)
    rows = state.after.assign(scheme="volunteer", since=ON, pairing_id=state.after["child_id"])
    others = county["pairings"][county["pairings"]["scheme"].ne("volunteer")]
    pairings = pd.concat([others, tables.typed("pairings", rows)])
    return pairing.rematch(
        children, helpers, pairings, pairing.VOLUNTEER, on=ON, change=state.change
    )


def main() -> int:
    from carekit import pairing
    from carekit.flow import match

    state = settled_county()
    proposal, arrays = state.proposal, state.workings.problem
    chosen, solve = timed(lambda: match(arrays), 2)
    found, shortage = timed(
        lambda: pairing.shortages(proposal),
        3,
    )
    busy = proposal.pairs["helper_id"].unique()
    names = np.random.default_rng(7).choice(busy, LEAVERS, replace=False)
    runs = [timed(lambda name=name: pairing.leaver(state, name), 1) for name in names]
    leaver = statistics.median(seconds for _, seconds in runs)
    gaps = {after.proposal.certificate.gap for after, _ in runs}
    print(f"{len(arrays.children)} children, {len(arrays.child)} pairs, {solve:.1f} s a solve")
    print(f"{len(found)} pockets, {found['missing'].sum()} places missing; gaps of leavers {gaps}")
    shares = {"a leaver": leaver / solve, "shortages": shortage / solve}
    for what, share in shares.items():
        most = AT_MOST[what]
        verdict = "OK" if share <= most else "over"
        print(f"{what:10} / solve  1/{1 / share:.0f}   (at most 1/{1 / most:.0f}) {verdict}")
    right = gaps == {0} and arrays.objective(chosen) == proposal.certificate.objective
    return int(not right or any(share > AT_MOST[what] for what, share in shares.items()))


if __name__ == "__main__":
    sys.exit(main())
