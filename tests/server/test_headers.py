"""What every answer carries, and how long and secret a session's number is."""

import re
from urllib.error import HTTPError
from urllib.parse import unquote, urlencode
from urllib.request import Request

import pytest

from carekit.server.launcher import FORM_BYTES, HEADER_BYTES
from tests.browser.conftest import HERE, Visitor, started


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("headers")
    with started([HERE / "standin.py", folder], folder) as found:
        yield found


@pytest.fixture(scope="module")
def person(address):
    visitor = Visitor(address)
    visitor.sign_in("li.na")
    yield visitor
    visitor.opener.close()


def answer(visitor, path):
    with visitor.opener.open(visitor.address + path, timeout=60) as found:
        return found.headers, found.read().decode()


def rules(headers):
    parts = (one.split(None, 1) for one in headers["Content-Security-Policy"].split("; "))
    return {name: rest[0].split() if rest else [] for name, *rest in parts}


def test_scripts_of_a_page_are_files_of_ours_or_carry_the_number_of_the_answer(person):
    headers, page = answer(person, "")
    allowed = rules(headers)
    [number] = [one for one in allowed["script-src"] if one.startswith("'nonce-")]
    assert set(allowed["script-src"]) == {"'self'", number, "'unsafe-eval'", "blob:"}
    assert allowed["default-src"] == allowed["object-src"] == allowed["base-uri"] == ["'none'"]
    assert allowed["frame-ancestors"] == ["'none'"]
    assert not [one for name in allowed for one in allowed[name] if "http" in one or one == "*"]
    scripts = re.findall(r"<script([^>]*)>", page)
    assert scripts
    for one in scripts:
        ours = f'nonce="{number[7:-1]}"' in one or re.search(r'src="/voila/', one)
        assert ours or re.search(r'type="application/(?:[\w.-]+\+)?json"', one), one
    assert not re.findall(r"<[^>]+\son\w+=", page)  # no script in an attribute
    data = re.search(r'id="jupyter-config-data".*?</script>', page, re.S)[0]
    assert number[7:-1] not in data  # where a script could read it
    again = rules(answer(person, "")[0])["script-src"]
    assert number not in again


def test_our_own_pages_run_no_script_but_the_wizards(address):
    stranger = Visitor(address)
    headers, page = answer(stranger, "login")
    allowed = rules(headers)
    assert "<script" not in page and 'style="' not in page
    assert allowed["default-src"] == ["'none'"]
    assert not [one for name in allowed for one in allowed[name] if "unsafe" in one]
    stranger.opener.close()


@pytest.mark.parametrize(
    "path", ["", "login", "api/kernels/{}", "nothing", "voila/static/voila.js"]
)
def test_every_answer_says_the_same(person, path):
    path = path.format(person.open())
    status, headers = raw(person, path)
    assert "Server" not in headers and "X-Powered-By" not in headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    static = path.startswith("voila/")
    assert ("no-cache" if static else "no-store") in headers["Cache-Control"], status


def test_only_what_tells_its_version_is_kept(person):
    page = person.ask("")[2]
    [script] = re.findall(r'src="/(voila/static/[\d.]+/voila[.]js)"', page)
    assert "immutable" in raw(person, script)[1]["Cache-Control"]
    for path in ("voila/static/9.9.9/voila.js", "voila/static/none.js", script + "x"):
        status, headers = raw(person, path)
        assert status in (403, 404) and headers["Cache-Control"] == "no-store", path


@pytest.mark.parametrize("path", ["login?next=//%5B", "login?lang=%C0%EE", "login?view=%C0%EE"])
def test_what_is_no_address_and_no_text_is_no_fault(address, path):
    stranger = Visitor(address)
    status, page = stranger.ask(path)[0], stranger.ask(path)[2]
    assert status < 500 and "Traceback" not in page
    stranger.opener.close()


def raw(visitor, path):
    try:
        with visitor.opener.open(visitor.address + path, timeout=60) as found:
            return found.status, found.headers
    except HTTPError as error:
        with error:
            return error.code, error.headers


def cookies_of(visitor, path, **form):
    visitor.ask("login")
    token = next(one.value for one in visitor.cookies if one.name == "_xsrf")
    data = urlencode(form | {"_xsrf": unquote(token)}).encode()
    try:
        with visitor.opener.open(Request(visitor.address + path, data=data), timeout=60) as found:
            return found.headers.get_all("Set-Cookie")
    except HTTPError as error:
        with error:
            return error.headers.get_all("Set-Cookie")


def test_the_number_of_a_session_is_for_this_server_and_no_script(address):
    visitor = Visitor(address)
    [cookie] = [
        one
        for one in cookies_of(visitor, "login", user="li.na", password="green tea 7")
        if one.startswith("username-")
    ]
    name, *flags = re.split(r"; |=", cookie)[0], *cookie.split("; ")[1:]
    assert name == "username-" + re.sub(r"\W", "-", address.split("//")[1].strip("/"))  # the port
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(flags)
    assert not [one for one in flags if one.startswith(("expires", "Max-Age", "Domain"))]
    visitor.opener.close()


def test_too_long_a_form_or_head_is_not_read(address):
    visitor = Visitor(address)
    visitor.ask("login")
    for tried in (
        lambda: visitor.post("login", user="x" * 2 * FORM_BYTES, password="x"),
        lambda: visitor.ask("login", Cookie="x" * 2 * HEADER_BYTES),
        lambda: visitor.ask("login?" + "x" * 2 * HEADER_BYTES),
    ):
        try:
            status = tried()[0]
        except OSError:
            status = 0  # the line was closed before all of it was sent
        assert status in (0, 400, 413, 431)
    assert visitor.ask("login")[0] == 200
    visitor.opener.close()
