"""The page needs no other machine: no name it could ask for changes when it appears.

Every name but this machine's leads to a socket that accepts and never answers, for the browser
and for server and kernel. Nothing is ever sent off the machine.
"""

import socket
import statistics
import threading
import time
import urllib.request
from contextlib import ExitStack, contextmanager

import pytest

RATIO = 1.5
TIMES = 3

HANGING_NAMES = """\
import socket

_found = socket.getaddrinfo


def getaddrinfo(host, port, *args, **kwargs):
    if host in (None, "", "localhost", "127.0.0.1", b"localhost", b"127.0.0.1"):
        return _found(host, port, *args, **kwargs)
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", {port}))]


socket.getaddrinfo = getaddrinfo
"""
STOCK = """\
import sys
from voila.app import Voila
sys.stdout.write("http://127.0.0.1:{port}/\\n")
sys.stdout.flush()
Voila.launch_instance([{notebook!r}, "--template=lab", "--port={port}", "--no-browser",
                       "--Voila.ip=127.0.0.1"])
"""


@contextmanager
def silence():
    """A socket that accepts and never answers; gives its port and the connections so far."""
    held = []
    listener = socket.create_server(("127.0.0.1", 0))

    def accept():
        try:
            while True:
                held.append(listener.accept()[0])
        except OSError:
            pass

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], held
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for connection in held:
            connection.close()


def seconds_until_shown(page, address, limit=60.0):
    started = time.monotonic()
    page.goto(address, wait_until="commit")
    try:
        page.locator("[data-test=title]").wait_for(state="visible", timeout=limit * 1000)
    except Exception as error:
        if "Timeout" not in type(error).__name__:
            raise
        return None
    return time.monotonic() - started


def wait_for(address):
    for _ in range(100):
        try:
            urllib.request.urlopen(address + "nothing", timeout=5).close()
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.1)


@contextmanager
def two_servers(tmp_path, start_server, start_browser):
    """One server and browser as ever, and one pair for whom every foreign name hangs.

    Gives ``(free, calm), (held, hung)``, each an address and its browser, and the connections the
    held server or its kernels tried to make.
    """
    with ExitStack() as stack:
        port, _ = stack.enter_context(silence())  # for Chromium, which calls home by itself too
        kernels, connections = stack.enter_context(silence())
        (tmp_path / "sitecustomize.py").write_text(HANGING_NAMES.format(port=kernels))
        free = stack.enter_context(start_server("standin", tmp_path / "free"))
        held = stack.enter_context(start_server("standin", tmp_path / "held", first=tmp_path))
        hang = f"MAP * 127.0.0.1:{port}, EXCLUDE 127.0.0.1, EXCLUDE localhost"
        calm, hung = stack.enter_context(start_browser(None, hang))
        yield (free, calm), (held, hung), connections


@pytest.mark.timeout(240)
def test_a_hanging_network_is_not_even_asked(tmp_path, sign_in, start_server, start_browser, watch):
    with two_servers(tmp_path, start_server, start_browser) as (_, (held, hung), connections):
        page = hung.new_page()
        problems = watch(page)
        sign_in(page, held)
        assert seconds_until_shown(page, held) is not None
        assert problems == []
        assert connections == []  # neither server nor kernel even tried


@pytest.mark.long
@pytest.mark.timeout(240)
def test_a_hanging_network_stops_the_stock_template_and_not_ours(
    tmp_path, sign_in, start_server, start_browser, watch
):
    with ExitStack() as stack:
        (free, calm), (held, hung), _ = stack.enter_context(
            two_servers(tmp_path, start_server, start_browser)
        )
        ours = {free: calm.new_page(), held: hung.new_page()}
        for address, page in ours.items():
            sign_in(page, address)
        took = {address: [] for address in ours}
        for _ in range(TIMES):
            for address, page in ours.items():
                took[address].append(seconds_until_shown(page, address))
        usual, hanging = (statistics.median(took[address]) for address in (free, held))
        assert hanging < RATIO * usual

        with socket.create_server(("127.0.0.1", 0)) as found:
            stock_port = found.getsockname()[1]
        notebook = str(tmp_path / "held" / "hello.ipynb")
        code = STOCK.format(port=stock_port, notebook=notebook)
        stock = stack.enter_context(start_server(code, tmp_path / "stock", first=tmp_path))
        wait_for(stock)
        # The same page in Voila's own template: there once names fail at once, else not in time.
        assert seconds_until_shown(calm.new_page(), stock) is not None
        page = hung.new_page()
        problems = watch(page)
        assert seconds_until_shown(page, stock, limit=RATIO * usual) is None
        assert [p for p in problems if "left this machine: https://cdn." in p] != []
