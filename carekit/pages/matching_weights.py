"""The weights as sliders: a number, its unit, and what it means in kilometres."""

from dataclasses import asdict, replace
from typing import Any

from carekit import pairing
from carekit.words import say

__all__ = ["moved", "sliders"]


def moved(weights: pairing.Weights, wanted: Any) -> pairing.Weights:
    """Weights after a slider was moved, as it comes from the browser; nonsense moves nothing."""
    ranges = pairing.weight_ranges().astype("int64").to_dict("index")
    chosen = {}
    for name, value in (wanted if isinstance(wanted, dict) else {}).items():
        if name in ranges and type(value) is int:
            least, most, step = (ranges[name][edge] for edge in ("least", "most", "step"))
            if least <= value <= most and (value - least) % step == 0:
                chosen[str(name)] = value
    return replace(weights, **chosen)


def sliders(
    weights: pairing.Weights, scheme: pairing.Scheme, language: str
) -> list[dict[str, Any]]:
    """What each slider shows: those the scheme uses, and an even load for whoever wants it."""
    points, standard = asdict(weights), asdict(scheme.weights)
    used = {name for name in points if points[name] or standard[name]} | {"balance"}
    return [
        {
            "id": name,
            "text": say(f"weight_{name}", language),
            "unit": say(f"weight_unit_{name}", language),
            "value": points[str(name)],
            "said": say("weight_points", language, count=points[str(name)]),
            "standard": say("weight_standard", language, count=standard[str(name)]),
            "usual": points[str(name)] == standard[str(name)],
            "meaning": _meaning(str(name), points, language),
            **{edge: int(row[edge]) for edge in ("least", "most", "step")},
        }
        for name, row in pairing.weight_ranges().iterrows()
        if name in used
    ]


def _meaning(name: str, points: dict[str, int], language: str) -> str:
    count, way = points[name], points["distance"]
    if count == 0:
        return say(f"meaning_{name}_zero", language)
    if name == "distance":
        return say("meaning_distance", language, count=10 * count)
    if way == 0:
        return say(f"meaning_{name}_alone", language, count=count)
    km = count / way
    return say(f"meaning_{name}", language, km=round(km, 1) if km < 10 else round(km))
