"""Networks kept as arrays, with the face of networkx.

The numbered model of a match: send one unit of care to every child at least cost.

1. source -> child, capacity 1, cost 0: every child is asked for once.
2. child -> helper, capacity 1, at the cost of the pair: one arc for each pair that may be.
3. child -> sink, capacity 1, at the child's penalty: the child stays uncovered.
4. helper -> sink, capacity = the helper's places, cost = their toll (0 unless loads are to
   even out). Where later places have a higher toll, each run of one toll is an arc
   helper -> level,
5. and level -> sink, with the same capacity and cost 0.

By 3 there is always an answer; tolls never fall, so the cheaper places are filled first. Arcs are
stored in the order 1, 2, 3, 4, 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from carekit.errors import BadInput
from carekit.flow.problem import Problem

SOURCE, SINK = "source", "sink"


@dataclass(frozen=True, eq=False)
class Network:
    """A directed graph as arrays; networkx sends it to our backend by itself.

    nodes: the names. tail, head: positions in nodes, one of each an arc. attributes: arrays
    of whole numbers, one number an arc, by name (`capacity`, `weight`).

    >>> network = Network(np.array(["a", "b"]), np.array([0]), np.array([1]),
    ...                   {"capacity": np.array([2]), "weight": np.array([5])})
    >>> list(network.to_networkx().edges(data=True))
    [('a', 'b', {'capacity': 2, 'weight': 5})]
    """

    nodes: np.ndarray
    tail: np.ndarray
    head: np.ndarray
    attributes: dict[str, np.ndarray]

    __networkx_backend__: ClassVar[str] = "carekit"

    def is_directed(self) -> bool:
        return True

    def is_multigraph(self) -> bool:
        return False

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.nodes.tolist())

    def __contains__(self, node: object) -> bool:
        return node in self.positions

    def number_of_nodes(self) -> int:
        return len(self.nodes)

    def number_of_edges(self) -> int:
        return len(self.tail)

    @cached_property
    def positions(self) -> dict[Any, int]:
        """Where each node stands in `nodes`."""
        return {node: at for at, node in enumerate(self.nodes.tolist())}

    @cached_property
    def _out(self) -> tuple[np.ndarray, np.ndarray]:
        """Arcs ordered by tail, and where each node's arcs begin."""
        order = np.argsort(self.tail, kind="stable")
        return order, np.searchsorted(self.tail[order], np.arange(len(self.nodes) + 1))

    def arcs_from(self, node: object) -> np.ndarray:
        """Positions of the arcs that leave a node."""
        order, starts = self._out
        at = self.positions[node]
        return order[starts[at] : starts[at + 1]]

    def to_networkx(self) -> Any:
        """The same as a real `networkx.DiGraph`: for drawing one village, and as the oracle.

        Building it takes as long as solving; not for a whole county.
        """
        import networkx as nx

        graph = nx.DiGraph()
        nodes = self.nodes.tolist()
        graph.add_nodes_from(nodes)
        names = list(self.attributes)
        numbers = [self.attributes[name].tolist() for name in names]
        graph.add_edges_from(
            (nodes[u], nodes[v], dict(zip(names, values, strict=True)))
            for u, v, *values in zip(self.tail.tolist(), self.head.tolist(), *numbers, strict=True)
        )
        return graph


class Flow(Mapping[Any, dict[Any, int]]):
    """A flow as networkx gives it, `flow[u][v]`, kept as one number an arc.

    `amounts` has the order of the network's arcs. The dictionaries of networkx are made when
    a node is asked for: all of them at once would be a county of zeros.
    """

    def __init__(self, network: Network, amounts: np.ndarray) -> None:
        self.network = network
        self.amounts = amounts

    def __getitem__(self, node: object) -> dict[Any, int]:
        arcs = self.network.arcs_from(node)
        heads = self.network.nodes[self.network.head[arcs]].tolist()
        return dict(zip(heads, self.amounts[arcs].tolist(), strict=True))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.network)

    def __len__(self) -> int:
        return len(self.network)


def assignment(problem: Problem) -> Network:
    """The network of a match, arcs in the order of the model above.

    Raises BadInput `network_names` when a name stands for two nodes.

    >>> problem = Problem(np.array(["C1", "C2"]), np.array(["H1"]), child=np.array([0, 1]),
    ...     helper=np.array([0, 0]), cost=np.array([7, 5]), places=np.array([1]),
    ...     penalty=np.array([100, 100]), hashes=np.array([11, 12]))
    >>> network = assignment(problem)
    >>> import networkx as nx
    >>> flow = nx.max_flow_min_cost(network, "source", "sink")
    >>> flow["C2"]
    {'H1': 1, 'sink': 0}
    """
    n, h, m = len(problem.children), len(problem.helpers), len(problem.child)
    whose, places, toll = _levels(problem)
    first = np.r_[True, whose[1:] != whose[:-1]] if len(whose) else np.zeros(0, bool)
    more = np.flatnonzero(~first)
    nodes = np.empty(n + h + len(more) + 2, dtype=object)
    nodes[0], nodes[-1] = SOURCE, SINK
    nodes[1 : n + 1] = problem.children
    nodes[n + 1 : n + h + 1] = problem.helpers
    for at, level in enumerate(more.tolist(), start=n + h + 1):
        nodes[at] = (problem.helpers[whose[level]], level)
    if len(set(nodes.tolist())) != len(nodes):
        raise BadInput("network_names")
    at_child = np.arange(1, n + 1, dtype=np.int32)
    at_helper = np.arange(n + 1, n + h + 1, dtype=np.int32)
    at_more = np.arange(n + h + 1, n + h + 1 + len(more), dtype=np.int32)
    sink = np.int32(len(nodes) - 1)
    to = np.full(len(whose), sink)
    to[more] = at_more
    ones = np.ones(n + m + n, np.int64)
    nothing = np.zeros(len(more), np.int64)
    return Network(
        nodes,
        tail=np.concatenate(
            [
                np.zeros(n, np.int32),
                at_child[problem.child],
                at_child,
                at_helper[whose],
                at_more,
            ]
        ),
        head=np.concatenate(
            [
                at_child,
                at_helper[problem.helper],
                np.full(n, sink),
                to,
                np.full(len(more), sink),
            ],
            dtype=np.int32,
        ),
        attributes={
            "capacity": np.concatenate([ones, places, places[more]]),
            "weight": np.concatenate(
                [np.zeros(n, np.int64), problem.cost, problem.penalty, toll, nothing]
            ),
        },
    )


def _levels(problem: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The places of each helper in runs of one toll: helper, places, toll; each at least once."""
    levels, places = problem.levels, problem.places
    column = np.arange(levels.shape[1])
    begins = np.ones(levels.shape, dtype=bool)
    begins[:, 1:] = levels[:, 1:] != levels[:, :-1]
    begins &= (column < places[:, None]) | (column == 0)
    whose, at = np.nonzero(begins)
    ends = np.append(at[1:], 0)
    last = np.append(whose[1:] != whose[:-1], True) if len(whose) else np.zeros(0, bool)
    ends[last] = places[whose[last]]
    return whose, np.asarray(ends - at, dtype=np.int64), levels[whose, at]


def from_networkx(graph: Any, edge_attrs: dict[str, Any] | None = None, **_options: Any) -> Network:
    """A networkx graph as arrays: what networkx calls when asked for `backend="carekit"`.

    edge_attrs: the attributes wanted with the value of an arc that has none. A missing
    capacity is infinite to networkx and is refused when solving.
    """
    if not graph.is_directed() or graph.is_multigraph():
        raise BadInput("network_kind")
    nodes = np.empty(len(graph), dtype=object)
    nodes[:] = list(graph)
    at = {node: i for i, node in enumerate(graph)}
    tail = np.fromiter((at[u] for u, _ in graph.edges), np.int32)
    head = np.fromiter((at[v] for _, v in graph.edges), np.int32)
    attributes = {
        name: np.array([d.get(name, default) for _, _, d in graph.edges(data=True)])
        for name, default in (edge_attrs or {}).items()
    }
    return Network(nodes, tail, head, attributes)
