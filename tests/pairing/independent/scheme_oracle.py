"""The match of any scheme stated a second time: plain loops, and a plain networkx network.

Nothing here imports carekit. A scheme is a dict: code, kinds, least, most, rules, first. Rules and
points follow the docstrings, the places below the minimum the words of the issue: each one that
stays empty costs `minimum` points.
"""

import networkx as nx

from tests.pairing.independent import oracle as plain

VOLUNTEER = {
    "code": "volunteer",
    "kinds": ["volunteer", "caring_parent"],
    "least": 1,
    "most": 2,
    "rules": ["ready", "adult", "language", "free_time", "wish", "reach"],
    "first": [],
}
TEACHER = {
    "code": "teacher",
    "kinds": ["teacher"],
    "least": 2,
    "most": 3,
    "rules": ["ready", "adult", "same_school", "wish"],
    "first": ["nobody_supervising"],
}
PEER = {
    "code": "peer",
    "kinds": ["peer"],
    "least": 1,
    "most": 1,
    "rules": ["near_class", "wish"],
    "first": [],
}
PAIR_REASONS = ("distance", "subject", "need", "continuity", "other_class")


# Facts of one person ----------------------------------------------------------------------------


def in_force(world, scheme=None):
    held = [p for p in world["pairings"] if plain.active(p, world["on"])]
    return [p for p in held if scheme is None or p["scheme"] == scheme["code"]]


def gives_choice(scheme, weight):
    """Whether the loads of a scheme can be chosen at all: else the weight is a constant."""
    least, most = scheme["least"], scheme["most"]
    return most > 1 if weight == "balance" else 0 < least < most


def waiting(world, scheme):
    served = {p["child_id"] for p in in_force(world, scheme)}
    return [
        c
        for c in world["children"]
        if not plain.closed(c, world["on"]) and c["child_id"] not in served
    ]


def rank(child, scheme):
    """The order of serving: 0 for whoever the scheme puts first, then the tiers 1, 2, 3."""
    reasons = set(child["circumstances"] or ())
    if child["supervised"] == "no":
        reasons.add("nobody_supervising")
    return 0 if reasons & set(scheme["first"]) else plain.tier(child)


def has(world, scheme, helper):
    return sum(p["helper_id"] == helper["helper_id"] for p in in_force(world, scheme))


def places_left(world, scheme, helper):
    if helper["places"] is None:
        return 0
    if "ready" in scheme["rules"] and not plain.ready(world, helper):
        return 0
    now = sum(p["helper_id"] == helper["helper_id"] for p in in_force(world))
    return max(0, min(helper["places"] - now, scheme["most"] - has(world, scheme, helper)))


def class_of(world, person):
    return next((k for k in world["classes"] if k["class_id"] == person["class_id"]), None)


def school(world, person):
    room = class_of(world, person)
    return room["school_id"] if room else person.get("school_id")


def grade(world, person):
    room = class_of(world, person)
    return room["grade"] if room else None


def last_helper(world, scheme, child):
    past = [
        p
        for p in world["pairings"]
        if (p["child_id"], p["scheme"]) == (child["child_id"], scheme["code"])
        and p["since"] <= world["on"]
    ]
    newest = max(past, key=lambda p: (p["since"], p["pairing_id"]), default=None)
    return newest["helper_id"] if newest else None


# Facts of a pair --------------------------------------------------------------------------------


def _known_and_same(one, other):
    return one is not None and one == other


def passes(world, scheme, child, helper):
    """{rule: whether the pair passes it}, of the rules of this scheme."""
    same_school = _known_and_same(school(world, child), school(world, helper))
    same_grade = _known_and_same(grade(world, child), grade(world, helper))
    every = {
        "kind": helper["kind"] in scheme["kinds"],
        "open": not plain.closed(helper, world["on"]),
        "place": places_left(world, scheme, helper) > 0,
        "ready": plain.ready(world, helper),
        "adult": plain.adult(world, helper),
        "language": bool((child["languages"] or set()) & (helper["languages"] or set())),
        "free_time": bool((child["free_times"] or set()) & (helper["free_times"] or set())),
        "wish": child["wish_sex"] is None or child["wish_sex"] == helper["sex"],
        "same_school": same_school,
        "near_class": same_school and same_grade,
        "reach": plain.within_reach(world, child, helper),
    }
    asked = {"kind", "open", "place", *scheme["rules"]}
    return {rule: good for rule, good in every.items() if rule in asked}


def points(world, scheme, child, helper):
    """Points of each reason that belongs to the pair; an unknown distance costs nothing."""
    weights = world["weights"]
    missing = (child["needs"] or set()) - (helper["subjects"] or set())
    last = last_helper(world, scheme, child)
    same_class = _known_and_same(child["class_id"], helper["class_id"])
    return {
        "distance": round(weights["distance"] * (plain.kilometres(world, child, helper) or 0)),
        "subject": weights["subject"] * len(missing & plain.STUDY),
        "need": weights["need"] * len(missing - plain.STUDY),
        "continuity": weights["continuity"] * (last not in (None, helper["helper_id"])),
        "other_class": weights["other_class"] * (not same_class),
    }


def eligible(world, scheme):
    """{(child_id, helper_id): points by reason} of every pair that breaks no rule."""
    return {
        (c["child_id"], h["helper_id"]): points(world, scheme, c, h)
        for c in waiting(world, scheme)
        for h in world["helpers"]
        if all(passes(world, scheme, c, h).values())
    }


def decided(world, scheme):
    """{(child_id, helper_id): verdict} in force on the day; of two words the later one."""
    held = [
        d
        for d in world["decisions"]
        if d["scheme"] == scheme["code"]
        and d["decided_on"] <= world["on"]
        and (d["until"] is None or world["on"] < d["until"])
    ]
    held.sort(key=lambda d: (d["decided_on"], d["decision_id"]))
    return {(d["child_id"], d["helper_id"]): d["verdict"] for d in held}


# The best plan ----------------------------------------------------------------------------------


class Match:
    """One match: who may be paired, what everything costs, and the best there is."""

    def __init__(self, world, scheme):
        self.world, self.scheme = world, scheme
        self.reasons = eligible(world, scheme)
        self.cost = {pair: sum(some.values()) for pair, some in self.reasons.items()}
        self.rank = {c["child_id"]: rank(c, scheme) for c in waiting(world, scheme)}
        self.tier = {c["child_id"]: plain.tier(c) for c in waiting(world, scheme)}
        self.places = {h["helper_id"]: places_left(world, scheme, h) for h in world["helpers"]}
        self.has = {h["helper_id"]: has(world, scheme, h) for h in world["helpers"]}
        self.decided = decided(world, scheme)
        self.locks = {c: h for (c, h), verdict in self.decided.items() if verdict == "lock"}

    def allowed(self):
        """The eligible pairs after the decisions: a locked child has one, forbidden ones go."""
        return [
            (c, h)
            for c, h in sorted(self.cost)
            if self.locks.get(c, h) == h and self.decided.get((c, h)) != "forbid"
        ]

    def loads(self, plan):
        return {h: sum(whose == h for _, whose in plan) for h in self.places}

    def balance(self, plan):
        """For each child its helper has already, of before and of this plan."""
        weight = self.world["weights"]["balance"]
        return weight * sum(
            self.has[h] + k for h, load in self.loads(plan).items() for k in range(load)
        )

    def shortfall(self, plan):
        """Points of all places below the minimum that stay empty."""
        weight, least = self.world["weights"]["minimum"], self.scheme["least"]
        loads = self.loads(plan)
        return weight * sum(max(0, least - self.has[h] - loads[h]) for h in loads)

    def points(self, plan):
        return sum(self.cost[pair] for pair in plan) + self.balance(plan) + self.shortfall(plan)

    def served(self, plan):
        """How many of each rank have a helper."""
        ranks = [self.rank[c] for c, _ in plan]
        return {level: ranks.count(level) for level in range(4)}

    def constant(self, served):
        """Shortfall less what the children beyond the minimum of their helper cost.

        It depends on how many are served and on nothing else: each child of a plan is in a place
        below the minimum of its helper, or beyond it.
        """
        room = sum(max(0, self.scheme["least"] - had) for had in self.has.values())
        return self.world["weights"]["minimum"] * (room - served)

    def best(self):
        """The pairs of one best plan: served by rank, then least points, by plain networkx."""
        network, penalty = self.network()
        _, flow = nx.network_simplex(network, backend="networkx")
        plan = [(c, h) for c, h in self.allowed() if flow["child", c].get(("helper", h))]
        total = sum(network[a][b].get("weight", 0) * f for a in flow for b, f in flow[a].items())
        left = sum(penalty[c] for c in self.rank if c not in dict(plan))
        assert total - left == self.points(plan)  # the network says what the words say
        return plan

    def decides(self, weight):
        """Whether the best plan found without this weight is worse than the best found with it."""
        weights = {**self.world["weights"], weight: 0}
        other = Match({**self.world, "weights": weights}, self.scheme).best()
        return self.points(other) > self.points(self.best())

    def network(self):
        """One unit a child, one an empty place below the minimum; and the penalties."""
        weights, least = self.world["weights"], self.scheme["least"]
        room = {h: max(0, least - had) for h, had in self.has.items()}
        most = max(self.cost.values(), default=0) + weights["balance"] * 60 + weights["minimum"]
        above = 1 + (len(self.rank) + sum(room.values())) * most
        # Each rank weighs more than all lower ones together.
        penalty = {c: above * (len(self.rank) + 1) ** (3 - at) for c, at in self.rank.items()}
        network = nx.DiGraph()
        network.add_node("sink", demand=len(self.rank))
        network.add_node("empty", demand=-sum(room.values()))
        network.add_edge("empty", "sink", weight=0)
        for c in self.rank:
            network.add_node(("child", c), demand=-1)
            if c not in self.locks:  # whoever is locked has no other way
                network.add_edge(("child", c), "sink", capacity=1, weight=penalty[c])
        for c, h in self.allowed():
            network.add_edge(("child", c), ("helper", h), capacity=1, weight=self.cost[c, h])
        for h, places in self.places.items():
            for k in range(max(places, room[h])):
                seat = ("seat", h, k)
                if k < room[h]:  # below the minimum: a child, or the points
                    network.add_node(seat, demand=1)
                    network.add_edge("empty", seat, capacity=1, weight=weights["minimum"])
                else:
                    network.add_edge(seat, "sink", capacity=1, weight=0)
                if k < places:
                    price = weights["balance"] * (self.has[h] + k)
                    network.add_edge(("helper", h), seat, capacity=1, weight=price)
        return network, penalty
