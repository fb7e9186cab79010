"""Who is matched with whom: one exact solve, then one that settles ties for good."""

from __future__ import annotations

import networkx as nx
import numpy as np

from carekit.flow.certify import prices
from carekit.flow.network import SINK, SOURCE, Network, assignment

HASH_BITS = 31


def match(
    children: np.ndarray,
    helpers: np.ndarray,
    child: np.ndarray,
    helper: np.ndarray,
    cost: np.ndarray,
    places: np.ndarray,
    penalty: np.ndarray,
    hashes: np.ndarray,
) -> np.ndarray:
    """The best pair of each child: its position among the pairs, or -1 for none.

    children, helpers: names in a fixed order (sorted). child, helper: positions in them, a
    pair each, ordered by child. cost, places, penalty: whole numbers a pair, a helper, a
    child. hashes: `pair_hash` of each pair; among plans of equal cost the one of the least
    hashes is taken, so neither row order nor solver decides.

    Raises the refusals of `carekit.flow.backend.max_flow_min_cost`.

    >>> match(np.array(["C1", "C2"]), np.array(["H1"]), np.array([0, 1]), np.array([0, 0]),
    ...       np.array([7, 5]), np.array([1]), np.array([100, 100]), np.array([1, 2]))
    array([-1,  1])
    """
    network = assignment(children, helpers, child, helper, cost, places, penalty)
    chosen = _solve(network, child, len(children))
    price = prices(child, helper, cost, places, penalty, chosen)
    offer = penalty.copy()
    np.minimum.at(offer, child, cost + price[helper])
    tight = np.flatnonzero(cost + price[helper] == offer[child])
    settled = _solve(
        _ties(children, helpers, child, helper, tight, places, price, penalty == offer, hashes),
        child[tight],
        len(children),
    )
    return np.where(settled >= 0, tight[settled] if len(tight) else -1, -1)


def _solve(network: Network, child: np.ndarray, n: int) -> np.ndarray:
    flow = nx.max_flow_min_cost(network, SOURCE, SINK)
    used = np.flatnonzero(flow.amounts[n : n + len(child)])
    chosen = np.full(n, -1, dtype=np.int64)
    chosen[child[used]] = used
    return chosen


def _ties(
    children: np.ndarray,
    helpers: np.ndarray,
    child: np.ndarray,
    helper: np.ndarray,
    tight: np.ndarray,
    places: np.ndarray,
    price: np.ndarray,
    may_stay: np.ndarray,
    hashes: np.ndarray,
) -> Network:
    """The network of all the plans of least cost, with hashes for costs.

    By complementary slackness those are exactly the plans that use tight pairs only, leave
    uncovered only whose penalty is tight, and fill every helper of a price above 0. The
    last is asked for by a toll on all other ways to the sink, above all hashes together.
    """
    n, m = len(children), len(tight)
    # As many bits as fit: the toll is above n hashes, and the solver scales costs by nodes.
    nodes = n + len(helpers) + 3
    bits = max(min(HASH_BITS, 60 - n.bit_length() - nodes.bit_length()), 1)
    toll = (n + 1) << bits
    network = assignment(
        children,
        helpers,
        child[tight],
        helper[tight],
        hashes[tight] >> (62 - bits),
        places,
        np.full(n, toll),
    )
    network.attributes["capacity"][n + m : n + m + n] = may_stay
    network.attributes["weight"][n + m + n :] = np.where(price > 0, 0, toll)
    return network
