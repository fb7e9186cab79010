"""The hard rules: each says of every pair True, False or NA, where NA = a fact is unknown.

A rule takes a frame of pairs and the scheme and gives a boolean Series with the frame's
index. It reads only the columns it names. An unknown fact of helper or child never passes;
`reason_codes` says in a code why a pair does not pass, as each example shows.
Columns of several codes are text joined by ";", or categoricals of such text (quicker).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from carekit.pairing.schemes import Scheme

ADULT_AGE = 18

Rule = Callable[[pd.DataFrame, Scheme], pd.Series]


def kind(pairs: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """The helper is of a kind the scheme takes (M1). Reads: helper_kind.

    >>> from carekit.pairing import VOLUNTEER
    >>> answers = kind(pd.DataFrame({"helper_kind": ["volunteer", "teacher", None]}), VOLUNTEER)
    >>> answers.tolist(), reason_codes("kind", answers).tolist()
    ([True, False, <NA>], [<NA>, 'no_kind', 'kind_unknown'])
    """
    known = pairs["helper_kind"].notna()
    return _boolean(pairs["helper_kind"].isin(scheme.kinds), known)


def ready(pairs: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """The helper's papers are good on the day (P2). Reads: ready.

    >>> from carekit.pairing import VOLUNTEER
    >>> answers = ready(pd.DataFrame({"ready": [True, False, None]}), VOLUNTEER)
    >>> answers.tolist(), reason_codes("ready", answers).tolist()
    ([True, False, <NA>], [<NA>, 'no_ready', 'readiness_unknown'])
    """
    return pairs["ready"].astype("boolean")


def open_file(pairs: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """The helper's file is open on the day [design]. Reads: open.

    >>> from carekit.pairing import PEER
    >>> answers = open_file(pd.DataFrame({"open": [True, False, None]}), PEER)
    >>> answers.tolist(), reason_codes("open", answers).tolist()
    ([True, False, <NA>], [<NA>, 'no_open', 'open_unknown'])
    """
    return pairs["open"].astype("boolean")


def adult(pairs: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """The helper is 18 or older on the day [design]. Reads: helper_age (completed years).

    >>> from carekit.pairing import VOLUNTEER
    >>> answers = adult(pd.DataFrame({"helper_age": [18, 17, None]}), VOLUNTEER)
    >>> answers.tolist(), reason_codes("adult", answers).tolist()
    ([True, False, <NA>], [<NA>, 'no_adult', 'age_unknown'])
    """
    return pairs["helper_age"].astype("Int64").ge(ADULT_AGE)


def place(pairs: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """The helper has a place left (M1). Reads: places_left.

    >>> from carekit.pairing import VOLUNTEER
    >>> answers = place(pd.DataFrame({"places_left": [1, 0, None]}), VOLUNTEER)
    >>> answers.tolist(), reason_codes("place", answers).tolist()
    ([True, False, <NA>], [<NA>, 'no_place', 'places_unknown'])
    """
    return pairs["places_left"].astype("Int64").gt(0)


def language(pairs: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """Both speak a common dialect or language [design]. Reads: child_, helper_languages.

    >>> from carekit.pairing import VOLUNTEER
    >>> pairs = pd.DataFrame({"child_languages": ["hakka", "hakka", "hakka"],
    ...                       "helper_languages": ["mandarin;hakka", "miao", None]})
    >>> answers = language(pairs, VOLUNTEER)
    >>> answers.tolist(), reason_codes("language", answers).tolist()
    ([True, False, <NA>], [<NA>, 'no_language', 'languages_unknown'])
    """
    return _compare(pairs["child_languages"], pairs["helper_languages"], _share)


def free_time(pairs: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """Both are free at a common time [design]. Reads: child_, helper_free_times.

    >>> from carekit.pairing import VOLUNTEER
    >>> pairs = pd.DataFrame({"child_free_times": ["sunday_morning", "weekday_evening", None],
    ...                       "helper_free_times": "saturday_morning;sunday_morning"})
    >>> answers = free_time(pairs, VOLUNTEER)
    >>> answers.tolist(), reason_codes("free_time", answers).tolist()
    ([True, False, <NA>], [<NA>, 'no_free_time', 'free_times_unknown'])
    """
    return _compare(pairs["child_free_times"], pairs["helper_free_times"], _share)


def wish(pairs: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """The child's wish for a woman or a man; without a wish anyone will do [design].

    Reads: wish_sex, helper_sex.

    >>> from carekit.pairing import VOLUNTEER
    >>> pairs = pd.DataFrame({"wish_sex": [None, "female", "female"],
    ...                       "helper_sex": [None, "male", None]})
    >>> answers = wish(pairs, VOLUNTEER)
    >>> answers.tolist(), reason_codes("wish", answers).tolist()
    ([True, False, <NA>], [<NA>, 'no_wish', 'sex_unknown'])
    """
    return _compare(pairs["wish_sex"], pairs["helper_sex"], _wished)


def same_school(pairs: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """Both belong to one school (P3). Reads: child_, helper_school.

    >>> from carekit.pairing import TEACHER
    >>> pairs = pd.DataFrame({"child_school": ["S1", "S1", None],
    ...                       "helper_school": ["S1", "S2", "S1"]})
    >>> answers = same_school(pairs, TEACHER)
    >>> answers.tolist(), reason_codes("same_school", answers).tolist()
    ([True, False, <NA>], [<NA>, 'no_same_school', 'school_unknown'])
    """
    return _compare(pairs["child_school"], pairs["helper_school"], _same)


def near_class(pairs: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """Of the same grade of the same school: the same class or a neighbouring one (P4 [design]).

    Reads: child_, helper_school; child_, helper_grade.

    >>> from carekit.pairing import PEER
    >>> pairs = pd.DataFrame({"child_school": "S1", "helper_school": ["S1", "S1", "S2", "S1"],
    ...                       "child_grade": 3, "helper_grade": [3, 4, 3, None]})
    >>> answers = near_class(pairs, PEER)
    >>> answers.tolist(), reason_codes("near_class", answers).tolist()
    ([True, False, False, <NA>], [<NA>, 'no_near_class', 'no_near_class', 'class_unknown'])
    """
    same_grade = _compare(pairs["child_grade"], pairs["helper_grade"], _same)
    return same_school(pairs, scheme) & same_grade


def reach(pairs: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """Within the helper's reach, or in the same village [design].

    Reads: km (great-circle, empty when unknown), reach_km, child_village, helper_village.

    >>> from carekit.pairing import VOLUNTEER
    >>> pairs = pd.DataFrame({"km": [4.0, 4.0, None, 4.0], "reach_km": [5, 3, 5, 3],
    ...                       "child_village": ["V1"] * 4,
    ...                       "helper_village": ["V2", "V2", "V2", "V1"]})
    >>> answers = reach(pairs, VOLUNTEER)
    >>> answers.tolist(), reason_codes("reach", answers).tolist()
    ([True, False, <NA>, True], [<NA>, 'no_reach', 'distance_unknown', <NA>])
    """
    km = pairs["km"].to_numpy(dtype=float, na_value=np.nan)
    far = pairs["reach_km"].to_numpy(dtype=float, na_value=np.nan)
    same = same_village(pairs["child_village"], pairs["helper_village"])
    known = same | ~(np.isnan(km) | np.isnan(far))
    return _boolean(pd.Series(same | (km <= far), pairs.index), known)


# The order in which a reason is looked for: what only the helper can cure comes first.
HELPER_RULES: dict[str, Rule] = {
    "kind": kind,
    "open": open_file,
    "ready": ready,
    "adult": adult,
    "place": place,
}
PAIR_RULES: dict[str, Rule] = {
    "language": language,
    "free_time": free_time,
    "wish": wish,
    "same_school": same_school,
    "near_class": near_class,
    "reach": reach,
}
RULES: dict[str, Rule] = {**HELPER_RULES, **PAIR_RULES}

# The code of the reason when a rule could not be decided.
UNKNOWN = {
    "kind": "kind_unknown",
    "open": "open_unknown",
    "ready": "readiness_unknown",
    "adult": "age_unknown",
    "place": "places_unknown",
    "language": "languages_unknown",
    "free_time": "free_times_unknown",
    "wish": "sex_unknown",
    "same_school": "school_unknown",
    "near_class": "class_unknown",
    "reach": "distance_unknown",
}


def reason_codes(name: str, answers: pd.Series) -> pd.Series:
    """What is said of each pair a rule does not let pass; empty (NA) where it passes.

    name: of the rule. answers: what it gave. `no_<rule>` when the pair breaks it, `<fact>_unknown`
    (see `UNKNOWN`) when that cannot be told.

    >>> reason_codes("adult", pd.Series([True, False, None], dtype="boolean")).tolist()
    [<NA>, 'no_adult', 'age_unknown']
    """
    codes = pd.Series(UNKNOWN[name], answers.index, dtype="string").where(answers.isna())
    return codes.mask(~answers.fillna(True).astype(bool), f"no_{name}")


def helper_rules(scheme: Scheme) -> dict[str, Rule]:
    """The rules of a scheme that ask of the helper alone, in order.

    >>> from carekit.pairing import PEER
    >>> list(helper_rules(PEER))
    ['kind', 'open', 'place']
    """
    return {name: rule for name, rule in HELPER_RULES.items() if name in scheme.every_rule}


def pair_rules(scheme: Scheme) -> dict[str, Rule]:
    """The rules of a scheme that ask of both, in order.

    >>> from carekit.pairing import TEACHER
    >>> list(pair_rules(TEACHER))
    ['wish', 'same_school']
    """
    return {name: rule for name, rule in PAIR_RULES.items() if name in scheme.every_rule}


def same_village(one: pd.Series, other: pd.Series) -> np.ndarray:
    """Which pairs live in the same village; an unknown village is no one's.

    >>> same_village(pd.Series(["V1", None]), pd.Series(["V1", None])).tolist()
    [True, False]
    """
    if isinstance(one.dtype, pd.CategoricalDtype) and one.dtype == other.dtype:
        codes = one.cat.codes.to_numpy()
        return np.asarray((codes == other.cat.codes.to_numpy()) & (codes >= 0))
    one, other = one.astype("string"), other.astype("string")
    return np.asarray(one.eq(other).fillna(False), dtype=bool)


def _share(one: str | None, other: str | None) -> bool | None:
    if not one or not other:
        return None
    return not set(one.split(";")).isdisjoint(other.split(";"))


def _wished(wanted: str | None, sex: str | None) -> bool | None:
    if not wanted:
        return True
    return None if not sex else wanted == sex


def _same(one: object, other: object) -> bool | None:
    if pd.isna(one) or pd.isna(other):  # type: ignore[call-overload]
        return None
    return one == other


def _compare(
    one: pd.Series, other: pd.Series, test: Callable[[Any, Any], bool | None]
) -> pd.Series:
    # Millions of pairs, but few different cells: each combination is tested once.
    left, right = pd.Categorical(one), pd.Categorical(other)
    answers = {True: 1, False: 0, None: -1}
    table = np.array(
        [
            [answers[test(a, b)] for b in [*right.categories, None]]
            for a in [*left.categories, None]
        ],
        dtype=np.int8,
    )
    # An empty cell has the code -1: the last row or column.
    found = table[left.codes, right.codes]
    return _boolean(pd.Series(found == 1, one.index), found >= 0)


def _boolean(passes: pd.Series, known: Any) -> pd.Series:
    return passes.astype("boolean").where(known)
