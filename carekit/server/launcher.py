"""Standalone Voila, opened only as far as our pages need.

Voila's own list of addresses is not used: ours is written out below, so that a new version of
Voila opens nothing by itself. Standalone, because as a Jupyter extension anybody signed in could
run code and read files.
"""

import logging
import os
import shutil
import socket
import tempfile
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop, PeriodicCallback
from traitlets.config import Config
from voila.app import Voila

from carekit.errors import BadInput
from carekit.pages.faults import keep_logs_clean
from carekit.server import backups
from carekit.server.answers import (
    LANGUAGE_HEADER,
    MESSAGE_BYTES,
    USER_HEADER,
    KernelState,
    Page,
    StaticFiles,
    TemplateFiles,
    WidgetFiles,
    loading_words,
)
from carekit.server.backups import Daily
from carekit.server.branch import Branch
from carekit.server.channels import Channels
from carekit.server.first_run import FirstRun
from carekit.server.identity import Identity
from carekit.server.idle import LOOK_SECONDS, Watch
from carekit.server.kernels import EndKernel, OwnedKernels, Owner, OwnPython
from carekit.server.sessions import GUARD_SECONDS, Guard, Sessions
from carekit.server.tickets import Desk
from carekit.server.web import TEMPLATES, Missing, log_request
from carekit.words import say

__all__ = ["serve"]

SECRETS = ("CAREKIT_PASSWORD", "CAREKIT_NEW_PASSWORD", "CAREKIT_RECOVERY_CODE")
FORM_BYTES = 2**16  # the longest form is the wizard's
HEADER_BYTES = 2**15  # browsers send the cookies of every port of this machine
QUIET_SECONDS = 120.0  # a connection on which nothing comes ends
EXTENSIONS = [
    "@voila-dashboards/widgets-manager8",  # without it no widget comes up at all
    "@jupyter-widgets/jupyterlab-manager",
    "jupyter-vue",
    "jupyter-vuetify",
]
KERNEL = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"


class CareVoila(Voila):
    """Voila for one notebook a role, with sign-in, owned kernels and a closed list of addresses."""

    name = "voila"
    branch: Branch
    notebooks: dict[str, Path]
    ready: Callable[[str], None]

    def init_settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = super().init_settings()
        self.identity_provider.branch = self.branch
        settings |= {
            "carekit_branch": self.branch,
            "carekit_desk": Desk(),
            "allow_remote_access": False,  # else any foreign name that points here is answered
            "websocket_max_message_size": MESSAGE_BYTES,
            "log_function": log_request,
            "default_handler_class": Missing,  # Tornado's own says its name and version
            # No pings: on one machine a line that breaks is seen at once. Jupyter's need a timeout
            # longer than their interval, which Tornado refuses; an equal one cuts every line at
            # the first ping.
            "ws_ping_interval": 0,
            # The page's script reads it, so it cannot be HttpOnly; alone it opens nothing.
            "xsrf_cookie_kwargs": {"samesite": "Strict", "expires_days": None},
        }
        return settings

    def init_handlers(self) -> list[tuple[Any, ...]]:
        paths = {role: os.path.relpath(one, self.root_dir) for role, one in self.notebooks.items()}
        page = {
            "notebooks": paths,
            "template_paths": self.template_paths,
            "config": self.config,
            "voila_configuration": self.voila_configuration,
        }
        scripts = {"paths": self.static_paths, "default_filename": "index.html"}
        widgets = {"path": self.labextensions_path, "no_cache_paths": ["/"]}
        return [
            (rf"/api/kernels/{KERNEL}", KernelState),
            (rf"/api/kernels/{KERNEL}/channels", Channels),
            (rf"/voila/api/shutdown/{KERNEL}", EndKernel),
            (r"/voila/templates/(.*)", TemplateFiles),
            (r"/voila/static/(.*)", StaticFiles, scripts),
            (r"/voila/labextensions/(.*)", WidgetFiles, widgets),
            *self.identity_provider.get_handlers(),
            (r"/first", FirstRun),
            (r"/sessions", Sessions),
            (r"/()", Page, page),
            (r"/(.*)", Missing),
        ]

    def listen(self) -> None:
        port: int = self.port  # type: ignore[has-type]
        try:
            listener = socket.create_server((self.ip, port))
        except OSError:
            raise BadInput("port_taken", port=str(port)) from None
        server = HTTPServer(
            self.app,
            max_body_size=FORM_BYTES,
            max_header_size=HEADER_BYTES,
            idle_connection_timeout=QUIET_SECONDS,
            body_timeout=QUIET_SECONDS,
        )
        listener.setblocking(False)
        server.add_socket(listener)
        self.port = listener.getsockname()[1]
        self.ioloop = IOLoop.current()
        self.ioloop.add_callback(self.ready, self.connection_url)
        kernels, desk = self.kernel_manager, self.app.settings["carekit_desk"]
        watch = Watch(self.identity_provider, kernels, self.branch, desk)
        PeriodicCallback(watch.look, LOOK_SECONDS * 1000).start()
        guard = Guard(self.identity_provider, kernels, self.branch)
        PeriodicCallback(guard.look, GUARD_SECONDS * 1000).start()
        PeriodicCallback(Daily(self.branch).look, backups.LOOK_SECONDS * 1000).start()
        try:
            self.ioloop.start()
        except KeyboardInterrupt:
            pass
        finally:
            server.stop()
            self.stop()


def app_notebook(name: str) -> Path:
    """``apps/<name>.ipynb`` beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).parents[1]
    for folder in (package.parent / "apps", package / "apps"):
        if (folder / f"{name}.ipynb").is_file():
            return folder / f"{name}.ipynb"
    raise BadInput("notebook_missing", name=f"{name}.ipynb")


def settings_for(notebook: Path, port: int) -> Config:
    config = Config()
    config.Voila.notebook_path = str(notebook)
    config.Voila.ip = "127.0.0.1"
    config.Voila.port = port
    config.Voila.open_browser = False
    config.Voila.config_file_paths = []  # no settings of this computer may open a door
    config.Voila.log_level = logging.ERROR
    config.Voila.identity_provider_class = Identity
    config.Voila.authorizer_class = Owner
    config.KernelRestarter.restart_limit = 0  # a restarted kernel has lost the page: end it
    config.KernelRestarter.time_to_dead = 1.0  # seconds until a dead kernel is noticed
    config.MappingKernelManager.transport_encryption = "required"  # else others could listen
    config.VoilaConfiguration.template = "carekit"
    config.VoilaConfiguration.theme = "light"
    config.VoilaConfiguration.allow_template_override = "NO"
    config.VoilaConfiguration.allow_theme_override = "NO"
    config.VoilaConfiguration.extension_allowlist = EXTENSIONS
    config.VoilaConfiguration.file_allowlist = []
    config.VoilaConfiguration.http_header_envs = [USER_HEADER, LANGUAGE_HEADER]
    config.VoilaConfiguration.kernel_spec_manager_class = OwnPython
    config.VoilaConfiguration.multi_kernel_manager_class = OwnedKernels
    # Meant for proxies, its sign of life is a script that our content policy does not let run.
    config.VoilaConfiguration.http_keep_alive_timeout = 24 * 3600
    config.VoilaConfiguration.page_config_hook = loading_words
    config.VoilaConfiguration.preheat_kernel = False
    config.VoilaConfiguration.show_tracebacks = False
    return config


def serve(
    store_path: str | Path,
    port: int = 8866,
    open_browser: bool = False,
    *,
    language: str = "en",
    branch: Branch | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the apps of ``apps/`` on 127.0.0.1 until the process is stopped: a role, an app.

    While there is no store at ``store_path``, a page sets it up. ``port`` 0 takes a free one.
    ``branch`` stands in for the store. ``ready(address)`` is called once pages are answered;
    without it the address is printed in ``language``. Kernels find the store in ``CAREKIT_STORE``.

    Raises ``BadInput("port_taken")`` and ``BadInput("notebook_missing")``.
    """
    from carekit.store import rules  # slow to load, not needed before

    notebooks = {role: app_notebook(rules.app(role)) for role in rules.roles()}
    keep_logs_clean()
    # Kernels live in an IPython of their own: no start-up files, no history.
    home = tempfile.mkdtemp(prefix="carekit_")
    found = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = os.pathsep.join([str(TEMPLATES), *([found] if found else [])])
    os.environ["IPYTHONDIR"] = home
    os.environ["CAREKIT_STORE"] = str(Path(store_path).absolute())
    for name in SECRETS:  # the launching person's, not for everybody's kernels
        os.environ.pop(name, None)

    def started(address: str) -> None:
        if ready:
            ready(address)
        else:
            click.echo(say("serve_address", language, address=address))
        if open_browser:
            webbrowser.open(address)

    try:
        voila = CareVoila.instance(config=settings_for(next(iter(notebooks.values())), port))
        voila.branch = branch or Branch(store_path)
        voila.notebooks = notebooks
        voila.ready = started
        voila.initialize([])
        voila.start()
    finally:
        shutil.rmtree(home, ignore_errors=True)
