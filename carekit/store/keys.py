"""The keys of a store: made at random, and wrapped for each person and for one printed code.

The database is encrypted with a random *data key* that never changes: a new password wraps the
same key anew, and nothing is encrypted again. Argon2id turns a password into a key that opens one
wrap; AES-256-GCM with the store, the person and the part as associated data closes it, so that a
wrap cannot be given to somebody else, moved to another store or made to pass for another part.
The *audit key* is a second random key, wrapped apart from the first: nothing that is encrypted
with the data key, and nothing derived from it, tells it.

>>> keys, cheap = Keys.new(), Cost(time=1, memory=8, lanes=1)
>>> wrap = wrapped(keys, secret("river stone 7", b"salt of a person", cheap), "town/li.na")
>>> unwrapped(wrap, secret("river stone 7", b"salt of a person", cheap), "town/li.na") == keys
True
>>> unwrapped(wrap, secret("river stone 8", b"salt of a person", cheap), "town/li.na") is None
True
>>> keys
Keys()
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass, field

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from carekit.errors import BadInput

__all__ = [
    "COST",
    "Cost",
    "Keys",
    "Wrap",
    "code_read",
    "new_code",
    "opened",
    "sealed",
    "secret",
    "unwrapped",
    "wrapped",
]

KEY_BYTES = 32
NONCE_BYTES = 12
PARTS = ("data", "audit")
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"  # without I, L and O; 23, a prime: see code_read
CODE_LETTERS, CODE_GROUP = 24, 4  # 23 at random are 104 bits; the last one checks them

Wrap = dict[str, str]  # part -> nonce and sealed key, in hexadecimal digits


@dataclass(frozen=True)
class Cost:
    """What Argon2id takes for one password; kept beside each wrap, so that it may grow.

    The default is the second choice of RFC 9106, section 4: a tenth of a second or two.
    """

    time: int = 3  # passes
    memory: int = 64 * 1024  # KiB
    lanes: int = 4

    def bearable(self) -> bool:
        """Whether a wrap that asks for this may be tried: a file must not stop the computer."""
        lanes = 1 <= self.lanes <= 16 and self.memory >= 8 * self.lanes  # as Argon2 asks
        return lanes and 1 <= self.time <= 50 and self.memory <= 2**20


COST = Cost()


@dataclass(frozen=True)
class Keys:
    """What opens a store (data) and what signs its audit (audit); never shown."""

    data: bytes = field(repr=False)
    audit: bytes = field(repr=False)

    @classmethod
    def new(cls) -> "Keys":
        return cls(secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES))

    def pragma(self) -> str:
        """The data key as SQLCipher takes a raw one: no password is stretched there again."""
        return f"x'{self.data.hex()}'"

    def tag(self, text: str) -> str:
        """A name for a text that nobody without the data key can tell, the same each time."""
        apart = hmac.digest(self.data, b"carekit tags", "sha256")
        return hmac.digest(apart, text.encode(), "sha256")[:16].hex()


def secret(password: str, salt: bytes, cost: Cost) -> bytes:
    """The key a password stands for."""
    # The same word typed on another keyboard may come in other code points.
    typed = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    salt = hashlib.sha256(salt).digest()[:16]
    return hash_secret_raw(
        typed, salt, cost.time, cost.memory, cost.lanes, KEY_BYTES, Type.ID, version=19
    )


def sealed(content: bytes, key: bytes, about: str) -> bytes:
    """Content only the key opens, and only for the same ``about``.

    >>> opened(sealed(b"words", bytes(32), "a letter"), bytes(32), "a letter")
    b'words'
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, about.encode())


def opened(content: bytes, key: bytes, about: str) -> bytes | None:
    """What was sealed; None where key, content or ``about`` is another."""
    try:
        nonce, closed = content[:NONCE_BYTES], content[NONCE_BYTES:]
        return AESGCM(key).decrypt(nonce, closed, about.encode())
    except (InvalidTag, ValueError):
        return None


def wrapped(keys: Keys, key: bytes, whose: str) -> Wrap:
    """Both keys, each sealed by itself."""
    return {
        part: sealed(getattr(keys, part), key, f"carekit keys/{whose}/{part}").hex()
        for part in PARTS
    }


def unwrapped(wrap: Wrap, key: bytes, whose: str) -> Keys | None:
    """The keys of a wrap, None where the secret is not the one it was closed with."""
    found = {}
    for part in PARTS:
        content = opened(bytes.fromhex(wrap[part]), key, f"carekit keys/{whose}/{part}")
        if content is None or len(content) != KEY_BYTES:
            return None
        found[part] = content
    return Keys(**found)


def new_code() -> str:
    """A recovery code to print: letters in groups, none of which looks like another.

    >>> len(new_code()), new_code() == new_code()
    (29, False)
    """
    drawn = "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS - 1))
    code = drawn + _check(drawn)
    return "-".join(code[i : i + CODE_GROUP] for i in range(0, CODE_LETTERS, CODE_GROUP))


def code_read(typed: str) -> str:
    """A recovery code as it was typed: in small letters, with or without dashes and blanks.

    Raises ``BadInput("recovery_mistyped")`` when letters are missing, wrong or swapped: the last
    one checks all others, and neither one wrong letter nor two swapped neighbours ever pass.

    >>> code_read("aaaa aaaa aaaa aaaa aaaa aaab")
    Traceback (most recent call last):
    carekit.errors.BadInput: recovery_mistyped
    """
    text = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", typed)).upper()
    if len(text) != CODE_LETTERS or set(text) - set(LETTERS) or _check(text[:-1]) != text[-1]:
        raise BadInput("recovery_mistyped")
    return text


def _check(drawn: str) -> str:
    """The letter that makes the weighted sum of all others: 23 is a prime, no weight is 0."""
    sums = ((place % 22 + 1) * LETTERS.index(letter) for place, letter in enumerate(drawn))
    return LETTERS[sum(sums) % len(LETTERS)]
