"""Small made-up frames for outings."""

from random import Random

import pandas as pd

from carekit import tables
from carekit.outings import Outing

ON = "2026-04-12"


def outing(places=44):
    return Outing("园艺博览园一日游", on=ON, places=places, outing_id="O0001")


def children(*ids, birth_date="2016-01-01", tier=3):
    frame = pd.DataFrame({"child_id": ids, "name": [f"儿童{i}" for i in ids]})
    frame["birth_date"] = birth_date
    return tables.typed("children", frame).assign(tier=tier)


def helpers(*rows):
    usual = {"birth_date": "1990-01-01", "ready": True, "blocked_by": "", "phone": "10000000000"}
    frame = pd.DataFrame([{**usual, "name": f"志愿者{r['helper_id']}", **r} for r in rows])
    frame = tables.typed("helpers", frame)
    return frame.assign(ready=frame["ready"].astype("boolean"))


def pairings(*pairs):
    rows = [
        {"scheme": (*rest, "volunteer")[0], "child_id": child, "helper_id": helper}
        for child, helper, *rest in pairs
    ]
    frame = pd.DataFrame(rows).assign(since="2026-03-02")
    return tables.typed("pairings", frame)


def consents(*answers):
    rows = [
        {"consent_id": f"N{n:05d}", "child_id": child, "state": state, "day": day}
        for n, (child, state, day) in enumerate(answers)
    ]
    frame = pd.DataFrame(rows).assign(purpose="outing", outing_id="O0001")
    return tables.typed("consents", frame)


def frames(**given):
    nobody = tables.empty("helpers").assign(
        ready=pd.Series(dtype="boolean"), blocked_by=pd.Series(dtype="string")
    )
    empty = {name: tables.empty(name) for name in ("children", "pairings", "consents")}
    named = {name: frame for name, frame in given.items() if frame is not None}
    return {**empty, "offers": nobody, **named}


def random(seed):
    """A small outing with everything that can go wrong in it."""
    rng = Random(seed)
    child_ids = [f"C{n:05d}" for n in range(rng.randint(4, 25))]
    helper_ids = [f"H{n:05d}" for n in range(rng.randint(2, 12))]
    young = rng.random() < 0.2
    years = (2023, 2026) if young else (2009, 2026)
    kids = children(*child_ids, tier=[rng.randint(1, 3) for _ in child_ids])
    kids["birth_date"] = pd.to_datetime(
        [
            None if rng.random() < 0.1 else f"{rng.randint(*years)}-{rng.randint(2, 12):02d}-12"
            for _ in child_ids
        ]
    )
    kids["closed_on"] = pd.to_datetime(
        [rng.choice([None] * 8 + ["2026-01-01", "2026-12-31"]) for _ in child_ids]
    )
    offers = helpers(
        *(
            {
                "helper_id": h,
                "ready": rng.choice([True] * 12 + [False, pd.NA]),
                "birth_date": rng.choice(["1990-01-01"] * 12 + ["2008-04-12", "2010-01-01", None]),
            }
            for h in helper_ids
        )
    )
    some = helper_ids[:2] if rng.random() < 0.2 else helper_ids
    pairs = [
        (c, rng.choice(some), rng.choice(["volunteer", "volunteer", "teacher", "peer"]))
        for c in child_ids
        for _ in range(rng.choice([0, 1, 1, 1, 2]))
    ]
    pairs = pairings(*(pairs or [(child_ids[0], helper_ids[0])]))
    pairs["until"] = pd.to_datetime([rng.choice([None] * 9 + [ON]) for _ in pairs.index])
    states = ["given"] * 6 + ["pending", "refused", "withdrawn"]
    days = ["2026-03-01", "2026-03-02", "2026-03-03", None]
    answers = consents(
        *((rng.choice(child_ids), rng.choice(states), rng.choice(days)) for _ in child_ids)
    )
    answers["outing_id"] = [rng.choice(["O0001"] * 6 + ["O0002", None]) for _ in answers.index]
    answers["until"] = pd.to_datetime([rng.choice([None] * 9 + [ON]) for _ in answers.index])
    answers = tables.typed("consents", answers)
    return outing(rng.choice([4, 6, 8, 12, 20, 44])), {
        "children": kids,
        "offers": offers,
        "pairings": pairs,
        "consents": answers,
    }
