import subprocess
import sys
from itertools import pairwise

import networkx as nx
import pandas as pd
import pytest

from carekit import pairing, people, sample

from .frames import DAY


@pytest.fixture(scope="module")
def school():
    """The practice school after a teacher, a volunteer and a pupil were proposed and published."""
    tables = sample.school()
    ready = people.readiness(tables["helpers"], tables["trainings"], on=DAY)
    pairings = tables["pairings"]
    for scheme in (pairing.VOLUNTEER, pairing.TEACHER, pairing.PEER):
        frames = (
            pairing.waiting(tables["children"], pairings, scheme, on=DAY),
            pairing.offers(ready, pairings, scheme, on=DAY),
        )
        who = [
            pairing.enrolled(pairing.located(frame, tables["villages"]), tables["classes"])
            for frame in frames
        ]
        published = pairing.publish(pairing.propose(*who, scheme, on=DAY), since=DAY)
        pairings = pd.concat([pairings, published], ignore_index=True)
    return {**tables, "pairings": pairings}


@pytest.fixture(scope="module")
def graph(school):
    return pairing.care_network(school["pairings"], school["children"], school["helpers"], on=DAY)


def alone(graph) -> set[str]:
    return {name for name in nx.isolates(graph) if graph.nodes[name]["kind"] == "child"}


def test_the_network_is_the_pairings_of_the_day(school, graph) -> None:
    now = school["pairings"][pairing.active(school["pairings"], DAY)]
    edges = {tuple(sorted(edge)) for edge in graph.edges}
    assert edges == set(zip(now["child_id"], now["helper_id"], strict=True)) != set()
    opened = school["children"]["closed_on"].isna()
    kinds = dict(graph.nodes(data="kind"))
    assert {n for n, kind in kinds.items() if kind == "child"} == set(
        school["children"].loc[opened, "child_id"]
    )
    assert {n for n, kind in kinds.items() if kind == "helper"} == set(now["helper_id"])
    home = school["children"].set_index("child_id")["village_id"].dropna()
    assert all(graph.nodes[n]["village_id"] == home[n] for n in home.index if n in graph)


def test_a_pair_in_two_schemes_is_one_edge_and_a_closed_file_none() -> None:
    children = pd.DataFrame({"child_id": ["C1", "C2"], "closed_on": [None, "2026-01-01"]})
    helpers = pd.DataFrame({"helper_id": ["H1", "H2"], "closed_on": [None, "2026-03-02"]})
    pairings = pd.DataFrame(
        {
            "scheme": ["volunteer", "peer", "peer", "peer", "teacher"],
            "child_id": ["C1", "C1", "C1", "C2", "C1"],
            "helper_id": ["H1", "H1", "H2", "H1", "H1"],
            "since": pd.to_datetime(["2025-01-01"] * 4 + ["2026-04-01"]),
            "until": pd.NaT,
        }
    )
    graph = pairing.care_network(pairings, children, helpers, on=DAY)
    assert list(graph.edges(data="schemes")) == [("C1", "H1", "peer;volunteer")]
    assert set(graph) == {"C1", "H1"}


def test_a_bridges_leaving_isolates_exactly_its_children(graph) -> None:
    found = pairing.bridges(graph)
    assert len(found) > 0 and found["children"].is_monotonic_decreasing
    assert (found["children"] <= found["cares_for"]).all()
    before = alone(graph)
    for row in found.itertuples():
        left = graph.copy()
        left.remove_node(row.helper_id)
        assert alone(left) - before == set(row.child_ids.split(";"))
        assert row.children == len(row.child_ids.split(";"))
    others = {n for n, kind in graph.nodes(data="kind") if kind == "helper"}
    others -= set(found["helper_id"])
    for helper in others:
        left = graph.copy()
        left.remove_node(helper)
        assert alone(left) == before


def test_a_second_helper_takes_a_bridge_away() -> None:
    graph = nx.Graph([("C1", "H1"), ("C1", "H2"), ("C2", "H2")])
    nx.set_node_attributes(graph, {n: "child" if n[0] == "C" else "helper" for n in graph}, "kind")
    assert pairing.bridges(graph).to_numpy().tolist() == [["H2", 2, 1, "C2"]]


def test_components_are_all_of_them(graph) -> None:
    found = pairing.components(graph)
    assert len(found) == nx.number_connected_components(graph)
    assert found["component"].tolist() == list(range(1, len(found) + 1))
    people = found["children"] + found["helpers"]
    assert people.sum() == len(graph) and people.is_monotonic_decreasing
    assert found["pairs"].sum() == graph.number_of_edges()
    single = found[found["helpers"] == 0]
    assert set(single["child_ids"]) == alone(graph)
    for row in found[found["helpers"] > 0].itertuples():
        group = {*row.child_ids.split(";"), *row.helper_ids.split(";")}
        assert nx.node_connected_component(graph, min(group)) == group


@pytest.mark.parametrize("rows", [1, 15, 40, 1000])
def test_a_drawing_has_a_place_for_everybody_and_none_too_near(graph, rows: int) -> None:
    place = pairing.layout(graph, rows)
    assert set(place) == set(graph)
    columns: dict[float, list[float]] = {}
    for x, y in place.values():
        columns.setdefault(x, []).append(y)
    for ys in columns.values():
        ys.sort()
        assert all(b - a >= 1 - 1e-9 for a, b in pairwise(ys))
    for child, helper in graph.edges:
        (x, _), (to, _) = place[child], place[helper]
        assert abs(to - x) == 1, "a line never leaves its two columns"


def test_the_blocks_of_a_drawing_go_by_the_village_of_their_first_child(graph) -> None:
    place = pairing.layout(graph, rows=10**6)
    kinds = dict(graph.nodes(data="kind"))
    blocks = [
        sorted((n for n in group if kinds[n] == "child"), key=lambda n: -place[n][1])
        for group in nx.connected_components(graph)
    ]
    blocks.sort(key=lambda block: -place[block[0]][1])
    first = [graph.nodes[block[0]].get("village_id", "") for block in blocks]
    assert first == sorted(first)
    for block in blocks:
        villages = [graph.nodes[n].get("village_id", "") for n in block]
        assert villages == sorted(villages)


def test_no_children_no_network() -> None:
    nobody = pd.DataFrame({"child_id": pd.Series(dtype="string")})
    helpers = pd.DataFrame({"helper_id": ["H1"]})
    pairings = pd.DataFrame(
        {
            "scheme": ["peer"],
            "child_id": ["C1"],
            "helper_id": ["H1"],
            "since": pd.to_datetime(["2025-01-01"]),
            "until": pd.NaT,
        }
    )
    graph = pairing.care_network(pairings, nobody, helpers, on=DAY)
    assert len(graph) == 0
    assert pairing.bridges(graph).empty and pairing.components(graph).empty
    assert pairing.layout(graph) == {}


def test_the_room_stays_light() -> None:
    code = "import sys, carekit.pairing; print('networkx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
