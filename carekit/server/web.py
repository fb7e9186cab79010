"""What every answer has in common: the reader's language, headers, error pages."""

import html
import secrets
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import jinja2
from jupyter_server.base.handlers import JupyterHandler
from tornado import web
from tornado.log import app_log

from carekit.pages.faults import log_fault
from carekit.words import LANGUAGES, preferred, say

TEMPLATES = Path(__file__).parent / "templates"
LANGUAGE_COOKIE = "carekit-language"

# Nothing may leave this machine, and no script runs that is not a file of ours or carries the
# number of this one answer. What it cannot be without changing the widgets' own scripts:
# - 'unsafe-eval': Vue compiles the .vue files in the browser, with ``new Function``.
# - blob:, to fetch and to run: the script of a .vue file is imported from a blob.
# - 'unsafe-inline' of styles: Vuetify writes its theme and many ``style`` attributes.
PAGE_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self' 'nonce-{nonce}' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        # Some browsers do not count the websocket of the same host as 'self'.
        "connect-src 'self' blob: ws://{host}",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    ]
)
# Of our own pages, which need no Vue, and of answers that are no page at all.
FORM_POLICY = (
    "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
    "connect-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
BARE_POLICY = "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

DEVICES = (
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid",
    "magnetometer", "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in DEVICES),
    # Not no-referrer: a form would then be sent with "Origin: null" and be refused by ourselves.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def language_of(handler: web.RequestHandler) -> str:
    """``?lang=`` (remembered in a cookie), else the cookie, else what the browser asks for."""
    try:
        asked = handler.get_query_argument("lang", "")
    except web.HTTPError:  # bytes that are no text: the page that says so needs a language too
        asked = ""
    if asked in LANGUAGES:
        remember_language(handler, asked)
        return asked
    remembered = handler.get_cookie(LANGUAGE_COOKIE)
    if remembered in LANGUAGES:
        return remembered
    return preferred(handler.request.headers.get("Accept-Language"))


def remember_language(handler: web.RequestHandler, language: str) -> None:
    handler.set_cookie(LANGUAGE_COOKIE, language, expires_days=365, path="/", samesite="Strict")


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True)


def render(handler: web.RequestHandler, template: str, **values: Any) -> str:
    """One of our own pages (not a notebook) in the reader's language."""
    language = language_of(handler)
    other = next(code for code in LANGUAGES if code != language)

    def speak(code: str, **parts: Any) -> str:
        return say(code, language, **parts)

    page = _templates().get_template(template)
    nonce = handler.nonce if isinstance(handler, Spoken) else ""
    return page.render(say=speak, language=language, other=other, nonce=nonce, **values)


class Spoken(JupyterHandler):
    """Mixed into every handler: our headers, and errors a person can read.

    A stranger gets no page but the sign-in, not even one that says no.
    """

    policy = PAGE_POLICY
    by_person = True  # asked by somebody who is there, not by the script of a page left open

    @cached_property
    def nonce(self) -> str:
        """The number that lets a script run, of this answer alone."""
        return secrets.token_urlsafe(16)

    @property
    def content_security_policy(self) -> str:
        return self.policy.format(nonce=self.nonce, host=html.escape(self.request.host))

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Content-Security-Policy", self.content_security_policy)
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.clear_header("Server")  # which version of what this is concerns nobody

    def options(self, *_: str, **__: str) -> None:
        raise web.HTTPError(405)  # Jupyter tells strangers what an address understands

    @property
    def known(self) -> bool:
        """Whether this is somebody who signed in, under a name of this machine."""
        return getattr(self, "_jupyter_current_user", None) is not None

    def log_exception(self, *fault: Any) -> None:
        # Tornado's own text holds the address, the query and the exception's message.
        if fault[1] is not None and not isinstance(fault[1], web.HTTPError):
            log_fault(fault[1])

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        code = {403: "page_forbidden", 404: "page_not_found"}.get(status_code, "page_error")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(render(self, "error.html", code=code) if self.known else None)


class Bare(Spoken):
    """Mixed into handlers that scripts ask, not people: their errors are a number."""

    policy = BARE_POLICY
    by_person = False

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        self.finish()


class Missing(Spoken):
    """Everything that is not on the list: the sign-in page for strangers, else "no such page"."""

    def get(self, *_: str) -> None:
        raise web.HTTPError(404)

    head = post = put = patch = delete = get


def log_request(handler: web.RequestHandler) -> None:
    """Only what failed on our side, and never an address: it may hold a name."""
    if handler.get_status() >= 500:
        app_log.error("%s %s", handler.get_status(), type(handler).__name__)
