"""The one solver room: networks as arrays, behind the face of networkx.

It knows nothing of children, only of arrays of whole numbers. A network of who may care for
whom is kept as arrays; because it carries `__networkx_backend__ = "carekit"`, the ordinary
`networkx.max_flow_min_cost(network, "source", "sink")` runs on it in compiled code:

- `problem`: the match as arrays: pairs, costs, places, what a further child of a helper costs.
- `network`: the network and its flow, with the face of networkx.
- `entry`, `backend`: how networkx finds us, and the solver behind it.
- `solve`: who is matched: the most vulnerable first, then the most, then the cheapest, and
  among equals always the same.
- `certify`: the proof, and what a place is worth. It imports no solver; anybody can check a plan
  with it.
- `change`: what one pair more or less would cost, and who would move.
- `mend`: the plan after somebody came or left, without solving it again.
- `shortage`: the pockets of children who share too few places.

Nothing is imported before it is asked for, since networkx itself loads `carekit.flow.entry`.
"""

_HOMES = {
    "Certificate": "certify",
    "certificate": "certify",
    "least_prices": "certify",
    "lower_bound": "certify",
    "prices": "certify",
    "Flow": "network",
    "Network": "network",
    "assignment": "network",
    "Problem": "problem",
    "pair_hash": "problem",
    "penalties": "problem",
    "tolls": "problem",
    "match": "solve",
    "Changes": "change",
    "Pocket": "shortage",
    "pockets": "shortage",
}

__all__ = [
    "Certificate",
    "Changes",
    "Flow",
    "Network",
    "Pocket",
    "Problem",
    "assignment",
    "certificate",
    "least_prices",
    "lower_bound",
    "match",
    "pair_hash",
    "penalties",
    "pockets",
    "prices",
    "tolls",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module = import_module(f"{__name__}.{_HOMES[name]}")
    value = getattr(module, name)
    globals()[name] = value
    return value
