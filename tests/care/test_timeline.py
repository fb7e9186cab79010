"""Everything dated about one child, newest first."""

from carekit import care, tables
from tests.care.frames import DAY, contact, contacts, pairing, pairings, table

PAIRS = [
    pairing("C1", "H1", "2025-03-10", "2026-01-15", reason="moved"),
    pairing("C1", "H2", "2026-02-01"),
    pairing("C2", "H3", "2026-02-01"),
]
MET = [
    contact("C1", "H2", "2026-02-10", minutes=30, partner="child", note="reads"),
    contact("C1", "H2", "2026-02-20", reached=False, kind="call"),
    contact("C2", "H3", "2026-02-11"),
]
OUTINGS = [
    {"outing_id": "O1", "title": "Old city", "day": "2025-05-01"},
    {"outing_id": "O2", "title": "Garden", "day": "2026-04-12"},
]
GONE = [
    {"outing_id": "O1", "child_id": "C1"},
    {"outing_id": "O1", "child_id": "C1"},
    {"outing_id": "O2", "child_id": "C1"},
    {"outing_id": "O1", "child_id": "C2"},
    {"outing_id": "O1", "helper_id": "H2"},
]


def timeline(child, pairs=PAIRS, met=MET):
    return care.timeline(
        child,
        pairings(*pairs),
        contacts(*met),
        table("outings", *OUTINGS),
        table("outing_people", *GONE),
        on=DAY,
    )


def test_every_event_of_the_child_and_of_nobody_else():
    found = timeline("C1")
    assert [(f"{row.day:%m-%d}", row.event) for row in found.itertuples()] == [
        ("04-12", "outing"),
        ("02-20", "attempt"),
        ("02-10", "contact"),
        ("02-01", "paired"),
        ("01-15", "ended"),
        ("05-01", "outing"),
        ("03-10", "paired"),
    ]
    assert found["coming"].tolist() == [True] + [False] * 6
    assert found["helper_id"].fillna("").tolist() == ["", "H2", "H2", "H2", "H1", "", "H1"]


def test_what_each_event_tells():
    found = timeline("C1").set_index(["event", "day"])
    contact = found.loc[("contact", "2026-02-10")]
    assert contact[["kind", "partner", "minutes", "note"]].tolist() == [
        "talk", "child", 30, "reads",
    ]  # fmt: skip
    assert found.loc["ended", "note"].tolist() == ["moved"]
    assert found.loc["paired", "note"].isna().all()
    assert found.loc["outing", "title"].tolist() == ["Garden", "Old city"]


def test_today_is_not_coming_and_on_one_day_the_contact_stands_above_the_pairing():
    found = timeline("C9", [pairing("C9", "H1", DAY)], [contact("C9", "H1", DAY)])
    assert found["event"].tolist() == ["contact", "paired"]
    assert not found["coming"].any()


def test_an_unknown_child_has_no_events():
    assert timeline("C7").empty
    nothing = [tables.empty(t) for t in ("pairings", "contacts", "outings", "outing_people")]
    assert care.timeline("C1", *nothing, on=DAY).empty
