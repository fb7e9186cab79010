"""What each hard rule costs: who more would be served without it."""

from dataclasses import replace

import numpy as np
import pandas as pd

from carekit import dates
from carekit.errors import BadInput
from carekit.flow.problem import TIERS
from carekit.pairing.candidates import candidates
from carekit.pairing.costs import Weights, cost
from carekit.pairing.decided import apply
from carekit.pairing.facts import EARTH_KM
from carekit.pairing.proposal import DECISION_COLUMNS, problem
from carekit.pairing.propose import NOTHING
from carekit.pairing.rules import pair_rules
from carekit.pairing.schemes import Scheme

MOST_PAIRS = 2_000_000
ANYWHERE_KM = EARTH_KM * np.pi  # half way round the earth


def rule_costs(
    waiting: pd.DataFrame,
    offers: pd.DataFrame,
    scheme: Scheme,
    weights: Weights | None = None,
    *,
    on: dates.Day,
    children: list[str] | None = None,
    decisions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """What the best match would be if one rule of pairs did not hold, rule by rule.

    children: the rule is switched off for these only (the unmatched, say), None: for all.
    decisions: as for `propose`. Rules that protect children (`kind`, `open`, `ready`, `adult`)
    and `place` are never switched off; nothing is proposed or published here.

    Gives a row a rule: rule, tier1, tier2, tier3 (children of each tier served more; below 0
    never for all tiers together) and points (what the pairs of the plan then cost more, or less;
    more where more are served). Without `reach` only helpers of known distance count.

    Raises the refusals of `propose`, and BadInput `rule_cost_too_big` (pairs, most) where nobody is
    named and children times helpers are more than 2,000,000.

    >>> waiting = pd.DataFrame({"child_id": ["C00001"], "tier": [1], "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001"], "kind": "volunteer", "ready": True,
    ...     "birth_date": "1990-01-01", "places_left": 1, "village_id": "V0001",
    ...     "languages": "miao", "free_times": "sunday_morning"})
    >>> from carekit.pairing import VOLUNTEER
    >>> rule_costs(waiting, offers, VOLUNTEER, on="2026-03-02")
            rule  tier1  tier2  tier3  points
    0   language      1      0      0       0
    1  free_time      0      0      0       0
    2       wish      0      0      0       0
    3      reach      0      0      0       0
    """
    if scheme.parts:
        raise BadInput("scheme_has_parts", scheme=scheme.code)
    if children is None and len(waiting) * len(offers) > MOST_PAIRS:
        raise BadInput("rule_cost_too_big", pairs=len(waiting) * len(offers), most=MOST_PAIRS)
    weights = weights or scheme.weights
    said = NOTHING if decisions is None else decisions[list(DECISION_COLUMNS)]
    asked = waiting["child_id"].isin(waiting["child_id"] if children is None else children)
    base = candidates(waiting, offers, scheme, on=on)

    def outcome(found: pd.DataFrame) -> np.ndarray:
        return _outcome(found, waiting, offers, scheme, weights, said)

    before = outcome(base)
    rows = []
    for rule in pair_rules(scheme):
        some, all_, other = _without(rule, waiting[asked], offers, scheme)
        more = candidates(some, all_, other, on=on)
        found = _joined(base, more, set(waiting.loc[asked, "child_id"]))
        rows.append((rule, *(outcome(found) - before).tolist()))
    names = ["rule", *(f"tier{t + 1}" for t in range(TIERS)), "points"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.astype({"rule": "string"} | dict.fromkeys(names[1:], "Int64"))


def _without(
    rule: str, waiting: pd.DataFrame, offers: pd.DataFrame, scheme: Scheme
) -> tuple[pd.DataFrame, pd.DataFrame, Scheme]:
    """People and scheme for whom a rule stops nobody.

    The rule that says how far to look is kept, and everybody is put where it holds: else nothing
    would say where to look.
    """
    if rule == "reach":
        return waiting, offers.assign(reach_km=ANYWHERE_KM), scheme
    if rule in ("same_school", "near_class") and "reach" not in scheme.rules:
        return (
            waiting.assign(school_id="all", grade=1),
            offers.assign(school_id="all", grade=1),
            scheme,
        )
    kept = tuple(name for name in scheme.rules if name != rule)
    return waiting, offers, replace(scheme, rules=kept)


def _joined(base: pd.DataFrame, more: pd.DataFrame, children: set[str]) -> pd.DataFrame:
    """The pairs of all, those of some children replaced, in the order of `candidates`."""
    names = {name: base[name].dtype for name in ("child_id", "helper_id")}
    kept = base[~base["child_id"].isin(children)]
    both = pd.concat([kept, more.astype(names)], ignore_index=True)
    order = np.lexsort((both["helper_id"].cat.codes, both["child_id"].cat.codes))
    return both.iloc[order].reset_index(drop=True)


def _outcome(
    found: pd.DataFrame,
    waiting: pd.DataFrame,
    offers: pd.DataFrame,
    scheme: Scheme,
    weights: Weights,
    decisions: pd.DataFrame,
) -> np.ndarray:
    """Children served in each tier by the best plan, and what its pairs cost."""
    # networkx takes a while to load: only who solves waits for it.
    from carekit.flow.solve import solve

    found, locks = apply(found, decisions, offers)
    arrays = problem(found, cost(found, weights), waiting, offers, scheme, weights, locks)
    chosen = solve(arrays)
    tier = waiting.set_index("child_id")["tier"].reindex(arrays.children).to_numpy(dtype=np.int64)
    served = np.bincount(tier[chosen >= 0], minlength=TIERS + 1)[1 : TIERS + 1]
    points = arrays.objective(chosen) - int(arrays.penalty[chosen < 0].sum())
    return np.append(served, points)
