"""The best plan worked out three times without carekit: by networkx, milp and assignment."""

import networkx as nx
import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp

from tests.pairing.independent import oracle


class Problem:
    """Children with tiers, helpers with places, costs of eligible pairs, penalties."""

    def __init__(self, world):
        self.reasons = oracle.eligible(world)
        self.cost = {pair: sum(points.values()) for pair, points in self.reasons.items()}
        self.tier = {c["child_id"]: oracle.tier(c) for c in oracle.waiting(world)}
        self.places = {h["helper_id"]: oracle.places_left(world, h) for h in world["helpers"]}
        big = len(self.tier) * (max(self.cost.values(), default=0) + 1)
        self.penalty = {child: (4 - level) * big for child, level in self.tier.items()}

    def objective(self, pairs):
        served = {child for child, _ in pairs}
        left = sum(points for child, points in self.penalty.items() if child not in served)
        return sum(self.cost[pair] for pair in pairs) + left


def by_networkx(problem):
    """The least objective by plain networkx: a flow from source over children to the sink."""
    network = nx.DiGraph()
    network.add_nodes_from(["source", "sink"])
    for child, penalty in problem.penalty.items():
        network.add_edge("source", child, capacity=1, weight=0)
        network.add_edge(child, "sink", capacity=1, weight=penalty)
    for (child, helper), cost in problem.cost.items():
        network.add_edge(child, helper, capacity=1, weight=cost)
        network.add_edge(helper, "sink", capacity=problem.places[helper], weight=0)
    flow = nx.max_flow_min_cost(network, "source", "sink", backend="networkx")
    return sum(network[a][b]["weight"] * f for a, arcs in flow.items() for b, f in arcs.items())


def by_milp(problem):
    """Served by tier {1, 2, 3}, most served at all, least sum of costs at that coverage."""
    pairs = sorted(problem.cost)
    if not pairs:
        return {1: 0, 2: 0, 3: 0}, 0, 0
    child, helper = (np.array(side) for side in zip(*pairs, strict=True))
    rows = [child == c for c in problem.tier] + [helper == h for h in problem.places]
    most_of = [1] * len(problem.tier) + list(problem.places.values())
    limits = [LinearConstraint(np.array(rows, dtype=float), 0, most_of)]

    def least(costs):
        found = milp(
            costs, constraints=limits, integrality=np.ones(len(pairs)), bounds=Bounds(0, 1)
        )
        assert found.status == 0
        return round(found.fun)

    most = -least(-np.ones(len(pairs)))
    served = {}
    for level in (1, 2, 3):
        of_level = np.array([problem.tier[c] == level for c in child], dtype=float)
        served[level] = -least(-of_level)
        limits.append(LinearConstraint(of_level, served[level], served[level]))
    return served, most, least(np.array([problem.cost[pair] for pair in pairs], dtype=float))


def by_assignment(problem, without=()):
    """The pairs of one best plan, one column a place and one a child's penalty."""
    children = sorted(problem.tier)
    seats = [h for h, places in sorted(problem.places.items()) for _ in range(places)]
    never = 4 * max(problem.penalty.values(), default=1) * (len(children) + 1)
    costs = np.full((len(children), len(seats) + len(children)), never)
    for row, child in enumerate(children):
        costs[row, len(seats) + row] = problem.penalty[child]
        for column, helper in enumerate(seats):
            if (child, helper) in problem.cost and (child, helper) not in without:
                costs[row, column] = problem.cost[child, helper]
    rows, columns = linear_sum_assignment(costs)
    return {(children[r], seats[c]) for r, c in zip(rows, columns, strict=True) if c < len(seats)}


# What an instance is like -------------------------------------------------------------------------


def has_tie(problem):
    """Another plan with other pairs is as good."""
    best = by_assignment(problem)
    least = problem.objective(best)
    return any(problem.objective(by_assignment(problem, {pair})) == least for pair in best)


def has_competition(problem):
    """Somebody is left out although eligible, and shares too few places with another tier."""
    best = by_assignment(problem)
    with_pairs = {child for child, _ in problem.cost}
    for left in with_pairs - {child for child, _ in best}:
        pocket, grown = set(), {left}
        while grown - pocket:
            pocket = grown
            near = {h for c, h in problem.cost if c in pocket}
            grown = pocket | {c for c, h in best if h in near}
        if len({problem.tier[c] for c in pocket}) > 1:
            return True
    return False
