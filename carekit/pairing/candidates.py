"""All pairs that pass the hard rules, found through an index.

A scheme of the school looks for pairs within each school. All others look in two places: within
one village, and within reach, in one tree of points a language. Whatever the index proposes, the
rules decide; whatever the rules let through is in the index, so nothing is missed and no cross
product is built.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from carekit import dates
from carekit.pairing.facts import (
    EARTH_KM,
    child_facts,
    helper_facts,
    pair_facts,
    shared_places,
)
from carekit.pairing.rules import helper_rules, pair_rules
from carekit.pairing.schemes import Scheme

# Needs a helper meets by teaching; all others are met otherwise (M1, R7).
STUDY = frozenset({"chinese", "mathematics", "english", "science", "reading"})
BLOCK = 512  # helpers a query: keeps the memory of one step small


def candidates(
    waiting: pd.DataFrame, offers: pd.DataFrame, scheme: Scheme, *, on: dates.Day
) -> pd.DataFrame:
    """Every pair of a waiting child and an offer that passes all hard rules (M1, design).

    waiting: as `waiting` gives it (child_id, tier, village_id, languages, free_times, needs,
    wish_sex, last_helper_id, class_id) and offers: as `offers` gives it (helper_id, kind, ready,
    birth_date, places_left, village_id, languages, free_times, sex, subjects, reach_km,
    class_id, closed_on); both with longitude and latitude (see `located`), for schemes of a
    school with school_id and grade (see `enrolled`). A column that is not there is unknown for
    all: without coordinates only the same village passes, at 0 km.

    Gives one row a pair, ordered by child_id, then helper_id (both categorical): km, tier,
    and what `price` needs: missing_subjects and missing_needs (needs of the child the helper
    does not offer), change (the child had another helper before in this scheme) and other_class
    (not of the same class, or a class is not known).

    Raises BadInput `ids_repeated`.

    >>> waiting = pd.DataFrame({"child_id": ["C00001"], "tier": [1], "village_id": ["V0001"],
    ...     "languages": ["hakka"], "free_times": ["sunday_morning"], "needs": ["english"]})
    >>> offers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "kind": "volunteer",
    ...     "ready": True, "birth_date": ["1990-01-01", "2010-01-01"], "places_left": 1,
    ...     "village_id": "V0001", "languages": "hakka", "free_times": "sunday_morning"})
    >>> from carekit.pairing import VOLUNTEER
    >>> found = candidates(waiting, offers, VOLUNTEER, on="2026-03-02")
    >>> found.drop(columns=["change", "other_class"])
      child_id helper_id   km  tier  missing_subjects  missing_needs
    0   C00001    H00001  0.0     1                 1              0
    """
    children, helpers = shared_places(child_facts(waiting), helper_facts(offers, on))
    able = np.ones(len(helpers), dtype=bool)
    for rule in helper_rules(scheme).values():
        able &= _passes(rule(helpers, scheme))
    near = _nearby(children, helpers, able, scheme)
    found = [_allowed(children, helpers, i, j, scheme) for i, j in near]
    i, j, km = (np.concatenate(parts) for parts in zip(*found, strict=True))
    del found
    order = np.lexsort((j, i))
    return described(children, helpers, i[order], j[order], km[order])


def _allowed(
    children: pd.DataFrame, helpers: pd.DataFrame, i: np.ndarray, j: np.ndarray, scheme: Scheme
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rules = pair_rules(scheme)
    pairs = pair_facts(children, helpers, i, j, tuple(rules))
    for rule in rules.values():
        pairs = pairs[_passes(rule(pairs, scheme))]
    left = pairs.index.to_numpy()
    # Millions of pairs: positions in half the bytes.
    return i[left].astype(np.int32), j[left].astype(np.int32), pairs["km"].to_numpy()


def _passes(answers: pd.Series) -> np.ndarray:
    return answers.to_numpy(dtype=bool, na_value=False)


def _nearby(
    children: pd.DataFrame, helpers: pd.DataFrame, able: np.ndarray, scheme: Scheme
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs that may pass, each once: of one school; or of one village, then by reach."""
    if "reach" not in scheme.rules:
        here = children["child_school"].cat.codes.to_numpy()
        there = helpers["helper_school"].cat.codes.to_numpy()
        yield _same(here, np.where(able, there, -1))
        return
    here = children["child_village"].cat.codes.to_numpy()
    there = helpers["helper_village"].cat.codes.to_numpy()
    yield _same(here, np.where(able, there, -1))

    if "language" in scheme.rules:
        names = sorted(_codes(children["child_languages"]) & _codes(helpers["helper_languages"]))
        speaks = _bits(children["child_languages"], names)
        spoken = _bits(helpers["helper_languages"], names)
    else:  # one tree for all
        names = [""]
        speaks, spoken = np.ones(len(children), np.int64), np.ones(len(helpers), np.int64)
    points, centres = _on_sphere(children), _on_sphere(helpers)
    reach = helpers["reach_km"].to_numpy()
    placed = ~np.isnan(points).any(axis=1)
    able = able & ~np.isnan(centres).any(axis=1) & (reach >= 0)
    for bit in (1 << k for k in range(len(names))):
        who = np.flatnonzero(placed & (speaks & bit > 0))
        whom = np.flatnonzero(able & (spoken & bit > 0))
        for i, j in _within(points, who, centres, whom, reach):
            # Of several common languages the first one counts, so no pair comes twice.
            common = speaks[i] & spoken[j]
            first = (common & -common) == bit
            same = (here[i] >= 0) & (here[i] == there[j])
            keep = first & ~same
            yield i[keep], j[keep]


def _same(here: np.ndarray, there: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    one = pd.DataFrame({"village": here, "i": np.arange(len(here))})
    other = pd.DataFrame({"village": there, "j": np.arange(len(there))})
    both = one[one["village"] >= 0].merge(other[other["village"] >= 0], on="village")
    return both["i"].to_numpy(), both["j"].to_numpy()


def _within(
    points: np.ndarray, who: np.ndarray, centres: np.ndarray, whom: np.ndarray, reach: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    if not len(who):
        return
    # Loaded when pairs are looked for: a page opens half a second sooner without it.
    from scipy.spatial import cKDTree

    tree = cKDTree(points[who])
    for km in np.unique(reach[whom]):
        alike = whom[reach[whom] == km]
        # A straight line through the earth, with room for rounding: the rule `reach` decides.
        line = 2 * np.sin(min(km / EARTH_KM, np.pi) / 2) * (1 + 1e-9) + 1e-9
        for start in range(0, len(alike), BLOCK):
            block = alike[start : start + BLOCK]
            near = cKDTree(centres[block]).sparse_distance_matrix(tree, line, output_type="ndarray")
            yield who[near["j"]], block[near["i"]]


def _on_sphere(people: pd.DataFrame) -> np.ndarray:
    east = np.radians(people["longitude"].to_numpy())
    north = np.radians(people["latitude"].to_numpy())
    return np.column_stack(
        [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]
    )


def _codes(cells: pd.Series) -> set[str]:
    return {code for cell in cells.cat.categories for code in cell.split(";")}


def _bits(cells: pd.Series, names: list[str]) -> np.ndarray:
    """Each cell of several codes as the bits of one number."""
    bit = {name: 1 << k for k, name in enumerate(names)}
    table = [
        sum(bit.get(code, 0) for code in set(cell.split(";"))) for cell in cells.cat.categories
    ]
    return np.array([*table, 0], dtype=np.int64)[cells.cat.codes]


def described(
    children: pd.DataFrame, helpers: pd.DataFrame, i: np.ndarray, j: np.ndarray, km: np.ndarray
) -> pd.DataFrame:
    names = sorted(_codes(children["needs"]) | STUDY)
    wanted, offered = _bits(children["needs"], names), _bits(helpers["subjects"], names)
    study = sum(1 << k for k, name in enumerate(names) if name in STUDY)
    missing = wanted[i] & ~offered[j]
    last = pd.Index(helpers["helper_id"]).get_indexer(children["last_helper_id"])
    had_one = children["last_helper_id"].notna().to_numpy()
    tier = children["tier"].fillna(0).to_numpy(dtype=np.int8)
    class_ = children["child_class"].cat.codes.to_numpy()[i]
    same_class = (class_ >= 0) & (class_ == helpers["helper_class"].cat.codes.to_numpy()[j])
    return pd.DataFrame(
        {
            "child_id": pd.Categorical.from_codes(i, pd.Index(children["child_id"])),
            "helper_id": pd.Categorical.from_codes(j, pd.Index(helpers["helper_id"])),
            "km": km,
            "tier": tier[i],
            "missing_subjects": np.bitwise_count(missing & study),
            "missing_needs": np.bitwise_count(missing & ~study),
            "change": had_one[i] & (last[i] != j),
            "other_class": ~same_class,
        }
    )
