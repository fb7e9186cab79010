"""What happened before the practice day: last year's pairings, and the outing being planned."""

from datetime import date

from carekit.sample import draws
from carekit.sample.identity import Registry
from carekit.sample.site import Site, metres

LAST_YEAR = (date(2025, 3, 10), date(2026, 1, 15))
# How the guardians of 122 children have answered so far; two have not been asked.
ANSWERS = {"given": 92, "pending": 18, "refused": 7, "withdrawn": 3}

Rows = list[dict[str, object]]

ASKED = 122
GARDEN = ("园艺博览园一日游", date(2026, 4, 12), "示例县园艺博览园")


def pairings(
    people: Registry, site: Site, children: Rows, helpers: Rows, trainings: Rows, count: int
) -> Rows:
    """Pairings of the year before, ended, whose helpers are still there (continuity).

    Child and helper had a language and a free time in common and lived within the helper's
    reach, but he or she is not always the nearest one.
    """
    rng = site.draws(4)
    older = {site.class_id(place) for place, grade in enumerate(site.grades) if grade > 1}
    trained = {t["helper_id"] for t in trainings if _before_last_year(t)}
    volunteers = [h for h in helpers if h["helper_id"] in trained and _grown_up(h)]
    out: Rows = []
    taken: set[object] = set()
    for child in draws.shuffled(rng, [c for c in children if c["class_id"] in older]):
        fitting = [h for h in volunteers if h["helper_id"] not in taken and _fits(site, child, h)]
        if len(fitting) < 3:
            continue
        helper = draws.one_of(rng, fitting)
        taken.add(helper["helper_id"])
        out.append({"child_id": child["child_id"], "helper_id": helper["helper_id"]})
        if len(out) == count:
            break
    out.sort(key=lambda row: str(row["child_id"]))
    since, until = LAST_YEAR
    return [
        {
            "pairing_id": people.id("P", 6),
            "scheme": "volunteer",
            **row,
            "since": since,
            "until": until,
            "reason": "学年结对期满",
        }
        for row in out
    ]


def _before_last_year(training: dict[str, object]) -> bool:
    day = training["day"]
    return training["kind"] == "training" and isinstance(day, date) and day < LAST_YEAR[0]


def _grown_up(helper: dict[str, object]) -> bool:
    born = helper["birth_date"]
    adult = isinstance(born, date) and born < date(2005, 1, 1)
    return adult and helper["kind"] == "volunteer"


def _fits(site: Site, child: dict[str, object], helper: dict[str, object]) -> bool:
    def common(column: str) -> bool:
        return bool(set(str(child[column]).split(";")) & set(str(helper[column]).split(";")))

    km = metres(site.village(child["village_id"]), site.village(helper["village_id"])) / 1000
    near = km <= int(str(helper["reach_km"]))
    wished = child["wish_sex"] in (None, helper["sex"])
    return near and wished and common("languages") and common("free_times")


def outing(people: Registry, title: str, day: date, destination: str) -> dict[str, object]:
    return {
        "outing_id": people.id("O", 4),
        "title": title,
        "day": day,
        "places": 44,
        "destination": destination,
        "starts": "08:00",
        "ends": "17:00",
        "note": "午餐自带;请穿校服和运动鞋",
    }


def consents(people: Registry, site: Site, children: Rows, outing_id: object) -> Rows:
    """The answers for an outing: whoever has no certain guardian is still pending."""
    rng = site.draws(5)
    unsure = [c for c in children if c["supervised"] != "yes"]
    others = draws.shuffled(rng, [c for c in children if c["supervised"] == "yes"])
    states = [state for state, n in ANSWERS.items() for _ in range(n)]
    for _ in unsure[: ANSWERS["pending"]]:
        states.remove("pending")
    answer = dict(zip((str(c["child_id"]) for c in others), states, strict=False))
    answer |= {str(c["child_id"]): "pending" for c in unsure}
    rows: Rows = []
    for child in children:
        state = answer.get(str(child["child_id"]))
        if state is None:
            continue
        day = draws.day_between(rng, date(2026, 2, 24), date(2026, 3, 1))
        rows.append(
            {
                "consent_id": people.id("N", 6),
                "child_id": child["child_id"],
                "purpose": "outing",
                "outing_id": outing_id,
                "state": state,
                "day": None if state == "pending" else day,
            }
        )
    return rows
