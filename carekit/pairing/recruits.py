"""Whom to recruit: the fewest kinds of people who would serve the children left without.

Profiles are drawn from the children themselves: where one of them lives (or goes to school), a
language, a free time, a wish. The profile that fits the most of them is taken first, as often as
it fills whole helpers, and so on (greedy cover).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from carekit.pairing.candidates import candidates
from carekit.pairing.facts import child_facts, pair_facts, shared_places
from carekit.pairing.proposal import Proposal, workings_of
from carekit.pairing.rules import ADULT_AGE, pair_rules
from carekit.pairing.schemes import NEAR, PUPIL, Scheme
from carekit.pairing.shortages import incomplete

PLACE = ("child_village", "longitude", "latitude", "child_school", "child_grade")
REACH = 5.0  # km a recruit would go, where no helper has said how far [design]
GROWN = ADULT_AGE + 12  # years: a grown-up; nobody asks how old


@dataclass(frozen=True, eq=False)
class _Wanted:
    """Children left without, and which profile fits whom.

    facts: their rows; place: the place of each; near: places x places; want: children x kinds;
    kinds: language, free time, sex of each kind.
    """

    facts: pd.DataFrame
    place: np.ndarray
    near: np.ndarray
    want: np.ndarray
    kinds: list[tuple[str | None, str | None, str | None]]


def recruits(proposal: Proposal) -> pd.DataFrame:
    """People to recruit who, added to the offers, serve exactly `promised` more children (M1).

    Gives rows like `offers`: helper_id
    (invented: N00001 ...), kind, ready, birth_date, languages, free_times, subjects, sex (empty
    where nobody wishes), village_id, longitude, latitude, school_id, grade, reach_km (the middle
    of what helpers offer), has, places_left; and promised (= places_left) and child_ids (whom,
    joined by ";"). Children whose own card is incomplete are in none, see `shortages`.

    Exactly: at least, for each of these children passes every rule with its recruit (asked again
    here) while all others keep theirs; at most, for there are no more places than that.

    >>> from carekit.pairing import VOLUNTEER, propose
    >>> waiting = pd.DataFrame({"child_id": ["C00001", "C00002", "C00003"], "tier": [3, 1, 2],
    ...     "village_id": "V0001", "languages": ["hakka", "hakka", "hakka;gan"],
    ...     "free_times": "sunday_morning", "wish_sex": [None, "female", None]})
    >>> offers = pd.DataFrame({"helper_id": ["H00001"], "kind": "volunteer", "ready": True,
    ...     "birth_date": "1990-01-01", "places_left": 1, "village_id": "V0001", "sex": "female",
    ...     "languages": "hakka", "free_times": "sunday_morning"})
    >>> proposal = propose(waiting, offers, VOLUNTEER, on="2026-03-02")
    >>> wanted = recruits(proposal)
    >>> wanted[["helper_id", "languages", "free_times", "places_left", "promised"]]
      helper_id languages      free_times  places_left  promised
    0    N00001     hakka  sunday_morning            2         2
    >>> more = pd.concat([offers, wanted])
    >>> len(propose(waiting, more, VOLUNTEER, on="2026-03-02").pairs) - len(proposal.pairs)
    2
    """
    arrays = workings_of(proposal)
    waiting, offers = arrays.waiting, arrays.offers
    left = arrays.problem.children[arrays.best < 0]
    rows = waiting[waiting["child_id"].isin(left)]
    facts = child_facts(rows)
    facts = facts[~incomplete(facts, proposal.scheme)].reset_index(drop=True)
    wanted = _wanted(facts, proposal.scheme, _reach(offers))
    chosen = _covered(wanted, proposal.scheme.most)
    frame = _rows(wanted, chosen, proposal, offers)
    return _kept(frame, rows, proposal)


def _reach(offers: pd.DataFrame) -> float:
    if "reach_km" not in offers:
        return REACH
    middle = offers["reach_km"].astype("Float64").median()
    return REACH if pd.isna(middle) else float(middle)


def _wanted(facts: pd.DataFrame, scheme: Scheme, reach: float) -> _Wanted:
    asked = set(scheme.rules)
    where = list(PLACE[:3]) if "reach" in asked else []
    where += ["child_school"] if asked & {"same_school", "near_class"} else []
    where += ["child_grade"] if "near_class" in asked else []
    place = facts.groupby(where, dropna=False, sort=True).ngroup().to_numpy()
    first = facts.iloc[np.unique(place, return_index=True)[1]].reset_index(drop=True)
    kinds, want = _kinds(facts, asked)
    return _Wanted(facts, place, _near(first, scheme, reach), want, kinds)


def _near(first: pd.DataFrame, scheme: Scheme, reach: float) -> np.ndarray:
    """Whether a helper who lives at the one place may take children at the other."""
    there = first.rename(columns=lambda name: name.replace("child_", "helper_"))
    here, there = shared_places(first, there.assign(reach_km=reach))
    n = len(first)
    rules = {name: rule for name, rule in pair_rules(scheme).items() if name in NEAR}
    there_, here_ = (each.ravel() for each in np.indices((n, n)))
    pairs = pair_facts(here, there, here_, there_, tuple(rules))
    near = np.ones(n * n, dtype=bool)
    for rule in rules.values():
        near &= rule(pairs, scheme).to_numpy(dtype=bool, na_value=False)
    return near.reshape(n, n)


def _kinds(
    facts: pd.DataFrame, asked: set[str]
) -> tuple[list[tuple[str | None, str | None, str | None]], np.ndarray]:
    """Every language x free time x sex the children name, and which kinds fit each child."""
    axes, fits = [], []
    for rule, name in (("language", "child_languages"), ("free_time", "child_free_times")):
        said = facts[name].astype("string").fillna("")
        codes = sorted({code for cell in said.unique() for code in cell.split(";") if code})
        used = codes if rule in asked else [None]
        axes.append(used)
        each = {
            cell: [code is None or code in cell.split(";") for code in used]
            for cell in said.unique()
        }
        fits.append(np.array([each[cell] for cell in said], bool).reshape(len(facts), len(used)))
    wishes = facts["wish_sex"].astype("string")
    wishes = wishes.mask(wishes.eq(""))
    sexes = sorted(wishes.dropna().unique()) if "wish" in asked else []
    axes.append(sexes or [None])
    free = (wishes.isna() | ("wish" not in asked)).to_numpy(dtype=bool)
    agreed = [(wishes == sex).to_numpy(dtype=bool, na_value=False) for sex in sexes]
    fits.append(np.array([free | each for each in agreed] or [free]).T)
    speaks, has_time, wishes_for = fits
    want = (
        speaks[:, :, None, None] & has_time[:, None, :, None] & wishes_for[:, None, None, :]
    ).reshape(len(facts), len(axes[0]) * len(axes[1]) * len(axes[2]))
    return [(a, b, c) for a in axes[0] for b in axes[1] for c in axes[2]], want


def _covered(wanted: _Wanted, most: int) -> list[tuple[int, int, np.ndarray]]:
    """Place, kind and children of each recruit."""
    place, near, want = wanted.place, wanted.near, wanted.want
    waits = np.ones(len(place), dtype=bool)
    there = np.zeros((len(near), want.shape[1]), dtype=np.int64)
    np.add.at(there, place, want)
    count = np.rint(near.astype(float) @ there).astype(np.int64)
    chosen = []
    while count.size and count.max() > 0:
        p, k = divmod(int(count.argmax()), want.shape[1])
        fits = np.flatnonzero(waits & near[p, place] & want[:, k])
        fits = fits[np.argsort(place[fits] != p, kind="stable")]
        # Whole helpers first: the rest may be served together with others.
        taken = fits[: max(len(fits) // most * most, min(len(fits), most))]
        chosen += [(p, k, taken[at : at + most]) for at in range(0, len(taken), most)]
        waits[taken] = False
        for at in np.unique(place[taken]):
            lost = want[taken[place[taken] == at]].sum(axis=0)
            count[near[:, at]] -= lost
    return chosen


def _rows(
    wanted: _Wanted,
    chosen: list[tuple[int, int, np.ndarray]],
    proposal: Proposal,
    offers: pd.DataFrame,
) -> pd.DataFrame:
    facts, scheme = wanted.facts, proposal.scheme
    at = np.unique(wanted.place, return_index=True)[1]
    homes = facts.iloc[at[[p for p, _, _ in chosen]] if chosen else []].reset_index(drop=True)
    kinds = [wanted.kinds[k] for _, k, _ in chosen]
    mine = [facts.iloc[who] for _, _, who in chosen]
    far = "reach" in scheme.rules
    near_school = {"same_school", "near_class"} & set(scheme.rules)
    born = pd.Timestamp(proposal.on) - pd.DateOffset(years=GROWN)
    grown = scheme.kinds[0] != PUPIL
    frame = pd.DataFrame(
        {
            "helper_id": _free_ids(len(chosen), offers),
            "kind": scheme.kinds[0],
            "ready": True,
            "birth_date": born if grown else pd.NaT,
            "languages": [language for language, _, _ in kinds],
            "free_times": [time for _, time, _ in kinds],
            "subjects": [_joined(each["needs"]) for each in mine],
            # Only who is wished for by one of the children has to be a woman or a man.
            "sex": [
                kind[2] if each["wish_sex"].notna().any() else None
                for kind, each in zip(kinds, mine, strict=True)
            ],
            "village_id": homes["child_village"] if far else None,
            "longitude": homes["longitude"] if far else None,
            "latitude": homes["latitude"] if far else None,
            "school_id": homes["child_school"] if near_school else None,
            "grade": homes["child_grade"] if "near_class" in scheme.rules else None,
            "reach_km": _reach(offers),
            "has": 0,
            "places_left": [len(each) for each in mine],
            "promised": [len(each) for each in mine],
            "child_ids": [";".join(each["child_id"]) for each in mine],
        }
    )
    text = ["helper_id", "kind", "languages", "free_times", "subjects", "sex", "village_id"]
    return frame.astype(
        dict.fromkeys([*text, "school_id", "child_ids"], "string")
        | {"ready": "boolean", "has": "Int64", "places_left": "Int64", "promised": "Int64"}
        | {"birth_date": "datetime64[us]", "grade": "Int64"}
    )


def _free_ids(count: int, offers: pd.DataFrame) -> list[str]:
    """Ids of recruits, none of them of somebody who is there already."""
    taken = set(offers["helper_id"].astype("string"))
    ids = (f"N{number:05d}" for number in range(1, count + len(taken) + 1))
    return [name for name in ids if name not in taken][:count]


def _joined(needs: pd.Series) -> str | None:
    said = {code for cell in needs.dropna() for code in str(cell).split(";") if code}
    return ";".join(sorted(said)) or None


def _kept(frame: pd.DataFrame, rows: pd.DataFrame, proposal: Proposal) -> pd.DataFrame:
    """Only what the rules themselves allow is promised."""
    each = frame["child_ids"].str.split(";").explode()
    promised = pd.DataFrame({"child_id": each, "helper_id": frame["helper_id"].reindex(each.index)})
    asked = rows[rows["child_id"].isin(promised["child_id"])]
    found = candidates(asked, frame, proposal.scheme, on=proposal.on)
    found = found[["child_id", "helper_id"]].astype("string")
    held = promised.astype("string").merge(found)
    whom = held.groupby("helper_id")["child_id"].agg([";".join, "size"])
    whom = whom.reindex(frame["helper_id"])
    count = whom["size"].fillna(0).astype("Int64").to_numpy()
    kept = frame.assign(child_ids=whom["join"].to_numpy(), places_left=count, promised=count)
    return kept[kept["promised"] > 0].reset_index(drop=True)
