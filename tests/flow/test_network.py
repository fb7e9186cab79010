from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from carekit.errors import BadInput
from carekit.flow import Network, Problem, assignment, match

from .instances import random_match


def network_of(seed: int) -> Network:
    return assignment(random_match(seed)[0])


def test_the_face_and_the_graph_agree() -> None:
    network = network_of(3)
    graph = network.to_networkx()
    assert list(network) == list(graph)
    assert network.number_of_edges() == graph.number_of_edges()
    assert network.is_directed() and not network.is_multigraph()
    assert "sink" in network and "nobody" not in network
    for node in network:
        heads = network.nodes[network.head[network.arcs_from(node)]]
        assert sorted(heads) == sorted(graph.successors(node))


def test_a_flow_reads_like_networkx() -> None:
    network = network_of(5)
    graph = network.to_networkx()
    flow = nx.max_flow_min_cost(network, "source", "sink")
    plain = nx.max_flow_min_cost(graph, "source", "sink", backend="networkx")
    assert set(flow) == set(plain)
    assert all(set(flow[node]) == set(plain[node]) for node in plain)
    assert nx.cost_of_flow(graph, flow) == nx.cost_of_flow(graph, plain)


def test_plain_graphs_are_converted_under_any_attribute_names() -> None:
    graph = nx.DiGraph()
    graph.add_edge(1, 2, room=4, points=3)
    graph.add_edge(1, 3, room=2, points=-1)
    graph.add_edge(3, 2, room=1)
    flow = nx.max_flow_min_cost(graph, 1, 2, "room", "points", backend="carekit")
    assert flow[1] == {2: 4, 3: 1}  # not all that leaves 1 can arrive
    assert nx.cost_of_flow(graph, flow, "points") == 11


@pytest.mark.parametrize(
    ("arc", "code"),
    [
        ({"capacity": 1.5, "weight": 1}, "flow_not_whole"),
        ({"capacity": 1, "weight": 0.5}, "flow_not_whole"),
        ({"weight": 1}, "flow_not_whole"),  # networkx means infinite
        ({"capacity": 1, "weight": 2**62}, "flow_too_big"),
        ({"capacity": 2**31, "weight": -(2**31)}, "flow_too_big"),
        ({"capacity": 2**62, "weight": 0}, "flow_too_big"),
    ],
)
def test_numbers_the_solver_would_garble_are_refused(arc: dict, code: str) -> None:
    graph = nx.DiGraph()
    graph.add_edge("a", "b", **arc)
    with pytest.raises(BadInput, match=code):
        nx.max_flow_min_cost(graph, "a", "b", backend="carekit")


def test_undirected_graphs_are_refused() -> None:
    graph = nx.Graph([("a", "b", {"capacity": 1})])
    with pytest.raises(BadInput, match="network_kind"):
        nx.max_flow_min_cost(graph, "a", "b", backend="carekit")


def test_one_name_for_two_nodes_is_refused() -> None:
    m, _ = random_match(3)
    helpers = m.helpers.copy()
    helpers[0] = m.children[0]
    with pytest.raises(BadInput, match="network_names"):
        match(replace(m, helpers=helpers))


def test_weights_of_a_county_that_would_not_fit_are_refused() -> None:
    m, _ = random_match(3)
    with pytest.raises(BadInput, match="flow_too_big"):
        match(replace(m, penalty=m.penalty * 2**52))


def test_nothing_to_match_is_no_error() -> None:
    none = np.array([], dtype=np.int64)
    names = np.array([], dtype=object)
    assert len(match(Problem(names, names, none, none, none, none, none, none))) == 0
