"""One attractive pair, and ways to change one fact of its world."""

import datetime as dt
import math
from random import Random

from tests.pairing.independent import oracle, worlds
from tests.pairing.independent.worlds import ON, child, helper, paired, village

CHILD, HELPER = "C00001", "H00001"
PAIR = (CHILD, HELPER)
AFTER = ON + dt.timedelta(days=1)
A_YEAR_AGO = ON.replace(year=ON.year - 1)


def north(kilometres):
    """A latitude this far from the first village."""
    return 26.0 + math.degrees(kilometres / oracle.EARTH_KM)


def attractive(seed):
    """A pair that costs 0 and breaks no rule, often with a worse helper and other people about."""
    draw = Random(seed)
    times = draw.sample(worlds.TIMES, 2)
    needs = set(draw.sample(worlds.NEEDS, 2))
    wish = draw.choice(("female", "male"))
    children = [
        child(
            1,
            languages={"mandarin", "hakka"},
            free_times=set(times),
            needs=needs,
            wish_sex=wish,
            supervised=draw.choice(("yes", "no")),
        ),
        child(2, languages={"gan"}),
    ]
    mine = {"languages": {draw.choice(("mandarin", "hakka"))}, "free_times": {times[0]}}
    helpers = [
        helper(1, **mine, sex=wish, subjects=needs, kind=draw.choice(sorted(oracle.KINDS))),
        helper(3, languages={"gan"}),
    ]
    if draw.random() < 0.6:
        helpers.append(helper(2, **mine, sex=wish, subjects=None))
    villages = [village(1), village(2), village(3, latitude=north(2.5)), village(4, None, None)]
    return worlds.world(children, helpers, villages)


def change(world, table, who, **facts):
    """The world with some facts of one row changed; ``who`` is its id."""
    rows = [{**row, **facts} if who in row.values() else row for row in world[table]]
    return {**world, table: rows}


def change_paper(world, kind, **facts):
    """The world with the helper's paper of this kind changed."""
    trainings = [
        {**t, **facts} if (t["helper_id"], t["kind"]) == (HELPER, kind) else t
        for t in world["trainings"]
    ]
    return {**world, "trainings": trainings}


def without_paper(world, kind):
    kept = [t for t in world["trainings"] if (t["helper_id"], t["kind"]) != (HELPER, kind)]
    return {**world, "trainings": kept}


def with_papers(world, *more):
    return {**world, "trainings": [*world["trainings"], *more]}


def with_pairings(world, *more):
    """Further pairings; the children in them are added when new."""
    known = {c["child_id"] for c in world["children"]}
    new = [child(int(p["child_id"][1:])) for p in more if p["child_id"] not in known]
    return {
        **world,
        "children": [*world["children"], *new],
        "pairings": [*world["pairings"], *more],
    }


def of_helper(**facts):
    return lambda world: change(world, "helpers", HELPER, **facts)


def of_child(**facts):
    return lambda world: change(world, "children", CHILD, **facts)


def away(kilometres, reach):
    """The helper lives in another village this far away."""

    def moved(world):
        world = change(world, "villages", "V0003", latitude=north(kilometres))
        return change(world, "helpers", HELPER, village_id="V0003", reach_km=reach)

    return moved


def other_sex(world):
    helper_1 = next(h for h in world["helpers"] if h["helper_id"] == HELPER)
    sex = "male" if helper_1["sex"] == "female" else "female"
    return change(world, "helpers", HELPER, sex=sex)


def other_wish(world):
    """The wish changes; the worse helper changes with it."""
    helper_1 = next(h for h in world["helpers"] if h["helper_id"] == HELPER)
    sex = "male" if helper_1["sex"] == "female" else "female"
    world = change(world, "children", CHILD, wish_sex=sex)
    return change(world, "helpers", "H00002", sex=sex)


def busy(*since):
    """The helper already has as many children."""
    return lambda world: with_pairings(
        world, *(paired(f"C{n:05d}", HELPER, day) for n, day in enumerate(since, 7))
    )


def broken(world):
    """The rules the pair breaks, by the oracle."""
    child_1 = next(c for c in world["children"] if c["child_id"] == CHILD)
    helper_1 = next(h for h in world["helpers"] if h["helper_id"] == HELPER)
    return oracle.broken(world, child_1, helper_1)


def county(worlds_apart):
    """Many worlds as one, a degree apart and with ids of their own; the pairs in it."""
    tables = ("villages", "children", "helpers", "trainings", "pairings")
    whole = {table: [] for table in tables}
    for n, world in enumerate(worlds_apart):
        for table in tables:
            whole[table] += [_moved(row, n) for row in world[table]]
    pairs = [(_moved_id(CHILD, n), _moved_id(HELPER, n)) for n in range(len(worlds_apart))]
    return worlds.world(**whole), pairs


def _moved(row, n):
    ids = {k: _moved_id(v, n) for k, v in row.items() if k.endswith("_id") and v}
    if row.get("longitude") is not None:
        ids["longitude"] = row["longitude"] - n
    return {**row, **ids}


def _moved_id(text, n):
    return f"{text[0]}{n:02}{text[-3:]}" if len(text) > 5 else f"{text[0]}{n:02}{text[-2:]}"
