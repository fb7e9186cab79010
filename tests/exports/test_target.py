"""Files appear whole or not at all."""

import io
import os
from pathlib import Path

import pandas as pd
import pytest

from carekit import exports
from carekit.errors import BadInput

FRAME = pd.DataFrame({"name": ["小明"]})


def xlsx(target):
    exports.to_xlsx(FRAME, target, "zh")


def csv(target):
    exports.to_csv(FRAME, target)


@pytest.mark.parametrize("write", [csv, xlsx])
def test_a_path_a_text_and_a_buffer_get_the_same(write, tmp_path):
    buffer = io.BytesIO()
    write(buffer)
    write(tmp_path / "a")
    write(str(tmp_path / "b"))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == buffer.getvalue()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b"]


@pytest.mark.parametrize("write", [csv, xlsx])
def test_a_missing_folder_and_a_folder_are_refused(write, tmp_path):
    with pytest.raises(BadInput) as refused:
        write(tmp_path / "no" / "a.csv")
    assert refused.value.code == "folder_missing"
    with pytest.raises(BadInput) as refused:
        write(tmp_path)
    assert refused.value.code == "target_is_folder"
    assert list(tmp_path.iterdir()) == []


def test_a_failing_write_leaves_the_old_file_and_no_rest(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("old")

    def full(descriptor):
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BadInput) as refused:
        csv(path)
    assert (refused.value.code, refused.value.values) == ("file_not_writable", {"path": str(path)})
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_only_the_owner_may_read_it(tmp_path):
    if os.name != "posix":
        pytest.skip("Windows keeps other rights")
    csv(tmp_path / "a.csv")
    assert Path(tmp_path / "a.csv").stat().st_mode & 0o077 == 0
