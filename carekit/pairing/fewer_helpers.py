"""What if there were fewer helpers: a share of them gone, or each with a chance.

Random draws come from a seed and the sorted ids, so neither row order nor machine decides.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from carekit import dates
from carekit.errors import BadInput
from carekit.pairing.costs import Weights
from carekit.pairing.schemes import Scheme
from carekit.pairing.what_if import Question, measures


@dataclass(frozen=True)
class DropOuts:
    """What may happen when helpers leave by chance, see `drop_outs`.

    rounds: one row a round. left_often: the children who were left without a helper in at least
    one of them.
    """

    rounds: pd.DataFrame
    left_often: pd.DataFrame


def without_share(
    waiting: pd.DataFrame,
    offers: pd.DataFrame,
    scheme: Scheme,
    share: float,
    rounds: int,
    seed: int,
    *,
    on: dates.Day,
    weights: Weights | None = None,
    decisions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The best match when a share of the helpers is gone, drawn at random round by round [design].

    waiting, offers, decisions, weights: as for `propose`. share: from 0 to 1, of the helpers who
    may care for at least one of the children; a half helper counts as one. Of one seed, whoever
    is gone at a small share is gone at a greater one too. What persons decided about helpers who
    are gone is void.

    Gives one row a round: round (from 1), gone (helpers), served, served_1 to served_3, cost
    (points of the pairs), km_total, km_mean, needs_missing and left (children without a helper).
    When more are gone, never more are served of tier 1, of tiers 1 and 2, or of all; of tier 2
    alone there may be more, in places that tier 1 cannot use.

    Raises BadInput `share_wrong` and what `propose` raises.

    >>> waiting = pd.DataFrame({"child_id": ["C00001", "C00002"], "tier": [1, 3],
    ...     "village_id": "V0001", "languages": "hakka", "free_times": "sunday_morning"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "kind": "volunteer",
    ...     "ready": True, "birth_date": "1990-01-01", "places_left": [1, 1],
    ...     "village_id": "V0001", "languages": "hakka", "free_times": "sunday_morning"})
    >>> from carekit.pairing import VOLUNTEER
    >>> rows = without_share(waiting, offers, VOLUNTEER, 0.5, rounds=2, seed=1, on="2026-03-02")
    >>> rows[["round", "gone", "served", "served_1", "served_3", "left"]]
       round  gone  served  served_1  served_3  left
    0      1     1       1         1         0     1
    1      2     1       1         1         0     1
    """
    _share(share)
    question = Question(waiting, offers, scheme, on, weights, decisions)
    draws = np.random.default_rng(seed)
    count = int(share * len(question.helpers) + 0.5)
    rows = []
    for number in range(1, rounds + 1):
        gone = draws.permutation(question.helpers)[:count]
        rows.append({"round": number, "gone": count, **question.without(gone)[0]})
    return pd.DataFrame(rows, columns=["round", "gone", *measures(question.nobody), "left"])


def drop_outs(
    waiting: pd.DataFrame,
    offers: pd.DataFrame,
    scheme: Scheme,
    chance: float | str,
    rounds: int,
    seed: int,
    *,
    on: dates.Day,
    weights: Weights | None = None,
    decisions: pd.DataFrame | None = None,
) -> DropOuts:
    """The best match when each helper leaves with a chance: Monte Carlo [design].

    waiting, offers, decisions, weights: as for `propose`. chance: from 0 to 1 for everybody, or
    the name of a column of offers that says it for each. Of one seed, whoever leaves at a small
    chance leaves at a greater one too.

    Gives `DropOuts`. rounds: as `without_share` gives them; gone are those who left among the
    helpers who may care for at least one child. left_often: child_id, tier, left (rounds in which
    the child had no helper), share (of the rounds), left_today (the child has none even if nobody
    leaves); most often left first. Children who always had one are not in it.

    Raises BadInput `share_wrong` (a chance outside 0 to 1, or unknown) and what `propose` raises.

    >>> waiting = pd.DataFrame({"child_id": ["C00001", "C00002"], "tier": [1, 3],
    ...     "village_id": "V0001", "languages": "hakka", "free_times": "sunday_morning"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "kind": "volunteer",
    ...     "ready": True, "birth_date": "1990-01-01", "places_left": 1, "chance": [1.0, 0.0],
    ...     "village_id": "V0001", "languages": "hakka", "free_times": "sunday_morning"})
    >>> from carekit.pairing import VOLUNTEER
    >>> found = drop_outs(waiting, offers, VOLUNTEER, "chance", rounds=4, seed=1, on="2026-03-02")
    >>> found.rounds[["round", "gone", "served_1", "served_3", "left"]].head(2)
       round  gone  served_1  served_3  left
    0      1     1         1         0     1
    1      2     1         1         0     1
    >>> found.left_often
      child_id  tier  left  share  left_today
    0   C00002     3     4    1.0       False
    """
    question = Question(waiting, offers, scheme, on, weights, decisions)
    said = offers.set_index("helper_id")[chance] if isinstance(chance, str) else chance
    each = pd.Series(said, index=question.helpers, dtype="float64")
    for value in each.unique():
        _share(value)
    draws = np.random.default_rng(seed)
    rows = []
    left = pd.Series(0, pd.Index(question.children, name="child_id"), name="left")
    for number in range(1, rounds + 1):
        gone = question.helpers[draws.random(len(each)) < each.to_numpy()]
        measured, alone = question.without(gone)
        rows.append({"round": number, "gone": len(gone), **measured})
        left[alone] += 1
    tiers = waiting.set_index("child_id")["tier"].astype("int64")
    often = left[left > 0].reset_index()
    often = often.assign(
        tier=often["child_id"].map(tiers),
        share=often["left"] / max(rounds, 1),
        left_today=often["child_id"].isin(question.without([])[1]),
    ).sort_values(["left", "tier", "child_id"], ascending=[False, True, True])
    columns = ["round", "gone", *measures(question.nobody), "left"]
    return DropOuts(
        pd.DataFrame(rows, columns=columns),
        often[["child_id", "tier", "left", "share", "left_today"]].reset_index(drop=True),
    )


def _share(value: float) -> None:
    if not 0 <= value <= 1:  # unknown fails too
        raise BadInput("share_wrong", value=str(value))
