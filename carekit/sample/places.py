"""The fictional place: fourteen villages and a county town, one school, eighteen classes.

Names and numbers are invented; the coordinates lie in hilly country where Gan and Hakka meet,
all within 25 km of the school.
"""

from carekit.sample.site import GRADES, Site, Village

COUNTY = "示例县"

VILLAGES = (
    Village("河心村", "河心镇", 115.3020, 26.2050, "gan", 14, 11),
    Village("石桥村", "河心镇", 115.3310, 26.2280, "gan", 12, 6),
    Village("芷南村", "河心镇", 115.2790, 26.1720, "gan", 11, 6),
    Village("双溪村", "河心镇", 115.3560, 26.1910, "gan", 9, 4),
    Village("茶亭村", "茶亭乡", 115.2380, 26.2240, "gan", 8, 5),
    Village("塘背村", "茶亭乡", 115.2110, 26.2510, "gan", 7, 3),
    Village("枫林坳村", "茶亭乡", 115.1850, 26.2120, "gan", 6, 2),
    Village("莲塘湾村", "莲塘乡", 115.3420, 26.1380, "gan", 8, 6),
    Village("上坪村", "莲塘乡", 115.3870, 26.1150, "hakka", 6, 3),
    Village("白鹭湾村", "莲塘乡", 115.3050, 26.1090, "gan", 7, 3),
    Village("竹山背村", "云岭乡", 115.4120, 26.2560, "hakka", 7, 4),
    Village("老屋场村", "云岭乡", 115.4480, 26.2840, "hakka", 5, 1),
    Village("云岭村", "云岭乡", 115.4980, 26.3310, "hakka", 4, 1),
    Village("岭下村", "云岭乡", 115.3880, 26.2890, "hakka", 6, 4),
    # The county town: volunteers come from here, the school has no child in it.
    Village("东门社区", "城关镇", 115.2650, 26.1510, "gan", 0, 20),
)

# Pupils and left-behind children of each class, three classes a grade: 743 and 122 in all.
SCHOOL = Site(
    number=0,
    school="河心镇中心小学",
    township="河心镇",
    villages=VILLAGES,
    pupils=(40, 41, 39, 42, 40, 41, 43, 41, 42, 41, 43, 42, 40, 42, 41, 42, 41, 42),
    left_behind=(5, 6, 6, 7, 6, 5, 8, 7, 6, 7, 8, 7, 6, 8, 9, 7, 6, 8),
    grades=tuple(grade for grade in range(1, 7) for _ in range(3)),
    volunteers=79,
    towns=("河心镇", "城关镇"),
    lonely="云岭村",
)


def villages(site: Site) -> list[dict[str, object]]:
    return [
        {
            "village_id": site.village_id(place),
            "name": village.name,
            "township": village.township,
            "county": COUNTY,
            "longitude": village.longitude,
            "latitude": village.latitude,
        }
        for place, village in enumerate(site.villages)
    ]


def schools(site: Site) -> list[dict[str, object]]:
    place = {"county": COUNTY, "township": site.township}
    return [{"school_id": site.school_id(), "name": site.school, **place}]


def classes(site: Site) -> list[dict[str, object]]:
    out: list[dict[str, object]] = []
    for place, (pupils, grade) in enumerate(zip(site.pupils, site.grades, strict=True)):
        number = site.grades[: place + 1].count(grade)
        out.append(
            {
                "class_id": site.class_id(place),
                "school_id": site.school_id(),
                "name": f"{GRADES[grade - 1]}({number})班",
                "grade": grade,
                "pupils": pupils,
            }
        )
    return out


def terms() -> list[dict[str, object]]:
    return [
        {
            "term_id": "TM001",
            "name": "2025-2026学年第一学期",
            "since": "2025-09-01",
            "until": "2026-01-24",
        },
        {
            "term_id": "TM002",
            "name": "2025-2026学年第二学期",
            "since": "2026-02-23",
            "until": "2026-07-04",
        },
    ]
