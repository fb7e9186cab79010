import pandas as pd
import pytest

from carekit import pairing, tables

from .frames import DAY, child, helper
from .frames import children as frame_of_children
from .frames import helpers as frame_of_helpers

KIDS = tables.typed(
    "children",
    pd.DataFrame({"child_id": ["C00001", "C00002", "C00003"], "closed_on": [None, None, DAY]}),
)
ADULT = {"kind": "volunteer", "birth_date": "1990-05-01", "places": 2}
ADULTS = tables.typed(
    "helpers",
    pd.DataFrame(
        [
            {"helper_id": "H00001", **ADULT},
            {"helper_id": "H00002", **ADULT, "birth_date": "2008-03-03"},
            {"helper_id": "H00003", **ADULT, "closed_on": DAY},
            {"helper_id": "H00004", **ADULT, "kind": "teacher"},
            {"helper_id": "H00005", **ADULT},
            {"helper_id": "H00006", **ADULT, "places": 1},
            {"helper_id": "H00007", **ADULT, "birth_date": None},
            {"helper_id": "H00008", **ADULT, "places": None},
            {"helper_id": "H00010", **ADULT, "kind": "peer", "birth_date": "2015-05-01"},
            {"helper_id": "H00011", **ADULT, "kind": "teacher"},
            {"helper_id": "H00012", **ADULT, "kind": "teacher", "birth_date": None},
            {"helper_id": "H00013", **ADULT, "kind": "teacher", "places": 9},
        ]
    ),
)
PAPERS = tables.typed(
    "trainings",
    pd.DataFrame(
        [
            {"helper_id": one, "kind": kind, "day": "2025-06-01", "hours": 2.0}
            for one in ADULTS["helper_id"]
            if one not in ("H00005", "H00010", "H00011")
            for kind in ("records_check", "training", "commitment")
        ]
    ),
)


def rows(*facts: tuple) -> pd.DataFrame:
    names = ["child_id", "helper_id", "since", "until", "pairing_id", "scheme"]
    full = [(*f, *(None, None, None, "volunteer")[len(f) - 2 :]) for f in facts]
    frame = pd.DataFrame(full, columns=names)
    frame["since"] = frame["since"].fillna(DAY)
    return tables.typed("pairings", frame)


def faults(new: pd.DataFrame, old: pd.DataFrame | None = None) -> list[tuple[int, str]]:
    old = tables.empty("pairings") if old is None else old
    found = pairing.violations(new, KIDS, ADULTS, PAPERS, old)
    return list(zip(found["row"], found["code"], strict=True))


def test_what_may_be_written() -> None:
    assert faults(rows(("C00001", "H00001"), ("C00002", "H00001"))) == []
    assert faults(tables.empty("pairings")) == []


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        (("C00009", "H00001"), "child_not_found"),
        (("C00003", "H00001"), "child_closed"),
        (("C00001", "H00009"), "helper_not_found"),
        (("C00001", "H00003"), "helper_closed"),
        (("C00001", "H00005"), "helper_not_ready"),
        (("C00001", "H00001", "2026-06-01"), "helper_not_ready"),  # the check is a year old
        (("C00001", "H00002"), "helper_not_adult"),
        (("C00001", "H00007"), "helper_not_adult"),
        (("C00001", "H00004"), "helper_kind_wrong"),
        (("C00001", "H00008"), "places_exceeded"),
        (("C00001", "H00001", DAY, DAY), "dates_reversed"),
        (("C00001", "H00001", DAY, None, None, "one_to_one"), "scheme_not_open"),
        (("C00001", "H00001", DAY, None, None, "official"), "scheme_not_open"),
        (("C00001", "H00001", DAY, None, None, "teacher"), "helper_kind_wrong"),
        (("C00001", "H00001", DAY, None, None, "peer"), "helper_kind_wrong"),
        (("C00001", "H00009", DAY, None, None, "peer"), "helper_not_found"),
        (("C00001", "H00011", DAY, None, None, "teacher"), "helper_not_ready"),
        (("C00001", "H00012", DAY, None, None, "teacher"), "helper_not_adult"),
    ],
)
def test_what_forbids_a_pairing(fact: tuple, code: str) -> None:
    assert faults(rows(fact)) == [(0, code)]


def paired(child: str, helper: str, scheme: str) -> tuple:
    return (child, helper, DAY, None, None, scheme)


def test_teachers_and_pupils_may_be_written() -> None:
    new = rows(paired("C00001", "H00013", "teacher"), paired("C00001", "H00010", "peer"))
    assert faults(new) == []  # a pupil needs no papers and is no adult


def test_each_scheme_has_its_own_most() -> None:
    four = [f"C{k:05d}" for k in range(4, 8)]
    kids = pd.concat([KIDS, tables.typed("children", pd.DataFrame({"child_id": four}))])
    adults = ADULTS.assign(places=9)
    for scheme, one, most in (("teacher", "H00013", 3), ("peer", "H00010", 1)):
        for count, found in ((most, 0), (most + 1, most + 1)):
            new = rows(*(paired(kid, one, scheme) for kid in four[:count]))
            wrong = pairing.violations(new, kids, adults, PAPERS, tables.empty("pairings"))
            assert wrong["code"].tolist() == ["places_exceeded"] * found


def test_the_schemes_of_the_branch_are_what_counts() -> None:
    own = pairing.Scheme("official", kinds=("teacher",), most=1)
    new = rows(paired("C00001", "H00013", "official"), paired("C00002", "H00013", "official"))
    mine = {**pairing.SCHEMES, "official": own}
    found = pairing.violations(new, KIDS, ADULTS, PAPERS, tables.empty("pairings"), mine)
    assert found["code"].unique().tolist() == ["places_exceeded"]
    one = pairing.violations(new.iloc[:1], KIDS, ADULTS, PAPERS, tables.empty("pairings"), mine)
    assert one.empty


def test_the_day_after_the_birthday_a_helper_is_adult() -> None:
    assert faults(rows(("C00001", "H00002", "2026-03-03"))) == []


def test_one_active_pairing_a_child() -> None:
    two = rows(("C00001", "H00001"), ("C00001", "H00006"))
    assert faults(two) == [(0, "child_already_paired"), (1, "child_already_paired")]
    old = rows(("C00001", "H00006", "2025-09-01", "2026-03-03", "P000001"))
    assert faults(rows(("C00001", "H00001")), old) == [(0, "child_already_paired")]
    assert faults(rows(("C00001", "H00001", "2026-03-03")), old) == []
    later = rows(("C00001", "H00006", "2026-05-01", None, "P000001"))
    assert faults(rows(("C00001", "H00001")), later) == [(0, "child_already_paired")]
    assert faults(rows(("C00001", "H00001", DAY, "2026-05-01")), later) == []


def test_places_on_the_busiest_day() -> None:
    one = rows(("C00001", "H00006", "2025-09-01", None, "P000001"))
    assert faults(rows(("C00002", "H00006")), one) == [(0, "places_exceeded")]
    ended = rows(("C00001", "H00006", "2025-09-01", DAY, "P000001"))
    assert faults(rows(("C00002", "H00006")), ended) == []
    later = rows(("C00001", "H00006", "2026-04-01", None, "P000001"))
    assert faults(rows(("C00002", "H00006")), later) == [(0, "places_exceeded")]
    assert faults(rows(("C00002", "H00006", DAY, "2026-04-01")), later) == []


def test_the_scheme_caps_what_a_helper_offers() -> None:
    three = pd.concat([KIDS, KIDS.assign(child_id=["C00004", "C00005", "C00006"])])
    many = ADULTS.assign(places=9)
    new = rows(("C00001", "H00001"), ("C00002", "H00001"), ("C00004", "H00001"))
    found = pairing.violations(new, three, many, PAPERS, tables.empty("pairings"))
    assert found["code"].unique().tolist() == ["places_exceeded"]


def test_ending_a_pairing_is_not_judged_but_counts() -> None:
    old = rows(("C00003", "H00005", "2025-09-01", None, "P000001"))
    assert faults(rows(("C00003", "H00005", "2025-09-01", DAY, "P000001")), old) == []
    old = rows(("C00001", "H00001", "2025-09-01", None, "P000001"))
    handed_over = rows(("C00001", "H00001", "2025-09-01", DAY, "P000001"), ("C00001", "H00006"))
    assert faults(handed_over, old) == []


def test_a_published_proposal_is_what_was_proposed() -> None:
    proposal = pairing.propose(
        frame_of_children(child(1), child(2)),
        frame_of_helpers(helper(1), helper(2)),
        pairing.VOLUNTEER,
        on=DAY,
    )
    new = pairing.publish(proposal, since="2026-03-09")
    assert new[["child_id", "helper_id"]].equals(proposal.pairs[["child_id", "helper_id"]])
    assert new["since"].eq(pd.Timestamp("2026-03-09")).all()
    assert new[["pairing_id", "until"]].isna().all(axis=None)
    assert tables.check("pairings", new.assign(pairing_id=["P000001", "P000002"])).empty
