"""Where places are too few: pockets of children, and what those left without have in common."""

from collections import Counter

import numpy as np
import pandas as pd

from carekit.flow.shortage import pockets
from carekit.pairing.facts import child_facts
from carekit.pairing.proposal import Proposal, Workings, workings_of
from carekit.pairing.schemes import Scheme

# What each rule must know of a child; the facts of one tuple can stand in for each other.
NEEDED: dict[str, list[tuple[str, ...]]] = {
    "language": [("child_languages",)],
    "free_time": [("child_free_times",)],
    "same_school": [("child_school",)],
    "near_class": [("child_school",), ("child_grade",)],
    "reach": [("child_village", "longitude")],
}
# What a pocket may have in common, and the rules that make it matter.
COMMON = {
    "township": {"reach"},
    "village_id": {"reach"},
    "school_id": {"same_school", "near_class"},
    "languages": {"language"},
    "free_times": {"free_time"},
    "wish_sex": {"wish"},
}
PLACES = ("school_id", "township", "village_id")  # the first one known says where a child is
COLUMNS = (
    "pocket",
    "children",
    "uncovered",
    "places",
    "missing",
    "incomplete",
    "code",
    "child_ids",
)


def shortages(proposal: Proposal) -> pd.DataFrame:
    """The pockets of children who share too few places, the largest shortage first (M1, M7).

    Nobody's plan can serve more: all helpers who may take children of a pocket are full with
    children of it (Hall's theorem). Children whom nobody at all may take are one pocket a place
    and reason.

    Columns: pocket (1 ...), children (who share the places), uncovered (those of them left
    without), places, incomplete (uncovered children whose card lacks what a rule asks for, such as
    the languages: complete the card first, no recruit can pass), missing (places to recruit:
    uncovered less incomplete), code (the main reason, see `explain`), child_ids (the uncovered,
    joined by ";"). Then what most of the uncovered have in common: township (where the frame
    has it), village_id (or school_id), languages, free_times, wish_sex, each the commonest
    code, and `<name>_share`, the share of the uncovered it holds for (0 to 1).

    >>> from carekit.pairing import VOLUNTEER, propose
    >>> waiting = pd.DataFrame({"child_id": ["C00001", "C00002"], "tier": [3, 1],
    ...     "village_id": "V0001", "languages": "hakka", "free_times": "sunday_morning"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001"], "kind": "volunteer", "ready": True,
    ...     "birth_date": "1990-01-01", "places_left": 1, "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning"})
    >>> proposal = propose(waiting, offers, VOLUNTEER, on="2026-03-02")
    >>> shortages(proposal)[
    ...     ["children", "uncovered", "places", "missing", "languages"]]
       children  uncovered  places  missing languages
    0         2          1       1        1     hakka
    """
    arrays = workings_of(proposal)
    waiting = arrays.waiting
    cards = _cards(proposal, arrays)
    cards["pocket"], sizes = _numbered(arrays, cards, _common(waiting, proposal.scheme))
    mine = cards.groupby("pocket")
    frame = sizes.reindex(mine.size().index).assign(
        uncovered=mine.size(),
        incomplete=mine["incomplete"].sum(),
        code=_commonest(cards, "code")["code"],
        child_ids=mine["child_id"].agg(";".join),
    )
    frame["children"] = frame["children"].where(frame["places"] > 0, frame["uncovered"])
    frame["missing"] = frame["uncovered"] - frame["incomplete"]
    shown = _common(waiting, proposal.scheme)
    for name in shown:
        frame = frame.join(_commonest(cards, name, frame["uncovered"]))
    frame = frame.assign(first=mine["child_id"].min())
    frame = frame.sort_values(["uncovered", "first"], ascending=[False, True])
    frame = frame.reset_index(drop=True).assign(pocket=np.arange(1, len(frame) + 1))
    listed = [*COLUMNS, *(each for name in shown for each in (name, f"{name}_share"))]
    whole = ["pocket", "children", "uncovered", "places", "missing", "incomplete"]
    text = ["code", "child_ids", *shown]
    return frame[listed].astype(dict.fromkeys(whole, "Int64") | dict.fromkeys(text, "string"))


def incomplete(facts: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """Which children (rows of `facts.child_facts`) no helper may take before a fact is known.

    >>> from carekit.pairing import VOLUNTEER
    >>> cards = pd.DataFrame({"child_id": ["C1", "C2"], "village_id": "V1",
    ...     "languages": ["hakka", None], "free_times": "sunday_morning"})
    >>> incomplete(child_facts(cards), VOLUNTEER).tolist()
    [False, True]
    """
    lacking = pd.Series(False, facts.index)
    for rule in set(scheme.rules) & set(NEEDED):
        for names in NEEDED[rule]:
            cells = facts[list(names)]
            lacking |= (cells.isna() | cells.isin([""])).all(axis=1)
    return lacking


def _cards(proposal: Proposal, arrays: Workings) -> pd.DataFrame:
    """The uncovered children of the best plan: position, id, reason and what they may share."""
    waiting, left = arrays.waiting, np.flatnonzero(arrays.best < 0)
    ids = pd.Series(arrays.problem.children[left], dtype="string")
    at = pd.Index(waiting["child_id"].astype("string")).get_indexer(pd.Index(ids))
    rows = waiting.iloc[at]
    facts = child_facts(rows)
    lacking = incomplete(facts, proposal.scheme).set_axis(facts["child_id"])
    why = proposal.unmatched.set_index("child_id")["code"]
    cards = rows[_common(waiting, proposal.scheme)].reset_index(drop=True)
    return cards.assign(
        at=left,
        child_id=ids,
        incomplete=lacking.reindex(ids).to_numpy(dtype=bool),
        code=why.reindex(ids).to_numpy(),
    )


def _common(waiting: pd.DataFrame, scheme: Scheme) -> list[str]:
    return [name for name, rules in COMMON.items() if name in waiting and rules & set(scheme.rules)]


def _numbered(
    arrays: Workings, cards: pd.DataFrame, shown: list[str]
) -> tuple[np.ndarray, pd.DataFrame]:
    """The pocket of each uncovered child, and children and places of each pocket."""
    number = np.full(len(arrays.problem.children), -1)
    found = [one for one in pockets(arrays.problem, arrays.best) if len(one.helpers)]
    for k, one in enumerate(found):
        number[one.uncovered] = k
    pocket = number[cards["at"]]
    alone = pocket < 0
    same = ["code", *[name for name in PLACES if name in shown][:1]]
    groups = cards.loc[alone].groupby(same, dropna=False, sort=True).ngroup()
    pocket[alone] = len(found) + groups.to_numpy()
    sizes = pd.DataFrame(
        {"children": [len(one.children) for one in found], "places": [one.places for one in found]},
        dtype="int64",
    )
    return pocket, sizes.reindex(range(len(found) + groups.nunique()), fill_value=0)


def _commonest(cards: pd.DataFrame, name: str, of: pd.Series | None = None) -> pd.DataFrame:
    """The commonest code of each pocket, and the share of its uncovered children who have it."""
    count: dict[int, Counter[str]] = {pocket: Counter() for pocket in cards["pocket"].unique()}
    for pocket, cell in zip(cards["pocket"], cards[name], strict=True):
        if not pd.isna(cell):
            count[pocket].update(code for code in str(cell).split(";") if code)
    best = {
        pocket: min(codes.items(), key=lambda one: (-one[1], one[0])) if codes else (pd.NA, 0)
        for pocket, codes in count.items()
    }
    frame = pd.DataFrame({name: {pocket: code for pocket, (code, _) in best.items()}})
    if of is None:
        return frame
    share = pd.Series({pocket: many for pocket, (_, many) in best.items()}) / of
    return frame.assign(**{f"{name}_share": share})
