"""Passwords that are tried first by whoever guesses, in the West and in China.

A list of passwords is long and always behind; what people do is short: a well-known word, their
own or the product's name, a row of keys, a date, the same again, with a sign or two around. So a
password is *common* when, with all such pieces taken out, almost nothing is left of it (NIST SP
800-63B 3.1.1.2: compare with commonly used ones, with words of the context, and with what is
repeated or in sequence; ask for no kinds of signs).

>>> [is_common(word) for word in ("woaini5201314", "Password-2026!", "19900307aaa", "Carekit2026")]
[True, True, True, True]
>>> [is_common(word) for word in ("river stone 7", "青山桥头 卖豆腐的老王", "tall bamboo 4")]
[False, False, False]
>>> is_common("green hill 12", ["Green Hill Red Cross"]), is_common("li.na.2026!", ["li.na"])
(True, True)
"""

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["is_common"]

LEFT = 4  # signs that must be left, each counted once
PRODUCT = ("carekit", "care", "kit", "redcross", "redcrosssociety")
# The heads of the known lists, as pieces: what stands before or after them is no secret either.
WORDS = """
password passwort passw0rd passwd pass word admin administrator administrador root user guest
test tester login welcome letmein master secret changeme default qwerty qwertz azerty iloveyou
loveyou love monkey dragon sunshine princess football baseball basketball superman batman pokemon
shadow michael jordan charlie daniel jessica ashley trustno1 starwars whatever freedom computer
internet flower summer winter spring autumn hello hello123 google apple samsung huawei xiaomi
windows office money lucky angel killer hunter ranger soccer hockey cheese cookie banana orange
abc abcd abcde abcdef asd asdf qwe qaz wsx edc qazwsx zaq xsw zxc zxcv qweasd qweasdzxc
woaini woaini1314 woaiwojia woaiziji woaizhongguo aini wan an wanan nihao zaijian xiexie mima
wodemima shezhi guanli guanliyuan caiwu gongsi xuexiao laoshi zhongguo china beijing shanghai
guangzhou shenzhen xiaoming zhangsan lisi wangwu zhangwei wangwei wangfang liwei lina zhangmin
zhangli lijing wangjing liqiang wangqiang liuyang baobao baobei laogong laopo mama baba haha hehe
woshishui fangfang tiantian xiaoxiao longlong taobao weixin wechat alipay zhifubao tencent baidu
hongshizihui hongshihui zhiyuan zhiyuanzhe liushou ertong aixin guanai
我爱你 我爱中国 密码 我的密码 管理员 中国 红十字会 红十字 志愿者 志愿服务 留守儿童 生日快乐
520 521 1314 5201314 1314520 5211314 52013 7758521 7758258 3344520 3344521 1314521 5845201314
9958123 147258369 147258 258369 159357 357159 741852963 963852741 123698745 789456123 456789
666 888 999 168 518 588 8888 6666 123 1234 321 110110 112233 121212 123123 a1b2c3 100200 10086 12306
"""
# Keys as they lie on the board and letters in order; also backwards.
ROWS = (
    "01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm",
    "qwertzuiop", "azertyuiop", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "!@#$%^&*()", "zaq1xsw2cde3vfr4bgt5",
    "a1b2c3d4e5f6g7", "aabbccddeeffgghh", "11223344556677889900", "甲乙丙丁戊己庚辛壬癸",
    "一二三四五六七八九十",
)  # fmt: skip
MOBILE = re.compile(r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)")
IDENTITY = re.compile(r"[1-9]\d{5}(?:19|20)\d{9}[\dx]")
DATE = re.compile(
    r"(?:19|20)\d\d[-./年]?(?:1[0-2]|0?[1-9])[-./月]?(?:3[01]|[12]\d|0?[1-9])日?"
    r"|(?:3[01]|[12]\d|0?[1-9])[-./]?(?:1[0-2]|0?[1-9])[-./]?(?:19|20)\d\d"
    r"|(?<!\d)\d\d(?:1[0-2]|0[1-9])(?:3[01]|[12]\d|0[1-9])(?!\d)"
    r"|(?:19|20)\d\d年?"
)
SAME = re.compile(r"(.)\1{2,}")
AGAIN = re.compile(r"(.{2,6}?)\1{2,}")
LEET = str.maketrans("@013457$", "aoieasts")


def is_common(password: str, context: Iterable[str] = ()) -> bool:
    """Whether a password is among the first that are tried.

    ``context`` are words that lie near: the person's user name and name, the name of the branch.
    """
    said = unicodedata.normalize("NFKC", password).casefold()
    words = sorted({*WORDS.split(), *PRODUCT, *_pieces(context)}, key=len, reverse=True)
    # As typed, without the signs between words, and with the letters that were disguised.
    seen = (said, _bare(said), _bare(said.translate(LEET)))
    return any(_left(one, words) < LEFT for one in seen)


def _bare(said: str) -> str:
    return "".join(sign for sign in said if sign.isalnum())


def _pieces(context: Iterable[str]) -> set[str]:
    """The words of names, whole and in their parts; Chinese names have no blanks."""
    found: set[str] = set()
    for name in context:
        known = unicodedata.normalize("NFKC", name).casefold()
        parts = [part for part in re.split(r"\W+|_", known) if part]
        found |= {"".join(parts), known, *parts}
    return {one for one in found if len(one) > 1}


def _left(said: str, words: list[str]) -> int:
    """How many different signs are left when everything well known is taken out."""
    for pattern in (IDENTITY, MOBILE, AGAIN, SAME, DATE):
        said = pattern.sub(" ", said)
    for word in words:
        said = said.replace(word, " ")
    said = _without_rows(said)
    return len({sign for sign in said if sign.isalnum()})


def _without_rows(said: str) -> str:
    """What is left without four and more neighbours of a row (three of digits)."""
    kept, place = "", 0
    while place < len(said):
        length = max((_run(said, place, row) for row in _BOTH_WAYS), default=0)
        least = 3 if said[place : place + length].isdigit() else 4
        if length >= least:
            place += length
            kept += " "
        else:
            kept += said[place]
            place += 1
    return kept


_BOTH_WAYS = [*ROWS, *(row[::-1] for row in ROWS)]


def _run(said: str, place: int, row: str) -> int:
    """How many signs from a place on follow each other in a row."""
    length = 0
    while place + length < len(said) and said[place : place + length + 1] in row:
        length += 1
    return length
