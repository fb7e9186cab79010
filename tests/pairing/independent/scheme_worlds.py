"""Random small worlds for every scheme: classes, loads in force, decisions, weights, gaps."""

import datetime as dt
from random import Random

from tests.pairing.independent import scheme_oracle as oracle
from tests.pairing.independent.worlds import (
    ON,
    before,
    child,
    helper,
    paired,
    papers,
    village,
)

LANGUAGES = ("mandarin", "hakka", "gan")
TIMES = ("weekday_evening", "saturday_morning", "sunday_afternoon")
NEEDS = ("chinese", "mathematics", "reading", "arts", "companionship")
CIRCUMSTANCES = ("orphan", "very_poor", "weak_study", "disability", "single_parent")
LATELY = before(5)
OWN_CODES = ("official", "counsellor", "caring_parent")
RANGES = {
    "distance": (0, 7, 30, 30),
    "subject": (0, 100, 200, 200),
    "need": (0, 60, 100, 100),
    "continuity": (0, 90, 300, 300),
    "other_class": (0, 120, 300, 400),
    "balance": (40, 150, 300, 900),
    "minimum": (100, 400, 900, 1500),
}

# Each of them evens out loads and hides what the other asks: each is often asked for alone.
ALONE = (
    {},
    {"minimum": 60},
    {"balance": 0},
    {"balance": 0},
    {"minimum": 0},
    {"minimum": 0},
    {"balance": 0, "minimum": 0},
)


def own_scheme(draw):
    """A scheme of a branch: the text of its file, and the same said as a plain dict."""
    near = draw.choice((["reach"], ["same_school"], ["near_class"], ["reach", "same_school"]))
    kinds = draw.choice((["official"], ["teacher", "official"], ["peer"], ["counsellor", "peer"]))
    needed = [] if kinds == ["peer"] else ["ready", "adult"]
    free = [rule for rule in ("language", "free_time", "wish") if draw.random() < 0.5]
    least = draw.choice((0, 1, 1, 2, 2, 3))
    said = {
        "code": draw.choice(OWN_CODES),
        "kinds": kinds,
        "least": least,
        "most": max(1, least + draw.choice((0, 1, 1, 2))),
        "rules": [*needed, *free, *near],
        "first": draw.choice(([], ["orphan"], ["disability", "nobody_supervising"])),
    }
    return said, "".join(f"{name} = {value!r}\n" for name, value in said.items())


def random_world(seed, scheme, kinds=(), turn=0):
    """3 to 12 children, 3 to 8 helpers of two schools, most of the kinds the scheme takes.

    kinds: of further helpers, for a scheme that is matched beside it. A tight world has too few
    places, gaps, and several reasons why a pair may not be. A wide one has more places than
    children and one or two favourites, the best for nearly everybody: who else shares the load is
    a matter of points.
    """
    draw = Random(f"{seed}/{turn}")
    wide = draw.random() < 0.75
    # In an alike world many plans cost the same, and many pairs are possible.
    alike = draw.random() < 0.7
    gap = 0.0 if wide else draw.choice((0.0, 0.04, 0.12))

    def known(value, *, gaps=1.0):
        return None if draw.random() < gap * gaps else value

    def either(in_wide, in_tight):
        return draw.choice(in_wide if wide else in_tight)

    def some(values):
        drawn = set(draw.sample(values, draw.choice((1, 2, 2))))
        return known(drawn | {values[0]} if wide else drawn)

    step = 0.01 if alike else 0.03
    villages = [
        village(n, 115 + step * draw.randint(0, 3), 26 + step * draw.randint(0, 3))
        for n in range(1, 5)
    ]
    villages.append(village(5, None, None))
    where = ["V0001", "V0002", "V0003", "V0004"] * 3 + ([] if wide else ["V0005"])
    schools = ["S001"] if wide or draw.random() < 0.5 else ["S001", "S002"]
    grades = (3,) if alike or wide else (3, 4)
    classes = [
        {"class_id": f"K{n:04d}", "school_id": draw.choice(schools), "name": f"Class {n}",
         "grade": known(draw.choice(grades), gaps=0.5)}
        for n in range(1, 5)
    ]  # fmt: skip
    rooms = [one["class_id"] for one in classes]
    # Most children of a wide world live and learn at one place, and only the favourites with them.
    away, other_rooms = (where[1:], rooms[1:]) if wide else (where, rooms)

    def new_child(n):
        home = wide and draw.random() < 0.8
        return child(
            n,
            village_id=where[0] if home else known(draw.choice(where)),
            class_id=rooms[0] if home else known(draw.choice(rooms)),
            languages=some(LANGUAGES[:2] if alike else LANGUAGES),
            free_times=some(TIMES[:2] if alike else TIMES),
            needs=known(set(draw.sample(NEEDS, draw.choice((0, 1, 2)))) or None),
            wish_sex=draw.choice((*[None] * (16 if wide else 4), "female", "male")),
            supervised=draw.choice(("yes", "yes", "unknown", "no")),
            circumstances=draw.choice((None, {draw.choice(CIRCUMSTANCES)})),
            closed_on=draw.choice((*[None] * 15, ON, ON + dt.timedelta(days=1))),
        )

    kinds = [*scheme["kinds"], *kinds]

    def new_helper(n, favourite):
        grown = [dt.date(1990, 1, 1)] * (30 if wide else 9)
        facts = {
            "kind": either(kinds, (*kinds * 6, "volunteer", "teacher")),
            "sex": known(draw.choice(("female", "male"))),
            "birth_date": known(draw.choice((*grown, dt.date(2013, 1, 1)))),
            "village_id": known(draw.choice(away)),
            "class_id": known(draw.choice(other_rooms)) if draw.random() < 0.85 else None,
            "school_id": known(draw.choice(schools)),
            "languages": some(LANGUAGES),
            "free_times": some(TIMES),
            "subjects": known(set(draw.sample(NEEDS, 2))),
            "places": known(either((2, 3, 5, 5), (0, 1, 1, 2, 2, 3, 3, 5))),
            "reach_km": known(either((10,), (2, 10, 10, 10))),
            "closed_on": draw.choice((*[None] * 20, ON)),
        }
        best = {"village_id": where[0], "class_id": rooms[0], "subjects": set(NEEDS), "places": 5}
        return helper(n, **facts | (best if favourite else {}))

    many = draw.randint(4, 7) if wide else draw.randint(3, 8)
    favourites = draw.choice((1, 2)) if wide else 0
    helpers = [new_helper(n, n <= favourites) for n in range(1, many + 1)]
    asked = min(10, many * max(1, scheme["least"]))  # children, for all to have the minimum
    count = draw.randint(1 + asked // 2, asked + 1) if wide else draw.randint(3, 12)
    children = [new_child(n) for n in range(1, count + 1)]
    trainings = [t for h in helpers for t in papers(h["helper_id"]) if draw.random() < 0.98]
    pairings = [
        paired(one["child_id"], draw.choice(helpers)["helper_id"], before(400), before(30),
               scheme["code"])
        for one in children
        if draw.random() < 0.4
    ]  # fmt: skip
    # Children who are cared for already: in this scheme they count for the loads. In a wide world
    # they are often with a favourite, who then may have the minimum.
    for n in range(41, 41 + draw.choice((0, 1, 2, 4))):
        children.append({**new_child(n), "closed_on": None})
        whom = draw.choice(helpers[:2] if wide and draw.random() < 0.6 else helpers)["helper_id"]
        code = draw.choice((scheme["code"], scheme["code"], "one_to_one"))
        pairings.append(paired(children[-1]["child_id"], whom, before(draw.choice((0, 20))),
                               scheme=code))  # fmt: skip
    weights = {name: draw.choice(values) for name, values in RANGES.items()}
    world = {
        "on": ON,
        "children": children,
        "helpers": helpers,
        "villages": villages,
        "classes": classes,
        "trainings": trainings,
        "pairings": [{"pairing_id": f"P{n:06d}", **p} for n, p in enumerate(pairings, 1)],
        "weights": {**weights, **draw.choice(ALONE)},
        "decisions": [],
    }
    return {**world, "decisions": random_decisions(draw, world, scheme)}


def random_decisions(draw, world, scheme):
    """Locks that can hold, forbids, and words that are over, of another scheme, or taken back."""
    if draw.random() < 0.3:
        return []
    pairs = sorted(oracle.eligible(world, scheme))
    draw.shuffle(pairs)
    left = {h["helper_id"]: oracle.places_left(world, scheme, h) for h in world["helpers"]}
    said, locked = [], set()

    def say(pair, verdict, day=LATELY, until=None, code=scheme["code"]):
        one = {"decision_id": f"D{len(said) + 1:05d}", "scheme": code, "child_id": pair[0]}
        said.append({**one, "helper_id": pair[1], "verdict": verdict, "decided_on": day,
                     "until": until})  # fmt: skip

    for pair in pairs[: draw.choice((0, 0, 1, 1, 2))]:
        if pair[0] not in locked and left[pair[1]] > 0:
            locked.add(pair[0])
            left[pair[1]] -= 1
            if draw.random() < 0.3:  # forbidden before, the later word holds
                say(pair, "forbid", before(9))
            say(pair, "lock")
    for pair in pairs[3 : 3 + draw.choice((0, 1, 3))]:
        if draw.random() < 0.2:  # locked before, the later word holds
            say(pair, "lock", before(9))
        say(pair, "forbid")
    for pair in pairs[6:9]:
        over = {"day": before(9), "until": ON}
        other = {"code": "one_to_one"}
        to_come = {"day": ON + dt.timedelta(days=1)}
        say(pair, draw.choice(("lock", "forbid")), **draw.choice((over, other, to_come)))
    return said
