"""What stands between one child and each helper: the first rule, or the word of a person."""

import json
from typing import Any

import pandas as pd

from carekit.pairing.decided import FORBID, LOCK
from carekit.pairing.facts import child_facts, helper_facts, pair_facts, shared_places
from carekit.pairing.proposal import Proposal, workings_of
from carekit.pairing.rules import RULES, reason_codes

# What is shown beside a rule: its name in the values, and the fact it is.
SHOWN = {
    "kind": {"kind": "helper_kind"},
    "adult": {"age": "helper_age"},
    "place": {"places_left": "places_left"},
    "language": {"languages": "child_languages", "theirs": "helper_languages"},
    "free_time": {"free_times": "child_free_times", "theirs": "helper_free_times"},
    "wish": {"wish_sex": "wish_sex", "theirs": "helper_sex"},
    "same_school": {"school": "child_school", "theirs": "helper_school"},
    "near_class": {"grade": "child_grade", "theirs": "helper_grade"},
    "reach": {"km": "km", "reach_km": "reach_km"},
}


def hindrances(proposal: Proposal, child: str, among: list[str] | None = None) -> pd.DataFrame:
    """What keeps a child from each helper: helper_id, code (empty = nothing), values (JSON).

    among: only these helpers.

    Codes: `no_<rule>` or `<fact>_unknown` of the first rule that does not pass, in the order of
    the scheme; `forbidden` by a person; `locked_elsewhere`: a person has locked the child to
    another helper. Values: the facts the rule compared (the helper's as `theirs`).

    >>> from carekit.pairing import VOLUNTEER, propose
    >>> waiting = pd.DataFrame({"child_id": ["C00001"], "tier": [1], "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001"], "kind": "volunteer", "ready": True,
    ...     "birth_date": "1990-01-01", "places_left": 1, "languages": "miao"})
    >>> proposal = propose(waiting, offers, VOLUNTEER, on="2026-03-02")
    >>> hindrances(proposal, "C00001")
      helper_id         code                                   values
    0    H00001  no_language  {"languages": "hakka", "theirs": "miao"}
    """
    known = workings_of(proposal)
    one = known.waiting[known.waiting["child_id"].eq(child)]
    offers = known.offers
    if among is not None:
        offers = offers[offers["helper_id"].isin(among)]
    children, helpers = shared_places(child_facts(one), helper_facts(offers, proposal.on))
    j = helpers.index.to_numpy()
    rules = {name: RULES[name] for name in proposal.scheme.every_rule}
    pairs = pair_facts(children, helpers, j * 0, j, tuple(rules))
    alone = ["helper_kind", "open", "ready", "helper_age", "places_left"]
    pairs = pairs.assign(**{name: helpers[name].array for name in alone})
    code = pd.Series(pd.NA, pairs.index, dtype="string")
    values = pd.Series("{}", pairs.index, dtype="string")
    for name, rule in rules.items():
        answers = rule(pairs, proposal.scheme)
        stopped = code.isna() & ~answers.fillna(False).astype(bool)
        if not stopped.any():
            continue
        unknown = answers.isna()
        code = code.mask(stopped, reason_codes(name, answers))
        if name == "reach":  # where the distance is known, how far the helper would go is missing
            code = code.mask(stopped & unknown & pairs["km"].notna(), "reach_unknown")
        facts = pairs.loc[stopped, list(SHOWN.get(name, {}).values())]
        facts.columns = list(SHOWN.get(name, {}))
        said = [json.dumps(_said(row), ensure_ascii=False) for row in facts.to_dict("records")]
        if said:
            values = values.mask(stopped, pd.Series(said, facts.index, dtype="string"))
    forbidden = helpers["helper_id"].isin(_decided(proposal, child, FORBID))
    code = code.mask(code.isna() & forbidden, "forbidden")
    locked = _decided(proposal, child, LOCK)
    if locked:
        elsewhere = ~helpers["helper_id"].isin(locked)
        code = code.mask(code.isna() & elsewhere, "locked_elsewhere")
    return pd.DataFrame({"helper_id": helpers["helper_id"], "code": code, "values": values})


def _decided(proposal: Proposal, child: str, verdict: str) -> list[str]:
    """The helpers a person has locked a child to, or forbidden."""
    said = proposal.decisions
    mine = said[said["child_id"].eq(child) & said["verdict"].eq(verdict)]
    return [str(helper) for helper in mine["helper_id"]]


def _said(facts: dict[Any, Any]) -> dict[str, Any]:
    """Facts as plain JSON: km to a tenth, empty ones left out."""
    plain = {name: fact for name, fact in facts.items() if not pd.isna(fact)}
    return {
        name: fact
        if isinstance(fact, str)
        else round(float(fact), 1)
        if name == "km"
        else int(fact)
        for name, fact in plain.items()
    }
