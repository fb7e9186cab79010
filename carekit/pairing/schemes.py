"""Schemes: which kind of helper cares for children, and for how many."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scheme:
    """A way of pairing.

    code: as stored in pairings. kinds: the kinds of helper that may serve in it. most: the
    most children one helper has in it, whatever the helper offers.

    >>> VOLUNTEER.most
    2
    """

    code: str
    kinds: tuple[str, ...]
    most: int


# M1: one or two children for each volunteer; caring parents join in (P5).
VOLUNTEER = Scheme("volunteer", kinds=("volunteer", "caring_parent"), most=2)

SCHEMES: dict[str, Scheme] = {scheme.code: scheme for scheme in (VOLUNTEER,)}
