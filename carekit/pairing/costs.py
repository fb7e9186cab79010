"""What a pair costs, in whole points, one column a reason.

An example of each weight. Five belong to the pair:

    >>> def points(weight, value, **facts):
    ...     pair = {"km": 0.0, "missing_subjects": 0, "missing_needs": 0, "change": False,
    ...             "other_class": False, **facts}
    ...     return int(price(pd.DataFrame([pair]), Weights(**{weight: value}))[weight].iloc[0])
    >>> points("distance", 30, km=2.5)  # 2.5 km apart, 30 points a km
    75
    >>> points("subject", 200, missing_subjects=2)  # needs chinese and english: not offered
    400
    >>> points("need", 100, missing_needs=1)  # needs sports: not offered
    100
    >>> points("continuity", 300, change=True), points("continuity", 300, change=False)
    (300, 0)
    >>> points("other_class", 400, other_class=True)  # not the teacher of the child's class
    400

Two belong to a plan. A teacher with one child already gets two more, and the minimum is two: the
first of them fills it, the second comes on top of it.

    >>> plan = pd.DataFrame({"child_id": ["C1", "C2"], "helper_id": "H1", "km": 0.0,
    ...     "missing_subjects": 0, "missing_needs": 0, "change": False, "other_class": False})
    >>> def load(weight, value):
    ...     weights = Weights(**{weight: value})
    ...     return loaded(price(plan, weights), weights, pd.Series({"H1": 1}), 2)[weight].tolist()
    >>> load("balance", 50)  # 50 for each child the teacher has by then
    [50, 100]
    >>> load("minimum", 300)  # paid where two are there already: elsewhere a place stays empty
    [0, 300]
"""

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

    distance: a km between child and helper, as the crow flies; nothing where it is not known,
    which only a scheme that does not ask for `reach` lets pass. subject: for each study need
    of the child (chinese, mathematics, english, science, reading) the helper does not offer.
    need: the same for every other need. continuity: when the child had a helper before in
    this scheme and this is another one (M8). other_class: when the helper is not of the child's
    class (P3, P4: the class teacher, or a pupil of the class, first). balance: for each child the
    helper has already, so that loads even out (C5). minimum: when the helper has as many as a
    helper should have already; it is what a place below the minimum costs elsewhere (M2).

    Raises BadInput `weight_wrong`.

    >>> Weights(distance=10)
    Weights(distance=10, subject=200, need=100, continuity=300, other_class=0, balance=0, minimum=0)
    """

    distance: int = _weight(30, most=100, step=5)
    subject: int = _weight(200, most=1000, step=50)
    need: int = _weight(100, most=1000, step=50)
    continuity: int = _weight(300, most=2000, step=50)
    other_class: int = _weight(0, most=1000, step=50)
    balance: int = _weight(0, most=1000, step=50)
    minimum: int = _weight(0, most=2000, step=50)

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            # A float would be rounded on the way; networkx's own simplex may not end with it.
            if not isinstance(value, int) or not 0 <= value <= HEAVIEST:
                raise BadInput("weight_wrong", weight=one.name, value=value, most=HEAVIEST)


REASONS = tuple(one.name for one in fields(Weights))
LOAD_REASONS = ("balance", "minimum")  # of a plan, not of a pair: known once loads are known
UNITS = {
    "subject": "missing_subjects",
    "need": "missing_needs",
    "continuity": "change",
    "other_class": "other_class",
}


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
    other_class        0      0  1000    50
    balance            0      0  1000    50
    minimum            0      0  2000    50
    """
    rows = [
        {"weight": one.name, "standard": one.default, **one.metadata} for one in fields(Weights)
    ]
    return pd.DataFrame(rows).set_index("weight")


def price(candidates: pd.DataFrame, weights: Weights | None = None) -> pd.DataFrame:
    """The points of each pair: + one column a weight, and cost, their sum.

    Takes the frame of `candidates` (km, missing_subjects, missing_needs, change, other_class). km
    times weight is rounded to whole points, halves to the even one. All numbers are whole, >= 0.
    balance and minimum are 0 here: they belong to a plan, see `loaded`.

    >>> pairs = pd.DataFrame({"km": [1.25, None], "missing_subjects": 1, "missing_needs": 0,
    ...                       "change": True, "other_class": False})
    >>> price(pairs, Weights(distance=30))[["distance", "subject", "continuity", "cost"]]
       distance  subject  continuity  cost
    0        38      200         300   538
    1         0      200         300   500
    """
    weights = weights or Weights()
    points = {reason: _points(candidates, weights, reason) for reason in REASONS}
    return candidates.assign(**points, cost=sum(points.values()))


def cost(candidates: pd.DataFrame, weights: Weights | None = None) -> np.ndarray:
    """The sum of `price` alone: of millions of pairs only those chosen need their reasons.

    >>> pairs = pd.DataFrame({"km": [1.25], "missing_subjects": [1], "missing_needs": [0],
    ...                       "change": [True], "other_class": False})
    >>> cost(pairs, Weights(distance=30))
    array([538])
    """
    weights = weights or Weights()
    total = np.zeros(len(candidates), dtype=np.int64)
    for reason in REASONS:
        total += _points(candidates, weights, reason)
    return total


def loaded(pairs: pd.DataFrame, weights: Weights, had: pd.Series, least: int = 0) -> pd.DataFrame:
    """A plan's priced pairs with what the load of each helper adds: balance, minimum, cost.

    pairs: child_id, helper_id and the columns of `price`. had: children each helper has already,
    by helper_id. A helper's pairs are counted from the cheapest on (then by child_id); the k-th
    child of a helper costs balance * (k - 1), and minimum where k > `least`. Only their sum is a
    fact; which child comes second is a way of telling it.

    >>> pairs = pd.DataFrame({"child_id": ["C1", "C2"], "helper_id": ["H1", "H1"],
    ...     "km": [2.0, 1.0], "missing_subjects": 0, "missing_needs": 0, "change": False,
    ...     "other_class": False})
    >>> weights = Weights(balance=50, minimum=400)
    >>> loaded(price(pairs, weights), weights, pd.Series({"H1": 0}), least=1)[
    ...     ["child_id", "distance", "balance", "minimum", "cost"]]
      child_id  distance  balance  minimum  cost
    0       C1        60       50      400   510
    1       C2        30        0        0    30
    """
    bare = pairs["cost"] - pairs[list(LOAD_REASONS)].sum(axis=1)
    order = pairs.assign(bare=bare).sort_values(["helper_id", "bare", "child_id"]).index
    nth = pairs.loc[order].groupby("helper_id", observed=True).cumcount().reindex(pairs.index)
    before = nth + pairs["helper_id"].astype("string").map(had).fillna(0).astype("int64")
    balance = weights.balance * before
    minimum = weights.minimum * (before >= least)
    return pairs.assign(balance=balance, minimum=minimum, cost=bare + balance + minimum)


def _points(candidates: pd.DataFrame, weights: Weights, reason: str) -> np.ndarray:
    if reason in LOAD_REASONS:
        return np.zeros(len(candidates), dtype=np.int64)
    if reason == "distance":
        known = np.nan_to_num(candidates["km"].to_numpy(dtype=float))
        return np.rint(known * weights.distance).astype(np.int64)
    units = candidates[UNITS[reason]].to_numpy(dtype=np.int64)
    return np.asarray(units * getattr(weights, reason))
