"""Who unlocks a store and who does not; what the file of keys tells to strangers: nothing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from carekit.errors import BadInput
from carekit.store import Store, keyfile, keys, open_store, unlocked, users
from carekit.store.keyfile import Keyfile
from carekit.store.keys import Cost, Keys
from tests.stores import copied

from .conftest import PASSWORD

BOTH = Keys.new()


@pytest.fixture
def file() -> Keyfile:
    made = Keyfile().with_code(BOTH, CODE).with_person(BOTH, "li.na", "river stone 7")
    return made.with_person(BOTH, "王伟", "blue boat 99")


CODE = keys.new_code()


def test_each_person_and_the_code_open_the_same_keys(file: Keyfile) -> None:
    assert file.unlocked("li.na", "river stone 7") == BOTH
    assert file.unlocked("王伟", "blue boat 99") == BOTH
    assert file.recovered(CODE) == BOTH
    assert file.recovered(f" {CODE.lower().replace('-', ' ')} ") == BOTH


def test_a_password_typed_on_another_keyboard_is_the_same() -> None:
    file = Keyfile().with_person(BOTH, "li.na", "cafe\u0301 river 7")
    assert file.unlocked("li.na", "caf\u00e9 river 7") == BOTH


@pytest.mark.parametrize(
    "who",
    [
        ("li.na", "river stone 8"),
        ("li.na", "blue boat 99"),  # of somebody else
        ("王伟", "river stone 7"),
        ("nobody", "river stone 7"),
        ("", "river stone 7"),
        ("li.na", ""),
        ("li.na", CODE),
        ("li.na", "\ud800"),
    ],
)
def test_nothing_else_opens_them(file: Keyfile, who: tuple[str, str]) -> None:
    assert file.unlocked(*who) is None


def test_a_tampered_wrap_opens_nothing(file: Keyfile) -> None:
    wrap = Keyfile().with_person(BOTH, "li.na", "river stone 7").people[0].wrap
    key = b"k" * 32
    for part in ("data", "audit"):
        good = keys.wrapped(BOTH, key, "here")
        assert keys.unwrapped(good, key, "here") == BOTH
        assert keys.unwrapped(good, key, "there") is None
        for place in (0, 13, 30, 59):  # of the nonce, the key, the seal
            broken = bytearray.fromhex(good[part])
            broken[place] ^= 1
            assert keys.unwrapped({**good, part: broken.hex()}, key, "here") is None
        assert keys.unwrapped({**good, part: good[part][:40]}, key, "here") is None
    swapped = {"data": wrap["audit"], "audit": wrap["data"]}
    people = (replace(file.people[0], wrap=swapped),)
    assert replace(file, people=people).unlocked("li.na", "river stone 7") is None
    # A wrap of another store, or given to somebody else.
    assert replace(file, store="0" * 32).unlocked("li.na", "river stone 7") is None
    assert replace(file, store="0" * 32).recovered(CODE) is None


def test_a_new_password_replaces_the_old_and_a_removed_wrap_opens_nothing(file: Keyfile) -> None:
    changed = file.with_person(BOTH, "li.na", "new river 8")
    assert len(changed.people) == 2
    assert changed.unlocked("li.na", "river stone 7") is None
    assert changed.unlocked("li.na", "new river 8") == BOTH
    left = changed.only(BOTH, ["王伟", "nobody"])
    assert left.unlocked("li.na", "new river 8") is None
    assert left.unlocked("王伟", "blue boat 99") == BOTH
    assert left.holds(BOTH, "王伟") and not left.holds(BOTH, "li.na")


def test_another_code_replaces_the_first(file: Keyfile) -> None:
    other = keys.new_code()
    changed = file.with_code(BOTH, other)
    assert changed.recovered(other) == BOTH
    assert changed.recovered(CODE) is None


def test_a_mistyped_code_is_told_before_any_work(
    file: Keyfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "hash_secret_raw", lambda *_, **__: 1 / 0)
    letters = CODE.replace("-", "")
    for place, letter in enumerate(letters):
        wrong = next(one for one in keys.LETTERS if one != letter)
        typed = [letters[:place] + wrong + letters[place + 1 :], letters[:-1], letters + "A"]
        if place and letters[place - 1] != letter:
            typed.append(letters[: place - 1] + letter + letters[place - 1] + letters[place + 1 :])
        for one in (*typed, "", "IIII" * 6):
            with pytest.raises(BadInput) as refused:
                file.recovered(one)
            assert refused.value.code == "recovery_mistyped"


def test_codes_are_long_and_never_the_same() -> None:
    codes = {keys.new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(set(code) <= {*keys.LETTERS, "-"} and len(code) == 29 for code in codes)
    assert not set("ILO") & set(keys.LETTERS)
    assert len(keys.LETTERS) ** (keys.CODE_LETTERS - 1) > 2**100


def test_a_real_password_takes_its_time() -> None:
    assert Cost() == Cost(time=3, memory=65536, lanes=4)  # RFC 9106, section 4
    assert Cost().bearable()


def test_wraps_of_several_costs_open_and_every_refusal_pays_for_all(
    file: Keyfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "COST", Cost(time=2, memory=16, lanes=1))
    later = file.with_person(BOTH, "zhao.min", "green tea 77")
    paid: list[int] = []
    stretch = keys.hash_secret_raw

    def count(*given: object, **more: object) -> bytes:
        paid.append(given[2])
        return stretch(*given, **more)

    monkeypatch.setattr(keys, "hash_secret_raw", count)
    for who in (("li.na", "x"), ("zhao.min", "x"), ("nobody", "x"), ("li.na", "river stone 7")):
        later.unlocked(*who)
        assert paid == [1, 2]
        paid.clear()
    assert later.unlocked("zhao.min", "green tea 77") == BOTH


def test_keys_are_never_shown() -> None:
    assert repr(BOTH) == "Keys()" and str([BOTH]) == "[Keys()]"
    assert BOTH.data != BOTH.audit and len(BOTH.data) == len(BOTH.audit) == 32


def test_nobody_and_no_key_can_be_read_from_the_file(tmp_path: Path, file: Keyfile) -> None:
    keyfile.write(tmp_path / "town.care", file)
    path = tmp_path / "town.care.keys"
    assert keyfile.read(tmp_path / "town.care") == file
    assert path.stat().st_mode & 0o077 == 0
    text = path.read_bytes()
    found = json.loads(text)
    for hidden in ("li.na", "王伟", "river", CODE, BOTH.data.hex(), BOTH.audit.hex()):
        assert hidden.encode() not in text and hidden not in str(found)
    assert [entry.name for entry in tmp_path.iterdir()] == ["town.care.keys"]
    # The same two people in another store: nothing of it is the same.
    other = Keyfile().with_person(Keys.new(), "li.na", "river stone 7")
    assert not {one.tag for one in other.people} & {one.tag for one in file.people}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "keys_damaged"),
        (b"{", "keys_damaged"),
        (b"\xff\xfe", "keys_damaged"),
        (b"[]", "keys_damaged"),
        (b'{"carekit_keys": 1}', "keys_damaged"),
        (b"[" * 100_000, "keys_damaged"),
        (b'{"carekit_keys": 2}', "store_newer"),
    ],
)
def test_broken_files_of_keys(store: Store, text: bytes, code: str) -> None:
    path = keyfile.beside(store.path)
    path.write_bytes(text)
    with pytest.raises(BadInput) as refused:
        open_store(store.path, "li.na", PASSWORD)
    assert refused.value.code == code
    assert path.read_bytes() == text


@pytest.mark.parametrize("change", ["endless", "no digits"])
def test_keys_that_are_no_numbers_are_damaged(store: Store, change: str) -> None:
    path = keyfile.beside(store.path)
    said = json.loads(path.read_text())
    if change == "endless":
        said["people"][0]["cost"]["time"] = float("inf")
    else:
        said["store"] = "\ud800" * len(said["store"])
    path.write_text(json.dumps(said))
    with pytest.raises(BadInput) as refused:
        open_store(store.path, "li.na", PASSWORD)
    assert refused.value.code == "keys_damaged"


def test_a_wrap_that_would_stop_the_computer_is_not_tried(store: Store) -> None:
    path = keyfile.beside(store.path)
    said = json.loads(path.read_text())
    for cost in (
        {"time": 3, "memory": 2**31, "lanes": 4},
        {"time": 10**9},
        {"pages": 1},
        {"lanes": 16},
    ):
        said["people"][0]["cost"] = {"time": 1, "memory": 8, "lanes": 1} | cost
        path.write_text(json.dumps(said))
        with pytest.raises(BadInput) as refused:
            open_store(store.path, "li.na", PASSWORD)
        assert refused.value.code == "keys_damaged"


def test_a_change_that_cannot_be_written_leaves_the_old_keys(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "no space")

    before = keyfile.beside(store.path).read_bytes()
    with monkeypatch.context() as patch, pytest.raises(BadInput) as refused:
        patch.setattr("carekit.store.keyfile.os.fsync", full)
        users.set_password(store, "li.na", "new river 88")
    assert refused.value.code == "disk_full"
    assert keyfile.beside(store.path).read_bytes() == before
    assert store.verify("li.na", PASSWORD) and len(store.steps()) == 1
    assert not [one for one in store.path.parent.iterdir() if one.name.endswith(".new")]


def test_changing_a_password_re_keys_nothing(store: Store) -> None:
    before = store.path.read_bytes()[:16]  # the salt of the encryption
    users.set_password(store, "li.na", "new river 88")
    unlocked.forget(keyfile.read(store.path).store)
    with open_store(store.path, "li.na", "new river 88") as again:
        assert again.keys == store.keys
    assert store.path.read_bytes()[:16] == before


def test_who_is_removed_or_disabled_has_no_wrap(store: Store) -> None:
    step = users.add_user(store, "wang.wei", "Wang Wei", "river stone 7")

    def opens() -> bool:
        return keyfile.read(store.path).unlocked("wang.wei", "river stone 7") is not None

    assert opens()
    copy = copied(store.path, store.path.with_name("copy.care"))
    store.undo(step)
    assert not opens()
    with open_store(copy) as other:
        users.disable_user(other, "wang.wei")
        assert keyfile.read(copy).unlocked("wang.wei", "river stone 7") is None
        with pytest.raises(BadInput) as refused:
            users.set_password(other, "wang.wei", "blue boat 99")
        assert refused.value.code == "user_disabled"
        users.disable_user(other, "wang.wei", disabled=False)
        assert other.verify("wang.wei", "river stone 7") is None
        users.set_password(other, "wang.wei", "blue boat 99")
        everyone = other.read("users")
        other.write("users", everyone.assign(disabled=everyone["user_id"] == "wang.wei"))
        assert keyfile.read(copy).unlocked("wang.wei", "blue boat 99") is None
