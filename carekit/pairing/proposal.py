"""A proposed match, and the arrays its proof is about."""

import datetime
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from carekit.errors import BadInput
from carekit.flow.certify import Certificate
from carekit.flow.problem import FIRST, LOCKED, TIERS, Problem, pair_hash, penalties, tolls
from carekit.pairing.costs import REASONS, Weights
from carekit.pairing.schemes import Scheme

if TYPE_CHECKING:
    from carekit.flow.change import Changes

PAIR_COLUMNS = ("child_id", "helper_id", "km", "tier", *REASONS, "cost")
UNMATCHED_COLUMNS = ("child_id", "tier", "code", "values")
DECISION_COLUMNS = ("child_id", "helper_id", "verdict")


@dataclass(frozen=True, eq=False)
class Workings:
    """A match as it was solved: what questions about a proposal are answered from.

    problem: the arrays. best: the best plan (for each child the position of its pair, or -1) and
    price: prices of its helpers' places that prove it. plan: the plan proposed:
    the best one, or what a person has made of it. waiting, offers: the frames it was made of.
    """

    problem: Problem
    best: np.ndarray
    price: np.ndarray
    plan: np.ndarray
    waiting: pd.DataFrame
    offers: pd.DataFrame

    @cached_property
    def changes(self) -> "Changes":
        """All that can be asked of the best plan, made when the first question comes."""
        # scipy's graphs take a while to load: only who asks waits for them.
        from carekit.flow.change import Changes

        return Changes(self.problem, self.best, self.price)

    def with_plan(self, plan: np.ndarray) -> "Workings":
        """The same with another plan proposed; what was made to answer questions is kept."""
        other = replace(self, plan=plan)
        if "changes" in vars(self):  # they are asked of the best plan, which is the same
            vars(other)["changes"] = self.changes
        return other

    def at(self, child: str, helper: str | None = None) -> tuple[int, int]:
        """Positions of a child and a helper (-1 without one).

        Raises BadInput `child_unknown` or `helper_unknown` for whoever is not in the match.
        """
        i = _position(self.problem.children, child)
        j = -1 if helper is None else _position(self.problem.helpers, helper)
        if i < 0:
            raise BadInput("child_unknown", child=child)
        if helper is not None and j < 0:
            raise BadInput("helper_unknown", helper=helper)
        return i, j

    def pair(self, i: int, j: int) -> int:
        """The position of the pair of a child and a helper, or -1 where a rule forbids it."""
        begin, end = self.problem.starts[i], self.problem.starts[i + 1]
        at = int(begin + np.searchsorted(self.problem.helper[begin:end], j))
        return at if at < end and self.problem.helper[at] == j else -1


def _position(names: np.ndarray, name: str) -> int:
    at = int(np.searchsorted(names, name))
    return at if at < len(names) and names[at] == name else -1


@dataclass(frozen=True, eq=False)
class Proposal:
    """A draft: a person decides whether it is published.

    scheme, on (the day it was made for), pairs (child_id, helper_id, km, tier, one column of
    points a weight, and their sum cost), unmatched (child_id, tier, code of the reason, its
    values as JSON), certificate, weights. Pairs and unmatched together are exactly the children
    who wait. decisions: what persons had settled before (child_id, helper_id, verdict), see
    `decided`. prices: what the places of the helpers are worth (helper_id -> points, 0 left out):
    they prove the bound, of this plan and of any made by hand from it. workings: all that may be
    asked of it, see `why_not`; a draft that was kept as text has none until `worked_out` gives
    them back.
    """

    scheme: Scheme
    on: datetime.date
    pairs: pd.DataFrame
    unmatched: pd.DataFrame
    certificate: Certificate
    weights: Weights = field(default_factory=Weights)
    decisions: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(DECISION_COLUMNS), dtype="string")
    )
    prices: dict[str, int] = field(default_factory=dict)
    workings: Workings | None = None


def workings_of(proposal: Proposal) -> Workings:
    """The workings of a proposal; BadInput `draft_not_worked_out` where it has none."""
    if proposal.workings is None:
        raise BadInput("draft_not_worked_out")
    return proposal.workings


def named_prices(problem: Problem, price: np.ndarray) -> dict[str, int]:
    """Prices by helper_id, those above 0."""
    dear = np.flatnonzero(price)
    return {str(problem.helpers[j]): int(price[j]) for j in dear.tolist()}


def price_array(problem: Problem, prices: dict[str, int]) -> np.ndarray:
    """Prices by position; a helper nobody names has the price 0."""
    return np.array([prices.get(str(name), 0) for name in problem.helpers], dtype=np.int64)


def problem(
    pairs: pd.DataFrame,
    cost: np.ndarray,
    waiting: pd.DataFrame,
    offers: pd.DataFrame,
    scheme: Scheme,
    weights: Weights,
    locked: pd.DataFrame | None = None,
) -> Problem:
    """The arrays of a match, from candidates, their costs and the frames they were made of.

    locked: pairs (child_id, helper_id) a person has settled. Raises BadInput `tier_unknown` for a
    child without a tier of 1 to 3, and `flow_too_big`.
    """
    child = pairs["child_id"].cat
    helper = pairs["helper_id"].cat
    children = child.categories.to_numpy(dtype=object)
    helpers = helper.categories.to_numpy(dtype=object)
    offered = offers.set_index("helper_id").reindex(helpers)
    left = offered["places_left"].astype("Int64").fillna(0).clip(lower=0)
    places = left.to_numpy(dtype=np.int64)
    toll = None
    if weights.balance or weights.minimum:
        toll = tolls(
            had(offered).to_numpy(),
            int(places.max(initial=0)) + 1,
            weights.balance,
            weights.minimum,
            scheme.least,
        )
    dearest = int(cost.max(initial=0)) + (0 if toll is None else int(toll.max(initial=0)))
    # Millions of pairs: positions in half the bytes.
    i, j = child.codes.to_numpy(dtype=np.int32), helper.codes.to_numpy(dtype=np.int32)
    names, others = (pd.util.hash_array(ids, categorize=False) for ids in (children, helpers))
    return Problem(
        children=children,
        helpers=helpers,
        child=i,
        helper=j,
        cost=cost,
        places=places,
        penalty=penalties(_ranks(waiting, children, scheme, locked), dearest),
        hashes=pair_hash(names[i], others[j]),
        toll=toll,
    )


def had(offers: pd.DataFrame) -> pd.Series:
    """How many children each helper has already in the scheme; a frame that does not say: 0."""
    if "has" not in offers:
        return pd.Series(0, offers.index, dtype="int64")
    return offers["has"].astype("Int64").fillna(0).astype("int64")


def _ranks(
    waiting: pd.DataFrame, children: np.ndarray, scheme: Scheme, locked: pd.DataFrame | None
) -> np.ndarray:
    """The tier of each child; before tier 1 whoever the scheme puts first, then the locked."""
    known = waiting.set_index("child_id").reindex(children)
    rank = known["tier"].astype("Int64")
    if rank.isna().any() or not rank.between(1, TIERS).all():
        raise BadInput("tier_unknown")
    if scheme.first and "reasons" in known:
        reasons = known["reasons"].astype("string").fillna("").str.split(";")
        ahead = np.array([not set(some).isdisjoint(scheme.first) for some in reasons], dtype=bool)
        rank = rank.mask(ahead, FIRST)
    if locked is not None:
        rank = rank.mask(known.index.isin(locked["child_id"]), LOCKED)
    return rank.to_numpy(dtype=np.int64)


def fingerprint(pairs: pd.DataFrame) -> int:
    """The digest a certificate holds of these pairs (child_id, helper_id)."""
    names, others = (
        pd.util.hash_array(pairs[name].to_numpy(dtype=object), categorize=False)
        for name in ("child_id", "helper_id")
    )
    return int(sum(pair_hash(names, others).tolist()) % 2**62)
