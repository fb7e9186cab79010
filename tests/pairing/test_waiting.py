import pandas as pd
import pytest

from carekit import pairing, tables

from .frames import DAY

SINCE = "2025-09-01"


def kids(*rows: dict) -> pd.DataFrame:
    return tables.typed("children", pd.DataFrame(rows))


def adults(*rows: dict) -> pd.DataFrame:
    frame = tables.typed("helpers", pd.DataFrame(rows))
    return frame.assign(ready=pd.array([row.get("ready", True) for row in rows], "boolean"))


def pairs(*rows: tuple) -> pd.DataFrame:
    names = ["scheme", "child_id", "helper_id", "since", "until"]
    frame = pd.DataFrame(rows, columns=names)
    ids = [f"P{i:06d}" for i in range(len(frame))]
    return tables.typed("pairings", frame.assign(pairing_id=ids))


@pytest.mark.parametrize(
    ("since", "until", "active"),
    [
        (DAY, None, True),
        ("2026-03-03", None, False),
        (SINCE, DAY, False),
        (SINCE, "2026-03-03", True),
    ],
)
def test_a_child_waits_unless_a_pairing_is_active_on_the_day(
    since: str, until: str | None, active: bool
) -> None:
    past = pairs(("volunteer", "C00001", "H00001", since, until))
    waits = pairing.waiting(kids({"child_id": "C00001"}), past, pairing.VOLUNTEER, on=DAY)
    assert waits.empty == active
    offer = pairing.offers(
        adults({"helper_id": "H00001", "places": 2}), past, pairing.VOLUNTEER, on=DAY
    )
    assert offer["places_left"].tolist() == [1 if active else 2]


def test_other_schemes_and_closed_files() -> None:
    past = pairs(("teacher", "C00001", "H00001", SINCE, None))
    children = kids(
        {"child_id": "C00001"},
        {"child_id": "C00002", "closed_on": DAY},
        {"child_id": "C00003", "closed_on": "2026-03-03"},
    )
    waits = pairing.waiting(children, past, pairing.VOLUNTEER, on=DAY)
    assert waits["child_id"].tolist() == ["C00001", "C00003"]
    assert waits["last_helper_id"].isna().all()


def test_the_last_helper_is_the_latest_of_the_scheme_by_the_day() -> None:
    past = pairs(
        ("volunteer", "C00001", "H00002", "2025-05-01", "2025-09-01"),
        ("volunteer", "C00001", "H00001", "2024-05-01", "2025-05-01"),
        ("volunteer", "C00001", "H00003", "2026-05-01", None),
        ("teacher", "C00001", "H00004", "2025-10-01", None),
    )
    waits = pairing.waiting(kids({"child_id": "C00001"}), past, pairing.VOLUNTEER, on=DAY)
    assert waits["last_helper_id"].tolist() == ["H00002"]


def test_places_are_capped_by_the_scheme_and_by_what_is_offered() -> None:
    helpers = adults(
        {"helper_id": "H00001", "places": 5},
        {"helper_id": "H00002", "places": 2},
        {"helper_id": "H00003", "places": 1},
        {"helper_id": "H00004", "places": None},
        {"helper_id": "H00005", "places": 2, "ready": False},
        {"helper_id": "H00006", "places": 2, "ready": None},
    )
    past = pairs(
        ("teacher", "C00001", "H00001", SINCE, None),
        ("teacher", "C00001", "H00002", SINCE, None),
        ("volunteer", "C00002", "H00003", SINCE, None),
        ("volunteer", "C00003", "H00003", SINCE, None),
    )
    offer = pairing.offers(helpers, past, pairing.VOLUNTEER, on=DAY)
    assert offer["places_left"].tolist() == [2, 1, 0, pd.NA, 0, 0]
    assert len(offer) == len(helpers)


def test_no_pairings_and_no_people() -> None:
    none = tables.empty("pairings")
    waits = pairing.waiting(tables.empty("children"), none, pairing.VOLUNTEER, on=DAY)
    assert waits.empty and {"tier", "reasons", "last_helper_id"} <= set(waits.columns)
    ready = tables.empty("helpers").assign(ready=pd.array([], "boolean"))
    assert "places_left" in pairing.offers(ready, none, pairing.VOLUNTEER, on=DAY)
    proposal = pairing.propose(
        waits, pairing.offers(ready, none, pairing.VOLUNTEER, on=DAY), pairing.VOLUNTEER, on=DAY
    )
    assert proposal.pairs.empty
