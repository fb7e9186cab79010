"""The solver behind networkx: OR-tools' SimpleMinCostFlow, in whole numbers only."""

from __future__ import annotations

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from carekit.errors import BadInput, CareError
from carekit.flow.network import Flow, Network

LIMIT = 2**62


def max_flow_min_cost(
    network: Network, s: object, t: object, capacity: str = "capacity", weight: str = "weight"
) -> Flow:
    """A maximum flow from s to t of least cost; called through networkx.

    Takes the names networkx takes and gives a `Flow`, read like networkx's `flow[u][v]`.

    Raises BadInput `flow_not_whole` (a number that is not whole, or a missing capacity),
    BadInput `flow_too_big` (the numbers would not fit 64 bits) and CareError `flow_unsolved`
    (the solver ended without an optimum).

    >>> import networkx as nx
    >>> graph = nx.DiGraph()
    >>> graph.add_edge("a", "b", capacity=2, weight=3)
    >>> nx.max_flow_min_cost(graph, "a", "b", backend="carekit")["a"]
    {'b': 2}
    """
    capacities = _whole(network.attributes[capacity])
    costs = _whole(network.attributes[weight])
    source, sink = network.positions[s], network.positions[t]
    out = int(capacities[network.tail == source].sum())
    into = int(capacities[network.head == sink].sum())
    _check_size(costs, len(network), max(out, into), capacities)

    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(network.tail, network.head, capacities, costs)
    supply = np.zeros(len(network), np.int64)
    supply[source], supply[sink] = min(out, into), -min(out, into)
    solver.set_nodes_supplies(np.arange(len(network), dtype=np.int32), supply)
    # Usually all of it can flow, as in a match; the search for how much is paid only if not.
    status = solver.solve()
    if status == solver.INFEASIBLE:
        status = solver.solve_max_flow_with_min_cost()
    if status != solver.OPTIMAL:
        raise CareError("flow_unsolved", status=status.name)
    return Flow(network, solver.flows(np.arange(len(network.tail), dtype=np.int32)))


def _whole(numbers: np.ndarray) -> np.ndarray:
    # A float such as 3.0 is refused too: networkx's own simplex may not end with floats.
    if len(numbers) and not np.issubdtype(numbers.dtype, np.integer):
        raise BadInput("flow_not_whole")
    return numbers.astype(np.int64, copy=False)


def _check_size(costs: np.ndarray, nodes: int, most: int, capacities: np.ndarray) -> None:
    if not len(costs):
        return
    # As Python's own numbers, which cannot overflow while being checked.
    largest = max(-int(costs.min()), int(costs.max()))
    widest = max(-int(capacities.min()), int(capacities.max()))
    if largest * (nodes + 1) >= LIMIT or largest * max(most, 1) >= LIMIT or widest >= LIMIT:
        raise BadInput("flow_too_big")
