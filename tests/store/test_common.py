"""Passwords that are tried first are refused; a few words of one's own are not."""

import pytest

from carekit.errors import BadInput
from carekit.store import (
    Store,
    add_user,
    change_password,
    made_password,
    password_fault,
    set_password,
)

COMMON = """
5201314woaini woaini1314520 1qaz2wsx3edc 1q2w3e4r5t qwertyuiop 1234567890 0987654321
abcdefghij Password123 P@ssw0rd123 iloveyou520 zhangwei1990 13812345678 420106198503071234
19850307abc abcabcabcabc 147258369a 我爱你5201314 qwerty12345 admin@2026 carekit123456
11223344556 q1w2e3r4t5 123qweasdzxc a123456789 qq123456789 asdfghjkl123 红十字会红十字会2026
Aa123456789 1990年3月7日abc 2015.3.7.2015.3.7 ＰＡＳＳＷＯＲＤ１２３ 1985-03-07-ab +8613812345678
"""
NEAR = ["wang.wei.2026", "WangWei12345", "青山县红十字会2026", "Green Hill 12!"]
OWN = [
    "river stone 7",
    "correct horse battery staple",
    "我家门口有三棵老槐树",
    "plum rain 1990 heron",
    "dadu-kimo-tewa-4827",
    "X7$kq!mZ2p",
]


@pytest.mark.parametrize("password", COMMON.split())
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    assert password_fault(password, "wang.wei") == "password_common"


@pytest.mark.parametrize("password", OWN)
def test_what_only_one_person_would_think_of_is_taken(password: str) -> None:
    assert password_fault(password, "wang.wei", ["Green Hill Red Cross"]) is None


@pytest.mark.parametrize(
    "password", ["wang.wei.2026", "WangWei12345", "青山县红十字会2026", "Green Hill 12!"]
)
def test_names_that_lie_near_are_no_secret(password: str) -> None:
    near = ["青山县红十字会", "Green Hill Red Cross"]
    assert password_fault(password, "wang.wei", near) == "password_common"


def test_a_password_that_is_made_is_good_and_no_two_are_equal() -> None:
    made = {made_password() for _ in range(2000)}
    assert len(made) == 2000
    assert {password_fault(one) for one in made} == {None}


def test_every_way_to_a_password_asks_the_rule(store: Store) -> None:
    ways = (
        lambda: add_user(store, "wang.wei", "王伟", "woaini5201314"),
        lambda: add_user(store, "wang.wei", "Ford Smith", "fordsmith2026"),
        lambda: set_password(store, store.actor, "1qaz2wsx3edc"),
    )
    for way in ways:
        with pytest.raises(BadInput) as refused:
            way()
        assert refused.value.code == "password_common"
    add_user(store, "wang.wei", "王伟", "river stone 7")
    with pytest.raises(BadInput) as refused:
        change_password(store, "wang.wei", "river stone 7", "qwertyuiop1")
    assert refused.value.code == "password_common"
