"""The rows of a school's left-behind children and of the adults around them."""

from dataclasses import dataclass
from datetime import date
from random import Random

from carekit.sample import draws
from carekit.sample.families import Household, households, old_or_ill
from carekit.sample.identity import Registry
from carekit.sample.site import Site, scaled

STUDY = ("chinese", "mathematics", "mathematics", "english", "reading", "science")
OTHER = ("companionship", "companionship", "psychology", "daily_life", "safety", "arts", "sports")
TIMES = (
    "weekday_afternoon",
    "weekday_evening",
    "saturday_morning",
    "saturday_afternoon",
    "sunday_morning",
    "sunday_afternoon",
)
# Circumstances that need help first (M7, tier 1) and next (tier 2): how many of 122 children.
FIRST = ("recent_distress",) * 6 + ("suspected_harm",)
NEXT = ("weak_study",) * 9 + ("study_decline",) * 6 + ("disability",) * 3
OF = 122
DISABILITIES = ("听力障碍,戴助听器", "左腿行动不便", "弱视")
HEALTH = ("哮喘,随身带吸入剂", "哮喘", "先天性心脏病术后,避免剧烈运动", "癫痫,按时服药", "易晕车")
WELL = "良好"
UNKNOWN = 8  # one child in so many
ALLERGIES = ("花生过敏", "花生过敏", "海鲜过敏", "青霉素过敏", "花粉过敏", "牛奶过敏")
NOTES = (
    "走山路上学,约40分钟",
    "喜欢画画",
    "喜欢打篮球",
    "不爱说话,需要多鼓励",
    "每周日晚与父母视频",
)


@dataclass
class Child:
    """One child before the rows are written: class, household, birth date, sex."""

    place: int
    home: Household
    household_id: str
    born: date
    sex: str


def children_and_guardians(
    people: Registry, site: Site
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Rows of ``children`` by class, and of ``guardians`` by child."""
    rng = site.draws(2)
    children = _born(rng, people, site)
    circumstances = _circumstances(rng, children)
    rows: list[dict[str, object]] = []
    adults: list[dict[str, object]] = []
    for child, facts in zip(children, circumstances, strict=True):
        child_id = people.id("C")
        rows.append({"child_id": child_id, **_row(rng, people, site, child, facts)})
        adults += [
            {"guardian_id": people.id("G"), "child_id": child_id, **adult}
            for adult in child.home.adults
        ]
    return rows, adults


def _born(rng: Random, people: Registry, site: Site) -> list[Child]:
    """Every child with a birth date that fits its grade, in the order of the classes."""
    out = []
    for home in households(people, site):
        household_id = people.id("HH")
        twins = len(set(home.places)) < len(home.places)
        born = _birthday(rng, site.grades[home.places[0]])
        for place in home.places:
            born = born if twins else _birthday(rng, site.grades[place])
            sex = draws.one_of(rng, ("female", "male"))
            out.append(Child(place, home, household_id, born, sex))
    return [child for _, child in sorted(enumerate(out), key=lambda c: (c[1].place, c[0]))]


def _birthday(rng: Random, grade: int) -> date:
    """Six years old on 31 August before the first grade; a few are a year older."""
    first, last = SCHOOL_YEARS[-grade]
    if draws.chance(rng, 4):
        first, last = date(first.year - 1, 9, 1), date(last.year - 1, 8, 31)
    return draws.day_between(rng, first, last)


# Birth dates of the sixth to the first grade in the school year 2025-2026.
SCHOOL_YEARS = tuple((date(year, 9, 1), date(year + 1, 8, 31)) for year in range(2013, 2019))


def _circumstances(rng: Random, children: list[Child]) -> list[list[str]]:
    """The circumstances of each child; first and next never fall on the same one."""
    found: list[list[str]] = [[] for _ in children]
    supervised = [i for i, child in enumerate(children) if child.home.care != "nobody"]
    drawn = draws.shuffled(rng, supervised)
    needy = FIRST + NEXT
    for i, code in zip(drawn, scaled(needy, len(needy) * len(children) // OF), strict=False):
        found[i].append(code)
    for i, child in enumerate(children):
        home = child.home
        if home.poor:
            found[i].append("very_poor")
        if home.single:
            found[i].append("single_parent")
        if old_or_ill(home):
            found[i].append("guardian_old_or_ill")
    return found


def _row(
    rng: Random, people: Registry, site: Site, child: Child, facts: list[str]
) -> dict[str, object]:
    home = child.home
    boarding = site.grades[child.place] >= 3 and "hakka" in home.languages.split(";")[0]
    boarding = boarding or draws.chance(rng, 6)
    health = draws.one_of(rng, HEALTH) if draws.chance(rng, 8) else None
    if health is None and child.born.toordinal() % UNKNOWN:  # some have not been asked yet
        health = WELL
    if "disability" in facts:
        health = draws.one_of(rng, DISABILITIES)
    father = next((a for a in home.adults if a["role"] == "father"), None)
    surname = str(father["name"])[0] if father else None
    return {
        "name": people.name("child", child.sex, surname),
        "sex": child.sex,
        "birth_date": child.born,
        "id_number": None if draws.chance(rng, 4) else people.id_number(child.born, child.sex),
        "class_id": site.class_id(child.place),
        "village_id": site.village_id(home.village),
        "address": home.address,
        "phone": home.phone,
        "household_id": child.household_id,
        "parents_away": "both" if home.both_away else "one",
        "boarding": boarding,
        "languages": home.languages,
        "free_times": ";".join(_times(rng, boarding)),
        "needs": ";".join(_needs(rng, facts)),
        "wish_sex": _wish(rng, child.sex),
        "supervised": {"nobody": "no", "unknown": "unknown"}.get(home.care, "yes"),
        "circumstances": ";".join(facts) or None,
        "health": health,
        "allergies": draws.one_of(rng, ALLERGIES) if draws.chance(rng, 9) else None,
        "note": draws.one_of(rng, NOTES) if draws.chance(rng, 14) else None,
    }


def _times(rng: Random, boarding: bool) -> list[str]:
    """Two or three free times; boarders are at school on weekdays, away at weekends."""
    times = TIMES[1:] if boarding else (TIMES[0], *TIMES[2:])
    return draws.some_of(rng, times, draws.between(rng, 2, 3))


def _needs(rng: Random, facts: list[str]) -> list[str]:
    wanted = {draws.one_of(rng, OTHER)}
    if {"weak_study", "study_decline"} & set(facts) or draws.chance(rng, 65):
        wanted.add(draws.one_of(rng, STUDY))
    if {"recent_distress", "suspected_harm"} & set(facts):
        wanted.add("psychology")
    if draws.chance(rng, 30):
        wanted.add(draws.one_of(rng, STUDY))
    return [code for code in dict.fromkeys(STUDY + OTHER) if code in wanted]


def _wish(rng: Random, sex: str) -> str | None:
    if not draws.chance(rng, 16 if sex == "female" else 5):
        return None
    return "male" if sex == "male" and draws.chance(rng, 50) else "female"
