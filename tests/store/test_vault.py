"""A stolen file says nothing; a store without its keys, or with others, is refused as it is."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from carekit.errors import BadInput
from carekit.store import Store, connect, create_store, keyfile, open_store, unlocked, users
from carekit.store.keys import Keys
from tests.stores import copied, raw

from .conftest import PASSWORD, children, environment
from .test_opening import code

CANARY = "Canary Baobao"
NUMBER = "11010119900307123X"


@pytest.fixture
def locked(store: Store) -> Iterator[Path]:
    """A store nobody in this process has the key of."""
    name = keyfile.read(store.path).store
    keys = unlocked.held(name)
    unlocked.forget(name)
    yield store.path
    assert keys is not None
    unlocked.hold(name, keys)


def canaries(folder: Path) -> list[str]:
    """The files in which a canary can be read, in UTF-8 or UTF-16."""
    texts = [word.encode(code) for word in (CANARY, NUMBER) for code in ("utf-8", "utf-16-le")]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(text in path.read_bytes() for text in texts)]


def test_the_files_show_no_text(store: Store, tmp_path: Path) -> None:
    child = pd.DataFrame({"name": [CANARY], "id_number": [None], "note": [NUMBER]})
    with closing(raw(store.path)) as held:
        held.execute("begin")
        held.execute("select count(*) from children").fetchone()  # keeps the log
        store.write("children", child)
        store.keep("register/child", f'{{"name": "{CANARY}"}}')
        log = store.path.with_name("town.care-wal")
        assert log.stat().st_size > 4096
        assert canaries(tmp_path) == []
    assert canaries(tmp_path) == []
    assert not store.path.read_bytes().startswith(b"SQLite format 3")
    # The search itself finds what is there to be found.
    (tmp_path / "planted").write_text(f"a list with {NUMBER} in it")
    assert canaries(tmp_path) == ["planted"]


def test_a_rollback_journal_shows_no_text_either(store: Store, tmp_path: Path) -> None:
    store.write("children", pd.DataFrame({"name": [CANARY] * 400, "note": NUMBER}))
    with closing(raw(store.path)) as plain:
        plain.execute("pragma journal_mode = delete")
        plain.execute("pragma cache_size = 5")
        plain.execute("update children set note = 'x'")
        assert store.path.with_name("town.care-journal").stat().st_size > 4096
        assert canaries(tmp_path) == []


def test_a_locked_store_asks_for_a_password(locked: Path) -> None:
    assert code(locked) == "store_locked"
    assert code(locked, "li.na") == "store_locked"
    assert code(locked, "li.na", "a guess") == "password_wrong"
    assert code(locked, "nobody", PASSWORD) == "password_wrong"
    assert unlocked.held(keyfile.read(locked).store) is None
    open_store(locked, "li.na", PASSWORD).close()
    assert open_store(locked).actor == "li.na"  # the process knows the key now


def test_a_leftover_wrap_lets_nobody_in(store: Store, locked: Path) -> None:
    """As a crash between the two files would leave it."""
    file = keyfile.read(store.path).with_person(store.keys, "ghost", "river stone 7")
    keyfile.write(store.path, file)
    assert code(locked, "ghost", "river stone 7") == "password_wrong"
    assert unlocked.held(file.store) is None


def test_a_store_without_its_keys(store: Store, tmp_path: Path) -> None:
    alone = tmp_path / "alone" / "town.care"
    alone.parent.mkdir()
    shutil.copy(store.path, alone)
    assert code(alone, "li.na", PASSWORD) == "keys_missing"


def test_the_keys_of_another_store(store: Store, tmp_path: Path) -> None:
    create_store(tmp_path / "other.care", "li.na", PASSWORD).close()
    shutil.copy(keyfile.beside(tmp_path / "other.care"), keyfile.beside(store.path))
    assert code(store.path, "li.na", PASSWORD) == "store_damaged"


def test_keys_that_fit_something_that_is_no_store(tmp_path: Path) -> None:
    path, keys = tmp_path / "notes.care", Keys.new()
    file = keyfile.Keyfile().with_person(keys, "li.na", PASSWORD)
    keyfile.write(path, file)
    unlocked.hold(file.store, keys)
    with closing(raw(path)) as other:
        other.execute("create table notes (text)")
    assert code(path, "li.na", PASSWORD) == "not_a_store"


@pytest.mark.parametrize("pages", [0, 1, 2, 20])
def test_cut_off_at_a_page(store: Store, pages: int) -> None:
    store.write("children", children(500))
    whole = store.path.read_bytes()
    store.path.write_bytes(whole[: pages * connect.PAGE])
    assert code(store.path) == "store_damaged"


def test_one_flipped_bit_anywhere_is_found(store: Store) -> None:
    store.write("children", children(500))
    whole = store.path.read_bytes()
    pages = len(whole) // connect.PAGE
    with closing(raw(store.path)) as opened:
        root = opened.execute("select rootpage from sqlite_schema where name = 'children'")
        hit = root.fetchone()[0] - 1
    assert pages > hit > 1
    broken = bytearray(whole)
    broken[hit * connect.PAGE + 1000] ^= 1
    store.path.write_bytes(broken)
    with open_store(store.path) as again, pytest.raises(BadInput) as refused:
        again.read("children")
    assert refused.value.code == "store_damaged"


def test_keys_without_a_store_are_never_written_over(store: Store, tmp_path: Path) -> None:
    kept = keyfile.beside(store.path).read_bytes()
    store.path.unlink()
    with pytest.raises(BadInput) as refused:
        create_store(store.path, "li.na")
    assert refused.value.code == "keys_exist"
    assert keyfile.beside(store.path).read_bytes() == kept
    assert [one.name for one in tmp_path.iterdir()] == ["town.care.keys"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_nobody_may_write_to(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(BadInput) as refused:
            create_store(tmp_path / "new.care", "li.na", PASSWORD)
    finally:
        tmp_path.chmod(0o700)
    assert refused.value.code == "store_read_only"


def test_another_process_opens_it_with_the_password_alone(store: Store) -> None:
    store.write("children", children(3))
    read = (
        "import sys; from carekit import open_store\n"
        "print(len(open_store(sys.argv[1], 'li.na', sys.argv[2]).read('children')))"
    )

    def said(password: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", read, str(store.path), password]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert said(PASSWORD).stdout == "3\n"
    wrong = said("a guess at it")
    assert wrong.returncode and "password_wrong" in wrong.stderr
    env = {k: v for k, v in environment().items() if k != "CAREKIT_PASSWORD"}
    command = [sys.executable, "-m", "carekit", "undo", str(store.path), "S000001"]
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=60, input="")
    assert done.returncode == 2 and "CAREKIT_PASSWORD" in done.stderr


def test_a_copy_with_its_keys_is_the_same_store(store: Store, tmp_path: Path) -> None:
    users.add_user(store, "wang.wei", "Wang Wei", "river stone 7")
    (tmp_path / "usb").mkdir()
    copy = copied(store.path, tmp_path / "usb" / "copy.care")
    with open_store(copy, "wang.wei", "river stone 7") as other:
        assert other.read("users")["user_id"].tolist() == ["li.na", "wang.wei"]


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        (errno.EACCES, "store_read_only"),
        (errno.EROFS, "store_read_only"),
        (errno.ENOSPC, "disk_full"),
    ],
)
def test_a_disk_that_takes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, refusal: str
) -> None:
    """What root cannot be refused: the system says no to every new file."""

    def refuse(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("carekit.store.keyfile.os.open", refuse)
    with pytest.raises(BadInput) as refused:
        create_store(tmp_path / "new.care", "li.na", PASSWORD)
    assert refused.value.code == refusal
    assert list(tmp_path.iterdir()) == []


def test_two_people_added_at_once_both_have_a_wrap(store: Store) -> None:
    def add(name: str) -> None:
        users.add_user(store, name, name, f"river stone of {name}")

    names = [f"helper{number}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, names))
    file = keyfile.read(store.path)
    assert all(file.unlocked(name, f"river stone of {name}") == store.keys for name in names)
