"""What the rules need to know of children, helpers and pairs, in small columns.

Ids and codes become categoricals, so that millions of pairs take a few bytes each.
"""

from typing import Any

import numpy as np
import pandas as pd

from carekit import dates
from carekit.errors import BadInput

EARTH_KM = 6371.0088  # mean radius of the earth (IUGG)


def located(frame: pd.DataFrame, villages: pd.DataFrame) -> pd.DataFrame:
    """Children or helpers with where they live: + village (its name), longitude, latitude.

    Takes any frame with village_id and the table villages; columns of these names already
    there are replaced. An unknown village leaves them empty. Rows and index stay.

    >>> helpers = pd.DataFrame({"helper_id": ["H00001"], "village_id": ["V0001"]})
    >>> villages = pd.DataFrame({"village_id": ["V0001"], "name": ["Pine Hollow"],
    ...                          "longitude": [106.5], "latitude": [27.1]})
    >>> located(helpers, villages)
      helper_id village_id      village  longitude  latitude
    0    H00001      V0001  Pine Hollow      106.5      27.1
    """
    known = villages.set_index("village_id")
    found = known.reindex(frame["village_id"])
    return frame.assign(
        village=found["name"].array,
        longitude=found["longitude"].array,
        latitude=found["latitude"].array,
    )


def enrolled(frame: pd.DataFrame, classes: pd.DataFrame) -> pd.DataFrame:
    """Children or helpers with the school and grade of their class: + school_id, grade.

    Takes any frame with class_id and the table classes. A school_id already there stays where
    the class says none (a teacher without a class of the own). Rows and index stay.

    >>> helpers = pd.DataFrame({"helper_id": ["H00001", "H00002"], "class_id": ["K0001", None],
    ...                         "school_id": [None, "S002"]})
    >>> classes = pd.DataFrame({"class_id": ["K0001"], "school_id": ["S001"], "grade": [3]})
    >>> enrolled(helpers, classes)[["helper_id", "school_id", "grade"]]
      helper_id school_id  grade
    0    H00001      S001    3.0
    1    H00002      S002    NaN
    """
    found = classes.set_index("class_id").reindex(frame["class_id"])
    school = pd.Series(found["school_id"].array, frame.index)
    if "school_id" in frame:
        school = school.fillna(frame["school_id"])
    return frame.assign(school_id=school, grade=found["grade"].array)


def child_facts(waiting: pd.DataFrame) -> pd.DataFrame:
    """The facts of children the rules and costs read, ordered by child_id, index 0 ...

    Raises BadInput `ids_repeated` when a child comes twice or has no id.
    """
    frame = _ordered(waiting, "child_id")
    return pd.DataFrame(
        {
            "child_id": frame["child_id"],
            "tier": _numbers(frame, "tier"),
            "child_village": _cells(frame, "village_id"),
            "longitude": _numbers(frame, "longitude"),
            "latitude": _numbers(frame, "latitude"),
            "child_languages": _cells(frame, "languages").astype("category"),
            "child_free_times": _cells(frame, "free_times").astype("category"),
            "wish_sex": _cells(frame, "wish_sex").astype("category"),
            "needs": _cells(frame, "needs").astype("category"),
            "last_helper_id": _cells(frame, "last_helper_id"),
            "child_class": _cells(frame, "class_id"),
            "child_school": _cells(frame, "school_id"),
            "child_grade": _cells(frame, "grade", "Int64"),
        }
    )


def helper_facts(offers: pd.DataFrame, on: dates.Day) -> pd.DataFrame:
    """The facts of helpers the rules and costs read, ordered by helper_id, index 0 ...

    Raises BadInput `ids_repeated` when a helper comes twice or has no id.
    """
    frame = _ordered(offers, "helper_id")
    born = frame["birth_date"] if "birth_date" in frame else pd.Series(pd.NaT, frame.index)
    return pd.DataFrame(
        {
            "helper_id": frame["helper_id"],
            "helper_kind": _cells(frame, "kind").astype("category"),
            "ready": _cells(frame, "ready", "boolean"),
            "helper_age": dates.age(born, on),
            "places_left": _cells(frame, "places_left", "Int64"),
            "helper_village": _cells(frame, "village_id"),
            "longitude": _numbers(frame, "longitude"),
            "latitude": _numbers(frame, "latitude"),
            "reach_km": _numbers(frame, "reach_km"),
            "helper_languages": _cells(frame, "languages").astype("category"),
            "helper_free_times": _cells(frame, "free_times").astype("category"),
            "helper_sex": _cells(frame, "sex").astype("category"),
            "subjects": _cells(frame, "subjects").astype("category"),
            "open": _open(frame, on),
            "helper_class": _cells(frame, "class_id"),
            "helper_school": _cells(frame, "school_id"),
            "helper_grade": _cells(frame, "grade", "Int64"),
        }
    )


def shared_places(
    children: pd.DataFrame, helpers: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both frames of facts with villages, classes and schools as categoricals of one list."""
    for place in ("village", "class", "school"):
        here, there = f"child_{place}", f"helper_{place}"
        names = pd.concat([children[here], helpers[there]]).dropna().unique()
        listed = pd.CategoricalDtype(sorted(names))
        children = children.assign(**{here: children[here].astype(listed)})
        helpers = helpers.assign(**{there: helpers[there].astype(listed)})
    return children, helpers


# What the rules of pairs read of each side, see `rules`.
FACTS_READ = {
    "language": ("languages",),
    "free_time": ("free_times",),
    "wish": ("sex",),
    "same_school": ("school",),
    "near_class": ("school", "grade"),
    "reach": ("village",),
}


def pair_facts(
    children: pd.DataFrame,
    helpers: pd.DataFrame,
    i: np.ndarray,
    j: np.ndarray,
    rules: tuple[str, ...],
) -> pd.DataFrame:
    """A frame of pairs for some pair rules: child i[k] with helper j[k], and their km.

    km is empty when coordinates are unknown, but 0 within one village.
    """
    read = dict.fromkeys(fact for rule in rules for fact in FACTS_READ.get(rule, ()))
    columns: dict[str, Any] = {}
    for fact in read:
        mine = "wish_sex" if fact == "sex" else f"child_{fact}"
        columns[mine] = children[mine].array.take(i)
        columns[f"helper_{fact}"] = helpers[f"helper_{fact}"].array.take(j)
    if "reach" in rules:
        columns["reach_km"] = helpers["reach_km"].array.take(j)
    columns["km"] = kilometres(children, helpers, i, j)
    return pd.DataFrame(columns)


def kilometres(
    children: pd.DataFrame, helpers: pd.DataFrame, i: np.ndarray, j: np.ndarray
) -> np.ndarray:
    """Great-circle km between children i and helpers j (haversine); NaN = unknown."""
    east, north = (np.radians(children[name].to_numpy()) for name in ("longitude", "latitude"))
    to_east, to_north = (np.radians(helpers[name].to_numpy()) for name in ("longitude", "latitude"))
    half = (
        np.sin((to_north[j] - north[i]) / 2) ** 2
        + np.cos(north)[i] * np.cos(to_north)[j] * np.sin((to_east[j] - east[i]) / 2) ** 2
    )
    km = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    village = children["child_village"].cat.codes.to_numpy()[i]
    same = (village >= 0) & (village == helpers["helper_village"].cat.codes.to_numpy()[j])
    return np.where(np.isnan(km) & same, 0.0, km)


def _open(frame: pd.DataFrame, on: dates.Day) -> pd.Series:
    """Whether each file is open on the day; a frame that does not say holds open files only."""
    if "closed_on" not in frame:
        return pd.Series(True, frame.index, dtype="boolean")
    shut = pd.to_datetime(frame["closed_on"]) <= pd.Timestamp(dates.day(on))
    return (~shut).astype("boolean")


def _ordered(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    if frame[key].isna().any() or frame[key].duplicated().any():
        raise BadInput("ids_repeated", column=key)
    ordered = frame.assign(**{key: frame[key].astype("string")}).sort_values(key)
    return ordered.reset_index(drop=True)


def _cells(frame: pd.DataFrame, name: str, dtype: Any = "string") -> pd.Series:
    # A column that is not there is a fact nobody knows.
    if name not in frame:
        return pd.Series(pd.NA, frame.index, dtype=dtype)
    return frame[name].astype(dtype)


def _numbers(frame: pd.DataFrame, name: str) -> pd.Series:
    numbers = _cells(frame, name, "Float64")
    return pd.Series(numbers.to_numpy(dtype=float, na_value=np.nan), frame.index)
