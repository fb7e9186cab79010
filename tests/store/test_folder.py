"""Where a store should not lie."""

from pathlib import Path

import pytest

from carekit.store import folder, folder_risk

SYNCED = [
    "C:/Users/li/OneDrive/town.care",
    "C:/Users/li/OneDrive - 红十字会/名单/town.care",
    "C:\\Users\\li\\Dropbox (Personal)\\town.care",
    "D:/我的坚果云/town.care",
    "D:/Nutstore Files/town.care",
    "D:/百度云同步盘/town.care",
    "D:/BaiduNetdiskDownload/../BaiduSyncdisk/town.care",
    "C:/Users/li/Documents/WeChat Files/wxid_1/FileStorage/town.care",
    "D:/xwechat_files/town.care",
    "/Users/li/Library/CloudStorage/Box-Box/town.care",
    "/Users/li/Library/Mobile Documents/com~apple~CloudDocs/town.care",
    "/home/li/Google Drive/town.care",
]
OWN = [
    "/home/li/town.care",
    "C:/Users/li/Documents/carekit/carekit.care",
    "/home/li/dropbox-notes.care",
    "/home/li/onedrives/town.care",
    "/srv/药品箱/town.care",
]


@pytest.mark.parametrize("path", SYNCED)
def test_folders_of_synchronising_programs(path: str) -> None:
    assert folder_risk(path) == "folder_synced"


@pytest.mark.parametrize("path", OWN)
def test_folders_of_ones_own(path: str) -> None:
    assert folder_risk(path) is None


def test_a_link_into_such_a_folder_counts(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "branch").symlink_to(tmp_path / "Dropbox")
    assert folder_risk(tmp_path / "branch" / "town.care") == "folder_synced"


@pytest.mark.parametrize("path", [r"\\server\team\town.care", "//server/team/town.care"])
def test_a_share_of_another_machine(path: str) -> None:
    assert folder_risk(path) == "folder_network"


def test_the_innermost_mount_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    team = tmp_path / "our team"
    known = [("/", "nfs4"), (str(tmp_path), "ext4"), (str(team), "fuse.sshfs")]
    monkeypatch.setattr(folder, "mounts", lambda: known)
    assert folder_risk(tmp_path / "our team.care") is None
    assert folder_risk(team / "town.care") == "folder_network"
    assert folder_risk("/town.care") == "folder_network"


def test_mounts_of_this_machine_are_read() -> None:
    assert folder._plain(r"/mnt/our\040team") == "/mnt/our team"
    assert not folder.mounts() or "/" in dict(folder.mounts())
