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

from carekit.pairing.candidates import candidates
from carekit.pairing.costs import Weights, price, weight_ranges
from carekit.pairing.drafts import from_json, to_json
from carekit.pairing.explain import explain
from carekit.pairing.facts import located
from carekit.pairing.proposal import Proposal
from carekit.pairing.propose import propose
from carekit.pairing.publish import publish, violations
from carekit.pairing.rules import RULES
from carekit.pairing.schemes import SCHEMES, VOLUNTEER, Scheme
from carekit.pairing.verify import verify
from carekit.pairing.waiting import active, offers, waiting

__all__ = [
    "RULES",
    "SCHEMES",
    "VOLUNTEER",
    "Proposal",
    "Scheme",
    "Weights",
    "active",
    "candidates",
    "explain",
    "from_json",
    "located",
    "offers",
    "price",
    "propose",
    "publish",
    "to_json",
    "verify",
    "violations",
    "waiting",
    "weight_ranges",
]
