"""What a pair costs, in whole points, one column a reason."""

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from carekit.errors import BadInput

HEAVIEST = 1_000_000


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

    distance: int = 30
    subject: int = 200
    need: int = 100
    continuity: int = 300

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            # A float would be rounded on the way; networkx's own simplex may not end with it.
            if not isinstance(value, int) or not 0 <= value <= HEAVIEST:
                raise BadInput("weight_wrong", weight=field.name, value=value, most=HEAVIEST)


REASONS = tuple(field.name for field in fields(Weights))


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
    points = {
        "distance": np.rint(candidates["km"].to_numpy() * weights.distance).astype(np.int64),
        "subject": candidates["missing_subjects"].to_numpy(dtype=np.int64) * weights.subject,
        "need": candidates["missing_needs"].to_numpy(dtype=np.int64) * weights.need,
        "continuity": candidates["change"].to_numpy(dtype=np.int64) * weights.continuity,
    }
    return candidates.assign(**points, cost=sum(points.values()))
