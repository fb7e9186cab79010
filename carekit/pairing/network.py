"""The care network: who cares for whom on a day, as a graph of networkx.

A graph is for looking at one school or one village: whose leaving would leave children with
nobody, which groups hang together, and a picture. The match itself never needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from carekit import dates
from carekit.pairing.waiting import active, closed

if TYPE_CHECKING:
    import networkx as nx

CHILD, HELPER = "child", "helper"
PANEL = 3.0  # from one pair of columns to the next: room for names on both sides


def care_network(
    pairings: pd.DataFrame, children: pd.DataFrame, helpers: pd.DataFrame, on: dates.Day
) -> nx.Graph:
    """The graph of the pairings that hold on the day between children and helpers (C3, M1 to M3).

    Takes the table pairings and the children and helpers it is about, for instance those of one
    school. A closed file cares for nobody and is cared for by nobody.

    Nodes are ids: every child with an open file, and every helper who cares for one of them, with
    the attributes kind (child or helper) and, where the frames say it, village_id, and role (the
    kind of helper). Edges have the attribute schemes (codes joined by ;).

    >>> children = pd.DataFrame({"child_id": ["C00001", "C00002"], "closed_on": pd.NaT})
    >>> helpers = pd.DataFrame({"helper_id": ["H00001"], "kind": "peer", "closed_on": pd.NaT})
    >>> pairings = pd.DataFrame({"scheme": ["peer"], "child_id": ["C00001"],
    ...     "helper_id": ["H00001"], "since": pd.to_datetime(["2025-09-01"]), "until": pd.NaT})
    >>> graph = care_network(pairings, children, helpers, on="2026-03-02")
    >>> list(graph), list(graph.edges(data="schemes"))
    (['C00001', 'C00002', 'H00001'], [('C00001', 'H00001', 'peer')])
    """
    # networkx takes a while to load: only who draws waits for it.
    import networkx as nx

    here = _open(children, on).set_index("child_id")
    there = _open(helpers, on).set_index("helper_id")
    now = pairings[active(pairings, on)]
    now = now[now["child_id"].isin(here.index) & now["helper_id"].isin(there.index)]
    schemes: dict[tuple[str, str], set[str]] = {}
    for pair in now.itertuples():
        both = str(pair.child_id), str(pair.helper_id)
        schemes.setdefault(both, set()).add(str(pair.scheme))
    graph = nx.Graph()
    for name in sorted(here.index):
        graph.add_node(name, kind=CHILD, **_facts(here, name, {"village_id": "village_id"}))
    for name in sorted(set(now["helper_id"])):
        facts = _facts(there, name, {"village_id": "village_id", "role": "kind"})
        graph.add_node(name, kind=HELPER, **facts)
    for (child, helper), codes in sorted(schemes.items()):
        graph.add_edge(child, helper, schemes=";".join(sorted(codes)))
    return graph


def bridges(graph: nx.Graph) -> pd.DataFrame:
    """The helpers whose leaving would leave children with nobody at all.

    graph: as `care_network` gives it. Gives one row a helper who is the only one of at least one
    child: helper_id, cares_for (children), children (of them, those with nobody else) and
    child_ids (these, joined by ;); most children first.

    >>> import networkx as nx
    >>> graph = nx.Graph([("C1", "H1"), ("C2", "H1"), ("C2", "H2")])
    >>> kinds = {name: "child" if name[0] == "C" else "helper" for name in graph}
    >>> nx.set_node_attributes(graph, kinds, "kind")
    >>> bridges(graph)
      helper_id  cares_for  children child_ids
    0        H1          2         1        C1
    """
    rows = []
    for helper in _of_kind(graph, HELPER):
        alone = sorted(child for child in graph[helper] if graph.degree(child) == 1)
        if alone:
            rows.append((helper, graph.degree(helper), len(alone), ";".join(alone)))
    found = pd.DataFrame(rows, columns=["helper_id", "cares_for", "children", "child_ids"])
    found = found.sort_values(["children", "helper_id"], ascending=[False, True])
    return found.reset_index(drop=True)


def components(graph: nx.Graph) -> pd.DataFrame:
    """The groups of children and helpers who hang together by pairings.

    Gives one row a group: component (1, 2 ...), children, helpers, pairs (numbers), child_ids and
    helper_ids (joined by ;); most people first. A child nobody cares for is a group of its own,
    without helpers.

    >>> import networkx as nx
    >>> graph = nx.Graph([("C1", "H1"), ("C2", "H1")])
    >>> graph.add_node("C3")
    >>> kinds = {name: "child" if name[0] == "C" else "helper" for name in graph}
    >>> nx.set_node_attributes(graph, kinds, "kind")
    >>> components(graph)
       component  children  helpers  pairs child_ids helper_ids
    0          1         2        1      2     C1;C2         H1
    1          2         1        0      0        C3
    """
    rows = []
    for group in _groups(graph):
        children, helpers = _sides(graph, group)
        pairs = sum(graph.degree(child) for child in children)
        rows.append((len(children), len(helpers), pairs, ";".join(children), ";".join(helpers)))
    columns = ["children", "helpers", "pairs", "child_ids", "helper_ids"]
    found = pd.DataFrame(rows, columns=columns)
    found = found.assign(people=found["children"] + found["helpers"])
    found = found.sort_values(["people", "child_ids"], ascending=[False, True])
    found = found.drop(columns="people").reset_index(drop=True)
    return found.assign(component=found.index + 1)[["component", *columns]]


def layout(graph: nx.Graph, rows: int = 40) -> dict[str, tuple[float, float]]:
    """Where to draw everybody: columns of children (left) and helpers (right), village by village.

    Each group that hangs together is one block, its helpers beside their children; blocks go by
    the village of their first child. After about `rows` rows the next two columns begin, so that a
    whole school fits a page. Gives x and y by id, as networkx draws them (y falls); in a column
    nobody is nearer than 1 to the next.

    >>> import networkx as nx
    >>> graph = nx.Graph([("C1", "H1"), ("C2", "H1")])
    >>> kinds = {name: "child" if name[0] == "C" else "helper" for name in graph}
    >>> nx.set_node_attributes(graph, kinds, "kind")
    >>> layout(graph)
    {'C1': (0.0, -0.5), 'C2': (0.0, -1.5), 'H1': (1.0, -1.0)}
    """
    place: dict[str, tuple[float, float]] = {}
    top, left = 0, 0.0
    blocks = [_ordered(graph, group) for group in _groups(graph)]
    blocks.sort(key=lambda block: _address(graph, (block[0] or block[1])[0]))
    for sides in blocks:
        height = max(len(side) for side in sides)
        if top and top + height > rows:
            top, left = 0, left + PANEL
        for x, side in enumerate(sides):
            for k, name in enumerate(side):
                place[name] = (left + x, -(top + (k + 0.5) * height / len(side)))
        top += height
    return place


def _ordered(graph: nx.Graph, group: set[str]) -> tuple[list[str], list[str]]:
    """Both sides of a block: children by village, helpers where their children are, and again."""
    children, helpers = _sides(graph, group)
    children.sort(key=lambda name: _address(graph, name))
    for _ in range(2):
        helpers = _beside(graph, helpers, children, village=False)
        children = _beside(graph, children, helpers, village=True)
    return children, helpers


def _beside(graph: nx.Graph, side: list[str], other: list[str], *, village: bool) -> list[str]:
    """One side sorted by the mean row of its neighbours on the other, so that fewer lines cross."""
    row = {name: k / len(other) for k, name in enumerate(other)}

    def key(name: str) -> tuple[str, float, str]:
        near = [row[one] for one in graph[name]]
        mean = sum(near) / len(near) if near else 0.0
        return (_address(graph, name)[0] if village else "", mean, name)

    return sorted(side, key=key)


def _address(graph: nx.Graph, name: str) -> tuple[str, str]:
    return str(graph.nodes[name].get("village_id", "")), name


def _groups(graph: nx.Graph) -> list[set[str]]:
    import networkx as nx

    return list(nx.connected_components(graph))


def _sides(graph: nx.Graph, group: set[str]) -> tuple[list[str], list[str]]:
    children = sorted(name for name in group if graph.nodes[name]["kind"] == CHILD)
    return children, sorted(group.difference(children))


def _of_kind(graph: nx.Graph, kind: str) -> list[str]:
    return sorted(name for name, its in graph.nodes(data="kind") if its == kind)


def _open(people: pd.DataFrame, on: dates.Day) -> pd.DataFrame:
    """The open files; a frame that does not say holds open files only."""
    return people[~closed(people, on)] if "closed_on" in people else people


def _facts(people: pd.DataFrame, name: str, wanted: dict[str, str]) -> dict[str, str]:
    """What is known of a person, by attribute: unknown facts are no attribute."""
    known = people.loc[name, [column for column in wanted.values() if column in people]].dropna()
    return {as_: str(known[column]) for as_, column in wanted.items() if column in known}
