"""The way from a world of any scheme to carekit's frames and its proposal, and the oracle's."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from random import Random

import pandas as pd

from carekit import pairing, people, tables
from tests.pairing.independent import scheme_oracle as oracle
from tests.pairing.independent import scheme_worlds as worlds

EVERY = range(1000)
QUICK = EVERY[:200]
TURNS = 6  # worlds drawn for one instance
LOADS = ("balance", "minimum")
TABLES = ("villages", "classes", "children", "helpers", "trainings", "pairings", "decisions")


@dataclass(frozen=True)
class Case:
    """A world under a scheme: the frames, carekit's proposal, the oracle's match."""

    scheme: pairing.Scheme
    world: dict
    waiting: pd.DataFrame
    offers: pd.DataFrame
    decisions: pd.DataFrame
    proposal: pairing.Proposal
    match: oracle.Match

    @property
    def plan(self):
        frame = self.proposal.pairs
        return sorted(zip(frame["child_id"], frame["helper_id"], strict=True))

    @cached_property
    def best(self):
        return self.match.best()

    def faults(self, proposal):
        return pairing.verify(proposal, self.waiting, self.offers)


def frames(world):
    """The tables of a world as typed frames."""
    out = {}
    for table in TABLES:
        rows = [
            {k: ";".join(sorted(v)) if isinstance(v, set) else v for k, v in row.items()}
            for row in world[table]
        ]
        key = tables.key(table)
        frame = pd.DataFrame(rows) if rows else pd.DataFrame(columns=[key])
        if key not in frame:
            frame[key] = [f"{table[0].upper()}{n:06d}" for n in range(1, len(frame) + 1)]
        out[table] = tables.typed(table, frame)
    return out


def inputs(world, scheme):
    """``waiting``, ``offers`` and the decisions in force, made the public way."""
    given, on = frames(world), world["on"]
    ready = people.readiness(given["helpers"], given["trainings"], on=on)
    waiting = pairing.waiting(given["children"], given["pairings"], scheme, on=on)
    offers = pairing.offers(ready, given["pairings"], scheme, on=on)
    waiting, offers = (
        pairing.enrolled(pairing.located(frame, given["villages"]), given["classes"])
        for frame in (waiting, offers)
    )
    return waiting, offers, pairing.decided(given["decisions"], scheme, on=on)


def solve(world, scheme, said):
    """scheme: carekit's; said: the same as a plain dict."""
    waiting, offers, decisions = inputs(world, scheme)
    weights = pairing.Weights(**world["weights"])
    proposal = pairing.propose(
        waiting, offers, scheme, weights, on=world["on"], decisions=decisions
    )
    match = oracle.Match(world, said)
    return Case(scheme, world, waiting, offers, decisions, proposal, match)


def schemes(seed):
    """The schemes of an instance, as (carekit's, plain dict): all kinds in turn.

    Of one in five the scheme is ONE_TO_ONE: its parts.
    """
    shipped = {
        pairing.VOLUNTEER.code: oracle.VOLUNTEER,
        pairing.TEACHER.code: oracle.TEACHER,
        pairing.PEER.code: oracle.PEER,
    }
    turn = seed % 5
    if turn < 3:
        code = list(shipped)[turn]
        return [(pairing.SCHEMES[code], shipped[code])]
    if turn == 3:
        said, text = worlds.own_scheme(Random(seed))
        return [(pairing.read_scheme(text), said)]
    return [(pairing.SCHEMES[part], shipped[part]) for part in pairing.ONE_TO_ONE.parts]


def world_of(seed):
    """The world of an instance, made for its first scheme, with the kinds of all of them.

    Of six that are drawn the one in which the loads decide most: in many worlds every plan that
    serves as many children is as even as any other, and a solver blind to loads would pass.
    """
    first, *others = said = [scheme for _, scheme in schemes(seed)]
    kinds = [kind for scheme in others for kind in scheme["kinds"]]
    best, most = None, -1
    for turn in range(TURNS):
        world = worlds.random_world(seed, first, kinds, turn)
        asked = [
            oracle.Match(world, scheme).decides(weight)
            for scheme in said
            for weight in LOADS
            if world["weights"][weight] and oracle.gives_choice(scheme, weight)
        ]
        if sum(asked) > most:
            best, most = world, sum(asked)
        if all(asked):
            break
    return best


@lru_cache(maxsize=256)
def solved(seed):
    """Every match of an instance: one, or the parts of a scheme that has some."""
    world = world_of(seed)
    return [solve(world, scheme, said) for scheme, said in schemes(seed)]
