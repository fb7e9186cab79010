"""Small fictional worlds as lists of dicts: people and papers, and random ones."""

import datetime as dt
from itertools import pairwise
from random import Random

from tests.pairing.independent import oracle

ON = dt.date(2026, 3, 2)
LANGUAGES = ("mandarin", "hakka", "gan")
TIMES = ("weekday_evening", "saturday_morning", "sunday_afternoon")
NEEDS = ("chinese", "mathematics", "reading", "arts", "companionship")


def before(days):
    return ON - dt.timedelta(days=days)


def child(number, **facts):
    return {
        "child_id": f"C{number:05d}",
        "name": f"Child {number}",
        "birth_date": dt.date(2015, 5, 5),
        "village_id": "V0001",
        "languages": {"mandarin"},
        "free_times": {"saturday_morning"},
        "needs": None,
        "wish_sex": None,
        "supervised": "yes",
        "circumstances": None,
        "closed_on": None,
        **facts,
    }


def helper(number, **facts):
    return {
        "helper_id": f"H{number:05d}",
        "name": f"Helper {number}",
        "kind": "volunteer",
        "sex": "female",
        "birth_date": dt.date(1990, 1, 1),
        "village_id": "V0001",
        "languages": {"mandarin"},
        "free_times": {"saturday_morning"},
        "subjects": None,
        "places": 1,
        "reach_km": 10,
        "closed_on": None,
        **facts,
    }


def village(number, longitude=115.0, latitude=26.0):
    return {
        "village_id": f"V{number:04d}",
        "name": f"Village {number}",
        "longitude": longitude,
        "latitude": latitude,
    }


def paper(helper_id, kind, day, hours=None, until=None):
    return {"helper_id": helper_id, "kind": kind, "day": day, "hours": hours, "until": until}


def papers(helper_id):
    """All that makes a helper ready."""
    return [
        paper(helper_id, "records_check", before(100)),
        paper(helper_id, "training", before(90), hours=3.0),
        paper(helper_id, "commitment", before(80)),
    ]


def paired(child_id, helper_id, since, until=None, scheme="volunteer"):
    return {
        "scheme": scheme,
        "child_id": child_id,
        "helper_id": helper_id,
        "since": since,
        "until": until,
    }


def world(children, helpers, villages=None, trainings=None, pairings=(), weights=None):
    return {
        "on": ON,
        "children": children,
        "helpers": helpers,
        "villages": villages or [village(1)],
        "trainings": (
            [t for h in helpers for t in papers(h["helper_id"])] if trainings is None else trainings
        ),
        "pairings": list(pairings),
        "weights": weights or oracle.WEIGHTS,
    }


def random_world(seed):
    """6 to 14 children, 4 to 10 helpers, too few places, every kind of fact and gap."""
    draw = Random(seed)

    def some(values, rarely_empty=0.03):
        if draw.random() < rarely_empty:
            return None
        return set(draw.sample(values, min(len(values), draw.choice((1, 2, 2)))))

    def perhaps(chance, value, otherwise=None):
        return value if draw.random() < chance else otherwise

    # In an alike world people share villages and needs, so that many plans cost the same.
    alike = draw.random() < 0.9
    step = 0 if alike else 0.01
    needs = NEEDS[-1:] if alike else NEEDS
    villages = [
        village(n, 115 + step * draw.randint(0, 6), 26 + 0.01 * draw.randint(0, 2 if alike else 6))
        for n in range(1, 5)
    ]
    villages.append(village(5, None, None))
    where = ["V0001", "V0002", "V0003", "V0004"] * 3 + ["V0005"]
    children = [
        child(
            n,
            village_id=draw.choice(where),
            languages=some(LANGUAGES[:2]),
            free_times=some(TIMES[:2]),
            needs=some(needs, 0.3),
            wish_sex=perhaps(0.1, draw.choice(("female", "male"))),
            supervised=draw.choice(("yes", "yes", "yes", "unknown", "no")),
            circumstances=perhaps(
                0.5, {draw.choice(("orphan", "very_poor", "weak_study", "disability"))}
            ),
            closed_on=perhaps(0.06, ON + dt.timedelta(days=draw.choice((-3, 0, 1)))),
        )
        for n in range(1, draw.choice((6, 8, 9, 10, 11, 12, 12, 13, 13, 14, 14)) + 1)
    ]
    for first, second in pairwise(children):
        if draw.random() < 0.35:  # siblings
            for fact in ("village_id", "languages", "free_times", "needs", "wish_sex"):
                second[fact] = first[fact]
    helpers = [
        helper(
            n,
            kind=draw.choice(("volunteer",) * 9 + ("caring_parent",) * 2 + ("teacher",)),
            sex=draw.choice((*["female"] * 5, *["male"] * 3, None)),
            birth_date=perhaps(0.97, dt.date(1990, 1, 1), draw.choice((dt.date(2010, 1, 1), None))),
            village_id=draw.choice(where),
            languages=some(LANGUAGES),
            free_times=some(TIMES),
            subjects=some(needs, 0.2),
            places=draw.choice((1, 1, 1, 1, 1, 2, 2, 2, 5, 0, None)),
            reach_km=draw.choice((2, *[10] * 8, None)),
            closed_on=perhaps(0.03, ON),
        )
        for n in range(1, draw.randint(4, 10) + 1)
    ]
    trainings = [t for h in helpers for t in papers(h["helper_id"]) if draw.random() < 0.98]
    ended = [
        paired(c["child_id"], draw.choice(helpers)["helper_id"], before(400), before(30))
        for c in children
        if draw.random() < 0.1
    ]
    lasting = [
        paired(c["child_id"], draw.choice(helpers)["helper_id"], before(20))
        for c in children
        if draw.random() < 0.05
    ]
    others = [
        paired(c["child_id"], draw.choice(helpers)["helper_id"], before(20), scheme="teacher")
        for c in children
        if draw.random() < 0.05
    ]
    return world(children, helpers, villages, trainings, ended + lasting + others)
