"""The way from a world to carekit's frames and its proposal."""

from dataclasses import dataclass
from functools import cache, cached_property

import pandas as pd

from carekit import pairing, people, tables
from tests.pairing.independent.best import Problem
from tests.pairing.independent.worlds import random_world

TABLES = ("villages", "children", "helpers", "trainings", "pairings")


def frames(facts):
    """The five tables of a world as typed frames."""
    out = {}
    for table in TABLES:
        rows = [
            {k: ";".join(sorted(v)) if isinstance(v, set) else v for k, v in row.items()}
            for row in facts[table]
        ]
        frame = pd.DataFrame(rows)
        key = tables.key(table)
        if key not in frame:
            frame[key] = [f"{table[0].upper()}{n:06d}" for n in range(1, len(frame) + 1)]
        out[table] = tables.typed(table, frame)
    return out


def inputs(facts, given=None):
    """``waiting`` and ``offers`` with coordinates, made the public way."""
    given = given or frames(facts)
    on = facts["on"]
    ready = people.readiness(given["helpers"], given["trainings"], on=on)
    waiting = pairing.waiting(given["children"], given["pairings"], pairing.VOLUNTEER, on=on)
    offers = pairing.offers(ready, given["pairings"], pairing.VOLUNTEER, on=on)
    return (
        pairing.located(waiting, given["villages"]),
        pairing.located(offers, given["villages"]),
    )


def propose(facts, waiting, offers):
    weights = pairing.Weights(**facts["weights"])
    return pairing.propose(waiting, offers, pairing.VOLUNTEER, weights, on=facts["on"])


@dataclass(frozen=True)
class Case:
    """A world with everything carekit says about it."""

    world: dict
    waiting: pd.DataFrame
    offers: pd.DataFrame
    proposal: pairing.Proposal

    @cached_property
    def candidates(self):
        return candidates(self.world, self.waiting, self.offers)

    @cached_property
    def pairs(self):
        return pairs_of(self.proposal.pairs)


def pairs_of(frame):
    return sorted(zip(frame["child_id"], frame["helper_id"], strict=True))


def candidates(facts, waiting, offers):
    return pairs_of(pairing.candidates(waiting, offers, pairing.VOLUNTEER, on=facts["on"]))


def solve(facts):
    waiting, offers = inputs(facts)
    return Case(facts, waiting, offers, propose(facts, waiting, offers))


@cache
def solved(seed):
    return solve(random_world(seed))


@cache
def problem(seed):
    return Problem(random_world(seed))
