"""What networkx loads of carekit while it is itself being imported.

This module imports nothing at its top, and neither does the package above it: networkx asks
every backend for its `info` before it is complete, and a backend that imports networkx at
that moment vanishes with no more than a warning.
"""


class Dispatcher:
    """The backend as networkx sees it; the work is done in `carekit.flow.backend`."""

    @staticmethod
    def convert_from_nx(graph, **options):  # type: ignore[no-untyped-def]
        """A networkx graph as a `Network` of arrays."""
        from carekit.flow.network import from_networkx

        return from_networkx(graph, **options)

    @staticmethod
    def convert_to_nx(result, *, name=None):  # type: ignore[no-untyped-def]
        """A result as networkx shows it: a `Network` becomes a DiGraph, the rest stays."""
        from carekit.flow.network import Network

        return result.to_networkx() if isinstance(result, Network) else result

    @staticmethod
    def max_flow_min_cost(G, s, t, capacity="capacity", weight="weight"):  # type: ignore[no-untyped-def]
        """A maximum flow of least cost; see `carekit.flow.backend.max_flow_min_cost`."""
        from carekit.flow.backend import max_flow_min_cost

        return max_flow_min_cost(G, s, t, capacity, weight)


dispatcher = Dispatcher()


def info() -> dict[str, object]:
    """What networkx tells about this backend.

    >>> info()["functions"].keys()
    dict_keys(['max_flow_min_cost'])
    """
    return {
        "backend_name": "carekit",
        "project": "carekit",
        "package": "carekit",
        "short_summary": "Maximum flow of least cost in whole numbers, in compiled code.",
        "functions": {
            "max_flow_min_cost": {
                "additional_docs": "Whole capacities and weights only; solved by OR-tools.",
            }
        },
    }
