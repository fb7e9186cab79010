"""The helpers: volunteers and caring parents, teachers and a few peers, with their papers.

At the practice school 62 grown-up volunteers and caring parents are ready on the practice day and
offer 110 places between them (at most two count, M1) for 122 children. Seventeen more are not
ready, each for one reason that the coordinator has to see. Other schools have the same shares.
"""

from datetime import date, timedelta
from random import Random

from carekit.sample import draws
from carekit.sample.identity import Pools, Registry
from carekit.sample.site import Site, scaled, spread

READY_PLACES = (1,) * 14 + (2,) * 44 + (3,) * 4
UNREADY = (
    ("check_expired",) * 5
    + ("no_training",) * 4
    + ("no_commitment",) * 3
    + ("too_young",) * 3
    + ("short_training", "unknown_birth")
)
CARING_PARENTS = 7
OF = len(READY_PLACES) + len(UNREADY)
# fmt: off
SUBJECT_TEACHERS = (
    "english", "english", "science", "science", "arts", "arts",
    "sports", "sports", "psychology", "mathematics", "chinese", "reading",
)
# fmt: on
PEERS = 6
FIRST_PEERS = 3  # the first grade whose pupils help others
SKILLS = (
    ("chinese", "mathematics"),
    ("mathematics", "science"),
    ("chinese", "english", "reading"),
    ("english", "companionship"),
    ("reading", "companionship"),
    ("mathematics", "psychology"),
    ("psychology", "companionship"),
    ("daily_life", "companionship"),
    ("daily_life", "safety"),
    ("sports", "safety"),
    ("arts", "companionship"),
)
TIMES = (
    "weekday_afternoon",
    "weekday_evening",
    "saturday_morning",
    "saturday_afternoon",
    "sunday_morning",
    "sunday_afternoon",
)
# Training was given in the spring and in the autumn of 2025.
COURSES = ((date(2025, 2, 15), date(2025, 2, 28)), (date(2025, 9, 6), date(2025, 12, 14)))
# What volunteers do, by the year from which they were born.
JOBS = {
    1900: ("退休教师", "退休教师", "退休职工"),
    1967: ("镇文化站职工", "个体户", "邮政职工", "乡卫生院职工"),
    2001: ("大学生", "返乡青年"),
}


def helpers_and_trainings(
    people: Registry, site: Site
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Rows of ``helpers`` (volunteers, teachers, peers) and of ``trainings`` by helper."""
    rng = site.draws(3)
    rows: list[dict[str, object]] = []
    papers: list[dict[str, object]] = []
    for maker in (_volunteers, _teachers, _peers):
        for row, facts in maker(rng, people, site):
            helper = people.id("H")
            rows.append({"helper_id": helper, **row})
            papers += [
                {"training_id": people.id("T"), "helper_id": helper, **fact} for fact in facts
            ]
    return rows, papers


Helper = tuple[dict[str, object], list[dict[str, object]]]


def _volunteers(rng: Random, people: Registry, site: Site) -> list[Helper]:
    unready = scaled(UNREADY, site.volunteers * len(UNREADY) // OF)
    states = [("ready", n) for n in scaled(READY_PLACES, site.volunteers - len(unready))]
    states += [(state, draws.between(rng, 1, 2)) for state in unready]
    villages = draws.shuffled(rng, spread(len(states), [v.helpers for v in site.villages]))
    states = draws.shuffled(rng, states)
    if site.lonely is not None:
        # The only volunteer of the farthest village has let the records check run out.
        far = villages.index([v.name for v in site.villages].index(site.lonely))
        expired = states.index(next(pair for pair in states if pair[0] == "check_expired"))
        states[far], states[expired] = states[expired], states[far]
    ready = [i for i, (state, _) in enumerate(states) if state == "ready"]
    parents = set(draws.shuffled(rng, ready)[: site.volunteers * CARING_PARENTS // OF])
    # Two checks run out between the practice day and the outing.
    soon = [i for i in ready if i not in parents][5:40:20]
    out: list[Helper] = []
    for i, (state, places) in enumerate(states):
        sex = draws.one_of(rng, ("female", "female", "female", "male", "male"))
        born = _birthday(rng, young=state == "too_young", parent=i in parents)
        village = site.villages[villages[i]]
        in_town = village.township in site.towns
        row: dict[str, object] = {
            "name": people.name("adult" if state != "too_young" else "child", sex),
            "kind": "caring_parent" if i in parents else "volunteer",
            "sex": sex,
            "birth_date": None if state == "unknown_birth" else born,
            "id_number": None if state == "unknown_birth" else people.id_number(born, sex),
            "phone": people.phone(),
            "village_id": site.village_id(villages[i]),
            "languages": _languages(rng, village.dialect),
            "free_times": ";".join(draws.some_of(rng, TIMES, draws.between(rng, 2, 3))),
            "subjects": ";".join(draws.one_of(rng, SKILLS)),
            "places": places,
            "reach_km": draws.between(rng, 6, 15) if in_town else draws.between(rng, 5, 8),
            "hours_a_week": 2 * places + draws.between(rng, 0, 2),
            "note": "高中生志愿者" if state == "too_young" else None,
        }
        if row["note"] is None and draws.chance(rng, 25):
            since = max(year for year in JOBS if year <= born.year)
            row["note"] = "学生家长" if i in parents else draws.one_of(rng, JOBS[since])
        out.append((row, _papers(rng, state, expires_soon=i in soon)))
    return out


def _birthday(rng: Random, *, young: bool, parent: bool) -> date:
    if young:  # 17 on the practice day
        return draws.day_between(rng, date(2008, 5, 1), date(2009, 2, 28))
    decades = (1978, 1985) if parent else (1962, 1970, 1978, 1985, 1992, 1998)
    first = draws.one_of(rng, decades)
    return draws.day_between(rng, date(first, 1, 1), date(first + 7, 12, 31))


def _languages(rng: Random, dialect: str) -> str:
    drawn = draws.below(rng, 100)
    if drawn < 12:  # young people and newcomers without a dialect
        return "mandarin"
    if drawn < 26:
        return "gan;hakka;mandarin"
    return f"{dialect};mandarin"


def _papers(rng: Random, state: str, *, expires_soon: bool = False) -> list[dict[str, object]]:
    """The dated facts of one volunteer: checked, trained, letter signed, talked to."""
    course = COURSES[draws.chance(rng, 60)]
    trained = draws.day_between(rng, *course)
    checked = draws.day_between(rng, date(2025, 10, 9), date(2026, 2, 6))
    if state == "check_expired":
        checked = draws.day_between(rng, date(2024, 9, 10), date(2025, 2, 20))
    if expires_soon:
        checked = draws.day_between(rng, date(2025, 3, 10), date(2025, 4, 8))
    hours = 1 if state == "short_training" else draws.one_of(rng, (2, 3, 3, 4, 6))
    signed = trained + timedelta(days=draws.between(rng, 0, 9))
    talked = trained + timedelta(days=draws.between(rng, 10, 30))
    facts: list[dict[str, object]] = [{"kind": "records_check", "day": checked}]
    if state != "no_training":
        facts.append({"kind": "training", "day": trained, "hours": hours})
    if state != "no_commitment":
        facts.append({"kind": "commitment", "day": signed})
    if draws.chance(rng, 70):
        facts.append({"kind": "coordinator_talk", "day": talked})
    return facts


def _teachers(rng: Random, people: Registry, site: Site) -> list[Helper]:
    """The class teacher of each class, then the subject teachers."""
    posts = [(place, ("chinese", "mathematics")[place % 2]) for place in range(len(site.pupils))]
    posts += [(-1, subject) for subject in SUBJECT_TEACHERS]
    out: list[Helper] = []
    for place, subject in posts:
        sex = draws.one_of(rng, ("female", "female", "male"))
        born = draws.day_between(rng, date(1968, 1, 1), date(1999, 12, 31))
        village = draws.one_of(rng, (0, 0, 0, 1, 2, 4))
        row: dict[str, object] = {
            "name": people.name("adult", sex),
            "kind": "teacher",
            "sex": sex,
            "birth_date": born,
            "id_number": people.id_number(born, sex),
            "phone": people.phone(),
            "village_id": site.village_id(village),
            "class_id": site.class_id(place) if place >= 0 else None,
            "school_id": site.school_id(),
            "languages": _languages(rng, site.villages[village].dialect),
            "free_times": ";".join(TIMES[: draws.between(rng, 1, 2)]),
            "subjects": f"{subject};companionship" if place >= 0 else subject,
            "places": draws.between(rng, 2, 3),
            "reach_km": 15,
            "hours_a_week": draws.between(rng, 2, 4),
            "note": "班主任" if place >= 0 else "科任教师",
        }
        out.append((row, _papers(rng, "ready")))
    return out


def _peers(rng: Random, people: Registry, site: Site) -> list[Helper]:
    """Pupils of the upper grades who help a fellow pupil to learn."""
    out: list[Helper] = []
    upper = [place for place, grade in enumerate(site.grades) if grade >= 4]
    for place in draws.some_of(rng, upper, PEERS):
        out.append((_peer(rng, people, site, place), []))
    return out


def _peer(rng: Random, people: Registry, site: Site, place: int) -> dict[str, object]:
    sex = draws.one_of(rng, ("female", "male"))
    year = 2019 - site.grades[place]
    born = draws.day_between(rng, date(year, 9, 1), date(year + 1, 8, 31))
    return {
        "name": people.name("child", sex),
        "kind": "peer",
        "sex": sex,
        "birth_date": born,
        "village_id": site.village_id(draws.below(rng, 4)),
        "class_id": site.class_id(place),
        "school_id": site.school_id(),
        "languages": "gan;mandarin",
        "free_times": "weekday_afternoon",
        "subjects": draws.one_of(rng, ("mathematics", "chinese;reading", "english")),
        "places": 1,
        "reach_km": 5,
        "hours_a_week": 1,
    }


def further_peers(
    people: Registry, site: Site, rows: dict[str, list[dict[str, object]]], more: Pools | None
) -> list[dict[str, object]]:
    """One excellent pupil for each class of the grades 3 to 6 that has none yet (P4).

    They come after everybody else and have generators of their own, so that nobody drawn before
    them changes. rows: the tables of this one school, whose names are not given again.
    """
    rng, names = site.draws(8), Registry(site.draws(9).getrandbits(32), more)
    names.names = {str(row["name"]) for t in ("children", "helpers") for row in rows[t]}
    there = {row["class_id"] for row in rows["helpers"] if row["kind"] == "peer"}
    return [
        {"helper_id": people.id("H"), **_peer(rng, names, site, place)}
        for place, grade in enumerate(site.grades)
        if grade >= FIRST_PEERS and site.class_id(place) not in there
    ]
