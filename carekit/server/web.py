"""What every answer has in common: the reader's language, one content policy, error pages."""

import html
from functools import cache
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

# Nothing may leave this machine. Vue compiles the .vue files in the browser: 'unsafe-eval'.
PAGE_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' {socket} data: blob:",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
    ]
)


def language_of(handler: web.RequestHandler) -> str:
    """``?lang=`` (remembered in a cookie), else the cookie, else what the browser asks for."""
    asked = handler.get_query_argument("lang", "")
    if asked in LANGUAGES:
        remember_language(handler, asked)
        return asked
    remembered = handler.get_cookie(LANGUAGE_COOKIE)
    if remembered in LANGUAGES:
        return remembered
    return preferred(handler.request.headers.get("Accept-Language"))


def remember_language(handler: web.RequestHandler, language: str) -> None:
    handler.set_cookie(LANGUAGE_COOKIE, language, expires_days=365, path="/", samesite="Lax")


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
    return page.render(say=speak, language=language, other=other, **values)


class Spoken(JupyterHandler):
    """Mixed into every handler of ours: our policy, and errors a person can read."""

    @property
    def content_security_policy(self) -> str:
        # Some browsers do not count the websocket of the same host as 'self'.
        return PAGE_POLICY.format(socket=f"ws://{html.escape(self.request.host)}")

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Referrer-Policy", "same-origin")  # never tells an address to others
        self.set_header("X-Frame-Options", "DENY")

    def log_exception(self, *fault: Any) -> None:
        # Tornado's own text holds the address, the query and the exception's message.
        if fault[1] is not None and not isinstance(fault[1], web.HTTPError):
            log_fault(fault[1])

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        code = {403: "page_forbidden", 404: "page_not_found"}.get(status_code, "page_error")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(render(self, "error.html", code=code))


class Missing(Spoken):
    """Everything that is not on the list: the sign-in page for strangers, else "no such page"."""

    def get(self, *_: str) -> None:
        raise web.HTTPError(404)

    head = post = put = patch = delete = get


def log_request(handler: web.RequestHandler) -> None:
    """Only what failed on our side, and never an address: it may hold a name."""
    if handler.get_status() >= 500:
        app_log.error("%s %s", handler.get_status(), type(handler).__name__)
