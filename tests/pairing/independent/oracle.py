"""The rules and costs of volunteer matching stated a second time, in plain Python over dicts.

Nothing here imports carekit. A world is a dict: ``on`` (date), ``weights`` and five lists of dicts
named as the tables; empty facts are None, facts of several codes are sets.
"""

import math

EARTH_KM = 6371.0088
KINDS = {"volunteer", "caring_parent"}
MOST = 2
STUDY = {"chinese", "mathematics", "english", "science", "reading"}
TIER_1 = {"orphan", "abandoned", "recent_distress", "suspected_harm"}
TIER_2 = {
    "very_poor",
    "disability",
    "study_decline",
    "weak_study",
    "single_parent",
    "guardian_old_or_ill",
}
WEIGHTS = {"distance": 30, "subject": 200, "need": 100, "continuity": 300}
REASONS = tuple(WEIGHTS)


# Facts about one child or one helper ------------------------------------------------------------


def closed(person, on):
    return person["closed_on"] is not None and person["closed_on"] <= on


def active(pairing, on):
    return pairing["since"] <= on and (pairing["until"] is None or on < pairing["until"])


def scheme_pairings(world):
    return [p for p in world["pairings"] if p["scheme"] == "volunteer"]


def waiting(world):
    served = {p["child_id"] for p in scheme_pairings(world) if active(p, world["on"])}
    return [
        c for c in world["children"] if not closed(c, world["on"]) and c["child_id"] not in served
    ]


def tier(child):
    circumstances = child["circumstances"] or set()
    if child["supervised"] == "no" or circumstances & TIER_1:
        return 1
    return 2 if circumstances & TIER_2 else 3


def last_helper(world, child):
    ended = [
        p
        for p in scheme_pairings(world)
        if p["child_id"] == child["child_id"] and p["until"] and p["until"] <= world["on"]
    ]
    return max(ended, key=lambda p: p["until"])["helper_id"] if ended else None


def papers(world, helper, kind):
    """Trainings of one kind that count on the day."""
    on = world["on"]
    return [
        t
        for t in world["trainings"]
        if t["helper_id"] == helper["helper_id"]
        and t["kind"] == kind
        and t["day"] <= on
        and (t["until"] is None or on < t["until"])
    ]


def ready(world, helper):
    on = world["on"]
    checks = papers(world, helper, "records_check")
    return (
        not closed(helper, on)
        and any(on < c["day"].replace(year=c["day"].year + 1) for c in checks)
        and sum(t["hours"] or 0 for t in papers(world, helper, "training")) >= 2
        and bool(papers(world, helper, "commitment"))
    )


def adult(world, helper):
    born, on = helper["birth_date"], world["on"]
    if born is None:
        return False
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day)) >= 18


def places_left(world, helper):
    """What the person offers less all who are cared for; at most what the scheme still allows."""
    if helper["places"] is None:
        return 0
    mine = [p for p in world["pairings"] if p["helper_id"] == helper["helper_id"]]
    now = [p["scheme"] for p in mine if active(p, world["on"])]
    return max(0, min(helper["places"] - len(now), MOST - now.count("volunteer")))


# Facts about a pair -----------------------------------------------------------------------------


def kilometres(world, child, helper):
    """Great-circle distance of the two villages; None where it cannot be known."""
    here, there = child["village_id"], helper["village_id"]
    if here is None or there is None:
        return None
    if here == there:
        return 0.0
    place = {v["village_id"]: (v["longitude"], v["latitude"]) for v in world["villages"]}
    if None in place[here] or None in place[there]:
        return None
    (lon1, lat1), (lon2, lat2) = (map(math.radians, place[v]) for v in (here, there))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(math.sqrt(half))


def within_reach(world, child, helper):
    if child["village_id"] is not None and child["village_id"] == helper["village_id"]:
        return True
    distance = kilometres(world, child, helper)
    return None not in (distance, helper["reach_km"]) and distance <= helper["reach_km"]


def broken(world, child, helper):
    """The names of the hard rules this pair breaks."""
    passes = {
        "ready": ready(world, helper),
        "adult": adult(world, helper),
        "reach": within_reach(world, child, helper),
        "language": bool((child["languages"] or set()) & (helper["languages"] or set())),
        "free_time": bool((child["free_times"] or set()) & (helper["free_times"] or set())),
        "wish": child["wish_sex"] is None or child["wish_sex"] == helper["sex"],
        "place": places_left(world, helper) > 0,
        "kind": helper["kind"] in KINDS,
    }
    return {rule for rule, good in passes.items() if not good}


def reasons(world, child, helper):
    """Points of each reason; they sum to the cost of the pair."""
    missing = (child["needs"] or set()) - (helper["subjects"] or set())
    last = last_helper(world, child)
    weights = world["weights"]
    return {
        "distance": round(weights["distance"] * kilometres(world, child, helper)),
        "subject": weights["subject"] * len(missing & STUDY),
        "need": weights["need"] * len(missing - STUDY),
        "continuity": weights["continuity"] * (last not in (None, helper["helper_id"])),
    }


def eligible(world):
    """{(child_id, helper_id): reasons} of every pair that breaks no rule."""
    return {
        (c["child_id"], h["helper_id"]): reasons(world, c, h)
        for c in waiting(world)
        for h in world["helpers"]
        if not broken(world, c, h)
    }
