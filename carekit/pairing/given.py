"""Pairs somebody names, whether a rule allows them or not: how far, how dear, still allowed?"""

import numpy as np
import pandas as pd

from carekit import dates
from carekit.pairing.candidates import described
from carekit.pairing.facts import child_facts, helper_facts, pair_facts, shared_places
from carekit.pairing.rules import helper_rules, pair_rules
from carekit.pairing.schemes import Scheme


def given(
    pairs: pd.DataFrame,
    waiting: pd.DataFrame,
    offers: pd.DataFrame,
    scheme: Scheme,
    *,
    on: dates.Day,
) -> pd.DataFrame:
    """The facts of the pairs named: as `candidates` gives them, + eligible.

    pairs: child_id, helper_id. waiting, offers: as for `candidates`. Gives one row a pair, in the
    order and with the index of `pairs`; whoever is in none of the frames is left out. eligible:
    whether every hard rule of the scheme lets the pair pass on the day. `price` takes the frame.

    >>> waiting = pd.DataFrame({"child_id": ["C00001"], "tier": [1], "village_id": ["V0001"],
    ...     "languages": ["hakka"], "free_times": ["sunday_morning"]})
    >>> offers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "kind": "volunteer",
    ...     "ready": [True, False], "birth_date": "1990-01-01", "places_left": 1,
    ...     "village_id": "V0001", "languages": "hakka", "free_times": "sunday_morning"})
    >>> pairs = pd.DataFrame({"child_id": "C00001", "helper_id": ["H00002", "H00001"]})
    >>> from carekit.pairing import VOLUNTEER
    >>> given(pairs, waiting, offers, VOLUNTEER, on="2026-03-02")[["helper_id", "km", "eligible"]]
      helper_id   km  eligible
    0    H00002  0.0     False
    1    H00001  0.0      True
    """
    asked = waiting[waiting["child_id"].isin(pairs["child_id"])]
    named = offers[offers["helper_id"].isin(pairs["helper_id"])]
    children, helpers = shared_places(child_facts(asked), helper_facts(named, on))
    i = pd.Index(children["child_id"]).get_indexer(pairs["child_id"])
    j = pd.Index(helpers["helper_id"]).get_indexer(pairs["helper_id"])
    known = (i >= 0) & (j >= 0)
    i, j = i[known], j[known]
    rules = pair_rules(scheme)
    facts = pair_facts(children, helpers, i, j, tuple(rules))
    eligible = np.ones(len(facts), dtype=bool)
    for rule in helper_rules(scheme).values():
        eligible &= rule(helpers, scheme).to_numpy(dtype=bool, na_value=False)[j]
    for rule in rules.values():
        eligible &= rule(facts, scheme).to_numpy(dtype=bool, na_value=False)
    found = described(children, helpers, i, j, facts["km"].to_numpy())
    found = found.astype({"child_id": "string", "helper_id": "string"})
    return found.assign(eligible=eligible).set_axis(pairs.index[known])
