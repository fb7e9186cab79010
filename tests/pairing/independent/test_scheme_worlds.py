"""The random instances ask something: each term of the optimum decides in many of them.

A solver blind to loads, to decisions or to a weight would be found out by `test_schemes`.
"""

from collections import Counter

import pytest

from carekit import pairing
from tests.pairing.independent import scheme_instances as instances
from tests.pairing.independent import scheme_oracle as oracle

DECISIONS = ("lock", "forbid")
THIRD = 1 / 3
# Of the matches in which a term is in force, those whose optimum is another one without it.
SHARES = {
    "balance": THIRD,
    "minimum": THIRD,
    "lock": THIRD,
    "forbid": 0.15,
    "continuity": 0.25,
    "other_class": 0.2,
    "distance": 0.15,
    "subject": 0.3,
    "need": 0.15,
}
EACH = ("volunteer", "teacher", "own")  # a peer has one child: no load to choose
SEEDS = [
    pytest.param(instances.QUICK, id="quick"),
    pytest.param(instances.EVERY, id="every", marks=pytest.mark.long),
]


def matches(seeds):
    """(code, match) of each instance and part, by the oracle alone."""
    for seed in seeds:
        world = instances.world_of(seed)
        for scheme, said in instances.schemes(seed):
            own = scheme != pairing.SCHEMES.get(scheme.code)
            yield "own" if own else scheme.code, oracle.Match(world, said)


def in_force(match, term):
    if term in DECISIONS:
        return term in match.decided.values()
    choice = term not in instances.LOADS or oracle.gives_choice(match.scheme, term)
    return choice and match.world["weights"][term] > 0


def decides(match, term):
    """Whether the optimum, without this term, would be another one."""
    if term not in DECISIONS:
        return match.decides(term)
    over = {pair for pair, verdict in match.decided.items() if verdict == term}
    kept = [d for d in match.world["decisions"] if (d["child_id"], d["helper_id"]) not in over]
    free = oracle.Match({**match.world, "decisions": kept}, match.scheme)
    one, other = match.best(), free.best()
    return (match.served(one), match.points(one)) != (free.served(other), free.points(other))


@pytest.mark.parametrize("seeds", SEEDS)
def test_each_term_decides_in_many_instances(seeds):
    asked, found = Counter(), Counter()
    for code, match in matches(seeds):
        for term in SHARES:
            if in_force(match, term):
                asked[term] += 1
                asked[term, code] += 1
                if decides(match, term):
                    found[term] += 1
                    found[term, code] += 1
        if all(in_force(match, load) for load in instances.LOADS):
            asked["both loads"] += 1
            found["both loads"] += any(match.decides(load) for load in instances.LOADS)
    share = {term: found[term] / asked[term] for term in asked}
    for term, least in SHARES.items():
        assert asked[term] > 0.2 * len(seeds), term
        assert share[term] >= least, (term, share[term])
    for load in instances.LOADS:
        for code in EACH:
            assert share[load, code] > 0.25, (load, code, share[load, code])
    assert share["both loads"] > 0.25


@pytest.mark.parametrize("seeds", SEEDS)
def test_the_instances_hold_every_difficulty(seeds):
    found = Counter()
    for code, match in matches(seeds):
        plan = match.best()
        loads = match.loads(plan)
        found["matches"] += 1
        found[code] += 1
        found["paired"] += bool(plan)
        found["left out"] += bool({c for c, _ in match.allowed()} - dict(plan).keys())
        found["had some"] += any(match.has.values())
        found["beyond one"] += any(loads[h] and match.has[h] + loads[h] > 1 for h in loads)
        found["first of all"] += 0 in match.rank.values()
    few = {"volunteer": 0.1, "own": 0.1, "teacher": 0.25, "peer": 0.25, "paired": 0.8,
           "left out": 0.2, "had some": 0.3, "beyond one": 0.2, "first of all": 0.1}  # fmt: skip
    for what, least in few.items():
        assert found[what] > least * found["matches"], what
