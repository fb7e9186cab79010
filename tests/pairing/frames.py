"""Small frames of children and helpers; everything fits unless a test says otherwise."""

from typing import Any

import numpy as np
import pandas as pd

DAY = "2026-03-02"
TIMES = np.array(["weekday_afternoon", "weekday_evening", "saturday_morning"])
LANGUAGES = np.array(["mandarin", "hakka", "gan"])
NEEDS = np.array(["chinese", "english", "sports", "companionship", "safety"])


def child(number: int, **facts: Any) -> dict[str, Any]:
    return {
        "child_id": f"C{number:05d}",
        "tier": 3,
        "village_id": "V0001",
        "longitude": 106.5,
        "latitude": 27.1,
        "languages": "hakka",
        "free_times": "saturday_morning",
        "needs": None,
        "wish_sex": None,
        "last_helper_id": None,
        "class_id": "K0001",
        "school_id": "S001",
        "grade": 3,
        "reasons": None,
        **facts,
    }


def helper(number: int, **facts: Any) -> dict[str, Any]:
    return {
        "helper_id": f"H{number:05d}",
        "kind": "volunteer",
        "ready": True,
        "birth_date": pd.Timestamp("1990-05-01"),
        "places_left": 1,
        "village_id": "V0002",
        "longitude": 106.5,
        "latitude": 27.1 + 1 / 111.195,  # one kilometre north
        "languages": "hakka",
        "free_times": "saturday_morning",
        "subjects": None,
        "sex": "female",
        "reach_km": 5,
        "class_id": None,
        "school_id": "S001",
        "grade": None,
        "closed_on": None,
        "has": 0,
        **facts,
    }


def teacher(number: int, **facts: Any) -> dict[str, Any]:
    return helper(number, **{"kind": "teacher", **facts})


def peer(number: int, **facts: Any) -> dict[str, Any]:
    """A pupil of another class of the same grade, without papers."""
    young = {"kind": "peer", "ready": None, "birth_date": None, "class_id": "K0002", "grade": 3}
    return helper(number, **(young | facts))


def children(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(child(0)))


def helpers(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(helper(0)))


def enrol(seed: int, *people: pd.DataFrame) -> list[pd.DataFrame]:
    """The people spread over two schools of four classes, one of twelve in none or of none."""
    rng = np.random.default_rng(1_000 + seed)
    out = []
    for frame in people:
        place = rng.integers(0, 8, len(frame))
        lost = rng.random(len(frame)) < 1 / 12
        facts = {
            "class_id": [f"K{k:04d}" for k in place],
            "school_id": [f"S{k // 4:03d}" for k in place],
            "grade": place // 2 % 2 + 3,
        }
        for name, cells in facts.items():
            # Somebody without a class may still have a school, and the other way round.
            gone = lost & (rng.random(len(frame)) < 2 / 3)
            frame = frame.assign(**{name: pd.Series(cells, dtype=object).mask(gone, None)})
        out.append(frame)
    return out


def town(seed: int, n: int = 12, h: int = 8) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A random town: a few villages, too few places, unknown facts here and there."""
    rng = np.random.default_rng(seed)
    where = pd.DataFrame(
        {
            "longitude": 106.5 + rng.uniform(-0.05, 0.05, 4),
            "latitude": 27.1 + rng.uniform(-0.05, 0.05, 4),
        }
    )
    where.loc[3] = np.nan

    def some(pool: np.ndarray, empty: float = 0.05) -> str | None:
        if rng.random() < empty:
            return None
        return ";".join(rng.choice(pool, rng.integers(1, 3), replace=False))

    def home() -> dict[str, Any]:
        v = int(rng.integers(0, 4))
        return {"village_id": f"V{v:04d}", **where.loc[v].to_dict()}

    wishes = [None, None, "female", "male"]
    kids = [
        child(
            i,
            **home(),
            tier=int(rng.integers(1, 4)),
            languages=some(LANGUAGES),
            free_times=some(TIMES),
            needs=some(NEEDS, 0.3),
            wish_sex=wishes[rng.integers(4)],
            last_helper_id=f"H{rng.integers(h):05d}" if rng.random() < 0.2 else None,
        )
        for i in range(n)
    ]
    adults = [
        helper(
            i,
            **home(),
            ready=bool(rng.random() < 0.9),
            kind=str(rng.choice(["volunteer", "caring_parent", "teacher"], p=[0.7, 0.2, 0.1])),
            places_left=int(rng.integers(0, 3)),
            languages=some(LANGUAGES),
            free_times=some(TIMES),
            subjects=some(NEEDS, 0.3),
            sex=[None, "female", "male"][rng.choice(3, p=[0.1, 0.6, 0.3])],
            reach_km=int(rng.integers(1, 12)),
        )
        for i in range(h)
    ]
    return children(*kids), helpers(*adults)
