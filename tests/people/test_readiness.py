import pandas as pd
import pytest

from carekit import people, tables

DAY = "2026-03-02"
PAPERS = {
    "records_check": {"day": "2025-09-01"},
    "training": {"day": "2025-09-06", "hours": 2.0},
    "commitment": {"day": "2025-09-06"},
}


def blocked(papers, closed_on=None, on=DAY):
    helpers = tables.typed(
        "helpers", pd.DataFrame([{"helper_id": "H00001", "closed_on": closed_on}])
    )
    rows = [
        {"helper_id": "H00001", "kind": kind, **facts}
        for kind, given in papers.items()
        for facts in (given if isinstance(given, list) else [given])
    ]
    trainings = tables.typed("trainings", pd.DataFrame(rows))
    found = people.readiness(helpers, trainings, on).iloc[0]
    assert found["ready"] == (found["blocked_by"] == "")
    return found["blocked_by"]


def test_ready_with_all_papers():
    assert blocked(PAPERS) == ""


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"records_check": []}, "records_check_missing"),
        ({"records_check": {"day": "2026-03-03"}}, "records_check_missing"),
        ({"records_check": {"day": "2025-03-02"}}, "records_check_expired"),
        ({"records_check": {"day": "2025-03-03"}}, ""),
        ({"records_check": {"day": "2026-03-02"}}, ""),
        ({"records_check": {"day": "2025-09-01", "until": "2026-03-02"}}, "records_check_expired"),
        ({"records_check": {"day": "2025-09-01", "until": "2026-03-03"}}, ""),
        ({"records_check": {"day": "2024-09-01", "until": "2027-01-01"}}, "records_check_expired"),
        ({"records_check": [{"day": "2024-09-01"}, {"day": "2025-09-01"}]}, ""),
        ({"training": []}, "training_missing"),
        ({"training": {"day": "2026-03-03", "hours": 2}}, "training_missing"),
        ({"training": {"day": "2025-09-01", "hours": 1.5}}, "training_short"),
        ({"training": {"day": "2025-09-01", "hours": None}}, "training_short"),
        ({"training": {"day": "2025-09-01", "hours": 3, "until": DAY}}, "training_missing"),
        (
            {"training": [{"day": "2025-09-01", "hours": 1}, {"day": "2025-09-08", "hours": 1}]},
            "",
        ),
        ({"commitment": []}, "commitment_missing"),
        ({"commitment": {"day": "2025-09-01", "until": DAY}}, "commitment_missing"),
    ],
)
def test_each_paper(change, code):
    assert blocked({**PAPERS, **change}) == code


def test_closed_from_its_first_day():
    assert blocked(PAPERS, closed_on="2026-03-02") == "closed"
    assert blocked(PAPERS, closed_on="2026-03-03") == ""


def test_nobody_has_any_papers():
    assert blocked({}) == "records_check_missing;training_missing;commitment_missing"


def test_papers_of_others_do_not_count():
    helpers = tables.typed("helpers", pd.DataFrame({"helper_id": ["H00001", "H00002"]}))
    trainings = tables.typed(
        "trainings",
        pd.DataFrame([{"helper_id": "H00001", "kind": k, **f} for k, f in PAPERS.items()]),
    )
    assert people.readiness(helpers, trainings, DAY)["ready"].tolist() == [True, False]
