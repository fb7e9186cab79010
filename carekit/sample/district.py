"""The fictional county: 31 townships, each with its school, its villages and their dialects.

The figures are those of the district of domain.md's real-size cases: 31 schools, 16,856 pupils,
12,285 of them left behind (72.9 %). Townships lie on a grid of about eleven kilometres; Gan is
spoken in the west, Hakka in the east, Southern Min and Xiang in a corner each.
"""

from itertools import accumulate
from random import Random

from carekit.sample import draws
from carekit.sample.site import Site, Village

__all__ = ["PUPILS", "VOLUNTEERS", "sites"]

PUPILS, LEFT_BEHIND, VOLUNTEERS = 16_856, 12_285, 8_599
CLASS_SIZE = 42

# Township, place on the grid (column, row), dialect, how large its school is, and how many
# volunteers there are beside its children: many in the towns, few in the hills.
TOWNSHIPS = (
    ("城关镇", 2, 2, "gan", 14, 17),
    ("青石镇", 1, 1, "gan", 11, 11),
    ("龙潭镇", 2, 1, "gan", 10, 10),
    ("白沙镇", 3, 2, "gan", 10, 11),
    ("大塘镇", 1, 2, "gan", 9, 10),
    ("沙洲镇", 2, 3, "gan", 9, 10),
    ("黄陂镇", 4, 2, "hakka", 9, 9),
    ("梅江镇", 4, 3, "hakka", 9, 9),
    ("长乐乡", 3, 1, "gan", 8, 8),
    ("丰田乡", 0, 1, "gan", 7, 7),
    ("古竹乡", 0, 2, "gan", 7, 7),
    ("桥头乡", 1, 3, "gan", 8, 8),
    ("柳溪乡", 3, 3, "gan", 8, 8),
    ("松源乡", 1, 0, "gan", 6, 5),
    ("南坑乡", 2, 0, "gan", 6, 5),
    ("水口乡", 3, 0, "hakka", 6, 5),
    ("石城乡", 4, 1, "hakka", 7, 7),
    ("罗坊乡", 5, 2, "hakka", 7, 6),
    ("固厚乡", 5, 3, "hakka", 6, 5),
    ("蔡江乡", 5, 1, "hakka", 5, 3),
    ("高田乡", 4, 0, "hakka", 5, 3),
    ("丰山乡", 3, 4, "hakka", 6, 6),
    ("木兰乡", 4, 4, "hakka", 6, 5),
    ("横江乡", 5, 4, "southern_min", 5, 2),
    ("小姑乡", 5, 5, "southern_min", 4, 1),
    ("大由乡", 4, 5, "southern_min", 4, 2),
    ("湖陂乡", 2, 4, "gan", 7, 6),
    ("东韶乡", 1, 4, "gan", 6, 5),
    ("洛口乡", 0, 3, "xiang", 5, 4),
    ("西坪乡", 0, 4, "xiang", 5, 2),
    ("云台乡", 1, 5, "xiang", 4, 1),
)
WEST, SOUTH, STEP = 1_149_500, 259_500, 1_170  # ten-thousandths of a degree
VILLAGES = 10
BEFORE = "上下大小东西南北新老石白青黄龙凤桃李杨柳松竹梅茶"
AFTER = "桥溪亭塘坪坑岭背湾洲田屋坝井畈源边陂"
HOUSEHOLDS = (12, 11, 10, 9, 8, 8, 7, 6, 5, 4)
HELPERS = (14, 9, 8, 6, 6, 5, 4, 3, 2, 2)
DIALECTS = ("gan", "hakka")


def sites() -> list[Site]:
    """The 31 schools with their classes and villages, in the order of ``TOWNSHIPS``.

    >>> found = sites()
    >>> len(found), sum(site.children for site in found), sum(sum(s.pupils) for s in found)
    (31, 12285, 16856)
    """
    rng = Random(2026_3100)
    names = draws.shuffled(rng, [a + b + "村" for a in BEFORE for b in AFTER if a != b])
    weights = [size for *_, size, _ in TOWNSHIPS]
    classes = [_classes(pupils) for pupils in _shares(PUPILS, weights)]
    volunteers = _shares(VOLUNTEERS, [helpers for *_, helpers in TOWNSHIPS])
    pupils = [n for one in classes for n in one]
    left_behind = iter(_shares(LEFT_BEHIND, pupils))
    towns = tuple(name for name, *_ in TOWNSHIPS if name.endswith("镇"))
    out: list[Site] = []
    for place, (name, column, row, dialect, _, _) in enumerate(TOWNSHIPS):
        inside = [names.pop() for _ in range(VILLAGES)]
        out.append(
            Site(
                number=place + 1,
                school=f"{name}中心小学",
                township=name,
                villages=_villages(rng, name, inside, column, row, dialect),
                pupils=tuple(classes[place]),
                left_behind=tuple(next(left_behind) for _ in classes[place]),
                grades=tuple(i * 6 // len(classes[place]) + 1 for i in range(len(classes[place]))),
                volunteers=volunteers[place],
                towns=towns,
                first_village=place * VILLAGES,
                first_class=sum(len(site.pupils) for site in out),
            )
        )
    return out


def _shares(total: int, weights: list[int]) -> list[int]:
    """A total in the proportion of the weights, to the last one: each up to the running sum."""
    whole = sum(weights)
    ends = [total * upto // whole for upto in accumulate(weights)]
    return [end - begin for begin, end in zip([0, *ends], ends, strict=False)]


def _classes(pupils: int) -> list[int]:
    """The pupils of each class of a school: as many classes in each grade, or one more."""
    return _shares(pupils, [1] * max(6, round(pupils / CLASS_SIZE)))


def _villages(
    rng: Random, township: str, names: list[str], column: int, row: int, dialect: str
) -> tuple[Village, ...]:
    """The seat of the township, and its other villages within about six kilometres."""
    east, north = WEST + column * STEP, SOUTH + row * (STEP - 100)
    out = []
    for place, name in enumerate(names):
        width = 120 if place == 0 else 560
        spoken = dialect
        if place > 2 and draws.chance(rng, 15):  # the villages of newcomers
            spoken = draws.one_of(rng, DIALECTS)
        out.append(
            Village(
                name,
                township,
                (east + draws.between(rng, -width, width)) / 10_000,
                (north + draws.between(rng, -width, width)) / 10_000,
                spoken,
                HOUSEHOLDS[place],
                HELPERS[place],
            )
        )
    return tuple(out)
