"""The rules for new user names and passwords. What was chosen before a rule stays as it is."""

import secrets
from collections.abc import Iterable

from carekit.errors import BadInput
from carekit.store.common import is_common

__all__ = [
    "PASSWORD_LEAST",
    "chosen",
    "given",
    "made_password",
    "password_fault",
    "user_fault",
]

PASSWORD_LEAST = 10  # characters
USER_MOST = 60
# Syllables nobody mishears, in Chinese or in English, and digits that are no letters.
CONSONANTS, VOWELS, DIGITS = "bdfghkmnpstw", "aeiou", "23456789"


def password_fault(password: str, user_id: str = "", context: Iterable[str] = ()) -> str | None:
    """The code of what is wrong with a new password, None when it may be used.

    At least ``PASSWORD_LEAST`` characters, not one character over and over, not the user name,
    not one of those everybody tries first (:mod:`carekit.store.common`; ``context`` are names
    that lie near, such as the branch's). Length counts, forced signs do not (NIST SP 800-63B).

    >>> [password_fault(word, "wang.wei.ming") for word in ("river 7", "Wang.Wei.Ming")]
    ['password_short', 'password_is_user']
    >>> password_fault("woaini5201314"), password_fault("Ford 2026 !!", "li.na", ["Ford"])
    ('password_common', 'password_common')
    >>> password_fault("river stone 7", "wang.wei.ming") is None
    True
    """
    if not password.strip():
        return "password_empty"
    if len(password) < PASSWORD_LEAST or len(set(password)) < 3:
        return "password_short"
    if user_id and password.strip().casefold() == user_id.casefold():
        return "password_is_user"
    if is_common(password, [user_id, *context]):
        return "password_common"
    return None


def made_password() -> str:
    """A first password that is easy to read aloud and to copy: 49 bits, by chance.

    >>> len(made_password()), password_fault(made_password())
    (19, None)
    """
    words = ["".join(_syllable() for _ in range(2)) for _ in range(3)]
    return "-".join([*words, "".join(secrets.choice(DIGITS) for _ in range(4))])


def _syllable() -> str:
    return secrets.choice(CONSONANTS) + secrets.choice(VOWELS)


def user_fault(user_id: str) -> str | None:
    """The code of what is wrong with a user name, None when it may be used.

    >>> user_fault(" li.na"), user_fault("李娜")
    ('user_name_wrong', None)
    """
    fine = user_id == user_id.strip() and 0 < len(user_id) <= USER_MOST and user_id.isprintable()
    return None if fine else "user_name_wrong"


def given(password: str) -> str:
    """A password that was given; ``BadInput("password_empty")`` for one without a sign."""
    if not password.strip():
        raise BadInput("password_empty")
    return password


def chosen(password: str, user_id: str, context: Iterable[str] = ()) -> str:
    """A password a person has chosen by the rule."""
    if fault := password_fault(password, user_id, context):
        raise BadInput(fault, least=PASSWORD_LEAST)
    return password
