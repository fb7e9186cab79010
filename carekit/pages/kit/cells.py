"""Cells of a table, as ``care-table`` draws them: a state is a colour, a sign and a word."""

from typing import Any

__all__ = ["SIGNS", "actions", "bar", "calls", "chip", "person"]

Cell = dict[str, Any]

SIGNS = {"good": "✓", "warn": "▲", "danger": "●", "plain": "○"}


def chip(look: str, text: str) -> Cell:
    """A state: ``look`` is good, warn, danger or plain.

    >>> chip("warn", "expires soon")
    {'kind': 'chip', 'look': 'warn', 'sign': '▲', 'text': 'expires soon'}
    """
    return {"kind": "chip", "look": look, "sign": SIGNS[look], "text": text}


def person(name: str, soft: str = "") -> Cell:
    """A name, and below it in soft letters where the person belongs."""
    return {"kind": "person", "name": name, "soft": soft}


def bar(share: float, text: str, look: str = "good") -> Cell:
    """A bar filled to ``share`` (0 to 1, more is drawn full) with its number as text."""
    return {"kind": "bar", "share": min(max(share, 0.0), 1.0), "text": text, "look": look}


def actions(items: list[tuple[str, str]]) -> Cell:
    """Buttons of a row: (act, text) each."""
    return {"kind": "actions", "items": [{"act": act, "text": text} for act, text in items]}


def calls(people: list[dict[str, str]]) -> Cell:
    """People one may call: id, name, role (in soft letters), tel (may be empty), call (said)."""
    return {"kind": "calls", "people": people}
