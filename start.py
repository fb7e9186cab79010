"""What start.bat and start.command do: set up once, then serve the branch beside this file."""

import os
import subprocess
import sys
import webbrowser
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

PORT = 8866
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV.joinpath(*(["Scripts", "python.exe"] if os.name == "nt" else ["bin", "python"]))
DONE = VENV / "started"  # holds the folder it was made in: a moved one must be set up anew
MADE = VENV / "ready"  # by `make`: holds all this needs, and more
NEEDED = [ROOT / "pyproject.toml", ROOT / "constraints.txt"]


def say(chinese: str, english: str) -> None:
    """Both languages: nobody has chosen one yet."""
    for text in (chinese, english):
        # A console that has no Chinese shows the English line.
        sys.stdout.buffer.write(f"{text}\n".encode(sys.stdout.encoding or "utf-8", "replace"))
    sys.stdout.flush()


def is_set_up() -> bool:
    """Whether everything is there, and newer than what it was made from."""
    newest = max(path.stat().st_mtime for path in NEEDED)
    here = DONE.is_file() and DONE.read_text("utf-8") == str(ROOT)
    stamps = [DONE] * here + [MADE] * MADE.is_file()
    return PYTHON.exists() and any(stamp.stat().st_mtime >= newest for stamp in stamps)


def set_up() -> bool:
    """Make .venv and bring carekit into it."""
    say(
        "第一次启动：正在安装 carekit。需要联网，大约几分钟，请稍候……",
        "First start: installing carekit. This needs a network and a few minutes ...",
    )
    install = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for step in (
        [sys.executable, "-m", "venv", VENV],
        [*install, "--constraint", "constraints.txt", "--editable", ".[apps]"],
    ):
        if subprocess.call(step, cwd=ROOT):
            say(
                "安装没有完成。请检查网络，然后再次双击启动。",
                "The installation did not finish. Check the network, then start again.",
            )
            return False
    DONE.write_text(str(ROOT), "utf-8")
    return True


def running() -> str | None:
    """The address of a carekit that serves here already."""
    address = f"http://127.0.0.1:{PORT}/"
    try:
        with build_opener(ProxyHandler({})).open(address + "login", timeout=2) as page:
            return address if b"<title>carekit</title>" in page.read() else None
    except (OSError, ValueError):
        return None


def main() -> int:
    """Set up, serve, open the browser; gives an exit code."""
    if not is_set_up() and not set_up():
        return 2
    if address := running():
        say("carekit 已经在运行，正在打开网页。", "carekit is running already; opening its page.")
        webbrowser.open(address)
        return 0
    say(
        "正在启动，浏览器会自动打开。用完后关闭本窗口即可。",
        "Starting; the browser opens by itself. Close this window when you are done.",
    )
    serve = [PYTHON, "-m", "carekit", "serve", ROOT / "carekit.care", "--port", str(PORT)]
    try:
        return subprocess.call([*serve, "--open"])
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
