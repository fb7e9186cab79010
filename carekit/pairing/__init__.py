"""Pairing children with helpers: proposed by an exact method, proved, published by a person.

DataFrames in, new DataFrames out. A day in the life of the room:

    waiting  = located(waiting(children, pairings, VOLUNTEER, on=day), villages)
    offers   = located(offers(ready, pairings, VOLUNTEER, on=day), villages)
    proposal = propose(waiting, offers, VOLUNTEER, on=day)
    verify(proposal, waiting, offers)       # empty: the proof holds
    publish(proposal, since=day)            # rows for the table pairings

`propose` reads as named steps that can be called alone: `candidates` (every pair that passes
the hard rules of `rules`), `price` (whole points a reason, `Weights`), the solver of
`carekit.flow`, the certificate, and `explain` for whoever is left. `violations` is asked
again inside the store's write, for the world may have changed since.

A fact nobody knows never passes a rule: the reason is then `<fact>_unknown`.
"""

from carekit.pairing.answering import answering
from carekit.pairing.candidates import candidates
from carekit.pairing.changes import publish_changes, side_by_side
from carekit.pairing.costs import Weights, price, weight_ranges
from carekit.pairing.decided import decided
from carekit.pairing.drafts import from_json, to_json
from carekit.pairing.edit import edited, swapped
from carekit.pairing.explain import explain
from carekit.pairing.facts import enrolled, located
from carekit.pairing.fewer_helpers import DropOuts, drop_outs, without_share
from carekit.pairing.given import given
from carekit.pairing.leaving import fewer_places, leaver
from carekit.pairing.network import bridges, care_network, components, layout
from carekit.pairing.proposal import Proposal
from carekit.pairing.propose import propose
from carekit.pairing.publish import publish, violations
from carekit.pairing.recruit_worth import recruit_worth
from carekit.pairing.recruits import recruits
from carekit.pairing.rematch import Rematch, rematch
from carekit.pairing.rule_costs import rule_costs
from carekit.pairing.rules import RULES
from carekit.pairing.schemes import (
    ONE_TO_ONE,
    PEER,
    SCHEMES,
    TEACHER,
    VOLUNTEER,
    Scheme,
    kept_schemes,
    read_scheme,
)
from carekit.pairing.shortages import shortages
from carekit.pairing.stand_in import stand_ins, substitutes
from carekit.pairing.verify import verify
from carekit.pairing.waiting import active, offers, waiting
from carekit.pairing.waiting_list import waiting_list
from carekit.pairing.what_if import frontier, sweep
from carekit.pairing.why import why, why_not
from carekit.pairing.workings import worked_out
from carekit.pairing.worth import worth

__all__ = [
    "ONE_TO_ONE",
    "PEER",
    "RULES",
    "SCHEMES",
    "TEACHER",
    "VOLUNTEER",
    "DropOuts",
    "Proposal",
    "Rematch",
    "Scheme",
    "Weights",
    "active",
    "answering",
    "bridges",
    "candidates",
    "care_network",
    "components",
    "decided",
    "drop_outs",
    "edited",
    "enrolled",
    "explain",
    "fewer_places",
    "from_json",
    "frontier",
    "given",
    "kept_schemes",
    "layout",
    "leaver",
    "located",
    "offers",
    "price",
    "propose",
    "publish",
    "publish_changes",
    "read_scheme",
    "recruit_worth",
    "recruits",
    "rematch",
    "rule_costs",
    "shortages",
    "side_by_side",
    "stand_ins",
    "substitutes",
    "swapped",
    "sweep",
    "to_json",
    "verify",
    "violations",
    "waiting",
    "waiting_list",
    "weight_ranges",
    "why",
    "why_not",
    "without_share",
    "worked_out",
    "worth",
]
