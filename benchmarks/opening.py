"""Opening the app on the practice school, beside a hello-world page of stock Voila.

Both are opened in turns by one headless Chromium, from the request to the first words a person
can use. The view may take at most 1.5 times as long.
"""

import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
from playwright.sync_api import Page, sync_playwright

AT_MOST = 1.5
ROUNDS = 5
CHROMIUM = "/usr/bin/chromium"
USER, PASSWORD = "bench", "only-for-this-run"
# Stock Voila asks a CDN: its names do not resolve, so that hello world is not slowed by waiting.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def served(command: list[str], port: int) -> Iterator[str]:
    """A server in a process of its own, ready to answer."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(30)


def hello_world(folder: Path) -> Path:
    cell = nbformat.v4.new_code_cell("import ipywidgets\nipywidgets.Button(description='Hello')")
    path = folder / "hello.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return path


def seconds(page: Page, address: str, sign: str) -> float:
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(sign, state="visible", timeout=300_000)
    return time.perf_counter() - start


def main() -> int:
    if not Path(CHROMIUM).exists():
        print("chromium is not installed: the opening of the view was not measured")
        return 0
    python = [sys.executable, "-m"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = str(folder / "bench.care")
        os.environ |= {"CAREKIT_USER": USER, "CAREKIT_PASSWORD": PASSWORD}
        subprocess.run([*python, "carekit", "demo", store], check=True, capture_output=True)
        ours, theirs = free_port(), free_port()
        serve = [*python, "carekit", "serve", store, "--port", str(ours)]
        voila = [*python, "voila", str(hello_world(folder)), "--no-browser", f"--port={theirs}"]
        with (
            served(serve, ours) as view,
            served(voila, theirs) as hello,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page()
            page.goto(view)
            page.fill("#user", USER)
            page.fill("#password", PASSWORD)
            page.click("button[type=submit]")
            page.wait_for_selector("[data-test=title]", timeout=300_000)
            times = [
                (seconds(page, hello, ".jupyter-button"), seconds(page, view, "[data-test=title]"))
                for _ in range(ROUNDS)
            ]
            browser.close()
    plain, full = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"opening the app / hello world    {full / plain:8.2f}   (at most {AT_MOST})")
    return int(full / plain > AT_MOST)


if __name__ == "__main__":
    sys.exit(main())
