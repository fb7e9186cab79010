"""Where a store should not lie: folders that other programs copy about, disks in other machines."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePath

__all__ = ["folder_risk"]

# Folder names of programs that send files to the internet, as a whole or before " - Company".
SYNCED = re.compile(
    r"""^(?:
    onedrive | skydrive | dropbox | google\ ?drive | my\ drive | icloud\ ?drive | mobile\ documents
    | com~apple~clouddocs | cloudstorage | box\ sync | megasync | pcloud\ ?drive | nextcloud
    | owncloud | seafile | syncthing | nutstore(?:\ files)? | (?:我的)?坚果云
    | baidu(?:netdisk|syncdisk|yun) | (?:我的)?百度(?:网盘|云|云盘|云同步盘|网盘同步空间|云同步)
    | x?wechat[\ _]files | 微信(?:文件)? | tencent\ files | (?:腾讯)?微云 | weiyun(?:disk)?
    | 阿里云盘 | aliyundrive | 天翼云盘 | 夸克网盘 | wps\ ?(?:云盘|网盘|drive)
    )(?:$|\s+-\s|\s*[(（])""",
    re.IGNORECASE | re.VERBOSE,
)
REMOTE = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "webdav", "davfs", "afs", "ceph"} | {
    f"fuse.{name}" for name in ("sshfs", "rclone", "davfs", "davfs2", "s3fs", "gvfsd-fuse")
}
_WINDOWS_REMOTE = 4  # DRIVE_REMOTE of GetDriveType


def folder_risk(path: str | os.PathLike[str]) -> str | None:
    """Why a store is not safe in its folder: a code, or None when nothing speaks against it.

    ``folder_synced``: OneDrive, Dropbox, iCloud Drive, 坚果云, 百度网盘 ... copies the file while
    it is written, to another computer too; ``folder_network``: another machine's disk, whose locks
    cannot be relied on (SQLite, "How To Corrupt An SQLite Database File", 2.1).

    >>> folder_risk("/home/li/OneDrive - Red Cross/town.care"), folder_risk("/home/li/town.care")
    ('folder_synced', None)
    """
    written = os.fspath(path)
    if synced(PurePath(written.replace("\\", "/")).parts[:-1]):
        return "folder_synced"
    real = Path(path).resolve()
    if synced(real.parts[:-1]):
        return "folder_synced"
    return "folder_network" if is_remote(written, real) else None


def synced(parts: Iterable[str]) -> bool:
    """Whether a part of a path is the folder of a synchronising program."""
    return any(SYNCED.match(part) for part in parts)


def is_remote(written: str, real: Path) -> bool:
    """Whether a path lies on another machine, as far as this system tells."""
    if re.match(r"^(?:\\\\|//)(?![?.])", written):  # \\server\share
        return True
    if sys.platform == "win32":
        return _windows_drive(real) == _WINDOWS_REMOTE
    return kind_of_disk(str(real), mounts()) in REMOTE


def kind_of_disk(path: str, mounted: Iterable[tuple[str, str]]) -> str:
    """The kind of file system a path is on, of (folder, kind) pairs.

    >>> kind_of_disk("/mnt/team/town.care", [("/", "ext4"), ("/mnt/team", "nfs4")])
    'nfs4'
    """
    over = [
        (len(folder), kind)
        for folder, kind in mounted
        if path == folder or path.startswith(folder.rstrip("/") + "/")
    ]
    return max(over, default=(0, ""), key=lambda one: one[0])[1]


def mounts() -> list[tuple[str, str]]:
    """(folder, kind of file system) of what is mounted here; nothing where nobody tells."""
    try:
        if sys.platform == "darwin":
            command = ["/sbin/mount"]
            said = subprocess.run(command, capture_output=True, text=True, timeout=3, check=True)
            return re.findall(r" on (.+) \((\w+)", said.stdout)
        lines = Path("/proc/mounts").read_text("utf-8", "surrogateescape").splitlines()
    except (OSError, subprocess.SubprocessError):
        return []
    return [(_plain(folder), kind) for _, folder, kind, *_ in map(str.split, lines)]


def _plain(folder: str) -> str:
    """A folder of /proc/mounts: blanks are written as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), folder)


def _windows_drive(path: Path) -> int:
    import ctypes

    if path.drive.startswith("\\\\"):
        return _WINDOWS_REMOTE
    return int(ctypes.windll.kernel32.GetDriveTypeW(f"{path.drive}\\"))  # type: ignore[attr-defined]
