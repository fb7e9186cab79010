"""What if other weights counted: the best match of each, side by side.

What-ifs are frames for analysts; nothing here is proposed to anybody. Candidates are looked for
once; each question is then one exact solve, without explanations.
"""

from collections.abc import Iterable
from dataclasses import fields, replace

import numpy as np
import pandas as pd

from carekit import dates
from carekit.errors import BadInput
from carekit.flow.problem import TIERS
from carekit.pairing.candidates import candidates
from carekit.pairing.costs import Weights, cost
from carekit.pairing.decided import apply
from carekit.pairing.proposal import problem
from carekit.pairing.propose import NOTHING, planned
from carekit.pairing.schemes import Scheme

METRES = 3  # digits of kilometres: equal plans give equal rows


def sweep(
    waiting: pd.DataFrame,
    offers: pd.DataFrame,
    scheme: Scheme,
    weight: str,
    values: Iterable[int],
    *,
    on: dates.Day,
    weights: Weights | None = None,
    decisions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """What the best match becomes as one weight takes some values, all others kept (M1, design).

    waiting, offers, decisions: as for `propose`. weight: a field of `Weights`. weights: all the
    others, the scheme's own where nobody chooses.

    Gives one row a value: value; served and served_1 to served_3 (children, by tier; no weight
    changes them); cost (points at `weights`, so that rows compare: the match of another value
    never costs less than that of theirs); km_total and km_mean (kilometres as the crow
    flies, of the pairs whose distance is known);
    needs_missing (needs of children their helpers do not offer, study and others); changes
    (children whose helper is not that of the first row); frontier (no other row has both fewer
    kilometres and fewer needs missing, or one of them fewer and the other equal).

    Raises BadInput `weight_unknown`, `weight_wrong` and what `propose` raises.

    >>> waiting = pd.DataFrame({"child_id": ["C00001"], "tier": [1], "village_id": "V0001",
    ...     "longitude": 106.5, "latitude": 27.1, "languages": "hakka",
    ...     "free_times": "sunday_morning", "needs": "english"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "kind": "volunteer",
    ...     "ready": True, "birth_date": "1990-01-01", "places_left": 1, "village_id": "V0002",
    ...     "longitude": 106.5, "latitude": [27.11, 27.14], "languages": "hakka",
    ...     "free_times": "sunday_morning", "subjects": [None, "english"], "reach_km": 5})
    >>> from carekit.pairing import VOLUNTEER
    >>> rows = sweep(waiting, offers, VOLUNTEER, "subject", [0, 200], on="2026-03-02")
    >>> rows[["value", "served", "cost", "km_total", "needs_missing", "changes", "frontier"]]
       value  served  cost  km_total  needs_missing  changes  frontier
    0      0       1   233     1.112              1        0      True
    1    200       1   133     4.448              0        1      True
    """
    if weight not in (known := [one.name for one in fields(Weights)]):
        raise BadInput("weight_unknown", weight=weight, known=known)
    question = Question(waiting, offers, scheme, on, weights, decisions)
    rows, first = [], None
    for value in values:
        whole = int(value) if isinstance(value, np.integer) else value
        pairs = question.answer(replace(question.weights, **{weight: whole}))
        whose = pairs.set_index("child_id")["helper_id"].reindex(question.children)
        first = whose if first is None else first
        same = (whose == first) | (whose.isna() & first.isna())
        rows.append({"value": whole, **measures(pairs), "changes": int((~same).sum())})
    found = pd.DataFrame(rows, columns=["value", *measures(question.nobody), "changes"])
    return found.assign(frontier=frontier(found))


def frontier(rows: pd.DataFrame) -> pd.Series:
    """Which rows no other row beats: in kilometres or needs missing, and worse in neither.

    rows: km_total and needs_missing, for instance of several sweeps in one frame. All must be about
    the same children and helpers, else the fewest served would look best.

    >>> frontier(pd.DataFrame({"km_total": [5.0, 3.0, 5.0], "needs_missing": [1, 4, 2]})).tolist()
    [True, True, False]
    """
    both = rows[["km_total", "needs_missing"]].astype("float64").fillna(0.0)
    far, lacks = (both[name].to_numpy() for name in both)
    no_worse = (far[:, None] <= far) & (lacks[:, None] <= lacks)
    better = (far[:, None] < far) | (lacks[:, None] < lacks)
    return pd.Series(~(no_worse & better).any(axis=0), rows.index)


class Question:
    """A match with its candidates found, to be solved again and again."""

    def __init__(
        self,
        waiting: pd.DataFrame,
        offers: pd.DataFrame,
        scheme: Scheme,
        on: dates.Day,
        weights: Weights | None,
        decisions: pd.DataFrame | None,
    ) -> None:
        if scheme.parts:
            raise BadInput("scheme_has_parts", scheme=scheme.code)
        self.waiting, self.offers, self.scheme = waiting, offers, scheme
        self.weights = weights or scheme.weights
        self.decisions = NOTHING if decisions is None else decisions
        self.found = candidates(waiting, offers, scheme, on=on)
        self.children = self.found["child_id"].cat.categories
        self.helpers = np.sort(self.found["helper_id"].unique().astype(object))

    @property
    def nobody(self) -> pd.DataFrame:
        return self.found.head(0).assign(cost=0)

    def answer(self, weights: Weights, gone: Iterable[str] = ()) -> pd.DataFrame:
        """The pairs of the best plan at some weights: candidates + cost, at the own weights."""
        # networkx takes a while to load: only who solves waits for it.
        from carekit.flow.solve import match

        gone = list(gone)
        stay = self.found[~self.found["helper_id"].isin(gone)]
        said = self.decisions[~self.decisions["helper_id"].isin(gone)]
        pairs, locks = apply(stay, said, self.offers)
        arrays = problem(
            pairs, cost(pairs, weights), self.waiting, self.offers, self.scheme, weights, locks
        )
        chosen = match(arrays)
        shown = planned(pairs, chosen, self.offers, self.scheme, self.weights)
        taken = pairs.iloc[chosen[chosen >= 0]].reset_index(drop=True)
        return taken.assign(cost=shown["cost"])

    def without(self, gone: Iterable[str]) -> tuple[dict[str, float], pd.Index]:
        """The measures of the best plan without some helpers, and who is left."""
        pairs = self.answer(self.weights, gone)
        left = self.children[~self.children.isin(pairs["child_id"])]
        return {**measures(pairs), "left": len(left)}, left


def measures(pairs: pd.DataFrame) -> dict[str, float]:
    """One row of a what-if: who is served, at what cost, how far, and what is missing."""
    known = pairs["km"].dropna()  # a scheme of the school may know no kilometres
    empty = 0.0 if pairs.empty else float("nan")
    tiers = {f"served_{tier}": int((pairs["tier"] == tier).sum()) for tier in range(1, TIERS + 1)}
    missing = pairs["missing_subjects"].sum() + pairs["missing_needs"].sum()
    return {
        "served": len(pairs),
        **tiers,
        "cost": int(pairs["cost"].sum()),
        "km_total": round(float(known.sum()), METRES) if len(known) else empty,
        "km_mean": round(float(known.mean()), METRES),
        "needs_missing": int(missing),
    }
