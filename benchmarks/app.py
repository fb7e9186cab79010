"""The app as a person meets it: the county beside the school, a view beside the opening, memory.

Run with `python -m benchmarks.app`. Both samples are served at once and opened in turns by one
headless Chromium, signed in before. *Opening*: from the request until the title of the first view
shows. *A view change*: from the click on a view that has been open before until its title shows.
*A first visit* of a view reads its tables and is printed beside it. *Memory*: what the session's
kernel holds (resident set) after opening, beside a kernel of the same kind that has imported pandas
and holds just the tables the session has read; both as the kernel says of itself.
"""

import contextlib
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from jupyter_client.manager import start_new_kernel
from playwright.sync_api import Page, sync_playwright

from benchmarks.opening import CHROMIUM, FLAGS, PASSWORD, USER, free_port, seconds, served

SLOWER, CHANGE, HEAVIER = 1.5, 0.1, 1.5
ROUNDS = 3
PATIENCE = 300_000  # milliseconds: a busy machine
TITLE = "[data-test=title]"
MIB = 1024**2


def demo(folder: Path, size: str) -> str:
    store = str(folder / f"{size}.care")
    command = [sys.executable, "-m", "carekit", "demo", store, "--size", size]
    subprocess.run(command, check=True, capture_output=True)
    return store


@contextlib.contextmanager
def serving(store: str) -> Iterator[str]:
    port = free_port()
    with served([sys.executable, "-m", "carekit", "serve", store, "--port", str(port)], port) as at:
        yield at


def signed_in(page: Page, address: str) -> None:
    page.goto(address)
    page.fill("#user", USER)
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector(TITLE, timeout=PATIENCE)


def changes(page: Page) -> tuple[list[float], list[float]]:
    """Seconds of the first visit and of each later visit of every view of the header."""
    views = page.eval_on_selector_all(
        "[data-test^=view-]", "found => found.map(one => one.dataset.test)"
    )
    first = [visit(page, view) for view in views[1:]]
    later = [visit(page, view) for _ in range(2) for view in views]
    return first, later


def visit(page: Page, view: str) -> float:
    """Seconds from the click until the view is marked as the one shown and has its own title."""
    before = page.text_content(TITLE)
    start = time.perf_counter()
    page.click(f"[data-test={view}]")
    page.wait_for_function(
        """([view, before]) => {
            const tab = document.querySelector(`[data-test=${view}]`);
            const title = document.querySelector("[data-test=title]");
            return tab?.getAttribute("aria-current") && title && title.textContent !== before;
        }""",
        arg=[view, before],
        timeout=PATIENCE,
    )
    return time.perf_counter() - start


def kernels() -> list[psutil.Process]:
    """The kernels of the servers this process has started."""
    found = []
    for one in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # one that has just ended
            if "ipykernel_launcher" in " ".join(one.cmdline()):
                found.append(one)
    return found


def tables_read(store: str) -> dict[str, object]:
    """The tables the first view has read, once it is open."""
    from carekit.pages.app import App
    from carekit.pages.kit import Session

    app = App("coordinator", Session(store=store, user=USER, language="en"))
    app.start()
    held = [name for name in app.frames._held if not name.startswith("/")]
    return {name: app.frames.read(name) for name in held}


def bare(frames: Path) -> float:
    """MiB of a kernel with pandas and these frames."""
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        code = f"import pandas, pickle\nframes = pickle.load(open({str(frames)!r}, 'rb'))"
        client.execute_interactive(code, timeout=120)
        return psutil.Process(manager.provisioner.pid).memory_info().rss / MIB
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def main() -> int:
    if not Path(CHROMIUM).exists():
        print("chromium is not installed: the app was not measured")
        return 0
    os.environ |= {"CAREKIT_USER": USER, "CAREKIT_PASSWORD": PASSWORD}
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        stores = {size: demo(folder, size) for size in ("school", "county")}
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        pages, addresses, memory = {}, {}, {}
        for size, store in stores.items():
            addresses[size] = stack.enter_context(serving(store))
            pages[size] = browser.new_context().new_page()
            known = {one.pid for one in kernels()}
            signed_in(pages[size], addresses[size])
            new = [one for one in kernels() if one.pid not in known]
            memory[size] = max(one.memory_info().rss for one in new) / MIB
        opened: dict[str, list[float]] = {size: [] for size in stores}
        for _ in range(ROUNDS):
            for size, page in pages.items():
                opened[size].append(seconds(page, addresses[size], TITLE))
        first, later = changes(pages["county"])
        browser.close()
        held = {}
        for size, store in stores.items():
            with (folder / f"{size}.pkl").open("wb") as file:
                pickle.dump(tables_read(store), file)
            held[size] = bare(folder / f"{size}.pkl")
    opening = {size: statistics.median(found) for size, found in opened.items()}
    over = [
        told("opening: county / school", opening["county"] / opening["school"], SLOWER),
        told("view change / opening, county", statistics.median(later) / opening["county"], CHANGE),
        *(
            told(f"memory: session / bare kernel, {size}", memory[size] / held[size], HEAVIER)
            for size in stores
        ),
    ]
    print(
        f"(first visit of a view / opening {max(first) / opening['county']:.2f} at most; "
        f"sessions {memory['school']:.0f} and {memory['county']:.0f} MiB)"
    )
    return int(any(over))


def told(what: str, ratio: float, at_most: float) -> bool:
    over = ratio > at_most
    print(f"{what:38} {ratio:6.2f}   (at most {at_most}) {'over' if over else 'OK'}", flush=True)
    return over


if __name__ == "__main__":
    sys.exit(main())
