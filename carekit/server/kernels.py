"""Whose kernel is whose, and when a kernel ends."""

import asyncio
import datetime as dt
import math
import uuid
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_core.utils import ensure_async
from jupyter_server import CallContext
from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.auth.identity import User
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado import web
from traitlets import List, Unicode

from carekit.pages.ticket import VARIABLE
from carekit.server.channels import SPOKEN
from carekit.server.identity import Person
from carekit.server.web import Bare

CLOSED_SECONDS = 120  # a kernel no page is connected to
IDLE_SECONDS = 4 * 3600  # a page nobody touched

# No inputs on disk, and nothing of this computer's own IPython set-up in a person's page.
KERNEL_ARGUMENTS = [
    "--HistoryManager.enabled=False",
    "--InteractiveShellApp.exec_PYTHONSTARTUP=False",
    "--IPKernelApp.log_level=WARN",
]


class OwnPython(KernelSpecManager):
    """One kind of kernel only: the Python that runs the server, whatever else is installed."""

    kernel_dirs = List(Unicode(), default_value=[])


class OwnedKernels(AsyncMappingKernelManager):
    """Starts kernels for the person of the request and remembers whose they are."""

    cull_interval = 30
    cull_connected = True
    closed_seconds = CLOSED_SECONDS
    idle_seconds = IDLE_SECONDS

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.owners: dict[str, Person] = {}
        self.allowed_message_types = list(SPOKEN)  # Voila's list has shutdown_request too
        self.cull_idle_timeout = self.closed_seconds

    async def start_kernel(self, *, env: dict[str, str], **kwargs: Any) -> str:  # type: ignore[override]
        handler = CallContext.get(CallContext.JUPYTER_HANDLER)
        kernel_id = str(uuid.uuid4())
        # Known before the kernel exists, so that there is no moment without an owner.
        self.owners[kernel_id] = handler.current_user
        branch, desk = handler.settings["carekit_branch"], handler.settings["carekit_desk"]
        try:
            if (opened := await asyncio.to_thread(branch.keys)) is not None:
                env = env | {VARIABLE: await desk.issue(*opened)}
            await super().start_kernel(
                kernel_id=kernel_id, env=env, extra_arguments=KERNEL_ARGUMENTS, **kwargs
            )
            # Whoever ended the session meanwhile found no kernel to end.
            if handler.current_user.session not in handler.settings["identity_provider"].sessions:
                await self.end(kernel_id)
                raise web.HTTPError(403)
        except BaseException:
            self.owners.pop(kernel_id, None)
            raise
        return kernel_id

    def remove_kernel(self, kernel_id: str) -> Any:
        self.owners.pop(kernel_id, None)
        return super().remove_kernel(kernel_id)

    def belongs(self, kernel_id: str, user: User | None) -> bool:
        """Whether a kernel is this person's.

        The person's, not the session's: a page that stands open goes on when the person signs in
        again, and two browsers of one person may see the same anyway. What one session opened
        ends with that session.
        """
        owner = self.owners.get(kernel_id)
        return owner is not None and user is not None and owner.username == user.username

    def quiet_seconds(self, session: str) -> float:
        """How long no page of a session had anything to do; endless without a page."""
        now = dt.datetime.now(dt.UTC)
        last = [
            self.get_kernel(kernel_id).last_activity  # type: ignore[attr-defined]
            for kernel_id, owner in self.owners.items()
            if owner.session == session and kernel_id in self
        ]
        return min((max((now - at).total_seconds(), 0.0) for at in last), default=math.inf)

    async def end(self, kernel_id: str) -> None:
        if kernel_id in self:
            await ensure_async(self.shutdown_kernel(kernel_id))

    async def end_session(self, session: str) -> None:
        for kernel_id, owner in list(self.owners.items()):
            if owner.session == session:
                await self.end(kernel_id)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        # A closed lid or a crashed browser says no goodbye; a page left open may wait longer.
        open_pages = self._kernel_connections.get(kernel_id, 0)
        self.cull_idle_timeout = self.idle_seconds if open_pages else self.closed_seconds
        await super().cull_kernel_if_idle(kernel_id)


def owned(handler: JupyterHandler) -> OwnedKernels:
    kernels = handler.kernel_manager
    assert isinstance(kernels, OwnedKernels)
    return kernels


class Owner(Authorizer):
    """A kernel is for its owner; nothing else is for anybody."""

    def is_authorized(
        self, handler: JupyterHandler, user: User, action: str, resource: str
    ) -> bool:
        kernel_id = handler.path_kwargs.get("kernel_id", "")
        return resource == "kernels" and owned(handler).belongs(kernel_id, user)


class EndKernel(Bare, APIHandler):
    """What the page calls when its tab closes (Voila's own handler asks nobody's leave)."""

    async def post(self, kernel_id: str) -> None:
        kernels = owned(self)
        if not kernels.belongs(kernel_id, self.current_user):  # or there is none: the same answer
            raise web.HTTPError(403)
        await kernels.end(kernel_id)
        self.set_status(204)
        self.finish()
