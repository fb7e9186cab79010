"""A real server, a real browser, and a page that fails its test on anything unexpected."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from socket import create_connection as create_socket
from urllib.error import HTTPError
from urllib.parse import unquote, urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener
from uuid import uuid4

import pytest
from websocket import create_connection

HERE = Path(__file__).parent
SOURCES = f"{HERE.parents[1]}{os.pathsep}{HERE}"  # servers run the code beside these tests
CHROMIUM = "/usr/bin/chromium"
NO_FOREIGN_NAMES = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-default-browser-check",
    "--no-pings",
]
PASSWORDS = {"li.na": "green tea 7", "wang.wei": "blue boat 9"}


@contextmanager
def started(command, folder, **environment):
    """A server process with a home of its own; gives the address it prints."""
    folder.mkdir(exist_ok=True)
    own = {"HOME": folder, "TMPDIR": folder, "PYTHONPATH": SOURCES, "PYTHONUNBUFFERED": "1"}
    own |= {"JUPYTER_CONFIG_DIR": folder, "JUPYTER_DATA_DIR": folder / "data"}
    own |= environment
    inherited = {name: os.environ[name] for name in os.environ if not name.startswith("CAREKIT_")}
    with (folder / "server.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [sys.executable, *map(str, command)],
            cwd=folder,
            env=inherited | {name: str(value) for name, value in own.items()},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            for line in server.stdout:
                if found := re.search(r"http://[\d.:]+/", line):
                    yield found[0]
                    break
            else:
                pytest.fail("no server: " + (folder / "server.log").read_text(encoding="utf-8"))
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
            server.stdout.close()


@contextmanager
def browsing(*resolvers):
    """Chromium, once for each way to find names; usually no name but this machine's is found."""
    wanted = os.environ.get("CAREKIT_BROWSER") == "required"
    if not Path(CHROMIUM).exists() and not shutil.which("chromium"):
        (pytest.fail if wanted else pytest.skip)("chromium is not installed")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=60_000)

    with sync_playwright() as playwright:
        path = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium")
        browsers = [
            playwright.chromium.launch(
                executable_path=path,
                args=[*FLAGS, f"--host-resolver-rules={resolver or NO_FOREIGN_NAMES}"],
            )
            for resolver in resolvers
        ]
        try:
            yield browsers
        finally:
            for chromium in browsers:
                chromium.close()


def watched(page):
    """What must not happen on a page: the list fills while it is used."""
    problems = []

    def asked(request):
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.hostname != "127.0.0.1":
            problems.append(f"left this machine: {request.url}")

    page.on("request", asked)
    page.on("websocket", asked)
    page.on("pageerror", lambda error: problems.append(f"page error: {error}"))
    page.on("console", lambda m: problems.append(f"console: {m.text}") if m.type == "error" else 0)
    return problems


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Home and temporary folder of the server."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="session")
def address(folder):
    """The page of hello.py, served to two people (``PASSWORDS``)."""
    with started([HERE / "standin.py", folder], folder) as found:
        yield found


# A module's, not the session's: while Playwright runs, no other test can have an event loop.
@pytest.fixture(scope="module")
def browser():
    with browsing(None) as (chromium,):
        yield chromium


@pytest.fixture
def start_browser():
    """``with start_browser(rules, ...) as browsers``: ``None`` finds no foreign name."""
    return browsing


@pytest.fixture
def start_server():
    """``with start_server("standin" or code, folder, first=...) as address``."""

    def start(what, folder, first=None):
        command = [HERE / "standin.py", folder] if what == "standin" else ["-c", what]
        found = os.pathsep.join(str(path) for path in (first, SOURCES) if path)
        return started(command, folder, PYTHONPATH=found)

    return start


@pytest.fixture
def open_page(browser):
    """``open_page(width=1280, language="en")``: pages whose problems fail the test at its end.

    ``unguarded``: without the content policy, which would hide a hole by stopping what runs in it.
    """
    contexts, pages = [], []

    def make(width=1280, language="en", height=900, unguarded=False):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale={"en": "en-GB"}.get(language, "zh-CN"),
            bypass_csp=unguarded,
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        contexts.append(context)
        page.problems = watched(page)
        pages.append(page)
        return page

    yield make
    for context in contexts:
        context.close()
    assert [problem for page in pages for problem in page.problems] == []


@pytest.fixture(scope="session")
def watch():
    """``watch(page)`` gives the list that fills with what must not happen."""
    return watched


@pytest.fixture
def page(open_page):
    return open_page()


@pytest.fixture(scope="session")
def sign_in():
    """``sign_in(page, address, user, password)`` with real clicks; waits for the page."""

    def enter(page, address, user="li.na", password=None, shown="[data-test=title]"):
        page.goto(address)
        page.get_by_role("textbox").first.fill(user)
        page.locator("#password").fill(password or PASSWORDS[user])
        page.locator("#sign-in").click()
        page.wait_for_selector(shown)

    return enter


class Visitor:
    """Somebody without a browser: plain requests and websockets, with the cookies of a person."""

    def __init__(self, address):
        self.address = address
        self.cookies = CookieJar()
        self.sockets = []
        self.opener = build_opener(HTTPCookieProcessor(self.cookies), _NoRedirect())

    def ask(self, path, method="GET", form=None, **headers):
        """Status, where it sends us, and text of an answer."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        data = urlencode(form).encode() if form is not None else None
        request = Request(self.address + path, data=data, headers=headers, method=method)
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.headers.get("Location", ""), answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.headers.get("Location", ""), error.read().decode()

    def post(self, path, **form):
        token = next((c.value for c in self.cookies if c.name == "_xsrf"), "")
        return self.ask(path, "POST", form | {"_xsrf": unquote(token)})

    def sign_in(self, user, password=None):
        self.ask("login")
        return self.post("login", user=user, password=password or PASSWORDS[user])

    def open(self, **headers):
        """Open the page; gives the id of its kernel."""
        return re.search(r'"kernelId": "([\w-]+)"', self.ask("", **headers)[2])[1]

    def attach(self, kernel, protocol=None):
        """A websocket to a kernel, as the page opens one (or in the older form, as scripts do)."""
        path = f"api/kernels/{kernel}/channels?session_id={uuid4().hex}"
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)
        url = self.address.replace("http", "ws") + path
        origin = self.address.rstrip("/")
        plain = create_socket((urlsplit(url).hostname, urlsplit(url).port), timeout=20)
        self.sockets.append(plain)
        spoken = [protocol] if protocol else None
        return create_connection(
            url, cookie=cookies, origin=origin, socket=plain, subprotocols=spoken
        )


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


@pytest.fixture
def visitor(address):
    """``visitor("li.na")`` signed in, ``visitor()`` a stranger."""

    made = []

    def make(user=None):
        somebody = Visitor(address)
        made.append(somebody)
        if user:
            assert somebody.sign_in(user)[0] == 302
        return somebody

    yield make
    for somebody in made:
        somebody.opener.close()
        for socket in somebody.sockets:
            socket.close()
