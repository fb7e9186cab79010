"""Why a child stays unmatched: the rule after which no helper was left."""

import json
from typing import Any

import numpy as np
import pandas as pd

from carekit import dates
from carekit.pairing.facts import child_facts, helper_facts, pair_facts, shared_places
from carekit.pairing.proposal import UNMATCHED_COLUMNS
from carekit.pairing.rules import UNKNOWN, helper_rules, pair_rules
from carekit.pairing.schemes import Scheme

PAIRS_A_STEP = 500_000

# What is shown of the child beside a rule: its name in the values, and the fact it is.
SHOWN = {
    "language": ("languages", "child_languages"),
    "free_time": ("free_times", "child_free_times"),
    "wish": ("wish_sex", "wish_sex"),
}


def explain(
    unmatched: pd.DataFrame,
    offers: pd.DataFrame,
    scheme: Scheme,
    choices: pd.Series,
    *,
    on: dates.Day,
) -> pd.DataFrame:
    """The reason of each unmatched child: child_id, tier, code, values (JSON).

    unmatched: rows of `waiting`. offers: as for `candidates`. choices: how many eligible
    helpers each child had, by child_id.

    Codes: `places_taken` when others took the places of all its `count` eligible helpers;
    `no_helper` when there is none at all; else the rules are walked in the order of
    `rules.RULES`, and `no_<rule>` names the one after which none of the last `count` helpers
    was left, or `<fact>_unknown` when none of them could be judged for a missing fact. For
    `no_reach` the values hold nearest_km; `unknown` counts those who could not be judged.

    >>> waiting = pd.DataFrame({"child_id": ["C00001"], "tier": [1], "languages": ["hakka"]})
    >>> offers = pd.DataFrame({"helper_id": ["H00001"], "kind": "volunteer", "ready": True,
    ...     "birth_date": "1990-01-01", "places_left": 1, "languages": "miao"})
    >>> from carekit.pairing import VOLUNTEER
    >>> explain(waiting, offers, VOLUNTEER, pd.Series(dtype=int), on="2026-03-02")
      child_id  tier         code                               values
    0   C00001     1  no_language  {"count": 1, "languages": "hakka"}
    """
    children, helpers = shared_places(child_facts(unmatched), helper_facts(offers, on))
    count = children["child_id"].map(choices).fillna(0).astype(int)
    reasons: list[tuple[str, dict[str, Any]]] = [
        ("places_taken", {"count": int(c)}) if c else ("", {}) for c in count
    ]
    none = np.flatnonzero(count.to_numpy() == 0)
    common, left = _helpers_left(helpers, scheme)
    if common:
        for i in none:
            reasons[i] = common
    else:
        step = max(PAIRS_A_STEP // len(left), 1)
        for start in range(0, len(none), step):
            some = none[start : start + step]
            for i, reason in zip(some, _walk(children, helpers, some, left, scheme), strict=True):
                reasons[i] = reason
    return pd.DataFrame(
        {
            "child_id": children["child_id"],
            "tier": children["tier"].astype("Int64"),
            "code": pd.array([code for code, _ in reasons], dtype="string"),
            "values": pd.array([json.dumps(values) for _, values in reasons], dtype="string"),
        },
        columns=list(UNMATCHED_COLUMNS),
    )


def _helpers_left(
    helpers: pd.DataFrame, scheme: Scheme
) -> tuple[tuple[str, dict[str, Any]] | None, np.ndarray]:
    """The helpers who may serve anybody; if there is none, the reason that holds for all."""
    if helpers.empty:
        return ("no_helper", {}), np.array([], dtype=np.int64)
    left = np.arange(len(helpers))
    for name, rule in helper_rules(scheme).items():
        answers = rule(helpers.iloc[left], scheme)
        passes = answers.to_numpy(dtype=bool, na_value=False)
        if not passes.any():
            code = UNKNOWN[name] if answers.isna().all() else f"no_{name}"
            return (code, {"count": len(left)}), left[passes]
        left = left[passes]
    return None, left


def _walk(
    children: pd.DataFrame,
    helpers: pd.DataFrame,
    some: np.ndarray,
    left: np.ndarray,
    scheme: Scheme,
) -> list[tuple[str, dict[str, Any]]]:
    """Walk some children and all helpers left through the pair rules."""
    reasons: list[tuple[str, dict[str, Any]]] = [("", {})] * len(some)
    who = np.repeat(np.arange(len(some)), len(left))
    rules = pair_rules(scheme)
    pairs = pair_facts(children, helpers, some[who], np.tile(left, len(some)), tuple(rules))
    pairs["who"] = who
    for name, rule in rules.items():
        answers = rule(pairs, scheme)
        state = pairs[["who", "km"]].assign(
            passes=answers.fillna(False).astype(bool), unknown=answers.isna()
        )
        each = state.groupby("who").agg(
            passes=("passes", "sum"),
            unknown=("unknown", "sum"),
            count=("passes", "size"),
            km=("km", "min"),
        )
        for at, row in each[each["passes"] == 0].iterrows():
            one = int(str(at))
            reasons[one] = _reason(name, row, children.iloc[some[one]])
        pairs = pairs[state["passes"]]
    return reasons


def _reason(name: str, row: pd.Series, child: pd.Series) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {"count": int(row["count"])}
    if row["unknown"] == row["count"]:
        # Where the distances are known, what is missing is how far the helpers would go.
        far = name == "reach" and not np.isnan(row["km"])
        return ("reach_unknown" if far else UNKNOWN[name]), values
    if row["unknown"]:
        values["unknown"] = int(row["unknown"])
    if name == "reach":
        values["nearest_km"] = round(float(row["km"]), 1)
    elif name in SHOWN:
        shown, fact = SHOWN[name]
        values[shown] = child[fact]
    return f"no_{name}", values
