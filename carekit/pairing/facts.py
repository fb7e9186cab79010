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
        }
    )


def shared_villages(
    children: pd.DataFrame, helpers: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both frames of facts with their villages as categoricals of one list."""
    names = pd.concat([children["child_village"], helpers["helper_village"]]).dropna().unique()
    listed = pd.CategoricalDtype(sorted(names))
    return (
        children.assign(child_village=children["child_village"].astype(listed)),
        helpers.assign(helper_village=helpers["helper_village"].astype(listed)),
    )


PAIR_FACTS = ("child_village", "child_languages", "child_free_times", "wish_sex")
HELPER_FACTS = ("helper_village", "helper_languages", "helper_free_times", "helper_sex", "reach_km")


def pair_facts(
    children: pd.DataFrame, helpers: pd.DataFrame, i: np.ndarray, j: np.ndarray
) -> pd.DataFrame:
    """A frame of pairs for the pair rules: child i[k] with helper j[k], and their km.

    km is empty when coordinates are unknown, but 0 within one village.
    """
    columns: dict[str, Any] = {name: children[name].array.take(i) for name in PAIR_FACTS}
    columns |= {name: helpers[name].array.take(j) for name in HELPER_FACTS}
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
