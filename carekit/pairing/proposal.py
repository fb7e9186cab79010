"""A proposed match, and the arrays its proof is about."""

import datetime
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from carekit.flow.certify import Certificate, pair_hash, penalties
from carekit.pairing.costs import REASONS, Weights
from carekit.pairing.schemes import Scheme

PAIR_COLUMNS = ("child_id", "helper_id", "km", "tier", *REASONS, "cost")
UNMATCHED_COLUMNS = ("child_id", "tier", "code", "values")


@dataclass(frozen=True, eq=False)
class Proposal:
    """A draft: a person decides whether it is published.

    scheme, on (the day it was made for), pairs (child_id, helper_id, km, tier, one column of
    points a reason: distance, subject, need, continuity, and their sum cost), unmatched
    (child_id, tier, code of the reason, its values as JSON), certificate, weights. Pairs and
    unmatched together are exactly the children who wait.
    """

    scheme: Scheme
    on: datetime.date
    pairs: pd.DataFrame
    unmatched: pd.DataFrame
    certificate: Certificate
    weights: Weights = field(default_factory=Weights)


@dataclass(frozen=True, eq=False)
class Problem:
    """The match as arrays for `carekit.flow`: names sorted, pairs ordered by child.

    places are a number a helper, penalty a number a child, the rest a number a pair.
    """

    children: np.ndarray
    helpers: np.ndarray
    child: np.ndarray
    helper: np.ndarray
    cost: np.ndarray
    places: np.ndarray
    penalty: np.ndarray
    hashes: np.ndarray


def problem(
    pairs: pd.DataFrame, cost: np.ndarray, waiting: pd.DataFrame, offers: pd.DataFrame
) -> Problem:
    """The arrays of a match, from candidates, their costs and the frames they were made of.

    Raises BadInput `tier_unknown` for a child without a tier of 1 to 3.
    """
    child = pairs["child_id"].cat
    helper = pairs["helper_id"].cat
    children = child.categories.to_numpy(dtype=object)
    helpers = helper.categories.to_numpy(dtype=object)
    tier = waiting.set_index("child_id")["tier"].reindex(children)
    places = offers.set_index("helper_id")["places_left"].reindex(helpers)
    # Millions of pairs: positions in half the bytes.
    i, j = child.codes.to_numpy(dtype=np.int32), helper.codes.to_numpy(dtype=np.int32)
    names, others = (pd.util.hash_array(ids, categorize=False) for ids in (children, helpers))
    return Problem(
        children=children,
        helpers=helpers,
        child=i,
        helper=j,
        cost=cost,
        places=places.astype("Int64").fillna(0).clip(lower=0).to_numpy(dtype=np.int64),
        penalty=penalties(
            tier.astype("Int64").fillna(0).to_numpy(dtype=np.int64), int(cost.max(initial=0))
        ),
        hashes=pair_hash(names[i], others[j]),
    )


def fingerprint(pairs: pd.DataFrame) -> int:
    """The digest a certificate holds of these pairs (child_id, helper_id)."""
    names, others = (
        pd.util.hash_array(pairs[name].to_numpy(dtype=object), categorize=False)
        for name in ("child_id", "helper_id")
    )
    return int(sum(pair_hash(names, others).tolist()) % 2**62)
