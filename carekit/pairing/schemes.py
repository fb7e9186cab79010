"""Schemes as data: which kind of helper cares for children, for how many, under which rules.

A scheme is a small TOML file. Those of the field documents lie in `shipped`; a branch that works
otherwise writes its own in the same words:

    code = "official"                # as stored in pairings, see the choices of `scheme`
    kinds = ["official"]             # the kinds of helper who may serve in it
    least = 1                        # below it a helper is asked for more; soft
    most = 3                         # hard, whatever the helper offers
    rules = ["ready", "adult", "language", "reach"]
    first = ["orphan"]               # reasons for a tier that come before tier 1 (optional)

    [weights]                        # points, see `Weights`; whatever is left out is 0
    distance = 30

An example of each scheme that is shipped. Two children of one class, who live in one village and
speak different dialects, and two helpers of each kind:

    >>> from carekit.pairing import propose
    >>> children = pd.DataFrame({"child_id": ["C1", "C2"], "tier": 1,
    ...     "reasons": ["orphan", "nobody_supervising"], "languages": ["hakka", "gan"],
    ...     "village_id": "Pine", "free_times": "sunday_morning",
    ...     "school_id": "S1", "class_id": "K1", "grade": 3})
    >>> helpers = pd.DataFrame({"helper_id": ["V1", "V2", "T1", "T2", "P1", "P2"],
    ...     "kind": ["volunteer", "caring_parent", "teacher", "teacher", "peer", "peer"],
    ...     "languages": ["gan", "hakka", "gan", "gan", "gan", "gan"], "village_id": "Pine",
    ...     "free_times": "sunday_morning", "ready": True, "birth_date": "1990-01-01",
    ...     "school_id": "S1", "class_id": ["K9", "K9", "K1", "K2", "K1", "K2"], "grade": 3,
    ...     "has": 0, "places_left": [2, 2, 3, 3, 1, 1]})
    >>> def plan(code, helpers=helpers):
    ...     pairs = propose(children, helpers, SCHEMES[code], on="2026-03-02").pairs
    ...     return list(zip(pairs["child_id"], pairs["helper_id"], pairs["cost"].tolist()))

volunteer: who shares a language (and a free time) with the child and is within reach; caring
parents too. V1 has two places, but could not talk with C1:

    >>> plan("volunteer")
    [('C1', 'V2', 0), ('C2', 'V1', 0)]

teacher: of the school, the class teacher first. A second child costs T1 50 points (balance), less
than the 400 of another class. With one place in all, the child nobody supervises goes first:

    >>> plan("teacher")
    [('C1', 'T1', 0), ('C2', 'T1', 50)]
    >>> plan("teacher", helpers[helpers["helper_id"] == "T2"].assign(places_left=1))
    [('C2', 'T2', 400)]

peer: one pupil for one child, of the class or, for 150 points, of a neighbouring one:

    >>> plan("peer")
    [('C1', 'P2', 150), ('C2', 'P1', 0)]

one_to_one: a teacher and a pupil for each child, two matches shown together:

    >>> [pair for part in SCHEMES["one_to_one"].parts for pair in plan(part)]
    [('C1', 'T1', 0), ('C2', 'T1', 50), ('C1', 'P2', 150), ('C2', 'P1', 0)]
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import pandas as pd

from carekit import people, tables
from carekit.errors import BadInput
from carekit.pairing.costs import Weights

# Whoever is kept from a child by one of these is not kept from it by any scheme.
ALWAYS = ("kind", "open", "place")
CHOICES = ("ready", "adult", "language", "free_time", "wish", "same_school", "near_class", "reach")
NEAR = ("same_school", "near_class", "reach")  # one of them says how far to look
GROWN_UP = ("ready", "adult")  # asked of everybody but pupils: the law, not a choice of a branch
PUPIL = "peer"
KEPT = "scheme/"  # settings of this name hold the file of a scheme, see `kept_schemes`


@dataclass(frozen=True)
class Scheme:
    """A way of pairing.

    code: as stored in pairings. kinds: the kinds of helper that may serve in it. most: the
    most children one helper has in it, whatever the helper offers. least: how many a helper
    should have; each place below it costs `weights.minimum` points, never a child. rules: the
    hard rules a pair must pass, beside those nobody escapes (`ALWAYS`), see `rules.RULES`. first:
    reasons of priority that go before tier 1. weights: the points used when nobody chooses.
    parts: codes of schemes that are matched one after the other and shown together; such a
    scheme has nothing else.

    >>> TEACHER.least, TEACHER.most, TEACHER.first
    (2, 3, ('nobody_supervising',))
    >>> ONE_TO_ONE.parts
    ('teacher', 'peer')
    """

    code: str
    kinds: tuple[str, ...] = ()
    most: int = 1
    least: int = 0
    rules: tuple[str, ...] = ("ready", "adult", "language", "free_time", "wish", "reach")
    first: tuple[str, ...] = ()
    weights: Weights = field(default_factory=Weights)
    parts: tuple[str, ...] = ()

    @property
    def every_rule(self) -> tuple[str, ...]:
        """Names of all rules of this scheme, in the order in which a reason is looked for."""
        return tuple(rule for rule in (*ALWAYS, *CHOICES) if rule in (*ALWAYS, *self.rules))


def read_scheme(text: str) -> Scheme:
    """A scheme from the text of its file.

    Raises BadInput `scheme_wrong` with the `field` that is wrong and a `fault` that says how:
    not_toml, missing, unknown (a word carekit does not know), not_whole, too_small (`most` below
    1 or below `least`), rule_missing (grown-ups without `ready` and `adult`, or no rule that says
    how far to look), parts_only (a scheme of parts that says more, or is a part of itself).

    >>> text = '''
    ... code = "official"
    ... kinds = ["official"]
    ... most = 3
    ... rules = ["ready", "adult", "language", "reach"]
    ... [weights]
    ... distance = 10
    ... '''
    >>> scheme = read_scheme(text)
    >>> scheme.most, scheme.weights.distance, scheme.weights.subject
    (3, 10, 0)
    >>> read_scheme(text.replace("language", "zodiac"))
    Traceback (most recent call last):
    carekit.errors.BadInput: scheme_wrong
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise _wrong("", "not_toml") from None
    for name in said:
        if name not in {one.name for one in fields(Scheme)}:
            raise _wrong(name, "unknown", name)
    codes = _known_codes("scheme")
    if _words(said, "code", codes, several=False) == ():
        raise _wrong("code", "missing")
    if "parts" in said:
        return _of_parts(said, codes)
    scheme = Scheme(
        code=said["code"],
        kinds=_words(said, "kinds", _known_codes("helper_kind")),
        most=_whole(said, "most", 1),
        least=_whole(said, "least", 0),
        rules=_words(said, "rules", CHOICES),
        first=_words(said, "first", [one for some in people.TIERS.values() for one in some]),
        weights=_weights(said.get("weights", {})),
    )
    if not scheme.kinds:
        raise _wrong("kinds", "missing")
    if scheme.most < max(scheme.least, 1):
        raise _wrong("most", "too_small", scheme.most)
    needed = GROWN_UP if set(scheme.kinds) - {PUPIL} else ()
    if set(needed) - set(scheme.rules) or not set(NEAR) & set(scheme.rules):
        raise _wrong("rules", "rule_missing")
    return scheme


def kept_schemes(settings: pd.DataFrame) -> dict[str, Scheme]:
    """Every scheme a branch can use, by code: those shipped, and its own in their place.

    Takes the table settings; the text of a scheme's file is the value of `scheme/<code>`.
    Raises BadInput `scheme_wrong`, see `read_scheme`.

    >>> file = 'code = "peer"\\nkinds = ["peer"]\\nmost = 2\\nrules = ["near_class"]'
    >>> settings = pd.DataFrame({"setting_id": ["branch_name", "scheme/peer"],
    ...                          "value": ["Ford", file]})
    >>> found = kept_schemes(settings)
    >>> list(found), found["peer"].most
    (['volunteer', 'teacher', 'peer', 'one_to_one'], 2)
    """
    mine = settings[settings["setting_id"].str.startswith(KEPT).fillna(False).astype(bool)]
    own = [read_scheme(str(text)) for text in mine.sort_values("setting_id")["value"]]
    return {**SCHEMES, **{scheme.code: scheme for scheme in own}}


def _of_parts(said: dict[str, Any], codes: list[str]) -> Scheme:
    parts = _words(said, "parts", codes)
    if not parts:
        raise _wrong("parts", "missing")
    for name in said:
        if name not in ("code", "parts"):
            raise _wrong(name, "parts_only", name)
    if said["code"] in parts or len(set(parts)) < len(parts):
        raise _wrong("parts", "parts_only", said["code"])
    return Scheme(said["code"], parts=parts)


def _known_codes(choices: str) -> list[str]:
    return [str(code) for code in tables.choices(choices).index]


def _words(said: dict[str, Any], name: str, known: Any, *, several: bool = True) -> tuple[str, ...]:
    words = said.get(name, [] if several else "")
    listed = words if several else [words] if words else []
    if not isinstance(listed, list) or any(not isinstance(word, str) for word in listed):
        raise _wrong(name, "unknown", words)
    for word in listed:
        if word not in known:
            raise _wrong(name, "unknown", word)
    return tuple(listed)


def _whole(said: dict[str, Any], name: str, standard: int) -> int:
    value = said.get(name, standard)
    if type(value) is not int or value < 0:
        raise _wrong(name, "not_whole", value)
    return value


def _weights(said: Any) -> Weights:
    names = [one.name for one in fields(Weights)]
    if not isinstance(said, dict):
        raise _wrong("weights", "unknown", said)
    for name, value in said.items():
        if name not in names:
            raise _wrong("weights", "unknown", name)
        if type(value) is not int or value < 0:
            raise _wrong(f"weights.{name}", "not_whole", value)
    return Weights(**(dict.fromkeys(names, 0) | said))


def _wrong(where: str, fault: str, value: object = "") -> BadInput:
    return BadInput("scheme_wrong", field=where, fault=fault, value=str(value))


def _shipped() -> Mapping[str, Scheme]:
    folder = files("carekit.pairing") / "shipped"
    names = ("volunteer", "teacher", "peer", "one_to_one")
    found = [read_scheme((folder / f"{name}.toml").read_text(encoding="utf-8")) for name in names]
    return MappingProxyType({scheme.code: scheme for scheme in found})


SCHEMES = _shipped()
VOLUNTEER, TEACHER, PEER, ONE_TO_ONE = SCHEMES.values()
