"""The households of a school's left-behind children, and the adults around them.

The published proportions (domain.md, R5) hold to the child: of the 122 of the practice school 52
with both parents away and 70 with one; 97 looked after by grandparents, 16 by relatives or
friends, 9 by nobody for certain.
Those say who looks after the child, so where one parent is away the other is at home but the
guardian is still the grandparent, relative or friend. Orphans and abandoned children are
categories of their own (R1) and not among the left-behind.
"""

from dataclasses import dataclass, field
from random import Random

from carekit.sample import draws
from carekit.sample.identity import Registry
from carekit.sample.site import PRACTICE_DAY, Site, scaled, spread

# Grades of the brothers and sisters of ten households in 110; (3, 3) are twins in one class.
SIBLINGS = (
    (1, 3),
    (2, 5),
    (3, 3),
    (1, 3, 6),
    (4, 6),
    (2, 4),
    (1, 6),
    (2, 4, 6),
    (3, 5),
    (1, 4),
)
SHARE = (10, 122)  # so many households with brothers and sisters a child

AWAY_PERMILLE = (428, 572)  # both parents, one parent
CARE_PERMILLE = (797, 130, 73)  # grandparents, relatives or friends, uncertain or nobody
NOBODY = (5, 9)  # of those with no certain guardian; of the others nothing is known

WORKPLACES = ("东莞市", "广州市", "深圳市", "佛山市", "厦门市", "泉州市", "宁波市", "义乌市")
WORK = {
    "male": ("电子厂工人", "建筑工", "货车司机", "装修工", "厨师", "快递员", "家具厂工人"),
    "female": ("制衣厂工人", "电子厂工人", "餐馆服务员", "保洁员", "鞋厂工人", "家政服务员"),
}
AT_HOME = ("务农", "务农", "打零工", "开小店")
ILLNESSES = ("糖尿病,长期服药", "中风后行动不便", "腰椎病,不能负重")


@dataclass
class Household:
    """One family: facts its children share."""

    village: int
    places: list[int]  # place of the class of each child, in the school
    both_away: bool
    care: str  # grandparent, relative, friend, nobody or unknown
    single: bool = False
    poor: bool = False
    languages: str = ""
    address: str = ""
    phone: str | None = None
    adults: list[dict[str, object]] = field(default_factory=list)


def households(people: Registry, site: Site) -> list[Household]:
    """The households with their adults."""
    rng = site.draws(1)
    classes = _class_places(rng, site)
    sizes = [len(places) for places in classes]
    both, one = draws.split(site.children, AWAY_PERMILLE)
    away = _fill(rng, sizes, [("both", both), ("one", one)])
    grand, known, other = draws.split(site.children, CARE_PERMILLE)
    friends, nobody = known // 4, other * NOBODY[0] // NOBODY[1]
    care = _fill(
        rng,
        sizes,
        [
            ("grandparent", grand),
            ("relative", known - friends),
            ("friend", friends),
            ("nobody", nobody),
            ("unknown", other - nobody),
        ],
    )
    villages = draws.shuffled(rng, spread(len(classes), [v.households for v in site.villages]))
    out = []
    for place, places in enumerate(classes):
        home = Household(villages[place], places, away[place] == "both", care[place])
        home.single = not home.both_away and draws.chance(rng, 11)
        home.poor = draws.chance(rng, 7)
        village = site.villages[home.village]
        home.languages = _languages(rng, village.dialect)
        group, door = draws.between(rng, 1, 8), draws.between(rng, 1, 60)
        home.address = f"{village.township}{village.name}{group}组{door}号"
        home.phone = people.phone() if draws.chance(rng, 18) else None
        home.adults = _adults(rng, people, home)
        out.append(home)
    return out


def _class_places(rng: Random, site: Site) -> list[list[int]]:
    """For each household the classes its children are in; every class gets its number."""
    free = [place for place, n in enumerate(site.left_behind) for _ in range(n)]
    free = draws.shuffled(rng, free)
    out = []
    for grades in scaled(SIBLINGS, site.children * SHARE[0] // SHARE[1]):
        taken: list[int] = []
        for grade in grades:
            twin = [place for place in taken if site.grades[place] == grade]
            found = twin[0] if twin else next(p for p in free if site.grades[p] == grade)
            free.remove(found)
            taken.append(found)
        out.append(taken)
    return out + [[place] for place in free]


def _fill(rng: Random, sizes: list[int], counts: list[tuple[str, int]]) -> list[str]:
    """A word for each household so that the counts hold over children.

    Households of several children take one of the first two words, for which there is room; the
    many households of one child then make every count exact.
    """
    left = dict(counts)
    common = [word for word, _ in counts[:2]]
    out = []
    for place, size in enumerate(sizes):
        if size > 1:
            word = common[place % 3 == 2]  # two of three the first one
            left[word] -= size
            out.append(word)
    singles = [word for word, n in left.items() for _ in range(n)]
    return out + draws.shuffled(rng, singles)


def _languages(rng: Random, dialect: str) -> str:
    if draws.chance(rng, 4):  # families that moved here
        return draws.one_of(rng, ("xiang", "xiang;mandarin", "southern_min;mandarin"))
    if draws.chance(rng, 12):  # the two dialects meet
        return "gan;hakka;mandarin"
    return dialect if draws.chance(rng, 22) else f"{dialect};mandarin"


def _adults(rng: Random, people: Registry, home: Household) -> list[dict[str, object]]:
    surname = people.name("adult", "male")[0]
    father_there = not home.single or draws.chance(rng, 60)
    # Where one parent is away it is the father in three of four families.
    father_away = home.both_away or (father_there if home.single else draws.chance(rng, 75))
    mother_away = home.both_away or (not father_there if home.single else not father_away)
    adults = []
    if father_there:
        adults.append(_parent(rng, people, "father", surname, father_away))
    if not home.single or not father_there:
        adults.append(_parent(rng, people, "mother", None, mother_away))
    if home.care in ("grandparent", "relative", "friend"):
        adults.append(_guardian(rng, people, home, surname))
    return adults


def _parent(
    rng: Random, people: Registry, role: str, surname: str | None, away: bool
) -> dict[str, object]:
    sex = "male" if role == "father" else "female"
    return {
        "role": role,
        "name": people.name("adult", sex, surname),
        "relation": "parent",
        "phone": people.phone(),
        "workplace": draws.one_of(rng, WORKPLACES) if away else "本村",
        "occupation": draws.one_of(rng, WORK[sex]) if away else draws.one_of(rng, AT_HOME),
    }


def _guardian(rng: Random, people: Registry, home: Household, surname: str) -> dict[str, object]:
    old = home.care == "grandparent"
    sex = draws.one_of(rng, ("female", "female", "male"))
    ill = old and draws.chance(rng, 4)
    if not old:
        born = draws.between(rng, 1970, 1988)
    elif draws.chance(rng, 9):  # well over 70 on the practice day
        born = draws.between(rng, 1946, 1953)
    else:
        born = draws.between(rng, 1957, 1968)
    # Grandfathers and uncles on the father's side share the surname.
    kin = surname if sex == "male" and home.care != "friend" else None
    return {
        "role": "guardian",
        "name": people.name("elder" if old else "adult", sex, kin),
        "relation": home.care,
        "birth_year": born,
        "phone": people.phone(),
        "health": draws.one_of(rng, ILLNESSES) if ill else None,
        "address": home.address,
    }


def old_or_ill(home: Household) -> bool:
    """Is the guardian over 70 on the practice day, or ill (M7, tier 2)?"""
    for adult in home.adults:
        if adult["role"] == "guardian":
            age = PRACTICE_DAY.year - int(str(adult["birth_year"]))
            return age > 70 or adult["health"] is not None
    return False
