"""What a pair costs, in whole points, one column a reason."""

from dataclasses import dataclass, field, fields

import numpy as np
import pandas as pd

from carekit.errors import BadInput

HEAVIEST = 1_000_000


def _weight(standard: int, most: int, step: int) -> int:
    """A field of `Weights` and what a person may choose for it, in one place."""
    chosen: int = field(default=standard, metadata={"least": 0, "most": most, "step": step})
    return chosen


@dataclass(frozen=True)
class Weights:
    """Points a unit, whole numbers from 0 to 1,000,000; the least cost is sought [design].

    distance: a km between child and helper, as the crow flies. subject: for each study need
    of the child (chinese, mathematics, english, science, reading) the helper does not offer.
    need: the same for every other need. continuity: when the child had a helper before in
    this scheme and this is another one (M8).

    Raises BadInput `weight_wrong`.

    >>> Weights(distance=10)
    Weights(distance=10, subject=200, need=100, continuity=300)
    """

    distance: int = _weight(30, most=100, step=5)
    subject: int = _weight(200, most=1000, step=50)
    need: int = _weight(100, most=1000, step=50)
    continuity: int = _weight(300, most=2000, step=50)

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            # A float would be rounded on the way; networkx's own simplex may not end with it.
            if not isinstance(value, int) or not 0 <= value <= HEAVIEST:
                raise BadInput("weight_wrong", weight=one.name, value=value, most=HEAVIEST)


REASONS = tuple(one.name for one in fields(Weights))
UNITS = {"subject": "missing_subjects", "need": "missing_needs", "continuity": "change"}


def weight_ranges() -> pd.DataFrame:
    """What a person chooses weights from, one row a weight [design].

    Columns: standard (used when nobody chose), least, most and step, all in points: a km for
    distance, a need for subject and need, a change of helper for continuity. The ranges keep
    sliders meaningful; `Weights` itself takes more.

    >>> weight_ranges()
                standard  least  most  step
    weight
    distance          30      0   100     5
    subject          200      0  1000    50
    need             100      0  1000    50
    continuity       300      0  2000    50
    """
    rows = [
        {"weight": one.name, "standard": one.default, **one.metadata} for one in fields(Weights)
    ]
    return pd.DataFrame(rows).set_index("weight")


def price(candidates: pd.DataFrame, weights: Weights | None = None) -> pd.DataFrame:
    """The points of each pair: + distance, subject, need, continuity, and cost, their sum.

    Takes the frame of `candidates` (km, missing_subjects, missing_needs, change). km times
    weight is rounded to whole points, halves to the even one. All numbers are whole, >= 0.

    >>> pairs = pd.DataFrame({"km": [1.25], "missing_subjects": [1], "missing_needs": [0],
    ...                       "change": [True]})
    >>> price(pairs, Weights(distance=30))[["distance", "subject", "continuity", "cost"]]
       distance  subject  continuity  cost
    0        38      200         300   538
    """
    weights = weights or Weights()
    points = {reason: _points(candidates, weights, reason) for reason in REASONS}
    return candidates.assign(**points, cost=sum(points.values()))


def cost(candidates: pd.DataFrame, weights: Weights | None = None) -> np.ndarray:
    """The sum of `price` alone: of millions of pairs only those chosen need their reasons.

    >>> pairs = pd.DataFrame({"km": [1.25], "missing_subjects": [1], "missing_needs": [0],
    ...                       "change": [True]})
    >>> cost(pairs, Weights(distance=30))
    array([538])
    """
    weights = weights or Weights()
    total = np.zeros(len(candidates), dtype=np.int64)
    for reason in REASONS:
        total += _points(candidates, weights, reason)
    return total


def _points(candidates: pd.DataFrame, weights: Weights, reason: str) -> np.ndarray:
    if reason == "distance":
        return np.rint(candidates["km"].to_numpy() * weights.distance).astype(np.int64)
    units = candidates[UNITS[reason]].to_numpy(dtype=np.int64)
    return np.asarray(units * getattr(weights, reason))
