"""Names, identity numbers and telephone numbers that belong to nobody.

Identity numbers begin with 9999, a region that does not exist (real provinces are 11 to 82).
Telephone numbers begin with 100, which is not given to subscribers.
"""

from datetime import date
from random import Random

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
    "王静雯",
))
# fmt: on

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
REGION = "999901"


class Registry:
    """Hands out names and numbers, none of them twice."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.given_out: set[str] = set()
        self.people = 0

    def name(self, generation: str, sex: str, surname: str | None = None) -> str:
        first, second = GIVEN[generation, sex]
        while True:
            begin, end = one_of(self.rng, first), one_of(self.rng, second)
            name = (surname or one_of(self.rng, SURNAMES)) + begin + end
            # The same sound twice is rare in given names, and no two people share a name here.
            if begin != end and begin not in name[:1] and self._is_new(name):
                return name

    def phone(self) -> str:
        while True:
            phone = f"100{below(self.rng, 10**8):08d}"
            if self._is_new(phone):
                return phone

    def id_number(self, born: date, sex: str) -> str:
        """18 digits of GB 11643: region, birth date, order with the sex in it, check digit."""
        self.people += 1
        order = 2 * self.people + (sex == "male")
        digits = f"{REGION}{born:%Y%m%d}{order:03d}"
        total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
        return digits + "10X98765432"[total % 11]

    def _is_new(self, text: str) -> bool:
        if text in self.given_out or text in NOT_USED:
            return False
        self.given_out.add(text)
        return True
