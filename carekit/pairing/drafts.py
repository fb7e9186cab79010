"""A proposal as text and back, so that a draft outlives a page, a kernel, a sign-out."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import pandas as pd

from carekit import dates
from carekit.errors import BadInput
from carekit.flow.certify import Certificate
from carekit.flow.problem import TIERS
from carekit.pairing.costs import REASONS, Weights
from carekit.pairing.proposal import (
    DECISION_COLUMNS,
    PAIR_COLUMNS,
    UNMATCHED_COLUMNS,
    Proposal,
    fingerprint,
)
from carekit.pairing.schemes import SCHEMES, Scheme

FORMAT = 2
TEXTS = ("child_id", "helper_id", "code", "values", "verdict")
MEASURES = ("km",)  # may be unknown; all else is whole


def to_json(proposal: Proposal) -> str:
    """A proposal as JSON: pairs, unmatched, certificate, scheme, day and weights, sealed.

    Column by column, whole numbers as whole numbers; 12,285 pairs take under a megabyte. The
    seal is a hash of all the rest: it tells a damaged text, it keeps nobody out.

    >>> from carekit.pairing import VOLUNTEER, propose
    >>> waiting = pd.DataFrame({"child_id": ["C00001"], "tier": [1], "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001"], "kind": "volunteer", "ready": True,
    ...     "birth_date": "1990-01-01", "places_left": 1, "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning"})
    >>> text = to_json(propose(waiting, offers, VOLUNTEER, on="2026-03-02"))
    >>> json.loads(text)["pairs"]["helper_id"]
    ['H00001']
    >>> from_json(text).pairs[["child_id", "helper_id", "tier", "cost"]]
      child_id helper_id  tier  cost
    0   C00001    H00001     1     0
    """
    said = {
        "format": FORMAT,
        "scheme": proposal.scheme.code,
        "on": proposal.on.isoformat(),
        "weights": asdict(proposal.weights),
        "certificate": asdict(proposal.certificate),
        "pairs": _columns(proposal.pairs),
        "unmatched": _columns(proposal.unmatched),
        "decisions": _columns(proposal.decisions),
        "prices": proposal.prices,
    }
    return json.dumps({"seal": _seal(said), **said}, ensure_ascii=False, allow_nan=False)


def from_json(text: str, schemes: Mapping[str, Scheme] = SCHEMES) -> Proposal:
    """The proposal of a text of :func:`to_json`, equal in every value and type.

    schemes: those the branch uses, by code, see `kept_schemes`.

    The text is checked: its seal, the types, each sum of points, and the pairs against the
    certificate's counts and digest. Whether the world still allows the pairs is another
    question, see `violations`; whether it is the best, `verify`.

    Raises BadInput `draft_broken`: damaged, changed by hand, or of another version.

    >>> from_json('{"pairs": []}')
    Traceback (most recent call last):
    carekit.errors.BadInput: draft_broken
    """
    try:
        said = json.loads(text)
        if said.pop("seal") != _seal(said) or said["format"] != FORMAT:
            raise ValueError("seal")
        proposal = Proposal(
            schemes[said["scheme"]],
            dates.day(said["on"]),
            _frame(said["pairs"], PAIR_COLUMNS),
            _frame(said["unmatched"], UNMATCHED_COLUMNS),
            _numbers(Certificate, said["certificate"]),
            _numbers(Weights, said["weights"]),
            _frame(said["decisions"], DECISION_COLUMNS),
            _prices(said["prices"]),
        )
        whole = _agrees(proposal)
    except (
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        OverflowError,
        RecursionError,
        BadInput,
    ):
        raise BadInput("draft_broken") from None
    if not whole:
        raise BadInput("draft_broken")
    return proposal


def _seal(said: dict[str, Any]) -> str:
    body = json.dumps(said, sort_keys=True, allow_nan=False)
    return hashlib.sha256(body.encode()).hexdigest()


def _columns(frame: pd.DataFrame) -> dict[str, list[Any]]:
    # JSON knows no NaN: a distance nobody knows is null.
    cells = {str(name): frame[name].tolist() for name in frame}
    return cells | {
        name: [None if cell != cell else cell for cell in cells[name]]
        for name in MEASURES
        if name in cells
    }


def _frame(columns: dict[str, list[Any]], names: tuple[str, ...]) -> pd.DataFrame:
    if tuple(columns) != names:
        raise ValueError(names)
    kinds: dict[str, type] = {
        name: str if name in TEXTS else float if name in MEASURES else int for name in names
    }
    for name, cells in columns.items():
        # A bool is an int to Python and 1.0 would be read as 1: neither is what was written.
        unknown = name in MEASURES
        if any(type(cell) is not kinds[name] and not (unknown and cell is None) for cell in cells):
            raise ValueError(name)
    dtypes = {str: "string", int: "Int64", float: "float64"}
    return pd.DataFrame(columns).astype({name: dtypes[kinds[name]] for name in names})


def _numbers(kind: type, said: dict[str, Any]) -> Any:
    names = {field.name for field in fields(kind)}
    if set(said) != names or any(type(value) is not int for value in said.values()):
        raise ValueError(kind.__name__)
    return kind(**said)


def _prices(said: Any) -> dict[str, int]:
    if not isinstance(said, dict) or any(type(price) is not int for price in said.values()):
        raise ValueError("prices")
    return said


def _agrees(proposal: Proposal) -> bool:
    """Whether the parts of a proposal fit each other."""
    pairs, rest, proof = proposal.pairs, proposal.unmatched, proposal.certificate
    children = pd.concat([pairs["child_id"], rest["child_id"]])
    tiers = pd.concat([pairs["tier"], rest["tier"]])
    numbers = pairs[["km", *REASONS]].fillna({"km": 0.0}).to_numpy(dtype=float)
    return bool(
        children.is_unique
        and tiers.between(1, TIERS).all()
        and (np.isfinite(numbers) & (numbers >= 0)).all()
        and (pairs[list(REASONS)].sum(axis=1) == pairs["cost"]).all()
        and (proof.children, proof.served) == (len(children), len(pairs))
        and proof.gap == proof.objective - proof.bound >= 0
        and proof.digest == fingerprint(pairs)
        and all(isinstance(json.loads(values), dict) for values in rest["values"])
    )
