"""Vehicles: how many people ride in each, as typed and as filled."""

import numbers
import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from carekit.errors import BadInput

__all__ = ["check_seats", "room", "seats"]

LEAST_SEATS, MOST_SEATS = 3, 2000  # one child and two adults; a train
MOST_VEHICLES = 100  # the dictionary's bound


def seats(typed: Any) -> tuple[int, ...]:
    """Seats of each vehicle from a typed text; nothing typed is no vehicle named.

    Commas of every keyboard, ``+``, semicolons and blanks part the numbers. Raises
    ``BadInput("vehicle_seats_wrong")`` with the text.

    >>> seats("33，19"), seats("45 + 45"), seats(None)
    ((33, 19), (45, 45), ())
    """
    if typed is None or pd.isna(typed):
        return ()
    parts = [part for part in re.split(r"[\s,，、;；+＋]+", str(typed)) if part]
    if not all(re.fullmatch(r"\d{1,4}", part) for part in parts):
        raise BadInput("vehicle_seats_wrong", seats=str(typed))
    found = tuple(int(part) for part in parts)
    check_seats(found, str(typed))
    return found


def check_seats(vehicles: Sequence[int], typed: str | None = None) -> None:
    """Raise ``BadInput("vehicle_seats_wrong")`` unless every vehicle can take people."""
    for count in vehicles:
        whole = isinstance(count, numbers.Integral) and not isinstance(count, bool)
        if not whole or not LEAST_SEATS <= count <= MOST_SEATS:
            raise BadInput("vehicle_seats_wrong", seats=typed or str(count))
    if len(vehicles) > MOST_VEHICLES:
        raise BadInput("vehicle_seats_wrong", seats=typed or str(len(vehicles)))


def room(vehicles: Sequence[int], people: int) -> int:
    """How many people to put into the first of these vehicles.

    As few vehicles as hold them all are filled evenly: filled one after the other, the last would
    get a single adult, who then has to stay at home.

    >>> room((33, 19), 44), room((33, 19), 30), room((19,), 30)
    (28, 30, 19)
    """
    used = vehicles[:1]
    while sum(used) < people and len(used) < len(vehicles):
        used = vehicles[: len(used) + 1]
    return min(vehicles[0], -(-people * vehicles[0] // sum(used)))
