"""Names, identity numbers and telephone numbers that belong to nobody.

Identity numbers begin with 9999, a region that does not exist (real provinces are 11 to 82).
Telephone numbers begin with 100, which is not given to subscribers.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from random import Random
from types import MappingProxyType
from typing import NamedTuple

from carekit.sample.draws import below, one_of

SURNAMES = tuple("陈李刘黄王张曾钟谢罗肖赖廖温邓何朱彭邱蓝赵周郭林叶杨胡吴徐孙袁傅卢蔡范梁")

# First and second character of given names, by generation and sex.
GIVEN = {
    ("child", "female"): (
        "雨欣诗语佳思梦若可芷紫静晓艺心沐婉依美舒",
        "桐怡涵萱琪悦彤妍瑶菲曦宁婷雯晴蕊柔溪岚禾",
    ),
    ("child", "male"): (
        "子浩宇俊明嘉天家文志博泽睿逸承景柏思乐立",
        "轩豪杰宸阳峰凯航远辰霖帆诚楠哲扬晨昊铭川",
    ),
    ("adult", "female"): ("丽晓春小海玉秋冬慧燕云雪美水", "芳英梅霞玲华红萍兰娟琴珍凤莲"),
    ("adult", "male"): ("志建小海文伟永春德少庆晓家长", "平强辉军明勇林生荣斌华清亮根"),
    ("elder", "female"): ("秀桂春金玉兰菊冬莲招观满", "英香莲花秀娣凤珍兰妹连姣"),
    ("elder", "male"): ("德福金水根火长有发贵观石", "生旺财林发根清昌祥福养连"),
}

# Names the pools could give that somebody well known bears.
# fmt: off
NOT_USED = frozenset((
    "邓小平", "胡春华", "胡德平", "李德生", "李文亮", "李嘉诚", "李金发",
    "周永军", "刘志军", "刘永生", "李春生", "刘德华", "梁家辉", "张家辉",
    "刘家辉", "黄家强", "刘雪华", "李雪琴", "杨丽萍", "刘春红", "刘诗雯",
    "王俊凯", "林俊杰", "陈思诚", "李雨桐", "李佳琪", "胡文轩", "徐若萱",
    "陈雨菲", "周雨彤", "李小平", "孙海英", "张雨菲", "李静雯", "李晓霞",
    "王静雯", "侯明昊", "吴胜利", "孙家栋", "孙春兰", "张国荣", "张志军", "张文宏",
    "张春贤", "张晓光", "张桂梅", "张紫宁", "张雨霏", "李紫婷", "李若彤", "林家栋",
    "武文斌", "毛晓彤", "谢永林", "贺国强", "赖美云", "赵忠贤", "钱文忠", "陈文辉",
    "黄明昊", "黄晓明",
))
# fmt: on

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
REGION = 9999


class Pools(NamedTuple):
    """More surnames, and more characters for either place of a given name."""

    surnames: tuple[str, ...] = ()
    given: Mapping[tuple[str, str], str] = MappingProxyType({})


class Registry:
    """Hands out ids, names and numbers: no number twice, no name twice within one school."""

    def __init__(self, seed: int, more: Pools | None = None) -> None:
        more = more or Pools()
        self.rng = Random(seed)
        self.surnames = SURNAMES + more.surnames
        self.given = {
            who: [some + more.given.get(who, "") for some in both] for who, both in GIVEN.items()
        }
        self.numbers: set[str] = set()
        self.ids: Counter[str] = Counter()
        self.school = 0
        self.next_school()

    def next_school(self) -> None:
        """From here on the people of another school."""
        self.school += 1
        self.names: set[str] = set()
        self.people = 0

    def id(self, prefix: str, width: int = 5) -> str:
        """The next id of a table."""
        self.ids[prefix] += 1
        return f"{prefix}{self.ids[prefix]:0{width}d}"

    def name(self, generation: str, sex: str, surname: str | None = None) -> str:
        first, second = self.given[generation, sex]
        while True:
            begin, end = one_of(self.rng, first), one_of(self.rng, second)
            name = (surname or one_of(self.rng, self.surnames)) + begin + end
            # The same sound twice is rare in given names.
            if begin == end or begin in name[:1] or name in NOT_USED or name in self.names:
                continue
            self.names.add(name)
            return name

    def phone(self) -> str:
        while True:
            phone = f"100{below(self.rng, 10**8):08d}"
            if self._is_new(phone):
                return phone

    def id_number(self, born: date, sex: str) -> str:
        """18 digits of GB 11643: region, birth date, order with the sex in it, check digit."""
        while True:
            self.people += 1
            order = (2 * self.people + (sex == "male")) % 1000
            digits = f"{REGION}{self.school:02d}{born:%Y%m%d}{order:03d}"
            total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
            number = digits + "10X98765432"[total % 11]
            if self._is_new(number):
                return number

    def _is_new(self, number: str) -> bool:
        if number in self.numbers:
            return False
        self.numbers.add(number)
        return True
