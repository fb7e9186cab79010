"""All tables of the county sample, in one place."""

from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd

from carekit.sample import draws, past
from carekit.sample.assemble import frames, one_school
from carekit.sample.district import sites
from carekit.sample.identity import Pools, Registry
from carekit.sample.past import Rows
from carekit.sample.site import Site
from carekit.sample.team import further_peers

__all__ = ["county"]

Done = Callable[[float], None]

# One of five children had a volunteer last year, who made contact every month or so.
PAIRED = 5
CONTACTS = (7, 12)
KINDS = ("talk", "talk", "talk", "call", "call", "visit", "visit", "letter")
PARTNERS = {
    "talk": ("child",),
    "call": ("child", "guardian", "parent", "parent"),
    "visit": ("child", "guardian", "guardian"),
    "letter": ("child", "parent"),
}
MINUTES = {"talk": (20, 45), "call": (5, 25), "visit": (40, 120), "letter": (20, 40)}
NOTES = (
    "孩子情绪稳定,愿意说学校里的事",
    "谈到想念父母,约定周末一起视频",
    "作业有进步,鼓励继续努力",
    "监护人身体不适,提醒按时吃药",
    "一起看书一小时",
    "提醒路上注意交通安全",
)
# The garden exposition is for the first school; the others go elsewhere.
OUTINGS = (
    past.GARDEN,
    ("古城一日游", date(2026, 4, 18), "示例县古城"),
    ("趣味运动会", date(2026, 5, 9), "示例县体育场"),
    ("才艺展示", date(2026, 5, 30), "示例县文化馆"),
)

MORE = Pools(
    surnames=tuple("孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武乔贺龚文庞樊施洪左石戴严阎"),
    given={
        ("child", "female"): "语歆筱蔓茜苒沁芮梓妤钰璐霏瑾岑",
        ("child", "male"): "锦鸿骏煜皓昱恺栋霁铮翊骞彦瀚泓",
        ("adult", "female"): "桂菊银彩凤素巧翠莉菁婉淑香爱",
        ("adult", "male"): "国新光正兴大胜利忠宏宗启世贤",
        ("elder", "female"): "玲翠银素巧彩云淑美爱",
        ("elder", "male"): "木土富庭良祖茂庆宗田",
    },
)


def county(done: Done | None = None) -> dict[str, pd.DataFrame]:
    """The fictional county: the tables of ``school`` for 31 schools, and contacts.

    Figures: the district of domain.md's real-size cases (16,856 pupils, 12,285 left-behind
    children), shares of R5 in each school, 8,599 volunteers and caring parents with fewer places
    than there are children, the teachers of every class, last year's pairings and their contacts,
    four outings. ``done(share)`` is told how far it is. A few seconds.

    >>> tables = county()
    >>> len(tables["schools"]), len(tables["children"]), len(tables["contacts"]) > 20_000
    (31, 12285, True)
    """
    people = Registry(2026_31, MORE)
    rows: dict[str, Rows] = {}
    places = sites()
    schools: list[dict[str, Rows]] = []
    for number, site in enumerate(places):
        if done is not None and number % 4 == 0:
            done(number / len(places))
        some = one_school(people, site, paired=site.children // PAIRED)
        some["contacts"] = _contacts(people, site, some["pairings"])
        some["outings"], some["consents"] = _outing(people, site, some["children"])
        if rows:
            del some["terms"]
        for table, found in some.items():
            rows.setdefault(table, []).extend(found)
        schools.append({table: some[table] for table in ("children", "helpers")})
        people.next_school()
    for site, some in zip(places, schools, strict=True):
        rows["helpers"] += further_peers(people, site, some, MORE)
    return frames(rows)


def _contacts(people: Registry, site: Site, pairings: Rows) -> Rows:
    """What the helpers of last year noted: from their first day to their last, in order."""
    rng = site.draws(6)
    since, until = past.LAST_YEAR
    found = []
    for pairing in pairings:
        for _ in range(draws.between(rng, *CONTACTS)):
            kind = draws.one_of(rng, KINDS)
            reached = kind in ("talk", "letter") or not draws.chance(rng, 12)
            found.append(
                {
                    "child_id": pairing["child_id"],
                    "helper_id": pairing["helper_id"],
                    "day": draws.day_between(rng, since, until - timedelta(days=1)),
                    "kind": kind,
                    "partner": draws.one_of(rng, PARTNERS[kind]),
                    "minutes": draws.between(rng, *MINUTES[kind]) if reached else None,
                    "reached": reached,
                    "note": draws.one_of(rng, NOTES) if draws.chance(rng, 20) else None,
                }
            )
    found.sort(key=lambda row: (str(row["day"]), str(row["child_id"])))
    return [{"contact_id": people.id("L", 7), **row} for row in found]


def _outing(people: Registry, site: Site, children: Rows) -> tuple[Rows, Rows]:
    """The outing of a school, if it has one, with the answers of as many as at the practice one."""
    if site.number > len(OUTINGS):
        return [], []
    outing = past.outing(people, *OUTINGS[site.number - 1])
    asked = draws.some_of(site.draws(7), children, past.ASKED)
    return [outing], past.consents(people, site, asked, outing["outing_id"])
