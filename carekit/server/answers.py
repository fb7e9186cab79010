"""What a signed-in browser gets: the page of its role, its kernel's state, the scripts."""

import asyncio
import re
from typing import Any

from jupyter_server import CallContext
from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from tornado import web
from voila import __version__ as VOILA
from voila.static_file_handler import MultiStaticFileHandler, TemplateStaticFileHandler
from voila.tornado.handler import TornadoVoilaHandler

from carekit.server.web import Bare, Spoken, language_of
from carekit.words import say

__all__ = [
    "LANGUAGE_HEADER",
    "MESSAGE_BYTES",
    "USER_HEADER",
    "KernelState",
    "Page",
    "StaticFiles",
    "TemplateFiles",
    "WidgetFiles",
    "loading_words",
]

USER_HEADER = "X-Carekit-User"
LANGUAGE_HEADER = "X-Carekit-Language"
MESSAGE_BYTES = 40 * 2**20  # one uploaded spreadsheet; Tornado's 10 MB closes the page silently

LOADING_WORDS = (
    "page_slow",
    "page_loading",
    "page_loading_hint",
    "page_needs_script",
    "page_ended",
    "page_lost",
    "page_reload",
    "page_error",
    "page_too_big",
)


# A digest in the name, or Voila's number before it (see ``loading_words``).
VERSIONED = re.compile(rf"[.][0-9a-f]{{16,}}[.]js$|^/voila/static/{re.escape(VOILA)}/")


class Page(Spoken, TornadoVoilaHandler):
    """The notebook of the person's role, never of an address.

    Who opens it goes to the kernel as headers that only we can have set. The query goes there as
    ``QUERY_STRING`` (``view=register``).
    """

    def initialize(self, notebooks: dict[str, str], **kwargs: Any) -> None:
        super().initialize(notebook_path="", **kwargs)
        self.notebooks = notebooks

    async def get(self, path: str | None = None) -> None:
        branch = self.settings["carekit_branch"]
        # Asked again at each opening: a role may have changed, a person may have left.
        row = await asyncio.to_thread(branch.find, self.current_user.username)
        if row is None:
            identity = self.settings["identity_provider"]
            await identity.end(self.current_user, self.settings["kernel_manager"])
            self.redirect(self.base_url + "login")
            return
        self.notebook_path = self.notebooks[row["role"]]
        self.request.headers[USER_HEADER] = self.current_user.username  # replaces any sent one
        self.request.headers[LANGUAGE_HEADER] = language_of(self)
        # The query becomes the kernel's environment, which others on this computer may read.
        view = self.get_query_argument("view", "")
        self.request.query = f"view={view}" if re.fullmatch("[a-z_]{1,30}", view) else ""
        self.request.uri = "?".join(
            part for part in (self.request.path, self.request.query) if part
        )
        _ = self.xsrf_token  # sets the cookie without which the page may not end its kernel
        await super().get(path)  # type: ignore[misc]


class KernelState(Bare, KernelHandler):
    """Whether the own kernel is still there, asked by its page."""


class Files(Bare):
    """Scripts and style sheets, for people who are signed in (Jupyter gives some to anybody).

    A page is made of more than a hundred. The browser keeps those whose address tells their
    version and asks no second time; the others it uses only after asking.
    """

    def set_headers(self) -> None:
        super().set_headers()  # type: ignore[misc]
        versioned = "v" in self.request.query_arguments or VERSIONED.search(self.request.path)
        kept = "private, max-age=31536000, immutable" if versioned else "no-cache"
        self.set_header("Cache-Control", kept)

    async def get(self, path: str, include_body: bool = True) -> None:
        if "\0" in path:
            raise web.HTTPError(404)
        await super().get(path, include_body)  # type: ignore[misc]

    async def head(self, path: str) -> None:
        await self.get(path, include_body=False)


class TemplateFiles(Files, TemplateStaticFileHandler):
    """Voila's style sheets."""

    async def get(self, path: str, include_body: bool = True) -> None:
        if path.split("/")[1:2] != ["static"] or path.count("/") < 2:
            raise web.HTTPError(404)  # Voila's own words for it are a fault in the log
        await super().get(path, include_body)


class StaticFiles(Files, MultiStaticFileHandler):
    """Voila's scripts, whose names tell no version: their address does."""

    async def get(self, path: str, include_body: bool = True) -> None:
        await super().get(path.removeprefix(f"{VOILA}/"), include_body)


class WidgetFiles(Files, FileFindHandler):
    """The widgets' scripts."""


def loading_words(page_config: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The sentences of the page before its kernel speaks, in the language of the request."""
    handler = CallContext.get(CallContext.JUPYTER_HANDLER)
    language = language_of(handler)
    words = {code: say(code, language) for code in LOADING_WORDS}
    ours = {"language": language, "words": words, "nonce": handler.nonce, "bytes": MESSAGE_BYTES}
    scripts = f"{page_config['fullStaticUrl']}/{VOILA}"
    return page_config | {"carekit": ours, "fullStaticUrl": scripts}
