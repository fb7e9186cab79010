"""The one solver room: networks as arrays, behind the face of networkx.

It knows nothing of children, only of arrays of whole numbers. A network of who may care for
whom is kept as arrays; because it carries `__networkx_backend__ = "carekit"`, the ordinary
`networkx.max_flow_min_cost(network, "source", "sink")` runs on it in compiled code:

- `network`: the network and its flow, with the face of networkx.
- `entry`, `backend`: how networkx finds us, and the solver behind it.
- `solve`: who is matched: the most vulnerable first, then the most, then the cheapest, and
  among equals always the same.
- `certify`: the proof. It imports no solver; anybody can check a plan with it.

Nothing is imported before it is asked for, since networkx itself loads `carekit.flow.entry`.
"""

__all__ = [
    "Certificate",
    "Flow",
    "Network",
    "assignment",
    "certificate",
    "lower_bound",
    "match",
    "pair_hash",
    "penalties",
    "prices",
]

_HOMES = {
    "Certificate": "certify",
    "certificate": "certify",
    "lower_bound": "certify",
    "pair_hash": "certify",
    "penalties": "certify",
    "prices": "certify",
    "match": "solve",
    "Flow": "network",
    "Network": "network",
    "assignment": "network",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module = import_module(f"{__name__}.{_HOMES[name]}")
    value = getattr(module, name)
    globals()[name] = value
    return value
