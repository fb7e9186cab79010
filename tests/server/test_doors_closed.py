"""A stranger at every address of the server, by every method and trick: the sign-in page, or
nothing. The addresses are the server's own list, so one that is added later is asked too."""

import http.client
import json
import re
from pathlib import Path
from re import _parser as syntax
from urllib.parse import urlsplit

import pytest

from carekit.server.channels import V1
from carekit.server.web import HEADERS
from tests.browser.branch import serving
from tests.browser.conftest import SOURCES, Visitor, started

METHODS = [
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
]
TOLD = {
    "Content-Type", "Content-Length", "Content-Security-Policy", "Date", "Etag", "Location",
    "Set-Cookie", "Transfer-Encoding", "Vary", "Connection", *HEADERS,
}  # fmt: skip
COOKIES = {"_xsrf", "carekit-language"}
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": V1,
}
PRETENDING = [
    {"X-Carekit-User": "li.na"},
    {"Authorization": "token x"},
    {"Authorization": "Basic bGkubmE6Z3JlZW4gdGVhIDc="},
    {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-User": "li.na", "Remote-User": "li.na"},
    {"Cookie": 'username-127-0-0-1={}; username-127-0-0-1-1="2|1:0|10:1|8:username|4:YQ==|00"'},
    {"Referer": "http://127.0.0.1/", "Sec-Fetch-Site": "same-origin"},
]
HOLES = {"/report", "/planned", "/talk", "/tell"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("doors")
    with started([Path(__file__).with_name("doors.py"), folder], folder, PYTHONPATH=SOURCES) as at:
        yield at, json.loads((folder / "patterns.json").read_text())


@pytest.fixture(scope="module")
def person(server):
    """Somebody is signed in meanwhile, and has a page open."""
    visitor = Visitor(server[0])
    visitor.sign_in("li.na")
    yield visitor, visitor.open()
    visitor.opener.close()


class Asking:
    """Requests as they are written, with nothing tidied up on the way."""

    def __init__(self, address):
        self.host = urlsplit(address).netloc
        self.line = http.client.HTTPConnection(self.host, timeout=30)

    def __call__(self, path, method="GET", headers=None, host=None):
        self.line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": self.host if host is None else host, **(headers or {})}.items():
            self.line.putheader(name, value)
        if method in ("POST", "PUT", "PATCH"):
            self.line.putheader("Content-Length", "0")
        self.line.endheaders()
        with self.line.getresponse() as answer:
            body = b"" if answer.status == 101 else answer.read()
        self.line.close()
        return answer.status, answer.headers, body.decode()


def sample(parsed):
    """A text a pattern fits: the first thing each part of it takes."""
    text = ""
    for kind, what in parsed:
        name = str(kind)
        if name == "LITERAL":
            text += chr(what)
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            text += sample(what[2]) * max(what[0], 1)
        elif name == "SUBPATTERN":
            text += sample(what[-1])
        elif name == "BRANCH":
            text += sample(what[1][0])
        elif name == "IN":
            text += sample(what[:1])
        elif name == "RANGE":
            text += chr(what[0])
        elif name in ("ANY", "NOT_LITERAL"):
            text += "x"
        elif name == "CATEGORY":
            text += "1"
    return text


def tricks(path):
    rest = path[1:]
    yield from (path + "/", "//" + rest, "/./" + rest, "/%2e%2e/" + rest, "/x/../" + rest)
    yield from (path + "%00", path + ";x=1", path + "%2f..%2f..%2fetc%2fpasswd", path.upper())
    yield from ("/" + rest.replace("/", "%2f"), path + "/../../../../../../etc/passwd")
    yield "http://127.0.0.1" + path
    query = "lang=zh", "token=x", "next=//evil.example", "view=register", "lang=<script>", "out"
    yield from (f"{path}?{one}" for one in query)


def addresses(patterns, kernel):
    """Every address with something behind it, and one made up for each pattern."""
    there = [
        "/", "/login", "/logout", "/first", "/favicon.ico", "/robots.txt", "/metrics", "/api",
        f"/api/kernels/{kernel}", f"/api/kernels/{kernel}/channels",
        f"/api/kernels/{kernel}/channels?session_id=x", f"/voila/api/shutdown/{kernel}",
        "/voila/static/voila.js", "/voila/templates/carekit/static/voila-style.js",
        "/voila/templates/lab/static/index.css", "/voila/labextensions/jupyter-vue/package.json",
    ]  # fmt: skip
    made = [sample(syntax.parse(pattern)) for pattern, _ in patterns]
    return list(dict.fromkeys([*there, *(one or "/" for one in made)]))


def plain(page):
    """A page of ours without what differs from one answer to the next."""
    page = re.sub(r'name="_xsrf" value="[^"]*"', "", page)
    page = re.sub(r'nonce="[^"]*"', "", page)
    page = re.sub(r'<p class="note (?:bad|good)"[^>]*role="alert"[^>]*>[^<]*</p>\s*', "", page)
    page = re.sub(r'<input type="hidden" name="view" value="[a-z_]*">', "", page)
    page = re.sub(r'(href="\?lang=..)[^"]*"', r'\1"', page)
    return re.sub(r"\s+", " ", page)


def too_much(answer, pages):
    """What is wrong with an answer to a stranger; empty when it is the sign-in or nothing."""
    status, headers, body = answer
    found = {name for name in headers if name.title() not in {one.title() for one in TOLD}}
    for cookie in headers.get_all("Set-Cookie", []):
        found |= {cookie.split("=")[0]} - COOKIES
    if status == 101:
        found.add("a websocket")
    if "Location" in headers and not re.match(r"/(login|first|\Z)", headers["Location"]):
        found.add("sent to " + headers["Location"])
    if body and plain(body) not in pages:
        found.add(f"{status} {body[:60]!r}")
    return found


def every_request(patterns, kernel, host):
    for path in addresses(patterns, kernel):
        for method in METHODS:
            yield path, method, {}, None
        for trick in tricks(path):
            yield trick, "GET", {}, None
            yield trick, "POST", {}, None
        for headers in PRETENDING:
            yield path, "GET", headers, None
        yield path, "GET", UPGRADE, None
        yield path, "GET", UPGRADE | {"Origin": f"http://{host}"}, None
        for other in ("evil.example", "", f"{host}@evil.example", "0.0.0.0"):
            yield path, "GET", {}, other
            yield path, "POST", {}, other


def sign_in_pages(ask):
    return {plain(ask(f"/login?lang={one}")[2]) for one in ("en", "zh")}


def test_a_stranger_reaches_only_the_sign_in_at_every_address(server, person):
    address, patterns = server
    ask = Asking(address)
    pages = sign_in_pages(ask)
    assert len(pages) == 2 and all('id="password"' in page for page in pages)
    asked, wrong = 0, {}
    for path, method, headers, host in every_request(patterns, person[1], ask.host):
        asked += 1
        if found := too_much(ask(path, method, headers, host), pages):
            wrong.setdefault(path, set()).update(found)
    of_holes = {path for path in wrong if path.split("?")[0].rstrip("/") in HOLES}
    # What was planted is found by the same questions, and nothing else is.
    assert {one.split("?")[0].rstrip("/") for one in of_holes} == HOLES
    others = {path: wrong[path] for path in wrong if not any(hole in path for hole in HOLES)}
    assert others == {}
    assert asked > 1000


def test_the_same_addresses_have_something_to_give(server, person):
    """Else nothing would be proved by their silence."""
    visitor, kernel = person
    given = [p for p in addresses(server[1], kernel) if visitor.ask(p[1:])[0] == 200]
    assert {f"/api/kernels/{kernel}", "/voila/static/voila.js"} <= set(given)
    assert "/voila/labextensions/jupyter-vue/package.json" in given
    assert "/voila/templates/carekit/static/voila-style.js" in given


def test_the_sign_in_page_needs_no_other_address(server):
    """Its emblem and its icon stand in the page itself: there is no logo to be served."""
    page = Asking(server[0])("/login")[2]
    assert "<svg" in page and 'href="data:image/svg+xml' in page
    assert re.findall(r'(?:src|href|action)="(?!data:|\?lang=)([^"]*)"', page) == ["login"] * 2


def test_under_a_foreign_name_there_is_not_even_the_sign_in(server):
    ask = Asking(server[0])
    for method in METHODS:
        for path in ("/", "/login", "/first", "/logout"):
            status, headers, body = ask(path, method, host="evil.example")
            assert (status in (403, 405), body) == (True, ""), (method, path)
            assert "Set-Cookie" not in headers


def test_before_there_is_a_store_there_is_only_the_wizard(server, person, tmp_path):
    _, patterns = server
    patterns = [one for one in patterns if one[0].rstrip("$") not in HOLES]
    with serving(tmp_path / "none.care", tmp_path / "server", PYTHONPATH=SOURCES) as running:
        ask = Asking(running.address)
        pages = {plain(ask(f"/first?lang={one}")[2]) for one in ("en", "zh")}
        assert all('id="again"' in page for page in pages)
        pages |= sign_in_pages(Asking(server[0]))
        wrong = {}
        for path in addresses(patterns, person[1]):
            for method in ("GET", "POST", "OPTIONS"):
                if found := too_much(ask(path, method), pages):
                    wrong[path, method] = found
        assert wrong == {}
